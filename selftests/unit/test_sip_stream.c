// SPDX-License-Identifier: GPL-2.0
/*
 * Route header fields in a stream: the rules one at a time, and that it does
 * not matter how the stream is cut.  What is a header line, and what is in one,
 * the properties compare with a plain reference.
 *
 * In texts, # is the 'e' that is to be found, and $ the 'E'.
 */
#include "random.h"
#include "sip_corpus.h"
#include "sip_test.h"
#include "stream_check.h"

#define STREAMS		4000
#define CUTS		16

struct row {
	const char *name;
	const char *text;
	size_t len;
	bool lost;
};

#define ROW(what, text_, ...) \
	{ .name = (what), .text = (text_), .len = sizeof(text_) - 1, \
	  __VA_ARGS__ }
#define LOST		.lost = true
#define L(line)		line "\r\n"
#define REGISTER	L("REGISTER sip:a SIP/2.0")
#define NEXT		REGISTER L("Rout#: <sip:next>") L("")
/* The same where nothing is found any more. */
#define MISSED		REGISTER L("Route: <sip:next>") L("")

static const struct row rows[] = {
	ROW("a Route", REGISTER L("Rout#: <sip:a;lr>") L("")),
	ROW("in any case", REGISTER L("rOUT#:a") L("ROUT$:b") L("")),
	ROW("blanks before the colon", REGISTER L("Rout# \t : a") L("")),
	ROW("empty", REGISTER L("Rout#:") L("")),
	ROW("several, and others", REGISTER L("Rout#: a") L("Rout#: b")
	    L("Via: c") L("Rout#: d") L("")),
	ROW("the colon on the next line", REGISTER L("Route") L(" : a") L("")),
	ROW("no colon", REGISTER L("Route") L("Route a") L("")),
	ROW("other names", REGISTER L("Route-Info: a") L("Routes: a")
	    L("Record-Route: a") L("Rout: e") L("Rute: a") L("R: e")
	    L("Service-Route: a") L("xRoute: a") L("") NEXT),
	ROW("in a value", REGISTER L("X: Route: a") L("Y:") L("Route") L("")),
	ROW("on folded lines", REGISTER L("Rout#: a") L(" Route: b") L("X:")
	    L("\tRoute: c") L("")),
	ROW("a line with nothing before its end", REGISTER L(":") L("Rout#: a")
	    L("")),
	ROW("bare LFs", "REGISTER sip:a SIP/2.0\nRout#: a\n\nX\n Y\n\n", LOST),
	ROW("bare LFs, again", "REGISTER sip:a SIP/2.0\nRout#: a\n\n" NEXT),
	ROW("bare CR", REGISTER "X: a\rRoute: b\r\n\r\n" MISSED, LOST),
	ROW("CR CR LF", REGISTER "X: a\r\r\nRoute: b\r\n\r\n" MISSED, LOST),
	ROW("bare CR for the empty line", REGISTER "\rRoute: b\r\n", LOST),
	ROW("white space before the first header line", REGISTER L(" Route: a")
	    L("Route: a") L(""), LOST),
	ROW("the end cut off", REGISTER L("Rout#: a")),
	ROW("cut behind the name", REGISTER "Rout#"),
	ROW("cut behind white space", REGISTER "Rout# \t"),
	ROW("cut in the name", REGISTER "Rout"),

	ROW("other methods", L("OPTIONS sip:a SIP/2.0") L("Route: a") L("")
	    L("REGISTERX sip:a SIP/2.0") L("Route: a") L("")
	    L("REGISTE sip:a SIP/2.0") L("Route: a") L("")
	    L("register sip:a SIP/2.0") L("Route: a") L("")
	    L("SIP sip:a SIP/2.0") L("Route: a") L("") NEXT),
	ROW("responses", L("SIP/2.0 200 OK") L("Route: a") L("")
	    L("sip/2.0 100 ") L("Route: a") L("") L("SIP/2.0 100") L("") NEXT),
	ROW("a version in lower case", L("REGISTER sip:a sip/2.0") L("Rout#: a")
	    L("")),
	ROW("no header at all", REGISTER L("") NEXT),
	ROW("line ends before and between", "\r\n\n" NEXT "\r\n\r\n" NEXT
	    "\r\n\r\n\r\n\r\n" NEXT "\r\n\r\n"),
	ROW("a CR between", "\r" NEXT "\r"),
	ROW("NUL", "\0" MISSED, LOST),
	ROW("white space", " " MISSED, LOST),
	ROW("HTTP", L("GET / HTTP/1.1") L("Route: a") L("") MISSED, LOST),
	ROW("TLS", "\x16\x03\x01\x02\x00" MISSED, LOST),
	ROW("a header line first", L("Route: a") MISSED, LOST),
	ROW("something after a message", NEXT "\"" MISSED, LOST),
	ROW("two spaces before the URI", L("REGISTER  sip:a SIP/2.0")
	    L("Route: a"), LOST),
	ROW("two spaces after the URI", L("REGISTER sip:a  SIP/2.0")
	    L("Route: a"), LOST),
	ROW("tab after the method", L("REGISTER\tsip:a SIP/2.0") L("Route: a"),
	    LOST),
	ROW("tab in the URI", L("REGISTER sip:\ta SIP/2.0") L("Route: a"),
	    LOST),
	ROW("empty URI", L("REGISTER  SIP/2.0") L("Route: a"), LOST),
	ROW("no URI", L("REGISTER SIP/2.0") L("Route: a"), LOST),
	ROW("no version", L("REGISTER sip:a") L("Route: a"), LOST),
	ROW("version 2.1", L("REGISTER sip:a SIP/2.1") L("Route: a"), LOST),
	ROW("version 2.00", L("REGISTER sip:a SIP/2.00") L("Route: a"), LOST),
	ROW("a space after the version", L("REGISTER sip:a SIP/2.0 ")
	    L("Route: a"), LOST),
	ROW("response of version 3.0", L("SIP/3.0 200 OK") L("Route: a"), LOST),
	ROW("status of two digits", L("SIP/2.0 20 OK") L("Route: a"), LOST),
	ROW("status of four digits", L("SIP/2.0 2000 OK") L("Route: a"), LOST),
	ROW("status of letters", L("SIP/2.0 OK2 OK") L("Route: a"), LOST),

	ROW("a body", REGISTER L("Content-Length: 10") L("") "Route: abc" NEXT),
	ROW("a body of lines", L("MESSAGE sip:a SIP/2.0")
	    L("Content-Length: 22") L("") L("") L("Route: a")
	    L("Route: b") NEXT),
	ROW("a body like a message", REGISTER L("Content-Length: 38") L("")
	    REGISTER L("Route: ab") L("") "." NEXT),
	ROW("of a response", L("SIP/2.0 200 OK") L("l: 10") L("")
	    L("Route: a") NEXT),
	ROW("the compact name", REGISTER L("L:10") L("") "Route: abc" NEXT),
	ROW("the length in any case", REGISTER L("CONTENT-lENGTH \t:\t 10 ")
	    L("") "Route: abc" NEXT),
	ROW("the length on folded lines", REGISTER L("l:") L(" ") L(" 10")
	    L("\t") L("") "Route: abc" NEXT),
	ROW("the length before Route", REGISTER L("l: 10") L("Rout#: a") L("")
	    "Route: abc" NEXT),
	ROW("length with zeros before", REGISTER L("l: 00000000000000000010")
	    L("") "Route: abc" NEXT),
	ROW("length 0", REGISTER L("l: 0") L("") NEXT),
	ROW("the same length twice", REGISTER L("l: 10")
	    L("Content-Length: 010") L("") "Route: abc" NEXT),
	ROW("two lengths", REGISTER L("l: 10") L("Rout#: a") L("l: 11")
	    L("Route: b") L("") MISSED, LOST),
	ROW("a length, and 0", REGISTER L("l: 10") L("l: 0") L("Route: b"),
	    LOST),
	ROW("0, and a length", REGISTER L("l: 0") L("l: 10") L("Route: b"),
	    LOST),
	ROW("a length is for one message", REGISTER L("l: 10") L("")
	    "Route: abc" REGISTER L("") NEXT),
	ROW("names like that of the length", REGISTER L("Content-Lengt: a")
	    L("Content-Lengths: a") L("Content-Length-X: a") L("lx: a")
	    L("k: a") L("") NEXT),
	ROW("the length without a colon", REGISTER L("l 10") L("Route: b"),
	    LOST),
	ROW("the length without anything", REGISTER L("Content-Length")
	    L("Route: b"), LOST),
	ROW("the length's colon on the next line", REGISTER L("l") L(" : 10")
	    L("Route: b"), LOST),
	ROW("no length", REGISTER L("l:") L("Route: b"), LOST),
	ROW("length of letters", REGISTER L("l: ten") L("Route: b"), LOST),
	ROW("length of a digit and letters", REGISTER L("l: 1o") L("Route: b"),
	    LOST),
	ROW("length below 0", REGISTER L("l: -1") L("Route: b"), LOST),
	ROW("length with a sign", REGISTER L("l: +1") L("Route: b"), LOST),
	ROW("two lengths in one line", REGISTER L("l: 1 1") L("Route: b"),
	    LOST),
	ROW("a list of lengths", REGISTER L("l: 1,1") L("Route: b"), LOST),
	ROW("a length folded in two", REGISTER L("l: 1") L(" 0") L("Route: b"),
	    LOST),
	ROW("length 2^31 - 1", REGISTER L("l: 2147483647") L("Rout#: a") L("")
	    "Route: a"),
	ROW("length 2^31", REGISTER L("l: 2147483648") L("Route: a"), LOST),
	ROW("length 2^32", REGISTER L("l: 4294967296") L("Route: a"), LOST),
	ROW("length 2^64", REGISTER L("l: 18446744073709551616")
	    L("Route: a"), LOST),
};

/* Takes the marks out of @text, and says where they were. */
static void unmark(char *text, size_t len, struct found *want)
{
	size_t i;

	want->len = 0;
	for (i = 0; i < len; i++) {
		if (text[i] != '#' && text[i] != '$')
			continue;
		text[i] = text[i] == '#' ? 'e' : 'E';
		assert_true(want->len < FOUND_MAX);
		want->at[want->len++] = i;
	}
}

static void check_whole(const char *text, size_t len, const struct found *want,
			struct found *whole)
{
	char *data = exact_copy(text, len);

	memset(whole, 0, sizeof(*whole));
	sip_stream_init(&whole->stream);
	feed(whole, data, len, 0, FOUND_MAX);
	assert_found(whole, want);
	exact_free(data, len);
}

static void check_text(char *text, size_t len, bool lost)
{
	struct found want, whole;
	unsigned int i;

	unmark(text, len, &want);
	check_whole(text, len, &want, &whole);
	assert_int_equal(sip_stream_is_lost(&whole.stream), lost);
	check_pieces(text, len, 1, &whole);
	for (i = 0; i < CUTS; i++)
		check_pieces(text, len, 1 + random_below(len), &whole);
}

static void check_row(void **state)
{
	const struct row *row = *state;
	char *text = exact_copy(row->text, row->len);

	check_text(text, row->len, row->lost);
	exact_free(text, row->len);
}

struct text {
	char at[16384];
	size_t len;
};

static void append(struct text *text, const char *bytes)
{
	size_t len = strlen(bytes);

	assert_true(text->len + len < sizeof(text->at));
	memcpy(text->at + text->len, bytes, len + 1);
	text->len += len;
}

#define ANY(list)	list[random_below(COUNT_OF(list))]

static void append_lines(struct text *text, bool marked)
{
	static const char *const routes[] = {
		L("Rout#: <sip:a;lr>"), L("ROUT#:"), L("route \t : a") };
	static const char *const others[] = {
		L("Via: SIP/2.0/TCP a;branch=z9hG4bKx"), L("X:") L(" Route: a"),
		L("Route") L("\t: a"), L("Route-Info: a"), L("Record-Route: a"),
		L("Lx: 7"), "Route\n", L("Rout"), L("Content-Lengths: 7"),
		L("CSeq: 1 REGISTER"), L("From: REGISTER sip:a SIP/2.0"),
	};
	unsigned int n;
	char *last;

	for (n = random_below(4); n; n--) {
		append(text, ANY(others));
		if (random_below(2))
			continue;
		append(text, ANY(routes));
		last = text->at + text->len;
		while (*last != 'u' && *last != 'U')
			last--;
		last[2] = marked ? '#' : 'e';
	}
}

/* A body that is made of what would matter elsewhere. */
static unsigned int append_body(struct text *text)
{
	static const char *const pieces[] = {
		L("Route: <sip:a>"), L(""), L("") REGISTER, NULL, "Route",
		L("Content-Length: 3"), "\n", " ", "v=0", "\r", "SIP/2.0 200 OK",
	};
	size_t len = text->len;
	unsigned int n;

	for (n = random_below(6); n; n--)
		append(text, ANY(pieces) ?: L("\n") REGISTER L("Route: a"));
	return text->len - len;
}

static void append_message(struct text *text)
{
	static const char *const starts[] = {
		REGISTER, REGISTER, REGISTER, L("OPTIONS sip:a SIP/2.0"),
		L("INVITE sip:a SIP/2.0"), L("SIP/2.0 200 OK"),
		L("REGISTERS sip:a SIP/2.0"),
	};
	static const char *const lengths[] = {
		L("Content-Length: %u"), L("l:%u"), L("CONTENT-LENGTH\t: %u "),
		L("L:") L(" %u"), L("content-length: 000%u"),
	};
	const char *start = ANY(starts);
	bool marked = !strcmp(start, REGISTER);
	struct text body = {};
	unsigned int len = append_body(&body);
	char line[64];

	append(text, start);
	append_lines(text, marked);
	if (len || random_below(2)) {
		snprintf(line, sizeof(line), ANY(lengths), len);
		append(text, line);
		append_lines(text, marked);
	}
	append(text, L(""));
	append(text, body.at);
}

static void random_streams_in_random_pieces(void **state)
{
	static const char *const between[] = { "", "", "", "\r\n", "\r\n\r\n" };
	unsigned int i, n;

	for (i = 0; i < STREAMS; i++) {
		struct text text = {};

		for (n = 1 + random_below(4); n; n--) {
			append(&text, ANY(between));
			append_message(&text);
		}
		check_text(text.at, text.len, false);
	}
}

/* Whatever it is, it is read alike however it is cut. */
static void corpus_in_random_pieces(void **state)
{
	struct found want, whole;
	unsigned int found = 0;
	char text[16384];
	size_t i, len;

	for (i = 0; i < sip_corpus_len; i++) {
		len = sip_corpus[i].len;
		memcpy(text, sip_corpus[i].data, len);
		memcpy(text + len, MISSED, sizeof(MISSED) - 1);
		len += sizeof(MISSED) - 1;
		memset(&want, 0, sizeof(want));
		sip_stream_init(&want.stream);
		feed(&want, text, len, 0, FOUND_MAX);
		check_whole(text, len, &want, &whole);
		check_pieces(text, len, 1, &whole);
		check_pieces(text, len, 20, &whole);
		found += whole.len;
	}
	assert_true(found > sip_corpus_len / 2);
}

/* More at once than offsets reach, as a large TCP segment has it. */
static void much_at_once(void **state)
{
	static const char header[] = REGISTER L("l: 200000") L("");
	size_t body = sizeof(header) - 1, len = body + 200000 + sizeof(NEXT) - 1;
	struct found want, whole;
	char *text = malloc(len);
	size_t i;

	assert_non_null(text);
	memcpy(text, header, body);
	for (i = 0; i < 200000; i++)
		text[body + i] = (L("Route: a"))[i % 10];
	memcpy(text + body + 200000, NEXT, sizeof(NEXT) - 1);
	unmark(text, len, &want);
	assert_int_equal(want.len, 1);
	check_whole(text, len, &want, &whole);
	check_pieces(text, len, len, &whole);
	free(text);
}

/*
 * The scanner stops where offsets end; the name is no shorter for that.  Before
 * the message there are line ends.
 */
static void name_at_the_last_offset(void **state)
{
	static const char *const texts[] = {
		REGISTER "Rout#: a", REGISTER "Route-Info: a",
		REGISTER "Rout# \t: a", REGISTER "Route\t-",
		REGISTER "Route \r\n", REGISTER "Rout#  ",
	};
	size_t last = sizeof(REGISTER) - 1 + 4, before, len;
	struct found want, whole;
	unsigned int i, shift;
	char *text;

	for (i = 0; i < COUNT_OF(texts); i++) {
		for (shift = 0; shift < 8; shift++) {
			before = SIP_MSG_MAX_LEN - 1 - last + 2 - shift;
			len = before + strlen(texts[i]);
			text = malloc(len);
			assert_non_null(text);
			memset(text, '\n', before);
			memcpy(text + before, texts[i], strlen(texts[i]));
			unmark(text, len, &want);
			check_whole(text, len, &want, &whole);
			free(text);
		}
	}
}

/* Line ends before a message are no part of it. */
static void the_longest_header(void **state)
{
	static const char start[] = L("") REGISTER "X: ";
	static const char end[] = L("") L("") NEXT;
	struct found found, none = {}, want;
	unsigned int more;
	size_t len;
	char *text;

	for (more = 0; more < 2; more++) {
		len = 2 + SIP_MSG_MAX_LEN + more + sizeof(NEXT) - 1;
		text = malloc(len);
		assert_non_null(text);
		memset(text, 'x', len);
		memcpy(text, start, sizeof(start) - 1);
		memcpy(text + len - (sizeof(end) - 1), end, sizeof(end) - 1);
		unmark(text, len, &want);
		check_whole(text, len, more ? &none : &want, &found);
		assert_int_equal(sip_stream_is_lost(&found.stream), more);
		free(text);
	}
}

static void the_longest_body(void **state)
{
	static const char header[] = REGISTER L("l: 2147483647") L("");
	static const char next[] = REGISTER L("Route: a") L("");
	size_t left = 2147483647, len = 65536;
	struct found found = {};
	char *text = malloc(len);

	assert_non_null(text);
	memset(text, '\n', len);
	sip_stream_init(&found.stream);
	feed(&found, header, sizeof(header) - 1, 0, 1);
	for (; left > len; left -= len)
		feed(&found, text, len, 0, 1);
	feed(&found, text, left, 0, 1);
	assert_int_equal(found.len, 0);
	feed(&found, next, sizeof(next) - 1, 0, 1);
	assert_int_equal(found.len, 1);
	free(text);
}

struct resync_row {
	const char *name;
	const char *text;
	bool is;
};

static const struct resync_row resyncs[] = {
	{ "resync: REGISTER", "REGISTER sip:a SIP/2.0\r\n", true },
	{ "resync: as little as that", "REGISTER sip", true },
	{ "resync: URI in upper case", "REGISTER SIPS:a", true },
	{ "resync: too short", "REGISTER si", false },
	{ "resync: nothing", "", false },
	{ "resync: register", "register sip:a SIP/2.0\r\n", false },
	{ "resync: REGISTERS", "REGISTERS sip:a SIP/2.0\r\n", false },
	{ "resync: tel", "REGISTER tel:a SIP/2.0\r\n", false },
	{ "resync: two spaces", "REGISTER  sip:a SIP/2.0\r\n", false },
	{ "resync: line end before", "\r\nREGISTER sip:a SIP/2.0\r\n", false },
	{ "resync: OPTIONS", "OPTIONS sip:a SIP/2.0\r\n", false },
	{ "resync: response", "SIP/2.0 200 OK\r\n", false },
};

/* From anywhere; and where it is not, all stays as it was. */
static void check_resync(void **state)
{
	const struct resync_row *row = *state;
	size_t len = strlen(row->text), i;
	static const char *const before[] = {
		"", "?", "REGISTER", REGISTER "l: 4", REGISTER "l: 7\r\n\r\n",
		REGISTER "Route: a\r\n",
	};
	char *text = exact_copy(row->text, len);
	struct sip_stream was, fresh;

	sip_stream_init(&fresh);
	for (i = 0; i < COUNT_OF(before); i++) {
		struct found found = {};

		sip_stream_init(&found.stream);
		feed(&found, before[i], strlen(before[i]), 0, 1);
		was = found.stream;
		assert_int_equal(sip_stream_resync(&found.stream, text, len),
				 row->is);
		assert_memory_equal(&found.stream, row->is ? &fresh : &was,
				    sizeof(was));
	}
	exact_free(text, len);
}

static void found_again_after_resync(void **state)
{
	static const char next[] = REGISTER L("Route: a") L("");
	struct found found = {};

	sip_stream_init(&found.stream);
	feed(&found, "?", 1, 0, 1);
	feed(&found, next, sizeof(next) - 1, 0, 1);
	assert_int_equal(found.len, 0);
	assert_true(sip_stream_resync(&found.stream, next, sizeof(next) - 1));
	assert_false(sip_stream_is_lost(&found.stream));
	feed(&found, next, sizeof(next) - 1, 0, 1);
	assert_int_equal(found.len, 1);
}

int main(void)
{
	static const struct CMUnitTest fixed[] = {
		cmocka_unit_test(random_streams_in_random_pieces),
		cmocka_unit_test(corpus_in_random_pieces),
		cmocka_unit_test(much_at_once),
		cmocka_unit_test(name_at_the_last_offset),
		cmocka_unit_test(the_longest_header),
		cmocka_unit_test(the_longest_body),
		cmocka_unit_test(found_again_after_resync),
	};
	struct CMUnitTest tests[COUNT_OF(fixed) + COUNT_OF(rows) +
				COUNT_OF(resyncs)];
	size_t i, n = COUNT_OF(fixed);

	memcpy(tests, fixed, sizeof(fixed));
	for (i = 0; i < COUNT_OF(rows); i++)
		tests[n++] = test_of(rows[i].name, check_row, &rows[i]);
	for (i = 0; i < COUNT_OF(resyncs); i++)
		tests[n++] = test_of(resyncs[i].name, check_resync, &resyncs[i]);
	return run_tap("sip_stream", tests, n);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What must hold for every input: no read past the end (ASan), the answer of
 * the plain reference, and no trust in what is cut short.
 */
#include "random.h"
#include "sip_check.h"
#include "sip_corpus.h"
#include "sip_test.h"

static void reference_agrees_on_the_corpus(void **state)
{
	const struct sip_message *m;
	char *data;

	for (m = sip_corpus; m < sip_corpus + sip_corpus_len; m++) {
		data = exact_copy(m->data, m->len);
		check_against_reference(data, m->len);
		exact_free(data, m->len);
	}
}

static void every_truncation_agrees_with_reference(void **state)
{
	const struct sip_message *m;
	size_t len;
	char *data;

	for (m = sip_corpus; m < sip_corpus + sip_corpus_len; m++) {
		for (len = 0; len < m->len; len++) {
			data = exact_copy(m->data, len);
			check_against_reference(data, len);
			exact_free(data, len);
		}
	}
}

/* The same message may be in two datagrams, or in one read of a stream. */
static void truncation_is_never_trusted(void **state)
{
	const struct sip_message *m;
	struct sip_headers h, full;
	struct sip_start start, full_start;
	unsigned int trusted = 0;
	size_t len;
	char *data;
	int ret;

	for (m = sip_corpus; m < sip_corpus + sip_corpus_len; m++) {
		if (ask_start(m->data, m->len, &full_start) ==
		    SIP_KIND_NONE ||
		    ask_headers(m->data, m->len, &full_start, SIP_WANT_ALL,
				&full))
			continue;
		for (len = 0; len < m->len; len++) {
			data = exact_copy(m->data, len);
			ask_start(data, len, &start);
			if (len < full_start.headers - 1u) {
				assert_int_not_equal(start.kind,
						     SIP_KIND_REQUEST);
				assert_int_not_equal(start.kind,
						     SIP_KIND_RESPONSE);
				goto next;
			}
			/* A CRLF cut to its CR is no line end. */
			if (start.kind == SIP_KIND_NONE) {
				assert_int_equal(len, full_start.headers - 1);
				goto next;
			}
			assert_int_equal(start.kind, full_start.kind);
			assert_int_equal(start.method, full_start.method);

			ret = ask_headers(data, len, &start, SIP_WANT_ALL,
					  &h);
			if (ret)
				assert_int_equal(ret, -SIP_ERR_TRUNCATED);
			else
				assert_true(same_headers(&h, &full));
			assert_true(h.via_count <= full.via_count);
			assert_true(h.has_path <= full.has_path);
			trusted += !ret;

			ret = ask_headers(data, len, &start, SIP_WANT_KEY,
					  &h);
			if (!ret) {
				assert_int_equal(h.cseq, full.cseq);
				assert_true(same_span(h.branch, full.branch));
				assert_true(same_span(h.call_id, full.call_id));
				assert_true(same_span(h.from_tag,
						      full.from_tag));
			}
next:
			exact_free(data, len);
		}
	}
	/* Messages cut within their bodies. */
	assert_true(trusted > 0);
}

static void mutate_bytes(const char *message, size_t len, size_t step)
{
	char *data = exact_copy(message, len);
	size_t at;
	int byte;

	for (at = 0; at < len; at += step) {
		for (byte = 0; byte < 256; byte++) {
			data[at] = byte;
			check_against_reference(data, len);
		}
		data[at] = message[at];
	}
	exact_free(data, len);
}

static void every_byte_of_a_register_mutated(void **state)
{
	mutate_bytes(misdirected_register, misdirected_register_len, 1);
}

static void every_fifth_byte_of_the_corpus_mutated(void **state)
{
	size_t i;

	for (i = 0; i < sip_corpus_len; i++)
		mutate_bytes(sip_corpus[i].data, sip_corpus[i].len, 5);
}

static void every_byte_removed_or_doubled(void **state)
{
	const struct sip_message *m;
	size_t at;
	char *data;

	for (m = sip_corpus; m < sip_corpus + sip_corpus_len; m++) {
		for (at = 0; at < m->len; at++) {
			data = exact_copy(m->data, m->len - 1);
			memcpy(data + at, m->data + at + 1, m->len - at - 1);
			check_against_reference(data, m->len - 1);
			exact_free(data, m->len - 1);

			data = exact_copy(m->data, m->len + 1);
			memcpy(data + at + 1, m->data + at, m->len - at);
			check_against_reference(data, m->len + 1);
			exact_free(data, m->len + 1);
		}
	}
}

/* Messages put together from the pieces that mean something. */
static void random_pieces_agree_with_reference(void **state)
{
	static const char *const pieces[] = {
		"\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", " ", "\t",
		"\r\n ", "\r\n\t", "\n ", ":", ": ", " :", ",", ", ", ";",
		" ; ", "=", " = ", "\"", "\\", "\\\"", "(", ")", "<", ">", "a",
		"b;c", "Via", "v", "V", "vIA", "Via: ", "Via: ", "\r\nVia: a",
		"\r\nv:b", "CSeq", "CSeq: ", "\r\nCSeq: 1 REGISTER\r\n",
		"\r\nCSeq: 1 REGISTER\r\n", "cseq:2 OPTIONS", "1", "0",
		"2147483647", "2147483648", "REGISTER", "OPTIONS", "From: ",
		"\r\nf:<sip:a@b>;tag=x", "<sip:a;tag=b>", ";tag=", "tag",
		"Call-ID: ", "\r\ni:1\r\n", "\r\nCall-ID: x", "branch",
		";branch=", ";branch=z9hG4bK", "z9hG4bK", "z9hG4bKx", "Z9HG4BK",
		"Path: ", "Path", "\r\nPath:<x>", "\r\nP-Visited-Network-ID: x",
		"p-visited-network-i", "P-Visited", "\r\nRoute: <x>",
		"\r\nVia: SIP/2.0/UDP a;rport;branch=z9hG4bKx\r\n",
		"\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx", "\r\nVia: SIP/2.0/UDP ",
		";branch=z9hG4bKx+y;", ";rport", "\r\nFrom: <a>\r\n",
		"\r\nCall-ID: a\r\n", "\r\nP-Access-Network-Info: x",
		"\r\nRoute: <x>", "\r\nroute ", "Route", "ROUTE:", "-Route",
		"\r\nContent-Length: 1", "\r\nl:", "l", "Content-Length",
		"SIP/2.0", "SIP/2.0/UDP a",
		"[::1]", "\xff", "\x80", "\xa0", "\xad\xbb", "\x1f", "\x7f",
		"aaaaaaaa", "bbbbbbbbbbbbbbbb", "\r\n\r\n",
	};
	static const char *const starts[] = {
		"REGISTER sip:a SIP/2.0\r\n", "REGISTER sip:a SIP/2.0\r\n",
		"SIP/2.0 200 OK\r\n", "FOO sip:a SIP/2.0\r\n", "\r\n", "",
		"OPTIONS sip:a SIP/2.0\n",
	};
	static const char *const ends[] = {
		"", "\r\n\r\n", "\r\nCSeq: 1 REGISTER\r\n\r\n",
		"\r\nVia: a;branch=z9hG4bKx\r\nCSeq: 1 REGISTER\r\n\r\n",
		"\r\nv: a\r\nCSeq: 1 REGISTER\r\ni: 1\r\nf: <a>\r\n\r\n",
		/* With room behind, the short way goes on to the end. */
		"\r\nCSeq: 1 REGISTER\r\nContent-Length: 60\r\n\r\n"
		"------------------------------------------------------------",
		"\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\r\nCSeq: 1 REGISTER\r\n"
		"Content-Length: 60\r\n\r\n"
		"------------------------------------------------------------",
	};
	unsigned int round, n, understood = 0, refused = 0;
	char buffer[4096], *data;
	struct sip_headers h;
	struct sip_start start;
	const char *piece;
	size_t len;

	for (round = 0; round < 200000; round++) {
		piece = starts[random_below(COUNT_OF(starts))];
		len = strlen(piece);
		memcpy(buffer, piece, len);
		for (n = random_below(1 + random_below(40)); n; n--) {
			piece = pieces[random_below(COUNT_OF(pieces))];
			memcpy(buffer + len, piece, strlen(piece));
			len += strlen(piece);
		}
		piece = ends[random_below(COUNT_OF(ends))];
		memcpy(buffer + len, piece, strlen(piece));
		len += strlen(piece);
		data = exact_copy(buffer, len);
		check_against_reference(data, len);
		if (ask_start(data, len, &start) == SIP_KIND_REQUEST) {
			if (ask_headers(data, len, &start, SIP_WANT_ALL,
					&h))
				refused++;
			else
				understood++;
		}
		exact_free(data, len);
	}
	/* Or the pieces would exercise little. */
	assert_true(understood > 5000);
	assert_true(refused > 5000);
}

/* Corpus messages with some bytes changed, moved, cut. */
static void random_edits_agree_with_reference(void **state)
{
	static const char bytes[] = "\r\n \t:;,=\"\\()<>vVpPcCiIfF-z9\0\xff";
	const struct sip_message *m;
	unsigned int round, n;
	size_t len, at, to;
	char buffer[8192], *data;

	for (round = 0; round < 60000; round++) {
		m = &sip_corpus[random_below(sip_corpus_len)];
		len = m->len;
		memcpy(buffer, m->data, len);
		for (n = 1 + random_below(4); n; n--) {
			at = random_below(len);
			switch (random_below(4)) {
			case 0:
				buffer[at] = bytes[random_below(sizeof(bytes))];
				break;
			case 1:
				memmove(buffer + at + 1, buffer + at, len - at);
				buffer[at] = bytes[random_below(sizeof(bytes))];
				len++;
				break;
			case 2:
				to = at + random_below(len - at);
				memmove(buffer + at, buffer + to, len - to);
				len -= to - at;
				break;
			case 3:
				to = random_below(len);
				memmove(buffer + at, buffer + to,
					len - (at > to ? at : to));
				break;
			}
			if (!len)
				break;
		}
		data = exact_copy(buffer, len);
		check_against_reference(data, len);
		exact_free(data, len);
	}
}

static void random_bytes_agree_with_reference(void **state)
{
	unsigned int round;
	size_t len, i;
	char *data;

	for (round = 0; round < 20000; round++) {
		len = random_below(100);
		data = exact_copy(misdirected_register, len);
		for (i = 0; i < len; i++)
			data[i] = random_below(256);
		check_against_reference(data, len);
		exact_free(data, len);
	}
}

/* Every length up to a few words, at every alignment. */
static void line_ends_found_at_every_offset(void **state)
{
	static const char head[] = "REGISTER sip:a SIP/2.0\r\n";
	static const char tail[] =
		"\r\nVia: a;branch=z9hG4bKx\r\nCSeq: 1 REGISTER\r\n\r\n";
	unsigned int shift, fill, total;
	struct sip_headers h;
	struct sip_start start;
	char *data;

	for (shift = 0; shift < 8; shift++) {
		for (fill = 1; fill < 80; fill++) {
			total = strlen(head) + fill + strlen(tail);
			data = malloc(shift + total);
			assert_non_null(data);
			memcpy(data + shift, head, strlen(head));
			memset(data + shift + strlen(head), 'x', fill);
			memcpy(data + shift + strlen(head) + fill, tail,
			       strlen(tail));
			assert_int_equal(ask_start(data + shift, total,
						   &start),
					 SIP_KIND_REQUEST);
			assert_int_equal(ask_headers(data + shift, total,
						     &start, SIP_WANT_ALL,
						     &h), 0);
			assert_int_equal(h.via_count, 1);
			assert_span(data + shift, h.branch, "z9hG4bKx");
			free(data);
		}
	}
}

/* Whatever is looked at together may be cut where it is longest. */
static void every_length_cut_everywhere(void **state)
{
	static const char *const pieces[][2] = {
		{ "REGISTER sip:", " SIP/2.0\r\nVia: a\r\n" },
		{ "SIP/2.0 200 ", "\r\nVia: a\r\n" },
		{ "REGISTER sip:a SIP/2.0\r\nVia: SIP/2.0/UDP ",
		  ";branch=z9hG4bKxyz;rport\r\nCSeq: 1 REGISTER\r\nTo: b\r\n" },
		{ "REGISTER sip:a SIP/2.0\r\nVia: SIP/2.0/UDP b;branch=z9hG4bK",
		  "\r\nCSeq: 123456789 REGISTER\r\nTo: b\r\n" },
		{ "REGISTER sip:a SIP/2.0\r\nP-Visited-Network-ID: x\r\nTo: ",
		  "\r\nCSeq: 999999999 SUBSCRIBE\r\nPath: x\r\n" },
	};
	unsigned int i, fill, len, cut;
	char buffer[512], *data;

	for (i = 0; i < COUNT_OF(pieces); i++) {
		for (fill = 0; fill < 80; fill++) {
			len = sprintf(buffer, "%s%.*s%s", pieces[i][0], fill,
				      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
				      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
				      pieces[i][1]);
			for (cut = 1; cut <= len; cut++) {
				data = exact_copy(buffer, cut);
				check_against_reference(data, cut);
				exact_free(data, cut);
			}
		}
	}
}

/* 64 KiB made of @head, as many @unit as fit, and @tail. */
static char *fill_up(const char *head, const char *unit, const char *tail,
		     unsigned int *units)
{
	size_t at = strlen(head), end = SIP_MSG_MAX_LEN - strlen(tail);
	char *data = malloc(SIP_MSG_MAX_LEN);

	assert_non_null(data);
	memcpy(data, head, at);
	for (*units = 0; at + strlen(unit) <= end; ++*units) {
		memcpy(data + at, unit, strlen(unit));
		at += strlen(unit);
	}
	/* What is left over is padding of the tail, before its line end. */
	memset(data + at, 'x', end - at);
	memcpy(data + end, tail, strlen(tail));
	return data;
}

#define FLOOD_HEAD \
	"REGISTER sip:a SIP/2.0\r\nVia: a;branch=z9hG4bKx\r\n" \
	"CSeq: 1 REGISTER\r\n"

struct flood {
	const char *name;
	const char *head;
	const char *unit;
	const char *tail;
	unsigned int vias_per_unit;
	unsigned int vias;
	int ret;
};

static const struct flood floods[] = {
	{ "64 KiB: one long line", FLOOD_HEAD "X: ", "x", "\r\n\r\n", 0, 1 },
	{ "64 KiB: short header lines", FLOOD_HEAD, "X:\r\n", "X:\r\n\r\n", 0,
	  1 },
	{ "64 KiB: Via lines", FLOOD_HEAD, "v:a\r\n", "X:\r\n\r\n", 1, 1 },
	{ "64 KiB: a list of Vias", FLOOD_HEAD "Via: a", ",a", "\r\n\r\n", 1,
	  2 },
	{ "64 KiB: folded lines", FLOOD_HEAD "X:", "\r\n ", "\r\n\r\n", 0, 1 },
	{ "64 KiB: Vias on folded lines", FLOOD_HEAD "Via: a", "\r\n\t,a",
	  "\r\n\r\n", 1, 2 },
	{ "64 KiB: bytes above 127", FLOOD_HEAD "X:", "\xff", "\r\n\r\n", 0, 1 },
	{ "64 KiB: tabs", FLOOD_HEAD "X:", "\t", "\r\n\r\n", 0, 1 },
	{ "64 KiB: Via of semicolons", FLOOD_HEAD "Via: a", ";", "\r\n\r\n", 0,
	  2 },
	{ "64 KiB: Via of quoted strings", FLOOD_HEAD "Via: a", "\",\"",
	  "\r\n\r\n", 0, 2 },
	{ "64 KiB: nested comments", FLOOD_HEAD "Via: a", "(", "\r\n\r\n", 0, 0,
	  -SIP_ERR_VIA },
	{ "64 KiB: a quote that never closes", FLOOD_HEAD "Via: a\"", "\\\"",
	  "\r\n\r\n", 0, 0, -SIP_ERR_VIA },
	{ "64 KiB: digits of a CSeq",
	  "REGISTER sip:a SIP/2.0\r\nVia: a;branch=z9hG4bKx\r\nX: \r\nCSeq: ",
	  "0", "1 REGISTER\r\n\r\n", 0, 1 },
	{ "64 KiB: no empty line", FLOOD_HEAD, "X:\r\n", "X:\r\n", 0, 0,
	  -SIP_ERR_TRUNCATED },
};

static void check_flood(void **state)
{
	const struct flood *f = *state;
	struct sip_headers h;
	struct sip_start start;
	unsigned int units;
	char *data;

	data = fill_up(f->head, f->unit, f->tail, &units);
	assert_int_equal(ask_start(data, SIP_MSG_MAX_LEN, &start),
			 SIP_KIND_REQUEST);
	assert_int_equal(ask_headers(data, SIP_MSG_MAX_LEN, &start,
				     SIP_WANT_ALL, &h), f->ret);
	if (!f->ret)
		assert_int_equal(h.via_count,
				 f->vias + f->vias_per_unit * units);
	check_against_reference(data, SIP_MSG_MAX_LEN);
	free(data);
}

static void longest_request_line(void **state)
{
	struct sip_start start;
	unsigned int units;
	char *data;

	data = fill_up("REGISTER sip:", "a", " SIP/2.0\r\n", &units);
	assert_int_equal(ask_start(data, SIP_MSG_MAX_LEN, &start),
			 SIP_KIND_REQUEST);
	assert_int_equal(start.headers, SIP_MSG_MAX_LEN);
	check_against_reference(data, SIP_MSG_MAX_LEN);
	free(data);
}

static void longest_method(void **state)
{
	struct sip_start start;
	unsigned int units;
	char *data;

	data = fill_up("", "A", " a SIP/2.0\r\n", &units);
	assert_int_equal(ask_start(data, SIP_MSG_MAX_LEN, &start),
			 SIP_KIND_REQUEST);
	assert_int_equal(start.method_len, units);
	free(data);
}

static void message_behind_64_kib_of_line_ends(void **state)
{
	static const char line[] = "REGISTER a SIP/2.0\r\n";
	struct sip_start start;
	unsigned int units;
	char *data;

	data = fill_up("", "\n", line, &units);
	assert_int_equal(ask_start(data, SIP_MSG_MAX_LEN, &start),
			 SIP_KIND_REQUEST);
	assert_int_equal(start.off, SIP_MSG_MAX_LEN - strlen(line));
	memset(data, '\n', SIP_MSG_MAX_LEN);
	assert_int_equal(ask_start(data, SIP_MSG_MAX_LEN, &start),
			 SIP_KIND_KEEPALIVE);
	free(data);
}

static void longer_than_offsets_reach(void **state)
{
	size_t len = misdirected_register_len;
	char *data = calloc(1, SIP_MSG_MAX_LEN + 1);
	struct sip_start start;

	assert_non_null(data);
	memcpy(data, misdirected_register, len);
	assert_int_equal(ask_start(data, SIP_MSG_MAX_LEN, &start),
			 SIP_KIND_REQUEST);
	assert_int_equal(ask_start(data, SIP_MSG_MAX_LEN + 1, &start),
			 SIP_KIND_NONE);
	assert_int_equal(ask_start(data, ~0U, &start), SIP_KIND_NONE);
	free(data);
}

int main(void)
{
	static const struct CMUnitTest fixed[] = {
		cmocka_unit_test(reference_agrees_on_the_corpus),
		cmocka_unit_test(every_truncation_agrees_with_reference),
		cmocka_unit_test(truncation_is_never_trusted),
		cmocka_unit_test(every_byte_of_a_register_mutated),
		cmocka_unit_test(every_fifth_byte_of_the_corpus_mutated),
		cmocka_unit_test(every_byte_removed_or_doubled),
		cmocka_unit_test(random_pieces_agree_with_reference),
		cmocka_unit_test(random_edits_agree_with_reference),
		cmocka_unit_test(random_bytes_agree_with_reference),
		cmocka_unit_test(line_ends_found_at_every_offset),
		cmocka_unit_test(every_length_cut_everywhere),
		cmocka_unit_test(longest_request_line),
		cmocka_unit_test(longest_method),
		cmocka_unit_test(message_behind_64_kib_of_line_ends),
		cmocka_unit_test(longer_than_offsets_reach),
	};
	struct CMUnitTest tests[COUNT_OF(fixed) + COUNT_OF(floods)];
	size_t i;

	memcpy(tests, fixed, sizeof(fixed));
	for (i = 0; i < COUNT_OF(floods); i++)
		tests[COUNT_OF(fixed) + i] =
			test_of(floods[i].name, check_flood, &floods[i]);
	return run_tap("sip_properties", tests, COUNT_OF(tests));
}

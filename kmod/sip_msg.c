// SPDX-License-Identifier: GPL-2.0
/*
 * The SIP parser.  Pointer and length in, offsets out: no skb, no policy, no
 * allocation, no state.
 *
 * Every packet that may be ours pays for each instruction here, so this is the
 * short way, for messages as nearly everyone writes them: lines that end in CRLF,
 * names in their usual letters, a Via that is one value on one line, no body.
 * Where anything is otherwise, sip_full.c is asked, which knows the rules; what
 * is said here is what it would say.
 *
 * Who has seen that a message ends with an empty line need not ask again how
 * much of it is left: no search for what a line ends with runs past that.  What
 * is looked at before it is known to be there, a word or a name, may reach into
 * the SIP_MSG_SLACK bytes behind; whatever these are, nothing depends on them.
 */
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

#include "sip_full.h"
#include "sip_msg.h"
#include "sip_word.h"

/* What of a parameter's value is below DELIMITER_LIMIT: token's punctuation. */
#define VALUE_BYTES	(BIT_ULL('!') | BIT_ULL('%') | BIT_ULL('\'') | \
			 BIT_ULL('*') | BIT_ULL('+'))
/* In a Via these separate no values, and hide nothing that would. */
#define PLAIN_BYTES	(VALUE_BYTES | BIT_ULL(' ') | BIT_ULL(';'))

/* The empty line, or no line as it should be, as if it were a field. */
#define FIELD_END	BIT(6)
/* Those with a name of one letter, too (RFC 3261 section 7.3.3). */
#define FIELDS_COMPACT	(SIP_FIELD_VIA | SIP_FIELD_FROM | SIP_FIELD_CALL_ID)

/* What a line may be by its first byte, and by its second; by both, one thing. */
static const u8 first_bytes[256] = {
	[0 ... ' ' - 1] = FIELD_END,
	['C'] = SIP_FIELD_CSEQ | SIP_FIELD_CALL_ID,
	['F'] = SIP_FIELD_FROM,
	['I'] = SIP_FIELD_CALL_ID,
	['P'] = SIP_FIELD_PATH | SIP_FIELD_VISITED,
	['V'] = SIP_FIELD_VIA,
	['c'] = SIP_FIELD_CSEQ | SIP_FIELD_CALL_ID,
	['f'] = SIP_FIELD_FROM,
	['i'] = SIP_FIELD_CALL_ID,
	['p'] = SIP_FIELD_PATH | SIP_FIELD_VISITED,
	['v'] = SIP_FIELD_VIA,
};

static const u8 second_bytes[256] = {
	['\t'] = FIELDS_COMPACT,
	['\n'] = FIELDS_COMPACT,
	['\r'] = FIELDS_COMPACT,
	[' '] = FIELDS_COMPACT,
	['-'] = SIP_FIELD_VISITED,
	[':'] = FIELDS_COMPACT,
	['A'] = SIP_FIELD_CALL_ID | SIP_FIELD_PATH,
	['I'] = SIP_FIELD_VIA,
	['R'] = SIP_FIELD_FROM,
	['S'] = SIP_FIELD_CSEQ,
	['a'] = SIP_FIELD_CALL_ID | SIP_FIELD_PATH,
	['i'] = SIP_FIELD_VIA,
	['r'] = SIP_FIELD_FROM,
	['s'] = SIP_FIELD_CSEQ,
};

/* Does the message end with an empty line?  Then it has at least that. */
static __always_inline bool ends_with_empty_line(const char *data,
						 unsigned long len)
{
	return len >= strlen("\r\n\r\n") && len <= SIP_MSG_MAX_LEN &&
	       BEGINS(data + len - strlen("\r\n\r\n"), "\r\n\r\n");
}

/*
 * To the first byte below @limit, or that is @also unless that is 0, if it is
 * in the word that is @at behind.
 */
static __always_inline bool find_in_word(const char **p, const unsigned long at,
					 const u8 limit, const char also)
{
	u64 hit = hits(load_word(*p + at), limit, also);

	if (!hit)
		return false;
	*p += first_hit(hit) + at;
	return true;
}

/*
 * The first one from @p on, for a @limit above a CR.  There is one: @p is not
 * behind the CR before the empty line.
 */
static __always_inline const char *find(const char *p, const u8 limit,
					const char also)
{
	while (!find_in_word(&p, 0, limit, also) &&
	       !find_in_word(&p, 8, limit, also) &&
	       !find_in_word(&p, 16, limit, also) &&
	       !find_in_word(&p, 24, limit, also))
		p += 32;
	return p;
}

/* Is @c one of @set, which has bytes below 64 only? */
static __always_inline bool is_one_of(u8 c, u64 set)
{
	return c < 64 && set >> c & 1;
}

static __always_inline enum sip_method find_method(const char *text,
						   unsigned long len)
{
#define IS(name)	BEGINS(text, name)
	switch (len) {
	case 3:
		if (IS("ACK"))
			return SIP_METHOD_ACK;
		if (IS("BYE"))
			return SIP_METHOD_BYE;
		break;
	case 4:
		if (IS("INFO"))
			return SIP_METHOD_INFO;
		break;
	case 5:
		if (IS("PRACK"))
			return SIP_METHOD_PRACK;
		if (IS("REFER"))
			return SIP_METHOD_REFER;
		break;
	case 6:
		if (IS("INVITE"))
			return SIP_METHOD_INVITE;
		if (IS("CANCEL"))
			return SIP_METHOD_CANCEL;
		if (IS("NOTIFY"))
			return SIP_METHOD_NOTIFY;
		if (IS("UPDATE"))
			return SIP_METHOD_UPDATE;
		break;
	case 7:
		if (IS("OPTIONS"))
			return SIP_METHOD_OPTIONS;
		if (IS("MESSAGE"))
			return SIP_METHOD_MESSAGE;
		if (IS("PUBLISH"))
			return SIP_METHOD_PUBLISH;
		break;
	case 8:
		if (IS("REGISTER"))
			return SIP_METHOD_REGISTER;
		break;
	case 9:
		if (IS("SUBSCRIBE"))
			return SIP_METHOD_SUBSCRIBE;
		break;
	}
#undef IS
	return SIP_METHOD_OTHER;
}

/**
 * sip_method_parse() - the number of a method
 * @text: the method, not terminated
 * @len: its length
 *
 * Methods are case-sensitive (RFC 3261 section 7.1): "register" is another.
 *
 * Return: the method, SIP_METHOD_OTHER if it has no number.
 */
enum sip_method sip_method_parse(const char *text, unsigned int len)
{
	return find_method(text, len);
}

/**
 * sip_method_name() - the text of a method
 * @method: its number
 *
 * Return: its name, NULL for SIP_METHOD_OTHER and everything beyond.
 */
const char *sip_method_name(enum sip_method method)
{
	static const char *const names[SIP_METHOD_MAX] = {
		[SIP_METHOD_INVITE] = "INVITE",
		[SIP_METHOD_ACK] = "ACK",
		[SIP_METHOD_OPTIONS] = "OPTIONS",
		[SIP_METHOD_BYE] = "BYE",
		[SIP_METHOD_CANCEL] = "CANCEL",
		[SIP_METHOD_REGISTER] = "REGISTER",
		[SIP_METHOD_PRACK] = "PRACK",
		[SIP_METHOD_SUBSCRIBE] = "SUBSCRIBE",
		[SIP_METHOD_NOTIFY] = "NOTIFY",
		[SIP_METHOD_PUBLISH] = "PUBLISH",
		[SIP_METHOD_INFO] = "INFO",
		[SIP_METHOD_REFER] = "REFER",
		[SIP_METHOD_MESSAGE] = "MESSAGE",
		[SIP_METHOD_UPDATE] = "UPDATE",
	};

	return (unsigned int)method < SIP_METHOD_MAX ? names[method] : NULL;
}

/*
 * Steps over a method that has a number here, and that @behind follows.  Most of
 * what is steered is of one.
 */
static __always_inline enum sip_method take_method(const char **at, char behind)
{
	enum sip_method method;
	const char *p = *at;

	if (BEGINS(p, "REGISTER") && p[strlen("REGISTER")] == behind) {
		*at = p + strlen("REGISTER");
		return SIP_METHOD_REGISTER;
	}
	/* No method that has a number has as much as two words. */
	if (!find_in_word(&p, 0, ' ' + 1, 0) &&
	    !find_in_word(&p, 8, ' ' + 1, 0))
		return SIP_METHOD_OTHER;
	if (*p != behind)
		return SIP_METHOD_OTHER;
	method = find_method(*at, p - *at);
	*at = p;
	return method;
}

/* A request with a method that has a number here. */
static __always_inline bool plain_request(const char *data,
					  struct sip_start *start)
{
	const char *p = data, *uri;
	enum sip_method method = take_method(&p, ' ');
	unsigned int method_len = p - data;

	if (method == SIP_METHOD_OTHER)
		return false;
	uri = ++p;
	p = find(p, ' ' + 1, 0);
	if (p == uri || !BEGINS(p, " SIP/2.0") || !is_crlf(p + WORD_LEN))
		return false;
	*start = (struct sip_start){
		.kind = SIP_KIND_REQUEST,
		.method = method,
		.method_len = method_len,
		.headers = p + WORD_LEN + 2 - data,
	};
	return true;
}

/* A response, whatever its reason. */
static __always_inline bool plain_response(const char *data,
					   struct sip_start *start)
{
	const char *p = data + strlen("SIP/2.0 200");
	const u8 a = data[8] - '0', b = data[9] - '0', c = data[10] - '0';

	if (a > 9 || b > 9 || c > 9 || *p != ' ')
		return false;
	p = find(p, ' ', 0);
	if (!is_crlf(p))
		return false;
	*start = (struct sip_start){
		.kind = SIP_KIND_RESPONSE,
		.method = SIP_METHOD_OTHER,
		.status = a * 100 + b * 10 + c,
		.headers = p + 2 - data,
	};
	return true;
}

/**
 * sip_msg_start() - what a datagram is, by its start line
 * @data: the datagram; SIP_MSG_SLACK bytes behind it can be read
 * @len: its length
 * @start: filled in; offsets only for a request or a response
 *
 * Line ends before the start line are skipped (RFC 3261 section 7.5).  What has
 * nothing else, or nothing at all, or NULs alone, is a keep-alive (RFC 5626
 * section 3.5.1).  A start line that is cut short is none.
 *
 * Return: what it is, also in @start->kind.
 */
enum sip_kind sip_msg_start(const char *data, unsigned int len,
			    struct sip_start *start)
{
	if (likely(ends_with_empty_line(data, len))) {
		if (BEGINS(data, "SIP/2.0 ")) {
			if (plain_response(data, start))
				return SIP_KIND_RESPONSE;
		} else if (plain_request(data, start)) {
			return SIP_KIND_REQUEST;
		}
	}
	return sip_full_start(data, len, start);
}

/* From a line to behind its name, if that is Via; NULL if it is not. */
static __always_inline const char *behind_via_name(const char *p)
{
	if (BEGINS(p, "Via:"))
		return p + strlen("Via:");
	return BEGINS(p, "v:") ? p + strlen("v:") : NULL;
}

/* From behind the colon to the first byte of a Via value; NULL if unsure. */
static __always_inline const char *via_value(const char *p)
{
	if (BEGINS(p, " SIP/2.0/UDP "))
		p += strlen(" SIP/2.0/UDP");
	return *p == ' ' && (u8)p[1] >= DELIMITER_LIMIT ? p + 1 : NULL;
}

/* From a line end to the next line; NULL if it folds, or no line ends here. */
static __always_inline const char *behind_line(const char *p)
{
	return is_crlf(p) && (u8)p[2] > ' ' ? p + 2 : NULL;
}

/*
 * A Via of one value on one line, without quotes and comments.  Returns the line
 * behind it, or NULL.
 */
static __always_inline const char *take_via(const char *p)
{
	p = via_value(p);
	if (!p)
		return NULL;
	p = find(p, DELIMITER_LIMIT, 0);
	while (*p != '\r') {
		if (!is_one_of(*p, PLAIN_BYTES))
			return NULL;
		p = find(p + 1, DELIMITER_LIMIT, 0);
	}
	return behind_line(p);
}

/* The same, with a branch that has the cookie. */
static __always_inline const char *
take_top_via(const char *p, const char *data, struct sip_headers *h)
{
	const char *branch, *branch_end;

	p = via_value(p);
	if (!p)
		return NULL;
	for (;;) {
		p = find(p, DELIMITER_LIMIT, ';');
		if (*p++ != ';') {
			if (!is_one_of(p[-1], PLAIN_BYTES))
				return NULL;
			continue;
		}
		if (BEGINS(p, "branch=z9hG4bK"))
			break;
		/* White space, or this in other letters. */
		if ((u8)*p <= ' ' || (*p | 0x20) == 'b')
			return NULL;
	}
	branch = p + strlen("branch=");
	p = branch + strlen("z9hG4bK");
	if (*p == ';' || (u8)*p <= ' ')
		return NULL;

	p = find(p, DELIMITER_LIMIT, ';');
	while (*p != ';' && *p != '\r') {
		if (!is_one_of(*p, VALUE_BYTES))
			return NULL;
		p = find(p + 1, DELIMITER_LIMIT, ';');
	}
	branch_end = p;
	while (*p != '\r') {
		if (!is_one_of(*p, PLAIN_BYTES))
			return NULL;
		p = find(p + 1, DELIMITER_LIMIT, 0);
	}
	h->branch = sip_span(data, branch, branch_end);
	h->branch_cookie = true;
	return behind_line(p);
}

/*
 * The number of a word of digits, of their values and the first in the lowest
 * byte: by two of them, by two of those, and by both of these.
 */
static __always_inline u32 number_of(u64 digits)
{
	digits = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ffULL;
	digits = (digits * 100 + (digits >> 16)) & 0x0000ffff0000ffffULL;
	return digits * 10000 + (digits >> 32);
}

/*
 * A CSeq of a number of few digits, one space and a method that has a number
 * here.  Returns the line behind it, or NULL.
 */
static __always_inline const char *take_cseq(const char *p,
					     const struct sip_start *start,
					     struct sip_headers *h)
{
	unsigned long len;
	u64 digits, end;

	if (*p == ' ')
		p++;
	/* A space is below them; of what is not, the top bit is clear. */
	digits = load_word(p) - EACH('0');
	end = digits & EACH(0x80);
	if (!end)
		return NULL;
	len = first_hit(end);
	p += len;
	if (!len || *p++ != ' ')
		return NULL;
	/* As the last ones of a word, behind zeros; no other is above 9. */
	digits <<= 8 * (WORD_LEN - len);
	if ((digits + EACH(0x7f - 9)) & EACH(0x80))
		return NULL;
	h->cseq_method = take_method(&p, '\r');
	if (h->cseq_method == SIP_METHOD_OTHER ||
	    (start->kind == SIP_KIND_REQUEST &&
	     h->cseq_method != start->method))
		return NULL;
	h->has_cseq = true;
	h->cseq = number_of(digits);
	return behind_line(p);
}

/* May the line at @p be one of @fields, by its first byte? */
static __always_inline bool may_be(const char *p, const u8 fields)
{
	return first_bytes[(u8)*p] & fields;
}

/* A line that is none, in place of a line of which nothing is sure. */
static const char no_line[2];

/* To the next line, if this one ends in the word @at behind its first byte. */
static __always_inline bool ends_in_word(const char **line,
					 const unsigned long at)
{
	u64 hit = hits(load_word(*line + 1 + at), ' ', 0);

	if (likely(!hit))
		return false;
	*line += first_hit(hit) + at + 3;
	if (unlikely(!is_crlf(*line - 2)))
		*line = no_line;
	return true;
}

/*
 * From a line to the next one that may be one of @fields, which have FIELD_END,
 * or to no_line.  The first byte of the line at @p is none that ends a line.
 * What is folded to a line of no interest is of none, either.
 */
static __always_inline const char *next_line(const char *p, const u8 fields)
{
	for (;;) {
		while (ends_in_word(&p, 0) || ends_in_word(&p, 8) ||
		       ends_in_word(&p, 16) || ends_in_word(&p, 24) ||
		       ends_in_word(&p, 32) || ends_in_word(&p, 40) ||
		       ends_in_word(&p, 48) || ends_in_word(&p, 56))
			if (unlikely(may_be(p, fields)))
				return p;
		p += 64;
	}
}

/*
 * Takes what the line at @p may be.  Returns the line behind it, or @p if that
 * is still to be found, or NULL if unsure.
 */
static __always_inline const char *
take_field(const char *p, const struct sip_start *start, u8 field,
	   struct sip_headers *h)
{
	switch (field) {
	case SIP_FIELD_VIA:
		h->via_count++;
		p = behind_via_name(p);
		return p ? take_via(p) : NULL;
	case SIP_FIELD_CSEQ:
		if (!BEGINS(p, "CSeq:"))
			return NULL;
		return take_cseq(p + 5, start, h);
	case 0:
		return p;
	case SIP_FIELD_CALL_ID:
		return BEGINS(p, "Call-ID:") || BEGINS(p, "i:") ? p : NULL;
	case SIP_FIELD_FROM:
		return BEGINS(p, "From:") || BEGINS(p, "f:") ? p : NULL;
	case SIP_FIELD_PATH:
		h->has_path = true;
		return BEGINS(p, "Path:") ? p : NULL;
	default:
		/* There are many that begin with "P-". */
		if ((p[2] | 0x20) != 'v')
			return p;
		h->has_visited = true;
		return BEGINS(p, "P-Visited-Network-ID:") ? p : NULL;
	}
}

/* The fields that matter behind the top Via, which names a transaction. */
static __always_inline u8 fields_wanted(const enum sip_want want)
{
	if (want == SIP_WANT_KEY)
		return SIP_FIELD_CSEQ | FIELD_END;
	return sip_fields_wanted(want) | FIELD_END;
}

/*
 * sip_msg_headers(), where it can be sure; false where it is not.  Via comes
 * first, as what proxies need should (RFC 3261 section 7.3.1).
 */
static __always_inline bool plain_headers(const char *data, unsigned int len,
					  const struct sip_start *start,
					  const enum sip_want want,
					  struct sip_headers *h)
{
	const char *p = data + start->headers, *line;
	const u8 fields = fields_wanted(want);
	u8 seen = 0, field;

	*h = (struct sip_headers){};
	if (!ends_with_empty_line(data, len))
		return false;
	p = behind_via_name(p);
	if (!p)
		return false;
	p = want == SIP_WANT_GUARD ? take_via(p) : take_top_via(p, data, h);
	if (!p)
		return false;
	h->via_count = 1;
	line = may_be(p, fields) ? p : NULL;
	for (;;) {
		if (!line)
			line = next_line(p, fields);
		field = first_bytes[(u8)*line];
		if (field == FIELD_END)
			break;
		field &= second_bytes[(u8)line[1]] & fields;
		/* Via may come again; others are to be refused. */
		if (seen & field & ~SIP_FIELDS_GUARD)
			return false;
		p = take_field(line, start, field, h);
		if (!p)
			return false;
		if (want == SIP_WANT_KEY && field == SIP_FIELD_CSEQ)
			return true;
		seen |= field;
		line = p != line && may_be(p, fields) ? p : NULL;
	}
	h->complete = true;
	return is_crlf(line) &&
	       (want == SIP_WANT_GUARD || (seen & SIP_FIELD_CSEQ));
}

/* What is not wanted is not compiled into the walk. */
static __always_inline int headers(const char *data, unsigned int len,
				   const struct sip_start *start,
				   const enum sip_want want,
				   struct sip_headers *h)
{
	return plain_headers(data, len, start, want, h) ? 0 :
	       sip_full_headers(data, len, start, want, h);
}

/**
 * sip_msg_headers_guard() - sip_msg_headers() with SIP_WANT_GUARD
 * @data: the datagram; SIP_MSG_SLACK bytes behind it can be read
 * @len: its length
 * @start: what sip_msg_start() learnt of it: a request or a response
 * @h: filled in; to be trusted if 0 is returned
 *
 * Return: 0, or a negative enum sip_error.
 */
int sip_msg_headers_guard(const char *data, unsigned int len,
			  const struct sip_start *start, struct sip_headers *h)
{
	return headers(data, len, start, SIP_WANT_GUARD, h);
}

/**
 * sip_msg_headers_key() - sip_msg_headers() with SIP_WANT_KEY
 * @data: the datagram; SIP_MSG_SLACK bytes behind it can be read
 * @len: its length
 * @start: what sip_msg_start() learnt of it: a request or a response
 * @h: filled in; to be trusted if 0 is returned
 *
 * Return: 0, or a negative enum sip_error.
 */
int sip_msg_headers_key(const char *data, unsigned int len,
			const struct sip_start *start, struct sip_headers *h)
{
	return headers(data, len, start, SIP_WANT_KEY, h);
}

/**
 * sip_msg_headers_all() - sip_msg_headers() with SIP_WANT_ALL
 * @data: the datagram; SIP_MSG_SLACK bytes behind it can be read
 * @len: its length
 * @start: what sip_msg_start() learnt of it: a request or a response
 * @h: filled in; to be trusted if 0 is returned
 *
 * Return: 0, or a negative enum sip_error.
 */
int sip_msg_headers_all(const char *data, unsigned int len,
			const struct sip_start *start, struct sip_headers *h)
{
	return headers(data, len, start, SIP_WANT_ALL, h);
}

/**
 * sip_msg_plain_method() - the method of a request in plain writing
 * @data: the datagram; SIP_MSG_SLACK bytes behind it can be read
 * @len: its length
 *
 * Return: the method, SIP_METHOD_OTHER if sip_msg_start() has to be asked.
 */
enum sip_method sip_msg_plain_method(const char *data, unsigned int len)
{
	struct sip_start start;

	return ends_with_empty_line(data, len) && plain_request(data, &start) ?
	       start.method : SIP_METHOD_OTHER;
}

/* May a line be one that no UE writes, or a second Via? */
static __always_inline bool is_foreign(const char *p, const u8 fields)
{
	u8 field = first_bytes[(u8)p[0]] & second_bytes[(u8)p[1]] & fields;

	/* There are many that begin with "P-". */
	return field == SIP_FIELD_VISITED ? (p[2] | 0x20) == 'v' : field;
}

/**
 * sip_msg_is_own() - has a UE itself written this REGISTER, in plain writing?
 * @data: the datagram; SIP_MSG_SLACK bytes behind it can be read
 * @len: its length
 *
 * Return: true if sip_msg_start() and sip_msg_headers_guard() would say so;
 * false if these have to be asked.
 */
bool sip_msg_is_own(const char *data, unsigned int len)
{
	const u8 fields = fields_wanted(SIP_WANT_GUARD);
	struct sip_start start;
	const char *p;

	if (!ends_with_empty_line(data, len) || !plain_request(data, &start) ||
	    start.method != SIP_METHOD_REGISTER)
		return false;
	p = behind_via_name(data + start.headers);
	if (p)
		p = take_via(p);
	if (!p)
		return false;
	while (first_bytes[(u8)*p] != FIELD_END) {
		if (is_foreign(p, fields))
			return false;
		p = next_line(p, fields);
	}
	return is_crlf(p);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The SIP parser.  Pointer and length in, offsets out: no skb, no policy, no
 * allocation, no state.  Never reads past the length it is given.
 *
 * Every packet that may be ours pays for each instruction here, so this is the
 * short way, for messages as nearly everyone writes them: lines that end in CRLF,
 * names in their usual letters, a Via that is one value on one line.  Where
 * anything is otherwise, sip_full.c is asked, which knows the rules; what is said
 * here is what it would say.
 */
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

#include "sip_full.h"
#include "sip_msg.h"
#include "sip_word.h"

/* Bytes looked at before asking how many are left. */
#define BLOCK_LEN	(4 * WORD_LEN)
/* A block, and behind it the version and its line end. */
#define START_ROOM	(BLOCK_LEN + WORD_LEN + 2)
/* A block, and behind a CR found there its LF and two bytes of the next line. */
#define LINE_ROOM	(BLOCK_LEN + 3)
/* A block, and behind a semicolon found there the start of a branch. */
#define VIA_ROOM	(BLOCK_LEN + 2 * WORD_LEN)
/* A word, with the space behind them. */
#define CSEQ_DIGITS	(WORD_LEN - 1)
/* Spaces around the digits, two words, and behind a CR found there as above. */
static_assert(sizeof("CSeq:") - 1 + CSEQ_DIGITS + 2 + 2 * WORD_LEN + 3 <=
	      LINE_ROOM);

/* What of a parameter's value is below DELIMITER_LIMIT: token's punctuation. */
#define VALUE_BYTES	(BIT_ULL('!') | BIT_ULL('%') | BIT_ULL('\'') | \
			 BIT_ULL('*') | BIT_ULL('+'))
/* In a Via these separate no values, and hide nothing that would. */
#define PLAIN_BYTES	(VALUE_BYTES | BIT_ULL(' ') | BIT_ULL(';'))

/* The empty line, as if it were a field. */
#define FIELD_END	BIT(6)
/* Those with a name of one letter, too (RFC 3261 section 7.3.3). */
#define FIELDS_COMPACT	(SIP_FIELD_VIA | SIP_FIELD_FROM | SIP_FIELD_CALL_ID)

/* What a line may be by its first byte, and by its second; by both, one thing. */
static const u8 first_bytes[256] = {
	['\r'] = FIELD_END,
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
	['\n'] = FIELDS_COMPACT | FIELD_END,
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

/* Steps to the first hit in the next @n words, 2 or 4; past them if none. */
static __always_inline bool find_in_words(const char **at, const unsigned int n,
					  const u8 limit, const char also)
{
	const char *p = *at;
	u64 hit;

	hit = hits(load_word(p), limit, also);
	if (hit) {
		*at = p + first_hit(hit);
		return true;
	}
	hit = hits(load_word(p + 8), limit, also);
	if (hit) {
		*at = p + 8 + first_hit(hit);
		return true;
	}
	if (n > 2) {
		hit = hits(load_word(p + 16), limit, also);
		if (hit) {
			*at = p + 16 + first_hit(hit);
			return true;
		}
		hit = hits(load_word(p + 24), limit, also);
		if (hit) {
			*at = p + 24 + first_hit(hit);
			return true;
		}
	}
	*at = p + n * WORD_LEN;
	return false;
}

/* Steps to the next hit, in blocks that begin up to @last. */
static __always_inline bool find_in_blocks(const char **p, const char *last,
					   const u8 limit, const char also)
{
	while (*p <= last)
		if (find_in_words(p, 4, limit, also))
			return true;
	return false;
}

/* Is @c one of @set, which has bytes below 64 only? */
static __always_inline bool is_one_of(u8 c, u64 set)
{
	return c < 64 && set >> c & 1;
}

static __always_inline enum sip_method find_method(const char *text,
						   unsigned long len)
{
#define IS(name)	(!memcmp(text, name, sizeof(name) - 1))
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
	const char *p = *at;

	if (BEGINS(p, "REGISTER") && p[strlen("REGISTER")] == behind) {
		*at = p + strlen("REGISTER");
		return SIP_METHOD_REGISTER;
	}
	if (!find_in_words(at, 2, ' ' + 1, 0) || **at != behind)
		return SIP_METHOD_OTHER;
	return find_method(p, *at - p);
}

/* A request with a method that has a number here. */
static __always_inline bool plain_request(const char *data, unsigned int len,
					  struct sip_start *start)
{
	const char *last = data + len - START_ROOM, *p = data, *uri;
	enum sip_method method = take_method(&p, ' ');
	unsigned int method_len = p - data;

	if (method == SIP_METHOD_OTHER)
		return false;
	uri = ++p;
	if (!find_in_blocks(&p, last, ' ' + 1, 0) || p == uri ||
	    !BEGINS(p, " SIP/2.0") || !is_crlf(p + WORD_LEN))
		return false;
	*start = (struct sip_start){
		.kind = SIP_KIND_REQUEST,
		.method = method,
		.method_len = method_len,
		.headers = p + WORD_LEN + 2 - data,
	};
	return true;
}

/* A response with a reason of less than two words. */
static __always_inline bool plain_response(const char *data,
					   struct sip_start *start)
{
	const char *p = data + strlen("SIP/2.0 200");
	const u8 a = data[8] - '0', b = data[9] - '0', c = data[10] - '0';

	if (a > 9 || b > 9 || c > 9 || *p != ' ')
		return false;
	if (!find_in_words(&p, 2, ' ', 0) || !is_crlf(p))
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
 * @data: the datagram
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
	if (likely(len >= START_ROOM && len <= SIP_MSG_MAX_LEN)) {
		if (BEGINS(data, "SIP/2.0 ")) {
			if (plain_response(data, start))
				return SIP_KIND_RESPONSE;
		} else if (plain_request(data, len, start)) {
			return SIP_KIND_REQUEST;
		}
	}
	return sip_full_start(data, len, start);
}

/* From behind the colon to the first byte of a Via value; NULL if unsure. */
static __always_inline const char *via_value(const char *p, const char *last)
{
	if (p > last)
		return NULL;
	if (BEGINS(p, " SIP/2.0/UDP "))
		p += strlen(" SIP/2.0/UDP");
	return *p == ' ' && (u8)p[1] >= DELIMITER_LIMIT ? p + 1 : NULL;
}

/*
 * A Via of one value on one line, without quotes and comments.  Returns the line
 * behind it, or NULL.
 */
static __always_inline const char *take_via(const char *p, const char *end,
					    struct sip_headers *h)
{
	const char *last = end - VIA_ROOM;

	p = via_value(p, last);
	if (!p)
		return NULL;
	while (find_in_blocks(&p, last, DELIMITER_LIMIT, 0)) {
		if (is_crlf(p)) {
			if ((u8)p[2] <= ' ')
				return NULL;
			h->via_count++;
			return p + 2;
		}
		if (!is_one_of(*p++, PLAIN_BYTES))
			return NULL;
	}
	return NULL;
}

/* The same, with a branch that has the cookie. */
static noinline const char *take_top_via(const char *p, const char *data,
					 const char *end, struct sip_headers *h)
{
	const char *last = end - VIA_ROOM, *branch, *branch_end = NULL;

	p = via_value(p, last);
	if (!p)
		return NULL;
	for (;;) {
		if (!find_in_blocks(&p, last, DELIMITER_LIMIT, ';'))
			return NULL;
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

	while (find_in_blocks(&p, last, DELIMITER_LIMIT, ';')) {
		if (is_crlf(p)) {
			if ((u8)p[2] <= ' ')
				return NULL;
			h->via_count = 1;
			h->branch = sip_span(data, branch, branch_end ?: p);
			h->branch_cookie = true;
			return p + 2;
		}
		if (*p == ';' && !branch_end)
			branch_end = p;
		else if (!is_one_of(*p, branch_end ? PLAIN_BYTES : VALUE_BYTES))
			return NULL;
		p++;
	}
	return NULL;
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
static noinline const char *take_cseq(const char *p, const char *data,
				      const struct sip_start *start,
				      struct sip_headers *h)
{
	const char *method;
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
	method = p;
	h->cseq_method = take_method(&p, '\r');
	if (h->cseq_method == SIP_METHOD_OTHER || p[1] != '\n' ||
	    (u8)p[2] <= ' ' ||
	    (start->kind == SIP_KIND_REQUEST &&
	     h->cseq_method != start->method))
		return NULL;
	h->has_cseq = true;
	h->cseq = number_of(digits);
	h->cseq_method_text = sip_span(data, method, p);
	return p + 2;
}

/* Which of @fields the line at @p may be; 0 if none of them. */
static __always_inline u8 may_be(const char *p, u8 fields)
{
	if (likely(!(first_bytes[(u8)p[0]] & fields)))
		return 0;
	return first_bytes[(u8)p[0]] & second_bytes[(u8)p[1]] & fields;
}

/*
 * To the next line that may be one of @fields, and returns which; 0 if unsure.
 * What is folded to a line of no interest is of none, either.
 */
static __always_inline u8 next_field(const char **line, const char *last,
				     u8 fields)
{
	const char *end = last + LINE_ROOM, *p = *line;
	u64 hit;
	u8 field;

	for (;;) {
		if (likely(p <= last)) {
			if (!find_in_words(&p, 4, ' ', 0))
				continue;
		} else {
			while (end - p >= WORD_LEN) {
				hit = hits(load_word(p), ' ', 0);
				if (hit) {
					p += first_hit(hit);
					break;
				}
				p += WORD_LEN;
			}
			while (p < end && (u8)*p >= ' ')
				p++;
			if (end - p < 4)
				return 0;
		}
		if (likely(is_crlf(p))) {
			p += 2;
			field = may_be(p, fields);
			if (!field)
				continue;
			*line = p;
			return field;
		}
		if (is_line_end(*p++))
			return 0;
	}
}

/*
 * Takes what the line at @p, of LINE_ROOM, may be.  Returns the line behind it,
 * or @p if that is still to be found, or NULL if unsure.
 */
static __always_inline const char *
take_field(const char *p, const char *data, const char *end,
	   const struct sip_start *start, u8 field, bool want_branch,
	   struct sip_headers *h)
{
	switch (field) {
	case SIP_FIELD_VIA:
		if (BEGINS(p, "Via:"))
			p += 4;
		else if (BEGINS(p, "v:"))
			p += 2;
		else
			return NULL;
		return want_branch ? take_top_via(p, data, end, h) :
				     take_via(p, end, h);
	case SIP_FIELD_CSEQ:
		if (!BEGINS(p, "CSeq:"))
			return NULL;
		return take_cseq(p + 5, data, start, h);
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

/* sip_msg_headers(), where it can be sure; false where it is not. */
static __always_inline bool plain_headers(const char *data, const char *end,
					  const struct sip_start *start,
					  const enum sip_want want,
					  struct sip_headers *h)
{
	const char *p = data + start->headers, *last = end - LINE_ROOM, *next;
	u8 fields = sip_fields_wanted(want) | FIELD_END, seen = 0, field;

	*h = (struct sip_headers){};
	/* A first line with white space might fold the start line. */
	if (p > last || (u8)*p <= ' ')
		return false;
	field = may_be(p, fields);
	for (;;) {
		if (!field)
			field = next_field(&p, last, fields);
		if (field == FIELD_END)
			break;
		if (!field || p > last)
			return false;
		/* Via may come again; others are to be refused. */
		if (want == SIP_WANT_ALL && (seen & field) &&
		    (field & ~SIP_FIELDS_GUARD))
			return false;
		next = take_field(p, data, end, start, field,
				  want != SIP_WANT_GUARD && !(seen & SIP_FIELD_VIA),
				  h);
		if (!next)
			return false;
		seen |= field;
		if (want == SIP_WANT_KEY) {
			fields &= ~field;
			if (field == SIP_FIELD_VIA)
				fields &= SIP_FIELD_CSEQ | FIELD_END;
			if (fields == FIELD_END)
				return true;
		}
		field = next == p ? 0 : may_be(next, fields);
		p = next;
	}
	h->complete = true;
	return (seen & SIP_FIELD_VIA) &&
	       (want == SIP_WANT_GUARD || (seen & SIP_FIELD_CSEQ));
}

/* What is not wanted is not compiled into the walk. */
static __always_inline int headers(const char *data, const char *end,
				   const struct sip_start *start,
				   const enum sip_want want,
				   struct sip_headers *h)
{
	return plain_headers(data, end, start, want, h) ? 0 :
	       sip_full_headers(data, end - data, start, want, h);
}

static noinline int headers_guard(const char *data, const char *end,
				  const struct sip_start *start,
				  struct sip_headers *h)
{
	return headers(data, end, start, SIP_WANT_GUARD, h);
}

static noinline int headers_key(const char *data, const char *end,
				const struct sip_start *start,
				struct sip_headers *h)
{
	return headers(data, end, start, SIP_WANT_KEY, h);
}

static noinline int headers_all(const char *data, const char *end,
				const struct sip_start *start,
				struct sip_headers *h)
{
	return headers(data, end, start, SIP_WANT_ALL, h);
}

/**
 * sip_msg_headers() - what the header fields tell
 * @data: the datagram
 * @len: its length
 * @start: what sip_msg_start() learnt of it: a request or a response
 * @want: what to find
 * @h: filled in; to be trusted if 0 is returned
 *
 * Names count in any case and in their compact form (RFC 3261 section 7.3.3).
 * A CSeq, Call-ID or From that is there twice means different things to
 * different peers, so with SIP_WANT_ALL it is an error.
 *
 * Return: 0, or a negative enum sip_error.
 */
int sip_msg_headers(const char *data, unsigned int len,
		    const struct sip_start *start, enum sip_want want,
		    struct sip_headers *h)
{
	switch (want) {
	case SIP_WANT_GUARD:
		return headers_guard(data, data + len, start, h);
	case SIP_WANT_KEY:
		return headers_key(data, data + len, start, h);
	default:
		return headers_all(data, data + len, start, h);
	}
}

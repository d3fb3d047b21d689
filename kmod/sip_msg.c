// SPDX-License-Identifier: GPL-2.0
/*
 * The SIP parser.  Pointer and length in, offsets out: no skb, no policy, no
 * allocation, no state.  Never reads past the length it is given.
 *
 * Where it is strict, the packet passes untouched; where it is lenient, a real
 * stack is.  Lenient: a line may end in a bare LF (Kamailio, OpenSIPS, pjsip
 * and sofia-sip take it), a status line may lack the space before an empty
 * reason, header lines that are none of ours are not looked into, and neither
 * is what they hold (RFC 4475 section 3.1.1.2 has a NUL there).  Strict: a CR
 * without LF ends a line for some stacks and not for others, so a header with
 * one is refused.
 */
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>

#include "sip_msg.h"

/* Bytes looked at together.  The kernel has no vector registers to lend. */
#define WORD_LEN	8
/* Bytes looked at before asking how many are left. */
#define BLOCK_LEN	(4 * WORD_LEN)
/* Whatever is found in a block, two more bytes are there. */
#define BLOCK_ROOM	(BLOCK_LEN + 2)
/* More digits than these may be too many. */
#define CSEQ_DIGITS	9
/* A space, the digits, another, two words, and what follows a line end in them. */
#define CSEQ_ROOM	(CSEQ_DIGITS + 2 + 2 * WORD_LEN + 2)
/* The longest name that matters, and the byte behind it. */
#define NAME_ROOM	21
/* "SIP/2.0 200" and a line end; no request line is shorter. */
#define MIN_START_LINE	12

#define EACH(byte)	(0x0101010101010101ULL * (byte))

/*
 * Below this one are quotes, parentheses, commas, white space and line ends,
 * and some rare characters, but no letter or digit and none of . / : = @ _
 */
#define DELIMITER_LIMIT	'-'

/* RFC 3261 section 25.1, token. */
static const bool token[256] = {
	['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
	['-'] = true, ['.'] = true, ['!'] = true, ['%'] = true, ['*'] = true,
	['_'] = true, ['+'] = true, ['`'] = true, ['\''] = true, ['~'] = true,
};

struct text {
	const char *start;
	const char *end;
};

/* Bits, for a first letter leaves a choice. */
enum field {
	FIELD_OTHER = 0,
	FIELD_VIA = BIT(0),
	FIELD_FROM = BIT(1),
	FIELD_CALL_ID = BIT(2),
	FIELD_CSEQ = BIT(3),
	FIELD_PATH = BIT(4),
	FIELD_VISITED = BIT(5),
	FIELD_ROUTE = BIT(6),
	FIELD_END = BIT(7),	/* the empty line */
	FIELD_BAD = BIT(8),	/* a name without a colon */
};

/*
 * What a line may be by its first byte.  Names count in any case and in their
 * compact form (RFC 3261 section 7.3.3).
 */
static const u8 first_bytes[256] = {
	['\r'] = FIELD_END,
	['\n'] = FIELD_END,
	['C'] = FIELD_CSEQ | FIELD_CALL_ID,
	['F'] = FIELD_FROM,
	['I'] = FIELD_CALL_ID,
	['P'] = FIELD_PATH | FIELD_VISITED,
	['R'] = FIELD_ROUTE,
	['V'] = FIELD_VIA,
	['c'] = FIELD_CSEQ | FIELD_CALL_ID,
	['f'] = FIELD_FROM,
	['i'] = FIELD_CALL_ID,
	['p'] = FIELD_PATH | FIELD_VISITED,
	['r'] = FIELD_ROUTE,
	['v'] = FIELD_VIA,
};

/* The first byte in memory becomes the lowest on every machine. */
static __always_inline u64 load_word(const char *p)
{
	__le64 word;

	memcpy(&word, p, sizeof(word));
	return le64_to_cpu(word);
}

/*
 * The bytes of @word that are below @limit, or are @also unless that is 0, by
 * their top bits.
 *
 * The top bit of a byte of word - EACH(limit) is set if the byte is below the
 * limit, or well above 127: look again.  A borrow reaches only bytes after the
 * first that is below.
 */
static __always_inline u64 hits(u64 word, const u8 limit, const char also)
{
	u64 hit = word - EACH(limit);

	if (also)
		hit |= (word ^ EACH(also)) - EACH(1);
	return hit & EACH(0x80);
}

static __always_inline unsigned long first_hit(u64 hit)
{
	return __ffs64(hit) / 8;
}

/* Steps to the first hit among the @n words at @p, up to 4; or past them. */
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

static __always_inline bool find_in_block(const char **p, const u8 limit,
					  const char also)
{
	return find_in_words(p, 4, limit, also);
}

/* The first byte of @p..@end that is below @limit, or is @also; or @end. */
static __always_inline const char *find(const char *p, const char *end,
					const u8 limit, const char also)
{
	const char *last = end - WORD_LEN;
	u64 hit;

	while (p <= last) {
		hit = hits(load_word(p), limit, also);
		if (likely(!hit)) {
			p += WORD_LEN;
			continue;
		}
		p += first_hit(hit);
		if ((u8)*p < limit || (also && *p == also))
			return p;
		p++;
	}
	while (p < end && (u8)*p >= limit && !(also && *p == also))
		p++;
	return p;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_line_end(char c)
{
	return c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
	return (u8)(c - '0') <= 9;
}

/* LWS: within a field value every line end is a folded one. */
static bool is_lws(char c)
{
	return (u8)c <= ' ' && (is_space(c) || is_line_end(c));
}

static const char *skip_lws(const char *p, const char *end)
{
	while (p < end && is_lws(*p))
		p++;
	return p;
}

/* A value without the white space around it. */
static struct text trim(struct text value)
{
	value.start = skip_lws(value.start, value.end);
	while (value.end > value.start && is_lws(value.end[-1]))
		value.end--;
	return value;
}

static const char *skip_token(const char *p, const char *end)
{
	while (p < end && token[(u8)*p])
		p++;
	return p;
}

static noinline const char *find_line_end(const char *p, const char *end)
{
	while ((p = find(p, end, ' ', 0)) < end && !is_line_end(*p))
		p++;
	return p;
}

static __always_inline bool is_crlf(const char *p)
{
	return !memcmp(p, "\r\n", 2);
}

#define BEGINS(p, text)	(!memcmp(p, text, sizeof(text) - 1))

/* Past the line end at @p, or NULL if none is there. */
static const char *skip_line_end(const char *p, const char *end)
{
	if (end - p >= 2 && is_crlf(p))
		return p + 2;
	return p < end && *p == '\n' ? p + 1 : NULL;
}

/*
 * Past the quoted string or comment that opens at @p, or NULL if it does not
 * close.  Comments nest, and a backslash takes the meaning from the next byte
 * (RFC 3261 section 25.1).
 */
static const char *skip_enclosed(const char *p, const char *end)
{
	const bool comment = *p == '(';
	const char close = comment ? ')' : '"';
	unsigned int depth = 1;

	for (p++; p < end; p++) {
		if (*p == '\\') {
			if (++p == end)
				break;
		} else if (*p == close) {
			if (!--depth)
				return p + 1;
		} else if (comment && *p == '(') {
			depth++;
		}
	}
	return NULL;
}

/*
 * In lower case: bit 6 stands for a letter, or one of @ [ \ ] ^ _, and becomes
 * bit 5.  All else is as it was.
 */
static __always_inline u64 lower(u64 word)
{
	return word | (word & EACH(0x40)) >> 1;
}

/* The first bytes of @p..@end in lower case, as load_word() has them. */
static u64 load_lower(const char *p, const char *end)
{
	unsigned int i;
	u64 word = 0;

	if (likely(end - p >= WORD_LEN))
		return lower(load_word(p));
	for (i = 0; i < end - p; i++)
		word |= (u64)(u8)p[i] << (8 * i);
	return lower(word);
}

/* Are the first @len bytes of @lower, as of load_lower(), those of @name? */
static __always_inline bool same(u64 lower, const char name[WORD_LEN],
				 unsigned int len)
{
	return !((lower ^ load_word(name)) << (8 * (WORD_LEN - len)));
}

static struct sip_span span(const char *data, const char *start,
			    const char *end)
{
	return (struct sip_span){ .off = start - data, .len = end - start };
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
 * Method SP Request-URI SP SIP-Version CRLF, with exactly these spaces: who
 * sends others is refused by strict peers too (RFC 4475 sections 3.1.2.7 to
 * 3.1.2.10).  The version counts in any case (RFC 3261 section 7.1).  Returns
 * the first header line, or NULL.
 */
static const char *request_line(const char *p, const char *end,
				struct sip_start *start)
{
	const char *uri, *version;

	uri = find(p, end, ' ' + 1, 0);
	if (uri == end || *uri != ' ' || uri == p)
		return NULL;
	start->method_len = uri - p;
	start->method = sip_method_parse(p, start->method_len);
	if (start->method == SIP_METHOD_OTHER && skip_token(p, uri) != uri)
		return NULL;

	uri++;
	version = find(uri, end, ' ' + 1, 0);
	if (version == uri || end - version < WORD_LEN)
		return NULL;
	if ((load_word(version) | 0x20202000) != load_word(" sip/2.0"))
		return NULL;
	return skip_line_end(version + WORD_LEN, end);
}

/*
 * SIP-Version SP 3DIGIT SP Reason-Phrase CRLF, from MIN_START_LINE bytes on;
 * the second space may be missing if the reason is.  Returns the first header
 * line, or NULL.
 */
static const char *status_line(const char *p, const char *end,
			       struct sip_start *start)
{
	p += WORD_LEN;
	if (!is_digit(p[0]) || !is_digit(p[1]) || !is_digit(p[2]))
		return NULL;
	if (p[3] != ' ' && !is_line_end(p[3]))
		return NULL;
	start->status = (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
	return skip_line_end(find_line_end(p + 3, end), end);
}

/* RFC 5626 has line ends for keep-alives; Kamailio's nathelper sends NULs. */
static bool all_nul(const char *p, const char *end)
{
	while (p < end && !*p)
		p++;
	return p == end;
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
	static const struct sip_start no_start = { .method = SIP_METHOD_OTHER };
	const char *p = data, *end = data + len, *headers;
	enum sip_kind kind;

	*start = no_start;
	if (len > SIP_MSG_MAX_LEN)
		return SIP_KIND_NONE;
	while (p < end && is_line_end(*p))
		p++;
	if (p == end || (!*p && all_nul(p, end)))
		return start->kind = SIP_KIND_KEEPALIVE;

	if (end - p < MIN_START_LINE)
		return SIP_KIND_NONE;
	if ((load_word(p) | 0x202020) == load_word("sip/2.0 ")) {
		kind = SIP_KIND_RESPONSE;
		headers = status_line(p, end, start);
	} else {
		kind = SIP_KIND_REQUEST;
		headers = request_line(p, end, start);
	}
	if (!headers) {
		*start = no_start;
		return SIP_KIND_NONE;
	}
	start->kind = kind;
	start->off = p - data;
	start->headers = headers - data;
	return kind;
}

/*
 * From a byte of a line to the first byte of the next, which there must be: it
 * might be folded to this one.
 */
static noinline const char *next_line_slow(const char *p, const char *end)
{
	p = find_line_end(p, end);
	if (end - p < 2)
		return ERR_PTR(-SIP_ERR_TRUNCATED);
	p = skip_line_end(p, end);
	if (!p)
		return ERR_PTR(-SIP_ERR_LINE);
	return p < end ? p : ERR_PTR(-SIP_ERR_TRUNCATED);
}

/* Past a header line and what is folded to it (RFC 3261 section 7.3.1). */
static const char *skip_header(const char *p, const char *end)
{
	do
		p = next_line_slow(p, end);
	while (!IS_ERR(p) && is_space(*p));
	return p;
}

/*
 * From a line to the next that may be one of @fields.  What is folded to a line
 * of no interest is of none, either.
 */
static __always_inline int skip_lines(const char **line, const char *end,
				      u8 fields)
{
	const char *last = end - BLOCK_ROOM, *p = *line;

	for (;;) {
		while (likely(p <= last)) {
			if (!find_in_block(&p, ' ', 0))
				continue;
			if (unlikely(!is_crlf(p)))
				break;
			p += 2;
			if (first_bytes[(u8)*p] & fields)
				goto found;
		}
		p = next_line_slow(p, end);
		if (IS_ERR(p))
			return PTR_ERR(p);
		if (first_bytes[(u8)*p] & fields)
			goto found;
	}
found:
	*line = p;
	return 0;
}

/* What is wrong with a header line: where it ends, before all else. */
static noinline int refuse(const char *p, const char *end, int error)
{
	p = skip_header(p, end);
	return IS_ERR(p) ? PTR_ERR(p) : error;
}

/* Is this the empty line?  Only a line end may begin here. */
static int empty_line(const char *p, const char *end)
{
	if (skip_line_end(p, end))
		return 0;
	return end - p < 2 ? -SIP_ERR_TRUNCATED : -SIP_ERR_LINE;
}

/* A field and where its value starts. */
struct header {
	const char *value;
	enum field field;
};

/* Which field has the name that begins at @p, of NAME_ROOM bytes, and its length. */
static enum field find_name(const char *p, unsigned int *len)
{
	const u64 word = lower(load_word(p));

	switch ((u8)word) {
	case 'v':
		*len = same(word, "via\0\0\0\0", 3) ? 3 : 1;
		return FIELD_VIA;
	case 'f':
		*len = same(word, "from\0\0\0", 4) ? 4 : 1;
		return FIELD_FROM;
	case 'i':
		*len = 1;
		return FIELD_CALL_ID;
	case 'c':
		*len = 4;
		if (same(word, "cseq\0\0\0", 4))
			return FIELD_CSEQ;
		*len = 7;
		if (same(word, "call-id", 7))
			return FIELD_CALL_ID;
		break;
	case 'p':
		*len = 4;
		if (same(word, "path\0\0\0", 4))
			return FIELD_PATH;
		*len = 20;
		if (same(word, "p-visite", 8) &&
		    same(lower(load_word(p + 8)), "d-networ", 8) &&
		    same(lower(load_word(p + 12)), "twork-id", 8))
			return FIELD_VISITED;
		break;
	}
	return FIELD_OTHER;
}

/*
 * A field of ours must have its colon on the same line (HCOLON, RFC 3261 section
 * 25.1): some stacks may see a Via where it is missing.
 */
static noinline struct header odd_header(const char *p, const char *end,
					 u8 fields)
{
	struct header header = {};
	char room[NAME_ROOM] = {};
	unsigned int len;

	if (end - p < NAME_ROOM)
		memcpy(room, p, end - p);
	header.field = find_name(end - p < NAME_ROOM ? room : p, &len) & fields;
	if (!header.field)
		return header;
	p += len;
	if (p < end && *p != ':' && !is_lws(*p)) {
		header.field = FIELD_OTHER;
		return header;
	}
	while (p < end && is_space(*p))
		p++;
	if (p == end || *p != ':')
		header.field = FIELD_BAD;
	header.value = p + 1;
	return header;
}

/* Which of @fields begins at @p, if it is written as nearly everyone does. */
static __always_inline struct header find_header(const char *p, const char *end,
						 u8 fields)
{
	if (unlikely(end - p < NAME_ROOM))
		return odd_header(p, end, fields);
	if ((fields & FIELD_VIA) && BEGINS(p, "Via:"))
		return (struct header){ p + 4, FIELD_VIA };
	if ((fields & FIELD_CSEQ) && BEGINS(p, "CSeq:"))
		return (struct header){ p + 5, FIELD_CSEQ };
	if (BEGINS(p, "Call-ID:"))
		return (struct header){ p + 8, FIELD_CALL_ID & fields };
	if ((fields & FIELD_FROM) && BEGINS(p, "From:"))
		return (struct header){ p + 5, FIELD_FROM };
	/* Contact and Content-Length have the first letter of others. */
	if (BEGINS(p, "Cont"))
		return (struct header){};
	return odd_header(p, end, fields);
}

/*
 * The value of the parameter at @p, after its semicolon, if it has this name
 * and a value; NULL otherwise.
 */
static __always_inline const char *param_value(const char *p, const char *end,
					       const char name[WORD_LEN],
					       unsigned int len)
{
	p = skip_lws(p, end);
	if (!same(load_lower(p, end), name, len))
		return NULL;
	p = skip_lws(p + len, end);
	if (p == end || *p != '=')
		return NULL;
	return skip_lws(p + 1, end);
}

/*
 * Where a parameter's value ends.  Wider than a token: stacks put '=' and '@'
 * into branches.
 */
static const char *param_end(const char *p, const char *end)
{
	while ((p = find(p, end, DELIMITER_LIMIT, ';')) < end && token[(u8)*p])
		p++;
	return p;
}

static __always_inline void set_branch(struct sip_headers *h, const char *data,
		       const char *start, const char *end)
{
	h->branch = span(data, start, end);
	h->branch_cookie = end - start > 7 &&
			   (BEGINS(start, "z9hG4bK") ||
			    same(load_lower(start, end), "z9hg4bk", 7));
}

/*
 * Counts the values of a Via line, and takes the branch of the topmost.  Commas
 * and semicolons in quoted strings and comments (RFC 2543 had them) separate
 * nothing.
 */
static int parse_via(const char *p, const char *end, const char *data,
		     struct sip_headers *h)
{
	const char *branch;
	bool want_branch = !h->via_count;

	p = skip_lws(p, end);
	if (p == end || *p == ',')
		return -SIP_ERR_VIA;
	h->via_count++;

	while ((p = find(p, end, DELIMITER_LIMIT, ';')) < end) {
		switch (*p) {
		case '"':
		case '(':
			p = skip_enclosed(p, end);
			if (!p)
				return -SIP_ERR_VIA;
			break;
		case ',':
			p = skip_lws(p + 1, end);
			if (p == end || *p == ',')
				return -SIP_ERR_VIA;
			h->via_count++;
			want_branch = false;
			break;
		case ';':
			p++;
			if (!want_branch)
				break;
			branch = param_value(p, end, "branch\0", 6);
			if (!branch)
				break;
			p = param_end(branch, end);
			set_branch(h, data, branch, p);
			want_branch = false;
			break;
		default:
			p++;
		}
	}
	return 0;
}

/* 1*DIGIT LWS Method, the number below 2^31 (RFC 3261 section 8.1.1.5). */
static int parse_cseq(const char *value, const char *value_end,
		      const char *data, const struct sip_start *start,
		      struct sip_headers *h)
{
	const struct text cseq = trim((struct text){ value, value_end });
	const char *p = cseq.start, *end = cseq.end, *method;
	u64 number = 0;

	if (h->has_cseq)
		return -SIP_ERR_DUPLICATE;
	for (; p < end && is_digit(*p); p++) {
		number = number * 10 + (*p - '0');
		if (number > S32_MAX)
			return -SIP_ERR_CSEQ;
	}
	method = skip_lws(p, end);
	if (method == p || method == end)
		return -SIP_ERR_CSEQ;

	h->has_cseq = true;
	h->cseq = number;
	h->cseq_method = sip_method_parse(method, end - method);
	h->cseq_method_text = span(data, method, end);
	if (h->cseq_method == SIP_METHOD_OTHER &&
	    skip_token(method, end) != end)
		return -SIP_ERR_CSEQ;

	/* RFC 3261 section 8.1.1.5: a request's must be its own method. */
	if (start->kind == SIP_KIND_REQUEST &&
	    (h->cseq_method != start->method ||
	     (h->cseq_method == SIP_METHOD_OTHER &&
	      (h->cseq_method_text.len != start->method_len ||
	       memcmp(method, data + start->off, start->method_len)))))
		return -SIP_ERR_CSEQ;
	return 0;
}

/*
 * The tag of From (RFC 3261 section 20.20): parameters in the display name or
 * between angle brackets are not From's.  RFC 2543 clients send none.
 */
static int parse_from_tag(const char *p, const char *end, const char *data,
			  struct sip_headers *h)
{
	const char *tag;

	while (p < end) {
		switch (*p) {
		case '"':
			p = skip_enclosed(p, end);
			if (!p)
				return -SIP_ERR_FROM;
			break;
		case '<':
			p = memchr(p, '>', end - p);
			if (!p)
				return -SIP_ERR_FROM;
			break;
		case ';':
			tag = param_value(p + 1, end, "tag\0\0\0\0", 3);
			if (tag) {
				h->from_tag = span(data, tag,
						   param_end(tag, end));
				return 0;
			}
			p++;
			break;
		default:
			p++;
		}
	}
	return 0;
}

/*
 * What names the transaction where the branch does not: the proxy that answers
 * goes by Call-ID and From tag too (RFC 3261 section 17.2.3).
 */
static noinline int parse_old_key(const char *from, const char *call_id,
				  const char *data, const char *end,
				  struct sip_headers *h)
{
	const char *from_end, *call_id_end;
	struct text id;

	if (!from || !call_id)
		return -SIP_ERR_MISSING;
	from_end = skip_header(from, end);
	if (IS_ERR(from_end))
		return PTR_ERR(from_end);
	call_id_end = skip_header(call_id, end);
	if (IS_ERR(call_id_end))
		return PTR_ERR(call_id_end);

	id = trim((struct text){ call_id, call_id_end });
	if (id.start == id.end)
		return -SIP_ERR_MISSING;
	h->call_id = span(data, id.start, id.end);
	return parse_from_tag(from, from_end, data, h);
}

static noinline const char *odd_via(const char *line, const char *value,
				    const char *data, const char *end,
				    struct sip_headers *h)
{
	const char *next = skip_header(line, end);
	int ret;

	if (IS_ERR(next))
		return next;
	ret = parse_via(value, next, data, h);
	return ret ? ERR_PTR(ret) : next;
}

/* Steps to the next hit before @last. */
static __always_inline bool find_delimiter(const char **p, const char *last,
					   const char also)
{
	while (*p <= last)
		if (find_in_block(p, DELIMITER_LIMIT, also))
			return true;
	return false;
}

/* Nothing that separates values, or hides what separates them. */
static __always_inline bool is_plain(char c)
{
	return c == ' ' || c == ';' || token[(u8)c];
}

/* From the space before a Via value to its branch parameter's value. */
static __always_inline const char *plain_branch(const char *p, const char *last)
{
	for (;;) {
		if (!is_plain(*p++) || !find_delimiter(&p, last, ';'))
			return NULL;
		if (*p != ';')
			continue;
		if (BEGINS(p + 1, "branch="))
			return (u8)p[8] > ' ' ? p + 8 : NULL;
		if ((u8)p[1] <= ' ' || (p[1] | 0x20) == 'b')
			return NULL;
	}
}

/*
 * A Via line, which nearly always is one value on one line without quotes and
 * comments, and its branch there.  Returns the line behind it.
 */
static __always_inline const char *
take_via(const char *line, const char *value, const char *data, const char *end,
	 struct sip_headers *h, const bool want_branch)
{
	/* Whatever is found in a block, a word is there behind it. */
	const char *last = end - BLOCK_LEN - WORD_LEN - 1, *p = value;
	const char *branch;

	if (p > last)
		goto odd;
	if (load_word(p) == load_word(" SIP/2.0") &&
	    load_word(p + 5) == load_word("2.0/UDP "))
		p += 12;
	if (*p != ' ' || (u8)p[1] < DELIMITER_LIMIT)
		goto odd;

	if (want_branch) {
		if (h->via_count)
			goto odd;
		p = plain_branch(p, last);
		if (!p)
			goto odd;
		branch = p;
		while (find_delimiter(&p, last, ';') && token[(u8)*p])
			p++;
		if (*p != ';' && *p != '\r')
			goto odd;
		set_branch(h, data, branch, p);
	}
	while (!is_crlf(p)) {
		if (!is_plain(*p++) || !find_delimiter(&p, last, 0))
			goto odd;
	}
	if ((u8)p[2] <= ' ')
		goto odd;
	h->via_count++;
	return p + 2;
odd:
	return odd_via(line, value, data, end, h);
}

static noinline const char *take_top_via(const char *line, const char *value,
					 const char *data, const char *end,
					 struct sip_headers *h)
{
	return take_via(line, value, data, end, h, true);
}

static noinline const char *odd_cseq(const char *line, const char *value,
				     const char *data, const char *end,
				     const struct sip_start *start,
				     struct sip_headers *h)
{
	const char *next = skip_header(line, end);
	int ret;

	if (IS_ERR(next))
		return next;
	ret = parse_cseq(value, next, data, start, h);
	return ret ? ERR_PTR(ret) : next;
}

/*
 * A CSeq line, which nearly always has a number of few digits, one space and a
 * method with a number here.  Returns the line behind it.
 */
static noinline const char *take_cseq(const char *line, const char *value,
				      const char *data, const char *end,
				      const struct sip_start *start,
				      struct sip_headers *h)
{
	const char *p = value, *digits, *eol;
	enum sip_method method;
	u32 number = 0;

	if (end - value < CSEQ_ROOM || h->has_cseq)
		goto odd;
	if (*p == ' ')
		p++;
	for (digits = p; is_digit(*p); p++) {
		if (p == digits + CSEQ_DIGITS)
			goto odd;
		number = number * 10 + (*p - '0');
	}
	if (p == digits || *p++ != ' ')
		goto odd;
	eol = p;
	if (!find_in_words(&eol, 2, ' ' + 1, 0) ||
	    !is_crlf(eol) || (u8)eol[2] <= ' ')
		goto odd;
	method = find_method(p, eol - p);
	if (method == SIP_METHOD_OTHER ||
	    (start->kind == SIP_KIND_REQUEST && method != start->method))
		goto odd;
	h->has_cseq = true;
	h->cseq = number;
	h->cseq_method = method;
	h->cseq_method_text = span(data, p, eol);
	return eol + 2;
odd:
	return odd_cseq(line, value, data, end, start, h);
}

/* sip_msg_headers() for each @want. */
static __always_inline int walk(const char *data, unsigned int len,
				const struct sip_start *start,
				const enum sip_want want, struct sip_headers *h)
{
	const char *p = data + start->headers, *end = data + len;
	const char *from = NULL, *call_id = NULL;
	u8 fields = FIELD_VIA | FIELD_END;
	struct header header;
	bool stepped;
	int ret;

	if (want != SIP_WANT_KEY)
		fields |= FIELD_PATH | FIELD_VISITED;
	if (want != SIP_WANT_GUARD)
		fields |= FIELD_CSEQ | FIELD_FROM | FIELD_CALL_ID;

	memset(h, 0, sizeof(*h));
	if (p == end)
		return -SIP_ERR_TRUNCATED;
	if (first_bytes[(u8)*p] & fields)
		goto field;
	/* Stacks disagree whether this folds the start line. */
	if (is_space(*p))
		return -SIP_ERR_LINE;
	for (;;) {
		ret = skip_lines(&p, end, fields);
		if (ret)
			return ret;
field:
		/* The empty line is the only one to begin with such a byte. */
		if ((u8)*p < ' ') {
			ret = empty_line(p, end);
			if (ret)
				return ret;
			h->complete = true;
			break;
		}

		header = find_header(p, end, fields);
		stepped = false;
		if (want == SIP_WANT_KEY)
			fields &= ~header.field;
		switch (header.field) {
		case FIELD_VIA:
			p = want == SIP_WANT_GUARD ?
			    take_via(p, header.value, data, end, h, false) :
			    take_top_via(p, header.value, data, end, h);
			if (IS_ERR(p))
				return PTR_ERR(p);
			if (want == SIP_WANT_KEY && h->branch_cookie)
				fields &= ~(FIELD_FROM | FIELD_CALL_ID);
			stepped = true;
			break;
		case FIELD_CSEQ:
			p = take_cseq(p, header.value, data, end, start, h);
			if (IS_ERR(p))
				return PTR_ERR(p);
			stepped = true;
			break;
		case FIELD_FROM:
			if (from)
				return refuse(p, end, -SIP_ERR_DUPLICATE);
			from = header.value;
			break;
		case FIELD_CALL_ID:
			if (call_id)
				return refuse(p, end, -SIP_ERR_DUPLICATE);
			call_id = header.value;
			break;
		case FIELD_PATH:
			h->has_path = true;
			break;
		case FIELD_VISITED:
			h->has_visited = true;
			break;
		case FIELD_BAD:
			return refuse(p, end, -SIP_ERR_LINE);
		default:
			break;
		}
		if (want == SIP_WANT_KEY && fields == FIELD_END)
			goto found;
		if (stepped && (first_bytes[(u8)*p] & fields))
			goto field;
	}

	if (!h->via_count)
		return -SIP_ERR_MISSING;
	if (want == SIP_WANT_GUARD)
		return 0;
	if (!h->has_cseq)
		return -SIP_ERR_MISSING;
found:
	if (h->branch_cookie)
		return 0;
	return parse_old_key(from, call_id, data, end, h);
}

static noinline int walk_guard(const char *data, unsigned int len,
			       const struct sip_start *start,
			       struct sip_headers *h)
{
	return walk(data, len, start, SIP_WANT_GUARD, h);
}

static noinline int walk_key(const char *data, unsigned int len,
			     const struct sip_start *start,
			     struct sip_headers *h)
{
	return walk(data, len, start, SIP_WANT_KEY, h);
}

static noinline int walk_all(const char *data, unsigned int len,
			     const struct sip_start *start,
			     struct sip_headers *h)
{
	return walk(data, len, start, SIP_WANT_ALL, h);
}

/**
 * sip_msg_headers() - what the header fields tell
 * @data: the datagram
 * @len: its length
 * @start: what sip_msg_start() learnt of it: a request or a response
 * @want: how far to walk
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
		return walk_guard(data, len, start, h);
	case SIP_WANT_KEY:
		return walk_key(data, len, start, h);
	default:
		return walk_all(data, len, start, h);
	}
}

/**
 * sip_msg_next_route() - the next Route header field
 * @data: the datagram
 * @len: its length
 * @pos: where to go on; the @headers of sip_msg_start() to begin with
 * @name_last: set to the offset of the last letter of its name
 *
 * Lines are what they are for sip_msg_headers(), and where it would find fault
 * with one, this stops.
 *
 * Return: false if there is no other, which is then no longer to be asked.
 */
bool sip_msg_next_route(const char *data, unsigned int len, unsigned int *pos,
			u16 *name_last)
{
	const char *p = data + *pos, *end = data + len, *name;

	if (p == end || is_space(*p))
		return false;
	for (;;) {
		if (!(first_bytes[(u8)*p] & (FIELD_ROUTE | FIELD_END)) &&
		    skip_lines(&p, end, FIELD_ROUTE | FIELD_END))
			return false;
		if (first_bytes[(u8)*p] & FIELD_END)
			return false;
		name = p;
		p = skip_header(p, end);
		if (IS_ERR(p))
			return false;
		if (!same(load_lower(name, end), "route\0\0", 5))
			continue;
		*name_last = name + 4 - data;
		for (name += 5; is_space(*name); name++)
			;
		if (*name != ':')
			continue;
		*pos = p - data;
		return true;
	}
}

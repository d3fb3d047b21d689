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
#include <linux/limits.h>
#include <linux/types.h>

#include "sip_full.h"
#include "sip_word.h"

/* "SIP/2.0 200" and a line end; no request line is shorter. */
#define MIN_START_LINE	12

/* RFC 3261 section 25.1, token. */
static const bool token[256] = {
	['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
	['-'] = true, ['.'] = true, ['!'] = true, ['%'] = true, ['*'] = true,
	['_'] = true, ['+'] = true, ['`'] = true, ['\''] = true, ['~'] = true,
};

/* A header line with its folded lines; @end is where its last line ends. */
struct line {
	const char *start;
	const char *end;
	const char *next;
};

struct text {
	const char *start;
	const char *end;
};

/*
 * A name as find_name() compares it: its first word shifted left by @shift, so
 * that only its own bytes count, and beyond a word byte by byte.
 */
struct field_name {
	char text[24];
	u8 len;
	u8 shift;
	u8 field;
};

#define NAME(text, field) { \
	text, sizeof(text) - 1, \
	8 * (sizeof(text) > WORD_LEN ? 0 : WORD_LEN + 1 - sizeof(text)), \
	field }

/*
 * The names that matter, in lower case, those with the same first letter
 * together (RFC 3261 section 7.3.3 has the compact ones).
 */
static const struct field_name field_names[] = {
	NAME("call-id", SIP_FIELD_CALL_ID),
	NAME("cseq", SIP_FIELD_CSEQ),
	NAME("from", SIP_FIELD_FROM),
	NAME("f", SIP_FIELD_FROM),
	NAME("i", SIP_FIELD_CALL_ID),
	NAME("path", SIP_FIELD_PATH),
	NAME("p-visited-network-id", SIP_FIELD_VISITED),
	NAME("via", SIP_FIELD_VIA),
	NAME("v", SIP_FIELD_VIA),
	{ }
};

/* Where in field_names a letter starts, counted from 1. */
static const u8 first_name[32] = {
	['c' & 31] = 1, ['f' & 31] = 3, ['i' & 31] = 5, ['p' & 31] = 6,
	['v' & 31] = 8,
};

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

/* The first bytes of @p..@end in lower case, as load_word() has them. */
static __always_inline u64 load_lower(const char *p, const char *end)
{
	unsigned int i;
	u64 word = 0;

	if (likely(end - p >= WORD_LEN))
		return load_word(p) | EACH(0x20);
	for (i = 0; i < end - p; i++)
		word |= (u64)(u8)(p[i] | 0x20) << (8 * i);
	return word;
}

/* Are the first @len bytes of @lower, as of load_lower(), those of @name? */
static __always_inline bool same(u64 lower, const char name[WORD_LEN],
				 unsigned int len)
{
	return !((lower ^ load_word(name)) << (8 * (WORD_LEN - len)));
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
 * sip_full_start() - sip_msg_start() for all that a datagram may be
 * @data: the datagram
 * @len: its length
 * @start: filled in; offsets only for a request or a response
 *
 * Return: what it is, also in @start->kind.
 */
enum sip_kind sip_full_start(const char *data, unsigned int len,
			     struct sip_start *start)
{
	static const struct sip_start no_start = { .method = SIP_METHOD_OTHER };
	const char *p = data, *end, *headers;
	enum sip_kind kind;

	*start = no_start;
	if (len > SIP_MSG_MAX_LEN)
		return SIP_KIND_NONE;
	end = data + len;
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

/* next_line() from its first control character at @p on. */
static noinline int next_line_slow(struct line *line, const char *p,
				   const char *end)
{
	const char *next;

	for (;;) {
		p = find_line_end(p, end);
		next = skip_line_end(p, end);
		if (!next)
			return end - p < 2 ? -SIP_ERR_TRUNCATED : -SIP_ERR_LINE;
		if (p == line->start)
			break;
		if (next == end)	/* a folded line might follow */
			return -SIP_ERR_TRUNCATED;
		if (!is_space(*next))
			break;
		p = next;
	}
	line->end = p;
	line->next = next;
	return 0;
}

/*
 * Steps to the next header line, folded lines included (RFC 3261 section
 * 7.3.1).  The empty line that ends them is one without text.
 */
static __always_inline int next_line(struct line *line, const char *end)
{
	const char *p = find(line->next, end, ' ', 0);

	line->start = line->next;
	if (likely(end - p > 2 && is_crlf(p) && (u8)p[2] > ' ' &&
		   p > line->start)) {
		line->end = p;
		line->next = p + 2;
		return 0;
	}
	return next_line_slow(line, p, end);
}

/* The entry of field_names for the line that starts at @p, or NULL. */
static const struct field_name *find_name(const char *p, const char *end,
					  unsigned int first)
{
	const struct field_name *name = &field_names[first - 1];
	u64 lower = load_lower(p, end);
	unsigned int i;

	for (; name->text[0] == (char)lower; name++) {
		if ((lower ^ load_word(name->text)) << name->shift)
			continue;
		for (i = WORD_LEN; i < name->len; i++)
			if (p + i >= end || (p[i] | 0x20) != name->text[i])
				break;
		if (i >= name->len)
			return name;
	}
	return NULL;
}

/*
 * Which of @fields a header line is, and its value.  A field of ours must have
 * its colon on the same line (HCOLON, RFC 3261 section 25.1): some stacks may see
 * a Via where it is missing.
 */
static int parse_name(const struct line *line, u8 fields, struct text *value)
{
	const char *p, *end = line->end, *name_end;
	const struct field_name *name;
	unsigned int first;

	first = first_name[*line->start & 31];
	if (!first)
		return SIP_FIELD_OTHER;
	name = find_name(line->start, end, first);
	if (!name || !(name->field & fields))
		return SIP_FIELD_OTHER;
	name_end = line->start + name->len;
	p = name_end;
	while (p < end && is_space(*p))
		p++;
	if (p == end || *p != ':')
		return p == name_end && p < end && !is_line_end(*p) ?
		       SIP_FIELD_OTHER : -SIP_ERR_LINE;
	value->start = p + 1;
	value->end = end;
	return name->field;
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

static void set_branch(struct sip_headers *h, const char *data,
		       const char *start, const char *end)
{
	h->branch = sip_span(data, start, end);
	h->branch_cookie = end - start > 7 &&
			   same(load_lower(start, end), "z9hg4bk", 7);
}

/*
 * Counts the values of a Via line, and takes the branch of the topmost.  Commas
 * and semicolons in quoted strings and comments (RFC 2543 had them) separate
 * nothing.
 */
static int parse_via(const struct text *value, const char *data,
		     struct sip_headers *h)
{
	const char *end = value->end, *p = skip_lws(value->start, end);
	const char *branch;
	bool want_branch = !h->via_count;

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
static int parse_cseq(const struct text *value, const char *data,
		      const struct sip_start *start, struct sip_headers *h)
{
	const struct text cseq = trim(*value);
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
	h->cseq_method_text = sip_span(data, method, end);
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
static int parse_from_tag(const struct text *from, const char *data,
			  struct sip_headers *h)
{
	const char *p = from->start, *end = from->end, *tag;

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
				h->from_tag = sip_span(data, tag,
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
static int parse_old_key(const struct text *from, const struct text *call_id,
			 const char *data, struct sip_headers *h)
{
	const struct text id = trim(*call_id);

	if (id.start == id.end)
		return -SIP_ERR_MISSING;
	h->call_id = sip_span(data, id.start, id.end);
	return parse_from_tag(from, data, h);
}

/* Takes a field that may be there once. */
static int take_once(struct text *field, const struct text *value)
{
	if (field->start)
		return -SIP_ERR_DUPLICATE;
	*field = *value;
	return 0;
}

/**
 * sip_full_headers() - sip_msg_headers() for all that a message may hold
 * @data: the datagram
 * @len: its length
 * @start: what sip_msg_start() learnt of it: a request or a response
 * @want: what to find
 * @h: filled in; to be trusted if 0 is returned
 *
 * Return: 0, or a negative enum sip_error.
 */
int sip_full_headers(const char *data, unsigned int len,
		     const struct sip_start *start, enum sip_want want,
		     struct sip_headers *h)
{
	struct line line = { .next = data + start->headers };
	struct text from = {}, call_id = {};
	u8 fields = sip_fields_wanted(want);
	const char *end = data + len;
	struct text value;
	int field, ret;

	memset(h, 0, sizeof(*h));
	/* Stacks disagree whether this folds the start line. */
	if (line.next < end && is_space(*line.next))
		return -SIP_ERR_LINE;

	while (fields) {
		ret = next_line(&line, end);
		if (ret)
			return ret;
		if (line.start == line.end) {
			h->complete = true;
			break;
		}
		field = parse_name(&line, fields, &value);
		switch (field) {
		case SIP_FIELD_OTHER:
			continue;
		case SIP_FIELD_VIA:
			ret = parse_via(&value, data, h);
			break;
		case SIP_FIELD_CSEQ:
			ret = parse_cseq(&value, data, start, h);
			break;
		case SIP_FIELD_FROM:
			ret = take_once(&from, &value);
			break;
		case SIP_FIELD_CALL_ID:
			ret = take_once(&call_id, &value);
			break;
		case SIP_FIELD_PATH:
			h->has_path = true;
			break;
		case SIP_FIELD_VISITED:
			h->has_visited = true;
			break;
		default:
			return field;
		}
		if (ret)
			return ret;
		if (want == SIP_WANT_KEY)
			fields &= ~field;
		/* What names no transaction then may be as it likes. */
		if (h->branch_cookie)
			fields &= ~(SIP_FIELD_FROM | SIP_FIELD_CALL_ID);
	}

	if (!h->via_count)
		return -SIP_ERR_MISSING;
	if (want == SIP_WANT_GUARD)
		return 0;
	if (!h->has_cseq)
		return -SIP_ERR_MISSING;
	if (h->branch_cookie)
		return 0;
	if (!from.start || !call_id.start)
		return -SIP_ERR_MISSING;
	return parse_old_key(&from, &call_id, data, h);
}

/**
 * sip_full_next_route() - the next Route header field
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
bool sip_full_next_route(const char *data, unsigned int len, unsigned int *pos,
			 u16 *name_last)
{
	struct line line = { .next = data + *pos };
	const char *p, *end = data + len;

	if (line.next < end && is_space(*line.next))
		return false;
	while (!next_line(&line, end) && line.start < line.end) {
		if (!same(load_lower(line.start, line.end), "route\0\0", 5))
			continue;
		p = line.start + 5;
		while (p < line.end && is_space(*p))
			p++;
		if (p == line.end || *p != ':')
			continue;
		*pos = line.next - data;
		*name_last = line.start + 4 - data;
		return true;
	}
	return false;
}

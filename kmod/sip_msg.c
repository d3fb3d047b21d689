// SPDX-License-Identifier: GPL-2.0
/*
 * The SIP parser.  Pointer and length in, offsets out: no skb, no policy, no
 * allocation, no state.
 *
 * What is in plain writing is read by sip_plain.h; where anything is otherwise,
 * sip_full.c is asked, which knows the rules.
 */
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

#include "sip_full.h"
#include "sip_msg.h"
#include "sip_plain.h"
#include "sip_word.h"

/*
 * What a line may be by its first byte, and by its second; by both, one thing.
 * What folds the line before is no line of its own.
 */
const u8 sip_first_bytes[256] = {
	[0 ... ' '] = SIP_FIELD_END,
	['C'] = SIP_FIELD_CSEQ,
	['P'] = SIP_FIELD_PATH | SIP_FIELD_VISITED,
	['V'] = SIP_FIELD_VIA,
	['c'] = SIP_FIELD_CSEQ,
	['p'] = SIP_FIELD_PATH | SIP_FIELD_VISITED,
	['v'] = SIP_FIELD_VIA,
};

/* Via has a name of one letter, too (RFC 3261 section 7.3.3). */
const u8 sip_second_bytes[256] = {
#define ANY	SIP_FIELD_END
	[0 ... '\t' - 1] = ANY,
	['\t'] = ANY | SIP_FIELD_VIA,
	['\n'] = ANY | SIP_FIELD_VIA,
	['\n' + 1 ... '\r' - 1] = ANY,
	['\r'] = ANY | SIP_FIELD_VIA,
	['\r' + 1 ... ' ' - 1] = ANY,
	[' '] = ANY | SIP_FIELD_VIA,
	[' ' + 1 ... '-' - 1] = ANY,
	['-'] = ANY | SIP_FIELD_VISITED,
	['-' + 1 ... ':' - 1] = ANY,
	[':'] = ANY | SIP_FIELD_VIA,
	[':' + 1 ... 'A' - 1] = ANY,
	['A'] = ANY | SIP_FIELD_PATH,
	['A' + 1 ... 'I' - 1] = ANY,
	['I'] = ANY | SIP_FIELD_VIA,
	['I' + 1 ... 'S' - 1] = ANY,
	['S'] = ANY | SIP_FIELD_CSEQ,
	['S' + 1 ... 'a' - 1] = ANY,
	['a'] = ANY | SIP_FIELD_PATH,
	['a' + 1 ... 'i' - 1] = ANY,
	['i'] = ANY | SIP_FIELD_VIA,
	['i' + 1 ... 's' - 1] = ANY,
	['s'] = ANY | SIP_FIELD_CSEQ,
	['s' + 1 ... 255] = ANY,
#undef ANY
};

/*
 * Is a line with this first byte to be looked at?  The empty one is, and so is
 * what folds the line before.
 */
const bool sip_matters[SIP_WANTS][256] = {
	[SIP_WANT_GUARD] = {
		[0 ... ' '] = true,
		['P'] = true, ['V'] = true, ['p'] = true, ['v'] = true,
	},
	[SIP_WANT_KEY] = {
		[0 ... ' '] = true,
		['C'] = true, ['c'] = true,
	},
	[SIP_WANT_ALL] = {
		[0 ... ' '] = true,
		['C'] = true, ['P'] = true, ['V'] = true,
		['c'] = true, ['p'] = true, ['v'] = true,
	},
};

/*
 * A line that is none, in place of a line of which nothing is sure; and so long
 * that it can be compared with a name.
 */
const char sip_no_line[WORD_LEN];

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
 * sip_plain_take_method() - step over a method that has a number here
 * @at: where it is; moved behind it
 * @behind: what has to follow
 *
 * Return: the method, SIP_METHOD_OTHER if there is none.
 */
enum sip_method sip_plain_take_method(const char **at, char behind)
{
	enum sip_method method;
	const char *p = *at;

	/* No method that has a number has as much as two words. */
	if (!sip_find_in_word(&p, 0, ' ' + 1, 0) &&
	    !sip_find_in_word(&p, 8, ' ' + 1, 0))
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
	const char *p = data;
	enum sip_method method = sip_take_method(&p, ' ');
	unsigned int method_len = p - data;

	if (method == SIP_METHOD_OTHER)
		return false;
	p++;
	if (!sip_take_uri(&p) || !sip_take_version(&p))
		return false;
	*start = (struct sip_start){
		.kind = SIP_KIND_REQUEST,
		.method = method,
		.method_len = method_len,
		.headers = p - data,
	};
	return true;
}

static __always_inline bool plain_response(const char *data,
					   struct sip_start *start)
{
	const char *p = data;

	if (!sip_take_status_line(&p))
		return false;
	*start = (struct sip_start){
		.kind = SIP_KIND_RESPONSE,
		.method = SIP_METHOD_OTHER,
		.status = (data[8] - '0') * 100 + (data[9] - '0') * 10 +
			  (data[10] - '0'),
		.headers = p - data,
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
	if (likely(sip_ends_with_empty_line(data, len))) {
		if (plain_response(data, start))
			return SIP_KIND_RESPONSE;
		if (plain_request(data, start))
			return SIP_KIND_REQUEST;
	}
	return sip_full_start(data, len, start);
}

/*
 * Takes what the line at @at may be, to the next one that matters; false if
 * unsure.  @field becomes what that may be.
 */
static __always_inline bool take_field(const char **at, u8 *field,
				       const struct sip_start *start,
				       const enum sip_want want,
				       struct sip_headers *h)
{
	struct sip_key key;

	switch (*field) {
	case SIP_FIELD_VIA:
		h->via_count++;
		if (!sip_take_via(at))
			return false;
		*field = sip_field_of(*at, want);
		return true;
	case SIP_FIELD_CSEQ:
		/* One that comes again is to be refused. */
		if (h->has_cseq || !sip_take_cseq(at, &key) ||
		    (start->kind == SIP_KIND_REQUEST &&
		     key.cseq_method != start->method))
			return false;
		h->has_cseq = true;
		h->cseq = key.cseq;
		h->cseq_method = key.cseq_method;
		*field = sip_field_of(*at, want);
		return true;
	case SIP_FIELD_PATH:
		if (!BEGINS(*at, "Path:"))
			return false;
		h->has_path = true;
		break;
	case SIP_FIELD_VISITED:
		/* There are many that begin with "P-". */
		if (((*at)[2] | 0x20) != 'v')
			break;
		if (!BEGINS(*at, "P-Visited-Network-ID:"))
			return false;
		h->has_visited = true;
		break;
	}
	*field = sip_next_field(at, want);
	return true;
}

static __always_inline bool take_top_via(const char **at, const char *data,
					 struct sip_headers *h)
{
	struct sip_key key;

	if (!sip_take_top_via(at, &key))
		return false;
	h->branch = sip_span(data, key.branch, key.branch + key.branch_len);
	h->branch_cookie = true;
	return true;
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
	const char *p = data + start->headers;
	u8 field;

	*h = (struct sip_headers){ .via_count = 1 };
	if (!sip_ends_with_empty_line(data, len))
		return false;
	if (!(want == SIP_WANT_GUARD ? sip_take_via(&p) :
				       take_top_via(&p, data, h)))
		return false;
	field = sip_field_of(p, want);
	while (field != SIP_FIELD_END) {
		if (!take_field(&p, &field, start, want, h))
			return false;
		if (want == SIP_WANT_KEY && h->has_cseq)
			return true;
	}
	h->complete = true;
	return is_crlf(p) && (want == SIP_WANT_GUARD || h->has_cseq);
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

	return sip_ends_with_empty_line(data, len) && plain_request(data, &start) ?
	       start.method : SIP_METHOD_OTHER;
}

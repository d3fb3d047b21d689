/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SIP parser: what a datagram is, and the few header fields the walk
 * needs.  Pure functions of (pointer, length): the same source is compiled into
 * the module, the unit tests and the fuzzers.
 */
#ifndef SIPSTEER_SIP_MSG_H
#define SIPSTEER_SIP_MSG_H

#include <linux/types.h>

/* Offsets are 16 bits wide: longer input is refused, not cut. */
#define SIP_MSG_MAX_LEN		65535

/*
 * So many bytes behind a message may be looked at, which changes nothing.  Those
 * behind the data of a linear skb belong to it, at least as struct
 * skb_shared_info.
 */
#define SIP_MSG_SLACK		8

enum sip_method {
	SIP_METHOD_INVITE,
	SIP_METHOD_ACK,
	SIP_METHOD_OPTIONS,
	SIP_METHOD_BYE,
	SIP_METHOD_CANCEL,
	SIP_METHOD_REGISTER,
	SIP_METHOD_PRACK,
	SIP_METHOD_SUBSCRIBE,
	SIP_METHOD_NOTIFY,
	SIP_METHOD_PUBLISH,
	SIP_METHOD_INFO,
	SIP_METHOD_REFER,
	SIP_METHOD_MESSAGE,
	SIP_METHOD_UPDATE,
	SIP_METHOD_OTHER	/* a token, but none of the above */
};

enum sip_kind {
	SIP_KIND_NONE,		/* not SIP, or a start line not understood */
	SIP_KIND_REQUEST,
	SIP_KIND_RESPONSE,
	SIP_KIND_KEEPALIVE,	/* keeps a NAT binding open, says nothing */
};

/* Why sip_msg_headers() does not vouch for what it found. */
enum sip_error {
	SIP_ERR_TRUNCATED = 1,	/* the data ends before the empty line */
	SIP_ERR_LINE,		/* stacks disagree where this line ends */
	SIP_ERR_VIA,		/* an empty Via value, an open quote or comment */
	SIP_ERR_CSEQ,		/* no number below 2^31, or not the method's */
	SIP_ERR_FROM,		/* an open quote or angle bracket */
	SIP_ERR_DUPLICATE,	/* CSeq, Call-ID or From more than once */
	SIP_ERR_MISSING,	/* the empty line came before a needed field */
};

/**
 * struct sip_span - part of a message
 * @off: offset from the start of the data
 * @len: length in bytes, 0 if absent
 */
struct sip_span {
	u16 off;
	u16 len;
};

/**
 * struct sip_start - what sip_msg_start() learnt from the start line
 * @kind: request, response, keep-alive or nothing of ours
 * @method: of a request; SIP_METHOD_OTHER for everything else
 * @status: status code of a response, 0 for everything else
 * @off: offset of the start line, after leading line ends
 * @method_len: length of a request's method, which stands at @off
 * @headers: offset of the first header line
 */
struct sip_start {
	enum sip_kind kind;
	enum sip_method method;
	u16 status;
	u16 off;
	u16 method_len;
	u16 headers;
};

/**
 * enum sip_want - what sip_msg_headers() has to find
 * @SIP_WANT_GUARD: what tells that a proxy relays it: the number of Via values,
 *	Path and P-Visited-Network-ID, to the empty line.  Other header fields
 *	are not looked at, and the rest of the result says nothing.
 * @SIP_WANT_KEY: what names the transaction: the top Via's branch and the CSeq,
 *	and where that branch has no cookie also Call-ID and From tag.  The first
 *	of each counts, and nothing else is looked at.
 * @SIP_WANT_ALL: both, to the empty line
 * @SIP_WANTS: how many there are
 */
enum sip_want {
	SIP_WANT_GUARD,
	SIP_WANT_KEY,
	SIP_WANT_ALL,
	SIP_WANTS
};

/**
 * struct sip_headers - what sip_msg_headers() found
 * @via_count: Via values, however they are spread over header lines
 *	(RFC 3261 sections 7.3.1 and 20.42)
 * @has_path: a Path header line (RFC 3327)
 * @has_visited: a P-Visited-Network-ID header line (RFC 7315 section 4.3)
 * @complete: the empty line was seen
 * @branch_cookie: @branch starts with the magic cookie, in any case, and has
 *	something after it (RFC 3261 section 8.1.1.7, RFC 4475 section 3.2.1)
 * @has_cseq: @cseq and @cseq_method are set
 * @cseq: CSeq number, below 2^31
 * @cseq_method: CSeq method
 * @cseq_method_text: its text; of a method that has a number here, it may be
 *	absent
 * @branch: branch parameter of the top Via; a quoted one counts as absent
 * @call_id: Call-ID; set only where @branch_cookie is false
 * @from_tag: tag parameter of From, if any; set only where @branch_cookie is
 *	false
 */
struct sip_headers {
	unsigned int via_count;
	bool has_path;
	bool has_visited;
	bool complete;
	bool branch_cookie;
	bool has_cseq;
	u32 cseq;
	enum sip_method cseq_method;
	struct sip_span cseq_method_text;
	struct sip_span branch;
	struct sip_span call_id;
	struct sip_span from_tag;
};

enum sip_method sip_method_parse(const char *text, unsigned int len);
enum sip_kind sip_msg_start(const char *data, unsigned int len,
			    struct sip_start *start);
enum sip_method sip_msg_plain_method(const char *data, unsigned int len);
int sip_msg_headers_guard(const char *data, unsigned int len,
			  const struct sip_start *start, struct sip_headers *h);
int sip_msg_headers_key(const char *data, unsigned int len,
			const struct sip_start *start, struct sip_headers *h);
int sip_msg_headers_all(const char *data, unsigned int len,
			const struct sip_start *start, struct sip_headers *h);

/**
 * sip_msg_headers() - what the header fields tell
 * @data: the datagram; SIP_MSG_SLACK bytes behind it can be read
 * @len: its length
 * @start: what sip_msg_start() learnt of it: a request or a response
 * @want: what to find
 * @h: filled in; to be trusted if 0 is returned
 *
 * Names count in any case and in their compact form (RFC 3261 section 7.3.3).
 * A CSeq that is there twice means different things to different peers, so with
 * SIP_WANT_ALL it is an error; and so is a Call-ID or From, unless a branch with
 * the cookie, seen before, makes them of no interest.
 *
 * Return: 0, or a negative enum sip_error.
 */
static __always_inline int sip_msg_headers(const char *data, unsigned int len,
					   const struct sip_start *start,
					   enum sip_want want,
					   struct sip_headers *h)
{
	switch (want) {
	case SIP_WANT_GUARD:
		return sip_msg_headers_guard(data, len, start, h);
	case SIP_WANT_KEY:
		return sip_msg_headers_key(data, len, start, h);
	default:
		return sip_msg_headers_all(data, len, start, h);
	}
}

#endif /* SIPSTEER_SIP_MSG_H */

// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "sip_reference.h"

/* Half-open: data[from] to data[to - 1]. */
struct range {
	unsigned int from;
	unsigned int to;
};

static bool is_token(char c)
{
	return c && (((unsigned char)c < 128 && isalnum((unsigned char)c)) ||
		     strchr("-.!%*_+`'~", c));
}

static bool is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct range strip(const char *data, struct range r)
{
	while (r.from < r.to && is_white(data[r.from]))
		r.from++;
	while (r.from < r.to && is_white(data[r.to - 1]))
		r.to--;
	return r;
}

/* The name of one that has a number, or NULL. */
const char *reference_method(enum sip_method method)
{
	static const char *const names[SIP_METHOD_OTHER + 1] = {
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

	return names[method];
}

static enum sip_method method_of(const char *text, unsigned int len)
{
	int method;

	for (method = 0; method < SIP_METHOD_OTHER; method++)
		if (strlen(reference_method(method)) == len &&
		    !memcmp(text, reference_method(method), len))
			return method;
	return SIP_METHOD_OTHER;
}

/* Length of the line end at @at, 0 if none. */
static unsigned int line_end(const char *data, unsigned int len,
			     unsigned int at)
{
	if (at < len && data[at] == '\n')
		return 1;
	if (at + 1 < len && data[at] == '\r' && data[at + 1] == '\n')
		return 2;
	return 0;
}

static bool request(const char *data, unsigned int len, unsigned int at,
		    struct sip_start *start)
{
	unsigned int method = at, uri, version;

	while (at < len && is_token(data[at]))
		at++;
	if (at == method || at == len || data[at] != ' ')
		return false;
	uri = ++at;
	while (at < len && (unsigned char)data[at] > ' ')
		at++;
	if (at == uri || at == len || data[at] != ' ')
		return false;
	version = at + 1;
	if (version + 7 > len || strncasecmp(data + version, "SIP/2.0", 7))
		return false;
	at = version + 7;
	if (!line_end(data, len, at))
		return false;

	start->kind = SIP_KIND_REQUEST;
	start->off = method;
	start->method_len = uri - 1 - method;
	start->method = method_of(data + method, start->method_len);
	start->headers = at + line_end(data, len, at);
	return true;
}

static bool response(const char *data, unsigned int len, unsigned int at,
		     struct sip_start *start)
{
	unsigned int off = at, status = 0, i;

	if (at + 11 > len || strncasecmp(data + at, "SIP/2.0 ", 8))
		return false;
	for (i = 8; i < 11; i++) {
		if (data[at + i] < '0' || data[at + i] > '9')
			return false;
		status = status * 10 + data[at + i] - '0';
	}
	at += 11;
	if (at == len || !strchr(" \r\n", data[at]) || !data[at])
		return false;
	while (at < len && data[at] != '\r' && data[at] != '\n')
		at++;
	if (!line_end(data, len, at))
		return false;

	start->kind = SIP_KIND_RESPONSE;
	start->status = status;
	start->off = off;
	start->headers = at + line_end(data, len, at);
	return true;
}

enum sip_kind reference_start(const char *data, unsigned int len,
			      struct sip_start *start)
{
	unsigned int at = 0, i;

	memset(start, 0, sizeof(*start));
	start->method = SIP_METHOD_OTHER;
	if (len > 65535)
		return SIP_KIND_NONE;
	while (at < len && (data[at] == '\r' || data[at] == '\n'))
		at++;
	for (i = at; i < len && !data[i]; i++)
		;
	if (i == len) {
		start->kind = SIP_KIND_KEEPALIVE;
		return start->kind;
	}
	if (!response(data, len, at, start))
		request(data, len, at, start);
	return start->kind;
}

/* Past the quoted string or comment at @at, 0 if it is open. */
static unsigned int enclosed(const char *data, unsigned int at, unsigned int to)
{
	unsigned int depth = 0;
	char open = data[at];

	do {
		if (data[at] == '\\')
			at++;
		else if (open == '"')
			depth ^= data[at] == '"';
		else
			depth += (data[at] == '(') - (data[at] == ')');
		at++;
	} while (depth && at < to);
	return depth ? 0 : at;
}

/* The value of a parameter called @name, right after a semicolon. */
static bool parameter(const char *data, unsigned int at, unsigned int to,
		      const char *name, struct sip_span *value)
{
	while (at < to && is_white(data[at]))
		at++;
	if (to - at < strlen(name) ||
	    strncasecmp(data + at, name, strlen(name)))
		return false;
	at += strlen(name);
	while (at < to && is_white(data[at]))
		at++;
	if (at == to || data[at] != '=')
		return false;
	at++;
	while (at < to && is_white(data[at]))
		at++;
	value->off = at;
	while (at < to && data[at] != ';' &&
	       (is_token(data[at]) || (unsigned char)data[at] > ','))
		at++;
	value->len = at - value->off;
	return true;
}

static int via(const char *data, struct range value, struct sip_headers *h)
{
	struct range element = { value.from, value.from };
	bool found = h->via_count > 0;
	unsigned int at = value.from;

	for (;;) {
		if (at == value.to || data[at] == ',') {
			element.to = at;
			element = strip(data, element);
			if (element.from == element.to)
				return -SIP_ERR_VIA;
			h->via_count++;
			found = true;
			if (at == value.to)
				return 0;
			element.from = ++at;
		} else if (data[at] == '"' || data[at] == '(') {
			at = enclosed(data, at, value.to);
			if (!at)
				return -SIP_ERR_VIA;
		} else if (data[at++] == ';' && !found &&
			   parameter(data, at, value.to, "branch",
				     &h->branch)) {
			found = true;
		}
	}
}

static int cseq(const char *data, struct range value,
		const struct sip_start *start, struct sip_headers *h)
{
	unsigned int at, digits = 0, len;
	unsigned long long number = 0;

	value = strip(data, value);
	for (at = value.from; at < value.to && isdigit((u8)data[at]); at++) {
		if (number || data[at] != '0')
			digits++;
		if (digits <= 10)
			number = number * 10 + data[at] - '0';
	}
	if (at == value.from || digits > 10 || number >= 1ull << 31)
		return -SIP_ERR_CSEQ;
	if (at == value.to || !is_white(data[at]))
		return -SIP_ERR_CSEQ;
	while (is_white(data[at]))
		at++;
	h->has_cseq = true;
	h->cseq = number;
	h->cseq_method_text.off = at;
	len = value.to - at;
	h->cseq_method_text.len = len;
	h->cseq_method = method_of(data + at, len);
	for (; at < value.to; at++)
		if (!is_token(data[at]))
			return -SIP_ERR_CSEQ;
	if (start->kind == SIP_KIND_REQUEST &&
	    (len != start->method_len ||
	     memcmp(data + start->off, data + value.to - len, len)))
		return -SIP_ERR_CSEQ;
	return 0;
}

static int from_tag(const char *data, struct range from, struct sip_headers *h)
{
	bool bracket = false;
	unsigned int at = from.from;

	while (at < from.to) {
		if (bracket) {
			bracket = data[at++] != '>';
		} else if (data[at] == '"') {
			at = enclosed(data, at, from.to);
			if (!at)
				return -SIP_ERR_FROM;
		} else if (data[at] == '<') {
			bracket = true;
		} else if (data[at++] == ';' &&
			   parameter(data, at, from.to, "tag", &h->from_tag)) {
			return 0;
		}
	}
	return bracket ? -SIP_ERR_FROM : 0;
}

/* The next line with what is folded to it; 0, or what is wrong. */
static int logical_line(const char *data, unsigned int len, unsigned int at,
			unsigned int *end, unsigned int *next)
{
	unsigned int begin = at;

	for (;;) {
		while (at < len && data[at] != '\r' && data[at] != '\n')
			at++;
		if (!line_end(data, len, at))
			return at + 1 < len ? -SIP_ERR_LINE : -SIP_ERR_TRUNCATED;
		*end = at;
		at += line_end(data, len, at);
		*next = at;
		if (*end == begin)
			return 0;
		if (at == len)
			return -SIP_ERR_TRUNCATED;
		if (data[at] != ' ' && data[at] != '\t')
			return 0;
	}
}

static bool named(const char *data, struct range name, const char *want)
{
	return name.to - name.from == strlen(want) &&
	       !strncasecmp(data + name.from, want, strlen(want));
}

static struct range name_at(const char *data, unsigned int at, unsigned int end)
{
	struct range name = { at, at };

	while (name.to < end && data[name.to] != ':' &&
	       !is_white(data[name.to]))
		name.to++;
	return name;
}

/* Where the colon is, if it is on the same line. */
static unsigned int colon_after(const char *data, struct range name,
				unsigned int end)
{
	unsigned int at = name.to;

	while (at < end && (data[at] == ' ' || data[at] == '\t'))
		at++;
	return at;
}

int reference_headers(const char *data, unsigned int len,
		      const struct sip_start *start, enum sip_want want,
		      struct sip_headers *h)
{
	enum { OTHER, VIA, CSEQ, FROM, CALL_ID, PATH, VISITED } field;
	unsigned int at = start->headers, end, next, colon;
	struct range name, from = {}, call_id = {};
	bool once = want == SIP_WANT_KEY, guard = want == SIP_WANT_GUARD;
	int ret;

	memset(h, 0, sizeof(*h));
	if (at < len && (data[at] == ' ' || data[at] == '\t'))
		return -SIP_ERR_LINE;
	for (;; at = next) {
		struct range value;

		ret = logical_line(data, len, at, &end, &next);
		if (ret)
			return ret;
		if (end == at) {
			h->complete = true;
			break;
		}
		name = name_at(data, at, end);
		if (named(data, name, "Via") || named(data, name, "v"))
			field = VIA;
		else if (named(data, name, "CSeq"))
			field = CSEQ;
		else if (named(data, name, "From") || named(data, name, "f"))
			field = FROM;
		else if (named(data, name, "Call-ID") || named(data, name, "i"))
			field = CALL_ID;
		else if (named(data, name, "Path"))
			field = PATH;
		else if (named(data, name, "P-Visited-Network-ID"))
			field = VISITED;
		else
			continue;
		if (guard && (field == CSEQ || field == FROM ||
			      field == CALL_ID))
			continue;
		if (once && (field == PATH || field == VISITED ||
			     (field == VIA && h->via_count) ||
			     (field == CSEQ && h->has_cseq) ||
			     (field == FROM && from.from) ||
			     (field == CALL_ID && call_id.from)))
			continue;
		if (h->branch_cookie && (field == FROM || field == CALL_ID))
			continue;

		colon = colon_after(data, name, end);
		if (colon == end || data[colon] != ':')
			return -SIP_ERR_LINE;
		value.from = colon + 1;
		value.to = end;

		switch (field) {
		case VIA:
			ret = via(data, value, h);
			h->branch_cookie = h->branch.len > 7 &&
				!strncasecmp(data + h->branch.off, "z9hG4bK", 7);
			break;
		case CSEQ:
			if (h->has_cseq)
				return -SIP_ERR_DUPLICATE;
			ret = cseq(data, value, start, h);
			break;
		case FROM:
			if (from.from)
				return -SIP_ERR_DUPLICATE;
			from = value;
			break;
		case CALL_ID:
			if (call_id.from)
				return -SIP_ERR_DUPLICATE;
			call_id = value;
			break;
		case PATH:
			h->has_path = true;
			break;
		case VISITED:
			h->has_visited = true;
			break;
		case OTHER:
			break;
		}
		if (ret)
			return ret;
		if (want == SIP_WANT_KEY && h->via_count && h->has_cseq &&
		    (h->branch_cookie || (from.from && call_id.from)))
			break;
	}
	if (!h->via_count)
		return -SIP_ERR_MISSING;
	if (guard)
		return 0;
	if (!h->has_cseq)
		return -SIP_ERR_MISSING;
	if (h->branch_cookie)
		return 0;
	call_id = strip(data, call_id);
	if (!from.from || call_id.from == call_id.to)
		return -SIP_ERR_MISSING;
	h->call_id.off = call_id.from;
	h->call_id.len = call_id.to - call_id.from;
	return from_tag(data, from, h);
}

/* Content-Length, below 2^31 and the same each time. */
static bool one_length(const char *data, struct range value, long long *length)
{
	unsigned long long number = 0;
	unsigned int at;

	value = strip(data, value);
	for (at = value.from; at < value.to; at++) {
		if (data[at] < '0' || data[at] > '9')
			return false;
		number = number * 10 + data[at] - '0';
		if (number >= 1ull << 31)
			return false;
	}
	if (value.from == value.to || (*length >= 0 && *length != number))
		return false;
	*length = number;
	return true;
}

void reference_routes(const char *data, unsigned int len,
		      const struct sip_start *start, struct routes *routes)
{
	unsigned int at = start->headers, end, next, colon;
	long long length = -1;
	struct range name;
	bool has_colon;

	memset(routes, 0, sizeof(*routes));
	routes->knows_length = true;
	if (at < len && (data[at] == ' ' || data[at] == '\t'))
		return;
	for (; !logical_line(data, len, at, &end, &next); at = next) {
		if (end == at) {
			routes->headers_end = next;
			routes->body = length < 0 ? 0 : length;
			return;
		}
		name = name_at(data, at, end);
		colon = colon_after(data, name, end);
		has_colon = colon < end && data[colon] == ':';
		if (named(data, name, "Content-Length") ||
		    named(data, name, "l"))
			routes->knows_length &= has_colon &&
				one_length(data, (struct range){ colon + 1, end },
					   &length);
		if (named(data, name, "Route") && has_colon &&
		    routes->len < ROUTES_MAX)
			routes->at[routes->len++] = name.to - 1;
	}
}

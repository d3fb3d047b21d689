// SPDX-License-Identifier: GPL-2.0
/* siptalk: SIP requests as a client sends them, and responses to what came. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "siptalk.h"

#define DOMAIN "ims.mnc001.mcc001.3gppnetwork.org"

static struct message *messages;

struct message *message_find(const char *id)
{
	struct message *message;

	for (message = messages; message; message = message->next)
		if (!strcmp(message->id, id))
			return message;
	fail("no message '%s'", id);
}

/* A message of a name already known takes its place. */
struct message *message_add(const char *id, const void *data, size_t size)
{
	struct message *message;

	for (message = messages; message; message = message->next)
		if (!strcmp(message->id, id))
			break;
	if (!message) {
		message = calloc(1, sizeof(*message));
		message->id = strdup(id);
		message->next = messages;
		messages = message;
	}
	free(message->data);
	message->data = malloc(size + 1);
	memcpy(message->data, data, size);
	message->data[size] = 0;
	message->size = size;
	return message;
}

/* How to call these bytes when reporting them. */
const char *message_name(const void *data, size_t size)
{
	static char line[80];
	struct message *message;
	size_t i;

	for (message = messages; message; message = message->next)
		if (message->size == size && !memcmp(message->data, data, size)) {
			snprintf(line, sizeof(line), "'%s'", message->id);
			return line;
		}
	for (i = 0; i < size && i < 60 && isprint(((const unsigned char *)data)[i]); i++)
		;
	snprintf(line, sizeof(line), "%zu bytes \"%.*s\"...", size, (int)i, (const char *)data);
	return line;
}

/* Text that grows */
struct text {
	char *data;
	size_t size, room;
};

static void add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (text->size + size + 1 > text->room) {
		text->room = 2 * (text->size + size + 1);
		text->data = realloc(text->data, text->room);
	}
	va_start(args, format);
	vsnprintf(text->data + text->size, size + 1, format, args);
	va_end(args);
	text->size += size;
}

/* A header that makes the text @size bytes long once @rest follows. */
static void add_padding(struct text *text, size_t size, const char *rest)
{
	size_t have = text->size + sizeof("X-Pad: \r\n") - 1 + strlen(rest), i;
	char *padding;

	if (size <= have)
		return;
	padding = malloc(size - have);
	for (i = 0; i < size - have; i++)
		padding[i] = 'a' + i % 23;
	add(text, "X-Pad: %.*s\r\n", (int)(size - have), padding);
	free(padding);
}

/* Quoted words of a script: C's escapes. Returns the size, for \x00 may be inside. */
static size_t unescape(const char *in, char *out)
{
	char *start = out;

	for (; *in; in++) {
		if (*in != '\\') {
			*out++ = *in;
			continue;
		}
		switch (*++in) {
		case 'r':
			*out++ = '\r';
			break;
		case 'n':
			*out++ = '\n';
			break;
		case 't':
			*out++ = '\t';
			break;
		case 'x':
			*out++ = (char)strtoul((char[]){ in[1], in[2], 0 }, NULL, 16);
			in += 2;
			break;
		default:
			*out++ = *in;
		}
	}
	*out = 0;
	return out - start;
}

struct request {
	const char *method, *id, *branch, *without, *via_params, *via_more, *header[16];
	const union address *from;
	union address route;
	unsigned long cseq, crlf, size, sent_by;
	int headers;
	bool rport, tcp;
};

static void request_read(struct words *words, struct request *request)
{
	while (word_left(words)) {
		if (word_is(words, "branch"))
			request->branch = word_next(words, "branch");
		else if (word_is(words, "cseq"))
			request->cseq = word_number(words, "cseq", UINT32_MAX);
		else if (word_is(words, "crlf"))
			request->crlf = word_number(words, "crlf", 100);
		else if (word_is(words, "size"))
			request->size = word_number(words, "size", DATAGRAM_MAX);
		else if (word_is(words, "sent-by-port"))
			request->sent_by = word_number(words, "port", UINT16_MAX);
		else if (word_is(words, "via-params"))
			request->via_params = word_next(words, "Via parameters");
		else if (word_is(words, "via-more"))
			request->via_more = word_next(words, "Via");
		else if (word_is(words, "without"))
			request->without = word_next(words, "header name");
		else if (word_is(words, "no-rport"))
			request->rport = false;
		else if (word_is(words, "route"))
			request->route = word_address(words);
		else if (word_is(words, "header") &&
			   request->headers < (int)ARRAY_SIZE(request->header))
			request->header[request->headers++] = word_next(words, "header line");
		else
			fail("msg: '%s'?", words->word[words->next]);
	}
}

/* A line, unless the script wants the request without this header. */
#define LINE(name, ...) do {						\
	if (!request->without || strcasecmp(request->without, name))	\
		add(text, name ": " __VA_ARGS__);			\
} while (0)

static void request_write(const struct request *request, struct text *text)
{
	const char *host = address_host(request->from), *id = request->id;
	const bool v6 = request->from->sa.sa_family == AF_INET6;
	const char *open = v6 ? "[" : "", *close = v6 ? "]" : "";
	static const char length[] = "Content-Length: 0\r\n\r\n";
	static char unescaped[DATAGRAM_MAX];
	int i;

	for (i = 0; i < (int)request->crlf; i++)
		add(text, "\r\n");
	add(text, "%s sip:" DOMAIN " SIP/2.0\r\n", request->method);
	LINE("Via", "SIP/2.0/%s %s%s%s:%lu;branch=%s%s%s%s\r\n", request->tcp ? "TCP" : "UDP",
	     open, host, close, request->sent_by, request->branch, request->rport ? ";rport" : "",
	     request->via_params, request->via_more);
	if (request->route.sa.sa_family)
		add(text, "Route: <sip:%s;lr>\r\n", address_text(&request->route));
	LINE("Max-Forwards", "70\r\n");
	LINE("From", "<sip:001010000000001@" DOMAIN ">;tag=from-%s\r\n", id);
	LINE("To", "<sip:001010000000001@" DOMAIN ">\r\n");
	LINE("Call-ID", "%s-%u@%s%s%s\r\n", id, address_port(request->from), open, host, close);
	LINE("CSeq", "%lu %s\r\n", request->cseq, request->method);
	LINE("Contact", "<sip:001010000000001@%s%s%s:%u%s>;expires=600000;"
	     "+sip.instance=\"<urn:gsma:imei:35000000-000000-0>\"\r\n",
	     open, host, close, address_port(request->from),
	     request->tcp ? ";transport=tcp" : "");
	LINE("Authorization", "Digest username=\"001010000000001@" DOMAIN "\", "
	     "realm=\"" DOMAIN "\", nonce=\"\", uri=\"sip:" DOMAIN "\", response=\"\"\r\n");
	LINE("P-Access-Network-Info", "3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=0010100010000001\r\n");
	LINE("Supported", "path, gruu, outbound\r\n");
	LINE("Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, MESSAGE\r\n");
	LINE("User-Agent", "siptalk\r\n");
	for (i = 0; i < request->headers; i++) {
		unescape(request->header[i], unescaped);
		add(text, "%s\r\n", unescaped);
	}
	add_padding(text, request->size, length);
	add(text, "%s", length);
}

/* A message given word for word. */
void message_literal(const char *id, const char *escaped)
{
	static char text[DATAGRAM_MAX];

	message_add(id, text, unescape(escaped, text));
}

/* A request as the misdirected one of a real client, with what the script wants changed. */
void request_build(struct words *words, const char *id, const char *method,
		   const struct sock *from)
{
	struct request request = {
		.id = id, .method = method, .from = &from->address, .tcp = from->stream,
		.cseq = 1, .rport = true, .via_params = "", .via_more = "",
	};
	struct text text = { 0 };
	char branch[100];

	request.sent_by = address_port(request.from);
	snprintf(branch, sizeof(branch), "z9hG4bK-%s-%u", id, address_port(request.from));
	request.branch = branch;
	request_read(words, &request);
	request_write(&request, &text);
	message_add(id, text.data, text.size);
	free(text.data);
}

/* Put a number in the place of each row of eight '%'. */
void message_number(struct message *message, unsigned long number)
{
	static char *place[16];
	static struct message *of;
	static int places;
	char digits[9];
	int i;

	if (of != message) {
		char *at = (char *)message->data;

		for (places = 0; places < 16 && (at = strstr(at, "%%%%%%%%")); at += 8)
			place[places++] = at;
		of = message;
	}
	snprintf(digits, sizeof(digits), "%08lx", number);
	for (i = 0; i < places; i++)
		memcpy(place[i], digits, 8);
}

/*
 * The value of the header line at @line when it is called @name or @compact, else NULL.
 * @next: the line after it, folded lines (RFC 3261 7.3.1) being part of it.
 */
static const char *header(const char *line, const char *end, const char *name,
			  const char *compact, const char **next)
{
	const char *at, *stop;
	size_t size;

	for (at = line; (at = memchr(at, '\n', end - at)); ) {
		at++;
		if (at == end || (*at != ' ' && *at != '\t'))
			break;
	}
	*next = at ? at : end;
	at = memchr(line, ':', *next - line);
	if (!at)
		return NULL;
	for (stop = at; stop > line && isblank(stop[-1]); stop--)
		;
	size = stop - line;
	if (!(size == strlen(name) && !strncasecmp(line, name, size)) &&
	    !(compact && size == strlen(compact) && !strncasecmp(line, compact, size)))
		return NULL;
	for (at++; at < *next && isspace(*at); at++)
		;
	return at;
}

/* Where the first Via of a comma-separated list ends. */
static const char *via_end(const char *via, const char *end)
{
	bool quoted = false;

	for (; via < end; via++) {
		if (quoted && *via == '\\' && via + 1 < end)
			via++;
		else if (*via == '"')
			quoted = !quoted;
		else if (!quoted && (*via == ',' || (*via == '\r' && via + 2 >= end)))
			return via;
	}
	return end;
}

static const char *find(const char *at, const char *end, const char *what)
{
	for (; at + strlen(what) <= end; at++)
		if (!strncasecmp(at, what, strlen(what)))
			return at;
	return NULL;
}

/* The port of a Via's sent-by, 5060 if it names none. */
static unsigned int sent_by_port(const char *via, const char *end)
{
	const char *at = via, *stop;

	while (at < end && !isspace(*at))	/* SIP/2.0/UDP, without inner blanks */
		at++;
	while (at < end && isspace(*at))
		at++;
	stop = memchr(at, ';', end - at);
	if (!stop)
		stop = end;
	if (*at == '[')
		at = memchr(at, ']', stop - at) ?: stop;
	at = memchr(at, ':', stop - at);
	return at ? strtoul(at + 1, NULL, 10) : 5060;
}

/*
 * The response that RFC 3261 8.2.6 and 18.2 and RFC 3581 want for a request: the same Vias, the
 * first of them with "received" and "rport"; goes to the source's address, and to its port if the
 * client asked for that with "rport", else to the Via's sent-by port.
 */
bool response_build(const void *request, size_t size, const union address *source, int code,
		    const char *id, size_t want, union address *to)
{
	static const char length[] = "Content-Length: 0\r\n\r\n";
	const char *line = request, *end = line + size, *next;
	struct text text = { 0 };
	bool first = true;

	while (line < end && (*line == '\r' || *line == '\n'))
		line++;
	add(&text, "SIP/2.0 %d %s\r\n", code, code == 200 ? "OK" : code == 100 ? "Trying" :
	    code == 401 ? "Unauthorized" : "Whatever");
	*to = *source;
	line = memchr(line, '\n', end - line);
	for (line = line ? line + 1 : end; line < end && *line != '\r' && *line != '\n';
	     line = next) {
		const char *via = header(line, end, "Via", "v", &next);

		if (via && first) {
			const char *stop = via_end(via, next), *rport;

			first = false;
			rport = find(via, stop, ";rport");
			if (!rport) {
				in_port_t port = htons(sent_by_port(via, stop));

				if (to->sa.sa_family == AF_INET)
					to->in.sin_port = port;
				else
					to->in6.sin6_port = port;
			}
			add(&text, "Via: %.*s", (int)((rport ?: stop) - via), via);
			if (rport)
				add(&text, ";rport=%u", address_port(source));
			add(&text, ";received=%s", address_host(source));
			if (rport)
				add(&text, "%.*s", (int)(stop - rport - 6), rport + 6);
			add(&text, "%.*s", (int)(next - stop), stop);
		} else if (via || header(line, end, "From", "f", &next) ||
			   header(line, end, "To", "t", &next) ||
			   header(line, end, "Call-ID", "i", &next) ||
			   header(line, end, "CSeq", NULL, &next)) {
			add(&text, "%.*s", (int)(next - line), line);
		}
	}
	if (code == 401)
		add(&text, "WWW-Authenticate: Digest realm=\"" DOMAIN "\", nonce=\"bm9uY2U=\", "
		    "algorithm=AKAv1-MD5, qop=\"auth\"\r\n");
	add_padding(&text, want, length);
	add(&text, "%s", length);
	message_add(id, text.data, text.size);
	free(text.data);
	return !first;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses, prefixes and ports: from words, and to text
 */

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "parse.h"

struct slice {
	const char *text;
	size_t len;
};

/**
 * struct parts - the pieces of HOST[/LEN]:PORT
 * @host: address or name, without its brackets
 * @len: the prefix length
 * @port: the port
 * @brackets: @host came in brackets, so it is IPv6
 * @has_len: there was a prefix length
 */
struct parts {
	struct slice host, len, port;
	bool brackets;
	bool has_len;
};

static struct slice slice(const char *text, size_t len)
{
	return (struct slice){ text, len };
}

static bool parse_family(struct slice text, int family, struct addr *addr)
{
	char buffer[INET6_ADDRSTRLEN];

	if (text.len >= sizeof(buffer))
		return false;
	memcpy(buffer, text.text, text.len);
	buffer[text.len] = '\0';
	memset(addr, 0, sizeof(*addr));
	addr->size = family == AF_INET ? 4 : 16;
	return inet_pton(family, buffer, addr->bytes) == 1;
}

static int brackets_fail(const char *word, struct parse_error *err)
{
	return parse_fail(err,
			  "\"%s\": IPv6 addresses need brackets, as in \"[2001:db8::5]:5054\"",
			  word);
}

static int split(const char *word, struct parts *parts, struct parse_error *err)
{
	const char *rest;
	struct addr ignored;

	memset(parts, 0, sizeof(*parts));
	parts->brackets = *word == '[';
	if (parts->brackets) {
		parts->host = slice(word + 1, strcspn(word + 1, "]"));
		rest = word + 1 + parts->host.len;
		if (*rest != ']')
			return parse_fail(err, "no \"]\" in \"%s\"", word);
		rest++;
	} else {
		parts->host = slice(word, strcspn(word, "/:"));
		rest = word + parts->host.len;
		/* "10.0.0.5:5054:5060" is another mistake. */
		if (*rest == ':' && strchr(rest + 1, ':') &&
		    !parse_family(parts->host, AF_INET, &ignored))
			return brackets_fail(word, err);
	}
	if (*rest == '/') {
		parts->has_len = true;
		parts->len = slice(rest + 1, strcspn(rest + 1, ":"));
		rest += 1 + parts->len.len;
	}
	if (!*rest)
		return parse_fail(err, "no port in \"%s\"", word);
	if (*rest != ':')
		return parse_fail(err, "\"%s\" after the address in \"%s\"",
				  rest, word);
	parts->port = slice(rest + 1, strlen(rest + 1));
	return 0;
}

static int parse_addr(struct slice text, int family, struct addr *addr,
		      const char *word, struct parse_error *err)
{
	if (parse_family(text, family, addr))
		return 0;
	return parse_fail(err, "bad IPv%c address \"%.*s\" in \"%s\"",
			  family == AF_INET ? '4' : '6', (int)text.len,
			  text.text, word);
}

static int parse_port(struct slice text, uint16_t *port, const char *word,
		      struct parse_error *err)
{
	unsigned long value;

	if (parse_number(text.text, text.len, UINT16_MAX, &value) || !value)
		return parse_fail(err, "bad port \"%.*s\" in \"%s\"",
				  (int)text.len, text.text, word);
	*port = (uint16_t)value;
	return 0;
}

static int parse_len(struct slice text, struct prefix *prefix,
		     const char *word, struct parse_error *err)
{
	unsigned long value;

	if (parse_number(text.text, text.len, prefix->addr.size * 8u, &value))
		return parse_fail(err, "bad prefix length \"%.*s\" in \"%s\"",
				  (int)text.len, text.text, word);
	prefix->len = (unsigned char)value;
	return 0;
}

static unsigned char mask_of(const struct prefix *prefix, unsigned int byte)
{
	unsigned int bits = 8 * byte >= prefix->len ? 0 : prefix->len - 8 * byte;

	return bits >= 8 ? 0xff : (unsigned char)(0xff00 >> bits);
}

/**
 * prefix_cut() - clear the bits after a prefix
 * @prefix: the prefix
 *
 * Return: true if there were any.
 */
bool prefix_cut(struct prefix *prefix)
{
	bool any = false;

	for (unsigned int i = 0; i < prefix->addr.size; i++) {
		unsigned char mask = mask_of(prefix, i);

		any |= prefix->addr.bytes[i] & (unsigned char)~mask;
		prefix->addr.bytes[i] &= mask;
	}
	return any;
}

/**
 * prefix_last() - the last address of a prefix
 * @prefix: the prefix
 *
 * Return: the address.
 */
struct addr prefix_last(const struct prefix *prefix)
{
	struct addr last = prefix->addr;

	for (unsigned int i = 0; i < last.size; i++)
		last.bytes[i] |= (unsigned char)~mask_of(prefix, i);
	return last;
}

/**
 * prefix_covers() - whether a prefix holds all that another one does
 * @a: the one; without an address it holds all
 * @b: the other
 *
 * Return: true if it does.
 */
bool prefix_covers(const struct prefix *a, const struct prefix *b)
{
	struct prefix cut = *b;

	if (!a->addr.size)
		return true;
	if (a->addr.size != b->addr.size || a->len > b->len)
		return false;
	cut.len = a->len;
	prefix_cut(&cut);
	return addr_equal(&cut.addr, &a->addr);
}

static int host_bits_fail(const char *word, const char *right,
			  struct parse_error *err)
{
	return parse_fail(err, "\"%s\" has host bits set: the prefix is \"%s\"",
			  word, right);
}

/**
 * addr_parse_prefix() - ADDRESS[/LEN]
 * @word: the word
 * @prefix: where it goes; all of the address if there is no length
 * @err: what is wrong
 *
 * Return: 0 or -1.
 */
int addr_parse_prefix(const char *word, struct prefix *prefix,
		      struct parse_error *err)
{
	struct slice host = slice(word, strcspn(word, "/"));
	const char *rest = word + host.len;
	char text[ADDR_TEXT];

	if (!parse_family(host, AF_INET, &prefix->addr) &&
	    !parse_family(host, AF_INET6, &prefix->addr))
		return parse_fail(err, "bad address \"%.*s\" in \"%s\"",
				  (int)host.len, host.text, word);
	prefix->len = prefix->addr.size * 8;
	if (*rest == '/' &&
	    parse_len(slice(rest + 1, strlen(rest + 1)), prefix, word, err))
		return -1;
	if (prefix_cut(prefix))
		return host_bits_fail(word, prefix_text(prefix, text), err);
	return 0;
}

/**
 * addr_parse_match() - ADDRESS[/LEN]:PORT
 * @word: the word
 * @prefix: where the prefix goes
 * @port: where the port goes
 * @err: what is wrong
 *
 * Return: 0 or -1.
 */
int addr_parse_match(const char *word, struct prefix *prefix, uint16_t *port,
		     struct parse_error *err)
{
	struct parts parts;
	char text[ADDR_TEXT];

	if (split(word, &parts, err) ||
	    parse_addr(parts.host, parts.brackets ? AF_INET6 : AF_INET,
		       &prefix->addr, word, err) ||
	    parse_port(parts.port, port, word, err))
		return -1;
	prefix->len = prefix->addr.size * 8;
	if (parts.has_len && parse_len(parts.len, prefix, word, err))
		return -1;
	if (prefix_cut(prefix))
		return host_bits_fail(word, match_text(prefix, *port, text),
				      err);
	return 0;
}

/*
 * A host name's last label begins with a letter. That tells names from
 * mistyped addresses, and from what inet_aton(3), and with it getaddrinfo(3),
 * makes addresses of ("0x7f000001").
 */
static bool is_host_name(struct slice host)
{
	const char *label = host.text;

	if (!host.len || host.len >= HOST_TEXT)
		return false;
	for (size_t i = 0; i < host.len; i++) {
		char c = host.text[i];

		if (c == '.' && i + 1 < host.len)
			label = host.text + i + 1;
		else if (c != '.' && c != '-' && c != '_' &&
			 (c < '0' || c > '9') && ((c | 0x20) < 'a' || (c | 0x20) > 'z'))
			return false;
	}
	return (*label | 0x20) >= 'a' && (*label | 0x20) <= 'z';
}

/**
 * addr_parse_target() - ADDRESS:PORT or NAME:PORT
 * @word: the word
 * @endpoint: where they go; a name leaves the address empty
 * @host: where a name goes, empty for an address; NULL takes no names
 * @err: what is wrong
 *
 * Return: 0 or -1.
 */
int addr_parse_target(const char *word, struct endpoint *endpoint,
		      char host[HOST_TEXT], struct parse_error *err)
{
	struct parts parts;

	memset(endpoint, 0, sizeof(*endpoint));
	if (split(word, &parts, err))
		return -1;
	if (parts.has_len)
		return parse_fail(err, "\"%s\" is a prefix; one address is needed",
				  word);
	if (host)
		*host = '\0';
	if (host && !parts.brackets && is_host_name(parts.host)) {
		memcpy(host, parts.host.text, parts.host.len);
		host[parts.host.len] = '\0';
	} else if (parse_addr(parts.host, parts.brackets ? AF_INET6 : AF_INET,
			      &endpoint->addr, word, err)) {
		return -1;
	}
	return parse_port(parts.port, &endpoint->port, word, err);
}

/**
 * addr_parse_endpoint() - ADDRESS:PORT
 * @word: the word
 * @endpoint: where they go
 * @err: what is wrong
 *
 * Return: 0 or -1.
 */
int addr_parse_endpoint(const char *word, struct endpoint *endpoint,
			struct parse_error *err)
{
	return addr_parse_target(word, endpoint, NULL, err);
}

static void addr_from_sockaddr(const struct sockaddr *sa, struct addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (sa->sa_family == AF_INET) {
		addr->size = 4;
		memcpy(addr->bytes, &((const struct sockaddr_in *)sa)->sin_addr, 4);
	} else {
		addr->size = 16;
		memcpy(addr->bytes, &((const struct sockaddr_in6 *)sa)->sin6_addr, 16);
	}
}

/**
 * addr_resolve() - the one address of a host name
 * @host: the name
 * @size: of the family wanted, 4 or 16
 * @addr: where the address goes
 * @err: what is wrong
 *
 * Which of several addresses would be the right one nobody here can know.
 *
 * Return: 0 or -1.
 */
int addr_resolve(const char *host, unsigned char size, struct addr *addr,
		 struct parse_error *err)
{
	const struct addrinfo hints = {
		.ai_family = size == 4 ? AF_INET : AF_INET6,
		.ai_socktype = SOCK_DGRAM,
	};
	char text[2][ADDR_TEXT];
	struct addrinfo *list;
	struct addr next;
	int ret;

	ret = getaddrinfo(host, NULL, &hints, &list);
	if (ret)
		return parse_fail(err, "no IPv%c address of \"%s\": %s",
				  size == 4 ? '4' : '6', host,
				  gai_strerror(ret));
	addr_from_sockaddr(list->ai_addr, addr);
	for (struct addrinfo *i = list->ai_next; i && !ret; i = i->ai_next) {
		addr_from_sockaddr(i->ai_addr, &next);
		if (!addr_equal(&next, addr))
			ret = parse_fail(err, "\"%s\" has several addresses: %s, %s; name one",
					 host, addr_text(addr, text[0]),
					 addr_text(&next, text[1]));
	}
	freeaddrinfo(list);
	return ret;
}

/**
 * addr_equal() - whether two addresses are the same
 * @a: one
 * @b: the other
 *
 * Return: true if they are.
 */
bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->size == b->size && !memcmp(a->bytes, b->bytes, a->size);
}

/**
 * prefix_equal() - whether two prefixes are the same
 * @a: one
 * @b: the other
 *
 * Return: true if they are.
 */
bool prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return a->len == b->len && addr_equal(&a->addr, &b->addr);
}

/**
 * addr_text() - an address as text
 * @addr: the address
 * @text: room for it
 *
 * Return: @text.
 */
const char *addr_text(const struct addr *addr, char text[ADDR_TEXT])
{
	if (!inet_ntop(addr->size == 4 ? AF_INET : AF_INET6, addr->bytes, text,
		       ADDR_TEXT))
		text[0] = '\0';
	return text;
}

/**
 * prefix_text() - a prefix as addr_parse_prefix() takes it
 * @prefix: the prefix
 * @text: room for it
 *
 * Return: @text.
 */
const char *prefix_text(const struct prefix *prefix, char text[ADDR_TEXT])
{
	size_t end;

	addr_text(&prefix->addr, text);
	end = strlen(text);
	if (prefix->len != prefix->addr.size * 8)
		snprintf(text + end, ADDR_TEXT - end, "/%u", prefix->len);
	return text;
}

/**
 * match_text() - a prefix and a port as addr_parse_match() takes them
 * @prefix: the prefix
 * @port: the port
 * @text: room for it
 *
 * Return: @text.
 */
const char *match_text(const struct prefix *prefix, uint16_t port,
		       char text[ADDR_TEXT])
{
	bool brackets = prefix->addr.size == 16;
	char addr[ADDR_TEXT], len[sizeof("/128")] = "";

	if (prefix->len != prefix->addr.size * 8)
		snprintf(len, sizeof(len), "/%u", prefix->len & 0xffu);
	snprintf(text, ADDR_TEXT, "%s%s%s%s:%u", brackets ? "[" : "",
		 addr_text(&prefix->addr, addr), brackets ? "]" : "", len,
		 port);
	return text;
}

/**
 * endpoint_text() - an address and a port as addr_parse_endpoint() takes them
 * @endpoint: the address and the port
 * @text: room for it
 *
 * Return: @text.
 */
const char *endpoint_text(const struct endpoint *endpoint,
			  char text[ADDR_TEXT])
{
	const struct prefix prefix = {
		.addr = endpoint->addr,
		.len = endpoint->addr.size * 8,
	};

	return match_text(&prefix, endpoint->port, text);
}

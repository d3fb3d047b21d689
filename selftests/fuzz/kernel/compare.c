// SPDX-License-Identifier: GPL-2.0
/*
 * What steering may do to a packet: change an address and a port for those of a mapping, and the
 * checksums by as much, in the packet or in the one that it quotes, and overwrite the last letter of
 * a Route. Nothing else.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mappings.h"
#include "random.h"

#define S4	"10.0.0.5"
#define S6	"2001:db8:a::5"
#define HIDE4	"10.0.0.6"
#define HIDE6	"2001:db8:a::6"
#define P4	"203.0.113.1"
#define P6	"2001:db8:cb::1"
#define Q4	"203.0.113.2"
#define Q6	"2001:db8:cb::2"

struct mapping {
	enum family family;
	const char *match;
	unsigned int len;
	uint16_t port;
	const char *target;
	uint16_t target_port;
	const char *more;
	bool hides;
};

static const struct mapping mappings[] = {
	{ V4, S4, 32, 5054, P4, 5060, "", false },
	{ V6, S6, 128, 5054, P6, 5060, "", false },
	{ V4, HIDE4, 32, 5054, P4, 5060, "route hide", true },
	{ V6, HIDE6, 128, 5054, P6, 5060, "route hide", true },
	{ V4, "10.1.0.0", 16, 5055, Q4, 5060, "methods any guard off", false },
	{ V6, "2001:db8:b::", 48, 5055, Q6, 5060, "methods any guard off", false },
	{ V4, "0.0.0.0", 0, 5056, Q4, 5061, "proto udp reply keep", false },
	{ V6, "::", 0, 5056, Q6, 5061, "proto udp reply keep", false },
};
static size_t mappings_count = ARRAY_SIZE(mappings);

void mappings_ignore(void)
{
	mappings_count = 0;
}

void mappings_print(void)
{
	puts("exempt add 192.0.2.9\nexempt add 2001:db8:1::9");
	for (size_t i = 0; i < mappings_count; i++) {
		const struct mapping *m = &mappings[i];
		const char *open = m->family == V6 ? "[" : "", *close = m->family == V6 ? "]" : "";

		printf("add %s%s%s/%u:%u to %s%s%s:%u %s\n", open, m->match, close, m->len, m->port,
		       open, m->target, close, m->target_port, m->more);
	}
}

static bool in_prefix(const unsigned char *addr, const unsigned char *prefix, unsigned int len)
{
	/* All lengths here are of whole bytes. */
	return !memcmp(addr, prefix, len / 8);
}

/* Whether a mapping turns one into the other, going by addresses alone unless @ports. */
static const struct mapping *mappings_between(enum family family, const struct end *match,
					      const struct end *target, bool ports)
{
	for (size_t i = 0; i < mappings_count; i++) {
		const struct mapping *m = &mappings[i];
		struct end from = end_of(m->match, m->port), to = end_of(m->target, m->target_port);

		if (m->family == family && in_prefix(match->addr, from.addr, m->len) &&
		    !memcmp(target->addr, to.addr, addr_len(family)) &&
		    (!ports || (match->port == m->port && target->port == m->target_port)))
			return m;
	}
	return NULL;
}

/* Two packets, which become alike as differences are accounted for. */
struct pair {
	unsigned char a[PACKET_MAX];
	unsigned char b[PACKET_MAX];
	size_t len;
	bool hides;
	bool is_error;
	bool is_partial;
};

static bool has_ports(const struct layout *layout)
{
	return layout->has_l4 && (layout->proto == IPPROTO_UDP || layout->proto == IPPROTO_TCP);
}

static struct end get_end(unsigned char *at, const struct layout *layout, bool is_dst)
{
	struct end end = { 0 };

	memcpy(end.addr, layout_addr(at, layout, is_dst), addr_len(layout->family));
	if (has_ports(layout))
		end.port = get16(at + layout->l4 + 2 * is_dst);
	return end;
}

static bool same_end(const struct end *a, const struct end *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* Identifications are any numbers where the kernel chose them, and so are flow labels. */
static const char *even_ip(struct pair *pair, size_t at)
{
	unsigned char *a = pair->a + at, *b = pair->b + at;
	size_t len = (*a & 0xf) * 4;

	if (*a >> 4 == 6) {
		memcpy(a, b, 4);
		return NULL;
	}
	if (at + len <= pair->len && sum(a, len) != sum(b, len))
		return "another error in an IPv4 header's checksum";
	memcpy(a + 4, b + 4, 2);
	memcpy(a + 10, b + 10, 2);
	return NULL;
}

/*
 * The target cannot tell two TCP connections of a client apart, of which the newer may have taken the
 * place of the older; and errors need not quote what tells two UDP requests apart.
 */
static const struct mapping *with_same_target(const struct pair *pair, const struct layout *layout,
					      const struct end *a, const struct end *b)
{
	const struct mapping *one = NULL, *two = NULL;

	if (layout->proto != IPPROTO_TCP && !layout->ip && !pair->is_error)
		return NULL;
	for (size_t i = 0; i < mappings_count && !two; i++) {
		struct end target = end_of(mappings[i].target, mappings[i].target_port);

		one = mappings_between(layout->family, a, &target, has_ports(layout));
		two = one ? mappings_between(layout->family, b, &target, has_ports(layout)) : NULL;
	}
	return two;
}

/* Where an address or port differs, there has to be a mapping for it. */
static const char *even_end(struct pair *pair, const struct layout *layout, bool is_dst)
{
	struct end a = get_end(pair->a, layout, is_dst), b = get_end(pair->b, layout, is_dst);
	const struct mapping *mapping;

	if (same_end(&a, &b))
		return NULL;
	mapping = mappings_between(layout->family, &a, &b, has_ports(layout)) ?:
		  mappings_between(layout->family, &b, &a, has_ports(layout)) ?:
		  with_same_target(pair, layout, &a, &b);
	if (!mapping)
		return is_dst ? "another destination" : "another source";
	pair->hides |= mapping->hides;
	memcpy(layout_addr(pair->a, layout, is_dst), layout_addr(pair->b, layout, is_dst),
	       addr_len(layout->family));
	if (has_ports(layout))
		memcpy(pair->a + layout->l4 + 2 * is_dst, pair->b + layout->l4 + 2 * is_dst, 2);
	return NULL;
}

/*
 * Where in a stream letters were overwritten: what comes again is so, too, whatever it holds. Numbers
 * are random, so no stream has another's.
 */
static uint32_t hidden[4096];
static size_t hidden_count;

static uint32_t seq_of(const struct pair *pair, const struct layout *layout, size_t at)
{
	const unsigned char *tcp = pair->b + layout->l4;

	return (uint32_t)get16(tcp + 4) * 65536 + get16(tcp + 6) + at - layout->l4 - (tcp[12] >> 4) * 4;
}

static bool was_hidden(uint32_t seq)
{
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		if (i < hidden_count && hidden[i] == seq)
			return true;
	return false;
}

/* Of a Route, all but the last letter. */
static bool is_hidden(const struct pair *pair, const struct layout *layout, size_t at)
{
	bool is_stream = layout->proto == IPPROTO_TCP && layout->l4 + 20 <= pair->len;

	if (pair->a[at] != '-' || (pair->b[at] | 0x20) != 'e')
		return false;
	if (layout->is_fragment || layout->ip)
		return true;
	if (at < 4 || strncasecmp((const char *)pair->b + at - 4, "rout", 4))
		return is_stream && was_hidden(seq_of(pair, layout, at));
	if (is_stream)
		hidden[hidden_count++ % ARRAY_SIZE(hidden)] = seq_of(pair, layout, at);
	return true;
}

static void even_routes(struct pair *pair, const struct layout *layout)
{
	for (size_t at = layout->l4; at < pair->len; at++) {
		if (pair->a[at] == pair->b[at] || !is_hidden(pair, layout, at))
			continue;
		pair->a[at] = pair->b[at];
		pair->hides = true;
	}
}

/* What is wrong with a checksum has to be wrong with the other in the same way. */
static uint32_t l4_error(unsigned char *at, size_t len, const struct layout *layout)
{
	return (sum(layout_addr(at, layout, false), 2 * addr_len(layout->family)) +
		sum(at + layout->l4, len - layout->l4)) % 65535;
}

static bool is_absent(const unsigned char *at, const struct layout *layout)
{
	return layout->proto == IPPROTO_UDP && !get16(at + layout_check(layout));
}

/* The part that is quoted need not have the Route, but the quoted checksum knows of it. */
static bool may_hide(const struct layout *layout, unsigned char *at)
{
	for (size_t i = 0; i < mappings_count; i++) {
		struct end match = end_of(mappings[i].match, 0);

		if (mappings[i].hides && mappings[i].family == layout->family &&
		    (!memcmp(layout_addr(at, layout, true), match.addr, addr_len(layout->family)) ||
		     !memcmp(layout_addr(at, layout, false), match.addr, addr_len(layout->family))))
			return true;
	}
	return false;
}

/* Addresses, ports and the checksum over them. @a and @b are as they were. */
static const char *even_l4(struct pair *pair, const struct layout *layout, unsigned char *a,
			   unsigned char *b)
{
	size_t check = layout_check(layout);
	const char *wrong = even_end(pair, layout, false) ?: even_end(pair, layout, true);

	if (wrong || !has_ports(layout) || check >= pair->len)
		return wrong;
	/* Half of it is quoted. */
	if (check + 1 == pair->len) {
		pair->a[check] = pair->b[check];
		return NULL;
	}
	if (!(layout->ip && (pair->hides || pair->is_partial))) {
		if (is_absent(a, layout) != is_absent(b, layout))
			return "a checksum where there was none, or none where there was one";
		/* Of a part of a packet, what was changed in the other part is not seen. */
		if (!is_absent(a, layout) && !layout->is_fragment &&
		    l4_error(a, pair->len, layout) != l4_error(b, pair->len, layout))
			return "another error in the transport's checksum";
	}
	memcpy(pair->a + check, pair->b + check, 2);
	return NULL;
}

/* An ICMP error, and in it a quote. */
static const char *even_error(struct pair *pair, const struct layout *layout, unsigned char *a,
			      unsigned char *b)
{
	bool pseudo = layout->family == V6;
	struct layout quote;
	const char *wrong;
	uint32_t sums[2];

	for (int i = 0; i < 2; i++) {
		unsigned char *at = i ? b : a;

		sums[i] = pseudo ? l4_error(at, pair->len, layout) :
				   sum(at + layout->l4, pair->len - layout->l4);
	}
	if (sums[0] != sums[1])
		return "another error in the ICMP checksum";
	memcpy(pair->a + layout_check(layout), pair->b + layout_check(layout), 2);
	if (!layout_read(&quote, pair->a, pair->len, layout->l4 + 8))
		return NULL;
	wrong = even_ip(pair, quote.ip);
	if (wrong)
		return wrong;
	pair->hides = may_hide(&quote, b);
	wrong = even_l4(pair, &quote, a, b);
	even_routes(pair, &quote);
	return wrong;
}

const char *packets_compare(const struct packet *steered, const struct packet *plain, bool is_error,
			    bool is_partial)
{
	static struct packet a, b;
	static struct pair pair;
	struct layout layout;
	const char *wrong;

	if (steered->len != plain->len)
		return "another length";
	a = *steered;
	b = *plain;
	pair.len = a.len;
	pair.hides = false;
	pair.is_error = is_error;
	pair.is_partial = is_partial;
	memcpy(pair.a, a.at, a.len);
	memcpy(pair.b, b.at, b.len);
	if (!layout_read(&layout, pair.a, pair.len, 0))
		return memcmp(pair.a, pair.b, pair.len) ? "other bytes" : NULL;
	if (!mappings_count && (is_error || layout_has_quote(&layout, pair.a)))
		return NULL;
	wrong = even_ip(&pair, 0);
	if (!wrong && layout_has_quote(&layout, pair.a))
		wrong = even_end(&pair, &layout, true) ?: even_error(&pair, &layout, a.at, b.at);
	else if (!wrong)
		wrong = even_l4(&pair, &layout, a.at, b.at);
	if (wrong)
		return wrong;
	even_routes(&pair, &layout);
	return memcmp(pair.a, pair.b, pair.len) ? "other bytes" : NULL;
}

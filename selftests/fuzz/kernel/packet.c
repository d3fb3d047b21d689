// SPDX-License-Identifier: GPL-2.0
/* Packets, byte by byte: made, broken, and read again. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "packet.h"
#include "random.h"

size_t addr_len(enum family family)
{
	return family == V4 ? 4 : 16;
}

struct end end_of(const char *addr, uint16_t port)
{
	struct end end = { .port = port };

	inet_pton(strchr(addr, ':') ? AF_INET6 : AF_INET, addr, end.addr);
	return end;
}

uint16_t get16(const unsigned char *at)
{
	return at[0] << 8 | at[1];
}

void put16(unsigned char *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static void put32(unsigned char *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

/* Of 16-bit words, modulo 65535. */
uint32_t sum(const unsigned char *at, size_t len)
{
	uint32_t total = 0;

	for (size_t i = 0; i < len; i++)
		total += i % 2 ? at[i] : at[i] << 8;
	return total % 65535;
}

static uint16_t inverted(uint32_t total)
{
	return 65535 - total % 65535;
}

void ip_sum(struct packet *packet)
{
	size_t len = (packet->at[0] & 0xf) * 4;

	if (packet->at[0] >> 4 != 4 || len < 20 || len > packet->len)
		return;
	put16(packet->at + 10, 0);
	put16(packet->at + 10, inverted(sum(packet->at, len)));
}

/* --- reading --- */

unsigned char *layout_addr(unsigned char *at, const struct layout *layout, bool is_dst)
{
	return at + layout->ip + (layout->family == V4 ? 12 : 8) +
	       (is_dst ? addr_len(layout->family) : 0);
}

static size_t min_l4(uint8_t proto)
{
	return proto == IPPROTO_UDP || proto == IPPROTO_TCP ? 4 : 8;
}

static void read_v4(struct layout *layout, const unsigned char *ip)
{
	uint16_t offset = get16(ip + 6);

	layout->proto = ip[9];
	layout->l4 = layout->ip + (ip[0] & 0xf) * 4;
	layout->is_fragment = offset & 0x3fff;
	layout->has_l4 = !(offset & 0x1fff);
}

static void read_v6(struct layout *layout, const unsigned char *at, size_t len)
{
	size_t link = layout->ip + 6;
	bool is_cut;

	layout->proto = at[layout->ip + 6];
	layout->l4 = layout->ip + 40;
	layout->has_l4 = true;
	while (layout->l4 + 8 <= len) {
		const unsigned char *ext = at + layout->l4;

		switch (layout->proto) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_DSTOPTS:
		case IPPROTO_ROUTING:
			layout->l4 += (ext[1] + 1) * 8;
			break;
		case IPPROTO_AH:
			layout->l4 += (ext[1] + 2) * 4;
			break;
		case IPPROTO_FRAGMENT:
			is_cut = get16(ext + 2) & 0xfff9;
			if (!layout->fragment || (is_cut && !layout->is_fragment)) {
				layout->fragment = layout->l4;
				layout->fragment_link = link;
			}
			layout->is_fragment |= is_cut;
			layout->has_l4 &= !(get16(ext + 2) & 0xfff8);
			layout->l4 += 8;
			break;
		default:
			return;
		}
		link = ext - at;
		layout->proto = ext[0];
		if (!layout->has_l4)
			return;
	}
}

bool layout_read(struct layout *layout, const unsigned char *at, size_t len, size_t ip)
{
	*layout = (struct layout){ .ip = ip, .family = V6 };
	if (ip >= len)
		return false;
	if (at[ip] >> 4 == 4)
		layout->family = V4;
	else if (at[ip] >> 4 != 6)
		return false;
	if (ip + (layout->family == V4 ? 20 : 40) > len)
		return false;
	if (layout->family == V4)
		read_v4(layout, at + ip);
	else
		read_v6(layout, at, len);
	layout->has_l4 &= layout->l4 + min_l4(layout->proto) <= len;
	return true;
}

bool layout_has_quote(const struct layout *layout, const unsigned char *at)
{
	uint8_t type;

	if (!layout->has_l4 || layout->is_fragment)
		return false;
	type = at[layout->l4];
	if (layout->proto == IPPROTO_ICMP)
		return type == 3 || type == 5 || type == 11 || type == 12;
	return layout->proto == IPPROTO_ICMPV6 && type < 128;
}

/* Where the transport's checksum is. */
size_t layout_check(const struct layout *layout)
{
	return layout->l4 + (layout->proto == IPPROTO_TCP ? 16 :
			     layout->proto == IPPROTO_UDP ? 6 : 2);
}

/* --- making --- */

static size_t put_tcp(unsigned char *at, const struct draft *draft)
{
	size_t len = 20 + (draft->options_len + 3) / 4 * 4;

	memset(at, 0, len);
	put32(at + 4, draft->seq);
	put32(at + 8, draft->ack);
	at[12] = len / 4 << 4;
	at[13] = draft->tcp_flags;
	put16(at + 14, 8192);
	memcpy(at + 20, draft->options, draft->options_len);
	return len;
}

static size_t put_l4(unsigned char *at, const struct draft *draft)
{
	size_t len = 0;

	switch (draft->proto) {
	case IPPROTO_UDP:
		len = 8;
		put16(at + 4, len + draft->payload_len);
		break;
	case IPPROTO_TCP:
		len = put_tcp(at, draft);
		break;
	default:
		memcpy(at, draft->payload, draft->payload_len);
		return draft->payload_len;
	}
	put16(at, draft->src.port);
	put16(at + 2, draft->dst.port);
	memcpy(at + len, draft->payload, draft->payload_len);
	return len + draft->payload_len;
}

static size_t put_options(unsigned char *at, bool wild)
{
	static const unsigned char none[] = { 1, 1, 1, 0 }, timestamp[] = { 68, 8, 9, 0, 0, 0, 0, 0 },
		alert[] = { 148, 4, 0, 0 }, loose[] = { 131, 7, 4, 10, 0, 0, 5, 0 };
	static const struct {
		const unsigned char *at;
		size_t len;
	} all[] = {
		{ none, sizeof(none) }, { timestamp, sizeof(timestamp) }, { alert, sizeof(alert) },
		{ loose, sizeof(loose) },
	};
	unsigned int i = below(ARRAY_SIZE(all) + wild);

	if (i == ARRAY_SIZE(all)) {
		random_bytes(at, 8);
		return 8;
	}
	memcpy(at, all[i].at, all[i].len);
	return all[i].len;
}

/* A chain of IPv6 extension headers; returns its length, and what its first one is. */
static size_t put_extensions(unsigned char *at, bool wild, uint8_t proto, uint8_t *first)
{
	static const uint8_t kinds[] = {
		IPPROTO_DSTOPTS, IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT, IPPROTO_AH,
		IPPROTO_DSTOPTS,
	};
	unsigned int count = chance(8) ? 12 : 1 + below(3);
	size_t len = 0;

	*first = proto;
	for (unsigned int i = 0; i < count; i++) {
		uint8_t kind = i && chance(2) ? IPPROTO_DSTOPTS : PICK(kinds);
		unsigned char *ext = at + len;

		if (i)
			at[len - 8] = kind;
		else
			*first = kind;
		memset(ext, 0, 8);
		ext[0] = proto;
		if (kind == IPPROTO_HOPOPTS || kind == IPPROTO_DSTOPTS)
			memcpy(ext + 2, chance(8) ? "\xc9\x04" : "\x01\x04", 2);
		else if (kind == IPPROTO_ROUTING)
			ext[3] = below(2);
		if (wild && chance(2))
			random_bytes(ext + 1, 7);
		/* A longer one would lead past the next. */
		if (kind != IPPROTO_FRAGMENT && (!wild || !chance(4)))
			ext[1] = 0;
		len += 8;
	}
	return len;
}

static void put_v4(struct packet *packet, const struct draft *draft, size_t options)
{
	unsigned char *at = packet->at;

	at[0] = 0x40 | (20 + options) / 4;
	at[8] = draft->ttl;
	at[9] = draft->proto;
	put16(at + 4, 1 + below(65535));
	memcpy(at + 12, draft->src.addr, 4);
	memcpy(at + 16, draft->dst.addr, 4);
}

static void put_v6(struct packet *packet, const struct draft *draft, uint8_t next)
{
	unsigned char *at = packet->at;

	at[0] = 0x60;
	at[6] = next;
	at[7] = draft->ttl;
	memcpy(at + 8, draft->src.addr, 16);
	memcpy(at + 24, draft->dst.addr, 16);
}

static void set_ip_len(struct packet *packet)
{
	if (packet->at[0] >> 4 == 4)
		put16(packet->at + 2, packet->len);
	else
		put16(packet->at + 4, packet->len - 40);
}

/* The sum of the pseudo header, and where it goes. */
static uint32_t pseudo_sum(const struct packet *packet, const struct layout *layout)
{
	uint32_t total = layout->proto + packet->len - layout->l4;

	if (layout->proto == IPPROTO_ICMP)
		return 0;
	return total + sum(layout_addr((unsigned char *)packet->at, layout, false),
			   2 * addr_len(layout->family));
}

static void l4_sum(struct packet *packet, size_t l4, const struct draft *draft)
{
	struct layout layout = { .family = draft->family, .proto = draft->proto, .l4 = l4 };
	unsigned char *check = packet->at + layout_check(&layout);

	put16(check, 0);
	put16(check, inverted(pseudo_sum(packet, &layout) +
			      sum(packet->at + l4, packet->len - l4)));
	if (draft->proto == IPPROTO_UDP && !get16(check))
		put16(check, 0xffff);
}

void packet_make(struct packet *packet, const struct draft *draft)
{
	uint8_t next = draft->proto;
	size_t l4;

	memset(packet, 0, sizeof(*packet));
	if (draft->family == V4) {
		l4 = 20;
		if (draft->headers)
			l4 += put_options(packet->at + 20, draft->headers == WILD);
		put_v4(packet, draft, l4 - 20);
	} else {
		l4 = 40;
		if (draft->headers)
			l4 += put_extensions(packet->at + 40, draft->headers == WILD, draft->proto,
					     &next);
		put_v6(packet, draft, next);
	}
	packet->len = l4 + put_l4(packet->at + l4, draft);
	set_ip_len(packet);
	l4_sum(packet, l4, draft);
	ip_sum(packet);
}

/* Leave the checksum to a device. */
void packet_partial(struct packet *packet)
{
	struct layout layout;
	size_t check;

	if (!layout_read(&layout, packet->at, packet->len, 0) || !layout.has_l4 ||
	    (layout.proto != IPPROTO_UDP && layout.proto != IPPROTO_TCP))
		return;
	check = layout_check(&layout);
	if (check + 2 > packet->len)
		return;
	put16(packet->at + check, pseudo_sum(packet, &layout) % 65535);
	packet->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	packet->vnet.csum_start = layout.l4;
	packet->vnet.csum_offset = check - layout.l4;
}

/* --- fragments --- */

static size_t fragment_v4(const struct packet *whole, struct packet *to, size_t at, size_t size)
{
	size_t header = (whole->at[0] & 0xf) * 4, left = whole->len - header - at;
	bool more = left > size;

	if (!more)
		size = left;
	memset(to, 0, sizeof(*to));
	memcpy(to->at, whole->at, header);
	memcpy(to->at + header, whole->at + header + at, size);
	to->len = header + size;
	put16(to->at + 6, at / 8 | (more ? 0x2000 : 0));
	set_ip_len(to);
	ip_sum(to);
	return more ? size : 0;
}

static size_t fragment_v6(const struct packet *whole, struct packet *to, size_t at, size_t size,
			  uint32_t id)
{
	size_t left = whole->len - 40 - at;
	bool more = left > size;

	if (!more)
		size = left;
	memset(to, 0, sizeof(*to));
	memcpy(to->at, whole->at, 40);
	to->at[40] = whole->at[6];
	to->at[6] = IPPROTO_FRAGMENT;
	put16(to->at + 42, at | more);
	put32(to->at + 44, id);
	memcpy(to->at + 48, whole->at + 40 + at, size);
	to->len = 48 + size;
	set_ip_len(to);
	return more ? size : 0;
}

/* In pieces of @size, a multiple of 8, but at most @max; returns how many. */
size_t packet_fragments(const struct packet *packet, size_t size, struct packet *to, size_t max)
{
	size_t header = packet->at[0] >> 4 == 4 ? (packet->at[0] & 0xf) * 4 : 40;
	uint32_t id = random32();
	size_t count = 0, at = 0;

	if (header > packet->len)
		return 0;
	do {
		size = packet->at[0] >> 4 == 4 ?
		       fragment_v4(packet, &to[count], at, size) :
		       fragment_v6(packet, &to[count], at, size, id);
		at += size;
	} while (++count < max && size);
	return count;
}

static void join_v4(struct packet *whole, const struct packet *fragment)
{
	size_t header = (fragment->at[0] & 0xf) * 4, at = (get16(fragment->at + 6) & 0x1fff) * 8;

	if (!at || !whole->len)
		memcpy(whole->at, fragment->at, header);
	if (header + at + fragment->len > PACKET_MAX)
		return;
	memcpy(whole->at + header + at, fragment->at + header, fragment->len - header);
	if (whole->len < at + fragment->len)
		whole->len = at + fragment->len;
	put16(whole->at + 6, 0);
}

static void join_v6(struct packet *whole, const struct packet *fragment,
		    const struct layout *layout)
{
	const unsigned char *header = fragment->at + layout->fragment;
	size_t len = fragment->len - layout->fragment - 8, at = get16(header + 2) & 0xfff8;

	if (!at || !whole->len) {
		memcpy(whole->at, fragment->at, layout->fragment);
		whole->at[layout->fragment_link] = header[0];
	}
	at += layout->fragment;
	if (at + len > PACKET_MAX)
		return;
	memcpy(whole->at + at, header + 8, len);
	if (whole->len < at + len)
		whole->len = at + len;
}

/*
 * Put a fragment into the packet that it is of, of which the length is 0 if it is the first to come.
 * Returns false if it is none; @id: what the fragments of a packet have in common.
 */
bool packet_join(struct packet *whole, const struct packet *fragment, uint32_t *id)
{
	struct layout layout;

	if (!layout_read(&layout, fragment->at, fragment->len, 0) ||
	    (!layout.fragment && !layout.is_fragment))
		return false;
	*id = layout.family == V4 ? get16(fragment->at + 4) :
				    get16(fragment->at + layout.fragment + 4) << 16 |
				    get16(fragment->at + layout.fragment + 6);
	if (!whole)
		return true;
	if (layout.family == V4)
		join_v4(whole, fragment);
	else
		join_v6(whole, fragment, &layout);
	set_ip_len(whole);
	ip_sum(whole);
	return true;
}

/* --- breaking --- */

static void flip(struct packet *packet, size_t from)
{
	if (from < packet->len)
		packet->at[from + below(packet->len - from)] ^= chance(2) ? 1u << below(8) :
								     random32();
}

/* Behind all that differs between twins; errors may quote what steering has changed anywhere. */
static size_t alike_from(const struct layout *layout)
{
	switch (layout->proto) {
	case IPPROTO_UDP:
		return layout->l4 + 8;
	case IPPROTO_TCP:
		return layout->l4 + 20;
	default:
		return PACKET_MAX;
	}
}

/* None, or one that is wrong by as much whatever it was. */
static void miscount(struct packet *packet, const struct layout *layout)
{
	size_t check = layout_check(layout);
	bool none = chance(2) && layout->proto == IPPROTO_UDP;
	uint32_t error = none ? 0 : 1 + below(65534);

	if (check + 2 > packet->len)
		return;
	if (!none)
		error = (get16(packet->at + check) + error) % 65535 ?: 65535;
	put16(packet->at + check, error);
}

static void lie_about_l4(struct packet *packet, const struct layout *layout)
{
	unsigned char *l4 = packet->at + layout->l4;

	if (!layout->has_l4 || layout->l4 + 14 > packet->len)
		return;
	if (layout->proto == IPPROTO_UDP)
		put16(l4 + 4, chance(2) ? below(16) : get16(l4 + 4) + below(5) - 2);
	else if (layout->proto == IPPROTO_TCP)
		l4[12] = random32();
}

/* What is not told of is cut off by whoever reads it. */
static void lie_about_ip(struct packet *packet, size_t spared)
{
	bool v4 = packet->at[0] >> 4 == 4;
	unsigned char *at = packet->at + (v4 ? 2 : 4);
	uint16_t len = chance(2) ? random32() : get16(at) + below(17) - 8;

	if (!spared && v4 && chance(2))
		packet->at[0] = 0x40 | below(16);
	else if (len + (v4 ? 0u : 40u) >= spared)
		put16(at, len);
}

static void cut(struct packet *packet, size_t least, bool told)
{
	if (least > packet->len)
		return;
	packet->len = least + below(packet->len - least + 1);
	if (told)
		set_ip_len(packet);
}

/*
 * Do something bad to it; what it is depends on nothing but chance and its form. Unless @anywhere, the
 * same is wrong with two that only differ in addresses, ports and checksums.
 */
void packet_mutate(struct packet *packet, bool anywhere)
{
	struct layout layout;
	size_t spared;

	if (!layout_read(&layout, packet->at, packet->len, 0) || layout.l4 >= packet->len)
		return;
	spared = anywhere ? 0 : alike_from(&layout);
	switch (below(7)) {
	case 0:
		for (unsigned int n = 1 + below(4); n; n--)
			flip(packet, spared);
		break;
	case 1:
		cut(packet, spared ?: layout.family == V4 ? 20 : 40, chance(2));
		break;
	case 2:
		lie_about_l4(packet, &layout);
		break;
	case 3:
		lie_about_ip(packet, spared);
		break;
	case 4:
		miscount(packet, &layout);
		break;
	case 5:
		/* Of what is taken apart, each part would have an error of its own. */
		if (!packet->vnet.gso_type)
			packet->at[packet->at[0] >> 4 == 4 ? 8 : 7] = below(3);
		break;
	case 6:
		random_bytes(&packet->vnet, sizeof(packet->vnet));
		packet->vnet.flags &= VIRTIO_NET_HDR_F_NEEDS_CSUM;
		packet->vnet.gso_type = PICK(((uint8_t[]){ 0, 1, 3, 4, 5 }));
		packet->vnet.csum_start %= packet->len + 8;
		packet->vnet.csum_offset %= 32;
		break;
	}
	if (!chance(32))
		ip_sum(packet);
}

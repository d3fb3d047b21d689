// SPDX-License-Identifier: GPL-2.0
/*
 * Which packets are UDP, TCP or ICMP, where that begins, and what forbids to
 * touch it: each kind of header by itself, then all of them cut, split and
 * spoilt, against a plain reference that reads the packet as one piece.  What an
 * ICMP error quotes is such a packet, cut short.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "classify.h"
#include "packet.h"

#define BYTES_MAX	1024
#define CHAIN_MAX	34
#define MUTATIONS	200000
/* Where an error quotes, at most: behind two of the longest headers, say. */
#define QUOTED_AT_MAX	128

#define SRC_PORT	0x13c4
#define DST_PORT	0x13be

/* What stands between the IP header and the transport header. */
struct piece {
	u8 number;		/* what the header before calls it */
	u8 len;
	const char *bytes;	/* the first is replaced by the next one's number */
};

#define PIECE(number, bytes)	{ number, sizeof(bytes) - 1, bytes }

static const struct piece auth = PIECE(NEXTHDR_AUTH,
	"?\4\0\0SPI.SEQ.0123456789ab");
static const struct piece auth_min = PIECE(NEXTHDR_AUTH, "?\1\0\0SPI.SEQ.");
static const struct piece hop = PIECE(NEXTHDR_HOP, "?\0\5\2\0\0\1\0");
static const struct piece hop_long = PIECE(NEXTHDR_HOP,
	"?\1\1\14............");
static const struct piece dest_pad1 = PIECE(NEXTHDR_DEST, "?\0\0\0\0\0\0\0");
static const struct piece dest_padn = PIECE(NEXTHDR_DEST, "?\0\1\4....");
static const struct piece dest_long = PIECE(NEXTHDR_DEST,
	"?\2\0\1\1.\1\20................");
static const struct piece dest_home = PIECE(NEXTHDR_DEST,
	"?\2\1\2..\311\20home address....");
static const struct piece dest_home_after_pad1 = PIECE(NEXTHDR_DEST,
	"?\2\0\0\0\0\311\20home address....");
/* Home address is what a type says, not what a value says. */
static const struct piece dest_no_home = PIECE(NEXTHDR_DEST,
	"?\0\36\4\311\20..");
static const struct piece dest_overrun = PIECE(NEXTHDR_DEST, "?\0\36\5....");
static const struct piece dest_no_length = PIECE(NEXTHDR_DEST,
	"?\0\1\3...\36");
static const struct piece routing_done = PIECE(NEXTHDR_ROUTING,
	"?\2\2\0....next segment....");
static const struct piece routing_left = PIECE(NEXTHDR_ROUTING,
	"?\2\2\1....next segment....");
static const struct piece frag_atomic = PIECE(NEXTHDR_FRAGMENT,
	"?\0\0\0ID..");
/* The two reserved bits say nothing. */
static const struct piece frag_reserved = PIECE(NEXTHDR_FRAGMENT,
	"?\377\0\6ID..");
static const struct piece frag_first = PIECE(NEXTHDR_FRAGMENT,
	"?\0\0\1ID..");
static const struct piece frag_later = PIECE(NEXTHDR_FRAGMENT,
	"?\0\0\10ID..");
static const struct piece frag_far = PIECE(NEXTHDR_FRAGMENT,
	"?\0\200\1ID..");
static const struct piece esp = PIECE(NEXTHDR_ESP, "SPI.SEQ.");
static const struct piece none = PIECE(NEXTHDR_NONE, "????????");
static const struct piece mobility = PIECE(135, "?\0\0\0\0\0\0\0");

static const struct piece *const v6_pieces[] = {
	&auth, &auth_min, &hop, &hop_long, &dest_pad1, &dest_padn, &dest_long,
	&dest_home, &dest_home_after_pad1, &dest_no_home, &dest_overrun,
	&dest_no_length, &routing_done, &routing_left, &frag_atomic,
	&frag_reserved, &frag_first, &frag_later, &frag_far, &esp, &none,
	&mobility,
};

struct row {
	const char *name;
	u8 family;
	const char *options;		/* of IPv4 */
	u8 options_len;
	u8 ihl;				/* where it lies */
	u16 frag_off;
	u8 protocol;			/* the last; UDP if 0 */
	const struct piece *chain[CHAIN_MAX + 1];
	bool none;			/* of what is looked for */
	bool fragment;			/* though no obstacle says so */
	enum sipsteer_obstacle obstacle;
};

#define V4		.family = NFPROTO_IPV4
#define V6		.family = NFPROTO_IPV6
#define NONE		.none = true
#define LATER		NONE, .fragment = true
#define OBSTACLE(what)	.obstacle = SIPSTEER_OBSTACLE_##what
#define OPTIONS(bytes)	.options = bytes, .options_len = sizeof(bytes) - 1
#define CHAIN(...)	.chain = { __VA_ARGS__ }

#define TWICE(piece)	piece, piece
#define FOUR(piece)	TWICE(piece), TWICE(piece)
#define EIGHT(piece)	FOUR(piece), FOUR(piece)
#define SIXTEEN(piece)	EIGHT(piece), EIGHT(piece)

static const struct row rows[] = {
	{ "v4 plain", V4 },
	{ "v4 don't fragment", V4, .frag_off = 0x4000 },
	{ "v4 TCP", V4, .protocol = IPPROTO_TCP },
	{ "v4 ICMP", V4, .protocol = IPPROTO_ICMP },
	{ "v4 ICMPv6", V4, .protocol = IPPROTO_ICMPV6, NONE },
	{ "v4 UDP-Lite", V4, .protocol = IPPROTO_UDPLITE, NONE },
	{ "v4 ESP", V4, .protocol = IPPROTO_ESP, NONE },
	{ "v4 header length 4", V4, .ihl = 4, NONE },
	{ "v4 header length 1", V4, .ihl = 1, NONE },
	{ "v4 first fragment", V4, .frag_off = IP_MF, OBSTACLE(FRAGMENT) },
	{ "v4 later fragment", V4, .frag_off = IP_MF | 1, LATER },
	{ "v4 last fragment", V4, .frag_off = 0x1000, LATER },
	{ "v4 no-ops", V4, OPTIONS("\1\1\1\1") },
	{ "v4 end of options", V4, OPTIONS("\0\203\203\0") },
	{ "v4 record route", V4, OPTIONS("\7\7\4....\0") },
	{ "v4 router alert", V4, OPTIONS("\224\4\0\0") },
	{ "v4 the most options", V4,
	  OPTIONS("\1\7\47\4....................................") },
	{ "v4 loose source route", V4, OPTIONS("\203\7\4....\0"),
	  OBSTACLE(SOURCE_ROUTE) },
	{ "v4 strict source route", V4, OPTIONS("\211\7\4....\0"),
	  OBSTACLE(SOURCE_ROUTE) },
	{ "v4 source route after no-ops", V4, OPTIONS("\1\203\7\4...."),
	  OBSTACLE(SOURCE_ROUTE) },
	{ "v4 source route after another option", V4,
	  OPTIONS("\224\4\0\0\203\7\4....\0"), OBSTACLE(SOURCE_ROUTE) },
	{ "v4 source route in the last byte", V4, OPTIONS("\1\1\1\203"),
	  OBSTACLE(SOURCE_ROUTE) },
	{ "v4 source route only as data", V4, OPTIONS("\7\7\4\203\203\203\203\0") },
	{ "v4 option of length 0", V4, OPTIONS("\7\0\0\0"),
	  OBSTACLE(MALFORMED) },
	{ "v4 option of length 1", V4, OPTIONS("\7\1\0\0"),
	  OBSTACLE(MALFORMED) },
	{ "v4 option of length 2", V4, OPTIONS("\7\2\1\0") },
	{ "v4 option without length", V4, OPTIONS("\1\1\1\7"),
	  OBSTACLE(MALFORMED) },
	{ "v4 option to the last byte", V4, OPTIONS("\7\4\0\0") },
	{ "v4 option past the last byte", V4, OPTIONS("\7\5\0\0"),
	  OBSTACLE(MALFORMED) },
	{ "v4 first fragment with source route", V4, .frag_off = IP_MF,
	  OPTIONS("\203\7\4....\0"), OBSTACLE(FRAGMENT) },
	{ "v4 authentication header", V4, CHAIN(&auth), OBSTACLE(AUTH_HEADER) },
	{ "v4 shortest authentication header", V4, CHAIN(&auth_min),
	  OBSTACLE(AUTH_HEADER) },
	{ "v4 authentication header behind options", V4, OPTIONS("\1\1\1\0"),
	  CHAIN(&auth), OBSTACLE(AUTH_HEADER) },
	{ "v4 authenticated TCP", V4, CHAIN(&auth), .protocol = IPPROTO_TCP,
	  OBSTACLE(AUTH_HEADER) },
	{ "v4 authenticated twice", V4, CHAIN(&auth, &auth), NONE },
	{ "v4 first fragment of ICMP", V4, .frag_off = IP_MF,
	  .protocol = IPPROTO_ICMP, OBSTACLE(FRAGMENT) },
	{ "v4 ICMP with source route", V4, OPTIONS("\203\7\4....\0"),
	  .protocol = IPPROTO_ICMP, OBSTACLE(SOURCE_ROUTE) },
	{ "v4 later fragment of an authenticated packet", V4, .frag_off = 2,
	  CHAIN(&auth), LATER },

	{ "v6 plain", V6 },
	{ "v6 TCP", V6, .protocol = IPPROTO_TCP },
	{ "v6 ICMPv6", V6, .protocol = IPPROTO_ICMPV6 },
	{ "v6 ICMP", V6, .protocol = IPPROTO_ICMP, NONE },
	{ "v6 no next header", V6, CHAIN(&none), NONE },
	{ "v6 ESP", V6, CHAIN(&esp), NONE },
	{ "v6 mobility header", V6, CHAIN(&mobility), NONE },
	{ "v6 hop-by-hop", V6, CHAIN(&hop) },
	{ "v6 long hop-by-hop", V6, CHAIN(&hop_long) },
	{ "v6 hop-by-hop before TCP", V6, CHAIN(&hop),
	  .protocol = IPPROTO_TCP },
	{ "v6 hop-by-hop before ICMPv6", V6, CHAIN(&hop),
	  .protocol = IPPROTO_ICMPV6 },
	{ "v6 home address before TCP", V6, CHAIN(&dest_home),
	  .protocol = IPPROTO_TCP, OBSTACLE(HOME_ADDRESS) },
	{ "v6 segments left before ICMPv6", V6, CHAIN(&routing_left),
	  .protocol = IPPROTO_ICMPV6, OBSTACLE(ROUTING_HEADER) },
	{ "v6 hop-by-hop before ICMP", V6, CHAIN(&hop),
	  .protocol = IPPROTO_ICMP, NONE },
	{ "v6 hop-by-hop before ESP", V6, CHAIN(&hop, &esp), NONE },
	{ "v6 destination options, Pad1", V6, CHAIN(&dest_pad1) },
	{ "v6 destination options, PadN", V6, CHAIN(&dest_padn) },
	{ "v6 long destination options", V6, CHAIN(&dest_long) },
	{ "v6 home address", V6, CHAIN(&dest_home), OBSTACLE(HOME_ADDRESS) },
	{ "v6 home address after Pad1", V6, CHAIN(&dest_home_after_pad1),
	  OBSTACLE(HOME_ADDRESS) },
	{ "v6 home address in the second one", V6, CHAIN(&dest_padn, &dest_home),
	  OBSTACLE(HOME_ADDRESS) },
	{ "v6 home address only as data", V6, CHAIN(&dest_no_home) },
	{ "v6 destination option past the end", V6, CHAIN(&dest_overrun),
	  OBSTACLE(MALFORMED) },
	{ "v6 destination option without length", V6, CHAIN(&dest_no_length),
	  OBSTACLE(MALFORMED) },
	{ "v6 routing header at its end", V6, CHAIN(&routing_done) },
	{ "v6 routing header with segments left", V6, CHAIN(&routing_left),
	  OBSTACLE(ROUTING_HEADER) },
	{ "v6 atomic fragment", V6, CHAIN(&frag_atomic) },
	{ "v6 reserved bits of a fragment header", V6, CHAIN(&frag_reserved) },
	{ "v6 first fragment", V6, CHAIN(&frag_first), OBSTACLE(FRAGMENT) },
	{ "v6 later fragment", V6, CHAIN(&frag_later), LATER },
	{ "v6 far fragment", V6, CHAIN(&frag_far), LATER },
	{ "v6 authentication header", V6, CHAIN(&auth), OBSTACLE(AUTH_HEADER) },
	{ "v6 shortest authentication header", V6, CHAIN(&auth_min),
	  OBSTACLE(AUTH_HEADER) },
	{ "v6 the order of RFC 8200", V6,
	  CHAIN(&hop, &dest_padn, &routing_done, &frag_atomic, &auth,
		&dest_pad1), OBSTACLE(AUTH_HEADER) },
	{ "v6 the first obstacle counts", V6,
	  CHAIN(&routing_left, &dest_home, &frag_first),
	  OBSTACLE(ROUTING_HEADER), .fragment = true },
	{ "v6 headers count before options", V6, CHAIN(&dest_home, &frag_first),
	  OBSTACLE(FRAGMENT) },
	{ "v6 options behind other headers", V6,
	  CHAIN(&hop_long, &routing_done, &frag_atomic, &dest_home),
	  OBSTACLE(HOME_ADDRESS) },
	{ "v6 8 headers", V6, CHAIN(EIGHT(&dest_pad1)) },
	{ "v6 9 headers", V6, CHAIN(EIGHT(&dest_pad1), &hop),
	  OBSTACLE(EXT_HEADER) },
	{ "v6 9 headers, an obstacle before", V6,
	  CHAIN(&frag_first, EIGHT(&dest_pad1)), OBSTACLE(FRAGMENT) },
	{ "v6 32 headers", V6, CHAIN(SIXTEEN(&hop), SIXTEEN(&hop)),
	  OBSTACLE(EXT_HEADER) },
	{ "v6 endless headers", V6, CHAIN(SIXTEEN(&hop), SIXTEEN(&hop), &hop),
	  NONE },
};

struct bytes {
	u8 at[BYTES_MAX];
	unsigned int len;
	unsigned int l4;
	unsigned int ip;	/* what the hooks promise to be linear */
	u8 family;
};

static void append(struct bytes *b, const void *bytes, unsigned int len)
{
	assert_true(b->len + len <= BYTES_MAX);
	memcpy(b->at + b->len, bytes, len);
	b->len += len;
}

static struct bytes v4_header(const struct row *row)
{
	unsigned int ihl = row->ihl ?: 5 + row->options_len / 4;
	u8 header[20] = {
		0x40 | ihl, 0, 0, 0, 0, 0,
		row->frag_off >> 8, row->frag_off, 64, 0, 0, 0,
		192, 0, 2, 1, 198, 51, 100, 2,
	};
	struct bytes b = { .family = NFPROTO_IPV4, .ip = sizeof(header) };

	assert_int_equal(row->options_len % 4, 0);
	append(&b, header, sizeof(header));
	append(&b, row->options ?: "", row->options_len);
	return b;
}

static struct bytes v6_header(void)
{
	static const u8 header[40] = "`...\0\0.@"
		"source address..destination addr";
	struct bytes b = { .family = NFPROTO_IPV6, .ip = sizeof(header) };

	append(&b, header, sizeof(header));
	return b;
}

static struct bytes packet_of(const struct row *row)
{
	static const u8 transport[] = {
		SRC_PORT >> 8, SRC_PORT & 0xff, DST_PORT >> 8, DST_PORT & 0xff,
		0, 12, 0, 0, '\r', '\n', '\r', '\n',
	};
	struct bytes b = row->family == NFPROTO_IPV4 ? v4_header(row) :
						       v6_header();
	unsigned int next = row->family == NFPROTO_IPV4 ? 9 : 6;
	const struct piece *const *piece;

	for (piece = row->chain; *piece; piece++) {
		b.at[next] = (*piece)->number;
		next = b.len;
		append(&b, (*piece)->bytes, (*piece)->len);
	}
	if (piece == row->chain || (piece[-1] != &esp && piece[-1] != &none))
		b.at[next] = row->protocol ?: IPPROTO_UDP;
	b.l4 = b.len;
	append(&b, transport, sizeof(transport));
	return b;
}

static int classify(const struct bytes *b, unsigned int len,
		    unsigned int linear, struct sipsteer_packet *packet)
{
	struct sk_buff *skb = packet_skb(b->at, len, linear);
	int found;

	/* Nothing may be left as it was by chance. */
	memset(packet, 0xa5, sizeof(*packet));
	found = b->family == NFPROTO_IPV4 ? sipsteer_classify_v4(skb, packet) :
					    sipsteer_classify_v6(skb, packet);
	if (found)
		sipsteer_classify_options(skb, packet);
	assert_memory_equal(skb->data, b->at, linear);
	assert_memory_equal(skb->page, b->at + linear, len - linear);
	packet_free(skb);
	return found;
}

static void assert_endpoint(const struct sipsteer_endpoint *end,
			    const u8 *addr, unsigned int addr_len, const u8 *port)
{
	union nf_inet_addr want = {};

	memcpy(&want, addr, addr_len);
	assert_memory_equal(&end->addr, &want, sizeof(want));
	assert_memory_equal(&end->port, port, 2);
}

static void assert_ends(const struct sipsteer_packet *packet,
			const struct bytes *b, int proto, unsigned int l4)
{
	static const u8 no_ports[4];
	const u8 *ports = proto == IPPROTO_UDP || proto == IPPROTO_TCP ?
			  b->at + l4 : no_ports;
	unsigned int addr_len = b->family == NFPROTO_IPV4 ? 4 : 16;
	const u8 *addrs = b->at + b->ip - 2 * addr_len;

	assert_int_equal(packet->family, b->family);
	assert_int_equal(packet->proto, proto);
	assert_int_equal(packet->l4, l4);
	assert_endpoint(&packet->src, addrs, addr_len, ports);
	assert_endpoint(&packet->dst, addrs + addr_len, addr_len, ports + 2);
}

/* How much of its header the ports are read with. */
static unsigned int ports_len(int proto)
{
	return proto == IPPROTO_UDP || proto == IPPROTO_TCP ? 8 : 0;
}

/* Whole or cut anywhere, in one piece or with a border anywhere. */
static void check_row(void **state)
{
	const struct row *row = *state;
	struct bytes b = packet_of(row);
	struct sipsteer_packet packet;
	int found, proto = row->protocol ?: IPPROTO_UDP;
	unsigned int need = ports_len(proto);
	unsigned int len, linear, step;

	/* Nothing of ICMP is read, so where it is missing is for the reference. */
	for (len = b.len; len >= (need ? b.ip : b.l4); len--) {
		/* Not every border of the very long ones. */
		step = b.len > 200 && len < b.len ? 7 : 1;
		for (linear = b.ip; linear <= len; linear += step) {
			found = classify(&b, len, linear, &packet);
			assert_int_equal(found, row->none || len < b.l4 + need ?
						0 : proto);
			if (len == b.len)
				assert_int_equal(packet.fragment, row->fragment ||
						 row->obstacle == SIPSTEER_OBSTACLE_FRAGMENT);
			if (!found)
				continue;
			assert_ends(&packet, &b, proto, b.l4);
			assert_int_equal(packet.obstacle, row->obstacle);
		}
	}
}

/* Obstacles are a set here; which one is named first is for the rows. */
#define BIT_OF(what)	(1U << SIPSTEER_OBSTACLE_##what)

static unsigned int reference_options(const u8 *opt, unsigned int len)
{
	unsigned int size;

	for (; len && *opt; opt += size, len -= size) {
		if (*opt == 1) {
			size = 1;
			continue;
		}
		if (*opt == 131 || *opt == 137)
			return BIT_OF(SOURCE_ROUTE);
		size = len > 1 ? opt[1] : 0;
		if (size < 2 || size > len)
			return BIT_OF(MALFORMED);
	}
	return 0;
}

/* Of @len bytes, @left are there. */
static unsigned int reference_destination(const u8 *opt, unsigned int len,
					  unsigned int left)
{
	unsigned int size;

	for (; len; opt += size, len -= size, left -= size) {
		size = 1;
		if (left && !*opt)
			continue;
		size = left > 1 ? 2 + opt[1] : 256;
		if (size > len)
			return BIT_OF(MALFORMED);
		if (*opt == 201)
			return BIT_OF(HOME_ADDRESS);
		if (size > left)
			return BIT_OF(MALFORMED);
	}
	return 0;
}

static bool reference_is_last(const struct bytes *b, unsigned int protocol)
{
	return protocol == 17 || protocol == 6 ||
	       protocol == (b->family == NFPROTO_IPV4 ? 1 : 58);
}

/*
 * The chain up to the transport header, of @most headers.  IPv4 knows only the
 * authentication header.
 */
static int reference_chain(const struct bytes *b, unsigned int at,
			   unsigned int protocol, unsigned int most,
			   unsigned int *obstacles, unsigned int *l4)
{
	unsigned int n, need, size;
	const u8 *h;

	for (n = 0; !reference_is_last(b, protocol); n++) {
		need = protocol == 51 ? 12 : protocol == 44 ? 8 :
		       protocol == 43 ? 4 : 2;
		if (n == most || at + need > b->len)
			return 0;
		h = b->at + at;
		size = protocol == 51 ? (h[1] + 2) * 4 :
		       protocol == 44 ? 8 : (h[1] + 1) * 8;
		if (b->family == NFPROTO_IPV4 && protocol != 51)
			return 0;
		switch (protocol) {
		case 51:
			*obstacles |= BIT_OF(AUTH_HEADER);
			break;
		case 44:
			if (h[2] || h[3] & 0xf8)
				return 0;
			if (h[3] & 1)
				*obstacles |= BIT_OF(FRAGMENT);
			break;
		case 43:
			if (h[3])
				*obstacles |= BIT_OF(ROUTING_HEADER);
			break;
		case 60:
			*obstacles |= reference_destination(h + 2, size - 2,
							    b->len - at - 2);
			break;
		case 0:
			break;
		default:
			return 0;
		}
		protocol = h[0];
		at += size;
	}
	if (n > 8)
		*obstacles |= BIT_OF(EXT_HEADER);
	*l4 = at;
	need = ports_len(protocol);
	return !need || at + need <= b->len ? protocol : 0;
}

static int reference(const struct bytes *b, unsigned int *obstacles,
		     unsigned int *l4)
{
	unsigned int ihl = (b->at[0] & 15) * 4;
	int proto;

	*obstacles = 0;
	if (b->family == NFPROTO_IPV6)
		return reference_chain(b, 40, b->at[6], 32, obstacles, l4);
	if (ihl < 20 || b->at[6] & 0x1f || b->at[7])
		return 0;
	proto = reference_chain(b, ihl, b->at[9], 1, obstacles, l4);
	if (ihl > b->len)
		*obstacles |= BIT_OF(MALFORMED);
	else
		*obstacles |= reference_options(b->at + 20, ihl - 20);
	if (b->at[6] & 0x20)
		*obstacles |= BIT_OF(FRAGMENT);
	return proto;
}

/* Neither IPsec's packets nor long chains are steered, so none are quoted. */
static int reference_quote(const struct bytes *b, unsigned int *l4)
{
	unsigned int obstacles, version = b->family == NFPROTO_IPV4 ? 4 : 6;
	int proto;

	if (b->len < b->ip || b->at[0] >> 4 != version)
		return 0;
	if (b->family == NFPROTO_IPV6)
		proto = reference_chain(b, 40, b->at[6], 8, &obstacles, l4);
	else if ((b->at[0] & 15) < 5 || b->at[6] & 0x1f || b->at[7])
		return 0;
	else
		proto = reference_chain(b, (b->at[0] & 15) * 4, b->at[9], 0,
					&obstacles, l4);
	return ports_len(proto) ? proto : 0;
}

static void check_against_reference(const struct bytes *b, unsigned int linear)
{
	unsigned int obstacles, l4;
	struct sipsteer_packet packet;
	int found = classify(b, b->len, linear, &packet);

	assert_int_equal(found, reference(b, &obstacles, &l4));
	if (!found)
		return;
	assert_ends(&packet, b, found, l4);
	if (obstacles)
		assert_true(obstacles & 1U << packet.obstacle);
	else
		assert_int_equal(packet.obstacle, SIPSTEER_OBSTACLE_NONE);
}

static void reference_agrees_on_the_rows(void **state)
{
	const struct row *row;
	struct bytes b;

	for (row = rows; row < rows + COUNT_OF(rows); row++) {
		b = packet_of(row);
		check_against_reference(&b, b.len);
	}
}

/* Any headers in any order, or any options. */
static struct bytes random_packet(void)
{
	static char options[40];
	struct row row = { V6 };
	unsigned int i, n;

	if (random_below(2)) {
		row.family = NFPROTO_IPV4;
		row.options = options;
		row.options_len = 4 * random_below(11);
		row.chain[0] = random_below(4) ? NULL : &auth;
		for (i = 0; i < row.options_len; i++)
			options[i] = "\1\1\7\224\4\2\3\6\203\0"[random_below(10)];
		return packet_of(&row);
	}
	n = random_below(random_below(8) ? 4 : 13);
	for (i = 0; i < n; i++)
		row.chain[i] = v6_pieces[random_below(COUNT_OF(v6_pieces))];
	return packet_of(&row);
}

/* The first byte says where options end; the others may say anything. */
static void mutate(struct bytes *b)
{
	static const u8 telling[] = {
		0, 1, 2, 4, 6, 8, 17, 43, 44, 51, 59, 60, 131, 137, 201, 255,
	};
	unsigned int n = random_below(4), at;

	while (n--) {
		at = random_below(b->len);
		b->at[at] = random_below(2) ? random_below(256) :
					      telling[random_below(16)];
	}
	if (!random_below(4))
		b->len = b->ip + random_below(b->len - b->ip + 1);
}

static void reference_agrees_on_spoilt_packets(void **state)
{
	unsigned int i, linear, found = 0, obstructed = 0;
	struct sipsteer_packet packet;
	struct bytes b;

	for (i = 0; i < MUTATIONS; i++) {
		b = random_packet();
		mutate(&b);
		linear = b.ip + random_below(b.len - b.ip + 1);
		check_against_reference(&b, linear);
		if (classify(&b, b.len, linear, &packet)) {
			found++;
			obstructed += !!packet.obstacle;
		}
	}
	/* It was no random noise that was refused at its first byte. */
	assert_true(found > MUTATIONS / 4);
	assert_true(obstructed > MUTATIONS / 16);
	assert_true(found - obstructed > MUTATIONS / 16);
}

static void reference_agrees_on_noise(void **state)
{
	struct bytes b = {};
	unsigned int i;

	for (i = 0; i < MUTATIONS; i++) {
		b.family = i % 2 ? NFPROTO_IPV4 : NFPROTO_IPV6;
		b.ip = i % 2 ? 20 : 40;
		b.len = b.ip + random_below(100);
		random_bytes(b.at, b.len);
		check_against_reference(&b, b.ip + random_below(b.len - b.ip + 1));
	}
}

/* Behind an IP header and that of ICMP; nothing need be linear. */
static int classify_quote(const struct bytes *b, struct sipsteer_packet *packet)
{
	u8 bytes[QUOTED_AT_MAX + BYTES_MAX];
	unsigned int at = 4 * random_below(QUOTED_AT_MAX / 4 + 1);
	unsigned int len = at + b->len;
	struct sk_buff *skb;
	bool found;

	random_bytes(bytes, at);
	memcpy(bytes + at, b->at, b->len);
	skb = packet_skb(bytes, len, random_below(len + 1));
	memset(packet, 0xa5, sizeof(*packet));
	found = sipsteer_classify_quote(skb, at, b->family, packet);
	packet_free(skb);
	packet->l4 -= at;
	return found ? packet->proto : 0;
}

static bool check_quote(const struct bytes *b)
{
	struct sipsteer_packet packet;
	unsigned int l4;
	int proto = reference_quote(b, &l4);

	assert_int_equal(classify_quote(b, &packet), proto);
	if (proto)
		assert_ends(&packet, b, proto, l4);
	return proto;
}

/* RFC 792 has 8 bytes quoted of what is behind the IP header, no more. */
static void quotes_of_the_rows_cut_anywhere(void **state)
{
	unsigned int whole, found = 0;
	const struct row *row;
	struct bytes b;

	for (row = rows; row < rows + COUNT_OF(rows); row++) {
		b = packet_of(row);
		whole = b.l4 + 8;
		for (b.len = 0; b.len < whole; b.len++)
			assert_false(check_quote(&b));
		found += check_quote(&b);
	}
	assert_true(found > COUNT_OF(rows) / 2);
}

static void quotes_of_spoilt_packets(void **state)
{
	unsigned int i, found = 0;
	struct bytes b;

	for (i = 0; i < MUTATIONS; i++) {
		b = random_packet();
		mutate(&b);
		found += check_quote(&b);
	}
	assert_true(found > MUTATIONS / 8);
	assert_true(found < MUTATIONS - MUTATIONS / 8);
}

static void quotes_of_noise(void **state)
{
	struct bytes b = {};
	unsigned int i;

	for (i = 0; i < MUTATIONS; i++) {
		b.family = i % 2 ? NFPROTO_IPV4 : NFPROTO_IPV6;
		b.ip = i % 2 ? 20 : 40;
		b.len = random_below(100);
		random_bytes(b.at, b.len);
		check_quote(&b);
	}
}

int main(void)
{
	struct CMUnitTest tests[COUNT_OF(rows) + 6];
	size_t i;

	for (i = 0; i < COUNT_OF(rows); i++)
		tests[i] = test_of(rows[i].name, check_row, &rows[i]);
	tests[i++] = test_of("reference_agrees_on_the_rows",
			     reference_agrees_on_the_rows, NULL);
	tests[i++] = test_of("reference_agrees_on_spoilt_packets",
			     reference_agrees_on_spoilt_packets, NULL);
	tests[i++] = test_of("reference_agrees_on_noise",
			     reference_agrees_on_noise, NULL);
	tests[i++] = test_of("quotes_of_the_rows_cut_anywhere",
			     quotes_of_the_rows_cut_anywhere, NULL);
	tests[i++] = test_of("quotes_of_spoilt_packets",
			     quotes_of_spoilt_packets, NULL);
	tests[i++] = test_of("quotes_of_noise", quotes_of_noise, NULL);
	return run_tap("classify", tests, i);
}

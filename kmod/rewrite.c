// SPDX-License-Identifier: GPL-2.0
/*
 * Puts another address and port into a packet, and the checksums right.
 *
 * Incrementally (RFC 1624), so that a checksum that was wrong stays wrong: the
 * receiver is to find out, not us.  Only inline helpers are used; Android's
 * vendor modules may not call inet_proto_csum_replace*().
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>

#include "rewrite.h"

static void *packet_l4(const struct sk_buff *skb,
		       const struct sipsteer_packet *packet)
{
	return skb->data + packet->l4;
}

static __sum16 *packet_check(const struct sk_buff *skb,
			     const struct sipsteer_packet *packet)
{
	if (packet->proto == IPPROTO_TCP)
		return &((struct tcphdr *)packet_l4(skb, packet))->check;
	return &((struct udphdr *)packet_l4(skb, packet))->check;
}

static void *packet_addr(const struct sk_buff *skb, u8 family,
			 enum sipsteer_side side)
{
	struct ipv6hdr *ipv6 = (struct ipv6hdr *)skb->data;
	struct iphdr *ipv4 = (struct iphdr *)skb->data;

	if (family == NFPROTO_IPV4)
		return side == SIPSTEER_SIDE_SRC ? &ipv4->saddr : &ipv4->daddr;
	return side == SIPSTEER_SIDE_SRC ? &ipv6->saddr : &ipv6->daddr;
}

static __be16 *packet_port(struct sk_buff *skb,
			   const struct sipsteer_packet *packet,
			   enum sipsteer_side side)
{
	/* TCP has its ports in the same place. */
	struct udphdr *udp = packet_l4(skb, packet);

	return side == SIPSTEER_SIDE_SRC ? &udp->source : &udp->dest;
}

/* What the sum over an address grows by when it changes. */
static __always_inline __wsum addr_diff(u8 family, const union nf_inet_addr *from,
					const union nf_inet_addr *to)
{
	__wsum diff = csum_sub((__force __wsum)to->all[0],
			       (__force __wsum)from->all[0]);
	unsigned int i;

	if (family == NFPROTO_IPV4)
		return diff;
	for (i = 1; i < ARRAY_SIZE(to->all); i++) {
		diff = csum_add(diff, (__force __wsum)to->all[i]);
		diff = csum_sub(diff, (__force __wsum)from->all[i]);
	}
	return diff;
}

/* A UDP checksum of 0 stands for none (RFC 768); TCP has no such thing. */
static bool has_check(const struct sk_buff *skb,
		      const struct sipsteer_packet *packet)
{
	return packet->proto == IPPROTO_TCP || *packet_check(skb, packet);
}

static __always_inline void
add_to_check(const struct sk_buff *skb, const struct sipsteer_packet *packet,
	     __wsum diff)
{
	__sum16 *check = packet_check(skb, packet);

	csum_replace_by_diff(check, diff);
	if (packet->proto == IPPROTO_UDP && !*check)
		*check = CSUM_MANGLED_0;
}

/*
 * The checksum covers the addresses by its pseudo header, and the ports.
 * CHECKSUM_PARTIAL: the field holds the sum of the pseudo header, not inverted,
 * and the device adds the rest, so the ports are not in it yet.
 */
static __always_inline void
fix_check(const struct sk_buff *skb, const struct sipsteer_packet *packet,
	  __wsum addrs, __wsum ports)
{
	__sum16 *check = packet_check(skb, packet);

	if (skb->ip_summed == CHECKSUM_PARTIAL)
		*check = ~csum_fold(csum_add(csum_unfold(*check), addrs));
	else if (has_check(skb, packet))
		add_to_check(skb, packet, csum_add(addrs, ports));
}

/*
 * CHECKSUM_COMPLETE: skb->csum sums up the packet from the IP header on.  Each
 * checksum in the packet takes away what the fields that it covers add: the
 * IPv4 header's covers the address, the transport's the address once more, and
 * the port.
 */
static noinline void fix_complete(struct sk_buff *skb,
				  const struct sipsteer_packet *packet,
				  __wsum addrs, __wsum ports)
{
	__wsum sum = skb->csum;

	if (packet->family == NFPROTO_IPV6)
		sum = csum_add(sum, addrs);
	if (has_check(skb, packet))
		sum = csum_sub(sum, addrs);
	else
		sum = csum_add(sum, ports);
	skb->csum = sum;
}

static __always_inline void
rewrite(struct sk_buff *skb, const struct sipsteer_packet *packet, u8 family,
	enum sipsteer_side side, const struct sipsteer_endpoint *from,
	const struct sipsteer_endpoint *to)
{
	__wsum addrs = addr_diff(family, &from->addr, &to->addr);
	__wsum ports = csum_sub((__force __wsum)to->port,
				(__force __wsum)from->port);
	void *addr = packet_addr(skb, family, side);

	fix_check(skb, packet, addrs, ports);
	if (unlikely(skb->ip_summed == CHECKSUM_COMPLETE))
		fix_complete(skb, packet, addrs, ports);
	*packet_port(skb, packet, side) = to->port;
	if (family == NFPROTO_IPV6) {
		*(struct in6_addr *)addr = to->addr.in6;
		return;
	}
	csum_replace_by_diff(&((struct iphdr *)skb->data)->check, addrs);
	*(__be32 *)addr = to->addr.ip;
}

/**
 * sipsteer_rewrite() - change one end of a UDP or TCP packet
 * @skb: the packet; its data is at the IP header, and the headers are writable
 * @packet: what sipsteer_classify_v4() or sipsteer_classify_v6() found
 * @side: which end
 * @from: the address and port that it has
 * @to: the new address, of the same family, and port
 *
 * The way back is as the way there: checksums mean again what they meant, and
 * look so, except for one of all ones where it should have been 0.
 */
void sipsteer_rewrite(struct sk_buff *skb, const struct sipsteer_packet *packet,
		      enum sipsteer_side side, const struct sipsteer_endpoint *from,
		      const struct sipsteer_endpoint *to)
{
	if (packet->family == NFPROTO_IPV4)
		rewrite(skb, packet, NFPROTO_IPV4, side, from, to);
	else
		rewrite(skb, packet, NFPROTO_IPV6, side, from, to);
}

/**
 * sipsteer_rewrite_byte() - change a byte of the payload
 * @skb: the packet; its data is at the IP header, and all up to the byte is
 *	writable
 * @packet: what sipsteer_classify_v4() or sipsteer_classify_v6() found
 * @at: the byte's offset from skb->data
 * @to: what it is to be
 */
void sipsteer_rewrite_byte(struct sk_buff *skb,
			   const struct sipsteer_packet *packet,
			   unsigned int at, u8 to)
{
	__wsum diff = csum_sub((__force __wsum)htons(to << 8),
			       (__force __wsum)htons(skb->data[at] << 8));

	/* The transport header starts at an even offset, where IP headers end. */
	diff = csum_shift(diff, at);
	skb->data[at] = to;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return;
	if (has_check(skb, packet))
		add_to_check(skb, packet, diff);
	else if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->csum = csum_add(skb->csum, diff);
}

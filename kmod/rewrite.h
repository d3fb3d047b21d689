/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Puts another address and port into a packet, and the checksums right.
 *
 * Incrementally (RFC 1624), so that a checksum that was wrong stays wrong: the
 * receiver is to find out, not us.  Only inline helpers are used; Android's
 * vendor modules may not call inet_proto_csum_replace*().
 */
#ifndef SIPSTEER_REWRITE_H
#define SIPSTEER_REWRITE_H

#include <linux/build_bug.h>
#include <linux/overflow.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>

#include "classify.h"

enum sipsteer_side {
	SIPSTEER_SIDE_SRC,
	SIPSTEER_SIDE_DST,
};

/*
 * One's complement: what is carried out at the top comes in at the bottom
 * (RFC 1071).  That is an instruction more than two's complement, where folding
 * sums of 32 bits takes several.  The byte order does not matter.
 */
static __always_inline u16 sipsteer_ones_add(u16 a, u16 b)
{
	u16 sum;
	bool carry = check_add_overflow(a, b, &sum);

	return sum + carry;
}

static __always_inline u16 sipsteer_ones_sub(u16 a, u16 b)
{
	u16 diff;
	bool borrow = check_sub_overflow(a, b, &diff);

	return diff - borrow;
}

/* What the sum over an address grows by when it changes. */
static __always_inline u16 sipsteer_addr_diff(u8 family,
					      const union nf_inet_addr *from,
					      const union nf_inet_addr *to)
{
	unsigned int i, words = family == NFPROTO_IPV4 ? 1 : ARRAY_SIZE(to->all);
	u16 sum = 0;
	bool borrow;
	u32 diff;

	for (i = 0; i < words; i++) {
		borrow = check_sub_overflow(to->all[i], from->all[i], &diff);
		diff -= borrow;
		sum = sipsteer_ones_add(sum, sipsteer_ones_add(diff >> 16, diff));
	}
	return sum;
}

/* A UDP checksum of 0 stands for none (RFC 768); TCP has no such thing. */
static __always_inline bool sipsteer_has_check(u8 proto, __sum16 check)
{
	return proto == IPPROTO_TCP || check;
}

static __always_inline __sum16 *sipsteer_check(const struct sk_buff *skb,
					       const struct sipsteer_shape as)
{
	u8 *l4 = skb->data + as.l4;

	return as.proto == IPPROTO_TCP ? &((struct tcphdr *)l4)->check :
					 &((struct udphdr *)l4)->check;
}

/* What is summed up has grown by @diff; a checksum is the sum's complement. */
static __always_inline void sipsteer_fix_check(__sum16 *check, u16 diff)
{
	*check = (__force __sum16)sipsteer_ones_sub((__force u16)*check, diff);
}

static __always_inline void sipsteer_fix_l4_check(u8 proto, __sum16 *check,
						  u16 diff)
{
	sipsteer_fix_check(check, diff);
	if (proto == IPPROTO_UDP && !*check)
		*check = CSUM_MANGLED_0;
}

void sipsteer_fix_offloaded(struct sk_buff *skb, const struct sipsteer_shape as,
			    u16 addrs, u16 ports);

/**
 * sipsteer_rewrite() - change one end of a UDP or TCP packet
 * @skb: the packet; its data is at the IP header, and the headers are writable
 * @as: its shape
 * @side: which end
 * @from: the address and port that it has
 * @to: the new address, of the same family, and port
 *
 * The way back is as the way there: checksums mean again what they meant, and
 * look so, except for one of all ones where it should have been 0.
 */
static __always_inline void
sipsteer_rewrite(struct sk_buff *skb, const struct sipsteer_shape as,
		 enum sipsteer_side side, const struct sipsteer_endpoint *from,
		 const struct sipsteer_endpoint *to)
{
	u16 addrs = sipsteer_addr_diff(as.family, &from->addr, &to->addr);
	u16 ports = sipsteer_ones_sub((__force u16)to->port,
				      (__force u16)from->port);
	struct ipv6hdr *ipv6 = (struct ipv6hdr *)skb->data;
	struct iphdr *ipv4 = (struct iphdr *)skb->data;
	/* TCP has its ports in the same place. */
	struct udphdr *l4 = (struct udphdr *)(skb->data + as.l4);
	__sum16 *check = sipsteer_check(skb, as);
	bool src = side == SIPSTEER_SIDE_SRC;

	/* CHECKSUM_PARTIAL and CHECKSUM_COMPLETE have this bit in common. */
	if (unlikely(skb->ip_summed & CHECKSUM_COMPLETE))
		sipsteer_fix_offloaded(skb, as, addrs, ports);
	else if (sipsteer_has_check(as.proto, *check))
		sipsteer_fix_l4_check(as.proto, check,
				      sipsteer_ones_add(addrs, ports));
	*(src ? &l4->source : &l4->dest) = to->port;
	if (as.family == NFPROTO_IPV6) {
		*(src ? &ipv6->saddr : &ipv6->daddr) = to->addr.in6;
		return;
	}
	sipsteer_fix_check(&ipv4->check, addrs);
	*(src ? &ipv4->saddr : &ipv4->daddr) = to->addr.ip;
}

static_assert((CHECKSUM_PARTIAL & CHECKSUM_COMPLETE) == CHECKSUM_COMPLETE);
static_assert(!(CHECKSUM_UNNECESSARY & CHECKSUM_COMPLETE));

void sipsteer_rewrite_any(struct sk_buff *skb,
			  const struct sipsteer_packet *packet,
			  enum sipsteer_side side,
			  const struct sipsteer_endpoint *from,
			  const struct sipsteer_endpoint *to);
void sipsteer_rewrite_byte(struct sk_buff *skb,
			   const struct sipsteer_packet *packet,
			   unsigned int at, u8 to);

#endif /* SIPSTEER_REWRITE_H */

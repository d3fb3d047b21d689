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
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>

#include "classify.h"
#include "sum.h"

enum sipsteer_side {
	SIPSTEER_SIDE_SRC,
	SIPSTEER_SIDE_DST,
};

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
			    struct sipsteer_growth growth);

/**
 * sipsteer_rewrite_by() - change one end of a UDP or TCP packet
 * @skb: the packet; its data is at the IP header, and the headers are writable
 * @as: its shape
 * @side: which end
 * @to: the new address, of the same family, and port
 * @growth: sipsteer_growth_of() that
 *
 * The way back is as the way there: checksums mean again what they meant, and
 * look so, except for one of all ones where it should have been 0.
 */
static __always_inline void
sipsteer_rewrite_by(struct sk_buff *skb, const struct sipsteer_shape as,
		    enum sipsteer_side side, const struct sipsteer_endpoint *to,
		    const struct sipsteer_growth growth)
{
	struct ipv6hdr *ipv6 = (struct ipv6hdr *)skb->data;
	struct iphdr *ipv4 = (struct iphdr *)skb->data;
	/* TCP has its ports in the same place. */
	struct udphdr *l4 = (struct udphdr *)(skb->data + as.l4);
	__sum16 *check = sipsteer_check(skb, as);
	bool src = side == SIPSTEER_SIDE_SRC;

	if (unlikely(skb->ip_summed == CHECKSUM_PARTIAL ||
		     skb->ip_summed == CHECKSUM_COMPLETE))
		sipsteer_fix_offloaded(skb, as, growth);
	else if (sipsteer_has_check(as.proto, *check))
		sipsteer_fix_l4_check(as.proto, check, growth.ends);
	*(src ? &l4->source : &l4->dest) = to->port;
	if (as.family == NFPROTO_IPV6) {
		*(src ? &ipv6->saddr : &ipv6->daddr) = to->addr.in6;
		return;
	}
	sipsteer_fix_check(&ipv4->check, growth.addrs);
	*(src ? &ipv4->saddr : &ipv4->daddr) = to->addr.ip;
}

/**
 * sipsteer_rewrite() - sipsteer_rewrite_by() where the growth is not known
 * @skb: the packet; its data is at the IP header, and the headers are writable
 * @as: its shape
 * @side: which end
 * @from: the address and port that it has
 * @to: the new address, of the same family, and port
 */
static __always_inline void
sipsteer_rewrite(struct sk_buff *skb, const struct sipsteer_shape as,
		 enum sipsteer_side side, const struct sipsteer_endpoint *from,
		 const struct sipsteer_endpoint *to)
{
	sipsteer_rewrite_by(skb, as, side, to,
			    sipsteer_growth_of(as.family, from, to));
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

// SPDX-License-Identifier: GPL-2.0
/*
 * Rewriting of what few packets have.  The rest is in rewrite.h.
 */
#include "rewrite.h"

/**
 * sipsteer_fix_offloaded() - put right a checksum that a device has a part in
 * @skb: the packet, CHECKSUM_PARTIAL or CHECKSUM_COMPLETE
 * @as: its shape
 * @growth: what its sums grow by
 *
 * CHECKSUM_PARTIAL: the field holds the sum of the pseudo header, not inverted,
 * and the device adds the rest, so the ports are not in it yet.
 *
 * CHECKSUM_COMPLETE: skb->csum sums up the packet from the IP header on.  Each
 * checksum in the packet takes away what the fields that it covers add: the
 * IPv4 header's covers the address, the transport's the address once more, and
 * the port.
 */
void sipsteer_fix_offloaded(struct sk_buff *skb, const struct sipsteer_shape as,
			    struct sipsteer_growth growth)
{
	__sum16 *check = sipsteer_check(skb, as);
	__wsum sum = skb->csum;

	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		*check = (__force __sum16)
			 sipsteer_ones_add((__force u16)*check, growth.addrs);
		return;
	}
	if (as.family == NFPROTO_IPV6)
		sum = csum_add(sum, (__force __wsum)growth.addrs);
	if (sipsteer_has_check(as.proto, *check)) {
		sipsteer_fix_l4_check(as.proto, check, growth.ends);
		sum = csum_sub(sum, (__force __wsum)growth.addrs);
	} else {
		sum = csum_add(sum, (__force __wsum)
				    sipsteer_ones_sub(growth.ends, growth.addrs));
	}
	skb->csum = sum;
}

/**
 * sipsteer_rewrite_any() - sipsteer_rewrite() for where speed does not matter
 * @skb: the packet; its data is at the IP header, and the headers are writable
 * @packet: what sipsteer_classify_v4() or sipsteer_classify_v6() found
 * @side: which end
 * @from: the address and port that it has
 * @to: the new address, of the same family, and port
 */
void sipsteer_rewrite_any(struct sk_buff *skb,
			  const struct sipsteer_packet *packet,
			  enum sipsteer_side side,
			  const struct sipsteer_endpoint *from,
			  const struct sipsteer_endpoint *to)
{
	sipsteer_rewrite(skb, sipsteer_shape_of(packet), side, from, to);
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
	__sum16 *check = sipsteer_check(skb, sipsteer_shape_of(packet));
	/* The transport header starts at an even offset, where IP headers end. */
	unsigned int shift = at & 1 ? 0 : 8;
	u16 diff = sipsteer_ones_sub((__force u16)htons(to << shift),
				     (__force u16)htons(skb->data[at] << shift));

	skb->data[at] = to;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return;
	if (sipsteer_has_check(packet->proto, *check))
		sipsteer_fix_l4_check(packet->proto, check, diff);
	else if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->csum = csum_add(skb->csum, (__force __wsum)diff);
}

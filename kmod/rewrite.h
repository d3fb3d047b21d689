/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_REWRITE_H
#define SIPSTEER_REWRITE_H

#include <linux/skbuff.h>

#include "classify.h"

enum sipsteer_side {
	SIPSTEER_SIDE_SRC,
	SIPSTEER_SIDE_DST,
};

/**
 * struct sipsteer_rewrite_undo - what a rewriting has changed
 * @end: the address and port
 * @csum: skb->csum
 * @ip_check: the IPv4 header checksum
 * @l4_check: the UDP or TCP checksum
 */
struct sipsteer_rewrite_undo {
	struct sipsteer_endpoint end;
	__wsum csum;
	__sum16 ip_check;
	__sum16 l4_check;
};

void sipsteer_rewrite(struct sk_buff *skb, const struct sipsteer_packet *packet,
		      enum sipsteer_side side, const struct sipsteer_endpoint *to,
		      struct sipsteer_rewrite_undo *undo);
void sipsteer_rewrite_undo(struct sk_buff *skb,
			   const struct sipsteer_packet *packet,
			   enum sipsteer_side side,
			   const struct sipsteer_rewrite_undo *undo);
void sipsteer_rewrite_byte(struct sk_buff *skb,
			   const struct sipsteer_packet *packet,
			   unsigned int at, u8 to);

#endif /* SIPSTEER_REWRITE_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_REWRITE_H
#define SIPSTEER_REWRITE_H

#include <linux/skbuff.h>

#include "classify.h"

enum sipsteer_side {
	SIPSTEER_SIDE_SRC,
	SIPSTEER_SIDE_DST,
};

void sipsteer_rewrite(struct sk_buff *skb, const struct sipsteer_packet *packet,
		      enum sipsteer_side side, const struct sipsteer_endpoint *from,
		      const struct sipsteer_endpoint *to);
void sipsteer_rewrite_byte(struct sk_buff *skb,
			   const struct sipsteer_packet *packet,
			   unsigned int at, u8 to);

#endif /* SIPSTEER_REWRITE_H */

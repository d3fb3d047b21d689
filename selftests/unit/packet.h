/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_PACKET_H
#define UNIT_PACKET_H

#include <linux/skbuff.h>

#include "random.h"
#include "sip_test.h"

/* Zeros and all ones more often than chance has them: they carry. */
void random_bytes(u8 *bytes, unsigned int len);

/*
 * A packet of @len bytes, of which @linear are at data and the rest in the
 * page.  Both end where their memory does, so that ASan sees every over-read.
 */
struct sk_buff *packet_skb(const u8 *bytes, unsigned int len,
			   unsigned int linear);
void packet_free(struct sk_buff *skb);

/* Sum of big-endian words, the last one padded: modulo 65535, the plain way. */
unsigned int plain_sum(const u8 *bytes, unsigned int len);

#endif

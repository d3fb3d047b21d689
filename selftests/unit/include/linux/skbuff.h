/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet as kernel sources see it: the first bytes at data, the others in
 * one page that only skb_header_pointer() reaches.
 */
#ifndef UNIT_LINUX_SKBUFF_H
#define UNIT_LINUX_SKBUFF_H

#include <linux/byteorder/generic.h>
#include <linux/compiler.h>
#include <linux/compiler_types.h>
#include <linux/kernel.h>
#include <linux/types.h>

#define CHECKSUM_NONE		0
#define CHECKSUM_UNNECESSARY	1
#define CHECKSUM_COMPLETE	2
#define CHECKSUM_PARTIAL	3

struct sk_buff {
	unsigned int len;
	unsigned int data_len;		/* of these, in the page */
	unsigned char *data;
	unsigned char *page;
	union {
		__wsum csum;
		struct {
			u16 csum_start;
			u16 csum_offset;
		};
	};
	u8 ip_summed;
};

static inline unsigned int skb_headlen(const struct sk_buff *skb)
{
	return skb->len - skb->data_len;
}

static inline unsigned char *skb_network_header(const struct sk_buff *skb)
{
	return skb->data;
}

static inline void *skb_header_pointer(const struct sk_buff *skb, int offset,
				       int len, void *buffer)
{
	int headlen = skb_headlen(skb), at;

	if (offset + len <= headlen)
		return skb->data + offset;
	if (offset + len > (int)skb->len)
		return NULL;
	for (at = offset; at < offset + len; at++)
		((u8 *)buffer)[at - offset] =
			at < headlen ? skb->data[at] : skb->page[at - headlen];
	return buffer;
}

#endif

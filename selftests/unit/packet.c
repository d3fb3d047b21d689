// SPDX-License-Identifier: GPL-2.0
#include "packet.h"

void random_bytes(u8 *bytes, unsigned int len)
{
	static const u8 extremes[] = { 0x00, 0xff };
	bool extreme = !random_below(4);
	unsigned int i;

	for (i = 0; i < len; i++)
		bytes[i] = extreme || !random_below(8) ?
			   extremes[random_below(2)] : random_below(256);
}

static u8 *copy_of(const u8 *bytes, unsigned int len)
{
	return (u8 *)exact_copy((const char *)bytes, len);
}

struct sk_buff *packet_skb(const u8 *bytes, unsigned int len,
			   unsigned int linear)
{
	struct sk_buff *skb = calloc(1, sizeof(*skb));

	assert_non_null(skb);
	skb->len = len;
	skb->data_len = len - linear;
	skb->data = copy_of(bytes, linear);
	skb->page = copy_of(bytes + linear, skb->data_len);
	return skb;
}

void packet_free(struct sk_buff *skb)
{
	exact_free((char *)skb->data, skb_headlen(skb));
	exact_free((char *)skb->page, skb->data_len);
	free(skb);
}

unsigned int plain_sum(const u8 *bytes, unsigned int len)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? bytes[i] : bytes[i] << 8;
	return sum % 65535;
}

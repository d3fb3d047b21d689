/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_IPV6_H
#define UNIT_LINUX_IPV6_H

#include <linux/skbuff.h>
#include_next <linux/ipv6.h>

#define ipv6_optlen(p)	(((p)->hdrlen + 1) * 8)

static inline struct ipv6hdr *ipv6_hdr(const struct sk_buff *skb)
{
	return (struct ipv6hdr *)skb_network_header(skb);
}

#endif

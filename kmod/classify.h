/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_CLASSIFY_H
#define SIPSTEER_CLASSIFY_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <uapi/linux/sipsteer.h>

#include "addr.h"

/* What the IP headers say against touching a packet. */
enum sipsteer_obstacle {
	SIPSTEER_OBSTACLE_NONE,
	SIPSTEER_OBSTACLE_MALFORMED,
	SIPSTEER_OBSTACLE_FRAGMENT,
	SIPSTEER_OBSTACLE_EXT_HEADER,
	SIPSTEER_OBSTACLE_SOURCE_ROUTE,
	SIPSTEER_OBSTACLE_ROUTING_HEADER,
	SIPSTEER_OBSTACLE_HOME_ADDRESS,
	SIPSTEER_OBSTACLE_AUTH_HEADER,
};

/**
 * struct sipsteer_packet - where things are in a packet
 * @src: source; of ICMP, the address alone
 * @dst: destination; of ICMP, the address alone
 * @l4: offset of its transport header from skb->data
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: IPPROTO_UDP, IPPROTO_TCP, IPPROTO_ICMP or IPPROTO_ICMPV6
 * @obstacle: the first thing that is wrong, or that forbids rewriting; enum
 *	sipsteer_obstacle
 * @options: whether there are options to look into
 * @fragment: it is a fragment, whose ports may be elsewhere
 *
 * Offsets, not pointers: they survive when the packet's data moves.
 */
struct sipsteer_packet {
	struct sipsteer_endpoint src;
	struct sipsteer_endpoint dst;
	unsigned int l4;
	u8 family;
	u8 proto;
	u8 obstacle;
	bool options;
	bool fragment;
};

/**
 * struct sipsteer_shape - how a packet is read
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 * @l4: offset of its transport header from skb->data
 *
 * Of plain packets, which have no IP options, extension headers or fragments, it
 * is of constants: what handles them is compiled for each family and protocol.
 */
struct sipsteer_shape {
	u8 family;
	u8 proto;
	unsigned int l4;
};

/**
 * sipsteer_shape_plain() - the shape of a plain packet
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 *
 * Return: the shape.
 */
static __always_inline struct sipsteer_shape sipsteer_shape_plain(u8 family,
								  u8 proto)
{
	return (struct sipsteer_shape){
		.family = family,
		.proto = proto,
		.l4 = family == NFPROTO_IPV4 ? sizeof(struct iphdr) :
					       sizeof(struct ipv6hdr),
	};
}

/**
 * sipsteer_shape_of() - the shape of any packet
 * @packet: what was found out about it
 *
 * Return: the shape.
 */
static __always_inline struct sipsteer_shape
sipsteer_shape_of(const struct sipsteer_packet *packet)
{
	return (struct sipsteer_shape){
		.family = packet->family,
		.proto = packet->proto,
		.l4 = packet->l4,
	};
}

/**
 * sipsteer_classify_plain() - find the parts of a plain packet
 * @skb: the packet, its data at the IP header, in one piece to behind its ports
 * @as: its shape
 * @packet: where to put what is found
 */
static __always_inline void
sipsteer_classify_plain(const struct sk_buff *skb, const struct sipsteer_shape as,
			struct sipsteer_packet *packet)
{
	const struct ipv6hdr *ipv6 = (const struct ipv6hdr *)skb->data;
	const struct iphdr *ipv4 = (const struct iphdr *)skb->data;
	/* TCP has its ports in the same place. */
	const struct udphdr *ports =
		(const struct udphdr *)(skb->data + as.l4);

	packet->l4 = as.l4;
	packet->family = as.family;
	packet->proto = as.proto;
	packet->obstacle = SIPSTEER_OBSTACLE_NONE;
	packet->options = false;
	packet->fragment = false;
	if (as.family == NFPROTO_IPV4) {
		packet->src.addr = sipsteer_addr_v4(ipv4->saddr);
		packet->dst.addr = sipsteer_addr_v4(ipv4->daddr);
	} else {
		packet->src.addr.in6 = ipv6->saddr;
		packet->dst.addr.in6 = ipv6->daddr;
	}
	packet->src.port = ports->source;
	packet->dst.port = ports->dest;
}

int sipsteer_classify_v4(const struct sk_buff *skb,
			 struct sipsteer_packet *packet);
int sipsteer_classify_v6(const struct sk_buff *skb,
			 struct sipsteer_packet *packet);
bool sipsteer_classify_quote(const struct sk_buff *skb, unsigned int at,
			     u8 family, struct sipsteer_packet *packet);
void sipsteer_classify_options(const struct sk_buff *skb,
			       struct sipsteer_packet *packet);

#endif /* SIPSTEER_CLASSIFY_H */

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
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: IPPROTO_UDP, IPPROTO_TCP, IPPROTO_ICMP or IPPROTO_ICMPV6
 * @obstacle: the first thing that is wrong, or that forbids rewriting
 * @options: whether there are options to look into
 * @fragment: it is a fragment, whose ports may be elsewhere
 * @l4: offset of its transport header from skb->data
 *
 * Offsets, not pointers: they survive when the packet's data moves.
 */
struct sipsteer_packet {
	struct sipsteer_endpoint src;
	struct sipsteer_endpoint dst;
	u8 family;
	u8 proto;
	enum sipsteer_obstacle obstacle;
	bool options;
	bool fragment;
	unsigned int l4;
};

/**
 * sipsteer_classify_plain() - find the parts of a packet that is known to have
 * no options, extension headers or fragments
 * @skb: the packet, its data at the IP header, and in one piece to the ports
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @packet: where to put what is found
 *
 * Return: IPPROTO_UDP or IPPROTO_TCP.
 */
static inline int sipsteer_classify_plain(const struct sk_buff *skb, u8 family,
					  struct sipsteer_packet *packet)
{
	const struct ipv6hdr *ipv6 = (const struct ipv6hdr *)skb->data;
	const struct iphdr *ipv4 = (const struct iphdr *)skb->data;
	const struct udphdr *ports;

	packet->family = family;
	packet->obstacle = SIPSTEER_OBSTACLE_NONE;
	packet->options = false;
	packet->fragment = false;
	if (family == NFPROTO_IPV4) {
		packet->l4 = sizeof(*ipv4);
		packet->proto = ipv4->protocol;
		packet->src.addr = sipsteer_addr_v4(ipv4->saddr);
		packet->dst.addr = sipsteer_addr_v4(ipv4->daddr);
	} else {
		packet->l4 = sizeof(*ipv6);
		packet->proto = ipv6->nexthdr;
		packet->src.addr.in6 = ipv6->saddr;
		packet->dst.addr.in6 = ipv6->daddr;
	}
	ports = (const struct udphdr *)(skb->data + packet->l4);
	packet->src.port = ports->source;
	packet->dst.port = ports->dest;
	return packet->proto;
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

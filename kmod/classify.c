// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the UDP header of a packet, and what in the IP headers before it
 * defeats a rewriting of addresses.  All traffic pays for finding the ports;
 * options are looked into only once these are known to matter.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "classify.h"

/* RFC 8200 section 4.1 lists six, one of them twice. */
#define EXT_HEADERS_MAX		8
/* Beyond this, nobody is left who would read such a packet. */
#define EXT_HEADERS_READ	32

static void note(struct sipsteer_packet *packet,
		 enum sipsteer_obstacle obstacle)
{
	if (!packet->obstacle)
		packet->obstacle = obstacle;
}

/* The ports, where the UDP header is there and not in another fragment. */
static bool read_ports(const struct sk_buff *skb,
		       struct sipsteer_packet *packet)
{
	const struct udphdr *udp;
	struct udphdr buf;

	udp = skb_header_pointer(skb, packet->udp, sizeof(buf), &buf);
	if (!udp)
		return false;
	packet->src.port = udp->source;
	packet->dst.port = udp->dest;
	return true;
}

/* RFC 4302 section 2.2: the length counts 4-byte words, less two. */
static int skip_auth_header(const struct sk_buff *skb,
			    struct sipsteer_packet *packet)
{
	const struct ip_auth_hdr *auth;
	struct ip_auth_hdr buf;

	auth = skb_header_pointer(skb, packet->udp, sizeof(buf), &buf);
	if (!auth)
		return -1;
	note(packet, SIPSTEER_OBSTACLE_AUTH_HEADER);
	packet->udp += (auth->hdrlen + 2) * 4;
	return auth->nexthdr;
}

/**
 * sipsteer_classify_v4() - find the parts of an IPv4 packet
 * @skb: the packet, its data at the IP header
 * @packet: where to put what is found
 *
 * Return: false if it is no UDP, or a fragment without a UDP header.
 */
bool sipsteer_classify_v4(const struct sk_buff *skb,
			  struct sipsteer_packet *packet)
{
	const struct iphdr *ip = ip_hdr(skb);
	int protocol = ip->protocol;

	packet->family = NFPROTO_IPV4;
	packet->obstacle = SIPSTEER_OBSTACLE_NONE;
	packet->udp = ip->ihl * 4;
	/* Raw sockets of this host may send shorter headers than there are. */
	if (ip->ihl < 5 || ip->frag_off & htons(IP_OFFSET))
		return false;
	if (protocol == IPPROTO_AH)
		protocol = skip_auth_header(skb, packet);
	if (protocol != IPPROTO_UDP || !read_ports(skb, packet))
		return false;

	packet->src.addr = sipsteer_addr_v4(ip->saddr);
	packet->dst.addr = sipsteer_addr_v4(ip->daddr);
	packet->options = ip->ihl > 5;
	if (ip->frag_off & htons(IP_MF))
		note(packet, SIPSTEER_OBSTACLE_FRAGMENT);
	return true;
}

/* One step along the chain: the next header's number, -1 where it ends. */
static int skip_extension(const struct sk_buff *skb,
			  struct sipsteer_packet *packet, int nexthdr)
{
	const struct ipv6_opt_hdr *ext;
	struct frag_hdr fragment_buf;
	const struct frag_hdr *frag;
	struct ipv6_rt_hdr buf;
	unsigned int at = packet->udp;

	switch (nexthdr) {
	case NEXTHDR_AUTH:
		return skip_auth_header(skb, packet);
	case NEXTHDR_FRAGMENT:
		frag = skb_header_pointer(skb, at, sizeof(*frag),
					  &fragment_buf);
		if (!frag || frag->frag_off & htons(IP6_OFFSET))
			return -1;
		/* RFC 6946: neither offset nor more, so it is whole. */
		if (frag->frag_off & htons(IP6_MF))
			note(packet, SIPSTEER_OBSTACLE_FRAGMENT);
		packet->udp += sizeof(*frag);
		return frag->nexthdr;
	case NEXTHDR_ROUTING:
		ext = skb_header_pointer(skb, at, sizeof(buf), &buf);
		if (ext && ((const struct ipv6_rt_hdr *)ext)->segments_left)
			note(packet, SIPSTEER_OBSTACLE_ROUTING_HEADER);
		break;
	case NEXTHDR_HOP:
	case NEXTHDR_DEST:
		ext = skb_header_pointer(skb, at, sizeof(*ext), &buf);
		break;
	default:
		return -1;
	}
	if (!ext)
		return -1;
	packet->udp += ipv6_optlen(ext);
	if (nexthdr == NEXTHDR_DEST)
		packet->options = true;
	return ext->nexthdr;
}

/**
 * sipsteer_classify_v6() - find the parts of an IPv6 packet
 * @skb: the packet, its data at the IP header
 * @packet: where to put what is found
 *
 * Return: false if it is no UDP, or a fragment without a UDP header.
 */
bool sipsteer_classify_v6(const struct sk_buff *skb,
			  struct sipsteer_packet *packet)
{
	const struct ipv6hdr *ip = ipv6_hdr(skb);
	int nexthdr = ip->nexthdr;
	unsigned int n;

	packet->family = NFPROTO_IPV6;
	packet->obstacle = SIPSTEER_OBSTACLE_NONE;
	packet->options = false;
	packet->udp = sizeof(*ip);
	for (n = 0; nexthdr != IPPROTO_UDP; n++) {
		nexthdr = skip_extension(skb, packet, nexthdr);
		if (nexthdr < 0 || n == EXT_HEADERS_READ)
			return false;
		if (n == EXT_HEADERS_MAX)
			note(packet, SIPSTEER_OBSTACLE_EXT_HEADER);
	}
	if (!read_ports(skb, packet))
		return false;
	packet->src.addr.in6 = ip->saddr;
	packet->dst.addr.in6 = ip->daddr;
	return true;
}

/* Source routes, RFC 791 section 3.1. */
static enum sipsteer_obstacle options_v4(const struct sk_buff *skb)
{
	unsigned int len = ip_hdr(skb)->ihl * 4 - sizeof(struct iphdr);
	u8 buf[MAX_IPOPTLEN];
	const u8 *opt = skb_header_pointer(skb, sizeof(struct iphdr), len, buf);
	unsigned int i = 0;

	if (!opt)
		return SIPSTEER_OBSTACLE_MALFORMED;
	while (i < len && opt[i] != IPOPT_END) {
		if (opt[i] == IPOPT_NOOP) {
			i++;
			continue;
		}
		if (opt[i] == IPOPT_LSRR || opt[i] == IPOPT_SSRR)
			return SIPSTEER_OBSTACLE_SOURCE_ROUTE;
		if (i + 1 >= len || opt[i + 1] < 2 || opt[i + 1] > len - i)
			return SIPSTEER_OBSTACLE_MALFORMED;
		i += opt[i + 1];
	}
	return SIPSTEER_OBSTACLE_NONE;
}

/* Home addresses stand in destination options: RFC 6275 section 6.3. */
static enum sipsteer_obstacle destination_options(const struct sk_buff *skb,
						  unsigned int at,
						  unsigned int end)
{
	u8 buf[2];
	const u8 *opt;

	while (at < end) {
		opt = skb_header_pointer(skb, at, 1, buf);
		if (opt && opt[0] == IPV6_TLV_PAD1) {
			at++;
			continue;
		}
		opt = skb_header_pointer(skb, at, 2, buf);
		if (!opt || at + 2 + opt[1] > end)
			return SIPSTEER_OBSTACLE_MALFORMED;
		if (opt[0] == IPV6_TLV_HAO)
			return SIPSTEER_OBSTACLE_HOME_ADDRESS;
		at += 2 + opt[1];
	}
	return SIPSTEER_OBSTACLE_NONE;
}

static enum sipsteer_obstacle options_v6(const struct sk_buff *skb)
{
	struct sipsteer_packet packet = { .udp = sizeof(struct ipv6hdr) };
	int nexthdr = ipv6_hdr(skb)->nexthdr;
	enum sipsteer_obstacle obstacle;
	unsigned int at;
	bool dest;

	while (nexthdr >= 0 && nexthdr != IPPROTO_UDP) {
		dest = nexthdr == NEXTHDR_DEST;
		at = packet.udp;
		nexthdr = skip_extension(skb, &packet, nexthdr);
		if (!dest)
			continue;
		obstacle = destination_options(skb, at + 2, packet.udp);
		if (obstacle)
			return obstacle;
	}
	return SIPSTEER_OBSTACLE_NONE;
}

/**
 * sipsteer_classify_options() - look into the options of a packet that matters
 * @skb: the packet, its data at the IP header
 * @packet: what sipsteer_classify_v4() or sipsteer_classify_v6() found; its
 *	obstacle is set if there is one
 */
void sipsteer_classify_options(const struct sk_buff *skb,
			       struct sipsteer_packet *packet)
{
	if (!packet->options)
		return;
	note(packet, packet->family == NFPROTO_IPV4 ? options_v4(skb) :
						      options_v6(skb));
}

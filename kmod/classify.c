// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the transport header of a packet, and what in the IP headers before it
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

/*
 * The ports, which TCP has where UDP has them.  A quote in an ICMP error has no
 * more of the transport header than a UDP header is long.
 */
static bool read_ports(const struct sk_buff *skb,
		       struct sipsteer_packet *packet)
{
	const struct udphdr *udp;
	struct udphdr buf;

	udp = skb_header_pointer(skb, packet->l4, sizeof(buf), &buf);
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

	auth = skb_header_pointer(skb, packet->l4, sizeof(buf), &buf);
	if (!auth)
		return -1;
	note(packet, SIPSTEER_OBSTACLE_AUTH_HEADER);
	packet->l4 += (auth->hdrlen + 2) * 4;
	return auth->nexthdr;
}

/* What the packet is, once its transport header has been found. */
static int classify_transport(const struct sk_buff *skb,
			      struct sipsteer_packet *packet, int proto)
{
	packet->proto = proto;
	switch (proto) {
	case IPPROTO_UDP:
	case IPPROTO_TCP:
		return read_ports(skb, packet) ? proto : 0;
	default:
		packet->src.port = 0;
		packet->dst.port = 0;
		return proto;
	}
}

/**
 * sipsteer_classify_v4() - find the parts of an IPv4 packet
 * @skb: the packet, its data at the IP header
 * @packet: where to put what is found
 *
 * Return: IPPROTO_UDP, IPPROTO_TCP, IPPROTO_ICMP, or 0 if it is none of these,
 * or a fragment without their header.
 */
int sipsteer_classify_v4(const struct sk_buff *skb,
			 struct sipsteer_packet *packet)
{
	const struct iphdr *ip = ip_hdr(skb);
	int proto = ip->protocol;

	packet->family = NFPROTO_IPV4;
	packet->obstacle = SIPSTEER_OBSTACLE_NONE;
	packet->fragment = ip_is_fragment(ip);
	packet->l4 = ip->ihl * 4;
	/* Raw sockets of this host may send shorter headers than there are. */
	if (ip->ihl < 5 || ip->frag_off & htons(IP_OFFSET))
		return 0;
	if (proto == IPPROTO_AH)
		proto = skip_auth_header(skb, packet);
	if (proto != IPPROTO_UDP && proto != IPPROTO_TCP &&
	    proto != IPPROTO_ICMP)
		return 0;

	packet->src.addr = sipsteer_addr_v4(ip->saddr);
	packet->dst.addr = sipsteer_addr_v4(ip->daddr);
	packet->options = ip->ihl > 5;
	if (packet->fragment)
		note(packet, SIPSTEER_OBSTACLE_FRAGMENT);
	return classify_transport(skb, packet, proto);
}

/* One step along the chain: the next header's number, -1 where it ends. */
static int skip_extension(const struct sk_buff *skb,
			  struct sipsteer_packet *packet, int nexthdr)
{
	const struct ipv6_opt_hdr *ext;
	struct frag_hdr fragment_buf;
	const struct frag_hdr *frag;
	struct ipv6_rt_hdr buf;
	unsigned int at = packet->l4;

	switch (nexthdr) {
	case NEXTHDR_AUTH:
		return skip_auth_header(skb, packet);
	case NEXTHDR_FRAGMENT:
		frag = skb_header_pointer(skb, at, sizeof(*frag),
					  &fragment_buf);
		if (!frag)
			return -1;
		/* RFC 6946: neither offset nor more, so it is whole. */
		packet->fragment = frag->frag_off & htons(IP6_OFFSET | IP6_MF);
		if (frag->frag_off & htons(IP6_OFFSET))
			return -1;
		if (packet->fragment)
			note(packet, SIPSTEER_OBSTACLE_FRAGMENT);
		packet->l4 += sizeof(*frag);
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
	packet->l4 += ipv6_optlen(ext);
	if (nexthdr == NEXTHDR_DEST)
		packet->options = true;
	return ext->nexthdr;
}

static bool is_transport(int nexthdr)
{
	return nexthdr == IPPROTO_UDP || nexthdr == IPPROTO_TCP ||
	       nexthdr == IPPROTO_ICMPV6;
}

/**
 * sipsteer_classify_v6() - find the parts of an IPv6 packet
 * @skb: the packet, its data at the IP header
 * @packet: where to put what is found
 *
 * Return: IPPROTO_UDP, IPPROTO_TCP, IPPROTO_ICMPV6, or 0 if it is none of
 * these, or a fragment without their header.
 */
int sipsteer_classify_v6(const struct sk_buff *skb,
			 struct sipsteer_packet *packet)
{
	const struct ipv6hdr *ip = ipv6_hdr(skb);
	int nexthdr = ip->nexthdr;
	unsigned int n;

	packet->family = NFPROTO_IPV6;
	packet->obstacle = SIPSTEER_OBSTACLE_NONE;
	packet->options = false;
	packet->fragment = false;
	packet->l4 = sizeof(*ip);
	for (n = 0; !is_transport(nexthdr); n++) {
		nexthdr = skip_extension(skb, packet, nexthdr);
		if (nexthdr < 0 || n == EXT_HEADERS_READ)
			return 0;
		if (n == EXT_HEADERS_MAX)
			note(packet, SIPSTEER_OBSTACLE_EXT_HEADER);
	}
	packet->src.addr.in6 = ip->saddr;
	packet->dst.addr.in6 = ip->daddr;
	return classify_transport(skb, packet, nexthdr);
}

static int quoted_v4(const struct sk_buff *skb, unsigned int at,
		     struct sipsteer_packet *packet)
{
	const struct iphdr *ip;
	struct iphdr buf;

	ip = skb_header_pointer(skb, at, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl < 5 ||
	    ip->frag_off & htons(IP_OFFSET))
		return 0;
	packet->l4 = at + ip->ihl * 4;
	packet->src.addr = sipsteer_addr_v4(ip->saddr);
	packet->dst.addr = sipsteer_addr_v4(ip->daddr);
	return ip->protocol;
}

static int quoted_v6(const struct sk_buff *skb, unsigned int at,
		     struct sipsteer_packet *packet)
{
	const struct ipv6hdr *ip;
	struct ipv6hdr buf;
	unsigned int n;
	int nexthdr;

	ip = skb_header_pointer(skb, at, sizeof(buf), &buf);
	if (!ip || ip->version != 6)
		return 0;
	nexthdr = ip->nexthdr;
	packet->src.addr.in6 = ip->saddr;
	packet->dst.addr.in6 = ip->daddr;
	packet->l4 = at + sizeof(*ip);
	for (n = 0; n < EXT_HEADERS_MAX && !is_transport(nexthdr); n++) {
		nexthdr = skip_extension(skb, packet, nexthdr);
		if (nexthdr < 0)
			return 0;
	}
	return nexthdr;
}

/**
 * sipsteer_classify_quote() - find the parts of a packet that an error quotes
 * @skb: the ICMP or ICMPv6 error
 * @at: offset of the quoted IP header
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @packet: where to put what is found; its @obstacle and @options say nothing,
 *	for it is not the quoted packet that is to be touched
 *
 * Return: true if it is UDP or TCP and its ports are quoted, too.
 */
bool sipsteer_classify_quote(const struct sk_buff *skb, unsigned int at,
			     u8 family, struct sipsteer_packet *packet)
{
	int proto;

	packet->family = family;
	packet->obstacle = SIPSTEER_OBSTACLE_NONE;
	packet->options = false;
	packet->fragment = false;
	proto = family == NFPROTO_IPV4 ? quoted_v4(skb, at, packet) :
					 quoted_v6(skb, at, packet);
	return (proto == IPPROTO_UDP || proto == IPPROTO_TCP) &&
	       classify_transport(skb, packet, proto);
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
	struct sipsteer_packet packet = { .l4 = sizeof(struct ipv6hdr) };
	int nexthdr = ipv6_hdr(skb)->nexthdr;
	enum sipsteer_obstacle obstacle;
	unsigned int at;
	bool dest;

	while (nexthdr >= 0 && !is_transport(nexthdr)) {
		dest = nexthdr == NEXTHDR_DEST;
		at = packet.l4;
		nexthdr = skip_extension(skb, &packet, nexthdr);
		if (!dest)
			continue;
		obstacle = destination_options(skb, at + 2, packet.l4);
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

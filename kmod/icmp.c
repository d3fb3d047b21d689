// SPDX-License-Identifier: GPL-2.0
/*
 * The walk of an ICMP or ICMPv6 error: it quotes a packet that was steered, and
 * is to quote what the client had sent, so that the client's socket finds it.
 *
 * A host on the way back, too, may have a complaint, about a packet of a TCP
 * connection that was restored: that one is for the target.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>

#include "rewrite.h"
#include "walk.h"

/* Both headers are of this length, and so is what RFC 792 has quoted of UDP. */
#define ICMP_HEADER_LEN		8
#define QUOTED_L4_LEN		8

/**
 * struct quote - what an error quotes
 * @at: offset of the quoted IP header
 * @end: offset of what is behind the part that is looked at or changed
 * @packet: the packet that it is about
 * @has_check: its transport checksum is quoted, too
 */
struct quote {
	unsigned int at;
	unsigned int end;
	struct sipsteer_packet packet;
	bool has_check;
};

/* struct quote_undo - what rewrite_quote() has changed */
struct quote_undo {
	__sum16 ip_check;
	__sum16 icmp_check;
	__sum16 quoted_ip_check;
	__sum16 quoted_l4_check;
};

static bool is_error(const struct sipsteer_walk *walk)
{
	const u8 *type;
	u8 buf;

	type = skb_header_pointer(walk->skb, walk->packet.l4, 1, &buf);
	if (!type)
		return false;
	if (walk->packet.family == NFPROTO_IPV6)
		return !(*type & ICMPV6_INFOMSG_MASK);
	return *type == ICMP_DEST_UNREACH || *type == ICMP_TIME_EXCEEDED ||
	       *type == ICMP_PARAMETERPROB;
}

static bool read_quote(const struct sipsteer_walk *walk, struct quote *quote)
{
	struct sipsteer_packet *packet = &quote->packet;
	unsigned int check;

	quote->at = walk->packet.l4 + ICMP_HEADER_LEN;
	if (!sipsteer_classify_quote(walk->skb, quote->at, walk->packet.family,
				     packet))
		return false;
	check = packet->proto == IPPROTO_TCP ?
		offsetofend(struct tcphdr, check) :
		offsetofend(struct udphdr, check);
	quote->has_check = packet->l4 + check <= walk->skb->len;
	quote->end = packet->l4 + (quote->has_check ? max_t(unsigned int, check,
							    QUOTED_L4_LEN) :
						      QUOTED_L4_LEN);
	return true;
}

static __sum16 *icmp_check(const struct sipsteer_walk *walk)
{
	/* ICMPv6 has it in the same place. */
	return &((struct icmphdr *)(walk->skb->data +
				    walk->packet.l4))->checksum;
}

static __sum16 *quoted_l4_check(const struct sipsteer_walk *walk,
				const struct quote *quote)
{
	void *l4 = walk->skb->data + quote->packet.l4;

	return quote->packet.proto == IPPROTO_TCP ?
	       &((struct tcphdr *)l4)->check : &((struct udphdr *)l4)->check;
}

static __sum16 *quoted_ip_check(const struct sipsteer_walk *walk,
				const struct quote *quote)
{
	return &((struct iphdr *)(walk->skb->data + quote->at))->check;
}

/* What the sum over @len bytes grows by where @to comes in place of @from. */
static __wsum bytes_diff(const void *from, const void *to, int len)
{
	return csum_sub(csum_partial(to, len, 0), csum_partial(from, len, 0));
}

static int addr_len(const struct sipsteer_walk *walk)
{
	return walk->packet.family == NFPROTO_IPV4 ? sizeof(struct in_addr) :
						     sizeof(struct in6_addr);
}

/* Where the address of one side is in the IP header at @at. */
static void *addr_at(const struct sipsteer_walk *walk, unsigned int at,
		     enum sipsteer_side side)
{
	u8 *ip = walk->skb->data + at;

	if (walk->packet.family == NFPROTO_IPV4)
		return ip + (side == SIPSTEER_SIDE_SRC ?
			     offsetof(struct iphdr, saddr) :
			     offsetof(struct iphdr, daddr));
	return ip + (side == SIPSTEER_SIDE_SRC ?
		     offsetof(struct ipv6hdr, saddr) :
		     offsetof(struct ipv6hdr, daddr));
}

/*
 * The error's own address.  An IPv4 header sums it up, and so does an ICMPv6
 * checksum; an ICMP checksum does not.
 */
static void rewrite_addr(const struct sipsteer_walk *walk,
			 enum sipsteer_side side, const union nf_inet_addr *to)
{
	void *addr = addr_at(walk, 0, side);
	__wsum diff = bytes_diff(addr, to, addr_len(walk));

	csum_replace_by_diff(walk->packet.family == NFPROTO_IPV4 ?
			     &ip_hdr(walk->skb)->check : icmp_check(walk),
			     diff);
	memcpy(addr, to, addr_len(walk));
}

static void change_quote(const struct sipsteer_walk *walk,
			 const struct quote *quote, enum sipsteer_side side,
			 const struct sipsteer_endpoint *to)
{
	void *addr = addr_at(walk, quote->at, side);
	/* TCP has its ports in the same place. */
	struct udphdr *l4 = (struct udphdr *)(walk->skb->data +
					      quote->packet.l4);
	__be16 *port = side == SIPSTEER_SIDE_SRC ? &l4->source : &l4->dest;
	__wsum diff = bytes_diff(addr, &to->addr, addr_len(walk));
	__sum16 *check;

	if (walk->packet.family == NFPROTO_IPV4)
		csum_replace_by_diff(quoted_ip_check(walk, quote), diff);
	diff = csum_add(diff, bytes_diff(port, &to->port, sizeof(*port)));
	check = quoted_l4_check(walk, quote);
	/* A UDP checksum of 0 stands for none: RFC 768. */
	if (quote->has_check && (quote->packet.proto == IPPROTO_TCP || *check)) {
		csum_replace_by_diff(check, diff);
		if (quote->packet.proto == IPPROTO_UDP && !*check)
			*check = CSUM_MANGLED_0;
	}
	*port = to->port;
	memcpy(addr, &to->addr, addr_len(walk));
}

/*
 * Changes one end of the quoted packet.  What the error's own checksum covers
 * is summed up before and after, so a checksum that was wrong stays wrong.  Of
 * CHECKSUM_COMPLETE nothing changes: all sums that it covers cancel out.
 */
static void rewrite_quote(const struct sipsteer_walk *walk,
			  const struct quote *quote, enum sipsteer_side side,
			  const struct sipsteer_endpoint *to,
			  struct quote_undo *undo)
{
	const u8 *start = walk->skb->data + quote->at;
	int len = quote->end - quote->at;
	__wsum before = csum_partial(start, len, 0);

	undo->icmp_check = *icmp_check(walk);
	if (walk->packet.family == NFPROTO_IPV4) {
		undo->ip_check = ip_hdr(walk->skb)->check;
		undo->quoted_ip_check = *quoted_ip_check(walk, quote);
	}
	if (quote->has_check)
		undo->quoted_l4_check = *quoted_l4_check(walk, quote);
	change_quote(walk, quote, side, to);
	csum_replace_by_diff(icmp_check(walk),
			     csum_sub(csum_partial(start, len, 0), before));
}

/* Puts all back; @quote and the walk still say what the addresses were. */
static void rewrite_undo(const struct sipsteer_walk *walk,
			 const struct quote *quote, enum sipsteer_side side,
			 const struct quote_undo *undo)
{
	const struct sipsteer_endpoint *was = side == SIPSTEER_SIDE_SRC ?
					      &quote->packet.src :
					      &quote->packet.dst;

	change_quote(walk, quote, side, was);
	memcpy(addr_at(walk, 0, SIPSTEER_SIDE_DST), &walk->packet.dst.addr,
	       addr_len(walk));
	*icmp_check(walk) = undo->icmp_check;
	if (walk->packet.family == NFPROTO_IPV4) {
		ip_hdr(walk->skb)->check = undo->ip_check;
		*quoted_ip_check(walk, quote) = undo->quoted_ip_check;
	}
	if (quote->has_check)
		*quoted_l4_check(walk, quote) = undo->quoted_l4_check;
}

static const unsigned long *quoted_ports(const struct sipsteer_walk *walk,
					 const struct quote *quote)
{
	return quote->packet.proto == IPPROTO_TCP ?
	       walk->table->mappings.tcp_ports : walk->table->mappings.target_ports;
}

static enum sipsteer_counter
find_transaction(const struct sipsteer_walk *walk, const struct quote *quote,
		 struct sipsteer_endpoint *match)
{
	const struct sipsteer_packet *packet = &quote->packet;
	struct sipsteer_transaction quoted = {
		.family = packet->family,
		.client = packet->src.addr,
		.client_port = packet->src.port,
		.target = packet->dst.addr,
		.target_port = packet->dst.port,
	};
	struct sipsteer_transaction found;
	const struct udphdr *udp;
	struct udphdr buf;

	udp = skb_header_pointer(walk->skb, packet->l4, sizeof(buf), &buf);
	quoted.udp_len = udp->len;
	quoted.udp_check = udp->check;
	if (!sipsteer_transaction_quoted(&walk->sn->transactions, &quoted,
					 &found))
		return SIPSTEER_COUNTER_ICMP_NO_TRANSACTION;
	match->addr = found.match;
	match->port = found.match_port;
	return 0;
}

static enum sipsteer_counter reply_walk(struct sipsteer_walk *walk,
					const struct quote *quote,
					const struct sipsteer_endpoint *match)
{
	struct quote_undo undo;
	enum sipsteer_counter exit;

	exit = sipsteer_walk_reply_headers(walk) ?:
	       sipsteer_walk_reply_ipsec(walk);
	if (exit)
		return exit;
	if (skb_ensure_writable(walk->skb, quote->end))
		return SIPSTEER_COUNTER_REPLY_NO_MEMORY;
	rewrite_quote(walk, quote, SIPSTEER_SIDE_DST, match, &undo);
	/* Made by the target itself, which the client does not know. */
	if (nf_inet_addr_cmp(&walk->packet.src.addr, &quote->packet.dst.addr))
		rewrite_addr(walk, SIPSTEER_SIDE_SRC, &match->addr);
	return SIPSTEER_COUNTER_ICMP_RESTORED;
}

/**
 * sipsteer_icmp_reply() - restore what an error quotes
 * @walk: the walk of an ICMP or ICMPv6 packet
 *
 * Return: the verdict.
 */
unsigned int sipsteer_icmp_reply(struct sipsteer_walk *walk)
{
	const struct sipsteer_packet *packet;
	struct sipsteer_endpoint match;
	struct sipsteer_flow *flow;
	enum sipsteer_counter exit;
	struct quote quote;

	if (!is_error(walk) || !read_quote(walk, &quote))
		return NF_ACCEPT;
	packet = &quote.packet;
	/* An error goes to who has sent what it is about. */
	if (!test_bit(sipsteer_port_bit(packet->dst.port),
		      quoted_ports(walk, &quote)) ||
	    !nf_inet_addr_cmp(&packet->src.addr, &walk->packet.dst.addr))
		return NF_ACCEPT;
	if (packet->proto == IPPROTO_TCP) {
		flow = sipsteer_flow_of_target(&walk->sn->flows, packet->family,
					       &packet->src, &packet->dst);
		if (!flow || sipsteer_flow_is(flow, SIPSTEER_FLOW_DIRECT))
			return NF_ACCEPT;
		match = flow->match;
		exit = 0;
	} else {
		if (!sipsteer_target_of(&walk->table->mappings, packet->family,
					&packet->dst))
			return NF_ACCEPT;
		exit = find_transaction(walk, &quote, &match);
	}
	sipsteer_walk_exit(walk, exit ?: reply_walk(walk, &quote, &match));
	return NF_ACCEPT;
}

static enum sipsteer_counter steer(const struct sipsteer_walk *walk,
				   const struct quote *quote)
{
	enum sipsteer_counter exit;
	struct quote_undo undo;

	if (skb_ensure_writable(walk->skb, quote->end))
		return SIPSTEER_COUNTER_NO_MEMORY;
	rewrite_quote(walk, quote, SIPSTEER_SIDE_SRC, walk->target, &undo);
	rewrite_addr(walk, SIPSTEER_SIDE_DST, &walk->target->addr);
	exit = sipsteer_walk_reroute(walk);
	if (exit)
		rewrite_undo(walk, quote, SIPSTEER_SIDE_SRC, &undo);
	return exit;
}

static enum sipsteer_counter request_walk(struct sipsteer_walk *walk,
					  const struct quote *quote)
{
	return sipsteer_walk_headers(walk) ?:
	       sipsteer_walk_loopback(walk) ?:
	       sipsteer_walk_ipsec(walk) ?:
	       sipsteer_walk_forwarding(walk) ?:
	       steer(walk, quote) ?:
	       SIPSTEER_COUNTER_ICMP_STEERED;
}

/**
 * sipsteer_icmp_request() - send on an error about what was restored
 * @walk: the walk of an ICMP or ICMPv6 packet
 *
 * Of TCP, whose path MTU discovery needs it.  No SIP server makes anything of
 * an error about a response.
 *
 * Return: the verdict.
 */
unsigned int sipsteer_icmp_request(struct sipsteer_walk *walk)
{
	const struct sipsteer_packet *packet;
	struct sipsteer_flow *flow;
	struct quote quote;

	if (!is_error(walk) || !read_quote(walk, &quote))
		return NF_ACCEPT;
	packet = &quote.packet;
	if (packet->proto != IPPROTO_TCP ||
	    !test_bit(sipsteer_port_bit(packet->src.port),
		      walk->table->mappings.tcp_ports) ||
	    !nf_inet_addr_cmp(&packet->src.addr, &walk->packet.dst.addr))
		return NF_ACCEPT;
	flow = sipsteer_flow_of_client(&walk->sn->flows, packet->family,
				       &packet->dst, &packet->src);
	if (!flow || sipsteer_flow_is(flow, SIPSTEER_FLOW_DIRECT))
		return NF_ACCEPT;
	walk->target = &flow->target;
	sipsteer_walk_exit(walk, request_walk(walk, &quote));
	return NF_ACCEPT;
}

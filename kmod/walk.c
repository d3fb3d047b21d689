// SPDX-License-Identifier: GPL-2.0
/*
 * The steps that the walks of UDP, TCP and ICMP packets have in common.
 */
#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "compat.h"
#include "rewrite.h"
#include "trace.h"
#include "walk.h"

/**
 * sipsteer_walk_headers() - does anything in the IP headers forbid steering?
 * @walk: the walk of a request
 *
 * Return: 0 or the exit.
 */
enum sipsteer_counter sipsteer_walk_headers(struct sipsteer_walk *walk)
{
	static const enum sipsteer_counter why[] = {
		[SIPSTEER_OBSTACLE_NONE] = 0,
		[SIPSTEER_OBSTACLE_MALFORMED] = SIPSTEER_COUNTER_MALFORMED,
		[SIPSTEER_OBSTACLE_FRAGMENT] = SIPSTEER_COUNTER_FRAGMENT,
		[SIPSTEER_OBSTACLE_EXT_HEADER] = SIPSTEER_COUNTER_EXT_HEADER,
		[SIPSTEER_OBSTACLE_SOURCE_ROUTE] = SIPSTEER_COUNTER_SOURCE_ROUTE,
		[SIPSTEER_OBSTACLE_ROUTING_HEADER] =
			SIPSTEER_COUNTER_ROUTING_HEADER,
		[SIPSTEER_OBSTACLE_HOME_ADDRESS] = SIPSTEER_COUNTER_HOME_ADDRESS,
		[SIPSTEER_OBSTACLE_AUTH_HEADER] = SIPSTEER_COUNTER_AUTH_HEADER,
	};

	sipsteer_classify_options(walk->skb, &walk->packet);
	return why[walk->packet.obstacle];
}

/**
 * sipsteer_walk_reply_headers() - does anything in the IP headers forbid to
 * restore?
 * @walk: the walk of a reply
 *
 * Return: 0 or the exit.
 */
enum sipsteer_counter sipsteer_walk_reply_headers(struct sipsteer_walk *walk)
{
	sipsteer_classify_options(walk->skb, &walk->packet);
	switch (walk->packet.obstacle) {
	case SIPSTEER_OBSTACLE_NONE:
		return 0;
	case SIPSTEER_OBSTACLE_MALFORMED:
		return SIPSTEER_COUNTER_REPLY_MALFORMED;
	case SIPSTEER_OBSTACLE_FRAGMENT:
		return SIPSTEER_COUNTER_REPLY_FRAGMENT;
	default:
		return SIPSTEER_COUNTER_REPLY_HEADERS;
	}
}

/**
 * sipsteer_walk_loopback() - has this host sent it to itself?
 * @walk: the walk of a request
 *
 * What this host sends to itself, over the loopback device or within a VRF, was
 * judged on LOCAL_OUT and has its dst already.  Without that, which steering
 * would drop, it would not pass source validation.
 *
 * Return: 0 or the exit.
 */
enum sipsteer_counter sipsteer_walk_loopback(const struct sipsteer_walk *walk)
{
	const struct nf_hook_state *state = walk->state;

	if (state->hook != NF_INET_PRE_ROUTING)
		return 0;
	return (state->in->flags & IFF_LOOPBACK) || skb_valid_dst(walk->skb) ?
	       SIPSTEER_COUNTER_LOOPBACK : 0;
}

/**
 * sipsteer_walk_mapping() - find the mapping
 * @walk: the walk of a request; its mapping and target are set
 *
 * Return: 0 or the exit.
 */
enum sipsteer_counter sipsteer_walk_mapping(struct sipsteer_walk *walk)
{
	const struct sipsteer_query query = {
		.family = walk->packet.family,
		.proto = walk->packet.proto == IPPROTO_TCP ?
			 SIPSTEER_PROTO_TCP : SIPSTEER_PROTO_UDP,
		.src = walk->packet.src.addr,
		.dst = walk->packet.dst,
		.in = walk->state->in,
	};

	walk->mapping = sipsteer_mapping_match(&walk->table->mappings, &query);
	if (!walk->mapping)
		return SIPSTEER_COUNTER_NO_MAPPING;
	walk->target = &walk->mapping->target->by_end.key.end;
	return 0;
}

static bool leaves_scope_v4(const struct sipsteer_walk *walk)
{
	__be32 src = walk->packet.src.addr.ip;
	__be32 dst = walk->packet.dst.addr.ip;

	if (ipv4_is_loopback(src) && !ipv4_is_loopback(walk->target->addr.ip))
		return true;
	return ipv4_is_multicast(dst) || ipv4_is_lbcast(dst) ||
	       ipv4_is_linklocal_169(dst) || ipv4_is_linklocal_169(src) ||
	       ipv4_is_zeronet(dst) || ipv4_is_zeronet(src);
}

static bool leaves_scope_v6(const struct sipsteer_walk *walk)
{
	int src = ipv6_addr_type(&walk->packet.src.addr.in6);
	int dst = ipv6_addr_type(&walk->packet.dst.addr.in6);

	if (src & IPV6_ADDR_LOOPBACK &&
	    !ipv6_addr_loopback(&walk->target->addr.in6))
		return true;
	return src == IPV6_ADDR_ANY || src & IPV6_ADDR_LINKLOCAL ||
	       dst & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL);
}

static bool leaves_scope(const struct sipsteer_walk *walk)
{
	return walk->packet.family == NFPROTO_IPV4 ? leaves_scope_v4(walk) :
						     leaves_scope_v6(walk);
}

static bool is_to_all(const struct sipsteer_walk *walk)
{
	const struct sk_buff *skb = walk->skb;

	if (walk->state->hook == NF_INET_PRE_ROUTING)
		return skb->pkt_type != PACKET_HOST;
	return walk->packet.family == NFPROTO_IPV4 &&
	       skb_rtable(skb)->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST);
}

/**
 * sipsteer_walk_scope() - is it bound to its link or host?
 * @walk: the walk of a request
 *
 * A short prefix matches more than can be forwarded.  What came by broadcast
 * would be dropped as such; what is bound to its link or host has to stay.
 *
 * Return: 0 or the exit.
 */
enum sipsteer_counter sipsteer_walk_scope(const struct sipsteer_walk *walk)
{
	return is_to_all(walk) || leaves_scope(walk) ?
	       SIPSTEER_COUNTER_SCOPE : 0;
}

/**
 * sipsteer_walk_exempt() - is its source never steered?
 * @walk: the walk of a request
 *
 * Return: 0 or the exit.
 */
enum sipsteer_counter sipsteer_walk_exempt(const struct sipsteer_walk *walk)
{
	return sipsteer_exempt_match(&walk->table->exempts, walk->packet.family,
				     &walk->packet.src.addr) ?
	       SIPSTEER_COUNTER_EXEMPT : 0;
}

static bool forwards_v4(const struct sipsteer_walk *walk)
{
	const struct net_device *in = walk->state->in;
	struct in_device *in_dev = __in_dev_get_rcu(in);

	if (!in_dev)
		return false;
	/* From the network, 127/8 is a martian destination. */
	if (ipv4_is_loopback(walk->target->addr.ip))
		return IN_DEV_ROUTE_LOCALNET(in_dev);
	return IN_DEV_FORWARD(in_dev) ||
	       inet_addr_type_dev_table(walk->state->net, in,
					walk->target->addr.ip) == RTN_LOCAL;
}

static bool forwards_v6(const struct sipsteer_walk *walk)
{
	struct net *net = walk->state->net;

	if (ipv6_addr_loopback(&walk->target->addr.in6))
		return false;
	return READ_ONCE(net->ipv6.devconf_all->forwarding) ||
	       ipv6_chk_addr(net, &walk->target->addr.in6, NULL, 0);
}

/**
 * sipsteer_walk_forwarding() - can the target be reached from here?
 * @walk: the walk of a request; its target is set
 *
 * Return: 0, or the exit if it would be lost on its way.
 */
enum sipsteer_counter sipsteer_walk_forwarding(const struct sipsteer_walk *walk)
{
	bool forwards;

	if (walk->state->hook != NF_INET_PRE_ROUTING)
		return 0;
	forwards = walk->packet.family == NFPROTO_IPV4 ? forwards_v4(walk) :
							 forwards_v6(walk);
	return forwards ? 0 : SIPSTEER_COUNTER_NOT_FORWARDING;
}

/* Has it arrived through IPsec, or is it about to leave through it? */
static bool is_protected(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	return secpath_exists(skb) || (dst && dst_xfrm(dst));
}

/**
 * sipsteer_walk_ipsec() - is it protected by IPsec?
 * @walk: the walk of a request
 *
 * IMS-AKA protects a REGISTER end to end: TS 33.203.  That one is not ours.
 *
 * Return: 0 or the exit.
 */
enum sipsteer_counter sipsteer_walk_ipsec(const struct sipsteer_walk *walk)
{
	return is_protected(walk->skb) ? SIPSTEER_COUNTER_XFRM : 0;
}

/**
 * sipsteer_walk_reply_ipsec() - is it protected by IPsec?
 * @walk: the walk of a reply
 *
 * Return: 0 or the exit.
 */
enum sipsteer_counter sipsteer_walk_reply_ipsec(const struct sipsteer_walk *walk)
{
	return is_protected(walk->skb) ? SIPSTEER_COUNTER_REPLY_XFRM : 0;
}

/*
 * What a client has learnt of the path MTU, it has learnt of the way that it
 * knows.  No IPv6 router fragments what is too big, so this host has to.
 */
static void keep_mtu(struct sk_buff *skb, const struct dst_entry *old)
{
	unsigned int mtu = dst_mtu(old);

	if (!skb_is_gso(skb) && skb->len > mtu && mtu < dst_mtu(skb_dst(skb)))
		IP6CB(skb)->frag_max_size = mtu;
}

/**
 * sipsteer_walk_route() - find the way to the new destination
 * @skb: what this host sends; LOCAL_OUT
 * @state: the hook
 *
 * The kernel's helpers may return with the old route gone and no new one in its
 * place, so keep the old one.
 *
 * Return: 0, or the exit; then the packet has its old route.
 */
enum sipsteer_counter sipsteer_walk_route(struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	struct dst_entry *old;
	int err;

	old = skb_dst(skb);
	if (!old || !dst_hold_safe(old))
		return SIPSTEER_COUNTER_NO_ROUTE;
	if (state->pf == NFPROTO_IPV4)
		err = ip_route_me_harder(state->net, state->sk, skb,
					 RTN_UNSPEC);
	else
		err = ip6_route_me_harder(state->net, state->sk, skb);
	if (!err && !is_protected(skb)) {
		if (state->pf == NFPROTO_IPV6)
			keep_mtu(skb, old);
		dst_release(old);
		return 0;
	}
	skb_dst_drop(skb);
	skb_dst_set(skb, old);
	return err ? SIPSTEER_COUNTER_NO_ROUTE : SIPSTEER_COUNTER_XFRM;
}

/**
 * sipsteer_walk_reroute() - find the way to the new destination
 * @walk: the walk of a packet that has been given one
 *
 * On PRE_ROUTING it is not routed yet: sipsteer_walk_loopback() has seen to
 * that.
 *
 * Return: 0, or the exit; then the packet has its old route.
 */
enum sipsteer_counter sipsteer_walk_reroute(const struct sipsteer_walk *walk)
{
	return walk->state->hook == NF_INET_PRE_ROUTING ?
	       0 : sipsteer_walk_route(walk->skb, walk->state);
}

/**
 * sipsteer_walk_steer() - send it to the target
 * @walk: the walk of a request
 * @writable: how much of the packet is to be writable
 *
 * Return: 0, or the exit; then the packet is as it was.
 */
enum sipsteer_counter sipsteer_walk_steer(const struct sipsteer_walk *walk,
					  unsigned int writable)
{
	enum sipsteer_counter exit;

	if (skb_ensure_writable(walk->skb, writable))
		return SIPSTEER_COUNTER_NO_MEMORY;
	sipsteer_rewrite_any(walk->skb, &walk->packet, SIPSTEER_SIDE_DST,
			     &walk->packet.dst, walk->target);
	exit = sipsteer_walk_reroute(walk);
	if (exit)
		sipsteer_rewrite_any(walk->skb, &walk->packet,
				     SIPSTEER_SIDE_DST, walk->target,
				     &walk->packet.dst);
	return exit;
}

/**
 * sipsteer_walk_restore() - let it come from where the client has written to
 * @walk: the walk of a reply
 * @match: where that is
 * @writable: how long the headers are
 *
 * Return: 0, or the exit; then nothing has changed.
 */
enum sipsteer_counter sipsteer_walk_restore(const struct sipsteer_walk *walk,
					    const struct sipsteer_endpoint *match,
					    unsigned int writable)
{
	if (skb_ensure_writable(walk->skb, writable))
		return SIPSTEER_COUNTER_REPLY_NO_MEMORY;
	sipsteer_rewrite_any(walk->skb, &walk->packet, SIPSTEER_SIDE_SRC,
			     &walk->packet.src, match);
	/*
	 * Early demultiplexing may have found the socket that is connected to
	 * the target; the one that waits for this reply is another.
	 */
	if (walk->state->hook == NF_INET_LOCAL_IN)
		skb_orphan(walk->skb);
	return 0;
}

/**
 * sipsteer_walk_trace() - trace how a packet leaves
 * @walk: its walk
 * @exit: the exit
 */
void sipsteer_walk_trace(const struct sipsteer_walk *walk,
			 enum sipsteer_counter exit)
{
	switch (exit) {
	case SIPSTEER_COUNTER_STEERED:
	case SIPSTEER_COUNTER_TCP_STEERED:
	case SIPSTEER_COUNTER_ICMP_STEERED:
		trace_sipsteer_steer(walk, exit);
		return;
	case SIPSTEER_COUNTER_RESTORED:
	case SIPSTEER_COUNTER_TCP_RESTORED:
	case SIPSTEER_COUNTER_ICMP_RESTORED:
		trace_sipsteer_restore(walk, exit);
		return;
	default:
		trace_sipsteer_pass(walk, exit);
	}
}

static void enter_again(struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (nf_hook(state->pf, state->hook, state->net, state->sk, skb,
		    state->in, state->out, state->okfn) == 1)
		state->okfn(state->net, state->sk, skb);
}

/**
 * sipsteer_walk_apart() - take an aggregated buffer apart
 * @walk: the walk of a buffer that holds several datagrams
 *
 * Each datagram goes through the hook from its start, to be judged by itself;
 * not straight to what follows the hook, as conntrack and firewall, which come
 * after us, are to see it, too.
 *
 * Return: true if the buffer is gone, false if it is as it was: without memory,
 * or of a bridge, which keeps its own header before the packet.
 */
bool sipsteer_walk_apart(const struct sipsteer_walk *walk)
{
	struct sk_buff *skb = walk->skb;
	struct sk_buff *segment, *next;
	unsigned int mac_len = 0;

	if (nf_bridge_info_exists(skb))
		return false;
	/* What is taken apart starts at the header that the firewall may ask. */
	if (walk->state->hook == NF_INET_PRE_ROUTING)
		mac_len = skb->data - skb_mac_header(skb);
	__skb_push(skb, mac_len);
	segment = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segment)) {
		__skb_pull(skb, mac_len);
		return false;
	}
	/* Of a list, it is the first segment, and must not be shared. */
	consume_skb(skb);
	for (; segment; segment = next) {
		next = segment->next;
		skb_mark_not_on_list(segment);
		__skb_pull(segment, mac_len);
		enter_again(segment, walk->state);
	}
	return true;
}

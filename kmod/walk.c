// SPDX-License-Identifier: GPL-2.0
/*
 * The steps that the walks of UDP, TCP and ICMP packets have in common: those
 * that most packets do not take.
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
 * sipsteer_walk_obstacle() - does anything in unusual IP headers forbid steering?
 * @walk: the walk of a request
 *
 * Return: 0 or the exit.
 */
enum sipsteer_counter sipsteer_walk_obstacle(struct sipsteer_walk *walk)
{
	static const enum sipsteer_counter why[] = {
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
	return walk->packet.obstacle ? why[walk->packet.obstacle] : 0;
}

/**
 * sipsteer_walk_reply_obstacle() - does anything in unusual IP headers forbid to
 * restore?
 * @walk: the walk of a reply
 *
 * Return: 0 or the exit.
 */
enum sipsteer_counter sipsteer_walk_reply_obstacle(struct sipsteer_walk *walk)
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

const u8 sipsteer_special_v4[256] = {
	[0] = true,
	[127] = true,
	[169] = true,
	[224 ... 255] = true,
};

const u8 sipsteer_special_v6[256] = {
	[0] = true,
	[0xfe ... 0xff] = true,
};

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

/**
 * sipsteer_walk_special() - is an unusual address bound to its link or host?
 * @walk: the walk of a request
 *
 * Return: 0 or the exit.
 */
enum sipsteer_counter sipsteer_walk_special(const struct sipsteer_walk *walk)
{
	bool leaves;

	leaves = walk->packet.family == NFPROTO_IPV4 ? leaves_scope_v4(walk) :
						       leaves_scope_v6(walk);
	return leaves ? SIPSTEER_COUNTER_SCOPE : 0;
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
 * sipsteer_walk_reachable() - can the target be reached from the interface?
 * @walk: the walk of a request, on PRE_ROUTING; its target is set
 *
 * Return: 0, or the exit if it would be lost on its way.
 */
enum sipsteer_counter sipsteer_walk_reachable(const struct sipsteer_walk *walk)
{
	bool forwards;

	forwards = walk->packet.family == NFPROTO_IPV4 ? forwards_v4(walk) :
							 forwards_v6(walk);
	return forwards ? 0 : SIPSTEER_COUNTER_NOT_FORWARDING;
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
 * @walk: the walk of a packet that has been given one, on LOCAL_OUT
 *
 * The kernel's helpers may return with the old route gone and no new one in its
 * place, so keep the old one.
 *
 * Return: 0, or the exit; then the packet has its old route.
 */
enum sipsteer_counter sipsteer_walk_route(const struct sipsteer_walk *walk)
{
	const struct nf_hook_state *state = walk->state;
	struct sk_buff *skb = walk->skb;
	struct dst_entry *old;
	int err;

	old = skb_dst(skb);
	if (!old || !dst_hold_safe(old))
		return SIPSTEER_COUNTER_NO_ROUTE;
	if (walk->packet.family == NFPROTO_IPV4)
		err = ip_route_me_harder(state->net, state->sk, skb,
					 RTN_UNSPEC);
	else
		err = ip6_route_me_harder(state->net, state->sk, skb);
	if (!err && !sipsteer_walk_protected(walk)) {
		if (walk->packet.family == NFPROTO_IPV6)
			keep_mtu(skb, old);
		dst_release(old);
		return 0;
	}
	skb_dst_drop(skb);
	skb_dst_set(skb, old);
	return err ? SIPSTEER_COUNTER_NO_ROUTE : SIPSTEER_COUNTER_XFRM;
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

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the walks of UDP, TCP and ICMP packets have in common.
 *
 * A step returns 0 to go on, or the counter of the exit it has found.  All of
 * them hold RCU; on LOCAL_OUT they may run in process context.
 *
 * Those that most packets take are compiled into each walk, for the shapes that
 * the packets of this walk have: see struct sipsteer_shape.
 */
#ifndef SIPSTEER_WALK_H
#define SIPSTEER_WALK_H

#include <linux/inetdevice.h>
#include <linux/netfilter.h>
#include <linux/tracepoint-defs.h>
#include <net/dst_metadata.h>
#include <net/genetlink.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "classify.h"
#include "compat.h"
#include "net.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "rewrite.h"
#include "sip_msg.h"

DECLARE_TRACEPOINT(sipsteer_steer);
DECLARE_TRACEPOINT(sipsteer_restore);
DECLARE_TRACEPOINT(sipsteer_pass);

/**
 * struct sipsteer_message - what the parser tells of a datagram
 * @start: its start line
 * @headers: its header fields
 */
struct sipsteer_message {
	struct sip_start start;
	struct sip_headers headers;
};

/**
 * struct sipsteer_walk - what is known of a packet on its way through the steps
 * @sn: the namespace
 * @table: its mappings and exempt sources
 * @skb: the packet, its data at the IP header
 * @state: the hook
 * @packet: addresses and offsets
 * @mapping: the mapping that matched, or NULL
 * @target: where it is to go: in its mapping or connection, under RCU; not set
 *	before one of these is found
 * @message: where there is room for what it says, of UDP
 */
struct sipsteer_walk {
	struct sipsteer_net *sn;
	struct sipsteer_table *table;
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	struct sipsteer_packet packet;
	struct sipsteer_mapping *mapping;
	const struct sipsteer_endpoint *target;
	struct sipsteer_message *message;
};

/* walk.c; what of the steps below most packets do not need */
enum sipsteer_counter sipsteer_walk_obstacle(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_reply_obstacle(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_special(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_reachable(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_route(const struct sipsteer_walk *walk);
void sipsteer_walk_trace(const struct sipsteer_walk *walk,
			 enum sipsteer_counter exit);
bool sipsteer_walk_apart(const struct sipsteer_walk *walk);

/**
 * sipsteer_walk_comes_again() - is it met a second time?
 * @state: the hook
 *
 * A VRF device gets its slaves' packets once more, after conntrack, and what
 * this host sends through it comes by a second time, as theirs.  What this host
 * receives through it comes by LOCAL_IN but once.
 *
 * Return: true if so.
 */
static __always_inline bool
sipsteer_walk_comes_again(const struct nf_hook_state *state)
{
	return (state->out && netif_is_l3_master(state->out)) ||
	       (state->hook == NF_INET_PRE_ROUTING &&
		netif_is_l3_master(state->in));
}

/**
 * sipsteer_walk_begin() - begin the walk of a packet
 * @walk: the walk; its packet is yet to be classified
 * @sn: the namespace
 * @skb: the packet, its data at the IP header
 * @state: the hook
 * @message: room for what it says
 */
static __always_inline void
sipsteer_walk_begin(struct sipsteer_walk *walk, struct sipsteer_net *sn,
		    struct sk_buff *skb, const struct nf_hook_state *state,
		    struct sipsteer_message *message)
{
	walk->sn = sn;
	walk->table = sipsteer_net_table(sn);
	walk->skb = skb;
	walk->state = state;
	walk->mapping = NULL;
	walk->message = message;
}

/**
 * sipsteer_walk_plain() - the whole walk of a plain packet
 * @sn: the namespace; RCU is held
 * @skb: the packet, its data at the IP header
 * @state: the hook
 * @as: the packet's shape, of constants
 * @go: the steps; a constant, too, to be inlined here
 *
 * Return: the verdict.
 */
static __always_inline unsigned int
sipsteer_walk_plain(struct sipsteer_net *sn, struct sk_buff *skb,
		    const struct nf_hook_state *state,
		    const struct sipsteer_shape as,
		    unsigned int (*go)(struct sipsteer_walk *walk,
				       const struct sipsteer_shape as))
{
	struct sipsteer_message message __uninitialized;
	struct sipsteer_walk walk __uninitialized;

	if (sipsteer_walk_comes_again(state))
		return NF_ACCEPT;
	sipsteer_walk_begin(&walk, sn, skb, state, &message);
	sipsteer_classify_plain(skb, as, &walk.packet);
	return go(&walk, as);
}

static __always_inline void
sipsteer_count(const struct sipsteer_walk *walk, enum sipsteer_counter counter)
{
	this_cpu_inc(walk->sn->stats->count[counter]);
}

/**
 * sipsteer_walk_exit() - count how a packet leaves, and trace it
 * @walk: its walk
 * @exit: the exit
 */
static __always_inline void
sipsteer_walk_exit(const struct sipsteer_walk *walk, enum sipsteer_counter exit)
{
	sipsteer_count(walk, exit);
	if (tracepoint_enabled(sipsteer_steer) ||
	    tracepoint_enabled(sipsteer_restore) ||
	    tracepoint_enabled(sipsteer_pass))
		sipsteer_walk_trace(walk, exit);
}

/**
 * sipsteer_walk_is_aggregated() - does the buffer hold several datagrams?
 * @walk: the walk of a UDP packet
 *
 * One whose fragments are yet to be made (UFO) holds one.
 *
 * Return: true if so.
 */
static __always_inline bool
sipsteer_walk_is_aggregated(const struct sipsteer_walk *walk)
{
	return skb_is_gso(walk->skb) &&
	       !(skb_shinfo(walk->skb)->gso_type & SKB_GSO_UDP);
}

/**
 * sipsteer_walk_headers() - does anything in the IP headers forbid steering?
 * @walk: the walk of a request
 * @as: the packet's shape
 *
 * Return: 0 or the exit.
 */
static __always_inline enum sipsteer_counter
sipsteer_walk_headers(struct sipsteer_walk *walk, const struct sipsteer_shape as)
{
	return !as.plain && (walk->packet.obstacle || walk->packet.options) ?
	       sipsteer_walk_obstacle(walk) : 0;
}

/**
 * sipsteer_walk_reply_headers() - does anything in the IP headers forbid to
 * restore?
 * @walk: the walk of a reply
 * @as: the packet's shape
 *
 * Return: 0 or the exit.
 */
static __always_inline enum sipsteer_counter
sipsteer_walk_reply_headers(struct sipsteer_walk *walk,
			    const struct sipsteer_shape as)
{
	return !as.plain && (walk->packet.obstacle || walk->packet.options) ?
	       sipsteer_walk_reply_obstacle(walk) : 0;
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
static __always_inline enum sipsteer_counter
sipsteer_walk_loopback(const struct sipsteer_walk *walk)
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
 * @as: the packet's shape
 *
 * Return: 0 or the exit.
 */
static __always_inline enum sipsteer_counter
sipsteer_walk_mapping(struct sipsteer_walk *walk, const struct sipsteer_shape as)
{
	const struct sipsteer_query query = {
		.family = as.family,
		.proto = as.proto == IPPROTO_TCP ? SIPSTEER_PROTO_TCP :
						   SIPSTEER_PROTO_UDP,
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

/* First bytes of addresses that no host has for talking to others elsewhere. */
extern const u8 sipsteer_special_v4[256];
extern const u8 sipsteer_special_v6[256];

static __always_inline bool
sipsteer_is_special(u8 family, const union nf_inet_addr *addr)
{
	return family == NFPROTO_IPV4 ?
	       sipsteer_special_v4[ntohl(addr->ip) >> 24] :
	       sipsteer_special_v6[addr->in6.s6_addr[0]];
}

/**
 * sipsteer_walk_scope() - is it bound to its link or host?
 * @walk: the walk of a request
 * @as: the packet's shape
 *
 * A short prefix matches more than can be forwarded.  What came by broadcast
 * would be dropped as such; what is bound to its link or host has to stay.
 *
 * Return: 0 or the exit.
 */
static __always_inline enum sipsteer_counter
sipsteer_walk_scope(const struct sipsteer_walk *walk,
		    const struct sipsteer_shape as)
{
	const struct sipsteer_packet *packet = &walk->packet;
	const struct sk_buff *skb = walk->skb;
	bool to_all;

	if (walk->state->hook == NF_INET_PRE_ROUTING)
		to_all = skb->pkt_type != PACKET_HOST;
	else
		to_all = as.family == NFPROTO_IPV4 &&
			 skb_rtable(skb)->rt_flags &
			 (RTCF_BROADCAST | RTCF_MULTICAST);
	if (to_all)
		return SIPSTEER_COUNTER_SCOPE;
	return unlikely(sipsteer_is_special(as.family, &packet->src.addr) ||
			sipsteer_is_special(as.family, &packet->dst.addr)) ?
	       sipsteer_walk_special(walk) : 0;
}

/**
 * sipsteer_walk_exempt() - is its source never steered?
 * @walk: the walk of a request
 * @as: the packet's shape
 *
 * Return: 0 or the exit.
 */
static __always_inline enum sipsteer_counter
sipsteer_walk_exempt(const struct sipsteer_walk *walk,
		     const struct sipsteer_shape as)
{
	struct sipsteer_exempts *exempts = &walk->table->exempts;

	return sipsteer_exempts_any(exempts, as.family) &&
	       sipsteer_exempt_match(exempts, as.family,
				     &walk->packet.src.addr) ?
	       SIPSTEER_COUNTER_EXEMPT : 0;
}

static __always_inline bool
sipsteer_walk_forwards(const struct sipsteer_walk *walk, u8 family)
{
	struct in_device *in_dev;

	if (family != NFPROTO_IPV4 ||
	    ipv4_is_loopback(walk->target->addr.ip))
		return false;
	in_dev = __in_dev_get_rcu(walk->state->in);
	return in_dev && IN_DEV_FORWARD(in_dev);
}

/**
 * sipsteer_walk_forwarding() - can the target be reached from here?
 * @walk: the walk of a request; its target is set
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Return: 0, or the exit if it would be lost on its way.
 */
static __always_inline enum sipsteer_counter
sipsteer_walk_forwarding(const struct sipsteer_walk *walk, u8 family)
{
	return walk->state->hook == NF_INET_PRE_ROUTING &&
	       unlikely(!sipsteer_walk_forwards(walk, family)) ?
	       sipsteer_walk_reachable(walk) : 0;
}

/* Has it arrived through IPsec, or is it about to leave through it? */
static __always_inline bool sipsteer_walk_protected(const struct sipsteer_walk *walk)
{
	const struct dst_entry *dst = skb_dst(walk->skb);

	return secpath_exists(walk->skb) || (dst && dst_xfrm(dst));
}

/**
 * sipsteer_walk_ipsec() - is it protected by IPsec?
 * @walk: the walk of a request
 *
 * IMS-AKA protects a REGISTER end to end: TS 33.203.  That one is not ours.
 *
 * Return: 0 or the exit.
 */
static __always_inline enum sipsteer_counter
sipsteer_walk_ipsec(const struct sipsteer_walk *walk)
{
	return sipsteer_walk_protected(walk) ? SIPSTEER_COUNTER_XFRM : 0;
}

/**
 * sipsteer_walk_reply_ipsec() - is it protected by IPsec?
 * @walk: the walk of a reply
 *
 * Return: 0 or the exit.
 */
static __always_inline enum sipsteer_counter
sipsteer_walk_reply_ipsec(const struct sipsteer_walk *walk)
{
	return sipsteer_walk_protected(walk) ? SIPSTEER_COUNTER_REPLY_XFRM : 0;
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
static __always_inline enum sipsteer_counter
sipsteer_walk_reroute(const struct sipsteer_walk *walk)
{
	return walk->state->hook == NF_INET_PRE_ROUTING ?
	       0 : sipsteer_walk_route(walk);
}

/* skb_ensure_writable(), without the call where there is nothing to do. */
static __always_inline int
sipsteer_walk_writable(const struct sipsteer_walk *walk, unsigned int len)
{
	struct sk_buff *skb = walk->skb;

	return likely(!skb_cloned(skb) && len <= skb_headlen(skb)) ?
	       0 : skb_ensure_writable(skb, len);
}

/**
 * sipsteer_walk_steer() - send it to the target
 * @walk: the walk of a request
 * @as: the packet's shape
 * @writable: how much of the packet is to be writable
 *
 * Return: 0, or the exit; then the packet is as it was.
 */
static __always_inline enum sipsteer_counter
sipsteer_walk_steer(const struct sipsteer_walk *walk,
		    const struct sipsteer_shape as, unsigned int writable)
{
	enum sipsteer_counter exit;

	if (sipsteer_walk_writable(walk, writable))
		return SIPSTEER_COUNTER_NO_MEMORY;
	sipsteer_rewrite(walk->skb, as, SIPSTEER_SIDE_DST, &walk->packet.dst,
			 walk->target);
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
 * @as: the packet's shape
 * @match: where that is
 * @writable: how long the headers are
 *
 * Return: 0, or the exit; then nothing has changed.
 */
static __always_inline enum sipsteer_counter
sipsteer_walk_restore(const struct sipsteer_walk *walk,
		      const struct sipsteer_shape as,
		      const struct sipsteer_endpoint *match,
		      unsigned int writable)
{
	if (sipsteer_walk_writable(walk, writable))
		return SIPSTEER_COUNTER_REPLY_NO_MEMORY;
	sipsteer_rewrite(walk->skb, as, SIPSTEER_SIDE_SRC, &walk->packet.src,
			 match);
	/*
	 * Early demultiplexing may have found the socket that is connected to
	 * the target; the one that waits for this reply is another.
	 */
	if (walk->state->hook == NF_INET_LOCAL_IN)
		skb_orphan(walk->skb);
	return 0;
}

/**
 * sipsteer_event_steered() - a request, or a TCP connection, has been steered
 * @walk: its walk; RCU is held
 */
static __always_inline void sipsteer_event_steered(const struct sipsteer_walk *walk)
{
	if (unlikely(READ_ONCE(sipsteer_nl_traffic_wanted)) &&
	    genl_has_listeners(&sipsteer_nl_family, walk->sn->net,
			       SIPSTEER_NLGRP_TRAFFIC))
		sipsteer_event_send_steered(walk);
}

/*
 * udp.c, tcp.c and icmp.c; each returns a verdict.  Those of a family are for
 * plain packets whose port matters.
 */
unsigned int sipsteer_udp_request(struct sipsteer_walk *walk);
unsigned int sipsteer_udp_request_v4(struct sipsteer_net *sn, struct sk_buff *skb,
				     const struct nf_hook_state *state);
unsigned int sipsteer_udp_request_v6(struct sipsteer_net *sn, struct sk_buff *skb,
				     const struct nf_hook_state *state);
unsigned int sipsteer_udp_reply(struct sipsteer_walk *walk);
unsigned int sipsteer_udp_reply_v4(struct sipsteer_net *sn, struct sk_buff *skb,
				   const struct nf_hook_state *state);
unsigned int sipsteer_udp_reply_v6(struct sipsteer_net *sn, struct sk_buff *skb,
				   const struct nf_hook_state *state);
unsigned int sipsteer_tcp_request(struct sipsteer_walk *walk);
unsigned int sipsteer_tcp_request_v4(struct sipsteer_net *sn, struct sk_buff *skb,
				     const struct nf_hook_state *state);
unsigned int sipsteer_tcp_request_v6(struct sipsteer_net *sn, struct sk_buff *skb,
				     const struct nf_hook_state *state);
unsigned int sipsteer_tcp_reply(struct sipsteer_walk *walk);
unsigned int sipsteer_tcp_reply_v4(struct sipsteer_net *sn, struct sk_buff *skb,
				   const struct nf_hook_state *state);
unsigned int sipsteer_tcp_reply_v6(struct sipsteer_net *sn, struct sk_buff *skb,
				   const struct nf_hook_state *state);
unsigned int sipsteer_icmp_request(struct sipsteer_walk *walk);
unsigned int sipsteer_icmp_reply(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_udp_test(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_tcp_test(struct sipsteer_walk *walk);

#endif /* SIPSTEER_WALK_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the walks of UDP, TCP and ICMP packets have in common.
 *
 * A step returns 0 to go on, or the counter of the exit it has found.  All of
 * them hold RCU; on LOCAL_OUT they may run in process context.
 */
#ifndef SIPSTEER_WALK_H
#define SIPSTEER_WALK_H

#include <linux/netfilter.h>
#include <linux/tracepoint-defs.h>
#include <net/genetlink.h>
#include <net/xfrm.h>

#include "classify.h"
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

/* walk.c: the steps */
enum sipsteer_counter sipsteer_walk_headers(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_reply_headers(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_loopback(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_mapping(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_scope(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_exempt(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_forwarding(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_ipsec(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_reply_ipsec(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_route(struct sk_buff *skb,
					  const struct nf_hook_state *state);
enum sipsteer_counter sipsteer_walk_reroute(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_steer(const struct sipsteer_walk *walk,
					  unsigned int writable);
enum sipsteer_counter sipsteer_walk_restore(const struct sipsteer_walk *walk,
					    const struct sipsteer_endpoint *match,
					    unsigned int writable);
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
static inline bool
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
static inline void
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

static inline void
sipsteer_count(const struct sipsteer_walk *walk, enum sipsteer_counter counter)
{
	sipsteer_net_count(walk->sn, counter);
}

/**
 * sipsteer_walk_exit() - count how a packet leaves, and trace it
 * @walk: its walk
 * @exit: the exit
 */
static inline void
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
static inline bool
sipsteer_walk_is_aggregated(const struct sipsteer_walk *walk)
{
	return skb_is_gso(walk->skb) &&
	       !(skb_shinfo(walk->skb)->gso_type & SKB_GSO_UDP);
}

/**
 * sipsteer_event_steered() - a request, or a TCP connection, has been steered
 * @walk: its walk; RCU is held
 */
static inline void sipsteer_event_steered(const struct sipsteer_walk *walk)
{
	if (unlikely(READ_ONCE(sipsteer_watchers)) &&
	    genl_has_listeners(&sipsteer_nl_family, walk->sn->net,
			       SIPSTEER_NLGRP_TRAFFIC))
		sipsteer_event_send_steered(walk);
}

/* udp.c, tcp.c and icmp.c; each returns a verdict */
unsigned int sipsteer_udp_request(struct sipsteer_walk *walk);
unsigned int sipsteer_udp_reply(struct sipsteer_walk *walk);
unsigned int sipsteer_tcp_request(struct sipsteer_walk *walk);
unsigned int sipsteer_tcp_reply(struct sipsteer_walk *walk);
unsigned int sipsteer_icmp_request(struct sipsteer_walk *walk);
unsigned int sipsteer_icmp_reply(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_udp_test(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_tcp_test(struct sipsteer_walk *walk);

#endif /* SIPSTEER_WALK_H */

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

#include "classify.h"
#include "net.h"
#include "sip_msg.h"

/**
 * struct sipsteer_walk - what is known of a packet on its way through the steps
 * @sn: the namespace
 * @table: its mappings and exempt sources
 * @skb: the packet, its data at the IP header
 * @state: the hook
 * @packet: addresses and offsets
 * @mapping: the mapping that matched, or NULL
 * @target: where it is to go
 * @start: its SIP start line, of UDP
 * @headers: its SIP headers, of UDP
 */
struct sipsteer_walk {
	struct sipsteer_net *sn;
	struct sipsteer_table *table;
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	struct sipsteer_packet packet;
	struct sipsteer_mapping *mapping;
	struct sipsteer_endpoint target;
	struct sip_start start;
	struct sip_headers headers;
};

static inline void sipsteer_count(const struct sipsteer_walk *walk,
				  enum sipsteer_counter counter)
{
	this_cpu_inc(walk->sn->stats->count[counter]);
}

void sipsteer_walk_exit(const struct sipsteer_walk *walk,
			enum sipsteer_counter exit);

/**
 * sipsteer_walk_is_aggregated() - does the buffer hold several datagrams?
 * @walk: the walk of a UDP packet
 *
 * One whose fragments are yet to be made (UFO) holds one.
 *
 * Return: true if so.
 */
static inline bool sipsteer_walk_is_aggregated(const struct sipsteer_walk *walk)
{
	return skb_is_gso(walk->skb) &&
	       !(skb_shinfo(walk->skb)->gso_type & SKB_GSO_UDP);
}

enum sipsteer_counter sipsteer_walk_headers(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_reply_headers(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_loopback(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_mapping(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_scope(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_exempt(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_forwarding(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_ipsec(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_reply_ipsec(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_reroute(const struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_walk_steer(const struct sipsteer_walk *walk,
					  unsigned int writable);
enum sipsteer_counter
sipsteer_walk_restore(const struct sipsteer_walk *walk,
		      const struct sipsteer_endpoint *match,
		      unsigned int writable);
bool sipsteer_walk_apart(const struct sipsteer_walk *walk);

/* udp.c, tcp.c and icmp.c; each returns a verdict */
unsigned int sipsteer_udp_request(struct sipsteer_walk *walk);
unsigned int sipsteer_udp_reply(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_udp_test(struct sipsteer_walk *walk);
unsigned int sipsteer_tcp_request(struct sipsteer_walk *walk);
unsigned int sipsteer_tcp_reply(struct sipsteer_walk *walk);
enum sipsteer_counter sipsteer_tcp_test(struct sipsteer_walk *walk);
unsigned int sipsteer_icmp_request(struct sipsteer_walk *walk);
unsigned int sipsteer_icmp_reply(struct sipsteer_walk *walk);

#endif /* SIPSTEER_WALK_H */

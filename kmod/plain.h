/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_PLAIN_H
#define SIPSTEER_PLAIN_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

struct sipsteer_net;

/* What goes on with packets whose port matters; returns the verdict. */
typedef unsigned int sipsteer_walk_fn(struct sipsteer_net *sn,
				      struct sk_buff *skb,
				      const struct nf_hook_state *state);

sipsteer_walk_fn sipsteer_plain_udp_received_v4;
sipsteer_walk_fn sipsteer_plain_udp_received_v6;
sipsteer_walk_fn sipsteer_plain_udp_sent_v4;
sipsteer_walk_fn sipsteer_plain_udp_sent_v6;
sipsteer_walk_fn sipsteer_plain_udp_taken_v4;
sipsteer_walk_fn sipsteer_plain_udp_taken_v6;
sipsteer_walk_fn sipsteer_plain_udp_leaving_v4;
sipsteer_walk_fn sipsteer_plain_udp_leaving_v6;
sipsteer_walk_fn sipsteer_plain_tcp_received_v4;
sipsteer_walk_fn sipsteer_plain_tcp_received_v6;
sipsteer_walk_fn sipsteer_plain_tcp_leaving_v4;
sipsteer_walk_fn sipsteer_plain_tcp_leaving_v6;

#endif /* SIPSTEER_PLAIN_H */

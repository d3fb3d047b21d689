/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_PLAIN_H
#define SIPSTEER_PLAIN_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

struct sipsteer_net;

unsigned int sipsteer_plain_udp_request_v4(struct sipsteer_net *sn,
					   struct sk_buff *skb,
					   const struct nf_hook_state *state);
unsigned int sipsteer_plain_udp_request_v6(struct sipsteer_net *sn,
					   struct sk_buff *skb,
					   const struct nf_hook_state *state);
unsigned int sipsteer_plain_udp_reply_v4(struct sipsteer_net *sn,
					 struct sk_buff *skb,
					 const struct nf_hook_state *state);
unsigned int sipsteer_plain_udp_reply_v6(struct sipsteer_net *sn,
					 struct sk_buff *skb,
					 const struct nf_hook_state *state);
unsigned int sipsteer_plain_tcp_request_v4(struct sipsteer_net *sn,
					   struct sk_buff *skb,
					   const struct nf_hook_state *state);
unsigned int sipsteer_plain_tcp_request_v6(struct sipsteer_net *sn,
					   struct sk_buff *skb,
					   const struct nf_hook_state *state);
unsigned int sipsteer_plain_tcp_reply_v4(struct sipsteer_net *sn,
					 struct sk_buff *skb,
					 const struct nf_hook_state *state);
unsigned int sipsteer_plain_tcp_reply_v6(struct sipsteer_net *sn,
					 struct sk_buff *skb,
					 const struct nf_hook_state *state);

#endif /* SIPSTEER_PLAIN_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_DEFRAG_H
#define SIPSTEER_DEFRAG_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

bool sipsteer_defrag(struct sk_buff *skb, const struct nf_hook_state *state);

#endif /* SIPSTEER_DEFRAG_H */

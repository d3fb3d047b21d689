/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_DEFRAG_H
#define SIPSTEER_DEFRAG_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

#ifdef SIPSTEER_DEFRAG
bool sipsteer_defrag(struct sk_buff *skb, const struct nf_hook_state *state);
#else
static inline bool sipsteer_defrag(struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	return false;
}
#endif

#endif /* SIPSTEER_DEFRAG_H */

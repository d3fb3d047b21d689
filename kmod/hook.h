/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_HOOK_H
#define SIPSTEER_HOOK_H

#include <linux/netfilter.h>

#include "net.h"

int sipsteer_hooks_register(struct sipsteer_net *sn, u8 family);
void sipsteer_hooks_unregister(struct sipsteer_net *sn, u8 family);
unsigned int sipsteer_hook_walk(struct sipsteer_net *sn, struct sk_buff *skb,
				const struct nf_hook_state *state);
enum sipsteer_counter
sipsteer_hook_test(struct sipsteer_net *sn, struct sk_buff *skb,
		   const struct nf_hook_state *state, u32 *mapping,
		   struct sipsteer_endpoint *target);

#endif /* SIPSTEER_HOOK_H */

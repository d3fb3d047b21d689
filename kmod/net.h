/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_NET_H
#define SIPSTEER_NET_H

#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "exempt.h"
#include "flow.h"
#include "mapping.h"
#include "stats.h"
#include "transaction.h"

/* Hooks a family: two for requests, two for replies. */
#define SIPSTEER_HOOKS	4

/**
 * struct sipsteer_net - what the module keeps for a network namespace
 * @mappings: the mappings
 * @exempts: source prefixes that are never steered
 * @transactions: what is remembered of steered requests
 * @flows: TCP connections that are steered, or might be confused with those
 * @stats: counters
 * @net: the namespace
 * @lock: held by who changes, or needs a still view of, any of this
 * @generation: changes with every change to mappings and exempts, never 0
 * @hooked: bit 0, the IPv4 hooks are registered; bit 1, the IPv6 hooks
 * @unused_since: when a family's last mapping went, on the clock of
 *	transactions; [0] for IPv4 and [1] for IPv6
 * @hook_ops: what is registered; [0] for IPv4 and [1] for IPv6
 * @idle: lets go of what has nothing left to do
 *
 * It is made by the first command in the namespace and lives as long as that.
 */
struct sipsteer_net {
	struct sipsteer_mappings mappings;
	struct sipsteer_exempts exempts;
	struct sipsteer_transactions transactions;
	struct sipsteer_flows flows;
	struct sipsteer_stats __percpu *stats;
	struct net *net;
	struct mutex lock;	/* for all but what packets change */
	u32 generation;
	unsigned long hooked;
	u32 unused_since[2];
	struct nf_hook_ops hook_ops[2][SIPSTEER_HOOKS];
	struct delayed_work idle;
};

/**
 * sipsteer_net_guards_tcp() - does anything tell clients from the core?
 * @sn: the namespace
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @from_len: length of a mapping's source prefix
 * @guard: whether that mapping guards the core's own connections
 *
 * A SYN carries no Via.  On PRE_ROUTING, where the core's own connections come
 * by, a mapping steers TCP only if the user has said who is who, or does not
 * mind.
 *
 * Return: true if so.
 */
static inline bool sipsteer_net_guards_tcp(const struct sipsteer_net *sn,
					   u8 family, u8 from_len, bool guard)
{
	return from_len || !guard || sipsteer_exempts_any(&sn->exempts, family);
}

struct sipsteer_net *sipsteer_net_get(struct net *net);
void sipsteer_net_changed(struct sipsteer_net *sn);
int sipsteer_net_mapping_add(struct sipsteer_net *sn,
			     const struct sipsteer_mapping_config *config,
			     struct sipsteer_mapping *replaced);
void sipsteer_net_mapping_del(struct sipsteer_net *sn,
			      struct sipsteer_mapping *mapping);
void sipsteer_net_rest(struct sipsteer_net *sn);

int sipsteer_netlink_init(void);
void sipsteer_netlink_exit(void);

#endif /* SIPSTEER_NET_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_NET_H
#define SIPSTEER_NET_H

#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "event.h"
#include "flow.h"
#include "stats.h"
#include "table.h"
#include "transaction.h"

/* Hooks a family: two for requests, two for replies. */
#define SIPSTEER_HOOKS	4

/**
 * struct sipsteer_limits - limits to set; 0 for one that stays as it is
 * @flow: those of connections
 * @event_rate: how many events of packets are sent a second at most
 * @transaction_max: how many transactions there may be
 */
struct sipsteer_limits {
	struct sipsteer_flow_limits flow;
	u32 event_rate;
	u32 transaction_max;
};

/**
 * struct sipsteer_net - what the module keeps for a network namespace
 * @table: mappings and exempt sources
 * @transactions: what is remembered of steered requests
 * @flows: TCP connections that are steered, or might be confused with those
 * @events: what keeps events of packets in bounds
 * @stats: counters
 * @net: the namespace
 * @lock: held by who changes, or needs a still view of, any of this
 * @next_id: where to look for the next unused id of a mapping
 * @generation: changes with every change to mappings and exempts, never 0
 * @hooked: bit 0, the IPv4 hooks are registered; bit 1, the IPv6 hooks
 * @unused_since: when a family's last mapping went, on the clock of
 *	transactions; [0] for IPv4 and [1] for IPv6
 * @hook_ops: what is registered; [0] for IPv4 and [1] for IPv6
 * @idle: lets go of what has nothing left to do
 * @staged: a table that is to replace @table, or NULL
 * @staged_portid: the socket that has begun it
 * @staged_limits: the limits that come with it
 *
 * It is made by the first command in the namespace and lives as long as that.
 */
struct sipsteer_net {
	struct sipsteer_table __rcu *table;
	struct sipsteer_transactions transactions;
	struct sipsteer_flows flows;
	struct sipsteer_events events;
	struct sipsteer_stats __percpu *stats;
	struct net *net;
	struct mutex lock;	/* for all but what packets change */
	u32 next_id;
	u32 generation;
	unsigned long hooked;
	u32 unused_since[2];
	struct nf_hook_ops hook_ops[2][SIPSTEER_HOOKS];
	struct delayed_work idle;
	struct sipsteer_table *staged;
	u32 staged_portid;
	struct sipsteer_limits staged_limits;
};

/**
 * sipsteer_net_table() - the table of mappings and exempt sources
 * @sn: the namespace; RCU or its lock is held
 *
 * Return: the table that packets see.
 */
static inline struct sipsteer_table *
sipsteer_net_table(const struct sipsteer_net *sn)
{
	return rcu_dereference_check(sn->table, lockdep_is_held(&sn->lock));
}

/**
 * sipsteer_net_staged() - the table that a socket has begun
 * @sn: the namespace; its lock is held
 * @portid: the socket
 *
 * Return: the table, which only this socket's commands see, or NULL.
 */
static inline struct sipsteer_table *
sipsteer_net_staged(const struct sipsteer_net *sn, u32 portid)
{
	lockdep_assert_held(&sn->lock);
	return sn->staged_portid == portid ? sn->staged : NULL;
}

/**
 * sipsteer_net_count() - count a packet
 * @sn: the namespace
 * @counter: which counter
 */
static __always_inline void sipsteer_net_count(const struct sipsteer_net *sn,
					       enum sipsteer_counter counter)
{
	this_cpu_inc(sn->stats->count[counter]);
}

struct sipsteer_net *sipsteer_net_get(struct net *net);
struct sipsteer_net *sipsteer_net_find(struct net *net);
void sipsteer_net_changed(struct sipsteer_net *sn);
int sipsteer_net_mapping_add(struct sipsteer_net *sn,
			     struct sipsteer_table *table,
			     const struct sipsteer_mapping_config *config,
			     struct sipsteer_mapping *replaced);
void sipsteer_net_mapping_del(struct sipsteer_net *sn,
			      struct sipsteer_table *table,
			      struct sipsteer_mapping *mapping);
void sipsteer_net_rest(struct sipsteer_net *sn);

struct sipsteer_limits sipsteer_net_limits(const struct sipsteer_net *sn);
void sipsteer_net_limit(struct sipsteer_net *sn,
			const struct sipsteer_limits *limits);

/* table.c */
void sipsteer_limits_add(struct sipsteer_limits *limits,
			 const struct sipsteer_limits *more);
int sipsteer_net_begin(struct sipsteer_net *sn, u32 portid);
int sipsteer_net_commit(struct sipsteer_net *sn, u32 portid);
int sipsteer_net_abort(struct sipsteer_net *sn, u32 portid);

int sipsteer_netlink_init(void);
void sipsteer_netlink_exit(void);

#endif /* SIPSTEER_NET_H */

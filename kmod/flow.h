/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_FLOW_H
#define SIPSTEER_FLOW_H

#include <linux/bitops.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <uapi/linux/sipsteer.h>

#include "addr.h"

/* What a new network namespace begins with; the times are RFC 5382's. */
#define SIPSTEER_FLOW_MAX		65536
#define SIPSTEER_FLOW_ESTABLISHED	7440
#define SIPSTEER_FLOW_TRANSITORY	240

/* In so many places it is counted how many a source has. */
#define SIPSTEER_FLOW_SHARES		1024	/* a power of two */

/* Bits of struct sipsteer_flow's flags */
enum sipsteer_flow_flag {
	SIPSTEER_FLOW_DIRECT,		/* the client's own; nothing is rewritten */
	SIPSTEER_FLOW_MAKING,		/* not yet in both tables */
	SIPSTEER_FLOW_DEAD,		/* somebody is taking it out */
	SIPSTEER_FLOW_ANSWERED,		/* the target has sent something */
	SIPSTEER_FLOW_OPENED,		/* and the client after that */
	SIPSTEER_FLOW_FIN_CLIENT,
	SIPSTEER_FLOW_FIN_TARGET,
	SIPSTEER_FLOW_RST,
	SIPSTEER_FLOW_SPOKEN,		/* the first request has been looked at */
};

struct sipsteer_hide;

/**
 * struct sipsteer_flow - a TCP connection that is steered, or that a steered
 * one must not be confused with
 * @by_match: in the table of what clients send
 * @by_target: in the table of what targets send
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @methods: SIPSTEER_METHOD_ flags of its mapping
 * @client: who opened it
 * @match: where the client connected to
 * @target: where it leads; the same as @match if it is direct
 * @mapping: id of the mapping
 * @seen: when the last packet came, in seconds of the boot clock
 * @flags: enum sipsteer_flow_flag
 * @hide: where in the stream Route header fields were, or NULL
 * @rcu: frees it
 */
struct sipsteer_flow {
	struct rhash_head by_match;
	struct rhash_head by_target;
	u8 family;
	u16 methods;
	struct sipsteer_endpoint client;
	struct sipsteer_endpoint match;
	struct sipsteer_endpoint target;
	u32 mapping;
	u32 seen;
	unsigned long flags;
	struct sipsteer_hide *hide;
	struct rcu_head rcu;
};

/**
 * struct sipsteer_flow_limits - what the user may set
 * @max: how many there may be
 * @established: seconds that an idle established one is remembered
 * @transitory: the same for one that is opening or closing
 */
struct sipsteer_flow_limits {
	u32 max;
	u32 established;
	u32 transitory;
};

/**
 * struct sipsteer_flows - the connections of a network namespace
 * @by_match: struct sipsteer_flow by client and match
 * @by_target: struct sipsteer_flow by client and target
 * @limits: see there; packets read them while the user may be writing
 * @count: how many there are of each family, [0] IPv4 and [1] IPv6
 * @share: how many each source has, in two places by a hash; other sources may
 *	be counted there, too
 * @seed: of that hash
 * @collect: takes out those that have been idle for too long
 */
struct sipsteer_flows {
	struct rhashtable by_match;
	struct rhashtable by_target;
	struct sipsteer_flow_limits limits;
	atomic_t count[2];
	atomic_t share[2][SIPSTEER_FLOW_SHARES];
	u32 seed;
	struct delayed_work collect;
};

/* How opening a connection ended. */
enum sipsteer_flow_opened {
	SIPSTEER_FLOW_NEW,
	SIPSTEER_FLOW_REPLACED,		/* new, in place of one that is over */
	SIPSTEER_FLOW_AGAIN,		/* known; this is its SYN again */
	SIPSTEER_FLOW_CLASH,		/* another one looks the same to the target */
	SIPSTEER_FLOW_FULL,
	SIPSTEER_FLOW_NO_MEMORY,
};

/**
 * struct sipsteer_segment - what of a TCP segment says how a connection fares
 * @syn: opens the connection, and answers nothing
 * @fin: its sender will send no more
 * @rst: the connection is over
 * @data: there is a payload
 */
struct sipsteer_segment {
	bool syn;
	bool fin;
	bool rst;
	bool data;
};

/**
 * sipsteer_flow_is() - look at a flag
 * @flow: the connection
 * @flag: the flag
 *
 * Return: whether it is set.
 */
static inline bool sipsteer_flow_is(const struct sipsteer_flow *flow,
				    enum sipsteer_flow_flag flag)
{
	return test_bit(flag, &flow->flags);
}

/**
 * sipsteer_flow_set() - set a flag
 * @flow: the connection
 * @flag: the flag
 *
 * It writes to memory that other CPUs read with each packet only when there is
 * something to change.
 *
 * Return: true if it was not set before.
 */
static inline bool sipsteer_flow_set(struct sipsteer_flow *flow,
				     enum sipsteer_flow_flag flag)
{
	return !test_bit(flag, &flow->flags) &&
	       !test_and_set_bit(flag, &flow->flags);
}

int sipsteer_flow_cache_init(void);
void sipsteer_flow_cache_exit(void);
int sipsteer_flows_init(struct sipsteer_flows *set);
void sipsteer_flows_exit(struct sipsteer_flows *set);
void sipsteer_flows_flush(struct sipsteer_flows *set);
void sipsteer_flows_limit(struct sipsteer_flows *set,
			  const struct sipsteer_flow_limits *limits);
u32 sipsteer_flows_count(const struct sipsteer_flows *set);

struct sipsteer_flow *
sipsteer_flow_of_client(struct sipsteer_flows *set, u8 family,
			const struct sipsteer_endpoint *client,
			const struct sipsteer_endpoint *match);
struct sipsteer_flow *
sipsteer_flow_of_target(struct sipsteer_flows *set, u8 family,
			const struct sipsteer_endpoint *client,
			const struct sipsteer_endpoint *target);
enum sipsteer_flow_opened
sipsteer_flow_open(struct sipsteer_flows *set,
		   const struct sipsteer_flow *config,
		   struct sipsteer_flow **flow);
bool sipsteer_flow_may_move(const struct sipsteer_flows *set,
			    const struct sipsteer_flow *flow);
void sipsteer_flow_forget(struct sipsteer_flows *set,
			  struct sipsteer_flow *flow);
bool sipsteer_flow_saw(struct sipsteer_flow *flow, bool from_client,
		       const struct sipsteer_segment *segment);
enum sipsteer_flow_state sipsteer_flow_state(const struct sipsteer_flow *flow);
u32 sipsteer_flow_expires(const struct sipsteer_flows *set,
			  const struct sipsteer_flow *flow);

void sipsteer_flows_walk_enter(struct sipsteer_flows *set,
			       struct rhashtable_iter *iter);
struct sipsteer_flow *sipsteer_flows_walk_next(struct sipsteer_flows *set,
					       struct rhashtable_iter *iter,
					       bool again);

#endif /* SIPSTEER_FLOW_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_FLOW_H
#define SIPSTEER_FLOW_H

#include <linux/bitops.h>
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <uapi/linux/sipsteer.h>

#include "addr.h"
#include "hash.h"

/* What a new network namespace begins with; the times are RFC 5382's. */
#define SIPSTEER_FLOW_MAX		65536
#define SIPSTEER_FLOW_ESTABLISHED	7440
#define SIPSTEER_FLOW_TRANSITORY	240

/* In so many places it is counted how many a source has. */
#define SIPSTEER_FLOW_SHARES		1024	/* a power of two */

/* Bits of struct sipsteer_flow's flags */
enum sipsteer_flow_flag {
	SIPSTEER_FLOW_DIRECT,		/* the client's own; nothing is rewritten */
	SIPSTEER_FLOW_DEAD,		/* no longer in the table */
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
 * @by_client: in the table
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @flags: bits of enum sipsteer_flow_flag; who changes them has the table's lock
 * @methods: SIPSTEER_METHOD_ flags of its mapping
 * @client: who opened it
 * @match: where the client connected to
 * @target: where it leads; the same as @match if it is direct
 * @mapping: id of the mapping
 * @seen: when the last packet came, in seconds that the host was awake
 * @hide: where in the stream Route header fields were, or NULL
 * @rcu: frees it
 */
struct sipsteer_flow {
	struct sipsteer_hash_node by_client;
	u8 family;
	u8 flags;
	u16 methods;
	struct sipsteer_endpoint client;
	struct sipsteer_endpoint match;
	struct sipsteer_endpoint target;
	u32 mapping;
	u32 seen;
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
 * @by_client: struct sipsteer_flow by the client's address and port
 * @lock: held by who changes any of it
 * @limits: see there; packets read them while the user may be writing
 * @count: how many there are of each family, [0] IPv4 and [1] IPv6
 * @share: how many each source has, in two places by a hash; other sources may
 *	be counted there, too
 * @collect: takes out those that have been idle for too long
 * @fit: makes the table larger or smaller
 */
struct sipsteer_flows {
	struct sipsteer_hash by_client;
	spinlock_t lock;	/* for all but @seen of a connection */
	struct sipsteer_flow_limits limits;
	u32 count[2];
	u32 share[2][SIPSTEER_FLOW_SHARES];
	struct delayed_work collect;
	struct work_struct fit;
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

/*
 * What of a TCP segment says how a connection fares: its flags, as they stand in
 * the header, but for a SYN that answers one; and whether there is a payload.
 */
#define SIPSTEER_SEGMENT_FIN	BIT(0)
#define SIPSTEER_SEGMENT_SYN	BIT(1)
#define SIPSTEER_SEGMENT_RST	BIT(2)
#define SIPSTEER_SEGMENT_DATA	BIT(3)

#define SIPSTEER_SEGMENT_FLAGS	(SIPSTEER_SEGMENT_FIN | SIPSTEER_SEGMENT_SYN | \
				 SIPSTEER_SEGMENT_RST)

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
	return READ_ONCE(flow->flags) & BIT(flag);
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
sipsteer_flow_of_client(const struct sipsteer_flows *set, u8 family,
			const struct sipsteer_endpoint *client,
			const struct sipsteer_endpoint *match);
struct sipsteer_flow *
sipsteer_flow_of_target(const struct sipsteer_flows *set, u8 family,
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
bool sipsteer_flow_set(struct sipsteer_flows *set, struct sipsteer_flow *flow,
		       enum sipsteer_flow_flag flag);
bool sipsteer_flow_change(struct sipsteer_flows *set, struct sipsteer_flow *flow,
			  bool from_client, u8 segment);
enum sipsteer_flow_state sipsteer_flow_state(const struct sipsteer_flow *flow);
u32 sipsteer_flow_expires(const struct sipsteer_flows *set,
			  const struct sipsteer_flow *flow);

/**
 * sipsteer_flow_now() - the clock of connections
 *
 * Return: seconds, not counting those that the host sleeps, as conntrack does.
 */
static inline u32 sipsteer_flow_now(void)
{
	return div_u64(get_jiffies_64(), HZ);
}

/**
 * sipsteer_client_hash() - what connections are looked for by
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @client: the client's address and port
 * @seed: of the table
 *
 * Return: the hash.
 */
static __always_inline u32
sipsteer_client_hash(u8 family, const struct sipsteer_endpoint *client, u64 seed)
{
	u32 port = (__force u16)client->port;

	if (family == NFPROTO_IPV4)
		return sipsteer_hash_word(client->addr.all[0] | (u64)port << 32,
					  seed);
	return jhash2(client->addr.all, ARRAY_SIZE(client->addr.all),
		      (seed >> 32) ^ port);
}

/* Most have been seen in this very second. */
static __always_inline bool
sipsteer_flow_is_alive(const struct sipsteer_flows *set,
		       const struct sipsteer_flow *flow, u32 now)
{
	return READ_ONCE(flow->seen) == now ||
	       sipsteer_flow_expires(set, flow);
}

/**
 * sipsteer_flow_find() - find a connection
 * @set: the connections; RCU is held
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @client: the client
 * @peer: its match, or its target
 * @peer_is_target: which of them
 * @now: sipsteer_flow_now()
 *
 * Return: the connection, NULL if it is not known.
 */
static __always_inline struct sipsteer_flow *
sipsteer_flow_find(const struct sipsteer_flows *set, u8 family,
		   const struct sipsteer_endpoint *client,
		   const struct sipsteer_endpoint *peer, bool peer_is_target,
		   u32 now)
{
	const struct sipsteer_hash_buckets *buckets =
		sipsteer_hash_buckets(&set->by_client);
	struct sipsteer_hash_node *node;
	struct sipsteer_flow *flow;

	sipsteer_hash_for_each(node, buckets,
			       sipsteer_client_hash(family, client,
						    set->by_client.seed)) {
		flow = container_of(node, struct sipsteer_flow, by_client);
		if (flow->family == family &&
		    sipsteer_endpoint_equal(family, &flow->client, client) &&
		    sipsteer_endpoint_equal(family,
					    peer_is_target ? &flow->target :
							     &flow->match,
					    peer))
			return sipsteer_flow_is_alive(set, flow, now) ? flow :
									NULL;
	}
	return NULL;
}

/* Nothing that such a segment would change: the connection is established. */
static __always_inline bool
sipsteer_flow_is_steady(const struct sipsteer_flow *flow, u8 segment)
{
	const u8 open = BIT(SIPSTEER_FLOW_ANSWERED) | BIT(SIPSTEER_FLOW_OPENED);
	const u8 over = BIT(SIPSTEER_FLOW_FIN_CLIENT) |
			BIT(SIPSTEER_FLOW_FIN_TARGET) | BIT(SIPSTEER_FLOW_RST);

	return !(segment & SIPSTEER_SEGMENT_FLAGS) &&
	       (READ_ONCE(flow->flags) & (open | over)) == open;
}

/**
 * sipsteer_flow_saw() - note that a packet of a connection has come by
 * @set: the connections; RCU is held
 * @flow: one of them
 * @now: sipsteer_flow_now()
 * @from_client: whether the client has sent it
 * @segment: what it was, SIPSTEER_SEGMENT_ flags
 *
 * It writes to memory that other CPUs read with each packet only when there is
 * something to change.
 *
 * Return: true if it is the first that the target has sent since the SYN.
 */
static __always_inline bool
sipsteer_flow_saw(struct sipsteer_flows *set, struct sipsteer_flow *flow,
		  u32 now, bool from_client, u8 segment)
{
	if (READ_ONCE(flow->seen) != now)
		WRITE_ONCE(flow->seen, now);
	return unlikely(!sipsteer_flow_is_steady(flow, segment)) &&
	       sipsteer_flow_change(set, flow, from_client, segment);
}

struct sipsteer_flow *sipsteer_flows_walk(const struct sipsteer_flows *set,
					  struct sipsteer_hash_pos *pos);

#endif /* SIPSTEER_FLOW_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The TCP connections that are steered, and the clients' own connections to
 * targets, which a steered one must not be confused with.
 *
 * All are found by the client's address and port, which both directions have in
 * common; of one client, no two agree in their match, or in their target.  There
 * is no window tracking: a FIN or a RST, which anybody may have forged, only
 * shortens the time that an idle connection is remembered, and data restores it.
 *
 * Packets read under RCU and, once a connection is established, write to its
 * entry once a second.  A change to its flags, of which there are a few in its
 * life, takes the lock of the table, as opening and forgetting one does.
 */
#include <linux/jhash.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "flow.h"
#include "trace.h"

/* How often to look for connections that have been idle for too long. */
#define COLLECT_PERIOD	(2 * HZ)

/* A client's port leads to few targets; nobody shall make others search more. */
#define CLIENT_MAX	64

#define CLOSED		(BIT(SIPSTEER_FLOW_FIN_CLIENT) | \
			 BIT(SIPSTEER_FLOW_FIN_TARGET))

static struct kmem_cache *flow_cache;

static u32 flow_hash(const struct sipsteer_hash_node *node, u64 seed)
{
	const struct sipsteer_flow *flow =
		container_of(node, struct sipsteer_flow, by_client);

	return sipsteer_client_hash(flow->family, &flow->client, seed);
}

static bool flags_closing(u8 flags)
{
	return flags & BIT(SIPSTEER_FLOW_RST) || (flags & CLOSED) == CLOSED;
}

static bool flow_closing(const struct sipsteer_flow *flow)
{
	return flags_closing(READ_ONCE(flow->flags));
}

/**
 * sipsteer_flow_state() - how far a connection is
 * @flow: the connection
 *
 * Return: the state.
 */
enum sipsteer_flow_state sipsteer_flow_state(const struct sipsteer_flow *flow)
{
	if (flow_closing(flow))
		return SIPSTEER_FLOW_STATE_CLOSING;
	return sipsteer_flow_is(flow, SIPSTEER_FLOW_OPENED) ?
	       SIPSTEER_FLOW_STATE_ESTABLISHED : SIPSTEER_FLOW_STATE_OPENING;
}

/**
 * sipsteer_flow_expires() - how long an idle connection is remembered yet
 * @set: the connections
 * @flow: one of them
 *
 * Return: seconds, 0 if it is to be forgotten (RFC 5382 section 5).
 */
u32 sipsteer_flow_expires(const struct sipsteer_flows *set,
			  const struct sipsteer_flow *flow)
{
	bool established = sipsteer_flow_state(flow) ==
			   SIPSTEER_FLOW_STATE_ESTABLISHED;
	u32 timeout = established ? READ_ONCE(set->limits.established) :
				    READ_ONCE(set->limits.transitory);
	u32 idle = sipsteer_flow_now() - READ_ONCE(flow->seen);

	return idle < timeout ? timeout - idle : 0;
}

/* May a new connection take its place? */
static bool flow_is_over(const struct sipsteer_flows *set,
			 const struct sipsteer_flow *flow)
{
	return flow_closing(flow) || !sipsteer_flow_expires(set, flow);
}

/**
 * sipsteer_flow_of_client() - find the connection of what a client sends
 * @set: the connections; RCU is held
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @client: where it comes from
 * @match: where it goes to
 *
 * Return: the connection, NULL if it is not known.
 */
struct sipsteer_flow *
sipsteer_flow_of_client(const struct sipsteer_flows *set, u8 family,
			const struct sipsteer_endpoint *client,
			const struct sipsteer_endpoint *match)
{
	return sipsteer_flow_find(set, family, client, match, false,
				  sipsteer_flow_now());
}

/**
 * sipsteer_flow_of_target() - find the connection of what a target sends
 * @set: the connections; RCU is held
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @client: where it goes to
 * @target: where it comes from
 *
 * Return: the connection, NULL if it is not known.
 */
struct sipsteer_flow *
sipsteer_flow_of_target(const struct sipsteer_flows *set, u8 family,
			const struct sipsteer_endpoint *client,
			const struct sipsteer_endpoint *target)
{
	return sipsteer_flow_find(set, family, client, target, true,
				  sipsteer_flow_now());
}

static void flow_free_rcu(struct rcu_head *rcu)
{
	struct sipsteer_flow *flow = container_of(rcu, struct sipsteer_flow, rcu);

	kfree(flow->hide);
	kmem_cache_free(flow_cache, flow);
}

static void flow_shares(struct sipsteer_flows *set,
			const struct sipsteer_flow *flow, u32 *share[2])
{
	u64 source = sipsteer_addr_source(&flow->client.addr);
	u32 hash = jhash_2words(source >> 32, source, set->by_client.seed);

	share[0] = &set->share[0][hash % SIPSTEER_FLOW_SHARES];
	share[1] = &set->share[1][(hash >> 16) % SIPSTEER_FLOW_SHARES];
}

/* Who shares one place with somebody that has many rarely shares the other. */
static u32 source_count(struct sipsteer_flows *set,
			const struct sipsteer_flow *flow)
{
	u32 *share[2];

	flow_shares(set, flow, share);
	return min(*share[0], *share[1]);
}

static void flow_count(struct sipsteer_flows *set,
		       const struct sipsteer_flow *flow, int change)
{
	u32 *count = &set->count[sipsteer_family_index(flow->family)];
	u32 *share[2];

	WRITE_ONCE(*count, *count + change);
	flow_shares(set, flow, share);
	*share[0] += change;
	*share[1] += change;
}

static void flow_remove(struct sipsteer_flows *set, struct sipsteer_flow *flow)
{
	lockdep_assert_held(&set->lock);
	if (sipsteer_flow_is(flow, SIPSTEER_FLOW_DEAD))
		return;
	WRITE_ONCE(flow->flags, flow->flags | BIT(SIPSTEER_FLOW_DEAD));
	trace_sipsteer_flow_close(flow);
	sipsteer_hash_remove(&set->by_client, &flow->by_client);
	flow_count(set, flow, -1);
	/* Packets that have found it may still be looking at it. */
	call_rcu(&flow->rcu, flow_free_rcu);
}

/**
 * sipsteer_flow_forget() - forget a connection
 * @set: the connections; RCU is held
 * @flow: one of them, which others may be forgetting, too
 */
void sipsteer_flow_forget(struct sipsteer_flows *set,
			  struct sipsteer_flow *flow)
{
	spin_lock_bh(&set->lock);
	flow_remove(set, flow);
	spin_unlock_bh(&set->lock);
}

/**
 * sipsteer_flow_may_move() - may a SYN of these ports lead elsewhere?
 * @set: the connections
 * @flow: the connection that is known by these ports
 *
 * It may where the connection is over; and where it has not been answered since
 * its SYN, as its mapping may have changed before the client tried again.
 *
 * Return: true if so.
 */
bool sipsteer_flow_may_move(const struct sipsteer_flows *set,
			    const struct sipsteer_flow *flow)
{
	return flow_is_over(set, flow) ||
	       !sipsteer_flow_is(flow, SIPSTEER_FLOW_ANSWERED);
}

/**
 * struct flow_place - what of a client's connections concerns a new one
 * @of_target: the one with the same target, or NULL
 * @of_match: the one with the same match, or NULL; it may be the same one
 * @count: how many the client's port has
 */
struct flow_place {
	struct sipsteer_flow *of_target;
	struct sipsteer_flow *of_match;
	unsigned int count;
};

static struct flow_place find_place(const struct sipsteer_flows *set,
				    const struct sipsteer_flow *config)
{
	const struct sipsteer_hash_buckets *buckets =
		sipsteer_hash_buckets(&set->by_client);
	struct sipsteer_hash_node *node;
	struct flow_place place = {};
	struct sipsteer_flow *flow;

	sipsteer_hash_for_each(node, buckets,
			       sipsteer_client_hash(config->family,
						    &config->client,
						    set->by_client.seed)) {
		flow = container_of(node, struct sipsteer_flow, by_client);
		if (flow->family != config->family ||
		    !sipsteer_endpoint_equal(config->family, &flow->client,
					     &config->client))
			continue;
		place.count++;
		if (sipsteer_endpoint_equal(config->family, &flow->target,
					    &config->target))
			place.of_target = flow;
		if (sipsteer_endpoint_equal(config->family, &flow->match,
					    &config->match))
			place.of_match = flow;
	}
	return place;
}

/*
 * Is there room for one more?  Half of it is kept for those that are steered:
 * most clients connect as they should.  And no source gets more than is left for
 * the others: a flood that comes from one takes half of the table, one that
 * comes from two a third for each.
 */
static bool has_room(struct sipsteer_flows *set,
		     const struct sipsteer_flow *config)
{
	bool direct = sipsteer_flow_is(config, SIPSTEER_FLOW_DIRECT);
	u32 room = READ_ONCE(set->limits.max) >> direct;
	u32 count = set->by_client.count;

	return count < room && source_count(set, config) < room - count;
}

/* What would be the answer to this one: see enum sipsteer_flow_opened. */
static enum sipsteer_flow_opened judge(struct sipsteer_flows *set,
				       const struct sipsteer_flow *config,
				       const struct flow_place *place)
{
	if (place->of_target && !flow_is_over(set, place->of_target))
		return place->of_target == place->of_match ?
		       SIPSTEER_FLOW_AGAIN : SIPSTEER_FLOW_CLASH;
	if (place->of_match && !sipsteer_flow_may_move(set, place->of_match))
		return SIPSTEER_FLOW_CLASH;
	if (place->of_target || place->of_match)
		return SIPSTEER_FLOW_REPLACED;
	return place->count < CLIENT_MAX && has_room(set, config) ?
	       SIPSTEER_FLOW_NEW : SIPSTEER_FLOW_FULL;
}

static struct sipsteer_flow *flow_create(struct sipsteer_flows *set,
					 const struct sipsteer_flow *config)
{
	struct sipsteer_flow *flow;

	flow = kmem_cache_alloc(flow_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!flow)
		return NULL;
	*flow = *config;
	flow->seen = sipsteer_flow_now();
	sipsteer_hash_insert(&set->by_client, &flow->by_client);
	flow_count(set, flow, 1);
	trace_sipsteer_flow_open(flow);
	return flow;
}

static enum sipsteer_flow_opened open_flow(struct sipsteer_flows *set,
					   const struct sipsteer_flow *config,
					   struct sipsteer_flow **flow)
{
	struct flow_place place = find_place(set, config);
	enum sipsteer_flow_opened how = judge(set, config, &place);

	lockdep_assert_held(&set->lock);
	*flow = place.of_target;
	if (how > SIPSTEER_FLOW_REPLACED)
		return how;
	*flow = flow_create(set, config);
	if (!*flow)
		return SIPSTEER_FLOW_NO_MEMORY;
	if (place.of_target)
		flow_remove(set, place.of_target);
	if (place.of_match)
		flow_remove(set, place.of_match);
	return how;
}

/**
 * sipsteer_flow_open() - remember a connection that is being opened
 * @set: the connections; RCU is held
 * @config: what it is to be; its @hide is taken over, whatever the outcome
 * @flow: where to put the connection, if it is new or known
 *
 * Return: whether it is new, or known, or why there is none.
 */
enum sipsteer_flow_opened
sipsteer_flow_open(struct sipsteer_flows *set,
		   const struct sipsteer_flow *config,
		   struct sipsteer_flow **flow)
{
	enum sipsteer_flow_opened how;

	spin_lock_bh(&set->lock);
	how = open_flow(set, config, flow);
	spin_unlock_bh(&set->lock);
	if (how > SIPSTEER_FLOW_REPLACED) {
		kfree(config->hide);
		return how;
	}
	if (sipsteer_hash_is_unfit(&set->by_client))
		schedule_work(&set->fit);
	if (!delayed_work_pending(&set->collect))
		schedule_delayed_work(&set->collect, COLLECT_PERIOD);
	return how;
}

/**
 * sipsteer_flow_set() - set a flag
 * @set: the connections; RCU is held
 * @flow: one of them
 * @flag: the flag
 *
 * Return: true if it was not set before.
 */
bool sipsteer_flow_set(struct sipsteer_flows *set, struct sipsteer_flow *flow,
		       enum sipsteer_flow_flag flag)
{
	bool was;

	if (sipsteer_flow_is(flow, flag))
		return false;
	spin_lock_bh(&set->lock);
	was = sipsteer_flow_is(flow, flag);
	WRITE_ONCE(flow->flags, flow->flags | BIT(flag));
	spin_unlock_bh(&set->lock);
	return !was;
}

/*
 * What a packet makes of the flags.  A SYN that is sent again: the client has
 * forgotten the connection, and a target that is gone will not answer.  One that
 * is there does, whoever has sent this.
 */
static u8 flags_after(u8 flags, bool from_client, u8 segment)
{
	u8 fin = from_client ? BIT(SIPSTEER_FLOW_FIN_CLIENT) :
			       BIT(SIPSTEER_FLOW_FIN_TARGET);

	if (segment & SIPSTEER_SEGMENT_RST)
		flags |= BIT(SIPSTEER_FLOW_RST);
	else if (segment & SIPSTEER_SEGMENT_FIN)
		flags |= fin;
	else if (segment & SIPSTEER_SEGMENT_DATA && flags_closing(flags))
		flags &= ~(BIT(SIPSTEER_FLOW_RST) | fin);
	if (!from_client)
		return flags | BIT(SIPSTEER_FLOW_ANSWERED);
	if (segment & SIPSTEER_SEGMENT_SYN)
		return flags & ~(BIT(SIPSTEER_FLOW_ANSWERED) |
				 BIT(SIPSTEER_FLOW_OPENED));
	return flags & BIT(SIPSTEER_FLOW_ANSWERED) ?
	       flags | BIT(SIPSTEER_FLOW_OPENED) : flags;
}

/**
 * sipsteer_flow_change() - note what a packet says of its connection
 * @set: the connections; RCU is held
 * @flow: one of them
 * @from_client: whether the client has sent it
 * @segment: what it was, SIPSTEER_SEGMENT_ flags
 *
 * Return: true if it is the first that the target has sent since the SYN.
 */
bool sipsteer_flow_change(struct sipsteer_flows *set, struct sipsteer_flow *flow,
			  bool from_client, u8 segment)
{
	u8 flags = READ_ONCE(flow->flags);

	if (flags_after(flags, from_client, segment) == flags)
		return false;
	spin_lock_bh(&set->lock);
	flags = flow->flags;
	WRITE_ONCE(flow->flags, flags_after(flags, from_client, segment));
	spin_unlock_bh(&set->lock);
	return !from_client && !(flags & BIT(SIPSTEER_FLOW_ANSWERED));
}

/**
 * sipsteer_flows_walk() - step through all connections
 * @set: the connections; RCU is held
 * @pos: where the walk is; all zero at first
 *
 * A walk during which the table changes may come by a connection twice.
 *
 * Return: a connection that is remembered, NULL at the end.
 */
struct sipsteer_flow *sipsteer_flows_walk(const struct sipsteer_flows *set,
					  struct sipsteer_hash_pos *pos)
{
	struct sipsteer_hash_node *node;
	struct sipsteer_flow *flow;

	while ((node = sipsteer_hash_walk(&set->by_client, pos))) {
		flow = container_of(node, struct sipsteer_flow, by_client);
		if (sipsteer_flow_is_alive(set, flow, sipsteer_flow_now()))
			return flow;
	}
	return NULL;
}

/**
 * sipsteer_flows_count() - how many connections are remembered now
 * @set: the connections
 *
 * Return: the number, which packets may be changing.
 */
u32 sipsteer_flows_count(const struct sipsteer_flows *set)
{
	return READ_ONCE(set->by_client.count);
}

/* Those of one bucket.  Returns where the next one begins, 0 behind the last. */
static u32 forget_bucket(struct sipsteer_flows *set, u32 at, bool all)
{
	const struct sipsteer_hash_buckets *buckets;
	struct sipsteer_hash_node *node, *next;
	struct sipsteer_flow *flow;

	spin_lock_bh(&set->lock);
	buckets = sipsteer_hash_buckets(&set->by_client);
	for (node = sipsteer_hash_first(buckets, at); node; node = next) {
		next = sipsteer_hash_next(buckets, node);
		flow = container_of(node, struct sipsteer_flow, by_client);
		if (all || !sipsteer_flow_expires(set, flow))
			flow_remove(set, flow);
	}
	at = sipsteer_hash_behind(buckets, at);
	spin_unlock_bh(&set->lock);
	return at;
}

static void flows_forget(struct sipsteer_flows *set, bool all)
{
	u32 at = 0;

	do {
		at = forget_bucket(set, at, all);
		cond_resched();
	} while (at);
	if (sipsteer_hash_is_unfit(&set->by_client))
		schedule_work(&set->fit);
}

/**
 * sipsteer_flows_flush() - forget all connections
 * @set: the connections
 *
 * Those that are being opened at the same time may stay.
 */
void sipsteer_flows_flush(struct sipsteer_flows *set)
{
	flows_forget(set, true);
}

static void flows_collect(struct work_struct *work)
{
	struct sipsteer_flows *set = container_of(to_delayed_work(work),
						  struct sipsteer_flows, collect);

	flows_forget(set, false);
	if (sipsteer_flows_count(set))
		schedule_delayed_work(&set->collect, COLLECT_PERIOD);
}

static void flows_fit(struct work_struct *work)
{
	struct sipsteer_flows *set = container_of(work, struct sipsteer_flows,
						  fit);

	sipsteer_hash_prepare(&set->by_client);
	spin_lock_bh(&set->lock);
	sipsteer_hash_move(&set->by_client);
	spin_unlock_bh(&set->lock);
	sipsteer_hash_finish(&set->by_client);
}

/**
 * sipsteer_flows_limit() - set the limits
 * @set: the connections
 * @limits: what they are to be
 */
void sipsteer_flows_limit(struct sipsteer_flows *set,
			  const struct sipsteer_flow_limits *limits)
{
	WRITE_ONCE(set->limits.max, limits->max);
	WRITE_ONCE(set->limits.established, limits->established);
	WRITE_ONCE(set->limits.transitory, limits->transitory);
}

/**
 * sipsteer_flows_init() - make an empty set
 * @set: the set, all zero
 *
 * Return: 0 or a negative errno.
 */
int sipsteer_flows_init(struct sipsteer_flows *set)
{
	int err;

	err = sipsteer_hash_init(&set->by_client, flow_hash);
	if (err)
		return err;
	spin_lock_init(&set->lock);
	set->limits = (struct sipsteer_flow_limits){
		.max = SIPSTEER_FLOW_MAX,
		.established = SIPSTEER_FLOW_ESTABLISHED,
		.transitory = SIPSTEER_FLOW_TRANSITORY,
	};
	INIT_DELAYED_WORK(&set->collect, flows_collect);
	INIT_WORK(&set->fit, flows_fit);
	return 0;
}

/**
 * sipsteer_flows_exit() - forget all connections and free the memory
 * @set: the set; no packet can see it any more
 */
void sipsteer_flows_exit(struct sipsteer_flows *set)
{
	cancel_delayed_work_sync(&set->collect);
	flows_forget(set, true);
	cancel_work_sync(&set->fit);
	sipsteer_hash_exit(&set->by_client);
}

/**
 * sipsteer_flow_cache_init() - make the slab cache of connections
 *
 * Return: 0 or -ENOMEM.
 */
int sipsteer_flow_cache_init(void)
{
	flow_cache = KMEM_CACHE(sipsteer_flow, 0);
	return flow_cache ? 0 : -ENOMEM;
}

/**
 * sipsteer_flow_cache_exit() - release the slab cache
 *
 * All RCU callbacks that free into it have run: see rcu_barrier() in main.c.
 */
void sipsteer_flow_cache_exit(void)
{
	kmem_cache_destroy(flow_cache);
}

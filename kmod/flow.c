// SPDX-License-Identifier: GPL-2.0
/*
 * The TCP connections that are steered, and the clients' own connections to
 * targets, which a steered one must not be confused with.
 *
 * What a client sends is found by client and match, what a target sends by
 * client and target; so there are two tables, and no two connections agree in
 * either.  There is no window tracking: a FIN or a RST, which anybody may have
 * forged, only shortens the time that an idle connection is remembered, and
 * data restores it.
 *
 * Packets read under RCU and, once a connection is established, write to its
 * entry once a second.  Opening one takes the locks of two hash buckets.
 */
#include <linux/jhash.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "flow.h"
#include "trace.h"
#include "transaction.h"

/* How often to look for connections that have been idle for too long. */
#define COLLECT_PERIOD	(2 * HZ)

/* So many walks find all connections but those that keep coming. */
#define FLUSH_TRIES	8

static struct kmem_cache *flow_cache;

/**
 * struct flow_key - what a packet says of its connection
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @client: one end
 * @peer: the other; the match or the target
 */
struct flow_key {
	u8 family;
	const struct sipsteer_endpoint *client;
	const struct sipsteer_endpoint *peer;
};

static u32 key_hash(const struct flow_key *key, u32 seed)
{
	u32 ports = (__force u32)key->client->port << 16 |
		    (__force u32)key->peer->port;

	if (key->family == NFPROTO_IPV4)
		return jhash_3words(key->client->addr.all[0],
				    key->peer->addr.all[0], ports, seed);
	seed = jhash2(key->client->addr.all, ARRAY_SIZE(key->client->addr.all),
		      seed);
	return jhash2(key->peer->addr.all, ARRAY_SIZE(key->peer->addr.all),
		      seed ^ ports);
}

static bool endpoint_equal(const struct sipsteer_endpoint *a,
			   const struct sipsteer_endpoint *b)
{
	return a->port == b->port && nf_inet_addr_cmp(&a->addr, &b->addr);
}

static bool key_equal(const struct flow_key *a, const struct flow_key *b)
{
	return a->family == b->family && endpoint_equal(a->client, b->client) &&
	       endpoint_equal(a->peer, b->peer);
}

static struct flow_key match_key(const struct sipsteer_flow *flow)
{
	return (struct flow_key){ flow->family, &flow->client, &flow->match };
}

static struct flow_key target_key(const struct sipsteer_flow *flow)
{
	return (struct flow_key){ flow->family, &flow->client, &flow->target };
}

static u32 hash(const void *data, u32 len, u32 seed)
{
	return key_hash(data, seed);
}

static u32 match_hash(const void *data, u32 len, u32 seed)
{
	struct flow_key key = match_key(data);

	return key_hash(&key, seed);
}

static u32 target_hash(const void *data, u32 len, u32 seed)
{
	struct flow_key key = target_key(data);

	return key_hash(&key, seed);
}

static int match_cmp(struct rhashtable_compare_arg *arg, const void *flow)
{
	struct flow_key key = match_key(flow);

	return !key_equal(arg->key, &key);
}

static int target_cmp(struct rhashtable_compare_arg *arg, const void *flow)
{
	struct flow_key key = target_key(flow);

	return !key_equal(arg->key, &key);
}

static const struct rhashtable_params match_params = {
	.head_offset = offsetof(struct sipsteer_flow, by_match),
	.hashfn = hash,
	.obj_hashfn = match_hash,
	.obj_cmpfn = match_cmp,
	.automatic_shrinking = true,
};

static const struct rhashtable_params target_params = {
	.head_offset = offsetof(struct sipsteer_flow, by_target),
	.hashfn = hash,
	.obj_hashfn = target_hash,
	.obj_cmpfn = target_cmp,
	.automatic_shrinking = true,
};

static bool flow_closing(const struct sipsteer_flow *flow)
{
	return sipsteer_flow_is(flow, SIPSTEER_FLOW_RST) ||
	       (sipsteer_flow_is(flow, SIPSTEER_FLOW_FIN_CLIENT) &&
		sipsteer_flow_is(flow, SIPSTEER_FLOW_FIN_TARGET));
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
	u32 idle = sipsteer_transaction_now() - READ_ONCE(flow->seen);

	return idle < timeout ? timeout - idle : 0;
}

static bool flow_alive(const struct sipsteer_flows *set,
		       const struct sipsteer_flow *flow)
{
	return !sipsteer_flow_is(flow, SIPSTEER_FLOW_DEAD) &&
	       sipsteer_flow_expires(set, flow);
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
sipsteer_flow_of_client(struct sipsteer_flows *set, u8 family,
			const struct sipsteer_endpoint *client,
			const struct sipsteer_endpoint *match)
{
	const struct flow_key key = { family, client, match };
	struct sipsteer_flow *flow;

	flow = rhashtable_lookup(&set->by_match, &key, match_params);
	return flow && flow_alive(set, flow) ? flow : NULL;
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
sipsteer_flow_of_target(struct sipsteer_flows *set, u8 family,
			const struct sipsteer_endpoint *client,
			const struct sipsteer_endpoint *target)
{
	const struct flow_key key = { family, client, target };
	struct sipsteer_flow *flow;

	flow = rhashtable_lookup(&set->by_target, &key, target_params);
	return flow && flow_alive(set, flow) ? flow : NULL;
}

static void flow_free(void *object, void *unused)
{
	struct sipsteer_flow *flow = object;

	kfree(flow->hide);
	kmem_cache_free(flow_cache, flow);
}

static void flow_free_rcu(struct rcu_head *rcu)
{
	flow_free(container_of(rcu, struct sipsteer_flow, rcu), NULL);
}

static void flow_shares(struct sipsteer_flows *set,
			const struct sipsteer_flow *flow, atomic_t *share[2])
{
	u64 source = sipsteer_addr_source(&flow->client.addr);
	u32 hash = jhash_2words(source >> 32, source, set->seed);

	share[0] = &set->share[0][hash % SIPSTEER_FLOW_SHARES];
	share[1] = &set->share[1][(hash >> 16) % SIPSTEER_FLOW_SHARES];
}

/* Who shares one place with somebody that has many rarely shares the other. */
static u32 source_count(struct sipsteer_flows *set,
			const struct sipsteer_flow *flow)
{
	atomic_t *share[2];

	flow_shares(set, flow, share);
	return min_t(u32, atomic_read(share[0]), atomic_read(share[1]));
}

static void flow_count(struct sipsteer_flows *set,
		       const struct sipsteer_flow *flow, int change)
{
	atomic_t *share[2];

	flow_shares(set, flow, share);
	atomic_add(change, &set->count[sipsteer_family_index(flow->family)]);
	atomic_add(change, share[0]);
	atomic_add(change, share[1]);
}

/**
 * sipsteer_flow_forget() - forget a connection
 * @set: the connections; RCU is held
 * @flow: one of them, which others may be forgetting, too
 *
 * Not while it is being made: who makes it would put it into a table after it
 * has been freed.
 */
void sipsteer_flow_forget(struct sipsteer_flows *set,
			  struct sipsteer_flow *flow)
{
	if (sipsteer_flow_is(flow, SIPSTEER_FLOW_MAKING) ||
	    !sipsteer_flow_set(flow, SIPSTEER_FLOW_DEAD))
		return;
	trace_sipsteer_flow_close(flow);
	rhashtable_remove_fast(&set->by_match, &flow->by_match, match_params);
	rhashtable_remove_fast(&set->by_target, &flow->by_target, target_params);
	flow_count(set, flow, -1);
	/* Packets that have found it may still be looking at it. */
	call_rcu(&flow->rcu, flow_free_rcu);
}

/* May a new connection take its place? */
static bool flow_is_over(const struct sipsteer_flows *set,
			 const struct sipsteer_flow *flow)
{
	return !sipsteer_flow_is(flow, SIPSTEER_FLOW_MAKING) &&
	       (flow_closing(flow) || !flow_alive(set, flow));
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
	       (!sipsteer_flow_is(flow, SIPSTEER_FLOW_MAKING) &&
		!sipsteer_flow_is(flow, SIPSTEER_FLOW_ANSWERED));
}

static struct sipsteer_flow *flow_create(const struct sipsteer_flow *config)
{
	struct sipsteer_flow *flow;

	flow = kmem_cache_alloc(flow_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!flow) {
		kfree(config->hide);
		return NULL;
	}
	*flow = *config;
	flow->seen = sipsteer_transaction_now();
	__set_bit(SIPSTEER_FLOW_MAKING, &flow->flags);
	return flow;
}

/*
 * Put a connection into the table of what targets send.  Whatever is there
 * already either is the same, or is over, or clashes.
 */
static enum sipsteer_flow_opened
insert_by_target(struct sipsteer_flows *set, struct sipsteer_flow *flow,
		 struct sipsteer_flow **found)
{
	struct flow_key key = target_key(flow);
	enum sipsteer_flow_opened how = SIPSTEER_FLOW_NEW;
	struct sipsteer_flow *other;
	unsigned int tries;

	for (tries = 0; tries < 2; tries++) {
		other = rhashtable_lookup_get_insert_key(&set->by_target, &key,
							 &flow->by_target,
							 target_params);
		if (!other)
			return how;
		if (IS_ERR(other))
			return SIPSTEER_FLOW_NO_MEMORY;
		if (!flow_is_over(set, other)) {
			*found = other;
			return endpoint_equal(&other->match, &flow->match) ?
			       SIPSTEER_FLOW_AGAIN : SIPSTEER_FLOW_CLASH;
		}
		sipsteer_flow_forget(set, other);
		how = SIPSTEER_FLOW_REPLACED;
	}
	return SIPSTEER_FLOW_CLASH;
}

/* And into that of what clients send; where another one leads elsewhere. */
static enum sipsteer_flow_opened
insert_by_match(struct sipsteer_flows *set, struct sipsteer_flow *flow,
		enum sipsteer_flow_opened how)
{
	struct flow_key key = match_key(flow);
	struct sipsteer_flow *other;
	unsigned int tries;

	for (tries = 0; tries < 2; tries++) {
		other = rhashtable_lookup_get_insert_key(&set->by_match, &key,
							 &flow->by_match,
							 match_params);
		if (!other)
			return how;
		if (IS_ERR(other))
			return SIPSTEER_FLOW_NO_MEMORY;
		if (!sipsteer_flow_may_move(set, other))
			return SIPSTEER_FLOW_CLASH;
		sipsteer_flow_forget(set, other);
		how = SIPSTEER_FLOW_REPLACED;
	}
	return SIPSTEER_FLOW_CLASH;
}

/*
 * By match comes last: nothing is steered before its replies are known.  What
 * has been in a table may have been seen, @hide included.
 */
static enum sipsteer_flow_opened flow_insert(struct sipsteer_flows *set,
					     struct sipsteer_flow *flow,
					     struct sipsteer_flow **found)
{
	enum sipsteer_flow_opened how;

	how = insert_by_target(set, flow, found);
	if (how > SIPSTEER_FLOW_REPLACED) {
		flow_free(flow, NULL);
		return how;
	}
	how = insert_by_match(set, flow, how);
	if (how > SIPSTEER_FLOW_REPLACED) {
		rhashtable_remove_fast(&set->by_target, &flow->by_target,
				       target_params);
		call_rcu(&flow->rcu, flow_free_rcu);
		return how;
	}
	trace_sipsteer_flow_open(flow);
	clear_bit_unlock(SIPSTEER_FLOW_MAKING, &flow->flags);
	*found = flow;
	return how;
}

/*
 * Is there room for one more, or one whose place it may take?  Half of it is
 * kept for those that are steered: most clients connect as they should.  And no
 * source gets more than is left for the others: a flood that comes from one
 * takes half of the table, one that comes from two a third for each.
 */
static bool has_room(struct sipsteer_flows *set,
		     const struct sipsteer_flow *config)
{
	bool direct = sipsteer_flow_is(config, SIPSTEER_FLOW_DIRECT);
	struct flow_key key = match_key(config);
	u32 room = READ_ONCE(set->limits.max) >> direct;
	u32 others = sipsteer_flows_count(set) - 1;
	struct sipsteer_flow *other;

	if (others < room && source_count(set, config) <= room - others)
		return true;
	other = rhashtable_lookup(&set->by_match, &key, match_params);
	return other && sipsteer_flow_may_move(set, other);
}

/**
 * sipsteer_flow_open() - remember a connection that is being opened
 * @set: the connections; RCU is held
 * @config: what it is to be; its @hide is taken over, whatever the outcome
 * @flow: where to put the connection, unless there is none
 *
 * Return: whether it is new, or known, or why there is none.
 */
enum sipsteer_flow_opened
sipsteer_flow_open(struct sipsteer_flows *set,
		   const struct sipsteer_flow *config,
		   struct sipsteer_flow **flow)
{
	enum sipsteer_flow_opened how = SIPSTEER_FLOW_FULL;
	struct sipsteer_flow *made;

	/* Before the test, so that no two take the last place. */
	flow_count(set, config, 1);
	if (has_room(set, config)) {
		made = flow_create(config);
		how = made ? flow_insert(set, made, flow) :
			     SIPSTEER_FLOW_NO_MEMORY;
	} else {
		kfree(config->hide);
	}
	if (how > SIPSTEER_FLOW_REPLACED)
		flow_count(set, config, -1);
	else if (!delayed_work_pending(&set->collect))
		schedule_delayed_work(&set->collect, COLLECT_PERIOD);
	return how;
}

static void flow_revive(struct sipsteer_flow *flow,
			enum sipsteer_flow_flag fin)
{
	if (!flow_closing(flow))
		return;
	clear_bit(SIPSTEER_FLOW_RST, &flow->flags);
	clear_bit(fin, &flow->flags);
}

/*
 * The client has forgotten the connection, and a target that is gone will not
 * answer.  One that is there does, whoever has sent this.
 */
static void flow_begin_again(struct sipsteer_flow *flow)
{
	clear_bit(SIPSTEER_FLOW_ANSWERED, &flow->flags);
	clear_bit(SIPSTEER_FLOW_OPENED, &flow->flags);
}

/**
 * sipsteer_flow_saw() - note that a packet of a connection has come by
 * @flow: the connection
 * @from_client: whether the client has sent it
 * @segment: what it was
 *
 * Return: true if it is the first that the target has sent since the SYN.
 */
bool sipsteer_flow_saw(struct sipsteer_flow *flow, bool from_client,
		       const struct sipsteer_segment *segment)
{
	enum sipsteer_flow_flag fin = from_client ? SIPSTEER_FLOW_FIN_CLIENT :
						    SIPSTEER_FLOW_FIN_TARGET;
	u32 now = sipsteer_transaction_now();

	if (READ_ONCE(flow->seen) != now)
		WRITE_ONCE(flow->seen, now);
	if (segment->rst)
		sipsteer_flow_set(flow, SIPSTEER_FLOW_RST);
	else if (segment->fin)
		sipsteer_flow_set(flow, fin);
	else if (segment->data)
		flow_revive(flow, fin);
	if (!from_client)
		return sipsteer_flow_set(flow, SIPSTEER_FLOW_ANSWERED);
	if (segment->syn)
		flow_begin_again(flow);
	else if (sipsteer_flow_is(flow, SIPSTEER_FLOW_ANSWERED))
		sipsteer_flow_set(flow, SIPSTEER_FLOW_OPENED);
	return false;
}

/**
 * sipsteer_flows_walk_enter() - begin a walk over all connections
 * @set: the connections
 * @iter: the walk; rhashtable_walk_exit() ends it
 */
void sipsteer_flows_walk_enter(struct sipsteer_flows *set,
			       struct rhashtable_iter *iter)
{
	rhashtable_walk_enter(&set->by_match, iter);
}

/**
 * sipsteer_flows_walk_next() - go on with a walk
 * @set: the connections
 * @iter: the walk, between rhashtable_walk_start() and rhashtable_walk_stop()
 * @again: stay where it is
 *
 * A walk during which the table grows may come by a connection twice.
 *
 * Return: a connection that is remembered, NULL at the end.
 */
struct sipsteer_flow *sipsteer_flows_walk_next(struct sipsteer_flows *set,
					       struct rhashtable_iter *iter,
					       bool again)
{
	struct sipsteer_flow *flow;

	do {
		flow = again ? rhashtable_walk_peek(iter) :
			       rhashtable_walk_next(iter);
		again = false;
		/* -EAGAIN: the table has grown, and the walk begins anew. */
	} while (flow && (IS_ERR(flow) || !flow_alive(set, flow)));
	return flow;
}

/**
 * sipsteer_flows_count() - how many connections are remembered now
 * @set: the connections
 *
 * Return: the number, which packets may be changing.
 */
u32 sipsteer_flows_count(const struct sipsteer_flows *set)
{
	return atomic_read(&set->count[0]) + atomic_read(&set->count[1]);
}

/*
 * Returns whether there was any.  Where it lets others run, it may step over
 * connections that stand behind those it has taken out.
 */
static bool flows_forget(struct sipsteer_flows *set, bool all)
{
	struct rhashtable_iter iter;
	struct sipsteer_flow *flow;
	bool any = false;

	rhashtable_walk_enter(&set->by_match, &iter);
	rhashtable_walk_start(&iter);
	while ((flow = rhashtable_walk_next(&iter))) {
		if (!IS_ERR(flow) &&
		    (all || !sipsteer_flow_expires(set, flow))) {
			sipsteer_flow_forget(set, flow);
			any = true;
		}
		if (!need_resched())
			continue;
		rhashtable_walk_stop(&iter);
		cond_resched();
		rhashtable_walk_start(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return any;
}

/**
 * sipsteer_flows_flush() - forget all connections
 * @set: the connections
 *
 * Those that are being opened at the same time may stay.
 */
void sipsteer_flows_flush(struct sipsteer_flows *set)
{
	unsigned int tries = FLUSH_TRIES;

	while (flows_forget(set, true) && --tries)
		;
}

static void flows_collect(struct work_struct *work)
{
	struct sipsteer_flows *set = container_of(to_delayed_work(work),
						  struct sipsteer_flows, collect);

	flows_forget(set, false);
	if (sipsteer_flows_count(set))
		schedule_delayed_work(&set->collect, COLLECT_PERIOD);
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

	err = rhashtable_init(&set->by_match, &match_params);
	if (err)
		return err;
	err = rhashtable_init(&set->by_target, &target_params);
	if (err) {
		rhashtable_destroy(&set->by_match);
		return err;
	}
	set->limits = (struct sipsteer_flow_limits){
		.max = SIPSTEER_FLOW_MAX,
		.established = SIPSTEER_FLOW_ESTABLISHED,
		.transitory = SIPSTEER_FLOW_TRANSITORY,
	};
	get_random_bytes(&set->seed, sizeof(set->seed));
	INIT_DELAYED_WORK(&set->collect, flows_collect);
	return 0;
}

/**
 * sipsteer_flows_exit() - forget all connections and free the memory
 * @set: the set; no packet can see it any more
 */
void sipsteer_flows_exit(struct sipsteer_flows *set)
{
	cancel_delayed_work_sync(&set->collect);
	rhashtable_destroy(&set->by_target);
	rhashtable_free_and_destroy(&set->by_match, flow_free, NULL);
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

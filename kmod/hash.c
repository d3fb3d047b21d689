// SPDX-License-Identifier: GPL-2.0
/*
 * Changing and resizing a hash table.  Looking up is in hash.h.
 */
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "hash.h"

#define HASH_BITS	32
#define MIN_BITS	4
/* No more than kvcalloc() gives. */
#define MAX_BITS	27

static struct sipsteer_hash_buckets *now(const struct sipsteer_hash *hash)
{
	return rcu_dereference_raw(hash->now);
}

static struct sipsteer_hash_buckets *other(struct sipsteer_hash *hash)
{
	return &hash->sets[!now(hash)->link];
}

static unsigned int bits(const struct sipsteer_hash_buckets *buckets)
{
	return HASH_BITS - buckets->shift;
}

static struct sipsteer_hash_node __rcu **
bucket_of(const struct sipsteer_hash *hash,
	  const struct sipsteer_hash_buckets *buckets,
	  const struct sipsteer_hash_node *node)
{
	return &buckets->first[hash->of(node, hash->seed) >> buckets->shift];
}

/* Packets that find it find the rest of its bucket, too. */
static void link_node(const struct sipsteer_hash *hash,
		      const struct sipsteer_hash_buckets *buckets,
		      struct sipsteer_hash_node *node)
{
	struct sipsteer_hash_node __rcu **first = bucket_of(hash, buckets, node);

	RCU_INIT_POINTER(node->next[buckets->link], rcu_dereference_raw(*first));
	rcu_assign_pointer(*first, node);
}

/* Behind all that are there: those of one hash are to stay in their order. */
static void append_node(const struct sipsteer_hash *hash,
			const struct sipsteer_hash_buckets *buckets,
			struct sipsteer_hash_node *node)
{
	struct sipsteer_hash_node __rcu **at = bucket_of(hash, buckets, node);
	struct sipsteer_hash_node *pos;

	while ((pos = rcu_dereference_raw(*at)))
		at = &pos->next[buckets->link];
	RCU_INIT_POINTER(node->next[buckets->link], NULL);
	rcu_assign_pointer(*at, node);
}

static bool alloc_buckets(struct sipsteer_hash_buckets *buckets,
			  unsigned int new_bits)
{
	buckets->first = kvcalloc(1UL << new_bits, sizeof(*buckets->first),
				  GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	buckets->shift = HASH_BITS - new_bits;
	return buckets->first;
}

/* As many buckets as nodes, or up to twice as many. */
static unsigned int bits_wanted(const struct sipsteer_hash *hash)
{
	return clamp_t(unsigned int, ilog2(READ_ONCE(hash->count) | 1) + 1, MIN_BITS,
		       MAX_BITS);
}

/**
 * sipsteer_hash_is_unfit() - has a table too few buckets, or far too many?
 * @hash: the table
 *
 * Return: true if so.
 */
bool sipsteer_hash_is_unfit(const struct sipsteer_hash *hash)
{
	unsigned int have = bits(now(hash));
	u32 count = READ_ONCE(hash->count);

	return (count > 1UL << have && have < MAX_BITS) ||
	       (count < 1UL << have >> 3 && have > MIN_BITS);
}

/**
 * sipsteer_hash_prepare() - make buckets of another number
 * @hash: the table; nobody else resizes it
 *
 * It may sleep.  Without memory, the table stays as it is.
 */
void sipsteer_hash_prepare(struct sipsteer_hash *hash)
{
	alloc_buckets(other(hash), bits_wanted(hash));
}

/**
 * sipsteer_hash_move() - put all nodes into the buckets that were prepared
 * @hash: the table; the writer's lock is held
 */
void sipsteer_hash_move(struct sipsteer_hash *hash)
{
	struct sipsteer_hash_buckets *old = now(hash), *new = other(hash);
	struct sipsteer_hash_node *node;
	unsigned long i;

	if (!new->first)
		return;
	for (i = 0; i < 1UL << bits(old); i++) {
		node = rcu_dereference_raw(old->first[i]);
		for (; node; node = sipsteer_hash_next(old, node))
			append_node(hash, new, node);
	}
	rcu_assign_pointer(hash->now, new);
}

/**
 * sipsteer_hash_finish() - let go of the buckets that are not used any more
 * @hash: the table; nobody else resizes it
 *
 * It sleeps until no packet is in them, nor goes by the links that they went by.
 */
void sipsteer_hash_finish(struct sipsteer_hash *hash)
{
	struct sipsteer_hash_buckets *old = other(hash);

	if (!old->first)
		return;
	synchronize_rcu();
	kvfree(old->first);
	old->first = NULL;
}

/**
 * sipsteer_hash_fit() - have as many buckets as the nodes need
 * @hash: the table; the writer's lock is held, which lets sleep
 */
void sipsteer_hash_fit(struct sipsteer_hash *hash)
{
	if (!sipsteer_hash_is_unfit(hash))
		return;
	sipsteer_hash_prepare(hash);
	sipsteer_hash_move(hash);
	sipsteer_hash_finish(hash);
}

/**
 * sipsteer_hash_insert() - put a node into a table
 * @hash: the table; the writer's lock is held
 * @node: the node, which is in no table; it comes before those of the same hash
 */
void sipsteer_hash_insert(struct sipsteer_hash *hash,
			  struct sipsteer_hash_node *node)
{
	link_node(hash, now(hash), node);
	WRITE_ONCE(hash->count, hash->count + 1);
}

/**
 * sipsteer_hash_remove() - take a node out of a table
 * @hash: the table; the writer's lock is held
 * @node: the node, which packets may still see
 */
void sipsteer_hash_remove(struct sipsteer_hash *hash,
			  struct sipsteer_hash_node *node)
{
	const struct sipsteer_hash_buckets *buckets = now(hash);
	struct sipsteer_hash_node __rcu **at = bucket_of(hash, buckets, node);
	struct sipsteer_hash_node *pos;

	while ((pos = rcu_dereference_raw(*at)) != node)
		at = &pos->next[buckets->link];
	rcu_assign_pointer(*at, sipsteer_hash_next(buckets, node));
	WRITE_ONCE(hash->count, hash->count - 1);
}

/**
 * sipsteer_hash_walk() - step through a whole table
 * @hash: the table; RCU, or the writer's lock, is held
 * @pos: where the walk is; all zero at first
 *
 * RCU may be let go of between the steps, and the table may change.  What is there
 * all the time is met, some of it twice; but one that goes may hide another of
 * the bucket where the walk is.
 *
 * Return: the next node, NULL at the end.
 */
struct sipsteer_hash_node *sipsteer_hash_walk(const struct sipsteer_hash *hash,
					      struct sipsteer_hash_pos *pos)
{
	const struct sipsteer_hash_buckets *buckets = now(hash);
	struct sipsteer_hash_node *node;
	u32 n;

	if (pos->shift != buckets->shift)
		pos->nth = 0;
	pos->shift = buckets->shift;
	while (!pos->end) {
		n = 0;
		sipsteer_hash_for_each(node, buckets, pos->at)
			if (n++ == pos->nth) {
				pos->nth++;
				return node;
			}
		pos->nth = 0;
		pos->at = sipsteer_hash_behind(buckets, pos->at);
		pos->end = !pos->at;
	}
	return NULL;
}

/**
 * sipsteer_hash_init() - make an empty table
 * @hash: the table, all zero
 * @of: says the hash of a node
 *
 * Return: 0 or -ENOMEM.
 */
int sipsteer_hash_init(struct sipsteer_hash *hash,
		       u32 (*of)(const struct sipsteer_hash_node *node, u64 seed))
{
	hash->sets[1].link = 1;
	hash->of = of;
	get_random_bytes(&hash->seed, sizeof(hash->seed));
	hash->seed |= 1;
	if (!alloc_buckets(&hash->sets[0], MIN_BITS))
		return -ENOMEM;
	rcu_assign_pointer(hash->now, &hash->sets[0]);
	return 0;
}

/**
 * sipsteer_hash_exit() - free the memory of a table
 * @hash: the table; no packet can see it any more
 */
void sipsteer_hash_exit(struct sipsteer_hash *hash)
{
	kvfree(hash->sets[0].first);
	kvfree(hash->sets[1].first);
}

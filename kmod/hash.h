/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash table for objects that packets look up and few others change.
 *
 * Each node has two links, and each set of buckets goes by one of them.  To
 * resize, the nodes are put into new buckets by the links that are not in use;
 * whoever is in the old ones finds them as they were.  So a lookup is a shift
 * and a load, never has to try again, and misses nothing.
 *
 * The index is the upper bits of the hash: in buckets of whatever number, the
 * nodes come in the same order.
 */
#ifndef SIPSTEER_HASH_H
#define SIPSTEER_HASH_H

#include <linux/rcupdate.h>
#include <linux/types.h>

/**
 * struct sipsteer_hash_node - what an object is found by
 * @next: the next one in its bucket, by each of the links
 */
struct sipsteer_hash_node {
	struct sipsteer_hash_node __rcu *next[2];
};

/**
 * sipsteer_hash_word() - the hash of a word
 * @word: the word
 * @seed: of the table
 *
 * Of any two words that somebody chooses who does not know the seed, few seeds
 * let the hashes begin with the same bits: no more than two in as many as these
 * bits have values (Dietzfelbinger et al., "A reliable randomized algorithm for
 * the closest-pair problem", 1997).
 *
 * Return: the hash.
 */
static inline u32 sipsteer_hash_word(u64 word, u64 seed)
{
	return word * seed >> 32;
}

/**
 * struct sipsteer_hash_buckets - one set of buckets
 * @first: the first node of each
 * @shift: how many bits of a hash are behind its index
 * @link: which of the nodes' links they go by
 */
struct sipsteer_hash_buckets {
	struct sipsteer_hash_node __rcu **first;
	u8 shift;
	u8 link;
};

/**
 * struct sipsteer_hash - a hash table
 * @now: the buckets that packets look into
 * @sets: those, and the others: empty, but while the table is resized
 * @count: how many nodes there are
 * @of: says the hash of a node
 * @seed: of the hash; odd, and secret
 */
struct sipsteer_hash {
	struct sipsteer_hash_buckets __rcu *now;
	struct sipsteer_hash_buckets sets[2];
	u32 count;
	u32 (*of)(const struct sipsteer_hash_node *node, u64 seed);
	u64 seed;
};

/**
 * sipsteer_hash_buckets() - begin a lookup
 * @hash: the table; RCU, or the writer's lock, is held
 *
 * Return: the buckets to look into.
 */
static inline const struct sipsteer_hash_buckets *
sipsteer_hash_buckets(const struct sipsteer_hash *hash)
{
	/* Only the table's owner knows its lock. */
	return rcu_dereference_raw(hash->now);
}

/**
 * sipsteer_hash_first() - the first node that may have a hash
 * @buckets: where to look; RCU, or the writer's lock, is held
 * @value: the hash
 *
 * Return: the node, NULL if there is none.
 */
static inline struct sipsteer_hash_node *
sipsteer_hash_first(const struct sipsteer_hash_buckets *buckets, u32 value)
{
	return rcu_dereference_raw(buckets->first[value >> buckets->shift]);
}

/**
 * sipsteer_hash_next() - the next node of the same bucket
 * @buckets: where to look; RCU, or the writer's lock, is held
 * @node: one of its nodes
 *
 * Return: the node, NULL if there is none.
 */
static inline struct sipsteer_hash_node *
sipsteer_hash_next(const struct sipsteer_hash_buckets *buckets,
		   const struct sipsteer_hash_node *node)
{
	return rcu_dereference_raw(node->next[buckets->link]);
}

/**
 * sipsteer_hash_behind() - where the next bucket begins
 * @buckets: some buckets
 * @value: a hash
 *
 * Return: the lowest hash of the bucket behind that of @value, 0 if it is the
 * last.
 */
static inline u32
sipsteer_hash_behind(const struct sipsteer_hash_buckets *buckets, u32 value)
{
	return ((value >> buckets->shift) + 1) << buckets->shift;
}

#define sipsteer_hash_for_each(node, buckets, value)			\
	for (node = sipsteer_hash_first(buckets, value); node;		\
	     node = sipsteer_hash_next(buckets, node))

/**
 * struct sipsteer_hash_pos - where a walk through a whole table is
 * @at: a hash of the bucket
 * @nth: how many nodes of it have been seen
 * @shift: of the buckets that it is in
 * @end: there is no more
 */
struct sipsteer_hash_pos {
	u32 at;
	u32 nth;
	u8 shift;
	bool end;
};

struct sipsteer_hash_node *sipsteer_hash_walk(const struct sipsteer_hash *hash,
					      struct sipsteer_hash_pos *pos);

int sipsteer_hash_init(struct sipsteer_hash *hash,
		       u32 (*of)(const struct sipsteer_hash_node *node, u64 seed));
void sipsteer_hash_exit(struct sipsteer_hash *hash);
void sipsteer_hash_insert(struct sipsteer_hash *hash,
			  struct sipsteer_hash_node *node);
void sipsteer_hash_remove(struct sipsteer_hash *hash,
			  struct sipsteer_hash_node *node);

bool sipsteer_hash_is_unfit(const struct sipsteer_hash *hash);
void sipsteer_hash_prepare(struct sipsteer_hash *hash);
void sipsteer_hash_move(struct sipsteer_hash *hash);
void sipsteer_hash_finish(struct sipsteer_hash *hash);
void sipsteer_hash_fit(struct sipsteer_hash *hash);

#endif /* SIPSTEER_HASH_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash table that has one bucket, and aborts where with more of them
 * something would not be found: an object and its key hash differently.
 */
#ifndef UNIT_LINUX_RHASHTABLE_H
#define UNIT_LINUX_RHASHTABLE_H

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct rhash_head {
	struct rhash_head *next;
};

struct rhashtable_compare_arg {
	const void *key;
};

struct rhashtable_params {
	size_t head_offset;
	bool automatic_shrinking;
	u32 (*hashfn)(const void *key, u32 len, u32 seed);
	u32 (*obj_hashfn)(const void *object, u32 len, u32 seed);
	int (*obj_cmpfn)(struct rhashtable_compare_arg *arg, const void *object);
};

struct rhashtable {
	struct rhash_head *first;
	size_t head_offset;
};

struct rhashtable_iter {
	struct rhashtable *ht;
	struct rhash_head *at;
};

extern unsigned int unit_failing_insert;	/* 1: the next one, 0: none */

static inline int rhashtable_init(struct rhashtable *ht,
				  const struct rhashtable_params *params)
{
	if (unit_failing_insert && !--unit_failing_insert)
		return -ENOMEM;
	*ht = (struct rhashtable){ .head_offset = params->head_offset };
	return 0;
}

static inline void *unit_object(const struct rhashtable *ht,
				struct rhash_head *head)
{
	return head ? (char *)head - ht->head_offset : NULL;
}

static inline void rhashtable_free_and_destroy(struct rhashtable *ht,
					       void (*free)(void *, void *),
					       void *arg)
{
	struct rhash_head *head, *next;

	for (head = ht->first; head; head = next) {
		next = head->next;
		if (free)
			free(unit_object(ht, head), arg);
	}
}

#define rhashtable_destroy(ht)	rhashtable_free_and_destroy(ht, NULL, NULL)

static inline void *rhashtable_lookup(struct rhashtable *ht, const void *key,
				      const struct rhashtable_params params)
{
	struct rhashtable_compare_arg arg = { .key = key };
	struct rhash_head *head;
	void *object;

	assert(unit_rcu_readers);
	for (head = ht->first; head; head = head->next) {
		object = unit_object(ht, head);
		if (params.obj_cmpfn(&arg, object))
			continue;
		assert(params.hashfn(key, 0, 7) ==
		       params.obj_hashfn(object, 0, 7));
		return object;
	}
	return NULL;
}

static inline void *
rhashtable_lookup_get_insert_key(struct rhashtable *ht, const void *key,
				 struct rhash_head *head,
				 const struct rhashtable_params params)
{
	void *object = rhashtable_lookup(ht, key, params);

	if (object)
		return object;
	if (unit_failing_insert && !--unit_failing_insert)
		return ERR_PTR(-ENOMEM);
	head->next = ht->first;
	ht->first = head;
	unit_interleaved(UNIT_PUBLISHED);
	return NULL;
}

/* Who is at this object may go on from it until a grace period has passed. */
static inline int rhashtable_remove_fast(struct rhashtable *ht,
					 struct rhash_head *head,
					 const struct rhashtable_params params)
{
	struct rhash_head **at;

	for (at = &ht->first; *at; at = &(*at)->next) {
		if (*at != head)
			continue;
		*at = head->next;
		return 0;
	}
	return -ENOENT;
}

static inline void rhashtable_walk_enter(struct rhashtable *ht,
					 struct rhashtable_iter *iter)
{
	*iter = (struct rhashtable_iter){ .ht = ht };
}

#define rhashtable_walk_exit(iter)	((void)(iter))
#define rhashtable_walk_start(iter)	rcu_read_lock()
#define rhashtable_walk_stop(iter)	rcu_read_unlock()

static inline void *rhashtable_walk_next(struct rhashtable_iter *iter)
{
	assert(unit_rcu_readers);
	iter->at = iter->at ? iter->at->next : iter->ht->first;
	return unit_object(iter->ht, iter->at);
}

static inline void *rhashtable_walk_peek(struct rhashtable_iter *iter)
{
	return iter->at ? unit_object(iter->ht, iter->at) :
			  rhashtable_walk_next(iter);
}

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of address prefixes, and the prefix lengths in use.  Looking up is in
 * prefix.h.
 */
#include <linux/compiler.h>
#include <asm/barrier.h>

#include "prefix.h"

static u32 node_hash(const struct sipsteer_hash_node *node, u64 seed)
{
	return sipsteer_prefix_hash(&container_of(node,
						  struct sipsteer_prefix_node,
						  node)->key, seed);
}

/**
 * sipsteer_prefix_hash_init() - make an empty table of objects that have a
 * struct sipsteer_prefix_node
 * @hash: the table, all zero
 *
 * Return: 0 or -ENOMEM.
 */
int sipsteer_prefix_hash_init(struct sipsteer_hash *hash)
{
	return sipsteer_hash_init(hash, node_hash);
}

/**
 * sipsteer_prefix_lens_init() - no prefix length is in use
 * @lens: the lengths in use
 */
void sipsteer_prefix_lens_init(struct sipsteer_prefix_lens *lens)
{
	lens->next[SIPSTEER_PREFIX_LEN_END] = SIPSTEER_PREFIX_LEN_END;
}

/* The one before a length, as the list has it or would have it. */
static u8 *lens_link(struct sipsteer_prefix_lens *lens, u8 len)
{
	u8 *link = &lens->next[SIPSTEER_PREFIX_LEN_END];

	while (*link != SIPSTEER_PREFIX_LEN_END && *link > len)
		link = &lens->next[*link];
	return link;
}

/**
 * sipsteer_prefix_lens_get() - one more prefix of this length
 * @lens: the lengths in use; the writer's lock is held
 * @len: the length
 */
void sipsteer_prefix_lens_get(struct sipsteer_prefix_lens *lens, u8 len)
{
	u8 *link;

	if (lens->count[len]++)
		return;
	link = lens_link(lens, len);
	WRITE_ONCE(lens->next[len], *link);
	/* For packets, its own next comes before it. */
	smp_store_release(link, len);
}

/**
 * sipsteer_prefix_lens_put() - one prefix of this length less
 * @lens: the lengths in use; the writer's lock is held
 * @len: the length
 *
 * Its own next stays, for packets that are there.
 */
void sipsteer_prefix_lens_put(struct sipsteer_prefix_lens *lens, u8 len)
{
	if (!--lens->count[len])
		WRITE_ONCE(*lens_link(lens, len), lens->next[len]);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is looked up by address prefix and port: mappings by their match, targets
 * by address and port, or by address alone, exempt sources.
 */
#ifndef SIPSTEER_PREFIX_H
#define SIPSTEER_PREFIX_H

#include <linux/compiler.h>
#include <linux/inetdevice.h>
#include <linux/kernel.h>

#include "addr.h"
#include "compat.h"
#include "hash.h"

/**
 * struct sipsteer_prefix - what a hash per prefix length is keyed by
 * @addr: address, cut down to @len
 * @port: port, or 0 where ports do not matter
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @len: prefix length
 * @rest: all but the address
 * @end: address and port; what it has as padding is @family and @len
 */
struct sipsteer_prefix {
	union {
		struct {
			union nf_inet_addr addr;
			union {
				struct {
					__be16 port;
					u8 family;
					u8 len;
				};
				u32 rest;
			};
		};
		struct sipsteer_endpoint end;
	};
};

/**
 * struct sipsteer_prefix_node - what an object is found by
 * @node: in a table that sipsteer_prefix_hash_init() has made
 * @key: the prefix
 */
struct sipsteer_prefix_node {
	struct sipsteer_hash_node node;
	struct sipsteer_prefix key;
};

/* No prefix length: where a list of them begins and ends. */
#define SIPSTEER_PREFIX_LEN_END		(SIPSTEER_PREFIX_MAX + 1)

/**
 * struct sipsteer_prefix_lens - the prefix lengths in use, the longest first
 * @next: the next shorter one in use after each, or SIPSTEER_PREFIX_LEN_END;
 *	the list begins at that index
 * @count: how many prefixes have each length; for the writer
 *
 * Packets read the list while it changes, and may miss a length that comes.
 */
struct sipsteer_prefix_lens {
	u8 next[SIPSTEER_PREFIX_MAX + 2];
	u32 count[SIPSTEER_PREFIX_MAX + 1];
};

/**
 * sipsteer_prefix_len_next() - step through the prefix lengths in use
 * @lens: the lengths
 * @len: one of them, or SIPSTEER_PREFIX_LEN_END at first
 *
 * Return: the next one, or SIPSTEER_PREFIX_LEN_END.
 */
static inline u8
sipsteer_prefix_len_next(const struct sipsteer_prefix_lens *lens, u8 len)
{
	return READ_ONCE(lens->next[len]);
}

/*
 * Written and read as one word, it need not be in memory; and of a constant
 * family, nothing of the other one is compiled.
 */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
static __always_inline u32 sipsteer_prefix_rest(__be16 port, u8 family, u8 len)
{
	return (u32)(__force u16)port << 16 | family << 8 | len;
}

static __always_inline u8 sipsteer_prefix_family(const struct sipsteer_prefix *key)
{
	return key->rest >> 8;
}
#else
static __always_inline u32 sipsteer_prefix_rest(__be16 port, u8 family, u8 len)
{
	return (u32)len << 24 | family << 16 | (__force u16)port;
}

static __always_inline u8 sipsteer_prefix_family(const struct sipsteer_prefix *key)
{
	return key->rest >> 16;
}
#endif

/**
 * sipsteer_prefix_of() - the prefix that an address is in
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; often a constant
 * @addr: the address
 * @port: port, or 0
 * @len: prefix length, at most the family's
 *
 * Return: the prefix.
 */
static __always_inline struct sipsteer_prefix
sipsteer_prefix_of(u8 family, const union nf_inet_addr *addr, __be16 port,
		   u8 len)
{
	struct sipsteer_prefix key __uninitialized;

	if (family != NFPROTO_IPV4)
		key.addr = sipsteer_addr_mask(addr, len);
	else if (likely(len == 32))
		key.addr = sipsteer_addr_v4(addr->ip);
	else
		key.addr = sipsteer_addr_v4(addr->ip & inet_make_mask(len));
	key.rest = sipsteer_prefix_rest(port, family, len);
	return key;
}

/**
 * sipsteer_prefix_hash() - the hash of a prefix
 * @key: the prefix
 * @seed: of the table
 *
 * Return: the hash.
 */
static __always_inline u32 sipsteer_prefix_hash(const struct sipsteer_prefix *key,
						u64 seed)
{
	if (sipsteer_prefix_family(key) == NFPROTO_IPV4)
		return sipsteer_hash_word(key->addr.all[0] |
					  (u64)key->rest << 32, seed);
	return sipsteer_hash_word(sipsteer_addr_mix(key->rest, &key->addr),
				  seed);
}

/**
 * sipsteer_prefix_equal() - are two prefixes the same?
 * @a: one
 * @b: the other
 *
 * Return: true if so.
 */
static __always_inline bool sipsteer_prefix_equal(const struct sipsteer_prefix *a,
						  const struct sipsteer_prefix *b)
{
	/* What is in one bucket by chance most often has the port in common. */
	if (sipsteer_prefix_family(a) == NFPROTO_IPV4 ?
	    a->addr.ip != b->addr.ip : !nf_inet_addr_cmp(&a->addr, &b->addr))
		return false;
	return a->rest == b->rest;
}

/**
 * sipsteer_prefix_first() - find an object, or the first of several
 * @hash: the table
 * @buckets: its buckets; RCU, or the writer's lock, is held
 * @key: the prefix
 *
 * Return: the first object of this very prefix, NULL if there is none.
 */
static __always_inline struct sipsteer_prefix_node *
sipsteer_prefix_first(const struct sipsteer_hash *hash,
		      const struct sipsteer_hash_buckets *buckets,
		      const struct sipsteer_prefix *key)
{
	struct sipsteer_prefix_node *found;
	struct sipsteer_hash_node *node;

	sipsteer_hash_for_each(node, buckets,
			       sipsteer_prefix_hash(key, hash->seed)) {
		found = container_of(node, struct sipsteer_prefix_node, node);
		if (sipsteer_prefix_equal(key, &found->key))
			return found;
	}
	return NULL;
}

/**
 * sipsteer_prefix_next() - find another object of the same prefix
 * @buckets: where the first was found; RCU, or the writer's lock, has been held
 *	since
 * @node: one of them
 *
 * Return: the next one, NULL if there is none.
 */
static __always_inline struct sipsteer_prefix_node *
sipsteer_prefix_next(const struct sipsteer_hash_buckets *buckets,
		     const struct sipsteer_prefix_node *node)
{
	const struct sipsteer_hash_node *next = &node->node;
	struct sipsteer_prefix_node *found;

	while ((next = sipsteer_hash_next(buckets, next))) {
		found = container_of(next, struct sipsteer_prefix_node, node);
		if (sipsteer_prefix_equal(&node->key, &found->key))
			return found;
	}
	return NULL;
}

/**
 * sipsteer_prefix_find() - find an object
 * @hash: the table; RCU, or the writer's lock, is held
 * @key: the prefix
 *
 * Return: the first object of this very prefix, NULL if there is none.
 */
static __always_inline struct sipsteer_prefix_node *
sipsteer_prefix_find(const struct sipsteer_hash *hash,
		     const struct sipsteer_prefix *key)
{
	return sipsteer_prefix_first(hash, sipsteer_hash_buckets(hash), key);
}

int sipsteer_prefix_hash_init(struct sipsteer_hash *hash);
void sipsteer_prefix_lens_init(struct sipsteer_prefix_lens *lens);
void sipsteer_prefix_lens_get(struct sipsteer_prefix_lens *lens, u8 len);
void sipsteer_prefix_lens_put(struct sipsteer_prefix_lens *lens, u8 len);

#endif /* SIPSTEER_PREFIX_H */

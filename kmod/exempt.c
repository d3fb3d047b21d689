// SPDX-License-Identifier: GPL-2.0
/*
 * Source prefixes that are never steered: the core's own CSCFs, whose relayed
 * requests must reach the S-CSCF.
 *
 * Packets read under RCU; writers hold the namespace's mutex.
 */
#include <linux/slab.h>

#include "exempt.h"

static struct sipsteer_exempt *exempt_find(const struct sipsteer_exempts *set,
					   const struct sipsteer_prefix *prefix)
{
	struct sipsteer_prefix_node *node;

	node = sipsteer_prefix_find(&set->prefixes, prefix);
	return node ? container_of(node, struct sipsteer_exempt, by_prefix) :
		      NULL;
}

/**
 * sipsteer_exempt_match() - is this source exempt?
 * @set: the exempt prefixes; RCU is held
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @addr: the source address
 *
 * Return: true if so.
 */
bool sipsteer_exempt_match(const struct sipsteer_exempts *set, u8 family,
			   const union nf_inet_addr *addr)
{
	const struct sipsteer_prefix_lens *lens =
		&set->lens[sipsteer_family_index(family)];
	struct sipsteer_prefix key;
	u8 len = SIPSTEER_PREFIX_LEN_END;

	while ((len = sipsteer_prefix_len_next(lens, len)) !=
	       SIPSTEER_PREFIX_LEN_END) {
		key = sipsteer_prefix_of(family, addr, 0, len);
		if (exempt_find(set, &key))
			return true;
	}
	return false;
}

/**
 * sipsteer_exempt_has() - is this very prefix in the set?
 * @set: the exempt prefixes; the writer's lock is held
 * @prefix: the prefix
 *
 * Return: true if so.
 */
bool sipsteer_exempt_has(const struct sipsteer_exempts *set,
			 const struct sipsteer_prefix *prefix)
{
	return exempt_find(set, prefix);
}

/**
 * sipsteer_exempt_add() - add a prefix
 * @set: the exempt prefixes; the writer's lock is held
 * @prefix: the prefix, cut down to its length
 *
 * Return: 0, -EEXIST if it is there, or -ENOMEM.
 */
int sipsteer_exempt_add(struct sipsteer_exempts *set,
			const struct sipsteer_prefix *prefix)
{
	struct sipsteer_exempt *exempt;

	if (exempt_find(set, prefix))
		return -EEXIST;
	exempt = kzalloc(sizeof(*exempt), GFP_KERNEL_ACCOUNT);
	if (!exempt)
		return -ENOMEM;
	exempt->by_prefix.key = *prefix;
	sipsteer_hash_insert(&set->prefixes, &exempt->by_prefix.node);
	sipsteer_hash_fit(&set->prefixes);
	list_add_tail(&exempt->list, &set->list);
	sipsteer_prefix_lens_get(&set->lens[sipsteer_family_index(prefix->family)],
				 prefix->len);
	return 0;
}

static void exempt_remove(struct sipsteer_exempts *set,
			  struct sipsteer_exempt *exempt)
{
	const struct sipsteer_prefix *prefix = &exempt->by_prefix.key;

	sipsteer_prefix_lens_put(&set->lens[sipsteer_family_index(prefix->family)],
				 prefix->len);
	list_del(&exempt->list);
	sipsteer_hash_remove(&set->prefixes, &exempt->by_prefix.node);
	sipsteer_hash_fit(&set->prefixes);
	kfree_rcu(exempt, rcu);
}

/**
 * sipsteer_exempt_del() - delete a prefix
 * @set: the exempt prefixes; the writer's lock is held
 * @prefix: the prefix
 *
 * Return: 0, or -ENOENT if it is not there.
 */
int sipsteer_exempt_del(struct sipsteer_exempts *set,
			const struct sipsteer_prefix *prefix)
{
	struct sipsteer_exempt *exempt;

	exempt = exempt_find(set, prefix);
	if (!exempt)
		return -ENOENT;
	exempt_remove(set, exempt);
	return 0;
}

/**
 * sipsteer_exempts_init() - make an empty set
 * @set: the set
 *
 * Return: 0 or a negative errno.
 */
int sipsteer_exempts_init(struct sipsteer_exempts *set)
{
	INIT_LIST_HEAD(&set->list);
	sipsteer_prefix_lens_init(&set->lens[0]);
	sipsteer_prefix_lens_init(&set->lens[1]);
	return sipsteer_prefix_hash_init(&set->prefixes);
}

/**
 * sipsteer_exempts_exit() - delete all prefixes and the set's own memory
 * @set: the set; no packet can see it any more
 */
void sipsteer_exempts_exit(struct sipsteer_exempts *set)
{
	struct sipsteer_exempt *exempt, *next;

	list_for_each_entry_safe(exempt, next, &set->list, list) {
		exempt_remove(set, exempt);
		cond_resched();
	}
	sipsteer_hash_exit(&set->prefixes);
}

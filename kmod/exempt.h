/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_EXEMPT_H
#define SIPSTEER_EXEMPT_H

#include <linux/list.h>

#include "prefix.h"

/**
 * struct sipsteer_exempts - source prefixes that are never steered
 * @prefixes: struct sipsteer_exempt by prefix
 * @lens: prefix lengths in use, [0] IPv4 and [1] IPv6
 * @list: all of them, oldest first, for the writer
 */
struct sipsteer_exempts {
	struct sipsteer_hash prefixes;
	struct sipsteer_prefix_lens lens[2];
	struct list_head list;
};

/**
 * struct sipsteer_exempt - one of them
 * @by_prefix: in @prefixes; its port is 0
 * @list: in @list
 * @rcu: frees it
 */
struct sipsteer_exempt {
	struct sipsteer_prefix_node by_prefix;
	struct list_head list;
	struct rcu_head rcu;
};

/**
 * sipsteer_exempts_any() - is any prefix of this family exempt?
 * @set: the exempt prefixes
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Return: true if so.
 */
static inline bool sipsteer_exempts_any(const struct sipsteer_exempts *set,
					u8 family)
{
	const struct sipsteer_prefix_lens *lens =
		&set->lens[sipsteer_family_index(family)];

	/* Any of its values will do: one comes, or goes, at some moment. */
	return data_race(lens->next[SIPSTEER_PREFIX_LEN_END]) !=
	       SIPSTEER_PREFIX_LEN_END;
}

int sipsteer_exempts_init(struct sipsteer_exempts *set);
void sipsteer_exempts_exit(struct sipsteer_exempts *set);
bool sipsteer_exempt_match(const struct sipsteer_exempts *set, u8 family,
			   const union nf_inet_addr *addr);
bool sipsteer_exempt_has(const struct sipsteer_exempts *set,
			 const struct sipsteer_prefix *prefix);
int sipsteer_exempt_add(struct sipsteer_exempts *set,
			const struct sipsteer_prefix *prefix);
int sipsteer_exempt_del(struct sipsteer_exempts *set,
			const struct sipsteer_prefix *prefix);

#endif /* SIPSTEER_EXEMPT_H */

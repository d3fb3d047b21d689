/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_TABLE_H
#define SIPSTEER_TABLE_H

#include "exempt.h"
#include "mapping.h"

/**
 * struct sipsteer_table - all that the user has configured for packets
 * @mappings: the mappings
 * @exempts: source prefixes that are never steered
 *
 * It is replaced as a whole: a packet keeps to the one it has met.
 */
struct sipsteer_table {
	struct sipsteer_mappings mappings;
	struct sipsteer_exempts exempts;
};

/**
 * sipsteer_table_guards_tcp() - does anything tell clients from the core?
 * @table: the table
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @from_len: length of a mapping's source prefix
 * @guard: whether that mapping guards the core's own connections
 *
 * A SYN carries no Via.  On PRE_ROUTING, where the core's own connections come
 * by, a mapping steers TCP only if the user has said who is who, or does not
 * mind.
 *
 * Return: true if so.
 */
static inline bool
sipsteer_table_guards_tcp(const struct sipsteer_table *table, u8 family,
			  u8 from_len, bool guard)
{
	return from_len || !guard || sipsteer_exempts_any(&table->exempts, family);
}

struct sipsteer_table *sipsteer_table_create(u32 *next_id);
void sipsteer_table_destroy(struct sipsteer_table *table);

#endif /* SIPSTEER_TABLE_H */

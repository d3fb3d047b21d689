/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_MAPPING_H
#define SIPSTEER_MAPPING_H

#include <linux/rbtree.h>
#include <linux/xarray.h>
#include <uapi/linux/sipsteer.h>

#include "addr.h"
#include "hash.h"
#include "stats.h"

#define SIPSTEER_PROTO_ALL	(SIPSTEER_PROTO_UDP | SIPSTEER_PROTO_TCP)

/**
 * struct sipsteer_prefix - what a hash per prefix length is keyed by
 * @addr: address, cut down to @len
 * @port: port, or 0 where ports do not matter
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @len: prefix length
 * @rest: all but the address
 */
struct sipsteer_prefix {
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

/**
 * sipsteer_prefix_hash() - the hash of a prefix
 * @prefix: the prefix
 * @seed: of the table
 *
 * Return: the hash.
 */
static inline u32 sipsteer_prefix_hash(const struct sipsteer_prefix *prefix,
				       u32 seed)
{
	u64 hash = seed;

	if (prefix->family == NFPROTO_IPV4)
		hash = sipsteer_mix(hash, prefix->addr.all[0]);
	else
		hash = sipsteer_addr_mix(hash, &prefix->addr);
	return sipsteer_mix(hash, prefix->rest) >> 32;
}

/**
 * sipsteer_prefix_equal() - are two prefixes the same?
 * @a: one
 * @b: the other
 *
 * Return: true if so.
 */
static inline bool sipsteer_prefix_equal(const struct sipsteer_prefix *a,
					 const struct sipsteer_prefix *b)
{
	if (a->rest != b->rest)
		return false;
	return a->family == NFPROTO_IPV4 ? a->addr.ip == b->addr.ip :
					   nf_inet_addr_cmp(&a->addr, &b->addr);
}

/**
 * struct sipsteer_target_addr - an address that mappings send to
 * @node: in the table's target_addrs
 * @key: the address; its port is 0
 * @targets: how many targets in use have it
 * @rcu: frees it
 */
struct sipsteer_target_addr {
	struct sipsteer_hash_node node;
	struct sipsteer_prefix key;
	u32 targets;
	struct rcu_head rcu;
};

/**
 * struct sipsteer_target - where mappings send to; shared by all that agree
 * @node: in the table's targets, for packets
 * @by_port: in the table's targets_by_port, for the writer
 * @unused: in the table's unused targets, if no mapping has it any more
 * @key: address and port
 * @addr: the address alone; NULL if no mapping has it any more
 * @users: how many mappings steer UDP, and TCP, here
 * @since: when the last mapping went, on the clock of transactions
 * @rcu: frees it
 */
struct sipsteer_target {
	struct sipsteer_hash_node node;
	struct rb_node by_port;
	struct list_head unused;
	struct sipsteer_prefix key;
	struct sipsteer_target_addr *addr;
	u32 users[2];
	u32 since;
	struct rcu_head rcu;
};

/**
 * struct sipsteer_mapping_config - what the user says of a mapping
 * @match: where clients wrongly write to
 * @target: where their requests go instead, of the same family
 * @from: source prefix; its length is 0 if it does not matter
 * @from_len: length of @from
 * @proto: SIPSTEER_PROTO_ flags
 * @methods: SIPSTEER_METHOD_ flags
 * @reply: enum sipsteer_reply
 * @guard: whether relayed requests pass
 * @route: enum sipsteer_route
 * @iif: input interface, or NULL
 * @comment: or NULL
 */
struct sipsteer_mapping_config {
	struct sipsteer_prefix match;
	struct sipsteer_endpoint target;
	union nf_inet_addr from;
	u8 from_len;
	u8 proto;
	u16 methods;
	u8 reply;
	bool guard;
	u8 route;
	const char *iif;
	const char *comment;
};

/**
 * struct sipsteer_mapping - one mapping
 * @by_match: in the table's by_match, with all others of this match
 * @match: where clients wrongly write to
 * @methods: SIPSTEER_METHOD_ flags
 * @from_len: length of @from, 0 if the source does not matter
 * @proto: SIPSTEER_PROTO_ flags
 * @reply: enum sipsteer_reply
 * @guard: whether relayed requests pass
 * @route: enum sipsteer_route
 * @id: identifier
 * @target: where to
 * @iif: input interface, or NULL
 * @stats: counters
 * @from: source prefix
 * @comment: or NULL
 * @rcu: frees it
 *
 * But for @stats, nothing that packets look at changes once they can see it.
 */
struct sipsteer_mapping {
	struct sipsteer_hash_node by_match;
	struct sipsteer_prefix match;
	u16 methods;
	u8 from_len;
	u8 proto;
	u8 reply;
	bool guard;
	u8 route;
	u32 id;
	struct sipsteer_target *target;
	const char *iif;
	struct sipsteer_mapping_stats stats;
	union nf_inet_addr from;
	const char *comment;
	struct rcu_head rcu;
};

/**
 * struct sipsteer_mappings - the mappings of a network namespace
 * @match_ports: ports of matches; the one test that all other traffic pays on
 *	the way of requests
 * @target_ports: ports of targets; the same for replies
 * @tcp_ports: both, of mappings that steer TCP; it also has what connections
 *	need that outlive their mapping
 * @tcp_ports_stale: @tcp_ports may have ports that nobody needs
 * @by_match: struct sipsteer_mapping by match
 * @targets: struct sipsteer_target by address and port
 * @target_addrs: struct sipsteer_target_addr by address
 * @lens: prefix lengths of the matches, [0] IPv4 and [1] IPv6
 * @ids: struct sipsteer_mapping by id
 * @match_port_users: how many mappings have this port, as a value
 * @targets_by_port: struct sipsteer_target by family, port and address
 * @unused: targets that no mapping has any more
 * @next_id: where to look for the next unused id; shared with @before
 * @before: what this table is to replace, or NULL
 * @count: mappings of each family, [0] IPv4 and [1] IPv6
 */
struct sipsteer_mappings {
	DECLARE_BITMAP(match_ports, 65536);
	DECLARE_BITMAP(target_ports, 65536);
	DECLARE_BITMAP(tcp_ports, 65536);
	bool tcp_ports_stale;
	struct sipsteer_hash by_match;
	struct sipsteer_hash targets;
	struct sipsteer_hash target_addrs;
	struct sipsteer_prefix_lens lens[2];
	struct xarray ids;
	struct xarray match_port_users;
	struct rb_root targets_by_port;
	struct list_head unused;
	u32 *next_id;
	struct sipsteer_mappings *before;
	u32 count[2];
};

/**
 * struct sipsteer_query - what a packet asks the mappings
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @proto: one SIPSTEER_PROTO_ flag
 * @src: source address
 * @dst: destination address and port
 * @in: input interface, NULL for packets of this host
 */
struct sipsteer_query {
	u8 family;
	u8 proto;
	const union nf_inet_addr *src;
	const struct sipsteer_endpoint *dst;
	const struct net_device *in;
};

void sipsteer_prefix_lens_init(struct sipsteer_prefix_lens *lens);
void sipsteer_prefix_lens_get(struct sipsteer_prefix_lens *lens, u8 len);
void sipsteer_prefix_lens_put(struct sipsteer_prefix_lens *lens, u8 len);

int sipsteer_mappings_init(struct sipsteer_mappings *table, u32 *next_id);
void sipsteer_mappings_exit(struct sipsteer_mappings *table);
int sipsteer_mappings_succeed(struct sipsteer_mappings *table);
void sipsteer_mappings_inherit_stats(struct sipsteer_mappings *table,
				     struct sipsteer_mappings *former);
struct sipsteer_mapping *
sipsteer_mapping_match(const struct sipsteer_mappings *table,
		       const struct sipsteer_query *query);
bool sipsteer_target_has_addr(const struct sipsteer_mappings *table, u8 family,
			      const union nf_inet_addr *addr);
bool sipsteer_target_used(const struct sipsteer_mappings *table, u8 family,
			  const struct sipsteer_endpoint *end);
bool sipsteer_target_known(const struct sipsteer_mappings *table, u8 family,
			   const struct sipsteer_endpoint *end);
void sipsteer_targets_prune(struct sipsteer_mappings *table, u32 before);
void sipsteer_tcp_ports_prune(struct sipsteer_mappings *table);

struct sipsteer_mapping *
sipsteer_mapping_find(const struct sipsteer_mappings *table,
		      const struct sipsteer_mapping_config *config);
int sipsteer_mapping_check_loop(const struct sipsteer_mappings *table,
				const struct sipsteer_mapping_config *config,
				const struct sipsteer_mapping *replaced);
struct sipsteer_mapping *
sipsteer_mapping_add(struct sipsteer_mappings *table,
		     const struct sipsteer_mapping_config *config,
		     struct sipsteer_mapping *replaced);
void sipsteer_mapping_del(struct sipsteer_mappings *table,
			  struct sipsteer_mapping *mapping);

int sipsteer_mapping_caches_init(void);
void sipsteer_mapping_caches_exit(void);

#endif /* SIPSTEER_MAPPING_H */

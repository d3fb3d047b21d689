/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_MAPPING_H
#define SIPSTEER_MAPPING_H

#include <linux/rbtree.h>
#include <linux/xarray.h>
#include <uapi/linux/sipsteer.h>

#include "addr.h"
#include "prefix.h"
#include "stats.h"
#include "sum.h"

#define SIPSTEER_PROTO_ALL	(SIPSTEER_PROTO_UDP | SIPSTEER_PROTO_TCP)

/**
 * struct sipsteer_target_addr - an address that mappings send to
 * @by_addr: in the table's target_addrs; its port is 0
 * @targets: how many targets in use have it
 * @rcu: frees it
 */
struct sipsteer_target_addr {
	struct sipsteer_prefix_node by_addr;
	u32 targets;
	struct rcu_head rcu;
};

/**
 * struct sipsteer_target - where mappings send to; shared by all that agree
 * @by_end: in the table's targets, for packets: address and port
 * @by_port: in the table's targets_by_port, for the writer
 * @unused: in the table's unused targets, if no mapping has it any more
 * @addr: the address alone; NULL if no mapping has it any more
 * @users: how many mappings steer UDP, and TCP, here
 * @since: when the last mapping went, on the clock of transactions
 * @rcu: frees it
 */
struct sipsteer_target {
	struct sipsteer_prefix_node by_end;
	struct rb_node by_port;
	struct list_head unused;
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
 * @by_match: in the table's by_match: where clients wrongly write to
 * @id: identifier
 * @methods: SIPSTEER_METHOD_ flags
 * @from_len: length of @from, 0 if the source does not matter
 * @proto: SIPSTEER_PROTO_ flags
 * @reply: enum sipsteer_reply
 * @guard: whether relayed requests pass
 * @route: enum sipsteer_route
 * @takes_all: whether it takes all UDP to its match: from wherever that comes,
 *	and there is no other mapping of this match
 * @is_plain: whether it steers what UEs themselves write, and no more, to
 *	another host
 * @growth: what sums grow by when a packet that was sent to @by_match, not only
 *	to its prefix, is sent to @target
 * @target: where to
 * @iif: input interface, or NULL
 * @stats: counters
 * @from: source prefix
 * @comment: or NULL
 * @rcu: frees it
 *
 * But for @stats and @takes_all, nothing that packets look at changes once they
 * can see it.
 */
struct sipsteer_mapping {
	struct sipsteer_prefix_node by_match;
	u32 id;
	u16 methods;
	u8 from_len;
	u8 proto : 2;
	u8 reply : 1;
	bool guard : 1;
	u8 route : 1;
	bool is_plain : 1;
	u8 takes_all;
	struct sipsteer_growth growth;
	struct sipsteer_target *target;
	const char *iif;
	struct sipsteer_mapping_stats stats;
	union nf_inet_addr from;
	const char *comment;
	struct rcu_head rcu;
};

/**
 * struct sipsteer_mappings - the mappings of a network namespace
 * @match_ports: sipsteer_port_bit() of the ports of matches; the one test that
 *	all other traffic pays on the way of requests
 * @target_ports: ports of targets; the same for replies
 * @tcp_ports: both, of mappings that steer TCP; it also has what connections
 *	need that outlive their mapping
 * @target_tails: sipsteer_addr_tail() of the addresses in @target_addrs; it
 *	keeps those of addresses that have gone
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
	DECLARE_BITMAP(match_ports, SIPSTEER_PORTS);
	DECLARE_BITMAP(target_ports, SIPSTEER_PORTS);
	DECLARE_BITMAP(tcp_ports, SIPSTEER_PORTS);
	DECLARE_BITMAP(target_tails, SIPSTEER_ADDR_TAILS);
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
	union nf_inet_addr src;
	struct sipsteer_endpoint dst;
	const struct net_device *in;
};

int sipsteer_mappings_init(struct sipsteer_mappings *table, u32 *next_id);
void sipsteer_mappings_exit(struct sipsteer_mappings *table);
int sipsteer_mappings_succeed(struct sipsteer_mappings *table);
void sipsteer_mappings_inherit_stats(struct sipsteer_mappings *table,
				     struct sipsteer_mappings *former);
bool sipsteer_mapping_iif_fits(const struct sipsteer_mapping *mapping,
			       const struct net_device *in);
bool sipsteer_mapping_from_fits(const struct sipsteer_mapping *mapping,
				union nf_inet_addr src);
bool sipsteer_mapping_more_specific(const struct sipsteer_mapping *a,
				    const struct sipsteer_mapping *b);
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

static inline struct sipsteer_mapping *
sipsteer_mapping_of_node(struct sipsteer_prefix_node *node)
{
	return node ? container_of(node, struct sipsteer_mapping, by_match) : NULL;
}

/*
 * All mappings of a match; RCU, or the writer's lock, is held.  By the same
 * buckets throughout: a mapping that is taken out has no place in others.
 */
#define sipsteer_mapping_for_each(mapping, buckets, table, match)	\
	for (buckets = sipsteer_hash_buckets(&(table)->by_match),	\
	     mapping = sipsteer_mapping_of_node(			\
		sipsteer_prefix_first(&(table)->by_match, buckets, match)); \
	     mapping;							\
	     mapping = sipsteer_mapping_of_node(			\
		sipsteer_prefix_next(buckets, &(mapping)->by_match)))

static __always_inline bool
sipsteer_mapping_fits(const struct sipsteer_mapping *mapping,
		      const struct sipsteer_query *query)
{
	if (!(mapping->proto & query->proto))
		return false;
	if (mapping->iif && !sipsteer_mapping_iif_fits(mapping, query->in))
		return false;
	return !mapping->from_len ||
	       sipsteer_mapping_from_fits(mapping, query->src);
}

/* Of two with the same id the second is about to go. */
static __always_inline struct sipsteer_mapping *
sipsteer_mapping_of_match(const struct sipsteer_mappings *table,
			  const struct sipsteer_prefix *match,
			  const struct sipsteer_query *query)
{
	struct sipsteer_mapping *mapping, *best = NULL;
	const struct sipsteer_hash_buckets *buckets;

	sipsteer_mapping_for_each(mapping, buckets, table, match)
		if (sipsteer_mapping_fits(mapping, query) &&
		    (likely(!best) ||
		     sipsteer_mapping_more_specific(mapping, best)))
			best = mapping;
	return best;
}

/**
 * sipsteer_mapping_match() - find the mapping for a packet
 * @table: the mappings; RCU is held
 * @query: what the packet is
 *
 * Return: the most specific mapping that fits, NULL if none does.
 */
static __always_inline struct sipsteer_mapping *
sipsteer_mapping_match(const struct sipsteer_mappings *table,
		       const struct sipsteer_query *query)
{
	const struct sipsteer_prefix_lens *lens =
		&table->lens[sipsteer_family_index(query->family)];
	struct sipsteer_mapping *mapping;
	struct sipsteer_prefix match __uninitialized;
	u8 len = SIPSTEER_PREFIX_LEN_END;

	while ((len = sipsteer_prefix_len_next(lens, len)) !=
	       SIPSTEER_PREFIX_LEN_END) {
		match = sipsteer_prefix_of(query->family, &query->dst.addr,
					   query->dst.port, len);
		mapping = sipsteer_mapping_of_match(table, &match, query);
		if (mapping)
			return mapping;
	}
	return NULL;
}

/**
 * sipsteer_target_has_addr() - is this address some mapping's target?
 * @table: the mappings; RCU is held
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @addr: the address
 *
 * Return: true if so, whatever the port.
 */
static __always_inline bool
sipsteer_target_has_addr(const struct sipsteer_mappings *table, u8 family,
			 const union nf_inet_addr *addr)
{
	struct sipsteer_prefix key __uninitialized;

	/* Of hardly anybody who sends requests. */
	if (likely(!test_bit(sipsteer_addr_tail(family, addr),
			     table->target_tails)))
		return false;
	key = sipsteer_prefix_of(family, addr, 0, sipsteer_addr_bits(family));
	return sipsteer_prefix_find(&table->target_addrs, &key);
}

/**
 * sipsteer_target_of() - find a target
 * @table: the mappings; RCU is held
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @end: address and port
 *
 * One that no mapping has any more is found until sipsteer_targets_prune().
 *
 * Return: the target, NULL if there is none.
 */
static __always_inline const struct sipsteer_target *
sipsteer_target_of(const struct sipsteer_mappings *table, u8 family,
		   const struct sipsteer_endpoint *end)
{
	const struct sipsteer_prefix key =
		sipsteer_prefix_of(family, &end->addr, end->port,
				   sipsteer_addr_bits(family));
	const struct sipsteer_prefix_node *node;

	node = sipsteer_prefix_find(&table->targets, &key);
	return node ? container_of(node, struct sipsteer_target, by_end) : NULL;
}

/**
 * sipsteer_target_used() - does any mapping have this target?
 * @table: the mappings; RCU is held
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @end: address and port
 *
 * Return: true if so; not if one had it a moment ago.
 */
static inline bool sipsteer_target_used(const struct sipsteer_mappings *table,
					u8 family,
					const struct sipsteer_endpoint *end)
{
	const struct sipsteer_target *target =
		sipsteer_target_of(table, family, end);

	return target && READ_ONCE(target->addr);
}

#endif /* SIPSTEER_MAPPING_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The mappings of a network namespace.
 *
 * Packets find a mapping by hashing their destination once for each prefix
 * length in use, the longest first; what a lookup costs does not depend on how
 * many mappings there are.  Of those that share match prefix and port
 * the most specific one that fits is taken.
 *
 * Packets read under RCU; writers hold the namespace's mutex, which is theirs
 * to take.  A mapping is complete before it is linked, and but for its counters
 * and @takes_all does not change afterwards, so a packet sees all of it or nothing.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>

#include "compat.h"
#include "mapping.h"
#include "transaction.h"

static struct kmem_cache *mapping_cache;
static struct kmem_cache *target_cache;
static struct kmem_cache *target_addr_cache;

static bool is_name(const char *wanted, const struct net_device *dev)
{
	return dev && strcmp(wanted, dev->name) == 0;
}

/**
 * sipsteer_mapping_iif_fits() - is it for what comes by this interface?
 * @mapping: a mapping that has an interface
 * @in: the interface, or NULL
 *
 * Return: true if it is that interface, or the VRF that this is part of.
 */
bool sipsteer_mapping_iif_fits(const struct sipsteer_mapping *mapping,
			       const struct net_device *in)
{
	return is_name(mapping->iif, in) ||
	       is_name(mapping->iif, l3mdev_master_dev_rcu(in));
}

/**
 * sipsteer_mapping_from_fits() - is it for what comes from this source?
 * @mapping: a mapping that has a source prefix
 * @src: the source
 *
 * Return: true if so.
 */
bool sipsteer_mapping_from_fits(const struct sipsteer_mapping *mapping,
				union nf_inet_addr src)
{
	return sipsteer_addr_in(&src, &mapping->from, mapping->from_len);
}

/**
 * sipsteer_mapping_more_specific() - which of two that fit is to be taken?
 * @a: one
 * @b: the other, of the same match
 *
 * The longer source prefix, the one with an interface, the older one.
 *
 * Return: true if it is @a.
 */
bool sipsteer_mapping_more_specific(const struct sipsteer_mapping *a,
				    const struct sipsteer_mapping *b)
{
	if (a->from_len != b->from_len)
		return a->from_len > b->from_len;
	if (!a->iif != !b->iif)
		return a->iif;
	return a->id < b->id;
}

static int target_order(const struct sipsteer_target *target, u8 family,
			__be16 port, const union nf_inet_addr *addr)
{
	if (target->by_end.key.family != family)
		return target->by_end.key.family < family ? -1 : 1;
	if (target->by_end.key.port != port)
		return ntohs(target->by_end.key.port) < ntohs(port) ? -1 : 1;
	return memcmp(&target->by_end.key.addr, addr, sizeof(*addr));
}

/* The first target in the tree that does not come before the given one. */
static struct sipsteer_target *
target_lower_bound(const struct sipsteer_mappings *table, u8 family,
		   __be16 port, const union nf_inet_addr *addr)
{
	struct rb_node *node = table->targets_by_port.rb_node;
	struct sipsteer_target *target, *found = NULL;

	while (node) {
		target = rb_entry(node, struct sipsteer_target, by_port);
		if (target_order(target, family, port, addr) < 0) {
			node = node->rb_right;
		} else {
			found = target;
			node = node->rb_left;
		}
	}
	return found;
}

/* Has any target this port, whatever the family? */
static bool target_has_port(const struct sipsteer_mappings *table, __be16 port)
{
	static const u8 families[] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	const union nf_inet_addr lowest = {};
	struct sipsteer_target *target;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		target = target_lower_bound(table, families[i], port, &lowest);
		if (target && target->by_end.key.family == families[i] &&
		    target->by_end.key.port == port)
			return true;
	}
	return false;
}

static bool target_uses(const struct sipsteer_target *target, u8 proto)
{
	return ((proto & SIPSTEER_PROTO_UDP) && target->users[0]) ||
	       ((proto & SIPSTEER_PROTO_TCP) && target->users[1]);
}

static void target_link(struct sipsteer_mappings *table,
			struct sipsteer_target *target)
{
	struct rb_node **link = &table->targets_by_port.rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		parent = *link;
		if (target_order(rb_entry(parent, struct sipsteer_target, by_port),
				 target->by_end.key.family, target->by_end.key.port,
				 &target->by_end.key.addr) < 0)
			link = &parent->rb_right;
		else
			link = &parent->rb_left;
	}
	rb_link_node(&target->by_port, parent, link);
	rb_insert_color(&target->by_port, &table->targets_by_port);
}

static struct sipsteer_target *target_create(struct sipsteer_mappings *table,
					     u8 family,
					     const struct sipsteer_endpoint *to)
{
	struct sipsteer_target *target;

	target = kmem_cache_zalloc(target_cache, GFP_KERNEL_ACCOUNT);
	if (!target)
		return ERR_PTR(-ENOMEM);
	target->by_end.key.family = family;
	target->by_end.key.len = sipsteer_addr_bits(family);
	target->by_end.key.addr = to->addr;
	target->by_end.key.port = to->port;
	sipsteer_hash_insert(&table->targets, &target->by_end.node);
	sipsteer_hash_fit(&table->targets);
	target_link(table, target);
	target->since = sipsteer_transaction_now();
	list_add_tail(&target->unused, &table->unused);
	return target;
}

static void target_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(target_cache,
			container_of(rcu, struct sipsteer_target, rcu));
}

static void target_addr_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(target_addr_cache,
			container_of(rcu, struct sipsteer_target_addr, rcu));
}

static struct sipsteer_target_addr *
target_addr_get(struct sipsteer_mappings *table,
		const struct sipsteer_target *target)
{
	struct sipsteer_prefix key = target->by_end.key;
	struct sipsteer_prefix_node *node;
	struct sipsteer_target_addr *addr;

	key.port = 0;
	node = sipsteer_prefix_find(&table->target_addrs, &key);
	addr = node ? container_of(node, struct sipsteer_target_addr, by_addr) :
		      NULL;
	if (!addr) {
		addr = kmem_cache_zalloc(target_addr_cache, GFP_KERNEL_ACCOUNT);
		if (!addr)
			return ERR_PTR(-ENOMEM);
		addr->by_addr.key = key;
		set_bit(sipsteer_addr_tail(key.family, &key.addr),
			table->target_tails);
		sipsteer_hash_insert(&table->target_addrs, &addr->by_addr.node);
		sipsteer_hash_fit(&table->target_addrs);
	}
	addr->targets++;
	return addr;
}

static void target_addr_put(struct sipsteer_mappings *table,
			    struct sipsteer_target_addr *addr)
{
	if (--addr->targets)
		return;
	sipsteer_hash_remove(&table->target_addrs, &addr->by_addr.node);
	sipsteer_hash_fit(&table->target_addrs);
	call_rcu(&addr->rcu, target_addr_free_rcu);
}

static struct sipsteer_target *
target_find(const struct sipsteer_mappings *table, u8 family,
	    const struct sipsteer_endpoint *end)
{
	struct sipsteer_target *target;

	target = target_lower_bound(table, family, end->port, &end->addr);
	if (!target || target_order(target, family, end->port, &end->addr) != 0)
		return NULL;
	return target;
}

/* The target for one more mapping that steers these protocols to it. */
static struct sipsteer_target *target_get(struct sipsteer_mappings *table,
					  u8 family, u8 proto,
					  const struct sipsteer_endpoint *to)
{
	struct sipsteer_target_addr *addr;
	struct sipsteer_target *target;

	target = target_find(table, family, to);
	if (!target)
		target = target_create(table, family, to);
	if (IS_ERR(target))
		return target;
	if (!target->addr) {
		addr = target_addr_get(table, target);
		if (IS_ERR(addr))
			return ERR_CAST(addr);
		WRITE_ONCE(target->addr, addr);
		list_del_init(&target->unused);
	}
	target->users[0] += !!(proto & SIPSTEER_PROTO_UDP);
	target->users[1] += !!(proto & SIPSTEER_PROTO_TCP);
	/* Before any request is steered, so that no reply is overlooked. */
	set_bit(sipsteer_port_bit(to->port), table->target_ports);
	return target;
}

static void target_put(struct sipsteer_mappings *table,
		       struct sipsteer_target *target, u8 proto)
{
	target->users[0] -= !!(proto & SIPSTEER_PROTO_UDP);
	target->users[1] -= !!(proto & SIPSTEER_PROTO_TCP);
	if (target->users[0] || target->users[1])
		return;
	target_addr_put(table, target->addr);
	WRITE_ONCE(target->addr, NULL);
	target->since = sipsteer_transaction_now();
	list_add_tail(&target->unused, &table->unused);
}

static void target_forget(struct sipsteer_mappings *table,
			  struct sipsteer_target *target)
{
	__be16 port = target->by_end.key.port;

	list_del(&target->unused);
	rb_erase(&target->by_port, &table->targets_by_port);
	sipsteer_hash_remove(&table->targets, &target->by_end.node);
	sipsteer_hash_fit(&table->targets);
	if (!target_has_port(table, port))
		clear_bit(sipsteer_port_bit(port), table->target_ports);
	/* Packets may still reach it from a mapping they have found. */
	call_rcu(&target->rcu, target_free_rcu);
}

/**
 * sipsteer_targets_prune() - forget the targets that no mapping has any more
 * @table: the mappings; the writer's lock is held
 * @before: only those unused since this second, on the clock of transactions,
 *	or longer
 *
 * They outlive their mappings as long as responses from them are awaited.
 */
void sipsteer_targets_prune(struct sipsteer_mappings *table, u32 before)
{
	struct sipsteer_target *target, *next;

	list_for_each_entry_safe(target, next, &table->unused, unused) {
		if (target->since <= before)
			target_forget(table, target);
		cond_resched();
	}
}

/**
 * sipsteer_tcp_ports_prune() - forget the ports that no TCP packet can need
 * @table: the mappings; the writer's lock is held, and there is no connection
 */
void sipsteer_tcp_ports_prune(struct sipsteer_mappings *table)
{
	unsigned int port;

	if (!table->tcp_ports_stale)
		return;
	for_each_set_bit(port, table->tcp_ports, SIPSTEER_PORTS)
		if (!test_bit(port, table->match_ports) &&
		    !test_bit(port, table->target_ports))
			clear_bit(port, table->tcp_ports);
	/* A target without a mapping will be gone some time. */
	table->tcp_ports_stale = !list_empty(&table->unused);
}

static bool config_fits(const struct sipsteer_mapping *mapping,
			const struct sipsteer_mapping_config *config)
{
	if (!!mapping->iif != !!config->iif)
		return false;
	if (mapping->iif && strcmp(mapping->iif, config->iif) != 0)
		return false;
	return (mapping->proto & config->proto) &&
	       mapping->from_len == config->from_len &&
	       nf_inet_addr_cmp(&mapping->from, &config->from);
}

/**
 * sipsteer_mapping_find() - find a mapping by its key
 * @table: the mappings; the writer's lock is held
 * @config: the key: match, proto, from and iif
 *
 * Return: a mapping of this match, from and iif that shares a protocol with
 * @config, NULL if there is none.
 */
struct sipsteer_mapping *
sipsteer_mapping_find(const struct sipsteer_mappings *table,
		      const struct sipsteer_mapping_config *config)
{
	const struct sipsteer_hash_buckets *buckets;
	struct sipsteer_mapping *mapping;

	sipsteer_mapping_for_each(mapping, buckets, table, &config->match)
		if (config_fits(mapping, config))
			return mapping;
	return NULL;
}

static bool match_steers(const struct sipsteer_mappings *table,
			 const struct sipsteer_prefix *match, u8 proto,
			 const struct sipsteer_mapping *but)
{
	const struct sipsteer_hash_buckets *buckets;
	const struct sipsteer_mapping *mapping;

	sipsteer_mapping_for_each(mapping, buckets, table, match)
		if (mapping != but && (mapping->proto & proto))
			return true;
	return false;
}

static bool match_holds_target(const struct sipsteer_mappings *table,
			       const struct sipsteer_mapping_config *config,
			       const struct sipsteer_mapping *replaced)
{
	const struct sipsteer_prefix_lens *lens =
		&table->lens[sipsteer_family_index(config->match.family)];
	struct sipsteer_prefix key = {
		.port = config->target.port,
		.family = config->match.family,
	};
	u8 len = SIPSTEER_PREFIX_LEN_END;

	while ((len = sipsteer_prefix_len_next(lens, len)) !=
	       SIPSTEER_PREFIX_LEN_END) {
		key.addr = sipsteer_addr_mask(&config->target.addr, len);
		key.len = len;
		if (match_steers(table, &key, config->proto, replaced))
			return true;
	}
	return false;
}

static bool target_in_match(const struct sipsteer_mappings *table,
			    const struct sipsteer_mapping_config *config)
{
	const struct sipsteer_prefix *match = &config->match;
	struct sipsteer_target *target;
	struct rb_node *node;

	target = target_lower_bound(table, match->family, match->port,
				    &match->addr);
	while (target && target->by_end.key.family == match->family &&
	       target->by_end.key.port == match->port &&
	       sipsteer_addr_in(&target->by_end.key.addr, &match->addr, match->len)) {
		if (target_uses(target, config->proto))
			return true;
		node = rb_next(&target->by_port);
		target = rb_entry_safe(node, struct sipsteer_target, by_port);
	}
	return false;
}

/**
 * sipsteer_mapping_check_loop() - would a mapping steer what was steered?
 * @table: the mappings; the writer's lock is held
 * @config: the mapping to be
 * @replaced: the mapping that would make room for it, or NULL
 *
 * Return: 0 if not, -ELOOP if its target lies inside its own match, -EMLINK if
 * its target lies inside another mapping's match, -EXDEV if another mapping's
 * target lies inside its match.
 */
int sipsteer_mapping_check_loop(const struct sipsteer_mappings *table,
				const struct sipsteer_mapping_config *config,
				const struct sipsteer_mapping *replaced)
{
	if (config->target.port == config->match.port &&
	    sipsteer_addr_in(&config->target.addr, &config->match.addr,
			     config->match.len))
		return -ELOOP;
	if (match_holds_target(table, config, replaced))
		return -EMLINK;
	if (target_in_match(table, config))
		return -EXDEV;
	return 0;
}

static void mapping_free(struct sipsteer_mapping *mapping)
{
	sipsteer_mapping_stats_exit(&mapping->stats);
	kfree(mapping->comment);
	kfree(mapping->iif);
	kmem_cache_free(mapping_cache, mapping);
}

static void mapping_free_rcu(struct rcu_head *rcu)
{
	mapping_free(container_of(rcu, struct sipsteer_mapping, rcu));
}

static bool is_loopback(u8 family, const union nf_inet_addr *addr)
{
	return family == NFPROTO_IPV4 ? ipv4_is_loopback(addr->ip) :
					ipv6_addr_loopback(&addr->in6);
}

static struct sipsteer_mapping *
mapping_create(const struct sipsteer_mapping_config *config)
{
	struct sipsteer_mapping *mapping;

	mapping = kmem_cache_zalloc(mapping_cache, GFP_KERNEL_ACCOUNT);
	if (!mapping)
		return NULL;
	mapping->by_match.key = config->match;
	mapping->from = config->from;
	mapping->from_len = config->from_len;
	mapping->methods = config->methods;
	mapping->proto = config->proto;
	mapping->reply = config->reply;
	mapping->guard = config->guard;
	mapping->route = config->route;
	mapping->growth = sipsteer_growth_of(config->match.family,
					     &config->match.end, &config->target);
	mapping->is_plain = (config->methods & SIPSTEER_METHOD_REGISTER) &&
			    config->guard &&
			    config->route != SIPSTEER_ROUTE_HIDE &&
			    !is_loopback(config->match.family,
					 &config->target.addr);
	mapping->iif = kstrdup(config->iif, GFP_KERNEL_ACCOUNT);
	mapping->comment = kstrdup(config->comment, GFP_KERNEL_ACCOUNT);
	if (!mapping->iif != !config->iif || !mapping->comment != !config->comment) {
		mapping_free(mapping);
		return NULL;
	}
	return mapping;
}

/* Count a mapping more, or less, that has this port. */
static int match_port_adjust(struct sipsteer_mappings *table, __be16 port,
			     int by)
{
	void *old = xa_load(&table->match_port_users, ntohs(port));
	unsigned long users = (old ? xa_to_value(old) : 0) + by;
	int err;

	if (!users) {
		xa_erase(&table->match_port_users, ntohs(port));
		clear_bit(sipsteer_port_bit(port), table->match_ports);
		return 0;
	}
	err = xa_err(xa_store(&table->match_port_users, ntohs(port),
			      xa_mk_value(users), GFP_KERNEL));
	if (!err)
		set_bit(sipsteer_port_bit(port), table->match_ports);
	return err;
}

static struct sipsteer_prefix_lens *
match_lens(struct sipsteer_mappings *table, const struct sipsteer_prefix *match)
{
	return &table->lens[sipsteer_family_index(match->family)];
}

/*
 * Before a match gets one more mapping, no other one takes all; when one has
 * gone, the last one may.
 */
static void match_share(struct sipsteer_mappings *table,
			const struct sipsteer_prefix *match)
{
	const struct sipsteer_hash_buckets *buckets;
	struct sipsteer_mapping *mapping;

	sipsteer_mapping_for_each(mapping, buckets, table, match)
		WRITE_ONCE(mapping->takes_all, false);
}

/* 0/8 has no hosts to send to: what goes there is out of scope. */
static bool may_take_all(const struct sipsteer_mapping *mapping)
{
	const struct sipsteer_prefix *match = &mapping->by_match.key;

	return mapping->proto & SIPSTEER_PROTO_UDP && !mapping->iif &&
	       !mapping->from_len &&
	       !(match->family == NFPROTO_IPV4 && ipv4_is_zeronet(match->addr.ip));
}

static void match_settle(struct sipsteer_mappings *table,
			 const struct sipsteer_prefix *match)
{
	struct sipsteer_mapping *mapping, *last = NULL;
	const struct sipsteer_hash_buckets *buckets;

	sipsteer_mapping_for_each(mapping, buckets, table, match) {
		if (last)
			return;
		last = mapping;
	}
	if (last)
		WRITE_ONCE(last->takes_all, may_take_all(last));
}

/* From now on packets see it. */
static int mapping_link(struct sipsteer_mappings *table,
			struct sipsteer_mapping *mapping)
{
	const struct sipsteer_prefix *match = &mapping->by_match.key;
	int err;

	err = match_port_adjust(table, match->port, 1);
	if (err)
		return err;
	match_share(table, match);
	sipsteer_hash_insert(&table->by_match, &mapping->by_match.node);
	match_settle(table, match);
	sipsteer_hash_fit(&table->by_match);
	sipsteer_prefix_lens_get(match_lens(table, match), match->len);
	return 0;
}

static void mapping_unlink(struct sipsteer_mappings *table,
			   struct sipsteer_mapping *mapping)
{
	const struct sipsteer_prefix *match = &mapping->by_match.key;

	sipsteer_prefix_lens_put(match_lens(table, match), match->len);
	sipsteer_hash_remove(&table->by_match, &mapping->by_match.node);
	match_settle(table, match);
	sipsteer_hash_fit(&table->by_match);
	match_port_adjust(table, match->port, -1);
	target_put(table, mapping->target, mapping->proto);
	table->tcp_ports_stale = true;
	call_rcu(&mapping->rcu, mapping_free_rcu);
}

static bool match_full(const struct sipsteer_mappings *table,
		       const struct sipsteer_prefix *match, u8 proto)
{
	const struct sipsteer_hash_buckets *buckets;
	const struct sipsteer_mapping *mapping;
	unsigned int udp = 0, tcp = 0;

	sipsteer_mapping_for_each(mapping, buckets, table, match) {
		udp += !!(mapping->proto & proto & SIPSTEER_PROTO_UDP);
		tcp += !!(mapping->proto & proto & SIPSTEER_PROTO_TCP);
	}
	return max(udp, tcp) >= SIPSTEER_VARIANT_MAX;
}

/* The id that a mapping of this key has in the table to be replaced, or 0. */
static u32 former_id(const struct sipsteer_mappings *table,
		     const struct sipsteer_mapping_config *config)
{
	const struct sipsteer_mapping *former;

	if (!table->before)
		return 0;
	former = sipsteer_mapping_find(table->before, config);
	return former && former->proto == config->proto ? former->id : 0;
}

/* Give a mapping its id: that of the one whose place it takes, if any. */
static int mapping_number(struct sipsteer_mappings *table,
			  struct sipsteer_mapping *mapping,
			  const struct sipsteer_mapping_config *config,
			  const struct sipsteer_mapping *replaced)
{
	int err = -EBUSY;

	if (replaced) {
		mapping->id = replaced->id;
		return 0;
	}
	mapping->id = former_id(table, config);
	if (mapping->id)
		err = xa_insert(&table->ids, mapping->id, mapping, GFP_KERNEL);
	if (err == -EBUSY)
		err = xa_alloc_cyclic(&table->ids, &mapping->id, mapping,
				      xa_limit_31b, table->next_id, GFP_KERNEL);
	return err < 0 ? err : 0;
}

/**
 * sipsteer_mapping_add() - add a mapping, or change one
 * @table: the mappings; the writer's lock is held
 * @config: what it is to be; sipsteer_mapping_check_loop() has passed it
 * @replaced: the mapping of the same match, from and iif that it replaces, or
 *	NULL.  Packets see the one or the other.
 *
 * Return: the mapping, or -ENOSPC if the match has no room for another
 * variant, or -ENOMEM.
 */
struct sipsteer_mapping *
sipsteer_mapping_add(struct sipsteer_mappings *table,
		     const struct sipsteer_mapping_config *config,
		     struct sipsteer_mapping *replaced)
{
	struct sipsteer_mapping *mapping;
	int err;

	if (!replaced && match_full(table, &config->match, config->proto))
		return ERR_PTR(-ENOSPC);
	mapping = mapping_create(config);
	if (!mapping)
		return ERR_PTR(-ENOMEM);

	mapping->target = target_get(table, config->match.family, config->proto,
				     &config->target);
	if (IS_ERR(mapping->target)) {
		err = PTR_ERR(mapping->target);
		goto free_mapping;
	}

	err = mapping_number(table, mapping, config, replaced);
	if (err)
		goto put_target;

	if (config->proto & SIPSTEER_PROTO_TCP) {
		set_bit(sipsteer_port_bit(config->match.port), table->tcp_ports);
		set_bit(sipsteer_port_bit(config->target.port), table->tcp_ports);
	}
	err = mapping_link(table, mapping);
	if (err)
		goto drop_number;
	if (replaced) {
		/* There is an entry of this id, so it takes no memory. */
		xa_store(&table->ids, mapping->id, mapping, GFP_KERNEL);
		mapping_unlink(table, replaced);
	} else {
		table->count[sipsteer_family_index(config->match.family)]++;
	}
	return mapping;

drop_number:
	if (!replaced)
		xa_erase(&table->ids, mapping->id);
put_target:
	target_put(table, mapping->target, mapping->proto);
free_mapping:
	mapping_free(mapping);
	return ERR_PTR(err);
}

/**
 * sipsteer_mapping_del() - delete a mapping
 * @table: the mappings; the writer's lock is held
 * @mapping: one of them; it is freed once no packet can see it
 */
void sipsteer_mapping_del(struct sipsteer_mappings *table,
			  struct sipsteer_mapping *mapping)
{
	xa_erase(&table->ids, mapping->id);
	table->count[sipsteer_family_index(mapping->by_match.key.family)]--;
	mapping_unlink(table, mapping);
}

static bool strings_equal(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool mappings_equal(const struct sipsteer_mapping *a,
			   const struct sipsteer_mapping *b)
{
	return sipsteer_prefix_equal(&a->by_match.key, &b->by_match.key) &&
	       sipsteer_prefix_equal(&a->target->by_end.key,
				     &b->target->by_end.key) &&
	       nf_inet_addr_cmp(&a->from, &b->from) &&
	       a->from_len == b->from_len && a->proto == b->proto &&
	       a->methods == b->methods && a->reply == b->reply &&
	       a->guard == b->guard && a->route == b->route &&
	       strings_equal(a->iif, b->iif) &&
	       strings_equal(a->comment, b->comment);
}

/**
 * sipsteer_mappings_inherit_stats() - take over the counters of mappings that
 * stay the same
 * @table: a table that has replaced another one; the writer's lock is held
 * @former: the other one; no packet can see it any more, or count there
 */
void sipsteer_mappings_inherit_stats(struct sipsteer_mappings *table,
				     struct sipsteer_mappings *former)
{
	struct sipsteer_mapping *mapping, *old;
	unsigned long id;

	xa_for_each(&former->ids, id, old) {
		mapping = xa_load(&table->ids, id);
		if (mapping && mappings_equal(mapping, old))
			sipsteer_mapping_stats_add(&mapping->stats, &old->stats);
		cond_resched();
	}
}

/* Responses of targets that have no mapping any more are still awaited. */
static int inherit_targets(struct sipsteer_mappings *table)
{
	struct rb_node *node = rb_first(&table->before->targets_by_port);
	const struct sipsteer_target *former;
	u32 now = sipsteer_transaction_now();
	struct sipsteer_target *target;
	struct sipsteer_endpoint end;

	for (; node; node = rb_next(node)) {
		former = rb_entry(node, struct sipsteer_target, by_port);
		end.addr = former->by_end.key.addr;
		end.port = former->by_end.key.port;
		target = target_find(table, former->by_end.key.family, &end);
		if (!target)
			target = target_create(table, former->by_end.key.family, &end);
		if (IS_ERR(target))
			return PTR_ERR(target);
		if (!target->addr)
			target->since = former->addr ? now :
					max(target->since, former->since);
		set_bit(sipsteer_port_bit(end.port), table->target_ports);
		cond_resched();
	}
	return 0;
}

/**
 * sipsteer_mappings_succeed() - take over what must outlive the former table
 * @table: a table that is about to replace the one it has as @before; the
 *	writer's lock is held
 *
 * That is: the targets and the ports of what is remembered of requests and
 * connections.
 *
 * Return: 0 or a negative errno.
 */
int sipsteer_mappings_succeed(struct sipsteer_mappings *table)
{
	int err;

	err = inherit_targets(table);
	if (err)
		return err;
	bitmap_or(table->tcp_ports, table->tcp_ports, table->before->tcp_ports,
		  SIPSTEER_PORTS);
	table->tcp_ports_stale = true;
	table->before = NULL;
	return 0;
}

/**
 * sipsteer_mappings_init() - make an empty table
 * @table: the table, all zero
 * @next_id: where to look for the next unused id; it outlives the table
 *
 * Return: 0 or a negative errno.
 */
int sipsteer_mappings_init(struct sipsteer_mappings *table, u32 *next_id)
{
	int err;

	err = sipsteer_prefix_hash_init(&table->by_match);
	if (err)
		return err;
	err = sipsteer_prefix_hash_init(&table->targets);
	if (err)
		goto exit_by_match;
	err = sipsteer_prefix_hash_init(&table->target_addrs);
	if (err)
		goto exit_targets;
	sipsteer_prefix_lens_init(&table->lens[0]);
	sipsteer_prefix_lens_init(&table->lens[1]);
	/* The tree's nodes are charged by its flags, not those of a call. */
	xa_init_flags(&table->ids, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	xa_init_flags(&table->match_port_users, XA_FLAGS_ACCOUNT);
	table->next_id = next_id;
	table->targets_by_port = RB_ROOT;
	INIT_LIST_HEAD(&table->unused);
	return 0;

exit_targets:
	sipsteer_hash_exit(&table->targets);
exit_by_match:
	sipsteer_hash_exit(&table->by_match);
	return err;
}

/**
 * sipsteer_mappings_exit() - delete all mappings and the table's own memory
 * @table: the table; no packet can see it any more
 */
void sipsteer_mappings_exit(struct sipsteer_mappings *table)
{
	struct sipsteer_mapping *mapping;
	unsigned long id;

	xa_for_each(&table->ids, id, mapping) {
		sipsteer_mapping_del(table, mapping);
		cond_resched();
	}
	sipsteer_targets_prune(table, U32_MAX);
	sipsteer_hash_exit(&table->target_addrs);
	sipsteer_hash_exit(&table->targets);
	sipsteer_hash_exit(&table->by_match);
	xa_destroy(&table->match_port_users);
	xa_destroy(&table->ids);
}

/**
 * sipsteer_mapping_caches_init() - make the module's slab caches
 *
 * Return: 0 or -ENOMEM.
 */
int sipsteer_mapping_caches_init(void)
{
	mapping_cache = KMEM_CACHE(sipsteer_mapping, 0);
	target_cache = KMEM_CACHE(sipsteer_target, 0);
	target_addr_cache = KMEM_CACHE(sipsteer_target_addr, 0);
	if (mapping_cache && target_cache && target_addr_cache)
		return 0;
	sipsteer_mapping_caches_exit();
	return -ENOMEM;
}

/**
 * sipsteer_mapping_caches_exit() - release the slab caches
 *
 * All RCU callbacks that free into them have run: see rcu_barrier() in
 * main.c.
 */
void sipsteer_mapping_caches_exit(void)
{
	kmem_cache_destroy(target_addr_cache);
	kmem_cache_destroy(target_cache);
	kmem_cache_destroy(mapping_cache);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The module's life, and that of what it keeps for each network namespace.
 */
#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/netns/generic.h>

#include "hook.h"
#include "net.h"
#include "version.h"

/* No response is awaited for longer; the running second may have begun. */
#define AWAIT_SECONDS	(SIPSTEER_TRANSACTION_SECONDS + 2)

/* How often to look whether what is unused may go. */
#define IDLE_PERIOD	(4 * HZ)

/**
 * struct sipsteer_pernet - what every network namespace pays
 * @lock: for the making of @sn
 * @sn: the rest, once it is needed
 */
struct sipsteer_pernet {
	struct mutex lock;	/* while @sn is being made */
	struct sipsteer_net *sn;
};

static unsigned int sipsteer_net_id __read_mostly;

static const u8 families[] = { NFPROTO_IPV4, NFPROTO_IPV6 };

static bool family_rests(const struct sipsteer_net *sn, unsigned int i,
			 u32 before)
{
	return !sipsteer_net_table(sn)->mappings.count[i] && sn->unused_since[i] <= before &&
	       !READ_ONCE(sn->flows.count[i]);
}

static bool has_unused(const struct sipsteer_net *sn)
{
	const struct sipsteer_mappings *mappings =
		&sipsteer_net_table(sn)->mappings;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		if (sn->hooked & BIT(i) && !mappings->count[i])
			return true;
	return !list_empty(&mappings->unused) || mappings->tcp_ports_stale;
}

/**
 * sipsteer_net_rest() - let go of what has nothing left to do
 * @sn: the namespace; its lock is held
 *
 * A family's hooks, and a target, stay as long as they have a mapping, and
 * then until no response to what was steered for it can be awaited any more;
 * the hooks also while there are TCP connections.
 */
void sipsteer_net_rest(struct sipsteer_net *sn)
{
	u32 now = sipsteer_transaction_now();
	u32 before = now > AWAIT_SECONDS ? now - AWAIT_SECONDS : 0;
	struct sipsteer_mappings *mappings = &sipsteer_net_table(sn)->mappings;
	unsigned long hooked = sn->hooked;
	unsigned int i;

	lockdep_assert_held(&sn->lock);
	if (!sipsteer_transactions_count(&sn->transactions))
		before = now;
	for (i = 0; i < ARRAY_SIZE(families); i++)
		if (family_rests(sn, i, before))
			sipsteer_hooks_unregister(sn, families[i]);
	sipsteer_targets_prune(mappings, before);
	if (!sipsteer_flows_count(&sn->flows))
		sipsteer_tcp_ports_prune(mappings);
	/* With the last hook goes the memory that transactions have taken. */
	if (hooked && !sn->hooked)
		sipsteer_transactions_flush(&sn->transactions);
	if (has_unused(sn))
		schedule_delayed_work(&sn->idle, IDLE_PERIOD);
}

static void net_idle(struct work_struct *work)
{
	struct sipsteer_net *sn = container_of(to_delayed_work(work),
					       struct sipsteer_net, idle);

	mutex_lock(&sn->lock);
	sipsteer_net_rest(sn);
	mutex_unlock(&sn->lock);
}

/**
 * sipsteer_net_changed() - note a change to mappings or exempts
 * @sn: the namespace; its lock is held
 */
void sipsteer_net_changed(struct sipsteer_net *sn)
{
	lockdep_assert_held(&sn->lock);
	/* Dumps take 0 for "never set". */
	sn->generation = sn->generation + 1 ?: 1;
}

/**
 * sipsteer_net_mapping_add() - add a mapping and see to it that packets ask
 * @sn: the namespace; its lock is held
 * @table: its table, or one that is to replace it
 * @config: what it is to be; checked for loops
 * @replaced: the mapping whose place it takes, or NULL
 *
 * Return: 0 or a negative errno; then nothing has changed.
 */
int sipsteer_net_mapping_add(struct sipsteer_net *sn,
			     struct sipsteer_table *table,
			     const struct sipsteer_mapping_config *config,
			     struct sipsteer_mapping *replaced)
{
	struct sipsteer_mapping *mapping;
	int err;

	lockdep_assert_held(&sn->lock);
	if (table == sn->staged)
		return PTR_ERR_OR_ZERO(sipsteer_mapping_add(&table->mappings,
							    config, replaced));
	err = sipsteer_hooks_register(sn, config->match.family);
	if (err)
		return err;
	mapping = sipsteer_mapping_add(&table->mappings, config, replaced);
	/* There may be hooks, or a target, that nobody needs now. */
	if (IS_ERR(mapping) || replaced)
		schedule_delayed_work(&sn->idle, HZ);
	if (IS_ERR(mapping))
		return PTR_ERR(mapping);
	sipsteer_net_changed(sn);
	return 0;
}

/**
 * sipsteer_net_mapping_del() - delete a mapping
 * @sn: the namespace; its lock is held
 * @table: its table, or one that is to replace it
 * @mapping: one of its mappings
 *
 * What is remembered of requests stays, and so do the hooks, until that has
 * expired.
 */
void sipsteer_net_mapping_del(struct sipsteer_net *sn,
			      struct sipsteer_table *table,
			      struct sipsteer_mapping *mapping)
{
	unsigned int i = sipsteer_family_index(mapping->by_match.key.family);

	lockdep_assert_held(&sn->lock);
	sipsteer_mapping_del(&table->mappings, mapping);
	if (table == sn->staged)
		return;
	if (!table->mappings.count[i])
		sn->unused_since[i] = sipsteer_transaction_now();
	schedule_delayed_work(&sn->idle, HZ);
	sipsteer_net_changed(sn);
}

/**
 * sipsteer_net_limits() - the limits as they are
 * @sn: the namespace; its lock is held
 *
 * Return: all of them.
 */
struct sipsteer_limits sipsteer_net_limits(const struct sipsteer_net *sn)
{
	lockdep_assert_held(&sn->lock);
	return (struct sipsteer_limits){
		.flow = sn->flows.limits,
		.event_rate = sn->events.rate,
		.transaction_max = sn->transactions.max,
	};
}

/**
 * sipsteer_net_limit() - set limits
 * @sn: the namespace; its lock is held
 * @limits: those that are to change
 *
 * Connections that are there already stay, also where they are too many now; of
 * how long they have been idle, the new limit decides.
 */
void sipsteer_net_limit(struct sipsteer_net *sn,
			const struct sipsteer_limits *limits)
{
	struct sipsteer_limits all = sipsteer_net_limits(sn);

	sipsteer_limits_add(&all, limits);
	sipsteer_flows_limit(&sn->flows, &all.flow);
	WRITE_ONCE(sn->events.rate, all.event_rate);
	sipsteer_transactions_limit(&sn->transactions, all.transaction_max);
}

static struct sipsteer_net *net_create(struct net *net)
{
	struct sipsteer_table *table;
	struct sipsteer_net *sn;

	sn = kvzalloc(sizeof(*sn), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!sn)
		return NULL;
	sn->net = net;
	sn->generation = 1;
	mutex_init(&sn->lock);
	INIT_DELAYED_WORK(&sn->idle, net_idle);
	sipsteer_events_init(&sn->events);
	sn->stats = alloc_percpu_gfp(struct sipsteer_stats, GFP_KERNEL_ACCOUNT);
	if (!sn->stats)
		goto free_net;
	table = sipsteer_table_create(&sn->next_id);
	if (!table)
		goto free_stats;
	rcu_assign_pointer(sn->table, table);
	if (sipsteer_transactions_init(&sn->transactions))
		goto destroy_table;
	if (sipsteer_flows_init(&sn->flows))
		goto exit_transactions;
	return sn;

exit_transactions:
	sipsteer_transactions_exit(&sn->transactions);
destroy_table:
	sipsteer_table_destroy(table);
free_stats:
	free_percpu(sn->stats);
free_net:
	kvfree(sn);
	return NULL;
}

static void net_destroy(struct sipsteer_net *sn)
{
	sipsteer_flows_exit(&sn->flows);
	sipsteer_transactions_exit(&sn->transactions);
	sipsteer_table_destroy(rcu_dereference_protected(sn->table, true));
	if (sn->staged)
		sipsteer_table_destroy(sn->staged);
	free_percpu(sn->stats);
	kvfree(sn);
}

/**
 * sipsteer_net_get() - what the module keeps for a namespace
 * @net: the namespace; the caller keeps it alive
 *
 * Return: it, made now if this is the first call, or NULL if there is no
 * memory.
 */
struct sipsteer_net *sipsteer_net_get(struct net *net)
{
	struct sipsteer_pernet *pernet = net_generic(net, sipsteer_net_id);

	mutex_lock(&pernet->lock);
	if (!pernet->sn)
		pernet->sn = net_create(net);
	mutex_unlock(&pernet->lock);
	return pernet->sn;
}

/**
 * sipsteer_net_find() - what the module keeps for a namespace, if anything
 * @net: the namespace; the caller keeps it alive
 *
 * Return: it, or NULL if it has not been made.
 */
struct sipsteer_net *sipsteer_net_find(struct net *net)
{
	struct sipsteer_pernet *pernet = net_generic(net, sipsteer_net_id);
	struct sipsteer_net *sn;

	mutex_lock(&pernet->lock);
	sn = pernet->sn;
	mutex_unlock(&pernet->lock);
	return sn;
}

static int __net_init pernet_init(struct net *net)
{
	struct sipsteer_pernet *pernet = net_generic(net, sipsteer_net_id);

	mutex_init(&pernet->lock);
	return 0;
}

/*
 * Before the grace period that the core waits for between pre_exit and exit,
 * so that no packet is left in the hooks when the memory goes.
 */
static void __net_exit pernet_pre_exit(struct net *net)
{
	struct sipsteer_pernet *pernet = net_generic(net, sipsteer_net_id);
	struct sipsteer_net *sn = pernet->sn;
	unsigned int i;

	if (!sn)
		return;
	mutex_lock(&sn->lock);
	for (i = 0; i < ARRAY_SIZE(families); i++)
		sipsteer_hooks_unregister(sn, families[i]);
	mutex_unlock(&sn->lock);
	cancel_delayed_work_sync(&sn->idle);
}

static void __net_exit pernet_exit(struct net *net)
{
	struct sipsteer_pernet *pernet = net_generic(net, sipsteer_net_id);

	if (pernet->sn)
		net_destroy(pernet->sn);
}

static struct pernet_operations sipsteer_net_ops = {
	.init = pernet_init,
	.pre_exit = pernet_pre_exit,
	.exit = pernet_exit,
	.id = &sipsteer_net_id,
	.size = sizeof(struct sipsteer_pernet),
};

static int __init sipsteer_init(void)
{
	int err;

	err = sipsteer_mapping_caches_init();
	if (err)
		return err;
	err = sipsteer_flow_cache_init();
	if (err)
		goto exit_mapping_caches;
	err = register_pernet_subsys(&sipsteer_net_ops);
	if (err)
		goto exit_flow_cache;
	err = sipsteer_netlink_init();
	if (err)
		goto unregister_pernet;
	return 0;

unregister_pernet:
	unregister_pernet_subsys(&sipsteer_net_ops);
exit_flow_cache:
	sipsteer_flow_cache_exit();
exit_mapping_caches:
	sipsteer_mapping_caches_exit();
	return err;
}

static void __exit sipsteer_exit(void)
{
	sipsteer_netlink_exit();
	unregister_pernet_subsys(&sipsteer_net_ops);
	/* For the callbacks that free into the caches. */
	rcu_barrier();
	sipsteer_flow_cache_exit();
	sipsteer_mapping_caches_exit();
}

module_init(sipsteer_init);
module_exit(sipsteer_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Steers misdirected SIP requests to the P-CSCF");
MODULE_AUTHOR("The sipsteer authors");
MODULE_VERSION(SIPSTEER_VERSION);
MODULE_ALIAS_GENL_FAMILY(SIPSTEER_FAMILY_NAME);

// SPDX-License-Identifier: GPL-2.0
/*
 * What the user has configured, and how it is replaced in one step.
 *
 * A socket that begins a table changes that one, until it commits it or is
 * closed.  What is decided of a packet is decided by the one table or the other.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "hook.h"
#include "net.h"
#include "table.h"

/**
 * sipsteer_table_create() - make an empty table
 * @next_id: where to look for the next unused id of a mapping
 *
 * Return: what sipsteer_table_destroy() frees, NULL if there is no memory.
 */
struct sipsteer_table *sipsteer_table_create(u32 *next_id)
{
	struct sipsteer_table *table;

	table = kvzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!table)
		return NULL;
	if (sipsteer_mappings_init(&table->mappings, next_id))
		goto free_table;
	if (sipsteer_exempts_init(&table->exempts))
		goto exit_mappings;
	return table;

exit_mappings:
	sipsteer_mappings_exit(&table->mappings);
free_table:
	kvfree(table);
	return NULL;
}

/**
 * sipsteer_table_destroy() - free a table and all that is in it
 * @table: the table; no packet can see it any more
 */
void sipsteer_table_destroy(struct sipsteer_table *table)
{
	sipsteer_exempts_exit(&table->exempts);
	sipsteer_mappings_exit(&table->mappings);
	kvfree(table);
}

/**
 * sipsteer_limits_add() - let limits change others
 * @limits: the others
 * @more: the limits
 */
void sipsteer_limits_add(struct sipsteer_limits *limits,
			 const struct sipsteer_limits *more)
{
	limits->flow.max = more->flow.max ?: limits->flow.max;
	limits->flow.established =
		more->flow.established ?: limits->flow.established;
	limits->flow.transitory =
		more->flow.transitory ?: limits->flow.transitory;
	limits->event_rate = more->event_rate ?: limits->event_rate;
	limits->transaction_max =
		more->transaction_max ?: limits->transaction_max;
}

/**
 * sipsteer_net_begin() - begin a table that is to replace the present one
 * @sn: the namespace; its lock is held
 * @portid: the socket whose changes go there
 *
 * Return: 0, -EALREADY if this socket has begun one, -EBUSY if another has, or
 * -ENOMEM.
 */
int sipsteer_net_begin(struct sipsteer_net *sn, u32 portid)
{
	struct sipsteer_table *table;

	lockdep_assert_held(&sn->lock);
	if (sn->staged)
		return sn->staged_portid == portid ? -EALREADY : -EBUSY;
	table = sipsteer_table_create(&sn->next_id);
	if (!table)
		return -ENOMEM;
	table->mappings.before = &sipsteer_net_table(sn)->mappings;
	sn->staged_limits = (struct sipsteer_limits){};
	/* For the notifier, which looks before it takes the lock. */
	WRITE_ONCE(sn->staged_portid, portid);
	WRITE_ONCE(sn->staged, table);
	return 0;
}

/**
 * sipsteer_net_abort() - drop the table that a socket has begun
 * @sn: the namespace; its lock is held
 * @portid: the socket
 *
 * Return: 0, or -ENOENT if it has begun none.
 */
int sipsteer_net_abort(struct sipsteer_net *sn, u32 portid)
{
	if (!sipsteer_net_staged(sn, portid))
		return -ENOENT;
	sipsteer_table_destroy(sn->staged);
	WRITE_ONCE(sn->staged, NULL);
	return 0;
}

/* So that no packet meets a mapping before it can come by. */
static int register_hooks(struct sipsteer_net *sn)
{
	int err = 0;

	if (sn->staged->mappings.count[0])
		err = sipsteer_hooks_register(sn, NFPROTO_IPV4);
	if (!err && sn->staged->mappings.count[1])
		err = sipsteer_hooks_register(sn, NFPROTO_IPV6);
	return err;
}

static void note_unused(struct sipsteer_net *sn,
			const struct sipsteer_mappings *old,
			const struct sipsteer_mappings *new)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(new->count); i++)
		if (old->count[i] && !new->count[i])
			sn->unused_since[i] = sipsteer_transaction_now();
}

/**
 * sipsteer_net_commit() - replace the table by the one that a socket has begun
 * @sn: the namespace; its lock is held
 * @portid: the socket
 *
 * Return: 0, -ENOENT if it has begun none, or another negative errno: then
 * nothing has changed, and the socket still has its table.
 */
int sipsteer_net_commit(struct sipsteer_net *sn, u32 portid)
{
	struct sipsteer_table *old = sipsteer_net_table(sn);
	struct sipsteer_table *new = sn->staged;
	int err;

	if (!sipsteer_net_staged(sn, portid))
		return -ENOENT;
	/* What fails leaves hooks behind that may have nothing to do. */
	schedule_delayed_work(&sn->idle, HZ);
	err = register_hooks(sn) ?:
	      sipsteer_mappings_succeed(&new->mappings);
	if (err)
		return err;

	rcu_assign_pointer(sn->table, new);
	WRITE_ONCE(sn->staged, NULL);
	sipsteer_net_limit(sn, &sn->staged_limits);
	note_unused(sn, &old->mappings, &new->mappings);
	sipsteer_net_changed(sn);
	sipsteer_event_table(sn);

	synchronize_rcu();
	sipsteer_mappings_inherit_stats(&new->mappings, &old->mappings);
	sipsteer_table_destroy(old);
	return 0;
}

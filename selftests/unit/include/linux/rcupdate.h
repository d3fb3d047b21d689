/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One thread plays all the CPUs: wherever another one may see a change, the
 * test's unit_interleave is called and may look, or do something itself.
 * What is read without RCU held, or waited for with RCU held, aborts.
 */
#ifndef UNIT_LINUX_RCUPDATE_H
#define UNIT_LINUX_RCUPDATE_H

#include <assert.h>
#include <linux/compiler_types.h>
#include <linux/types.h>

#define smp_rmb()	do { } while (0)
#define smp_wmb()	do { } while (0)

enum unit_moment {
	UNIT_PUBLISHED,		/* a pointer was set */
	UNIT_GRACE_PERIOD,	/* readers of old pointers are waited for */
	UNIT_UNLOCKED,		/* a spinlock was released */
	UNIT_DEREFERENCED,	/* a pointer was read */
	UNIT_READ,		/* something was read under a seqcount */
};

extern unsigned int unit_rcu_readers;
extern void (*unit_interleave)(enum unit_moment moment);

static inline void unit_interleaved(enum unit_moment moment)
{
	void (*interleave)(enum unit_moment) = unit_interleave;

	if (!interleave)
		return;
	unit_interleave = NULL;
	interleave(moment);
	unit_interleave = interleave;
}

static inline void rcu_read_lock(void)
{
	unit_rcu_readers++;
}

static inline void rcu_read_unlock(void)
{
	assert(unit_rcu_readers);
	unit_rcu_readers--;
}

static inline void synchronize_rcu(void)
{
	assert(!unit_rcu_readers);
	unit_interleaved(UNIT_GRACE_PERIOD);
}

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *rcu);
};

extern struct rcu_head *unit_rcu_waiting;	/* for the test to let go */

static inline void call_rcu(struct rcu_head *rcu,
			    void (*func)(struct rcu_head *rcu))
{
	*rcu = (struct rcu_head){ .next = unit_rcu_waiting, .func = func };
	unit_rcu_waiting = rcu;
}

#define rcu_dereference(p) ({ \
	typeof(p) unit_p = (p); \
	assert(unit_rcu_readers); \
	unit_interleaved(UNIT_DEREFERENCED); \
	unit_p; \
})
#define rcu_dereference_raw(p) ({ \
	typeof(p) unit_p = (p); \
	unit_interleaved(UNIT_DEREFERENCED); \
	unit_p; \
})
#define rcu_dereference_protected(p, condition)	({ assert(condition); (p); })
#define rcu_assign_pointer(p, v) do { \
	(p) = (v); \
	unit_interleaved(UNIT_PUBLISHED); \
} while (0)
#define RCU_INIT_POINTER(p, v)	rcu_assign_pointer(p, v)

#endif

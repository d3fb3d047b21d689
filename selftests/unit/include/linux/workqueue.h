/* SPDX-License-Identifier: GPL-2.0 */
/* Work waits until the test runs it. */
#ifndef UNIT_LINUX_WORKQUEUE_H
#define UNIT_LINUX_WORKQUEUE_H

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>

struct work_struct {
	void (*func)(struct work_struct *work);
	bool pending;
};

struct delayed_work {
	struct work_struct work;
	bool pending;
	unsigned long delay;
};

#define INIT_WORK(work, function) \
	(*(work) = (struct work_struct){ .func = (function) })

static inline void schedule_work(struct work_struct *work)
{
	work->pending = true;
}

static inline void cancel_work_sync(struct work_struct *work)
{
	work->pending = false;
}

#define INIT_DELAYED_WORK(dwork, function) \
	(*(dwork) = (struct delayed_work){ .work.func = (function) })

static inline struct delayed_work *to_delayed_work(struct work_struct *work)
{
	return container_of(work, struct delayed_work, work);
}

static inline bool delayed_work_pending(const struct delayed_work *dwork)
{
	return dwork->pending;
}

static inline bool schedule_delayed_work(struct delayed_work *dwork,
					 unsigned long delay)
{
	if (dwork->pending)
		return false;
	dwork->pending = true;
	dwork->delay = delay;
	return true;
}

static inline bool cancel_delayed_work_sync(struct delayed_work *dwork)
{
	bool was_pending = dwork->pending;

	dwork->pending = false;
	return was_pending;
}

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * Make the kernel complain, to prove that the virtual machine harness hears it.
 * Loading does the damage; loading may succeed or not.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

static char *kind = "warn";
module_param(kind, charp, 0);
MODULE_PARM_DESC(kind, "one of kinds[]");

static DEFINE_SPINLOCK(lock);

static void sleep_under_lock(void)
{
	spin_lock(&lock);
	msleep(20);
	spin_unlock(&lock);
}

static void underflow_refcount(void)
{
	refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
}

static void lock_up(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
}

/* Hidden from the compiler, which knows better than to follow either. */
static void write_to(unsigned long address)
{
	int *p;

	OPTIMIZER_HIDE_VAR(address);
	p = (int *)address;
	WRITE_ONCE(*p, 1);
}

static void warn(void)
{
	WARN(1, "sipsteer_splat: as asked\n");
}

static void bug(void)
{
	BUG();
}

static void write_near_null(void)
{
	write_to(8);
}

static void write_nowhere(void)
{
	write_to(0xdead000000000000UL);
}

/* What only the kernels that look for mistakes find. */

static void read_unprotected(void)
{
	static int __rcu *pointer;

	if (rcu_dereference(pointer))
		pr_info("cannot be\n");
}

static void lock_crosswise(void)
{
	static DEFINE_MUTEX(one);
	static DEFINE_MUTEX(two);

	mutex_lock(&one);
	mutex_lock(&two);
	mutex_unlock(&two);
	mutex_unlock(&one);
	mutex_lock(&two);
	mutex_lock(&one);
	mutex_unlock(&one);
	mutex_unlock(&two);
}

static void shift_too_far(void)
{
	unsigned int width = 32;

	OPTIMIZER_HIDE_VAR(width);
	pr_info("%d\n", 1 << width);
}

static void never(struct timer_list *timer)
{
}

static void free_active_timer(void)
{
	struct timer_list *timer = kzalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, never, 0);
	mod_timer(timer, jiffies + HZ * 3600);
	kfree(timer);
}

static void use_after_free(void)
{
	int *p = kzalloc(sizeof(*p), GFP_KERNEL);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(*p, 1);
}

static void read_beyond(void)
{
	char *p = vzalloc(100);

	if (!p)
		return;
	OPTIMIZER_HIDE_VAR(p);
	pr_info("%d\n", READ_ONCE(p[100]));
	vfree(p);
}

static void leak(void)
{
	void *p = kmalloc(100, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
}

static int raced_for;

static int count_up(void *unused)
{
	while (!kthread_should_stop()) {
		raced_for++;
		cond_resched();
	}
	return 0;
}

static void race(void)
{
	struct task_struct *one = kthread_run(count_up, NULL, "splat-1");
	struct task_struct *two = kthread_run(count_up, NULL, "splat-2");

	msleep(2000);
	if (!IS_ERR(one))
		kthread_stop(one);
	if (!IS_ERR(two))
		kthread_stop(two);
}

static const struct {
	const char *name;
	void (*splat)(void);
} kinds[] = {
	{ "warn", warn },
	{ "refcount", underflow_refcount },
	{ "atomic", sleep_under_lock },
	{ "oops", write_near_null },
	{ "gpf", write_nowhere },
	{ "bug", bug },
	{ "lockup", lock_up },
	{ "rcu", read_unprotected },
	{ "deadlock", lock_crosswise },
	{ "shift", shift_too_far },
	{ "timer", free_active_timer },
	{ "use-after-free", use_after_free },
	{ "vmalloc", read_beyond },
	{ "leak", leak },
	{ "race", race },
};

static int __init sipsteer_splat_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kind, kinds[i].name))
			continue;
		kinds[i].splat();
		return 0;
	}
	return -EINVAL;
}

static void __exit sipsteer_splat_exit(void)
{
}

module_init(sipsteer_splat_init);
module_exit(sipsteer_splat_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Kernel splats on demand, for testing a test harness");

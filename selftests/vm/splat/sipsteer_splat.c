// SPDX-License-Identifier: GPL-2.0
/*
 * Make the kernel complain, to prove that the virtual machine harness hears it.
 * Loading does the damage; loading may succeed or not.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

static char *kind = "warn";
module_param(kind, charp, 0);
MODULE_PARM_DESC(kind, "warn, refcount, atomic, oops, gpf, bug or lockup");

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

static int __init sipsteer_splat_init(void)
{
	if (!strcmp(kind, "warn"))
		WARN(1, "sipsteer_splat: as asked\n");
	else if (!strcmp(kind, "refcount"))
		underflow_refcount();
	else if (!strcmp(kind, "atomic"))
		sleep_under_lock();
	else if (!strcmp(kind, "oops"))
		write_to(8);
	else if (!strcmp(kind, "gpf"))
		write_to(0xdead000000000000UL);
	else if (!strcmp(kind, "bug"))
		BUG();
	else if (!strcmp(kind, "lockup"))
		lock_up();
	else
		return -EINVAL;
	return 0;
}

static void __exit sipsteer_splat_exit(void)
{
}

module_init(sipsteer_splat_init);
module_exit(sipsteer_splat_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Kernel splats on demand, for testing a test harness");

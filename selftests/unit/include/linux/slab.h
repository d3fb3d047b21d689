/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_SLAB_H
#define UNIT_LINUX_SLAB_H

#include <errno.h>
#include <stdlib.h>
#include <linux/kernel.h>
#include <linux/types.h>

#define GFP_KERNEL_ACCOUNT	0
#define __GFP_NOWARN		0
#define struct_size(p, member, n) \
	(sizeof(*(p)) + sizeof(*(p)->member) * (n))

extern bool unit_out_of_memory;
extern unsigned int unit_allocations;	/* not freed yet */

static inline void *kvzalloc(size_t size, int flags)
{
	if (unit_out_of_memory)
		return NULL;
	unit_allocations++;
	return calloc(1, size);
}

static inline void kvfree(void *p)
{
	unit_allocations -= !!p;
	free(p);
}

#endif

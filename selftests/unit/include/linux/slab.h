/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_SLAB_H
#define UNIT_LINUX_SLAB_H

#include <errno.h>
#include <stdlib.h>
#include <linux/kernel.h>
#include <linux/types.h>

#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0
#define GFP_ATOMIC		0
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

#define kvcalloc(n, size, flags)	kvzalloc((n) * (size), flags)
#define kzalloc(size, flags)	kvzalloc(size, flags)
#define kfree(p)		kvfree(p)

struct kmem_cache {
	size_t size;
};

#define KMEM_CACHE(name, flags) ({ \
	struct kmem_cache *unit_cache = kvzalloc(sizeof(*unit_cache), flags); \
	if (unit_cache) \
		unit_cache->size = sizeof(struct name); \
	unit_cache; \
})
#define kmem_cache_alloc(cache, flags)	kvzalloc((cache)->size, flags)
#define kmem_cache_free(cache, p)	kvfree(p)
#define kmem_cache_destroy(cache)	kvfree(cache)

#endif

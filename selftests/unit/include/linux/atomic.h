/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_ATOMIC_H
#define UNIT_LINUX_ATOMIC_H

typedef struct {
	int counter;
} atomic_t;

#define atomic_read(v)	((v)->counter)
#define atomic_add(n, v)	((void)((v)->counter += (n)))

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_ASM_BARRIER_H
#define UNIT_ASM_BARRIER_H

#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)

#endif /* UNIT_ASM_BARRIER_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_LOG2_H
#define UNIT_LINUX_LOG2_H

#define rounddown_pow_of_two(n)	(1UL << (8 * sizeof(long) - 1 - __builtin_clzl(n)))

#define ilog2(n)		(31 - __builtin_clz(n))

#endif /* UNIT_LINUX_LOG2_H */

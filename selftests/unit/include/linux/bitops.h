/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_BITOPS_H
#define UNIT_LINUX_BITOPS_H

#define BIT(n)		(1UL << (n))
#define __ffs64(x)	((unsigned long)__builtin_ctzll(x))

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_BITOPS_H
#define UNIT_LINUX_BITOPS_H

#include <stdbool.h>

#define BIT(n)		(1UL << (n))
#define __ffs64(x)	((unsigned long)__builtin_ctzll(x))

#define test_bit(n, word)		(!!(*(word) & BIT(n)))
#define __set_bit(n, word)		((void)(*(word) |= BIT(n)))
#define clear_bit(n, word)		((void)(*(word) &= ~BIT(n)))
#define clear_bit_unlock(n, word)	clear_bit(n, word)

static inline bool test_and_set_bit(unsigned int n, unsigned long *word)
{
	bool was = test_bit(n, word);

	__set_bit(n, word);
	return was;
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_BITOPS_H
#define UNIT_LINUX_BITOPS_H

#include <stdbool.h>
#include <stdint.h>

#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))

#define __ffs64(x)	((unsigned long)__builtin_ctzll(x))

/* The kernel's, so that its instructions are counted. */
static inline unsigned long __ffs(unsigned long word)
{
#ifdef __x86_64__
	asm("rep; bsf %1,%0" : "=r" (word) : "rm" (word));
	return word;
#else
	return __builtin_ctzl(word);
#endif
}

static inline uint64_t ror64(uint64_t word, unsigned int shift)
{
	return word >> (shift & 63) | word << (-shift & 63);
}

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

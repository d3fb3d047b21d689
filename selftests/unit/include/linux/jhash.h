/* SPDX-License-Identifier: GPL-2.0 */
/* A hash seeded as that one is, though not that one. */
#ifndef UNIT_LINUX_JHASH_H
#define UNIT_LINUX_JHASH_H

#include <linux/types.h>

static inline u32 jhash2(const u32 *word, u32 len, u32 seed)
{
	u64 hash = seed;

	for (; len; len--)
		hash = (hash ^ *word++) * 0x9e3779b97f4a7c15 >> 29;
	return hash;
}

static inline u32 jhash_2words(u32 a, u32 b, u32 seed)
{
	const u32 words[] = { a, b };

	return jhash2(words, 2, seed);
}

static inline u32 jhash_3words(u32 a, u32 b, u32 c, u32 seed)
{
	const u32 words[] = { a, b, c };

	return jhash2(words, 3, seed);
}

#endif

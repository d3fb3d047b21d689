/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's arithmetic on Internet checksums (RFC 1071): a __wsum is a sum
 * in 32 bits, not inverted; a __sum16 is what stands in a header, inverted.
 */
#ifndef UNIT_NET_CHECKSUM_H
#define UNIT_NET_CHECKSUM_H

#include <linux/compiler_types.h>
#include <linux/types.h>

#define CSUM_MANGLED_0	((__sum16)0xffff)

static inline __wsum csum_add(__wsum a, __wsum b)
{
	u64 sum = (u64)a + b;

	return (u32)sum + (u32)(sum >> 32);
}

static inline __wsum csum_sub(__wsum a, __wsum b)
{
	return csum_add(a, ~b);
}

/* A byte at an odd offset is the lower one of its word. */
static inline __wsum csum_shift(__wsum sum, int offset)
{
	return offset & 1 ? sum >> 8 | sum << 24 : sum;
}

static inline __sum16 csum_fold(__wsum sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static inline __wsum csum_unfold(__sum16 sum)
{
	return sum;
}

static inline void csum_replace_by_diff(__sum16 *sum, __wsum diff)
{
	*sum = csum_fold(csum_add(diff, ~csum_unfold(*sum)));
}

static inline void csum_replace4(__sum16 *sum, __be32 from, __be32 to)
{
	csum_replace_by_diff(sum, csum_sub((__wsum)to, (__wsum)from));
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of checksums where an address and a port are changed (RFC 1624).
 */
#ifndef SIPSTEER_SUM_H
#define SIPSTEER_SUM_H

#include <linux/overflow.h>

#include "addr.h"

/*
 * One's complement: what is carried out at the top comes in at the bottom
 * (RFC 1071).  That is an instruction more than two's complement, where folding
 * sums of 32 bits takes several.  The byte order does not matter.
 */
static __always_inline u16 sipsteer_ones_add(u16 a, u16 b)
{
	u16 sum;
	bool carry = check_add_overflow(a, b, &sum);

	return sum + carry;
}

static __always_inline u16 sipsteer_ones_sub(u16 a, u16 b)
{
	u16 diff;
	bool borrow = check_sub_overflow(a, b, &diff);

	return diff - borrow;
}

/* What the sum over an address grows by when it changes. */
static __always_inline u16 sipsteer_addr_diff(u8 family,
					      const union nf_inet_addr *from,
					      const union nf_inet_addr *to)
{
	unsigned int i, words = family == NFPROTO_IPV4 ? 1 : ARRAY_SIZE(to->all);
	u16 sum = 0;
	bool borrow;
	u32 diff;

	for (i = 0; i < words; i++) {
		borrow = check_sub_overflow(to->all[i], from->all[i], &diff);
		diff -= borrow;
		sum = sipsteer_ones_add(sum, sipsteer_ones_add(diff >> 16, diff));
	}
	return sum;
}

/**
 * struct sipsteer_growth - what sums grow by when one end of a packet changes
 * @addrs: one over the addresses, as in the header of IPv4
 * @ends: one over addresses and ports, as of UDP and TCP
 */
struct sipsteer_growth {
	u16 addrs;
	u16 ends;
};

/**
 * sipsteer_growth_of() - what sums grow by
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; often a constant
 * @from: the address and port that it has
 * @to: the new ones, of the same family
 *
 * Return: that.
 */
static __always_inline struct sipsteer_growth
sipsteer_growth_of(u8 family, const struct sipsteer_endpoint *from,
		   const struct sipsteer_endpoint *to)
{
	u16 addrs = sipsteer_addr_diff(family, &from->addr, &to->addr);
	u16 ports = sipsteer_ones_sub((__force u16)to->port,
				      (__force u16)from->port);

	return (struct sipsteer_growth){
		.addrs = addrs,
		.ends = sipsteer_ones_add(addrs, ports),
	};
}

#endif /* SIPSTEER_SUM_H */

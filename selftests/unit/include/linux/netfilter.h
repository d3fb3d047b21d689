/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_NETFILTER_H
#define UNIT_LINUX_NETFILTER_H

#include <linux/byteorder/generic.h>
#include <linux/compiler_types.h>
#include <linux/types.h>
#include <string.h>
#include_next <linux/netfilter.h>

static inline int nf_inet_addr_cmp(const union nf_inet_addr *a,
				   const union nf_inet_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_INETDEVICE_H
#define UNIT_LINUX_INETDEVICE_H

#include <linux/types.h>
#include <linux/byteorder/generic.h>

static inline __be32 inet_make_mask(int len)
{
	return len ? htonl(~0U << (32 - len)) : 0;
}

#endif /* UNIT_LINUX_INETDEVICE_H */

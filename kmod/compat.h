/* SPDX-License-Identifier: GPL-2.0 */
/* Where kernels differ. */
#ifndef SIPSTEER_COMPAT_H
#define SIPSTEER_COMPAT_H

#include <linux/version.h>

/* skb_gso_segment() has moved. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

#endif /* SIPSTEER_COMPAT_H */

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

/* So has the flag of IP_NODEFRAG. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define sipsteer_sk_nodefrag(sk)	inet_test_bit(NODEFRAG, sk)
#else
#define sipsteer_sk_nodefrag(sk)	(inet_sk(sk)->nodefrag)
#endif

/* A family of generic netlink is told when somebody begins to listen. */
#define SIPSTEER_HAVE_GENL_BIND \
	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0))

/*
 * What is filled in member by member need not be zeroed before, as kernels
 * with CONFIG_INIT_STACK_ALL_ZERO do.
 */
#ifndef __uninitialized
#if __has_attribute(__uninitialized__)
#define __uninitialized	__attribute__((__uninitialized__))
#else
#define __uninitialized
#endif
#endif

#endif /* SIPSTEER_COMPAT_H */

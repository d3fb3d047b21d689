/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_JIFFIES_H
#define UNIT_LINUX_JIFFIES_H

#include <linux/types.h>

#define HZ	250

u64 get_jiffies_64(void);	/* the test's */

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_SCHED_H
#define UNIT_LINUX_SCHED_H

#include <linux/kernel.h>

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_ERR_H
#define UNIT_LINUX_ERR_H

#include <errno.h>
#include <stdint.h>

#define ERR_PTR(err)	((void *)(intptr_t)(err))
#define PTR_ERR(p)	((intptr_t)(p))
#define IS_ERR(p)	((uintptr_t)(p) >= (uintptr_t)-4095)

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_ASM_BYTEORDER_H
#define UNIT_ASM_BYTEORDER_H

#include <endian.h>
#include_next <asm/byteorder.h>

#define le64_to_cpu(x)	le64toh(x)

#endif

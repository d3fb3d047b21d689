/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_MATH64_H
#define UNIT_LINUX_MATH64_H

#define div_u64(dividend, divisor)	((dividend) / (divisor))

#endif

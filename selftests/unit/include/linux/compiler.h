/* SPDX-License-Identifier: GPL-2.0 */
/* Compiler hints for kernel sources compiled in userspace. */
#ifndef UNIT_LINUX_COMPILER_H
#define UNIT_LINUX_COMPILER_H

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#ifndef __always_inline
#define __always_inline	inline __attribute__((always_inline))
#endif
#ifndef noinline
#define noinline	__attribute__((noinline))
#endif

#define OPTIMIZER_HIDE_VAR(x)	__asm__("" : "=r" (x) : "0" (x))

#define data_race(x)		(x)
#define READ_ONCE(x)		(x)
#define WRITE_ONCE(x, value)	((x) = (value))

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* What only sparse reads. */
#ifndef UNIT_LINUX_COMPILER_TYPES_H
#define UNIT_LINUX_COMPILER_TYPES_H

#define __force
#define __rcu

#endif

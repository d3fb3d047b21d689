/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_RANDOM_H
#define UNIT_RANDOM_H

/* The same numbers in every run. */
unsigned int random_below(unsigned int n);

#endif

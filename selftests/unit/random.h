/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_RANDOM_H
#define UNIT_RANDOM_H

#include <stddef.h>

/* The same numbers in every run, or for the same bytes. */
void random_seed(const void *bytes, size_t len);
unsigned int random_below(unsigned int n);

#endif

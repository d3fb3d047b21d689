/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FUZZ_RANDOM_H
#define FUZZ_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define PICK(array) ((array)[below(ARRAY_SIZE(array))])

/* xorshift64*; each thread has its own. */
extern __thread uint64_t random_state;

void random_seed(uint64_t seed);
uint32_t random32(void);
uint32_t below(uint32_t n);
bool chance(uint32_t of);
void random_bytes(void *at, size_t len);

#endif

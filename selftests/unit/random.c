// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>

#include <linux/random.h>

#include "random.h"

static uint64_t state = 0x5349502f322e3021;

void random_seed(const void *bytes, size_t len)
{
	const uint8_t *byte = bytes;

	/* FNV-1a; xorshift never leaves 0. */
	for (state = 0xcbf29ce484222325; len; len--)
		state = (state ^ *byte++) * 0x100000001b3;
	state |= !state;
}

unsigned int random_below(unsigned int n)
{
	/* xorshift64* */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1dULL >> 32) % n;
}

void get_random_bytes(void *buf, size_t len)
{
	uint8_t *byte = buf;

	while (len--)
		*byte++ = random_below(256);
}

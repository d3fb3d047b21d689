// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>

#include <linux/random.h>

#include "random.h"

unsigned int random_below(unsigned int n)
{
	static uint64_t state = 0x5349502f322e3021;

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

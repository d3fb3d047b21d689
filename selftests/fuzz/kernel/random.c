// SPDX-License-Identifier: GPL-2.0
#include "random.h"

__thread uint64_t random_state = 1;

void random_seed(uint64_t seed)
{
	/* splitmix64: neighbours have nothing in common. */
	seed += 0x9e3779b97f4a7c15;
	seed = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9;
	seed = (seed ^ seed >> 27) * 0x94d049bb133111eb;
	random_state = (seed ^ seed >> 31) | 1;
}

uint32_t random32(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1d >> 32;
}

uint32_t below(uint32_t n)
{
	return random32() % n;
}

/* One time of so many. */
bool chance(uint32_t of)
{
	return !below(of);
}

void random_bytes(void *at, size_t len)
{
	unsigned char *byte = at;

	while (len--)
		*byte++ = random32();
}

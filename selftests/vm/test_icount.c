// SPDX-License-Identifier: GPL-2.0
/*
 * Time a tight loop, several times over, by the machine's clock.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

int main(void)
{
	for (int run = 0; run < 10; run++) {
		uint64_t start = now();

		for (volatile uint64_t i = 0; i < 1000000; i++)
			;
		printf("%llu\n", (unsigned long long)(now() - start));
	}
	return 0;
}

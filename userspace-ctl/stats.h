/* SPDX-License-Identifier: GPL-2.0 */
#ifndef STATS_H
#define STATS_H

#include <stdint.h>

#include "counters.h"

#define STATS_COUNTERS_MAX	128
#define STATS_HOOKS_IPV4	1
#define STATS_HOOKS_IPV6	2

/* What is no counter, in the order in which it is shown. */
enum stats_size {
	SIZE_MAPPINGS,
	SIZE_TRANSACTIONS,
	SIZE_TRANSACTION_MAX,
	SIZE_FLOWS,
	SIZE_FLOW_MAX,
	SIZES
};

/**
 * struct stats - what the kernel has counted
 * @size: what is no counter
 * @hooks: STATS_HOOKS_*
 * @counters: how many
 * @counter: number and value of each
 */
struct stats {
	uint32_t size[SIZES];
	uint8_t hooks;
	unsigned int counters;
	struct {
		uint32_t id;
		unsigned long long value;
	} counter[STATS_COUNTERS_MAX];
};

extern const struct counter_info stats_sizes[SIZES];
extern const struct counter_info stats_hooks;

#endif

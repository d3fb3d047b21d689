/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU counters: one for every way out of the walk, and three a mapping.
 *
 * They are as wide as a long, as the kernel's own SNMP counters are, so that
 * adding one is a single instruction without an atomic access.
 */
#ifndef SIPSTEER_STATS_H
#define SIPSTEER_STATS_H

#include <linux/percpu.h>
#include <uapi/linux/sipsteer.h>

struct sipsteer_stats {
	unsigned long count[__SIPSTEER_COUNTER_MAX];
};

enum sipsteer_mapping_counter {
	SIPSTEER_MAPPING_STEERED,
	SIPSTEER_MAPPING_RESTORED,
	SIPSTEER_MAPPING_PASSED,
	SIPSTEER_MAPPING_COUNTERS
};

struct sipsteer_mapping_stats {
	unsigned long count[SIPSTEER_MAPPING_COUNTERS];
};

u64 sipsteer_stats_sum(const struct sipsteer_stats __percpu *stats,
		       enum sipsteer_counter counter);
u64 sipsteer_mapping_stats_sum(const struct sipsteer_mapping_stats __percpu *stats,
			       enum sipsteer_mapping_counter counter);

#endif /* SIPSTEER_STATS_H */

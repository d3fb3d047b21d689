/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters: one for every way out of the walk, and three a mapping.
 *
 * They are as wide as a long, as the kernel's own SNMP counters are, so that
 * adding one is a single instruction without an atomic access where each CPU
 * has its own.
 */
#ifndef SIPSTEER_STATS_H
#define SIPSTEER_STATS_H

#include <linux/atomic.h>
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

struct sipsteer_mapping_cpu_stats {
	unsigned long count[SIPSTEER_MAPPING_COUNTERS];
};

/**
 * struct sipsteer_mapping_stats - the counters of a mapping, all zero at first
 * @per_cpu: what each CPU has counted; NULL as long as there was little to count
 * @count: what was counted before that
 * @second: when the last of these was, of the boot clock
 * @this_second: about how many there were in that second
 *
 * Of many mappings few are busy, and a counter for each CPU of a large machine
 * would be most of what a mapping takes.  So one gets those as soon as it has
 * counted SIPSTEER_MAPPING_BUSY packets in a second.
 */
struct sipsteer_mapping_stats {
	struct sipsteer_mapping_cpu_stats __percpu *per_cpu;
	atomic_long_t count[SIPSTEER_MAPPING_COUNTERS];
	u32 second;
	u32 this_second;
};

#define SIPSTEER_MAPPING_BUSY	64

u64 sipsteer_stats_sum(const struct sipsteer_stats __percpu *stats,
		       enum sipsteer_counter counter);
void sipsteer_mapping_stats_exit(struct sipsteer_mapping_stats *stats);
u64 sipsteer_mapping_stats_sum(const struct sipsteer_mapping_stats *stats,
			       enum sipsteer_mapping_counter counter);
void sipsteer_mapping_stats_add(struct sipsteer_mapping_stats *stats,
				const struct sipsteer_mapping_stats *more);
void sipsteer_mapping_stats_count_rare(struct sipsteer_mapping_stats *stats,
				       enum sipsteer_mapping_counter counter);

/**
 * sipsteer_mapping_stats_count() - count a packet of a mapping
 * @stats: the mapping's counters
 * @counter: which one
 */
static __always_inline void
sipsteer_mapping_stats_count(struct sipsteer_mapping_stats *stats,
			     enum sipsteer_mapping_counter counter)
{
	struct sipsteer_mapping_cpu_stats __percpu *per_cpu =
		READ_ONCE(stats->per_cpu);

	if (likely(per_cpu))
		this_cpu_inc(per_cpu->count[counter]);
	else
		sipsteer_mapping_stats_count_rare(stats, counter);
}

#endif /* SIPSTEER_STATS_H */

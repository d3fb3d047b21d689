// SPDX-License-Identifier: GPL-2.0
#include <linux/cpumask.h>
#include <linux/ktime.h>

#include "stats.h"

/**
 * sipsteer_stats_sum() - read a counter of a network namespace
 * @stats: the namespace's counters
 * @counter: which one
 *
 * Return: the sum over all CPUs.
 */
u64 sipsteer_stats_sum(const struct sipsteer_stats __percpu *stats,
		       enum sipsteer_counter counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats, cpu)->count[counter]);
	return sum;
}

/**
 * sipsteer_mapping_stats_sum() - read a counter of a mapping
 * @stats: the mapping's counters
 * @counter: which one
 *
 * Return: the sum over all CPUs.
 */
u64 sipsteer_mapping_stats_sum(const struct sipsteer_mapping_stats *stats,
			       enum sipsteer_mapping_counter counter)
{
	const struct sipsteer_mapping_cpu_stats __percpu *per_cpu =
		READ_ONCE(stats->per_cpu);
	u64 sum = (unsigned long)atomic_long_read(&stats->count[counter]);
	int cpu;

	if (!per_cpu)
		return sum;
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(per_cpu, cpu)->count[counter]);
	return sum;
}

/**
 * sipsteer_mapping_stats_add() - add the counters of one mapping to another's
 * @stats: the other mapping's
 * @more: the mapping's
 */
void sipsteer_mapping_stats_add(struct sipsteer_mapping_stats *stats,
				const struct sipsteer_mapping_stats *more)
{
	unsigned int i;

	for (i = 0; i < SIPSTEER_MAPPING_COUNTERS; i++)
		atomic_long_add(sipsteer_mapping_stats_sum(more, i),
				&stats->count[i]);
}

/* Without memory it is tried again when it is busy again. */
static void make_per_cpu(struct sipsteer_mapping_stats *stats)
{
	struct sipsteer_mapping_cpu_stats __percpu *per_cpu;

	per_cpu = alloc_percpu_gfp(struct sipsteer_mapping_cpu_stats,
				   GFP_NOWAIT | __GFP_NOWARN);
	if (per_cpu && cmpxchg(&stats->per_cpu, NULL, per_cpu))
		free_percpu(per_cpu);
}

/**
 * sipsteer_mapping_stats_count_rare() - count a packet of a mapping that has
 * few of them
 * @stats: the mapping's counters
 * @counter: which one
 *
 * When @second changes, CPUs may differ about how many there were.
 */
void sipsteer_mapping_stats_count_rare(struct sipsteer_mapping_stats *stats,
				       enum sipsteer_mapping_counter counter)
{
	u32 now = ktime_get_seconds();
	u32 this_second = 1;

	atomic_long_inc(&stats->count[counter]);
	if (READ_ONCE(stats->second) == now)
		this_second += READ_ONCE(stats->this_second);
	else
		WRITE_ONCE(stats->second, now);
	WRITE_ONCE(stats->this_second, this_second);
	if (this_second == SIPSTEER_MAPPING_BUSY)
		make_per_cpu(stats);
}

/**
 * sipsteer_mapping_stats_exit() - free the memory of a mapping's counters
 * @stats: the counters
 */
void sipsteer_mapping_stats_exit(struct sipsteer_mapping_stats *stats)
{
	free_percpu(stats->per_cpu);
}

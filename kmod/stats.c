// SPDX-License-Identifier: GPL-2.0
#include <linux/cpumask.h>

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
u64 sipsteer_mapping_stats_sum(const struct sipsteer_mapping_stats __percpu *stats,
			       enum sipsteer_mapping_counter counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats, cpu)->count[counter]);
	return sum;
}

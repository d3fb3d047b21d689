// SPDX-License-Identifier: GPL-2.0
/*
 * Counters in the text format that Prometheus reads: each metric with its
 * HELP and TYPE, and all its samples below
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "counters.h"
#include "genl.h"
#include "mapping.h"
#include "print.h"
#include "prometheus.h"
#include "sipsteer.h"
#include "stats.h"

static const struct counter_info packets = {
	"packets",
	"Packets to a mapped port or from a target, by what became of them."
};

static const struct counter_info result_info = {
	"result_info",
	"What the results in sipsteer_packets_total mean."
};

enum mapping_metric {
	MAPPING_STEERED,
	MAPPING_RESTORED,
	MAPPING_PASSED,
	MAPPING_METRICS
};

static const struct counter_info mapping_metrics[MAPPING_METRICS] = {
	[MAPPING_STEERED] = {
		"mapping_steered",
		"Requests by UDP, and connections by TCP, that were steered."
	},
	[MAPPING_RESTORED] = {
		"mapping_restored",
		"Replies by UDP that were restored, and connections answered."
	},
	[MAPPING_PASSED] = {
		"mapping_passed",
		"Datagrams, and attempts to connect, that matched and passed."
	},
};

/* The kernel tells of one mapping after the other: samples by metric. */
struct mappings {
	struct list samples[MAPPING_METRICS];
};

/* Dashes have no place in the name of a metric. */
static void print_name(const char *name, bool is_counter)
{
	fputs("sipsteer_", stdout);
	for (; *name; name++)
		putchar(*name == '-' ? '_' : *name);
	if (is_counter)
		fputs("_total", stdout);
}

static void print_head(const struct counter_info *info, bool is_counter)
{
	fputs("# HELP ", stdout);
	print_name(info->name, is_counter);
	printf(" %s\n# TYPE ", info->doc);
	print_name(info->name, is_counter);
	printf(" %s\n", is_counter ? "counter" : "gauge");
}

static void print_metric(const struct counter_info *info, bool is_counter,
			 unsigned long long value)
{
	print_head(info, is_counter);
	print_name(info->name, is_counter);
	printf(" %llu\n", value);
}

static void print_sizes(const struct stats *stats)
{
	for (enum stats_size i = 0; i < SIZES; i++)
		print_metric(&stats_sizes[i], false, stats->size[i]);
	print_head(&stats_hooks, false);
	printf("sipsteer_hooks{family=\"ipv4\"} %d\n"
	       "sipsteer_hooks{family=\"ipv6\"} %d\n",
	       !!(stats->hooks & STATS_HOOKS_IPV4),
	       !!(stats->hooks & STATS_HOOKS_IPV6));
}

/*
 * Whether a counter is one of those of which each packet adds to just one.
 * The others, and what only the kernel has a name for, must not be summed up
 * with them.
 */
static bool is_result(const struct counter_info *info)
{
	static const char *const besides[] = {
		"transaction-", "flow-", "first-", "route-"
	};

	if (!info)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(besides); i++)
		if (!strncmp(info->name, besides[i], strlen(besides[i])))
			return false;
	return strcmp(info->name, "aggregated") &&
	       strcmp(info->name, "reply-aggregated");
}

static void print_packets(const struct stats *stats)
{
	print_head(&packets, true);
	for (unsigned int i = 0; i < stats->counters; i++) {
		const struct counter_info *info =
			counter_find(stats->counter[i].id);

		if (is_result(info))
			printf("sipsteer_packets_total{result=\"%s\"} %llu\n",
			       info->name, stats->counter[i].value);
	}
}

/* Text in quotes; what HELP says has none around it. */
static void print_quoted(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static void print_meanings(const struct stats *stats)
{
	print_head(&result_info, false);
	for (unsigned int i = 0; i < stats->counters; i++) {
		const struct counter_info *info =
			counter_find(stats->counter[i].id);

		if (!is_result(info))
			continue;
		printf("sipsteer_result_info{result=\"%s\",meaning=",
		       info->name);
		print_quoted(info->doc);
		fputs("} 1\n", stdout);
	}
}

static void print_others(const struct stats *stats)
{
	for (unsigned int i = 0; i < stats->counters; i++) {
		uint32_t id = stats->counter[i].id;
		const struct counter_info *info = counter_find(id);
		char name[COUNTER_TEXT];
		struct counter_info unknown = {
			counter_name(id, name),
			"Counted by a kernel that is newer than this tool."
		};

		if (!is_result(info))
			print_metric(info ?: &unknown, true,
				     stats->counter[i].value);
	}
}

static int mappings_begin(void *data)
{
	struct mappings *mappings = data;
	int err = 0;

	for (enum mapping_metric i = 0; i < MAPPING_METRICS && !err; i++)
		err = list_begin(&mappings->samples[i]);
	return err;
}

static void add_sample(struct mappings *mappings, enum mapping_metric metric,
		       const struct mapping *m, unsigned long long value)
{
	char match[ADDR_TEXT], target[ADDR_TEXT];

	fprintf(mappings->samples[metric].out,
		"sipsteer_%s_total{id=\"%u\",match=\"%s\",target=\"%s\"} %llu\n",
		mapping_metrics[metric].name, m->id,
		match_text(&m->match, m->match_port, match),
		endpoint_text(&m->target, target), value);
}

static int mappings_entry(const struct genl_attrs *attrs, void *data)
{
	struct mapping m;
	int err;

	err = mapping_get(&m, attrs);
	if (err)
		return err;
	add_sample(data, MAPPING_STEERED, &m, m.steered);
	add_sample(data, MAPPING_RESTORED, &m, m.restored);
	add_sample(data, MAPPING_PASSED, &m, m.passed);
	return 0;
}

static int print_mappings(struct mappings *mappings)
{
	int ret = EXIT_OK;

	for (enum mapping_metric i = 0; i < MAPPING_METRICS && !ret; i++) {
		print_head(&mapping_metrics[i], true);
		ret = list_show(&mappings->samples[i]);
	}
	return ret;
}

/**
 * prometheus_show() - print what the kernel has counted, and its mappings
 * @genl: to ask the kernel for the mappings
 * @stats: what it has counted
 *
 * Return: an &enum exit_code.
 */
int prometheus_show(struct genl *genl, const struct stats *stats)
{
	static const struct genl_dump dump = { mappings_begin, mappings_entry };
	struct mappings mappings = {};
	int ret;

	ret = genl_result(genl, genl_dump(genl, SIPSTEER_CMD_MAPPING_GET, &dump,
					  &mappings));
	if (!ret) {
		print_sizes(stats);
		print_packets(stats);
		print_meanings(stats);
		print_others(stats);
		ret = print_mappings(&mappings);
	}
	for (enum mapping_metric i = 0; i < MAPPING_METRICS; i++)
		list_drop(&mappings.samples[i]);
	return ret;
}

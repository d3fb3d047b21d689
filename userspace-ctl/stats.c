// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer stats
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/sipsteer.h>

#include "genl.h"
#include "print.h"
#include "prometheus.h"
#include "sipsteer.h"
#include "stats.h"

static const int size_attrs[SIZES] = {
	[SIZE_MAPPINGS] = SIPSTEER_A_STATS_MAPPINGS,
	[SIZE_TRANSACTIONS] = SIPSTEER_A_STATS_TRANSACTIONS,
	[SIZE_TRANSACTION_MAX] = SIPSTEER_A_STATS_TRANSACTION_MAX,
	[SIZE_FLOWS] = SIPSTEER_A_STATS_FLOWS,
	[SIZE_FLOW_MAX] = SIPSTEER_A_STATS_FLOW_MAX,
};

const struct counter_info stats_sizes[SIZES] = {
	[SIZE_MAPPINGS] = {
		"mappings", "Mappings in the table."
	},
	[SIZE_TRANSACTIONS] = {
		"transactions", "Transactions remembered now."
	},
	[SIZE_TRANSACTION_MAX] = {
		"transaction-max", "How many transactions there is room for."
	},
	[SIZE_FLOWS] = {
		"flows", "TCP connections remembered now."
	},
	[SIZE_FLOW_MAX] = {
		"flow-max", "How many TCP connections there is room for."
	},
};

const struct counter_info stats_hooks = {
	"hooks", "Families whose packets are looked at."
};

static int take_counter(const struct genl_attrs *attrs, void *data)
{
	struct stats *stats = data;

	if (stats->counters == STATS_COUNTERS_MAX)
		return -EMSGSIZE;
	stats->counter[stats->counters].id =
		genl_get_u32(attrs, SIPSTEER_A_COUNTER_ID, 0);
	stats->counter[stats->counters].value =
		genl_get_u64(attrs, SIPSTEER_A_COUNTER_VALUE, 0);
	stats->counters++;
	return 0;
}

static int take_stats(const struct genl_attrs *attrs, void *data)
{
	struct stats *stats = data;

	for (enum stats_size i = 0; i < SIZES; i++)
		stats->size[i] = genl_get_u32(attrs, size_attrs[i], 0);
	stats->hooks = genl_get_u8(attrs, SIPSTEER_A_STATS_HOOKS, 0);
	return genl_each_nest(attrs, SIPSTEER_A_STATS_COUNTER, take_counter,
			      stats);
}

static void print_line(const char *name, const char *value, const char *doc)
{
	enum color color = strcmp(value, "0") ? COLOR_NONE : COLOR_ZERO;

	print_color(stdout, color, "%-24s%10s%s%s", name, value,
		    doc ? "  " : "", doc ?: "");
	putchar('\n');
}

static void print_number(const char *name, unsigned long long number,
			 const char *doc)
{
	char text[sizeof("18446744073709551615")];

	snprintf(text, sizeof(text), "%llu", number);
	print_line(name, text, doc);
}

static void print_text(const struct stats *stats, bool explain)
{
	static const char *const hooks[] = {
		"none", "ipv4", "ipv6", "ipv4,ipv6"
	};
	char name[COUNTER_TEXT];

	for (enum stats_size i = 0; i < SIZES; i++)
		print_number(stats_sizes[i].name, stats->size[i],
			     explain ? stats_sizes[i].doc : NULL);
	print_line(stats_hooks.name,
		   hooks[stats->hooks & (STATS_HOOKS_IPV4 | STATS_HOOKS_IPV6)],
		   explain ? stats_hooks.doc : NULL);
	for (unsigned int i = 0; i < stats->counters; i++) {
		uint32_t id = stats->counter[i].id;
		const struct counter_info *info = counter_find(id);

		print_number(counter_name(id, name), stats->counter[i].value,
			     explain && info ? info->doc : NULL);
	}
}

static json_t *json_hooks(uint8_t hooks)
{
	json_t *array = json_array();

	if (hooks & STATS_HOOKS_IPV4)
		json_array_append_new(array, json_string("ipv4"));
	if (hooks & STATS_HOOKS_IPV6)
		json_array_append_new(array, json_string("ipv6"));
	return array;
}

static json_t *json_meanings(const struct stats *stats)
{
	json_t *object = json_object();

	for (enum stats_size i = 0; i < SIZES; i++)
		json_object_set_new(object, stats_sizes[i].name,
				    json_string(stats_sizes[i].doc));
	json_object_set_new(object, stats_hooks.name,
			    json_string(stats_hooks.doc));
	for (unsigned int i = 0; i < stats->counters; i++) {
		const struct counter_info *info =
			counter_find(stats->counter[i].id);

		if (info)
			json_object_set_new(object, info->name,
					    json_string(info->doc));
	}
	return object;
}

static json_t *json_stats(const struct stats *stats, bool explain)
{
	json_t *counters = json_object();
	json_t *object = json_object();
	char name[COUNTER_TEXT];

	for (enum stats_size i = 0; i < SIZES; i++)
		json_object_set_new(object, stats_sizes[i].name,
				    json_integer(stats->size[i]));
	json_object_set_new(object, stats_hooks.name, json_hooks(stats->hooks));
	for (unsigned int i = 0; i < stats->counters; i++)
		json_object_set_new(counters,
				    counter_name(stats->counter[i].id, name),
				    json_integer((json_int_t)stats->counter[i].value));
	json_object_set_new(object, "counters", counters);
	if (explain)
		json_object_set_new(object, "meanings", json_meanings(stats));
	return object;
}

enum format {
	FORMAT_PLAIN,
	FORMAT_EXPLAIN,
	FORMAT_PROMETHEUS,
};

static int read_format(int count, char **words, enum format *format)
{
	*format = FORMAT_PLAIN;
	if (!count)
		return EXIT_OK;
	if (!strcmp(words[0], "--explain"))
		*format = FORMAT_EXPLAIN;
	else if (!strcmp(words[0], "--prometheus"))
		*format = FORMAT_PROMETHEUS;
	else
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[0]);
	if (count > 1)
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[1]);
	if (options.json && *format == FORMAT_PROMETHEUS)
		return fail(EXIT_USAGE, "--prometheus with -j: it has a format of its own");
	return EXIT_OK;
}

static int show(const struct stats *stats, enum format format)
{
	bool explain = format == FORMAT_EXPLAIN;

	if (options.json)
		return print_json(json_stats(stats, explain));
	print_text(stats, explain);
	return EXIT_OK;
}

static int run(int count, char **words)
{
	struct stats stats = {};
	enum format format;
	struct genl *genl;
	int ret;

	ret = read_format(count, words, &format);
	if (ret)
		return ret;
	genl = genl_open();
	if (!genl)
		return EXIT_KERNEL;
	genl_start(genl, SIPSTEER_CMD_STATS_GET, 0);
	ret = genl_result(genl, genl_do(genl, take_stats, &stats));
	if (!ret)
		ret = format == FORMAT_PROMETHEUS ?
		      prometheus_show(genl, &stats) : show(&stats, format);
	genl_close(genl);
	return ret;
}

const struct verb stats_verb = {
	.name = "stats",
	.summary = "show all counters, with --explain what they mean",
	.usage =
	"Usage: sipsteer [ -j [ -p ] ] stats [ --explain ]\n"
	"       sipsteer stats --prometheus\n",
	.colors = true,
	.run = run,
};

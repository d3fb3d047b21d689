// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer stats
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/sipsteer.h>

#include "counters.h"
#include "genl.h"
#include "print.h"
#include "sipsteer.h"

#define COUNTERS_MAX	128
#define HOOKS_IPV4	1
#define HOOKS_IPV6	2

struct stats {
	uint32_t mappings;
	uint32_t transactions;
	uint32_t transaction_max;
	uint8_t hooks;
	unsigned int counters;
	struct {
		uint32_t id;
		unsigned long long value;
	} counter[COUNTERS_MAX];
};

/* The sizes: name, meaning. */
static const struct counter_info sizes[] = {
	{ "mappings", "Mappings in the table." },
	{ "transactions", "Transactions remembered now." },
	{ "transaction-max", "How many transactions there is room for." },
	{ "hooks", "Families whose packets are looked at." },
};

static int take_counter(const struct genl_attrs *attrs, void *data)
{
	struct stats *stats = data;

	if (stats->counters == COUNTERS_MAX)
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

	stats->mappings = genl_get_u32(attrs, SIPSTEER_A_STATS_MAPPINGS, 0);
	stats->transactions =
		genl_get_u32(attrs, SIPSTEER_A_STATS_TRANSACTIONS, 0);
	stats->transaction_max =
		genl_get_u32(attrs, SIPSTEER_A_STATS_TRANSACTION_MAX, 0);
	stats->hooks = genl_get_u8(attrs, SIPSTEER_A_STATS_HOOKS, 0);
	return genl_each_nest(attrs, SIPSTEER_A_STATS_COUNTER, take_counter,
			      stats);
}

static void print_line(const char *name, const char *value, const char *doc)
{
	printf("%-24s%10s", name, value);
	if (doc)
		printf("  %s", doc);
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

	print_number(sizes[0].name, stats->mappings,
		     explain ? sizes[0].doc : NULL);
	print_number(sizes[1].name, stats->transactions,
		     explain ? sizes[1].doc : NULL);
	print_number(sizes[2].name, stats->transaction_max,
		     explain ? sizes[2].doc : NULL);
	print_line(sizes[3].name,
		   hooks[stats->hooks & (HOOKS_IPV4 | HOOKS_IPV6)],
		   explain ? sizes[3].doc : NULL);
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

	if (hooks & HOOKS_IPV4)
		json_array_append_new(array, json_string("ipv4"));
	if (hooks & HOOKS_IPV6)
		json_array_append_new(array, json_string("ipv6"));
	return array;
}

static json_t *json_meanings(const struct stats *stats)
{
	json_t *object = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		json_object_set_new(object, sizes[i].name,
				    json_string(sizes[i].doc));
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
	char name[COUNTER_TEXT];
	json_t *object;

	for (unsigned int i = 0; i < stats->counters; i++)
		json_object_set_new(counters,
				    counter_name(stats->counter[i].id, name),
				    json_integer((json_int_t)stats->counter[i].value));
	object = json_pack("{s:I, s:I, s:I, s:o, s:o}",
			   sizes[0].name, (json_int_t)stats->mappings,
			   sizes[1].name, (json_int_t)stats->transactions,
			   sizes[2].name, (json_int_t)stats->transaction_max,
			   sizes[3].name, json_hooks(stats->hooks),
			   "counters", counters);
	if (explain)
		json_object_set_new(object, "meanings", json_meanings(stats));
	return object;
}

static int run(int count, char **words)
{
	struct stats stats = {};
	bool explain = false;
	struct genl *genl;
	int ret;

	if (count) {
		explain = !strcmp(words[0], "--explain");
		if (count > explain)
			return fail(EXIT_USAGE, "unknown word \"%s\"",
				    words[explain]);
	}
	genl = genl_open();
	if (!genl)
		return EXIT_KERNEL;
	genl_start(genl, SIPSTEER_CMD_STATS_GET, 0);
	ret = genl_result(genl, genl_do(genl, take_stats, &stats));
	genl_close(genl);
	if (ret)
		return ret;
	if (options.json)
		return print_json(json_stats(&stats, explain));
	print_text(&stats, explain);
	return EXIT_OK;
}

const struct verb stats_verb = {
	.name = "stats",
	.summary = "show all counters, with --explain what they mean",
	.usage = "Usage: sipsteer [ -j [ -p ] ] stats [ --explain ]\n",
	.run = run,
};

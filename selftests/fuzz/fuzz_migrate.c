// SPDX-License-Identifier: GPL-2.0
/*
 * What iptables-save wrote: the mappings that are to take the place of its rules
 * are such as "restore" takes, and the commands that remove rules are lines of
 * plain text.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "migrate_plan.h"
#include "migrate_report.h"
#include "rules.h"
#include "rules_text.h"
#include "sipsteer.h"

static int take(struct config *config, struct config_item *item)
{
	(void)config;
	(void)item;
	return EXIT_OK;
}

/* The keys of both are the same but for one. */
static void check_mappings(const json_t *report)
{
	struct config_line line;
	struct config config = { .take = take, .line = &line };
	json_t *object = json_pack("{s:O, s:O}",
				   "mappings", json_object_get(report, "mappings"),
				   "exempts", json_object_get(report, "exempt"));
	char *text = json_dumps(object, 0);
	FILE *in = fmemopen(text, strlen(text), "r");

	if (config_read_json(&config, in, "report")) {
		fprintf(stderr, "%s\n%s\n", text, config.error);
		abort();
	}
	fclose(in);
	free(text);
	json_decref(object);
	config_drop(&config);
}

static void check_report(const struct plan *plan)
{
	json_t *report = report_json(plan);

	if (!report)
		abort();
	check_mappings(report);
	json_decref(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct text_source source = { .name = "fuzz", .suffix = "" };
	struct ruleset set = {};
	struct text_error err;
	static struct plan plan;

	plan_begin(&plan, &set);
	if (!text_read(&set, &source, (const char *)data, len, &err)) {
		plan_make(&plan);
		check_report(&plan);
	} else if (!err.line || !err.column || !*err.text) {
		abort();
	}
	ruleset_drop(&set);
	return 0;
}

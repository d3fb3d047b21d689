// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer show
 */

#include <string.h>

#include "genl.h"
#include "limits.h"
#include "mapping.h"
#include "parse.h"
#include "print.h"
#include "sipsteer.h"

struct show {
	struct list list;
	struct mapping filter;
};

static int show_begin(void *data)
{
	struct show *show = data;

	return list_begin(&show->list);
}

static int show_entry(const struct genl_attrs *attrs, void *data)
{
	struct show *show = data;
	FILE *out = show->list.out;
	struct mapping mapping;
	int err;

	err = mapping_get(&mapping, attrs);
	if (err || !mapping_fits(&mapping, &show->filter))
		return err;
	if (options.json)
		return list_json(&show->list, mapping_json(&mapping));
	fprintf(out, "%u: ", mapping.id);
	mapping_print(&mapping, out);
	fputc('\n', out);
	if (options.counters)
		fprintf(out, "    steered %llu restored %llu passed %llu\n",
			mapping.steered, mapping.restored, mapping.passed);
	return 0;
}

/* The one mapping of an id; it must be there. */
static int ask_one(struct genl *genl, struct show *show, const char *id)
{
	int err = show_begin(show);

	if (err)
		return err;
	genl_start(genl, SIPSTEER_CMD_MAPPING_GET, 0);
	genl_blame(genl, "id", id);
	genl_put_u32(genl, SIPSTEER_A_MAPPING_ID, show->filter.id);
	return genl_do(genl, show_entry, show);
}

static int ask_all(struct genl *genl, struct show *show)
{
	static const struct genl_dump dump = { show_begin, show_entry };

	return genl_dump(genl, SIPSTEER_CMD_MAPPING_GET, &dump, show);
}

static int show_mappings(struct show *show, const char *id)
{
	struct genl *genl = genl_open();
	int ret;

	if (!genl)
		return EXIT_KERNEL;
	ret = genl_result(genl, id ? ask_one(genl, show, id) :
				     ask_all(genl, show));
	genl_close(genl);
	if (!ret)
		ret = list_show(&show->list);
	list_drop(&show->list);
	return ret;
}

static int show_limits(int count, char **words)
{
	struct limits limits;
	struct genl *genl;
	int ret;

	if (count)
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[0]);
	genl = genl_open();
	if (!genl)
		return EXIT_KERNEL;
	ret = genl_result(genl, limits_read(&limits, genl));
	genl_close(genl);
	if (ret)
		return ret;
	if (options.json)
		return print_json(limits_json(&limits));
	limits_print(&limits, "", "\n", stdout);
	return EXIT_OK;
}

static int run(int count, char **words)
{
	bool by_id = count && !strcmp(words[0], "id");
	struct show show = {};
	struct parse_error err;
	int ret;

	if (count && !strcmp(words[0], "limits"))
		return show_limits(count - 1, words + 1);
	/* With an id there is nothing left to filter. */
	ret = mapping_parse(&show.filter, by_id ? 0 : (unsigned int)count,
			    words, CLAUSES_KEY, &err);
	if (!ret && by_id)
		ret = mapping_parse_id(&show.filter.id, (unsigned int)count,
				       words, &err);
	if (ret)
		return fail(EXIT_USAGE, "%s", err.text);
	return show_mappings(&show, by_id ? words[1] : NULL);
}

const struct verb show_verb = {
	.name = "show",
	.alias = "list",
	.summary = "show mappings, with -s their counters; or limits",
	.usage =
	"Usage: sipsteer [ -s ] [ -j [ -p ] ] show [ id N ]\n"
	"       sipsteer [ -s ] [ -j [ -p ] ] show [ MATCH ] [ proto { udp | tcp | both } ]\n"
	"       [ from PREFIX ] [ iif NAME ]\n"
	"       sipsteer [ -j [ -p ] ] show limits\n",
	.colors = true,
	.run = run,
};

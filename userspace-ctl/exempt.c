// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer exempt
 */

#include <errno.h>
#include <linux/sipsteer.h>

#include "exempts.h"
#include "genl.h"
#include "parse.h"
#include "print.h"
#include "sipsteer.h"

static int read_prefix(int count, char **words, struct prefix *prefix)
{
	struct parse_error err;

	if (exempt_parse(prefix, (unsigned int)count, words, &err))
		return fail(EXIT_USAGE, "%s", err.text);
	return EXIT_OK;
}

static void put_request(struct genl *genl, uint8_t command,
			const struct prefix *prefix, const char *word)
{
	genl_start(genl, command, 0);
	exempt_put(prefix, word, genl);
}

static int change(int count, char **words, uint8_t command)
{
	struct prefix prefix;
	struct genl *genl;
	int ret;

	ret = read_prefix(count, words, &prefix);
	if (ret)
		return ret;
	genl = genl_open();
	if (!genl)
		return EXIT_KERNEL;
	put_request(genl, command, &prefix, words[0]);
	ret = genl_result(genl, genl_do(genl, NULL, NULL));
	genl_close(genl);
	return ret;
}

static int run_add(int count, char **words)
{
	return change(count, words, SIPSTEER_CMD_EXEMPT_NEW);
}

static int run_del(int count, char **words)
{
	return change(count, words, SIPSTEER_CMD_EXEMPT_DEL);
}

static int show_entry(const struct genl_attrs *attrs, void *data)
{
	struct list *list = data;
	char text[ADDR_TEXT];
	struct prefix prefix;
	int err;

	err = exempt_get(&prefix, attrs);
	if (err)
		return err;
	if (options.json)
		return list_json(list, json_prefix(&prefix));
	fprintf(list->out, "%s\n", prefix_text(&prefix, text));
	return 0;
}

static int ask_one(struct genl *genl, struct list *list,
		   const struct prefix *prefix, const char *word)
{
	int err = list_begin(list);

	if (err)
		return err;
	put_request(genl, SIPSTEER_CMD_EXEMPT_GET, prefix, word);
	return genl_do(genl, show_entry, list);
}

static int ask_all(struct genl *genl, struct list *list)
{
	static const struct genl_dump dump = { list_begin, show_entry };

	return genl_dump(genl, SIPSTEER_CMD_EXEMPT_GET, &dump, list);
}

static int run_show(int count, char **words)
{
	struct list list = {};
	struct prefix prefix;
	struct genl *genl;
	int ret;

	ret = count ? read_prefix(count, words, &prefix) : EXIT_OK;
	if (ret)
		return ret;
	genl = genl_open();
	if (!genl)
		return EXIT_KERNEL;
	ret = genl_result(genl, count ?
			  ask_one(genl, &list, &prefix, words[0]) :
			  ask_all(genl, &list));
	genl_close(genl);
	if (!ret)
		ret = list_show(&list);
	list_drop(&list);
	return ret;
}

/* There is no command for all of them; one that is gone by now is fine. */
static int delete_all(struct genl *genl, struct exempts *all)
{
	int err = exempts_read(all, genl);

	for (size_t i = 0; i < all->count && !err; i++) {
		put_request(genl, SIPSTEER_CMD_EXEMPT_DEL, &all->prefix[i],
			    NULL);
		err = genl_do(genl, NULL, NULL);
		if (err == -ENOENT)
			err = 0;
	}
	return err;
}

static int run_flush(int count, char **words)
{
	struct exempts all = {};
	struct genl *genl;
	int ret;

	if (count)
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[0]);
	genl = genl_open();
	if (!genl)
		return EXIT_KERNEL;
	ret = genl_result(genl, delete_all(genl, &all));
	exempts_drop(&all);
	genl_close(genl);
	return ret;
}

static const struct verb *const actions[] = {
	&(const struct verb){ .name = "add", .run = run_add },
	&(const struct verb){ .name = "del", .alias = "delete", .run = run_del },
	&(const struct verb){ .name = "show", .alias = "list", .run = run_show },
	&(const struct verb){ .name = "flush", .run = run_flush },
	NULL
};

static int run(int count, char **words)
{
	const struct verb *action;

	if (!count)
		return run_show(0, NULL);
	action = verb_find(actions, words[0]);
	return action ? action->run(count - 1, words + 1) : EXIT_USAGE;
}

const struct verb exempt_verb = {
	.name = "exempt",
	.summary = "sources that are never steered",
	.usage =
	"Usage: sipsteer exempt { add | del } PREFIX\n"
	"       sipsteer exempt [ show [ PREFIX ] ]\n"
	"       sipsteer exempt flush\n"
	"\n"
	"PREFIX := ADDRESS[/LEN]\n",
	.run = run,
};

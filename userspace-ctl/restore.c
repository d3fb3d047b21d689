// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer restore, sipsteer check-config
 *
 * The lines of a file go to a table that no packet sees, in batches; then that
 * takes the place of the present one.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/sipsteer.h>

#include "config.h"
#include "exempts.h"
#include "genl.h"
#include "parse.h"
#include "sipsteer.h"

#define DEFAULT_FILE	"/etc/sipsteer.conf"
#define BATCH_LINES	1024

/**
 * struct restore - a table that is being made from a file
 * @config: the file; the first member, as take_item() is given no more
 * @genl: where the table is; NULL if only the form is checked
 * @count: how many lines of @batch the kernel has not seen
 * @done: how many it has taken
 * @started: when that began
 * @shown: whether @done was shown
 * @batch: these lines, and room for the next
 */
struct restore {
	struct config config;
	struct genl *genl;
	unsigned int count;
	unsigned long done;
	time_t started;
	bool shown;
	struct config_line batch[BATCH_LINES + 1];
};

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static void show_progress(struct restore *restore)
{
	if (!isatty(STDERR_FILENO) || now() - restore->started < 2)
		return;
	fprintf(stderr, "\r%lu lines", restore->done);
	restore->shown = true;
}

static unsigned int find_word(const struct config_line *line, const char *word)
{
	unsigned int i = 0;

	while (i < line->count && line->words[i] != word)
		i++;
	return i;
}

static int send_batch(struct restore *restore)
{
	struct genl_refusal refusal;
	const struct config_line *line;
	int err;

	if (!restore->count)
		return EXIT_OK;
	err = genl_batch_send(restore->genl, &refusal);
	line = &restore->batch[err && refusal.request > 0 ?
			       refusal.request : 0];
	if (err)
		config_fail(&restore->config, line,
			    find_word(line, refusal.value), "%s",
			    refusal.reason);
	restore->done += restore->count;
	restore->count = 0;
	restore->config.line = &restore->batch[0];
	show_progress(restore);
	return err ? EXIT_KERNEL : EXIT_OK;
}

static void put_item(struct restore *restore, const struct config_item *item)
{
	const struct config_line *line = restore->config.line;
	struct genl *genl = restore->genl;

	switch (item->kind) {
	case CONFIG_MAPPING:
		genl_batch_add(genl, SIPSTEER_CMD_MAPPING_NEW, 0);
		mapping_put(&item->mapping, genl);
		break;
	case CONFIG_EXEMPT:
		genl_batch_add(genl, SIPSTEER_CMD_EXEMPT_NEW, 0);
		exempt_put(&item->exempt, line->words[line->count - 1], genl);
		break;
	case CONFIG_LIMITS:
		genl_batch_add(genl, SIPSTEER_CMD_LIMITS_SET, 0);
		limits_put(&item->limits, genl);
		break;
	}
}

static int resolve(struct config *config, struct mapping *mapping)
{
	struct parse_error err;

	if (!mapping_resolve(mapping, &err))
		return EXIT_OK;
	return config_fail(config, config->line,
			   find_word(config->line, mapping->words[CLAUSE_TO]),
			   "%s", err.text);
}

static int take_item(struct config *config, struct config_item *item)
{
	struct restore *restore = (struct restore *)config;
	int ret = EXIT_OK;

	if (item->kind == CONFIG_MAPPING)
		ret = resolve(config, &item->mapping);
	if (ret || !restore->genl)
		return ret;
	put_item(restore, item);
	config->line = &restore->batch[++restore->count];
	if (restore->count < BATCH_LINES && !genl_batch_is_full(restore->genl))
		return EXIT_OK;
	return send_batch(restore);
}

static int read_config(struct restore *restore, FILE *in, const char *name)
{
	int ret;

	if (restore->genl)
		genl_batch_begin(restore->genl);
	restore->started = now();
	ret = options.json ? config_read_json(&restore->config, in, name) :
			     config_read(&restore->config, in, name);
	/* What is wrong with an earlier line comes first. */
	if (restore->genl && send_batch(restore))
		ret = EXIT_KERNEL;
	if (restore->shown)
		fputc('\n', stderr);
	if (ret)
		fprintf(stderr, "%s\n", restore->config.error);
	config_drop(&restore->config);
	return ret;
}

static int demand(struct genl *genl, uint8_t command)
{
	genl_start(genl, command, 0);
	return genl_do(genl, NULL, NULL);
}

/* The file says nothing of them, so they stay as they are. */
static int keep_exempts(struct genl *genl)
{
	struct exempts all = {};
	int err = exempts_read(&all, genl);

	for (size_t i = 0; i < all.count && !err; i++) {
		genl_start(genl, SIPSTEER_CMD_EXEMPT_NEW, 0);
		exempt_put(&all.prefix[i], NULL, genl);
		err = genl_do(genl, NULL, NULL);
	}
	exempts_drop(&all);
	return genl_result(genl, err);
}

static FILE *open_config(int count, char **words, const char **name)
{
	FILE *in;

	if (count > 1) {
		fail(EXIT_USAGE, "unknown word \"%s\"", words[1]);
		return NULL;
	}
	*name = count ? words[0] : DEFAULT_FILE;
	if (!strcmp(*name, "-")) {
		*name = "<stdin>";
		return stdin;
	}
	in = fopen(*name, "re");
	if (!in)
		fail(EXIT_USAGE, "cannot open \"%s\": %s", *name,
		     strerror(errno));
	return in;
}

/* With a table of its own in @genl, unless that is NULL. */
static int build(struct genl *genl, FILE *in, const char *name)
{
	struct restore *restore = calloc(1, sizeof(*restore));
	bool only_mappings;
	int ret;

	if (!restore)
		return fail(EXIT_KERNEL, "out of memory");
	restore->genl = genl;
	restore->config.take = take_item;
	restore->config.line = &restore->batch[0];
	ret = read_config(restore, in, name);
	only_mappings = restore->config.only_mappings;
	free(restore);
	if (!ret && genl && only_mappings)
		ret = keep_exempts(genl);
	return ret;
}

static int restore_from(FILE *in, const char *name)
{
	struct genl *genl = genl_open();
	int ret;

	if (!genl)
		return EXIT_KERNEL;
	ret = genl_result(genl, demand(genl, SIPSTEER_CMD_TABLE_BEGIN));
	if (!ret)
		ret = build(genl, in, name);
	if (!ret)
		ret = genl_result(genl, demand(genl,
					       SIPSTEER_CMD_TABLE_COMMIT));
	/* A table that was not put in place goes with its socket. */
	genl_close(genl);
	return ret;
}

static int run_restore(int count, char **words)
{
	const char *name;
	FILE *in = open_config(count, words, &name);
	int ret;

	if (!in)
		return EXIT_USAGE;
	ret = restore_from(in, name);
	fclose(in);
	return ret;
}

static int check_with(struct genl *genl, FILE *in, const char *name)
{
	int ret, err = demand(genl, SIPSTEER_CMD_TABLE_BEGIN);

	if (err == -EPERM) {
		warn("only the form is checked: not permitted to ask the kernel");
		return build(NULL, in, name);
	}
	ret = genl_result(genl, err);
	return ret ? ret : build(genl, in, name);
}

static int run_check(int count, char **words)
{
	const char *name;
	FILE *in = open_config(count, words, &name);
	struct genl *genl;
	bool is_there;
	int ret;

	if (!in)
		return EXIT_USAGE;
	genl = genl_open_if_there(&is_there);
	if (genl) {
		ret = check_with(genl, in, name);
		genl_close(genl);
	} else if (is_there) {
		ret = EXIT_KERNEL;
	} else {
		warn("only the form is checked: the kernel has no sipsteer");
		ret = build(NULL, in, name);
	}
	fclose(in);
	return ret;
}

const struct verb restore_verb = {
	.name = "restore",
	.summary = "put a file's mappings, exempt prefixes and limits in place at once",
	.usage =
	"Usage: sipsteer [ -j ] restore [ FILE ]\n"
	"\n"
	"FILE := name of a file, " DEFAULT_FILE " if none is given; - for standard input\n"
	"With -j it is JSON, as \"save -j\" and \"show -j\" print it.\n",
	.run = run_restore,
};

const struct verb check_config_verb = {
	.name = "check-config",
	.summary = "say what is wrong with a file for \"restore\"",
	.usage =
	"Usage: sipsteer [ -j ] check-config [ FILE ]\n"
	"\n"
	"FILE := name of a file, " DEFAULT_FILE " if none is given; - for standard input\n"
	"Without the kernel module, or without CAP_NET_ADMIN, only its form is checked.\n",
	.run = run_check,
};

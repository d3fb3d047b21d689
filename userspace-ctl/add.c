// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer add, sipsteer replace
 */

#include <linux/netlink.h>

#include "genl.h"
#include "mapping.h"
#include "parse.h"
#include "sipsteer.h"

#define CLAUSES_TEXT \
	"       [ proto { udp | tcp | both } ] [ from PREFIX ] [ iif NAME ]\n" \
	"       [ methods { METHOD[,METHOD...] | any } ] [ reply { restore | keep } ]\n" \
	"       [ guard { on | off } ] [ route { keep | hide } ] [ comment TEXT ]\n" \
	"\n" \
	"MATCH  := ADDRESS[/LEN]:PORT, where clients wrongly write to\n" \
	"TARGET := ADDRESS:PORT or NAME:PORT, where that goes instead\n" \
	"IPv6 addresses with a port are written in brackets: [2001:db8::5]:5054\n"

static int read_words(struct mapping *mapping, int count, char **words)
{
	struct parse_error err;

	if (mapping_parse_new(mapping, (unsigned int)count, words, &err) ||
	    mapping_resolve(mapping, &err))
		return fail(EXIT_USAGE, "%s", err.text);
	return EXIT_OK;
}

static int add(int count, char **words, uint16_t flags)
{
	struct mapping mapping;
	struct genl *genl;
	int ret;

	ret = read_words(&mapping, count, words);
	if (ret)
		return ret;
	genl = genl_open();
	if (!genl)
		return EXIT_KERNEL;
	genl_start(genl, SIPSTEER_CMD_MAPPING_NEW, flags);
	mapping_put(&mapping, genl);
	ret = genl_result(genl, genl_do(genl, NULL, NULL));
	genl_close(genl);
	return ret;
}

static int run_add(int count, char **words)
{
	return add(count, words, 0);
}

static int run_replace(int count, char **words)
{
	return add(count, words, NLM_F_CREATE | NLM_F_REPLACE);
}

const struct verb add_verb = {
	.name = "add",
	.summary = "steer what is sent to an address on to another",
	.usage = "Usage: sipsteer add MATCH to TARGET\n" CLAUSES_TEXT,
	.run = run_add,
};

const struct verb replace_verb = {
	.name = "replace",
	.summary = "change the mapping of this match, or add it",
	.usage = "Usage: sipsteer replace MATCH to TARGET\n" CLAUSES_TEXT,
	.run = run_replace,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer del
 */

#include <string.h>

#include "genl.h"
#include "mapping.h"
#include "parse.h"
#include "sipsteer.h"

static int read_words(struct mapping *mapping, int count, char **words)
{
	struct parse_error err;

	if (count && !strcmp(words[0], "id")) {
		memset(mapping, 0, sizeof(*mapping));
		if (mapping_parse_id(&mapping->id, (unsigned int)count, words,
				     &err))
			return fail(EXIT_USAGE, "%s", err.text);
		return EXIT_OK;
	}
	if (mapping_parse(mapping, (unsigned int)count, words, CLAUSES_KEY,
			  &err))
		return fail(EXIT_USAGE, "%s", err.text);
	if (!mapping->words[CLAUSE_MATCH])
		return fail(EXIT_USAGE, "which one? Name \"id N\" or MATCH");
	return EXIT_OK;
}

static int run(int count, char **words)
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
	genl_start(genl, SIPSTEER_CMD_MAPPING_DEL, 0);
	if (mapping.words[CLAUSE_MATCH]) {
		mapping_put(&mapping, genl);
	} else {
		genl_blame(genl, "id", words[1]);
		genl_put_u32(genl, SIPSTEER_A_MAPPING_ID, mapping.id);
	}
	ret = genl_result(genl, genl_do(genl, NULL, NULL));
	genl_close(genl);
	return ret;
}

const struct verb del_verb = {
	.name = "del",
	.alias = "delete",
	.summary = "delete a mapping",
	.usage =
	"Usage: sipsteer del id N\n"
	"       sipsteer del MATCH [ proto { udp | tcp | both } ] [ from PREFIX ]\n"
	"       [ iif NAME ]\n",
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer flush
 */

#include <linux/sipsteer.h>

#include "genl.h"
#include "parse.h"
#include "sipsteer.h"

static int flush(uint8_t command)
{
	struct genl *genl = genl_open();
	int ret;

	if (!genl)
		return EXIT_KERNEL;
	genl_start(genl, command, 0);
	ret = genl_result(genl, genl_do(genl, NULL, NULL));
	genl_close(genl);
	return ret;
}

static int run(int count, char **words)
{
	static const char *const names[] = {
		"mappings", "transactions", "flows", NULL
	};
	static const uint8_t commands[] = {
		SIPSTEER_CMD_MAPPING_FLUSH, SIPSTEER_CMD_TRANSACTION_FLUSH,
		SIPSTEER_CMD_FLOW_FLUSH
	};
	int choice = count ? parse_choice(names, words[0]) : 0;

	if (choice < 0)
		return fail(EXIT_USAGE, "unknown word \"%s\": mappings, transactions or flows",
			    words[0]);
	if (count > 1)
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[1]);
	return flush(commands[choice]);
}

const struct verb flush_verb = {
	.name = "flush",
	.summary = "delete all mappings, or forget transactions or flows",
	.usage =
	"Usage: sipsteer flush [ mappings | transactions | flows ]\n",
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer set
 */

#include <linux/sipsteer.h>

#include "genl.h"
#include "limits.h"
#include "parse.h"
#include "sipsteer.h"

static int run(int count, char **words)
{
	struct parse_error err;
	struct limits limits;
	struct genl *genl;
	int ret;

	if (limits_parse(&limits, (unsigned int)count, words, &err))
		return fail(EXIT_USAGE, "%s", err.text);
	genl = genl_open();
	if (!genl)
		return EXIT_KERNEL;
	genl_start(genl, SIPSTEER_CMD_LIMITS_SET, 0);
	limits_put(&limits, genl);
	ret = genl_result(genl, genl_do(genl, NULL, NULL));
	genl_close(genl);
	return ret;
}

const struct verb set_verb = {
	.name = "set",
	.summary = "change limits, which \"show limits\" shows",
	.usage =
	"Usage: sipsteer set LIMIT VALUE [ LIMIT VALUE ]...\n"
	"\n"
	"flow-max          how many TCP connections are remembered\n"
	"flow-established  how long an idle one is remembered: 7440, 7440s, 124m, 2h\n"
	"flow-transitory   the same while it opens or closes\n"
	"event-rate        how many events of traffic a second \"monitor\" is told\n"
	"transaction-max   how many requests are remembered; a power of two\n",
	.run = run,
};

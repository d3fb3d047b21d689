// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer help, sipsteer version
 */

#include <stdio.h>

#include "../kmod/version.h"
#include "sipsteer.h"

static void list_verbs(void)
{
	fputs("Usage: sipsteer [ OPTIONS ] COMMAND [ WORDS ]\n"
	      "\n"
	      "COMMAND, or an unambiguous beginning of it:\n", stdout);
	for (int i = 0; verbs[i]; i++)
		printf("  %-14s%s\n", verbs[i]->name, verbs[i]->summary);
	fputs("\n"
	      "OPTIONS:\n"
	      "  -n NETNS      act in this network namespace, as ip(8) does\n"
	      "  -s            show the counters of mappings too\n"
	      "  -j            print JSON; -p, indented\n"
	      "  -c            print in colour; -c=auto, if a terminal shows it\n"
	      "  -t            print when an event came\n"
	      "  -h            explain, after COMMAND its words\n"
	      "  -V            print the version\n"
	      "\n"
	      "sipsteer(8) tells more.\n", stdout);
}

static int run_help(int count, char **words)
{
	const struct verb *verb;

	if (!count) {
		list_verbs();
		return EXIT_OK;
	}
	if (count > 1)
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[1]);
	verb = verb_find(verbs, words[0]);
	if (!verb)
		return EXIT_USAGE;
	fputs(verb->usage, stdout);
	return EXIT_OK;
}

static int run_version(int count, char **words)
{
	if (count)
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[0]);
	puts("sipsteer " SIPSTEER_VERSION);
	return EXIT_OK;
}

const struct verb help_verb = {
	.name = "help",
	.summary = "explain a command",
	.usage = "Usage: sipsteer help [ COMMAND ]\n",
	.run = run_help,
};

const struct verb version_verb = {
	.name = "version",
	.summary = "print the version of this tool",
	.usage = "Usage: sipsteer version\n",
	.run = run_version,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer - control nf_sipsteer: the options and the table of verbs
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sipsteer.h"

#define NETNS_DIR	"/run/netns"

struct options options;

const struct verb *const verbs[] = {
	&add_verb,
	&replace_verb,
	&del_verb,
	&show_verb,
	&flush_verb,
	&exempt_verb,
	&stats_verb,
	&set_verb,
	&transactions_verb,
	&flows_verb,
	&monitor_verb,
	&test_verb,
	&save_verb,
	&restore_verb,
	&check_config_verb,
	&doctor_verb,
	&migrate_verb,
	&help_verb,
	&version_verb,
	NULL
};

/**
 * fail() - say why the work ends here
 * @code: with which status
 * @format: the reason, without a newline
 *
 * Return: @code, for the caller to return.
 */
int fail(enum exit_code code, const char *format, ...)
{
	va_list args;

	fputs("sipsteer: ", stderr);
	if (options.verb)
		fprintf(stderr, "%s: ", options.verb);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return code;
}

/**
 * warn() - say something that does not end the work
 * @format: the text, without a newline
 */
void warn(const char *format, ...)
{
	va_list args;

	fputs("Warning: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static bool begins(const char *name, const char *word)
{
	return name && !strncmp(name, word, strlen(word));
}

/**
 * verb_find() - the verb that a word means
 * @table: verbs, then NULL
 * @word: a verb's name or the beginning of just one
 *
 * Return: the verb, or NULL after saying what is wrong with @word.
 */
const struct verb *verb_find(const struct verb *const table[],
			     const char *word)
{
	const struct verb *found = NULL;

	for (; *table; table++) {
		const struct verb *verb = *table;

		if (!strcmp(verb->name, word))
			return verb;
		if (!*word ||
		    (!begins(verb->name, word) && !begins(verb->alias, word)))
			continue;
		if (found) {
			fail(EXIT_USAGE, "\"%s\" may mean %s or %s", word,
			     found->name, verb->name);
			return NULL;
		}
		found = verb;
	}
	if (!found)
		fail(EXIT_USAGE, "unknown command \"%s\"; try \"sipsteer help\"",
		     word);
	return found;
}

static int enter_netns(const char *name)
{
	char path[sizeof(NETNS_DIR) + NAME_MAX + 1];
	int fd, ret;

	if (!*name || strchr(name, '/') || strlen(name) > NAME_MAX)
		return fail(EXIT_USAGE, "bad network namespace name \"%s\"",
			    name);
	snprintf(path, sizeof(path), NETNS_DIR "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(EXIT_USAGE,
			    "cannot open network namespace \"%s\": %s", name,
			    strerror(errno));
	ret = setns(fd, CLONE_NEWNET);
	close(fd);
	if (ret)
		return fail(EXIT_KERNEL,
			    "cannot enter network namespace \"%s\": %s", name,
			    strerror(errno));
	return EXIT_OK;
}

static bool is_option(const char *word, const char *brief, const char *full)
{
	/* As iproute2 has it, "--json" and "-json" are the same. */
	if (word[0] == '-' && word[1] == '-')
		word++;
	return !strcmp(word, brief) || !strcmp(word, full);
}

/* What it means when nothing follows is as iproute2 has it, too. */
static bool take_color(const char *word)
{
	if (is_option(word, "-c", "-color") ||
	    is_option(word, "-c=always", "-color=always"))
		options.color = true;
	else if (is_option(word, "-c=auto", "-color=auto"))
		options.color = isatty(STDOUT_FILENO);
	else if (is_option(word, "-c=never", "-color=never"))
		options.color = false;
	else
		return false;
	return true;
}

static bool take_flag(const char *word)
{
	bool pretty = is_option(word, "-p", "-pretty");

	options.pretty |= pretty;
	if (pretty || is_option(word, "-j", "-json"))
		options.json = true;
	else if (is_option(word, "-s", "-statistics") ||
		 is_option(word, "-s", "-stats"))
		options.counters = true;
	else if (is_option(word, "-t", "-timestamp") ||
		 is_option(word, "-ts", "-tshort"))
		options.timestamp = true;
	else
		return take_color(word);
	return true;
}

/* What ends the work: help and version. */
static bool take_question(const char *word, const struct verb *verb)
{
	if (is_option(word, "-V", "-version") ||
	    is_option(word, "-V", "-Version")) {
		version_verb.run(0, NULL);
		return true;
	}
	if (!is_option(word, "-h", "-help"))
		return false;
	if (verb)
		fputs(verb->usage, stdout);
	else
		help_verb.run(0, NULL);
	return true;
}

/*
 * Take the options at the front of the words. One that is not known is left
 * where it is: a verb may know it. Returns a negative value to go on, or the
 * exit code when all is done.
 */
static int take_options(int *count, char ***words, const struct verb *verb)
{
	for (; *count && (*words)[0][0] == '-'; ++*words, --*count) {
		const char *word = (*words)[0];
		int ret;

		if (take_flag(word))
			continue;
		if (take_question(word, verb))
			return EXIT_OK;
		if (!is_option(word, "-n", "-netns"))
			break;
		if (*count < 2)
			return fail(EXIT_USAGE,
				    "\"%s\" needs the name of a network namespace",
				    word);
		ret = enter_netns((*words)[1]);
		if (ret)
			return ret;
		++*words;
		--*count;
	}
	return -1;
}

static int run(int count, char **words)
{
	const struct verb *verb;
	int ret;

	ret = take_options(&count, &words, NULL);
	if (ret >= 0)
		return ret;
	if (!count)
		return fail(EXIT_USAGE, "what to do? Try \"sipsteer help\"");
	if (words[0][0] == '-')
		return fail(EXIT_USAGE, "unknown option \"%s\"; try \"sipsteer help\"",
			    words[0]);
	verb = verb_find(verbs, words[0]);
	if (!verb)
		return EXIT_USAGE;
	options.verb = verb->name;
	count--;
	words++;
	ret = take_options(&count, &words, verb);
	if (ret >= 0)
		return ret;
	if (count == 1 && !strcmp(words[0], "help")) {
		fputs(verb->usage, stdout);
		return EXIT_OK;
	}
	options.color &= verb->colors;
	return verb->run(count, words);
}

int main(int argc, char **argv)
{
	int ret = run(argc - 1, argv + 1);

	if ((fflush(stdout) || ferror(stdout)) && ret == EXIT_OK)
		ret = fail(EXIT_KERNEL, "cannot write the output: %s",
			   strerror(errno));
	return ret;
}

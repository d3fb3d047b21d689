/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_H
#define SIPSTEER_H

#include <stdbool.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* The exit codes of iproute2. */
enum exit_code {
	EXIT_OK,
	EXIT_USAGE,	/* the command line is wrong */
	EXIT_KERNEL,	/* the kernel, or the system, refused */
};

/**
 * struct options - the options before the verb, and the verb they came with
 * @verb: name of the verb, for messages; NULL until it is known
 * @json: print JSON
 * @pretty: indent the JSON; never without @json
 * @counters: print counters too
 * @color: print in colour
 * @timestamp: print when an event came
 */
struct options {
	const char *verb;
	bool json;
	bool pretty;
	bool counters;
	bool color;
	bool timestamp;
};

extern struct options options;

/**
 * struct verb - one word that sipsteer(8) obeys
 * @name: the word; an unambiguous beginning of it will do
 * @alias: another name, or NULL
 * @summary: what it does, for the list of verbs
 * @usage: its grammar, for -h
 * @colors: -c makes a difference; other verbs may print what a tool reads
 * @run: does it with the words after the verb, returns an &enum exit_code
 */
struct verb {
	const char *name;
	const char *alias;
	const char *summary;
	const char *usage;
	bool colors;
	int (*run)(int count, char **words);
};

extern const struct verb add_verb, replace_verb, del_verb, show_verb,
	flush_verb, exempt_verb, set_verb, stats_verb, transactions_verb,
	flows_verb, monitor_verb, test_verb, save_verb, restore_verb,
	check_config_verb, doctor_verb, migrate_verb, help_verb, version_verb;

/* All verbs, in the order in which help lists them, then NULL. */
extern const struct verb *const verbs[];

const struct verb *verb_find(const struct verb *const table[],
			     const char *word);
int fail(enum exit_code code, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

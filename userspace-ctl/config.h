/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "limits.h"
#include "mapping.h"

/* More than any line that makes sense needs. */
#define CONFIG_WORDS_MAX	64
#define CONFIG_TEXT_MAX		2048
#define CONFIG_INCLUDES_MAX	16
#define CONFIG_ERROR_MAX	1024

/**
 * struct config_place - where something is
 * @line: from 1
 * @column: from 1, in characters
 * @key: in JSON, what it is the value of; else NULL
 */
struct config_place {
	unsigned int line;
	unsigned int column;
	const char *key;
};

/**
 * struct config_line - what one would type after "sipsteer"
 * @file: name of the file that it is in
 * @list: in JSON, the name of the list that it is an entry of; else NULL
 * @index: in that list, negative if it has none
 * @count: how many words
 * @words: the words
 * @places: where each word is
 * @text: the words, each with its NUL
 * @size: of @text
 * @is_full: there were more words, or longer ones, than there is room for
 */
struct config_line {
	const char *file;
	const char *list;
	int index;
	unsigned int count;
	char *words[CONFIG_WORDS_MAX];
	struct config_place places[CONFIG_WORDS_MAX];
	char text[CONFIG_TEXT_MAX];
	size_t size;
	bool is_full;
};

enum config_kind {
	CONFIG_MAPPING,
	CONFIG_EXEMPT,
	CONFIG_LIMITS,
};

/**
 * struct config_item - what a line means
 * @kind: which of the following it is
 * @mapping: to be added
 * @exempt: to be added
 * @limits: to be set
 */
struct config_item {
	enum config_kind kind;
	union {
		struct mapping mapping;
		struct prefix exempt;
		struct limits limits;
	};
};

struct config_name;

/**
 * struct config - a configuration that is being read
 * @take: takes an item, and may put another line in the place of @line to
 *	  keep this one, in which the words of the item are; returns an
 *	  &enum exit_code, after config_fail() if it is not %EXIT_OK
 * @line: the line that is being read, the caller's
 * @only_mappings: the file says nothing of exempt prefixes
 * @error: what is wrong, "FILE:LINE:COLUMN: SENTENCE"
 * @names: of the files
 */
struct config {
	int (*take)(struct config *config, struct config_item *item);
	struct config_line *line;
	bool only_mappings;
	char error[CONFIG_ERROR_MAX];
	struct config_name *names;
};

int config_read(struct config *config, FILE *in, const char *name);
int config_read_json(struct config *config, FILE *in, const char *name);
void config_drop(struct config *config);

int config_fail(struct config *config, const struct config_line *line,
		unsigned int word, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* What both formats need. */

/**
 * struct config_source - a file, character by character
 * @in: the file
 * @name: its name
 * @from: the file that includes it
 * @here: where @c is
 * @c: the next character, or EOF
 */
struct config_source {
	FILE *in;
	const char *name;
	const struct config_source *from;
	struct config_place here;
	int c;
};

void config_source_start(struct config_source *source, FILE *in,
			 const char *name, const struct config_source *from);
void config_source_next(struct config_source *source);
int config_source_end(struct config *config, struct config_source *source);

void config_line_start(struct config_line *line, const char *file);
void config_word_start(struct config_line *line, struct config_place place);
void config_word_add(struct config_line *line, int c);
void config_word_end(struct config_line *line);
int config_line_end(struct config *config);

int config_fail_at(struct config *config, const char *file,
		   struct config_place place, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RULES_LINE_H
#define RULES_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "rules.h"

struct text_error;
struct text_source;

/**
 * struct word - a word of a line
 * @text: without its quotes
 * @start: where it begins in the line, with its quotes
 * @len: how long it is there
 * @quoted: it has quotes, so that it is no option
 */
struct word {
	const char *text;
	size_t start;
	size_t len;
	bool quoted;
};

/**
 * struct line_reader - the text, and how far it is read
 * @set: where the rules go
 * @source: of the text
 * @err: what is wrong
 * @size: of the addresses, 4 or 16; 0 if nothing has told yet
 * @table: name of the table, or NULL outside of tables
 * @table_line: where it began
 * @table_id: of its chains
 * @line: the line
 * @number: its number
 * @words: its words
 * @count: how many
 * @at: the next one to read
 * @rule: the rule of this line
 * @negated: there was a "!" before this option
 * @option: index of this option, or of the "!" before it
 * @extension: the match or the target whose options follow
 * @is_target: it is a target
 * @verdict: what the rule does
 */
struct line_reader {
	struct ruleset *set;
	const struct text_source *source;
	struct text_error *err;
	unsigned char size;
	const char *table;
	unsigned int table_line;
	unsigned int table_id;
	const char *line;
	unsigned int number;
	struct word *words;
	unsigned int count;
	unsigned int at;
	struct rule *rule;
	bool negated;
	unsigned int option;
	const char *extension;
	bool is_target;
	enum verdict verdict;
};

int broken_at(struct line_reader *r, size_t start, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What is wrong with a word. */
#define broken(r, word, ...)	broken_at(r, (word)->start, __VA_ARGS__)

static inline bool is_word(const struct word *word, const char *text)
{
	return !word->quoted && !strcmp(word->text, text);
}

const char *line_excerpt(struct line_reader *r, unsigned int first,
			 unsigned int end);
int line_option(struct line_reader *r);

#endif

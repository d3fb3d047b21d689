/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RULES_TEXT_H
#define RULES_TEXT_H

#include <stddef.h>

struct ruleset;

/**
 * struct text_error - what is wrong with a text
 * @line: in which line, from 1
 * @column: at which byte of it, from 1
 * @text: the reason, without a newline
 */
struct text_error {
	unsigned int line;
	unsigned int column;
	char text[320];
};

/**
 * struct text_source - whose text it is
 * @name: how it is called in the places of its rules
 * @suffix: what is behind "iptables" in the name of the program that removes
 *	    its rules, as "-legacy"
 */
struct text_source {
	const char *name;
	const char *suffix;
};

int text_read(struct ruleset *set, const struct text_source *source,
	      const char *text, size_t len, struct text_error *err);

#endif

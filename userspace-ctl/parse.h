/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PARSE_H
#define PARSE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct parse_error - what is wrong with the words of a command
 * @word: index of the guilty word
 * @text: the reason, without a newline
 *
 * Nothing below the verbs prints: words come from a command line or, with a
 * line number, from a file.
 */
struct parse_error {
	unsigned int word;
	char text[320];
};

int parse_fail(struct parse_error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int parse_number(const char *text, size_t len, unsigned long max,
		 unsigned long *value);
int parse_seconds(const char *text, unsigned long max, unsigned long *value);
int parse_choice(const char *const *names, const char *word);
bool parse_is_device(const char *word);

#endif

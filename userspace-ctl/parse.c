// SPDX-License-Identifier: GPL-2.0
/*
 * What every parser of words needs
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

/**
 * parse_fail() - note what is wrong
 * @err: where to note it; the caller knows the word's index
 * @format: the reason
 *
 * Return: -1, for the caller to return.
 */
int parse_fail(struct parse_error *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return -1;
}

/**
 * parse_number() - a decimal number and nothing else
 * @text: digits
 * @len: how many
 * @max: largest value allowed
 * @value: where the number goes
 *
 * strtoul() would also take signs, blanks and other bases.
 *
 * Return: 0 or, for anything else than such a number, -1.
 */
int parse_number(const char *text, size_t len, unsigned long max,
		 unsigned long *value)
{
	unsigned long number = 0;

	if (!len)
		return -1;
	for (; len; len--, text++) {
		if (*text < '0' || *text > '9')
			return -1;
		number = number * 10 + (unsigned long)(*text - '0');
		if (number > max)
			return -1;
	}
	*value = number;
	return 0;
}

/**
 * parse_seconds() - a time such as 7440, 7440s, 124m or 2h
 * @text: the time
 * @max: longest time allowed, in seconds
 * @value: where the seconds go
 *
 * Return: 0 or, for anything else than such a time, -1.
 */
int parse_seconds(const char *text, unsigned long max, unsigned long *value)
{
	size_t digits = strspn(text, "0123456789");
	const char *unit = text + digits;
	unsigned long seconds = 1;

	if (!strcmp(unit, "m"))
		seconds = 60;
	else if (!strcmp(unit, "h"))
		seconds = 60 * 60;
	else if (*unit && strcmp(unit, "s"))
		return -1;
	if (parse_number(text, digits, max / seconds, value))
		return -1;
	*value *= seconds;
	return 0;
}

/**
 * parse_choice() - which of these names a word is
 * @names: names, then NULL
 * @word: the word
 *
 * Return: the index in @names, or -1.
 */
int parse_choice(const char *const *names, const char *word)
{
	for (int i = 0; names[i]; i++)
		if (!strcmp(names[i], word))
			return i;
	return -1;
}

/**
 * parse_is_device() - whether the kernel takes a word as the name of a device
 * @word: the word, not too long
 *
 * Return: true if it does.
 */
bool parse_is_device(const char *word)
{
	return *word && strcmp(word, ".") && strcmp(word, "..") &&
	       !strpbrk(word, "/: \t\n\v\f\r\xa0");
}

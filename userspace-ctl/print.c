// SPDX-License-Identifier: GPL-2.0
/*
 * Output: lists that appear whole or not at all, colours, words, JSON
 */

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "sipsteer.h"

/**
 * list_begin() - start a list, or start it afresh
 * @data: the &struct list, zeroed before its first use
 *
 * Return: 0 or a negative errno.
 */
int list_begin(void *data)
{
	struct list *list = data;

	list_drop(list);
	list->out = open_memstream(&list->text, &list->size);
	return list->out ? 0 : -errno;
}

/**
 * list_drop() - forget a list
 * @list: the list
 */
void list_drop(struct list *list)
{
	if (list->out)
		fclose(list->out);
	free(list->text);
	memset(list, 0, sizeof(*list));
}

/**
 * list_end() - nothing more is printed to a list
 * @list: the list; its text is complete now
 *
 * Return: an &enum exit_code.
 */
int list_end(struct list *list)
{
	bool lost = ferror(list->out);

	lost |= fclose(list->out);
	list->out = NULL;
	return lost ? fail(EXIT_KERNEL, "no memory for the output") : EXIT_OK;
}

/**
 * list_show() - print a list that is complete
 * @list: the list; list_drop() is still to come
 *
 * Return: an &enum exit_code.
 */
int list_show(struct list *list)
{
	int ret = list_end(list);

	if (ret)
		return ret;
	if (options.json)
		fputs("[", stdout);
	fwrite(list->text, 1, list->size, stdout);
	if (options.json)
		fputs(options.pretty && list->entries ? "\n]\n" : "]\n", stdout);
	return EXIT_OK;
}

/* Indents what json_dump_callback() prints by one level more. */
static int dump_indented(const char *buffer, size_t size, void *data)
{
	FILE *out = data;

	for (; size; size--, buffer++) {
		fputc(*buffer, out);
		if (*buffer == '\n')
			fputs("    ", out);
	}
	return ferror(out) ? -1 : 0;
}

static void begin_member(const char *name, FILE *out)
{
	fprintf(out, options.pretty ? "\n    \"%s\": " : "\"%s\":", name);
}

/**
 * print_member() - print a JSON object as a member of another
 * @name: the key
 * @object: the object, which is consumed; NULL if there was no memory for it
 * @out: where to
 *
 * Return: 0 or a negative errno.
 */
int print_member(const char *name, json_t *object, FILE *out)
{
	int ret;

	begin_member(name, out);
	ret = object ? json_dump_callback(object, dump_indented, out,
					  options.pretty ? JSON_INDENT(4) :
							   JSON_COMPACT) : -1;
	json_decref(object);
	return ret ? -ENOMEM : 0;
}

/**
 * list_print_member() - print a list of JSON objects as a member of an object
 * @list: the list; list_end() is still to come, and list_drop()
 * @name: the key
 * @out: where to
 *
 * Return: an &enum exit_code.
 */
int list_print_member(struct list *list, const char *name, FILE *out)
{
	int ret = list_end(list);

	if (ret)
		return ret;
	begin_member(name, out);
	fputc('[', out);
	if (options.pretty)
		dump_indented(list->text, list->size, out);
	else
		fwrite(list->text, 1, list->size, out);
	fputs(options.pretty && list->entries ? "\n    ]" : "]", out);
	return EXIT_OK;
}

/**
 * list_json() - print one JSON object of a list
 * @list: the list
 * @entry: the object, which is consumed; NULL if there was no memory for it
 *
 * Return: 0 or a negative errno.
 */
int list_json(struct list *list, json_t *entry)
{
	int ret;

	if (!entry)
		return -ENOMEM;
	if (list->entries++)
		fputc(',', list->out);
	if (options.pretty) {
		fputs("\n    ", list->out);
		ret = json_dump_callback(entry, dump_indented, list->out,
					 JSON_INDENT(4));
	} else {
		ret = json_dumpf(entry, list->out, JSON_COMPACT);
	}
	json_decref(entry);
	return ret ? -ENOMEM : 0;
}

/**
 * print_json() - print one JSON object
 * @object: the object, which is consumed; NULL if there was no memory for it
 *
 * Return: an &enum exit_code.
 */
int print_json(json_t *object)
{
	int ret = object ? json_dumpf(object, stdout, options.pretty ?
				      JSON_INDENT(4) : JSON_COMPACT) : -1;

	json_decref(object);
	if (ret)
		return fail(EXIT_KERNEL, "cannot print the JSON");
	putchar('\n');
	return EXIT_OK;
}

/**
 * print_color() - print in colour, if that is wanted
 * @out: where to
 * @color: which
 * @format: the text
 */
void print_color(FILE *out, enum color color, const char *format, ...)
{
	static const char *const codes[] = {
		[COLOR_MATCH] = "\033[33m",	/* yellow */
		[COLOR_TARGET] = "\033[32m",	/* green */
		[COLOR_ZERO] = "\033[2m",	/* faint */
	};
	bool colored = options.color && color != COLOR_NONE;
	va_list args;

	if (colored)
		fputs(codes[color], out);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	if (colored)
		fputs("\033[0m", out);
}

/**
 * word_is_plain() - whether a shell reads a word as it stands
 * @word: the word
 *
 * Return: true if it needs no quotes.
 */
bool word_is_plain(const char *word)
{
	if (!*word)
		return false;
	for (; *word; word++)
		if (!isascii(*word) ||
		    (!isalnum(*word) && !strchr("._:/@%+=,-", *word)))
			return false;
	return true;
}

/**
 * print_word() - print a word so that a shell reads it as one
 * @out: where to
 * @word: the word
 *
 * Another tool may have given the kernel control characters, which must not
 * reach a terminal.
 */
void print_word(FILE *out, const char *word)
{
	if (word_is_plain(word)) {
		fputs(word, out);
		return;
	}
	fputc('"', out);
	for (; *word; word++) {
		if ((unsigned char)*word < ' ' || *word == '\x7f') {
			fprintf(out, "\\x%02x", (unsigned char)*word);
			continue;
		}
		if (strchr("\"\\$`", *word))
			fputc('\\', out);
		fputc(*word, out);
	}
	fputc('"', out);
}

/**
 * text_tame() - make a text that holds what it likes fit for a terminal
 * @text: the text; control characters become question marks
 */
void text_tame(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == '\x7f')
			*text = '?';
}

/**
 * json_text() - a JSON string of whatever bytes the kernel keeps
 * @text: the bytes
 *
 * Return: the string; bytes that are no UTF-8 became question marks.
 */
json_t *json_text(const char *text)
{
	json_t *string = json_string(text);
	char *ascii;

	if (string)
		return string;
	ascii = strdup(text);
	if (!ascii)
		return NULL;
	for (char *c = ascii; *c; c++)
		if (*c & 0x80)
			*c = '?';
	string = json_string(ascii);
	free(ascii);
	return string;
}

/**
 * json_prefix() - a prefix as a JSON object
 * @prefix: the prefix
 *
 * Return: the object, or NULL without memory.
 */
json_t *json_prefix(const struct prefix *prefix)
{
	char text[ADDR_TEXT];

	return json_pack("{s:s, s:i}", "addr", addr_text(&prefix->addr, text),
			 "len", prefix->len);
}

/**
 * json_endpoint() - an address and a port as a JSON object
 * @endpoint: the address and the port
 *
 * Return: the object, or NULL without memory.
 */
json_t *json_endpoint(const struct endpoint *endpoint)
{
	char text[ADDR_TEXT];

	return json_pack("{s:s, s:i}", "addr", addr_text(&endpoint->addr, text),
			 "port", endpoint->port);
}

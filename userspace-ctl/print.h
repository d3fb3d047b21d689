/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PRINT_H
#define PRINT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <jansson.h>

#include "addr.h"

/**
 * struct list - output that is held back until it is complete
 * @out: where the entries are printed
 * @text: what was printed; valid after list_end()
 * @size: of @text
 * @entries: how many JSON objects were printed
 */
struct list {
	FILE *out;
	char *text;
	size_t size;
	unsigned int entries;
};

int list_begin(void *data);
int list_json(struct list *list, json_t *entry);
int list_end(struct list *list);
int list_show(struct list *list);
int list_print_member(struct list *list, const char *name, FILE *out);
void list_drop(struct list *list);

enum color {
	COLOR_NONE,
	COLOR_MATCH,	/* where clients wrongly write to */
	COLOR_TARGET,	/* where that goes instead */
	COLOR_ZERO,	/* nothing to look at */
};

void print_color(FILE *out, enum color color, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

bool word_is_plain(const char *word);
void print_word(FILE *out, const char *word);
int print_json(json_t *object);
int print_member(const char *name, json_t *object, FILE *out);

void text_tame(char *text);
json_t *json_text(const char *text);
json_t *json_prefix(const struct prefix *prefix);
json_t *json_endpoint(const struct endpoint *endpoint);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LIMITS_H
#define LIMITS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <jansson.h>

struct genl;
struct genl_attrs;
struct parse_error;

/* The limits of a network namespace, in the order in which they are shown. */
enum limit {
	LIMIT_FLOW_MAX,
	LIMIT_FLOW_ESTABLISHED,
	LIMIT_FLOW_TRANSITORY,
	LIMIT_EVENT_RATE,
	LIMIT_TRANSACTION_MAX,
	LIMITS
};

/**
 * struct limits - limits, or some of them
 * @value: by limit, in seconds if it is a time; 0 if it is not there
 * @words: by limit, the word that gave its value
 */
struct limits {
	uint32_t value[LIMITS];
	const char *words[LIMITS];
};

int limits_parse(struct limits *limits, unsigned int count, char *const *words,
		 struct parse_error *err);

void limits_put(const struct limits *limits, struct genl *genl);
void limits_get(struct limits *limits, const struct genl_attrs *attrs);
int limits_read(struct limits *limits, struct genl *genl);
bool limits_equal(const struct limits *a, const struct limits *b);

void limits_print(const struct limits *limits, const char *before,
		  const char *after, FILE *out);
json_t *limits_json(const struct limits *limits);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXEMPTS_H
#define EXEMPTS_H

#include <stdbool.h>
#include <stddef.h>

#include "addr.h"

struct genl;
struct genl_attrs;
struct parse_error;

/**
 * struct exempts - the source prefixes that are never steered
 * @prefix: the prefixes
 * @count: how many
 * @room: for how many there is memory
 */
struct exempts {
	struct prefix *prefix;
	size_t count;
	size_t room;
};

int exempt_parse(struct prefix *prefix, unsigned int count, char *const *words,
		 struct parse_error *err);
void exempt_put(const struct prefix *prefix, const char *word,
		struct genl *genl);
int exempt_get(struct prefix *prefix, const struct genl_attrs *attrs);

int exempts_read(struct exempts *all, struct genl *genl);
void exempts_drop(struct exempts *all);
bool exempts_equal(const struct exempts *a, const struct exempts *b);

#endif

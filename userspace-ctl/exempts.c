// SPDX-License-Identifier: GPL-2.0
/*
 * Exempt prefixes: from words, to and from the kernel
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/sipsteer.h>

#include "exempts.h"
#include "genl.h"
#include "parse.h"

/**
 * exempt_parse() - PREFIX
 * @prefix: where it goes
 * @count: how many words
 * @words: the words
 * @err: what is wrong, and with which word
 *
 * Return: 0 or -1.
 */
int exempt_parse(struct prefix *prefix, unsigned int count, char *const *words,
		 struct parse_error *err)
{
	err->word = 0;
	if (!count)
		return parse_fail(err, "no PREFIX, such as \"10.0.0.0/24\"");
	if (addr_parse_prefix(words[0], prefix, err))
		return -1;
	err->word = 1;
	if (count > 1)
		return parse_fail(err, "unknown word \"%s\"", words[1]);
	return 0;
}

/**
 * exempt_put() - add a prefix to a request
 * @prefix: the prefix
 * @word: the prefix as it was typed, or NULL
 * @genl: holds the request
 */
void exempt_put(const struct prefix *prefix, const char *word,
		struct genl *genl)
{
	genl_blame(genl, NULL, word);
	genl_put_addr(genl, SIPSTEER_A_EXEMPT_ADDR, &prefix->addr);
	genl_put_u8(genl, SIPSTEER_A_EXEMPT_LEN, prefix->len);
}

/**
 * exempt_get() - read a prefix that the kernel sent
 * @prefix: where it goes
 * @attrs: what the kernel sent
 *
 * Return: 0, or -EBADMSG if that is no prefix.
 */
int exempt_get(struct prefix *prefix, const struct genl_attrs *attrs)
{
	return genl_get_prefix(attrs, SIPSTEER_A_EXEMPT_ADDR,
			       SIPSTEER_A_EXEMPT_LEN, prefix);
}

static int exempts_begin(void *data)
{
	struct exempts *all = data;

	all->count = 0;
	return 0;
}

static int exempts_entry(const struct genl_attrs *attrs, void *data)
{
	struct exempts *all = data;

	if (all->count == all->room) {
		size_t room = all->room ? all->room * 2 : 64;
		void *grown = reallocarray(all->prefix, room,
					   sizeof(*all->prefix));

		if (!grown)
			return -ENOMEM;
		all->prefix = grown;
		all->room = room;
	}
	return exempt_get(&all->prefix[all->count++], attrs);
}

/**
 * exempts_read() - ask the kernel for all exempt prefixes
 * @all: where they go, zeroed before its first use
 * @genl: the socket
 *
 * Return: 0 or a negative errno, for genl_result().
 */
int exempts_read(struct exempts *all, struct genl *genl)
{
	static const struct genl_dump dump = { exempts_begin, exempts_entry };

	return genl_dump(genl, SIPSTEER_CMD_EXEMPT_GET, &dump, all);
}

/**
 * exempts_drop() - forget exempt prefixes
 * @all: the prefixes
 */
void exempts_drop(struct exempts *all)
{
	free(all->prefix);
	memset(all, 0, sizeof(*all));
}

/**
 * exempts_equal() - whether two sets are the same, in the same order
 * @a: one
 * @b: the other
 *
 * Return: true if they are.
 */
bool exempts_equal(const struct exempts *a, const struct exempts *b)
{
	size_t i = 0;

	if (a->count != b->count)
		return false;
	while (i < a->count && prefix_equal(&a->prefix[i], &b->prefix[i]))
		i++;
	return i == a->count;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer transactions
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/sipsteer.h>

#include "genl.h"
#include "print.h"
#include "sipsteer.h"

struct transaction {
	struct endpoint client;
	struct endpoint match;
	struct endpoint target;
	uint32_t mapping;
	uint32_t cseq;
	uint32_t expires;
};

/* All of them: the table is bounded, and its columns need their widths. */
struct table {
	struct transaction *entry;
	size_t count;
	size_t room;
};

static int table_begin(void *data)
{
	struct table *table = data;

	table->count = 0;
	return 0;
}

static int table_grow(struct table *table)
{
	size_t room = table->room ? table->room * 2 : 64;
	void *grown;

	if (table->count < table->room)
		return 0;
	grown = reallocarray(table->entry, room, sizeof(*table->entry));
	if (!grown)
		return -ENOMEM;
	table->entry = grown;
	table->room = room;
	return 0;
}

static int table_entry(const struct genl_attrs *attrs, void *data)
{
	struct table *table = data;
	struct transaction *t;

	if (table_grow(table))
		return -ENOMEM;
	t = &table->entry[table->count];
	if (genl_get_endpoint(attrs, SIPSTEER_A_TRANSACTION_CLIENT_ADDR,
			      SIPSTEER_A_TRANSACTION_CLIENT_PORT, &t->client) ||
	    genl_get_endpoint(attrs, SIPSTEER_A_TRANSACTION_MATCH_ADDR,
			      SIPSTEER_A_TRANSACTION_MATCH_PORT, &t->match) ||
	    genl_get_endpoint(attrs, SIPSTEER_A_TRANSACTION_TARGET_ADDR,
			      SIPSTEER_A_TRANSACTION_TARGET_PORT, &t->target))
		return -EBADMSG;
	t->mapping = genl_get_u32(attrs, SIPSTEER_A_TRANSACTION_MAPPING, 0);
	t->cseq = genl_get_u32(attrs, SIPSTEER_A_TRANSACTION_CSEQ, 0);
	t->expires = genl_get_u32(attrs, SIPSTEER_A_TRANSACTION_EXPIRES, 0);
	table->count++;
	return 0;
}

static void widen(int *width, const struct endpoint *endpoint)
{
	char text[ADDR_TEXT];
	int len = (int)strlen(endpoint_text(endpoint, text));

	if (len > *width)
		*width = len;
}

static void print_table(const struct table *table)
{
	int client = sizeof("CLIENT") - 1, match = sizeof("WROTE TO") - 1;
	int target = sizeof("SENT TO") - 1;
	char text[3][ADDR_TEXT];

	for (size_t i = 0; i < table->count; i++) {
		widen(&client, &table->entry[i].client);
		widen(&match, &table->entry[i].match);
		widen(&target, &table->entry[i].target);
	}
	printf("%-*s  %-*s  %-*s  %10s  %7s  %7s\n", client, "CLIENT", match,
	       "WROTE TO", target, "SENT TO", "CSEQ", "MAPPING", "EXPIRES");
	for (size_t i = 0; i < table->count; i++) {
		const struct transaction *t = &table->entry[i];

		printf("%-*s  %-*s  %-*s  %10u  %7u  %6us\n",
		       client, endpoint_text(&t->client, text[0]),
		       match, endpoint_text(&t->match, text[1]),
		       target, endpoint_text(&t->target, text[2]),
		       t->cseq, t->mapping, t->expires);
	}
}

static json_t *json_transaction(const struct transaction *t)
{
	return json_pack("{s:o, s:o, s:o, s:I, s:I, s:I}",
			 "client", json_endpoint(&t->client),
			 "match", json_endpoint(&t->match),
			 "target", json_endpoint(&t->target),
			 "cseq", (json_int_t)t->cseq,
			 "mapping", (json_int_t)t->mapping,
			 "expires", (json_int_t)t->expires);
}

static int print_list(const struct table *table)
{
	struct list list = {};
	int err = list_begin(&list);

	for (size_t i = 0; i < table->count && !err; i++)
		err = list_json(&list, json_transaction(&table->entry[i]));
	if (!err)
		return list_show(&list);
	list_drop(&list);
	return fail(EXIT_KERNEL, "%s", strerror(-err));
}

static int run(int count, char **words)
{
	static const struct genl_dump dump = { table_begin, table_entry };
	struct table table = {};
	struct genl *genl;
	int ret;

	if (count)
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[0]);
	genl = genl_open();
	if (!genl)
		return EXIT_KERNEL;
	ret = genl_result(genl, genl_dump(genl, SIPSTEER_CMD_TRANSACTION_GET,
					  &dump, &table));
	genl_close(genl);
	if (!ret && options.json)
		ret = print_list(&table);
	else if (!ret)
		print_table(&table);
	free(table.entry);
	return ret;
}

const struct verb transactions_verb = {
	.name = "transactions",
	.summary = "show what is remembered of requests that were steered",
	.usage = "Usage: sipsteer [ -j [ -p ] ] transactions\n",
	.run = run,
};

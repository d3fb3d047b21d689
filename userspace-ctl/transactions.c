// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer transactions
 */

#include <errno.h>
#include <linux/sipsteer.h>

#include "sipsteer.h"
#include "table.h"

struct transaction {
	struct endpoint client;
	struct endpoint match;
	struct endpoint target;
	uint32_t mapping;
	uint32_t cseq;
	uint32_t expires;
};

static int get_transaction(struct transaction *t,
			   const struct genl_attrs *attrs)
{
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
	return 0;
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

static int show_entry(const struct genl_attrs *attrs, void *data)
{
	struct table *table = data;
	struct transaction t;

	if (get_transaction(&t, attrs))
		return -EBADMSG;
	if (options.json)
		return list_json(&table->list, json_transaction(&t));
	table_endpoint(table, &t.client);
	table_endpoint(table, &t.match);
	table_endpoint(table, &t.target);
	table_cell(table, "%u", t.cseq);
	table_cell(table, "%u", t.mapping);
	table_cell(table, "%us", t.expires);
	return 0;
}

static int run(int count, char **words)
{
	static const struct table_info transactions = {
		.command = SIPSTEER_CMD_TRANSACTION_GET,
		.entry = show_entry,
		.column = {
			{ "CLIENT" },
			{ "WROTE TO", .color = COLOR_MATCH },
			{ "SENT TO", .color = COLOR_TARGET },
			{ "CSEQ", .right = true },
			{ "MAPPING", .right = true },
			{ "EXPIRES", .right = true },
		},
	};

	if (count)
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[0]);
	return table_show(&transactions);
}

const struct verb transactions_verb = {
	.name = "transactions",
	.summary = "show what is remembered of requests that were steered",
	.usage = "Usage: sipsteer [ -j [ -p ] ] transactions\n",
	.colors = true,
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer flows
 */

#include <errno.h>
#include <linux/sipsteer.h>

#include "sipsteer.h"
#include "table.h"

static const char *const state_names[] = {
	[SIPSTEER_FLOW_STATE_OPENING] = "opening",
	[SIPSTEER_FLOW_STATE_ESTABLISHED] = "established",
	[SIPSTEER_FLOW_STATE_CLOSING] = "closing",
};

/**
 * struct flow - a TCP connection
 * @client: who opened it
 * @match: where the client connected to
 * @target: where it leads
 * @steered: a mapping made @target of @match; else they are the same
 * @mapping: which one, which may be gone by now
 * @state: a SIPSTEER_FLOW_STATE_*
 * @idle: seconds since the last packet
 * @expires: seconds until it is forgotten
 */
struct flow {
	struct endpoint client;
	struct endpoint match;
	struct endpoint target;
	bool steered;
	uint32_t mapping;
	uint8_t state;
	uint32_t idle;
	uint32_t expires;
};

static int get_flow(struct flow *f, const struct genl_attrs *attrs)
{
	if (genl_get_endpoint(attrs, SIPSTEER_A_FLOW_CLIENT_ADDR,
			      SIPSTEER_A_FLOW_CLIENT_PORT, &f->client) ||
	    genl_get_endpoint(attrs, SIPSTEER_A_FLOW_MATCH_ADDR,
			      SIPSTEER_A_FLOW_MATCH_PORT, &f->match) ||
	    genl_get_endpoint(attrs, SIPSTEER_A_FLOW_TARGET_ADDR,
			      SIPSTEER_A_FLOW_TARGET_PORT, &f->target))
		return -EBADMSG;
	f->steered = attrs->tb[SIPSTEER_A_FLOW_MAPPING];
	f->mapping = genl_get_u32(attrs, SIPSTEER_A_FLOW_MAPPING, 0);
	f->state = genl_get_u8(attrs, SIPSTEER_A_FLOW_STATE, UINT8_MAX);
	f->idle = genl_get_u32(attrs, SIPSTEER_A_FLOW_IDLE, 0);
	f->expires = genl_get_u32(attrs, SIPSTEER_A_FLOW_EXPIRES, 0);
	return 0;
}

/* A newer kernel may have states without a name here. */
static const char *state_name(const struct flow *f)
{
	return f->state < ARRAY_SIZE(state_names) ? state_names[f->state] :
						    "unknown";
}

static json_t *json_flow(const struct flow *f)
{
	json_t *object = json_pack("{s:o, s:o, s:o, s:s}",
				   "client", json_endpoint(&f->client),
				   "match", json_endpoint(&f->match),
				   "target", json_endpoint(&f->target),
				   "state", state_name(f));

	if (f->steered)
		json_object_set_new(object, "mapping",
				    json_integer(f->mapping));
	json_object_set_new(object, "idle", json_integer(f->idle));
	json_object_set_new(object, "expires", json_integer(f->expires));
	return object;
}

static int show_entry(const struct genl_attrs *attrs, void *data)
{
	struct table *table = data;
	struct flow f;

	if (get_flow(&f, attrs))
		return -EBADMSG;
	if (options.json)
		return list_json(&table->list, json_flow(&f));
	table_endpoint(table, &f.client);
	table_endpoint(table, &f.match);
	if (f.steered)
		table_endpoint(table, &f.target);
	else
		table_cell(table, "direct");
	table_cell(table, "%s", state_name(&f));
	if (f.steered)
		table_cell(table, "%u", f.mapping);
	else
		table_cell(table, "-");
	table_cell(table, "%us", f.idle);
	table_cell(table, "%us", f.expires);
	return 0;
}

static int run(int count, char **words)
{
	static const struct table_info flows = {
		.command = SIPSTEER_CMD_FLOW_GET,
		.entry = show_entry,
		.column = {
			{ "CLIENT" },
			{ "CONNECTED TO", .color = COLOR_MATCH },
			{ "SENT TO", .color = COLOR_TARGET },
			{ "STATE" },
			{ "MAPPING", .right = true },
			{ "IDLE", .right = true },
			{ "EXPIRES", .right = true },
		},
	};

	if (count)
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[0]);
	return table_show(&flows);
}

const struct verb flows_verb = {
	.name = "flows",
	.summary = "show the TCP connections that are remembered",
	.usage = "Usage: sipsteer [ -j [ -p ] ] flows\n",
	.colors = true,
	.run = run,
};

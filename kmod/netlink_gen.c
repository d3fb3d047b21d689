// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sipsteer.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/sipsteer.h>

/* SIPSTEER_CMD_MAPPING_NEW - do */
const struct nla_policy sipsteer_mapping_new_nl_policy[SIPSTEER_A_MAPPING_ROUTE + 1] = {
	[SIPSTEER_A_MAPPING_MATCH_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_MAPPING_MATCH_LEN] = { .type = NLA_U8, },
	[SIPSTEER_A_MAPPING_MATCH_PORT] = { .type = NLA_U16, },
	[SIPSTEER_A_MAPPING_TARGET_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_MAPPING_TARGET_PORT] = { .type = NLA_U16, },
	[SIPSTEER_A_MAPPING_PROTO] = NLA_POLICY_MASK(NLA_U8, 0x3),
	[SIPSTEER_A_MAPPING_FROM_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_MAPPING_FROM_LEN] = { .type = NLA_U8, },
	[SIPSTEER_A_MAPPING_IIF] = { .type = NLA_NUL_STRING, .len = 15, },
	[SIPSTEER_A_MAPPING_METHODS] = NLA_POLICY_MASK(NLA_U32, 0x7fff),
	[SIPSTEER_A_MAPPING_REPLY] = NLA_POLICY_MAX(NLA_U8, 1),
	[SIPSTEER_A_MAPPING_GUARD] = NLA_POLICY_MAX(NLA_U8, 1),
	[SIPSTEER_A_MAPPING_ROUTE] = NLA_POLICY_MAX(NLA_U8, 1),
	[SIPSTEER_A_MAPPING_COMMENT] = { .type = NLA_NUL_STRING, .len = SIPSTEER_COMMENT_MAX, },
};

/* SIPSTEER_CMD_MAPPING_DEL - do */
const struct nla_policy sipsteer_mapping_del_nl_policy[SIPSTEER_A_MAPPING_IIF + 1] = {
	[SIPSTEER_A_MAPPING_ID] = { .type = NLA_U32, },
	[SIPSTEER_A_MAPPING_MATCH_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_MAPPING_MATCH_LEN] = { .type = NLA_U8, },
	[SIPSTEER_A_MAPPING_MATCH_PORT] = { .type = NLA_U16, },
	[SIPSTEER_A_MAPPING_PROTO] = NLA_POLICY_MASK(NLA_U8, 0x3),
	[SIPSTEER_A_MAPPING_FROM_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_MAPPING_FROM_LEN] = { .type = NLA_U8, },
	[SIPSTEER_A_MAPPING_IIF] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* SIPSTEER_CMD_MAPPING_GET - do */
const struct nla_policy sipsteer_mapping_get_nl_policy[SIPSTEER_A_MAPPING_IIF + 1] = {
	[SIPSTEER_A_MAPPING_ID] = { .type = NLA_U32, },
	[SIPSTEER_A_MAPPING_MATCH_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_MAPPING_MATCH_LEN] = { .type = NLA_U8, },
	[SIPSTEER_A_MAPPING_MATCH_PORT] = { .type = NLA_U16, },
	[SIPSTEER_A_MAPPING_PROTO] = NLA_POLICY_MASK(NLA_U8, 0x3),
	[SIPSTEER_A_MAPPING_FROM_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_MAPPING_FROM_LEN] = { .type = NLA_U8, },
	[SIPSTEER_A_MAPPING_IIF] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* SIPSTEER_CMD_MAPPING_FLUSH - do */
const struct nla_policy sipsteer_mapping_flush_nl_policy[SIPSTEER_A_MAPPING_PAD + 1] = {
};

/* SIPSTEER_CMD_EXEMPT_NEW - do */
const struct nla_policy sipsteer_exempt_new_nl_policy[SIPSTEER_A_EXEMPT_LEN + 1] = {
	[SIPSTEER_A_EXEMPT_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_EXEMPT_LEN] = { .type = NLA_U8, },
};

/* SIPSTEER_CMD_EXEMPT_DEL - do */
const struct nla_policy sipsteer_exempt_del_nl_policy[SIPSTEER_A_EXEMPT_LEN + 1] = {
	[SIPSTEER_A_EXEMPT_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_EXEMPT_LEN] = { .type = NLA_U8, },
};

/* SIPSTEER_CMD_EXEMPT_GET - do */
const struct nla_policy sipsteer_exempt_get_nl_policy[SIPSTEER_A_EXEMPT_LEN + 1] = {
	[SIPSTEER_A_EXEMPT_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_EXEMPT_LEN] = { .type = NLA_U8, },
};

/* SIPSTEER_CMD_STATS_GET - do */
const struct nla_policy sipsteer_stats_get_nl_policy[SIPSTEER_A_STATS_PAD + 1] = {
};

/* SIPSTEER_CMD_TRANSACTION_GET - do */
const struct nla_policy sipsteer_transaction_get_nl_policy[SIPSTEER_A_TRANSACTION_CLIENT_PORT + 1] = {
	[SIPSTEER_A_TRANSACTION_CLIENT_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_TRANSACTION_CLIENT_PORT] = { .type = NLA_U16, },
};

/* SIPSTEER_CMD_TRANSACTION_FLUSH - do */
const struct nla_policy sipsteer_transaction_flush_nl_policy[SIPSTEER_A_TRANSACTION_PAD + 1] = {
};

/* SIPSTEER_CMD_TEST - do */
const struct nla_policy sipsteer_test_nl_policy[SIPSTEER_A_TEST_PROTO + 1] = {
	[SIPSTEER_A_TEST_HOOK] = NLA_POLICY_MAX(NLA_U8, 1),
	[SIPSTEER_A_TEST_FROM_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_TEST_FROM_PORT] = { .type = NLA_U16, },
	[SIPSTEER_A_TEST_TO_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_TEST_TO_PORT] = { .type = NLA_U16, },
	[SIPSTEER_A_TEST_IIF] = { .type = NLA_NUL_STRING, .len = 15, },
	[SIPSTEER_A_TEST_PAYLOAD] = { .type = NLA_BINARY, },
	[SIPSTEER_A_TEST_PROTO] = NLA_POLICY_MASK(NLA_U8, 0x3),
};

/* SIPSTEER_CMD_FLOW_GET - do */
const struct nla_policy sipsteer_flow_get_nl_policy[SIPSTEER_A_FLOW_MATCH_PORT + 1] = {
	[SIPSTEER_A_FLOW_CLIENT_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_FLOW_CLIENT_PORT] = { .type = NLA_U16, },
	[SIPSTEER_A_FLOW_MATCH_ADDR] = { .type = NLA_BINARY, },
	[SIPSTEER_A_FLOW_MATCH_PORT] = { .type = NLA_U16, },
};

/* SIPSTEER_CMD_FLOW_FLUSH - do */
const struct nla_policy sipsteer_flow_flush_nl_policy[SIPSTEER_A_FLOW_PAD + 1] = {
};

/* SIPSTEER_CMD_LIMITS_GET - do */
const struct nla_policy sipsteer_limits_get_nl_policy[SIPSTEER_A_LIMITS_PAD + 1] = {
};

/* SIPSTEER_CMD_LIMITS_SET - do */
const struct nla_policy sipsteer_limits_set_nl_policy[SIPSTEER_A_LIMITS_TRANSACTION_MAX + 1] = {
	[SIPSTEER_A_LIMITS_FLOW_MAX] = { .type = NLA_U32, },
	[SIPSTEER_A_LIMITS_FLOW_ESTABLISHED] = { .type = NLA_U32, },
	[SIPSTEER_A_LIMITS_FLOW_TRANSITORY] = { .type = NLA_U32, },
	[SIPSTEER_A_LIMITS_EVENT_RATE] = { .type = NLA_U32, },
	[SIPSTEER_A_LIMITS_TRANSACTION_MAX] = { .type = NLA_U32, },
};

/* SIPSTEER_CMD_TABLE_BEGIN - do */
const struct nla_policy sipsteer_table_begin_nl_policy[SIPSTEER_A_LIMITS_PAD + 1] = {
};

/* SIPSTEER_CMD_TABLE_COMMIT - do */
const struct nla_policy sipsteer_table_commit_nl_policy[SIPSTEER_A_LIMITS_PAD + 1] = {
};

/* SIPSTEER_CMD_TABLE_ABORT - do */
const struct nla_policy sipsteer_table_abort_nl_policy[SIPSTEER_A_LIMITS_PAD + 1] = {
};

/* Ops table for sipsteer */
const struct genl_ops sipsteer_nl_ops[18] = {
	{
		.cmd		= SIPSTEER_CMD_MAPPING_NEW,
		.doit		= sipsteer_nl_mapping_new_doit,
		.policy		= sipsteer_mapping_new_nl_policy,
		.maxattr	= SIPSTEER_A_MAPPING_ROUTE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_MAPPING_DEL,
		.doit		= sipsteer_nl_mapping_del_doit,
		.policy		= sipsteer_mapping_del_nl_policy,
		.maxattr	= SIPSTEER_A_MAPPING_IIF,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_MAPPING_GET,
		.doit		= sipsteer_nl_mapping_get_doit,
		.dumpit		= sipsteer_nl_mapping_get_dumpit,
		.policy		= sipsteer_mapping_get_nl_policy,
		.maxattr	= SIPSTEER_A_MAPPING_IIF,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_MAPPING_FLUSH,
		.doit		= sipsteer_nl_mapping_flush_doit,
		.policy		= sipsteer_mapping_flush_nl_policy,
		.maxattr	= SIPSTEER_A_MAPPING_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_EXEMPT_NEW,
		.doit		= sipsteer_nl_exempt_new_doit,
		.policy		= sipsteer_exempt_new_nl_policy,
		.maxattr	= SIPSTEER_A_EXEMPT_LEN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_EXEMPT_DEL,
		.doit		= sipsteer_nl_exempt_del_doit,
		.policy		= sipsteer_exempt_del_nl_policy,
		.maxattr	= SIPSTEER_A_EXEMPT_LEN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_EXEMPT_GET,
		.doit		= sipsteer_nl_exempt_get_doit,
		.dumpit		= sipsteer_nl_exempt_get_dumpit,
		.policy		= sipsteer_exempt_get_nl_policy,
		.maxattr	= SIPSTEER_A_EXEMPT_LEN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_STATS_GET,
		.doit		= sipsteer_nl_stats_get_doit,
		.policy		= sipsteer_stats_get_nl_policy,
		.maxattr	= SIPSTEER_A_STATS_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_TRANSACTION_GET,
		.doit		= sipsteer_nl_transaction_get_doit,
		.dumpit		= sipsteer_nl_transaction_get_dumpit,
		.policy		= sipsteer_transaction_get_nl_policy,
		.maxattr	= SIPSTEER_A_TRANSACTION_CLIENT_PORT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_TRANSACTION_FLUSH,
		.doit		= sipsteer_nl_transaction_flush_doit,
		.policy		= sipsteer_transaction_flush_nl_policy,
		.maxattr	= SIPSTEER_A_TRANSACTION_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_TEST,
		.doit		= sipsteer_nl_test_doit,
		.policy		= sipsteer_test_nl_policy,
		.maxattr	= SIPSTEER_A_TEST_PROTO,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_FLOW_GET,
		.doit		= sipsteer_nl_flow_get_doit,
		.dumpit		= sipsteer_nl_flow_get_dumpit,
		.policy		= sipsteer_flow_get_nl_policy,
		.maxattr	= SIPSTEER_A_FLOW_MATCH_PORT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_FLOW_FLUSH,
		.doit		= sipsteer_nl_flow_flush_doit,
		.policy		= sipsteer_flow_flush_nl_policy,
		.maxattr	= SIPSTEER_A_FLOW_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_LIMITS_GET,
		.doit		= sipsteer_nl_limits_get_doit,
		.policy		= sipsteer_limits_get_nl_policy,
		.maxattr	= SIPSTEER_A_LIMITS_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_LIMITS_SET,
		.doit		= sipsteer_nl_limits_set_doit,
		.policy		= sipsteer_limits_set_nl_policy,
		.maxattr	= SIPSTEER_A_LIMITS_TRANSACTION_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_TABLE_BEGIN,
		.doit		= sipsteer_nl_table_begin_doit,
		.policy		= sipsteer_table_begin_nl_policy,
		.maxattr	= SIPSTEER_A_LIMITS_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_TABLE_COMMIT,
		.doit		= sipsteer_nl_table_commit_doit,
		.policy		= sipsteer_table_commit_nl_policy,
		.maxattr	= SIPSTEER_A_LIMITS_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPSTEER_CMD_TABLE_ABORT,
		.doit		= sipsteer_nl_table_abort_doit,
		.policy		= sipsteer_table_abort_nl_policy,
		.maxattr	= SIPSTEER_A_LIMITS_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group sipsteer_nl_mcgrps[] = {
	[SIPSTEER_NLGRP_CONFIG] = { "config", },
	[SIPSTEER_NLGRP_TRAFFIC] = { "traffic", },
};

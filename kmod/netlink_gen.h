/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sipsteer.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_SIPSTEER_GEN_H
#define _LINUX_SIPSTEER_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/sipsteer.h>

extern const struct nla_policy sipsteer_mapping_new_nl_policy[SIPSTEER_A_MAPPING_ROUTE + 1];

extern const struct nla_policy sipsteer_mapping_del_nl_policy[SIPSTEER_A_MAPPING_IIF + 1];

extern const struct nla_policy sipsteer_mapping_get_nl_policy[SIPSTEER_A_MAPPING_IIF + 1];

extern const struct nla_policy sipsteer_mapping_flush_nl_policy[SIPSTEER_A_MAPPING_PAD + 1];

extern const struct nla_policy sipsteer_exempt_new_nl_policy[SIPSTEER_A_EXEMPT_LEN + 1];

extern const struct nla_policy sipsteer_exempt_del_nl_policy[SIPSTEER_A_EXEMPT_LEN + 1];

extern const struct nla_policy sipsteer_exempt_get_nl_policy[SIPSTEER_A_EXEMPT_LEN + 1];

extern const struct nla_policy sipsteer_stats_get_nl_policy[SIPSTEER_A_STATS_PAD + 1];

extern const struct nla_policy sipsteer_transaction_get_nl_policy[SIPSTEER_A_TRANSACTION_CLIENT_PORT + 1];

extern const struct nla_policy sipsteer_transaction_flush_nl_policy[SIPSTEER_A_TRANSACTION_PAD + 1];

extern const struct nla_policy sipsteer_test_nl_policy[SIPSTEER_A_TEST_PROTO + 1];

extern const struct nla_policy sipsteer_flow_get_nl_policy[SIPSTEER_A_FLOW_MATCH_PORT + 1];

extern const struct nla_policy sipsteer_flow_flush_nl_policy[SIPSTEER_A_FLOW_PAD + 1];

extern const struct nla_policy sipsteer_limits_get_nl_policy[SIPSTEER_A_LIMITS_PAD + 1];

extern const struct nla_policy sipsteer_limits_set_nl_policy[SIPSTEER_A_LIMITS_TRANSACTION_MAX + 1];

extern const struct nla_policy sipsteer_table_begin_nl_policy[SIPSTEER_A_LIMITS_PAD + 1];

extern const struct nla_policy sipsteer_table_commit_nl_policy[SIPSTEER_A_LIMITS_PAD + 1];

extern const struct nla_policy sipsteer_table_abort_nl_policy[SIPSTEER_A_LIMITS_PAD + 1];

/* Ops table for sipsteer */
extern const struct genl_ops sipsteer_nl_ops[18];

int sipsteer_nl_mapping_new_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_mapping_del_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_mapping_get_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_mapping_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int sipsteer_nl_mapping_flush_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_exempt_new_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_exempt_del_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_exempt_get_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_exempt_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int sipsteer_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_transaction_get_doit(struct sk_buff *skb,
				     struct genl_info *info);
int sipsteer_nl_transaction_get_dumpit(struct sk_buff *skb,
				       struct netlink_callback *cb);
int sipsteer_nl_transaction_flush_doit(struct sk_buff *skb,
				       struct genl_info *info);
int sipsteer_nl_test_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_flow_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int sipsteer_nl_flow_flush_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_limits_get_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_limits_set_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_table_begin_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_table_commit_doit(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_table_abort_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	SIPSTEER_NLGRP_CONFIG,
	SIPSTEER_NLGRP_TRAFFIC,
};

#endif /* _LINUX_SIPSTEER_GEN_H */

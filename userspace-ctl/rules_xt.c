// SPDX-License-Identifier: GPL-2.0
/*
 * The matches and targets of iptables that nftables only carries
 */

#include <arpa/inet.h>
#include <limits.h>
#include <string.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_comment.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_iprange.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_string.h>
#include <linux/netfilter/xt_tcpudp.h>

#include "rules.h"
#include "rules_xt.h"
#include "nft.h"
#include "parse.h"
#include "sipsteer.h"

#define UNSAID		"no mapping has a word for \"-m %s\""
#define STATE_NEW	XT_STATE_BIT(IP_CT_NEW)

/* Whether a rule says what a match does. */
enum said {
	NOT_SAID,	/* neither cases nor mappings have a word for it */
	SAID_BY_CASES,	/* mappings have none */
	SAID,
};

typedef enum said (*match_fn)(struct ruleset *set, struct rule *rule,
			 const struct nft_expr *expr);

static unsigned char family_size(const struct rule *rule)
{
	return rule->chain->size;
}

/* One condition of udp or tcp: all source ports are as good as none. */
static enum said narrow_ports(struct ruleset *set, struct rule *rule,
			      const __u16 limits[2], bool is_source,
			      bool negated)
{
	struct ports ports = { limits[0], limits[1] };
	bool is_any = !ports.first && ports.last == UINT16_MAX;

	rule_narrow_ports(set, rule, &ports, 1, is_source, negated);
	return negated || (is_source && !is_any) ? SAID_BY_CASES : SAID;
}

static enum said match_udp(struct ruleset *set, struct rule *rule,
			   const struct nft_expr *expr)
{
	const struct xt_udp *info = expr->ext.info;
	enum said source, destination;

	source = narrow_ports(set, rule, info->spts, true,
			      info->invflags & XT_UDP_INV_SRCPT);
	destination = narrow_ports(set, rule, info->dpts, false,
				   info->invflags & XT_UDP_INV_DSTPT);
	return source < destination ? source : destination;
}

/* A SYN opens each connection; only that is seen in the chains of NAT. */
static enum said match_tcp(struct ruleset *set, struct rule *rule,
			   const struct nft_expr *expr)
{
	const struct xt_tcp *info = expr->ext.info;
	const unsigned char syn = 0x02;
	enum said source, destination;

	source = narrow_ports(set, rule, info->spts, true,
			      info->invflags & XT_TCP_INV_SRCPT);
	destination = narrow_ports(set, rule, info->dpts, false,
				   info->invflags & XT_TCP_INV_DSTPT);
	if (info->invflags & (XT_TCP_INV_FLAGS | XT_TCP_INV_OPTION) ||
	    info->option || info->flg_cmp != (info->flg_mask & syn))
		return NOT_SAID;
	return source < destination ? source : destination;
}

static enum said match_multiport(struct ruleset *set, struct rule *rule,
				 const struct nft_expr *expr)
{
	const struct xt_multiport_v1 *info = expr->ext.info;
	bool is_source = info->flags == XT_MULTIPORT_SOURCE;
	struct ports ports[XT_MULTI_PORTS];
	size_t count = 0;

	if (info->flags == XT_MULTIPORT_EITHER || info->count > XT_MULTI_PORTS)
		return NOT_SAID;
	for (unsigned int i = 0; i < info->count; i++) {
		struct ports *range = &ports[count++];

		range->first = info->ports[i];
		range->last = info->ports[i];
		/* The flag says that the next one ends a range. */
		if (info->pflags[i] && i + 1 < info->count)
			range->last = info->ports[++i];
	}
	rule_narrow_ports(set, rule, ports, count, is_source, info->invert);
	return info->invert || is_source ? SAID_BY_CASES : SAID;
}

static enum said match_addrtype(struct ruleset *set, struct rule *rule,
				const struct nft_expr *expr)
{
	const struct xt_addrtype_info_v1 *info = expr->ext.info;
	struct choice type;

	if (info->source || info->dest != XT_ADDRTYPE_LOCAL ||
	    info->flags & ~(__u32)XT_ADDRTYPE_INVERT_DEST)
		return NOT_SAID;
	choices_init(&type, 1);
	type.traffic.reach = info->flags ? TRAFFIC_TO_OTHER : TRAFFIC_TO_HERE;
	rule_narrow(set, rule, &type, 1);
	return SAID_BY_CASES;
}

static enum said match_comment(struct ruleset *set, struct rule *rule,
			       const struct nft_expr *expr)
{
	const struct xt_comment_info *info = expr->ext.info;

	rule->comment = ruleset_text(set, info->comment,
				     strnlen(info->comment,
					     sizeof(info->comment)));
	return SAID;
}

/* Only new connections come to the chains of NAT. */
static enum said match_state(struct ruleset *set, struct rule *rule,
			     const struct nft_expr *expr)
{
	const struct xt_state_info *info = expr->ext.info;

	(void)set;
	(void)rule;
	return info->statemask & STATE_NEW ? SAID : NOT_SAID;
}

static enum said match_conntrack(struct ruleset *set, struct rule *rule,
				 const struct nft_expr *expr)
{
	const struct xt_conntrack_mtinfo3 *info = expr->ext.info;

	(void)set;
	(void)rule;
	return info->match_flags == XT_CONNTRACK_STATE && !info->invert_flags &&
	       info->state_mask & STATE_NEW ? SAID : NOT_SAID;
}

static enum said match_string(struct ruleset *set, struct rule *rule,
			      const struct nft_expr *expr)
{
	const struct xt_string_info *info = expr->ext.info;
	struct choice methods;
	const char *pattern;

	if (info->u.v1.flags & XT_STRING_FLAG_INVERT)
		return NOT_SAID;
	choices_init(&methods, 1);
	pattern = ruleset_text(set, info->pattern,
			       strnlen(info->pattern, sizeof(info->pattern)));
	methods.traffic.methods = traffic_methods(pattern);
	if (!methods.traffic.methods)
		return NOT_SAID;
	rule_narrow(set, rule, &methods, 1);
	return SAID;
}

static bool narrow_range(struct ruleset *set, struct rule *rule,
			 const union nf_inet_addr *min,
			 const union nf_inet_addr *max, bool is_source)
{
	struct addr first = { .size = family_size(rule) };
	struct choice list[CHOICES_OF_RANGE];
	struct addr last = first;
	size_t count;

	choices_init(list, CHOICES_OF_RANGE);
	memcpy(first.bytes, min, first.size);
	memcpy(last.bytes, max, last.size);
	count = choices_of_range(list, &first, &last, is_source);
	if (count)
		rule_narrow(set, rule, list, count);
	return count;
}

static enum said match_iprange(struct ruleset *set, struct rule *rule,
			       const struct nft_expr *expr)
{
	const struct xt_iprange_mtinfo *info = expr->ext.info;

	if (info->flags & (IPRANGE_SRC_INV | IPRANGE_DST_INV))
		return NOT_SAID;
	if (info->flags & IPRANGE_SRC &&
	    !narrow_range(set, rule, &info->src_min, &info->src_max, true))
		return NOT_SAID;
	if (info->flags & IPRANGE_DST &&
	    !narrow_range(set, rule, &info->dst_min, &info->dst_max, false))
		return NOT_SAID;
	return SAID;
}

/**
 * xt_match() - narrow a rule to what a match of iptables lets go on
 * @set: the rules
 * @rule: the rule
 * @expr: the match
 */
void xt_match(struct ruleset *set, struct rule *rule,
	      const struct nft_expr *expr)
{
	static const struct {
		const char *name;
		uint32_t rev;
		size_t size;
		match_fn narrow;
	} known[] = {
		{ "udp", 0, sizeof(struct xt_udp), match_udp },
		{ "tcp", 0, sizeof(struct xt_tcp), match_tcp },
		{ "multiport", 1, sizeof(struct xt_multiport_v1),
		  match_multiport },
		{ "addrtype", 1, sizeof(struct xt_addrtype_info_v1),
		  match_addrtype },
		{ "comment", 0, sizeof(struct xt_comment_info), match_comment },
		{ "state", 0, sizeof(struct xt_state_info), match_state },
		{ "conntrack", 3, sizeof(struct xt_conntrack_mtinfo3),
		  match_conntrack },
		{ "string", 1, sizeof(struct xt_string_info), match_string },
		{ "iprange", 1, sizeof(struct xt_iprange_mtinfo),
		  match_iprange },
	};

	enum said said = NOT_SAID;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i].name, expr->ext.name) &&
		    known[i].rev == expr->ext.rev &&
		    known[i].size <= expr->ext.size)
			said = known[i].narrow(set, rule, expr);
	if (said == NOT_SAID)
		rule_obstruct(set, rule, UNSAID, expr->ext.name);
	else if (said == SAID_BY_CASES)
		rule_exceed(rule, ruleset_printf(set, UNSAID, expr->ext.name));
}

/**
 * struct range - the new destination, in whatever shape it came
 * @flags: NF_NAT_RANGE_*
 * @min: first address
 * @max: last address
 * @min_port: first port
 * @max_port: last port
 */
struct range {
	unsigned int flags;
	union nf_inet_addr min;
	union nf_inet_addr max;
	__be16 min_port;
	__be16 max_port;
};

static bool get_ipv4_range(struct range *range, const struct nft_expr *expr)
{
	const struct nf_nat_ipv4_multi_range_compat *info = expr->ext.info;

	if (expr->ext.size < sizeof(*info) || info->rangesize != 1)
		return false;
	range->flags = info->range[0].flags;
	range->min.ip = info->range[0].min_ip;
	range->max.ip = info->range[0].max_ip;
	range->min_port = info->range[0].min.all;
	range->max_port = info->range[0].max.all;
	return true;
}

/* That of revision 2 begins in the same way. */
static bool get_inet_range(struct range *range, const struct nft_expr *expr)
{
	const struct nf_nat_range *info = expr->ext.info;

	if (expr->ext.size < sizeof(*info))
		return false;
	range->flags = info->flags;
	range->min = info->min_addr;
	range->max = info->max_addr;
	range->min_port = info->min_proto.all;
	range->max_port = info->max_proto.all;
	return true;
}

static const char *set_target(struct ruleset *set, struct rule *rule,
			      const struct range *range)
{
	unsigned char size = family_size(rule);
	struct choice choice;

	choices_init(&choice, 1);
	if (range->flags & NF_NAT_RANGE_MAP_IPS) {
		if (memcmp(&range->min, &range->max, size))
			return "its target is a range of addresses";
		choice.target.addr.size = size;
		memcpy(choice.target.addr.bytes, &range->min, size);
	}
	if (range->flags & NF_NAT_RANGE_PROTO_SPECIFIED) {
		if (range->min_port != range->max_port)
			return "its target is a range of ports";
		choice.target.port = ntohs(range->min_port);
	}
	rule_narrow(set, rule, &choice, 1);
	return NULL;
}

static void take_helper(struct ruleset *set, struct rule *rule,
			const struct nft_expr *expr)
{
	/* Later revisions begin in the same way. */
	const struct xt_ct_target_info *info = expr->ext.info;

	if (expr->ext.size >= sizeof(*info))
		rule->helper = ruleset_text(set, info->helper,
					    strnlen(info->helper,
						    sizeof(info->helper)));
}

/**
 * xt_target() - do to a rule what a target of iptables does
 * @set: the rules
 * @rule: the rule
 * @expr: the target
 */
void xt_target(struct ruleset *set, struct rule *rule,
	       const struct nft_expr *expr)
{
	static const char *const elsewhere[] = { "NETMAP", "TPROXY", NULL };
	bool is_redirect = !strcmp(expr->ext.name, "REDIRECT");
	bool is_ipv4 = family_size(rule) == 4;
	struct range range = {};
	const char *reason = NULL;

	if (parse_choice(elsewhere, expr->ext.name) >= 0) {
		rule_exceed(rule, ruleset_printf(set, "no mapping does what %s does",
						 expr->ext.name));
		rule_decide(rule, VERDICT_SEND);
	}
	if (!strcmp(expr->ext.name, "CT"))
		take_helper(set, rule, expr);
	if (!strcmp(expr->ext.name, "FLOWOFFLOAD"))
		rule->offload = "";
	if (!is_redirect && strcmp(expr->ext.name, "DNAT"))
		return;
	if (is_ipv4 && !expr->ext.rev ? !get_ipv4_range(&range, expr) :
					!get_inet_range(&range, expr))
		reason = "its target has a shape that is not known";
	if (!reason)
		reason = set_target(set, rule, &range);
	if (reason)
		rule_exceed(rule, reason);
	rule_decide(rule, is_redirect ? VERDICT_HERE : VERDICT_SEND);
}

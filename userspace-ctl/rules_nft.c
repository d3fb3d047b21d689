// SPDX-License-Identifier: GPL-2.0
/*
 * Rules as nftables has them, iptables-nft's among them
 *
 * A rule is run as the kernel would do it, but with registers that hold, byte
 * by byte, where a value came from. A comparison then says what that part of
 * a packet has to be.
 */

#include <netinet/in.h>
#include <string.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>

#include "rules_fit.h"
#include "rules_nft.h"
#include "rules_reg.h"
#include "rules.h"
#include "rules_xt.h"
#include "nft.h"
#include "parse.h"
#include "sipsteer.h"

/**
 * nft_verdict() - what becomes of a packet
 * @verdict: as nftables says it
 *
 * Return: as we do.
 */
enum verdict nft_verdict(const struct nft_verdict *verdict)
{
	switch (verdict->code) {
	case NFT_CONTINUE:
		return VERDICT_GO_ON;
	case NFT_RETURN:
		return VERDICT_RETURN;
	case NFT_JUMP:
		return VERDICT_JUMP;
	case NFT_GOTO:
		return VERDICT_GOTO;
	default:
		return VERDICT_END;
	}
}

/* --- what is done to a packet --- */

/* What a register holds, in the case of a choice. */
static bool read_register(struct nft_reader *r, const struct choice *choice,
			  const struct byte *reg, unsigned char *data,
			  size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned int map = reg[i].field - FIELD_MAP;

		if (reg[i].field == FIELD_CONST) {
			data[i] = reg[i].value;
		} else if ((reg[i].field == FIELD_MAP ||
			    reg[i].field == FIELD_MAP2) && choice->data[map]) {
			data[i] = choice->data[map][reg[i].at];
		} else {
			rule_exceed(r->rule, ruleset_printf(r->set,
							    "its target depends on \"%s\"",
							    reg_name(r, &reg[i])));
			return false;
		}
	}
	return true;
}

/* Each case may have a target of its own. */
static void send_to_addr(struct nft_reader *r, const struct byte *reg,
			 unsigned char size)
{
	for (size_t i = 0; i < r->rule->count; i++) {
		struct choice *choice = &r->rule->choices[i];

		if (!read_register(r, choice, reg, choice->target.addr.bytes,
				   size))
			return;
		choice->target.addr.size = size;
	}
}

static void send_to_port(struct nft_reader *r, const struct byte *reg)
{
	for (size_t i = 0; i < r->rule->count; i++) {
		struct choice *choice = &r->rule->choices[i];
		unsigned char port[2];

		if (!read_register(r, choice, reg, port, sizeof(port)))
			return;
		choice->target.port = (uint16_t)(port[0] << 8 | port[1]);
	}
}

static void run_nat(struct nft_reader *r, const struct nft_expr *e)
{
	bool is_redirect = e->kind == NFT_KIND_REDIRECT;
	unsigned char size = e->nat.family == NFPROTO_IPV6 ? 16 : 4;
	const struct byte *addr, *port;

	if (!is_redirect && e->nat.type != NFT_NAT_DNAT) {
		rule_decide(r->rule, VERDICT_END);
		return;
	}
	addr = is_redirect ? NULL : reg_bytes(r, e->nat.addr_min, size);
	port = reg_bytes(r, e->nat.port_min, 2);
	if (e->nat.flags & NF_NAT_RANGE_NETMAP)
		rule_exceed(r->rule, "it maps networks, not an address and a port");
	if (!is_redirect && e->nat.addr_max != NFT_REG_NONE &&
	    e->nat.addr_max != e->nat.addr_min)
		rule_exceed(r->rule, "its target is a range of addresses");
	if (e->nat.port_max != NFT_REG_NONE &&
	    e->nat.port_max != e->nat.port_min)
		rule_exceed(r->rule, "its target is a range of ports");
	if (addr)
		send_to_addr(r, addr, size);
	if (port)
		send_to_port(r, port);
	rule_decide(r->rule, is_redirect ? VERDICT_HERE : VERDICT_SEND);
}

/* A rewritten destination is a redirection, though a stateless one. */
static void run_mangle(struct nft_reader *r, const struct nft_expr *e)
{
	const struct byte *reg = reg_bytes(r, e->sreg, e->payload.len);
	struct byte what = reg_payload(r, e, 0);

	if (!reg)
		return;
	if (what.field == FIELD_TO && !what.at && e->payload.len == r->size)
		send_to_addr(r, reg, r->size);
	else if (what.field == FIELD_PORT && e->payload.len == 2)
		send_to_port(r, reg);
	else if (what.field == FIELD_TO || what.field == FIELD_PORT)
		rule_exceed(r->rule, "it rewrites a part of an address or a port");
	else if (what.field == FIELD_FROM || what.field == FIELD_SPORT)
		r->mangles_source = true;
	if (what.field == FIELD_TO || what.field == FIELD_PORT)
		rule_decide(r->rule, VERDICT_SEND);
	if (r->rule->sends && r->mangles_source)
		rule_exceed(r->rule, "it rewrites the source, too");
}

static void run_verdict(struct nft_reader *r, const struct nft_expr *e)
{
	rule_decide(r->rule, nft_verdict(&e->verdict));
	for (size_t i = 0; i < r->rule->count; i++)
		if (!r->rule->choices[i].chain)
			r->rule->choices[i].chain = e->verdict.chain;
}

/* An expression of which only the name is known. */
static void run_other(struct nft_reader *r, const struct nft_expr *e)
{
	static const char *const harmless[] = {
		"counter", "ct", "last", "log", "meta", "notrack", "objref",
		NULL
	};
	static const char *const final[] = {
		"fwd", "masq", "queue", "reject", "synproxy", NULL
	};

	if (parse_choice(harmless, e->name) >= 0)
		return;
	if (parse_choice(final, e->name) >= 0) {
		rule_decide(r->rule, VERDICT_END);
		return;
	}
	if (!strcmp(e->name, "tproxy"))
		rule_decide(r->rule, VERDICT_SEND);
	rule_obstruct(r->set, r->rule, "no mapping has a word for \"%s\"",
		      e->name);
	reg_forget(r, e);
}

/**
 * nft_use_object() - a rule uses a named object
 * @r: the rule
 * @type: NFT_OBJECT_*
 * @name: the object's name
 */
void nft_use_object(struct nft_reader *r, uint32_t type, const char *name)
{
	const struct nft_object *object =
		nft_find_object(r->nft, r->chain, type, name);

	if (object && object->helper)
		r->rule->helper = object->helper;
}

static void run_expr(struct nft_reader *r, const struct nft_expr *e)
{
	switch (e->kind) {
	case NFT_KIND_META:
	case NFT_KIND_CT:
	case NFT_KIND_FIB:
	case NFT_KIND_PAYLOAD:
	case NFT_KIND_BITWISE:
	case NFT_KIND_VALUE:
		reg_load(r, e);
		break;
	case NFT_KIND_CMP:
		fit_cmp(r, e);
		break;
	case NFT_KIND_RANGE:
		fit_range(r, e);
		break;
	case NFT_KIND_LOOKUP:
		fit_lookup(r, e);
		break;
	case NFT_KIND_VERDICT:
		run_verdict(r, e);
		break;
	case NFT_KIND_NAT:
	case NFT_KIND_REDIRECT:
		run_nat(r, e);
		break;
	case NFT_KIND_MANGLE:
		run_mangle(r, e);
		break;
	case NFT_KIND_MATCH:
		xt_match(r->set, r->rule, e);
		break;
	case NFT_KIND_TARGET:
		xt_target(r->set, r->rule, e);
		break;
	case NFT_KIND_OFFLOAD:
		r->rule->offload = e->offload.flowtable;
		break;
	case NFT_KIND_OBJECT:
		nft_use_object(r, e->object.type, e->object.object);
		break;
	case NFT_KIND_OTHER:
		run_other(r, e);
		break;
	}
}

/* --- chains --- */

static enum hook hook_of(const struct nft_chain *chain)
{
	if (!chain->type)
		return HOOK_NONE;
	switch (chain->family) {
	case NFPROTO_IPV4:
	case NFPROTO_IPV6:
	case NFPROTO_INET:
		if (chain->hook == NF_INET_PRE_ROUTING ||
		    chain->hook == NF_INET_INGRESS)
			return HOOK_ARRIVE;
		if (chain->hook == NF_INET_LOCAL_OUT)
			return HOOK_SEND;
		return chain->hook == NF_INET_FORWARD ? HOOK_FORWARD :
							HOOK_ELSEWHERE;
	case NFPROTO_NETDEV:
		return chain->hook == NF_NETDEV_INGRESS ? HOOK_ARRIVE :
							  HOOK_ELSEWHERE;
	default:
		return HOOK_ELSEWHERE;
	}
}

static bool is_ingress(const struct nft_chain *chain)
{
	return chain->type && (chain->family == NFPROTO_NETDEV ||
			       (chain->family == NFPROTO_INET &&
				chain->hook == NF_INET_INGRESS));
}

static bool same_table(const struct nft_chain *a, const struct nft_chain *b)
{
	return a->family == b->family && !strcmp(a->table, b->table);
}

/* Only base chains have a type; the others may have that of their table's. */
static bool is_nat(const struct nft_ruleset *nft, const struct nft_chain *chain)
{
	const struct nft_chain *other = nft->chain;

	if (chain->type)
		return !strcmp(chain->type, "nat");
	while (other && !(same_table(other, chain) && other->type &&
			  !strcmp(other->type, "nat")))
		other = other->next;
	return other;
}

/* Names are as a shell takes them, unless a terminal cannot show them. */
static void set_place(struct ruleset *set, struct rule *rule,
		      const struct nft_rule *from)
{
	const struct nft_chain *chain = from->chain;
	const char *table = ruleset_quote(set, chain->table);
	const char *name = ruleset_quote(set, chain->name);

	rule->place = ruleset_printf(set, "%s %s %s handle %llu",
				     nft_family_name(chain->family),
				     table ?: chain->table,
				     name ?: chain->name,
				     (unsigned long long)from->handle);
	if (table && name)
		rule->remove = ruleset_printf(set, "nft delete rule %s",
					      rule->place);
}

static void read_rule(struct ruleset *set, struct nft_ruleset *nft,
		      struct chain *chain, const struct nft_rule *from)
{
	struct nft_reader r = {
		.set = set,
		.nft = nft,
		.chain = from->chain,
		.size = chain->size,
	};

	r.rule = rule_add(set, chain);
	r.is_nat = is_nat(nft, from->chain);
	set_place(set, r.rule, from);
	r.rule->comment = from->comment;
	if (is_ingress(from->chain) && !from->chain->device)
		rule_exceed(r.rule, "its chain belongs to several interfaces");
	for (const struct nft_expr *e = from->expr; e; e = e->next)
		run_expr(&r, e);
}

static struct chain *read_chain(struct ruleset *set, unsigned int table,
				const struct nft_chain *from)
{
	struct chain *chain = chain_add(set, table, from->name);

	chain->hook = hook_of(from);
	chain->priority = from->priority;
	if (from->device && strlen(from->device) < IF_NAMESIZE)
		memcpy(chain->iif, from->device, strlen(from->device) + 1);
	if (from->family == NFPROTO_IPV4)
		chain->size = 4;
	else if (from->family == NFPROTO_IPV6)
		chain->size = 16;
	return chain;
}

static void read_table(struct ruleset *set, struct nft_ruleset *nft,
		       const struct nft_chain *first)
{
	unsigned int table = set->tables++;

	for (const struct nft_chain *from = first; from; from = from->next) {
		struct chain *chain;

		if (!same_table(from, first))
			continue;
		chain = read_chain(set, table, from);
		for (const struct nft_rule *rule = from->rule; rule;
		     rule = rule->next)
			read_rule(set, nft, chain, rule);
	}
}

/**
 * nft_rules() - take over the rules of nftables
 * @set: where they go
 * @nft: nftables' own
 */
void nft_rules(struct ruleset *set, struct nft_ruleset *nft)
{
	for (const struct nft_chain *chain = nft->chain; chain;
	     chain = chain->next) {
		const struct nft_chain *first = nft->chain;

		while (!same_table(first, chain))
			first = first->next;
		if (first == chain)
			read_table(set, nft, chain);
	}
}

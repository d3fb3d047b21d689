// SPDX-License-Identifier: GPL-2.0
/*
 * Expressions of nftables as plain data: the part of nft.c, the only user of
 * libnftnl, that knows them one by one.
 */

#include <stdio.h>
#include <string.h>
#include <libnftnl/expr.h>
#include <linux/netfilter/nf_tables.h>

#include "nft_priv.h"
#include "rules.h"
#include "sipsteer.h"

/**
 * struct taker - an expression while it is taken over
 * @ruleset: where it belongs to
 * @chain: in which it stands
 * @from: what libnftnl made of it
 * @expr: what becomes of it
 */
struct taker {
	struct nft_ruleset *ruleset;
	const struct nft_chain *chain;
	const struct nftnl_expr *from;
	struct nft_expr *expr;
};

static void expr_bytes(const struct nftnl_expr *from, uint16_t attr,
		       struct nft_bytes *bytes)
{
	uint32_t len = 0;
	const void *data = nftnl_expr_get(from, attr, &len);

	nft_get_bytes(bytes, data, len);
}

/* The kernel counts some registers by 16 bytes, others by 4. */
static unsigned char expr_reg(const struct nftnl_expr *from, uint16_t attr)
{
	uint32_t reg;

	if (!nftnl_expr_is_set(from, attr))
		return NFT_REG_NONE;
	reg = nftnl_expr_get_u32(from, attr);
	if (reg >= NFT_REG_1 && reg <= NFT_REG_4)
		return (unsigned char)((reg - NFT_REG_1) * 4);
	if (reg >= NFT_REG32_00 && reg <= NFT_REG32_15)
		return (unsigned char)(reg - NFT_REG32_00);
	return NFT_REG_NONE;
}

static void get_meta(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	/* One that sets what it names loads nothing. */
	if (!nftnl_expr_is_set(from, NFTNL_EXPR_META_DREG))
		return;
	e->kind = NFT_KIND_META;
	e->dreg = expr_reg(from, NFTNL_EXPR_META_DREG);
	e->load.key = nftnl_expr_get_u32(from, NFTNL_EXPR_META_KEY);
}

static void get_ct(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	if (!nftnl_expr_is_set(from, NFTNL_EXPR_CT_DREG))
		return;
	e->kind = NFT_KIND_CT;
	e->dreg = expr_reg(from, NFTNL_EXPR_CT_DREG);
	e->load.key = nftnl_expr_get_u32(from, NFTNL_EXPR_CT_KEY);
}

static void get_fib(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	e->kind = NFT_KIND_FIB;
	e->dreg = expr_reg(from, NFTNL_EXPR_FIB_DREG);
	e->fib.result = nftnl_expr_get_u32(from, NFTNL_EXPR_FIB_RESULT);
	e->fib.flags = nftnl_expr_get_u32(from, NFTNL_EXPR_FIB_FLAGS);
}

static void get_payload(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	e->dreg = expr_reg(from, NFTNL_EXPR_PAYLOAD_DREG);
	e->sreg = expr_reg(from, NFTNL_EXPR_PAYLOAD_SREG);
	e->kind = e->sreg == NFT_REG_NONE ? NFT_KIND_PAYLOAD : NFT_KIND_MANGLE;
	e->payload.base = nftnl_expr_get_u32(from, NFTNL_EXPR_PAYLOAD_BASE);
	e->payload.offset = nftnl_expr_get_u32(from, NFTNL_EXPR_PAYLOAD_OFFSET);
	e->payload.len = nftnl_expr_get_u32(from, NFTNL_EXPR_PAYLOAD_LEN);
}

static void get_bitwise(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	e->kind = NFT_KIND_BITWISE;
	e->dreg = expr_reg(from, NFTNL_EXPR_BITWISE_DREG);
	e->sreg = expr_reg(from, NFTNL_EXPR_BITWISE_SREG);
	e->bitwise.len = nftnl_expr_get_u32(from, NFTNL_EXPR_BITWISE_LEN);
	expr_bytes(from, NFTNL_EXPR_BITWISE_MASK, &e->bitwise.mask);
	expr_bytes(from, NFTNL_EXPR_BITWISE_XOR, &e->bitwise.xor);
}

static void get_cmp(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	e->kind = NFT_KIND_CMP;
	e->sreg = expr_reg(from, NFTNL_EXPR_CMP_SREG);
	e->cmp.op = nftnl_expr_get_u32(from, NFTNL_EXPR_CMP_OP);
	expr_bytes(from, NFTNL_EXPR_CMP_DATA, &e->cmp.data);
}

static void get_range(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	e->kind = NFT_KIND_RANGE;
	e->sreg = expr_reg(from, NFTNL_EXPR_RANGE_SREG);
	e->range.op = nftnl_expr_get_u32(from, NFTNL_EXPR_RANGE_OP);
	expr_bytes(from, NFTNL_EXPR_RANGE_FROM_DATA, &e->range.from);
	expr_bytes(from, NFTNL_EXPR_RANGE_TO_DATA, &e->range.to);
}

static struct nft_set *find_set(const struct nft_ruleset *ruleset,
				const struct nft_chain *chain,
				const char *name)
{
	struct nft_set *set = ruleset->set;

	while (set && (!nft_same_table(set->family, set->table, chain) ||
		       strcmp(set->name, name)))
		set = set->next;
	return set;
}

static void get_lookup(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	e->lookup.set = find_set(t->ruleset, t->chain,
				 nftnl_expr_get_str(from, NFTNL_EXPR_LOOKUP_SET));
	if (!e->lookup.set)
		return;
	e->kind = NFT_KIND_LOOKUP;
	e->sreg = expr_reg(from, NFTNL_EXPR_LOOKUP_SREG);
	e->dreg = expr_reg(from, NFTNL_EXPR_LOOKUP_DREG);
	if (nftnl_expr_is_set(from, NFTNL_EXPR_LOOKUP_FLAGS))
		e->lookup.invert = nftnl_expr_get_u32(from, NFTNL_EXPR_LOOKUP_FLAGS) &
				   NFT_LOOKUP_F_INV;
}

static void get_immediate(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	if (!nftnl_expr_is_set(from, NFTNL_EXPR_IMM_VERDICT)) {
		e->kind = NFT_KIND_VALUE;
		e->dreg = expr_reg(from, NFTNL_EXPR_IMM_DREG);
		expr_bytes(from, NFTNL_EXPR_IMM_DATA, &e->value);
		return;
	}
	e->kind = NFT_KIND_VERDICT;
	e->verdict.code = (int)nftnl_expr_get_u32(from, NFTNL_EXPR_IMM_VERDICT);
	if (nftnl_expr_is_set(from, NFTNL_EXPR_IMM_CHAIN))
		e->verdict.chain = nft_text(t->ruleset,
					    nftnl_expr_get_str(from, NFTNL_EXPR_IMM_CHAIN));
}

static void get_nat(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	e->kind = NFT_KIND_NAT;
	e->nat.type = nftnl_expr_get_u32(from, NFTNL_EXPR_NAT_TYPE);
	e->nat.family = nftnl_expr_get_u32(from, NFTNL_EXPR_NAT_FAMILY);
	if (nftnl_expr_is_set(from, NFTNL_EXPR_NAT_FLAGS))
		e->nat.flags = nftnl_expr_get_u32(from, NFTNL_EXPR_NAT_FLAGS);
	e->nat.addr_min = expr_reg(from, NFTNL_EXPR_NAT_REG_ADDR_MIN);
	e->nat.addr_max = expr_reg(from, NFTNL_EXPR_NAT_REG_ADDR_MAX);
	e->nat.port_min = expr_reg(from, NFTNL_EXPR_NAT_REG_PROTO_MIN);
	e->nat.port_max = expr_reg(from, NFTNL_EXPR_NAT_REG_PROTO_MAX);
}

static void get_redirect(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	e->kind = NFT_KIND_REDIRECT;
	e->nat.type = NFT_NAT_DNAT;
	e->nat.addr_min = NFT_REG_NONE;
	e->nat.addr_max = NFT_REG_NONE;
	e->nat.port_min = expr_reg(from, NFTNL_EXPR_REDIR_REG_PROTO_MIN);
	e->nat.port_max = expr_reg(from, NFTNL_EXPR_REDIR_REG_PROTO_MAX);
}

static void get_offload(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	e->kind = NFT_KIND_OFFLOAD;
	e->offload.flowtable =
		nft_text(t->ruleset, nftnl_expr_get_str(from, NFTNL_EXPR_FLOW_TABLE_NAME));
}

static void get_object(struct taker *t)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;

	if (!nftnl_expr_is_set(from, NFTNL_EXPR_OBJREF_IMM_NAME)) {
		const char *set = nftnl_expr_get_str(from, NFTNL_EXPR_OBJREF_SET_NAME);

		/* A map of objects is looked up, and then used at once. */
		e->lookup.set = set ? find_set(t->ruleset, t->chain, set) : NULL;
		if (e->lookup.set)
			e->kind = NFT_KIND_LOOKUP;
		e->sreg = expr_reg(from, NFTNL_EXPR_OBJREF_SET_SREG);
		return;
	}
	e->kind = NFT_KIND_OBJECT;
	e->object.type = nftnl_expr_get_u32(from, NFTNL_EXPR_OBJREF_IMM_TYPE);
	e->object.object =
		nft_text(t->ruleset, nftnl_expr_get_str(from, NFTNL_EXPR_OBJREF_IMM_NAME));
}

static void get_ext(struct taker *t, enum nft_kind kind, uint16_t name,
		    uint16_t rev, uint16_t info)
{
	const struct nftnl_expr *from = t->from;
	struct nft_expr *e = t->expr;
	const void *data;
	void *copy;

	e->ext.name = nft_text(t->ruleset, nftnl_expr_get_str(from, name));
	e->ext.rev = nftnl_expr_get_u32(from, rev);
	data = nftnl_expr_get(from, info, &e->ext.size);
	if (!data || !e->ext.name)
		return;
	copy = ruleset_alloc(t->ruleset->memory, e->ext.size);
	e->ext.info = memcpy(copy, data, e->ext.size);
	e->kind = kind;
}

static void get_match(struct taker *t)
{
	get_ext(t, NFT_KIND_MATCH, NFTNL_EXPR_MT_NAME, NFTNL_EXPR_MT_REV,
		NFTNL_EXPR_MT_INFO);
}

static void get_target(struct taker *t)
{
	get_ext(t, NFT_KIND_TARGET, NFTNL_EXPR_TG_NAME, NFTNL_EXPR_TG_REV,
		NFTNL_EXPR_TG_INFO);
}

/* Expressions not listed stay NFT_KIND_OTHER. */
static const struct {
	const char *name;
	void (*get)(struct taker *t);
} known_exprs[] = {
	{ "bitwise", get_bitwise },
	{ "cmp", get_cmp },
	{ "ct", get_ct },
	{ "fib", get_fib },
	{ "flow_offload", get_offload },
	{ "immediate", get_immediate },
	{ "lookup", get_lookup },
	{ "match", get_match },
	{ "meta", get_meta },
	{ "nat", get_nat },
	{ "objref", get_object },
	{ "payload", get_payload },
	{ "range", get_range },
	{ "redir", get_redirect },
	{ "target", get_target },
};

/**
 * nft_take_expr() - turn an expression into plain data
 * @ruleset: where it belongs to; its sets are known
 * @chain: in which it stands
 * @from: the expression
 *
 * Return: the expression.
 */
struct nft_expr *nft_take_expr(struct nft_ruleset *ruleset,
			       const struct nft_chain *chain,
			       const struct nftnl_expr *from)
{
	const char *name = nftnl_expr_get_str(from, NFTNL_EXPR_NAME);
	struct nft_expr *e = ruleset_alloc(ruleset->memory, sizeof(*e));
	struct taker t = {
		.ruleset = ruleset,
		.chain = chain,
		.from = from,
		.expr = e,
	};

	e->dreg = NFT_REG_NONE;
	e->sreg = NFT_REG_NONE;
	e->name = nft_text(ruleset, name);
	for (size_t i = 0; i < ARRAY_SIZE(known_exprs); i++)
		if (!strcmp(known_exprs[i].name, name))
			known_exprs[i].get(&t);
	return e;
}

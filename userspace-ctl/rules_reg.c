// SPDX-License-Identifier: GPL-2.0
/*
 * The registers of nftables, holding not values but where these came from
 */

#include <linux/netfilter/nf_tables.h>

#include "rules_reg.h"
#include "sipsteer.h"

/* An IPv6 address and a port are the longest value of a map that is of use. */
#define MAP_BYTES	20
#define TCP_FLAGS_AT	13

static size_t whole_words(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

/**
 * reg_bytes() - the bytes of a register
 * @r: the rule
 * @reg: the register
 * @len: how many bytes
 *
 * Return: the bytes, or NULL if they are more than there are.
 */
struct byte *reg_bytes(struct nft_reader *r, unsigned char reg, size_t len)
{
	size_t at = reg * 4u;

	return reg == NFT_REG_NONE || at + len > NFT_BYTES_MAX ? NULL :
								 &r->reg[at];
}

/* The last word is filled up with zeros. */
static void load(struct nft_reader *r, const struct nft_expr *e,
		 enum field field, size_t len)
{
	struct byte *reg = reg_bytes(r, e->dreg, 0);
	const struct byte *end = &r->reg[NFT_BYTES_MAX];

	for (size_t i = 0; reg && i < whole_words(len) && reg < end; i++)
		*reg++ = (struct byte){
			.field = i < len ? field : FIELD_CONST,
			.at = (unsigned char)i,
			.mask = 0xff,
			.by = e,
		};
}

static void load_meta(struct nft_reader *r, const struct nft_expr *e)
{
	switch (e->load.key) {
	case NFT_META_NFPROTO:
		load(r, e, FIELD_FAMILY, 1);
		break;
	case NFT_META_L4PROTO:
		load(r, e, FIELD_PROTO, 1);
		break;
	case NFT_META_PROTOCOL:
		load(r, e, FIELD_ETHER, 2);
		break;
	case NFT_META_IIFNAME:
		load(r, e, FIELD_IIF, IF_NAMESIZE);
		break;
	case NFT_META_IIF:
		load(r, e, FIELD_IIF_INDEX, 4);
		break;
	default:
		load(r, e, FIELD_OTHER, NFT_BYTES_MAX);
	}
}

static void load_ct(struct nft_reader *r, const struct nft_expr *e)
{
	if (e->load.key == NFT_CT_STATE)
		load(r, e, FIELD_STATE, 4);
	else
		load(r, e, FIELD_OTHER, NFT_BYTES_MAX);
}

static void load_fib(struct nft_reader *r, const struct nft_expr *e)
{
	if (e->fib.result == NFT_FIB_RESULT_ADDRTYPE &&
	    e->fib.flags == NFTA_FIB_F_DADDR)
		load(r, e, FIELD_REACH, 4);
	else
		load(r, e, FIELD_OTHER, NFT_BYTES_MAX);
}

static struct byte network_byte(unsigned char size, unsigned int offset)
{
	unsigned int from = size == 4 ? 12 : 8, to = from + size;

	if (offset == (size == 4 ? 9 : 6))
		return (struct byte){ .field = FIELD_PROTO };
	if (offset >= from && offset < to)
		return (struct byte){ FIELD_FROM, (unsigned char)(offset - from) };
	if (offset >= to && offset < to + size)
		return (struct byte){ FIELD_TO, (unsigned char)(offset - to) };
	return (struct byte){ .field = FIELD_OTHER };
}

static struct byte transport_byte(unsigned int offset)
{
	if (offset < 2)
		return (struct byte){ FIELD_SPORT, (unsigned char)offset };
	if (offset < 4)
		return (struct byte){ FIELD_PORT, (unsigned char)(offset - 2) };
	if (offset == TCP_FLAGS_AT)
		return (struct byte){ .field = FIELD_FLAGS };
	return (struct byte){ .field = FIELD_OTHER };
}

/**
 * reg_payload() - which part of a packet an expression loads or changes
 * @r: the rule
 * @expr: the expression
 * @at: which of its bytes
 *
 * Return: the part.
 */
struct byte reg_payload(const struct nft_reader *r, const struct nft_expr *expr,
			unsigned int at)
{
	unsigned int offset = expr->payload.offset + at;

	if (expr->payload.base == NFT_PAYLOAD_NETWORK_HEADER && r->size)
		return network_byte(r->size, offset);
	if (expr->payload.base == NFT_PAYLOAD_TRANSPORT_HEADER)
		return transport_byte(offset);
	return (struct byte){ .field = FIELD_OTHER };
}

static void load_payload(struct nft_reader *r, const struct nft_expr *e)
{
	struct byte *reg = reg_bytes(r, e->dreg, e->payload.len);

	load(r, e, FIELD_OTHER, e->payload.len);
	for (unsigned int i = 0; reg && i < e->payload.len; i++) {
		reg[i] = reg_payload(r, e, i);
		reg[i].mask = 0xff;
		reg[i].by = e;
	}
}

static void load_value(struct nft_reader *r, const struct nft_expr *e)
{
	struct byte *reg = reg_bytes(r, e->dreg, e->value.len);

	load(r, e, FIELD_CONST, e->value.len);
	for (unsigned int i = 0; reg && i < e->value.len; i++)
		reg[i].value = e->value.bytes[i];
}

static void load_bitwise(struct nft_reader *r, const struct nft_expr *e)
{
	unsigned int len = e->bitwise.len;
	const struct byte *from = reg_bytes(r, e->sreg, len);
	struct byte *to = reg_bytes(r, e->dreg, len);

	if (!from || !to || e->bitwise.mask.len < len ||
	    e->bitwise.xor.len < len) {
		load(r, e, FIELD_OTHER, NFT_BYTES_MAX);
		return;
	}
	for (unsigned int i = 0; i < len; i++) {
		unsigned char mask = e->bitwise.mask.bytes[i];
		unsigned char xor = e->bitwise.xor.bytes[i];

		to[i] = from[i];
		to[i].mask &= mask;
		to[i].value = (to[i].value & mask) ^ xor;
		if (xor && to[i].field != FIELD_CONST)
			to[i].field = FIELD_OTHER;
	}
}

/**
 * reg_load() - do what an expression does to registers
 * @r: the rule
 * @expr: one that loads
 */
void reg_load(struct nft_reader *r, const struct nft_expr *expr)
{
	switch (expr->kind) {
	case NFT_KIND_META:
		load_meta(r, expr);
		break;
	case NFT_KIND_PAYLOAD:
		load_payload(r, expr);
		break;
	case NFT_KIND_BITWISE:
		load_bitwise(r, expr);
		break;
	case NFT_KIND_VALUE:
		load_value(r, expr);
		break;
	case NFT_KIND_CT:
		load_ct(r, expr);
		break;
	case NFT_KIND_FIB:
		load_fib(r, expr);
		break;
	default:
		load(r, expr, FIELD_OTHER, NFT_BYTES_MAX);
	}
}

/**
 * reg_load_map() - what a map gives goes to a register
 * @r: the rule
 * @expr: the lookup
 */
void reg_load_map(struct nft_reader *r, const struct nft_expr *expr)
{
	load(r, expr, r->maps < CHOICE_DATA ? FIELD_MAP + r->maps :
					      FIELD_OTHER, MAP_BYTES);
	r->maps++;
}

/**
 * reg_forget() - an expression may have written to any register
 * @r: the rule
 * @expr: the expression
 */
void reg_forget(struct nft_reader *r, const struct nft_expr *expr)
{
	for (size_t i = 0; i < NFT_BYTES_MAX; i++)
		r->reg[i] = (struct byte){ .mask = 0xff, .by = expr };
}

static const char *meta_name(uint32_t key)
{
	static const char *const names[] = {
		[NFT_META_LEN] = "length", [NFT_META_PRIORITY] = "priority",
		[NFT_META_MARK] = "mark", [NFT_META_OIF] = "oif",
		[NFT_META_OIFNAME] = "oifname", [NFT_META_IIFTYPE] = "iiftype",
		[NFT_META_SKUID] = "skuid", [NFT_META_SKGID] = "skgid",
		[NFT_META_RTCLASSID] = "rtclassid",
		[NFT_META_PKTTYPE] = "pkttype", [NFT_META_CPU] = "cpu",
		[NFT_META_IIFGROUP] = "iifgroup", [NFT_META_CGROUP] = "cgroup",
	};

	return key < ARRAY_SIZE(names) && names[key] ? names[key] : "";
}

/**
 * reg_name() - what a byte of a register is, as nft(8) calls it
 * @r: the rule
 * @byte: the byte
 *
 * Return: its name.
 */
const char *reg_name(struct nft_reader *r, const struct byte *byte)
{
	static const char *const names[FIELDS] = {
		[FIELD_FROM] = "saddr", [FIELD_TO] = "daddr",
		[FIELD_SPORT] = "sport", [FIELD_PORT] = "dport",
		[FIELD_PROTO] = "meta l4proto", [FIELD_FAMILY] = "meta nfproto",
		[FIELD_ETHER] = "meta protocol", [FIELD_IIF] = "iifname",
		[FIELD_IIF_INDEX] = "iif", [FIELD_FLAGS] = "tcp flags",
		[FIELD_STATE] = "ct state", [FIELD_REACH] = "fib daddr type",
	};

	if (names[byte->field])
		return names[byte->field];
	if (!byte->by)
		return "nothing";
	if (byte->by->kind == NFT_KIND_META)
		return ruleset_printf(r->set, "meta %s",
				      meta_name(byte->by->load.key));
	return byte->by->name;
}

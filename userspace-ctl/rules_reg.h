/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RULES_REG_H
#define RULES_REG_H

#include <stdbool.h>
#include <stddef.h>

#include "rules.h"
#include "nft.h"

/* What a byte of a register is a part of. */
enum field {
	FIELD_OTHER,	/* something that mappings do not know */
	FIELD_CONST,	/* a constant */
	FIELD_MAP,	/* the value that the first map gave */
	FIELD_MAP2,	/* and the second */
	FIELD_FROM,
	FIELD_TO,
	FIELD_SPORT,
	FIELD_PORT,
	FIELD_PROTO,
	FIELD_FAMILY,	/* NFPROTO_* */
	FIELD_ETHER,	/* ETH_P_* */
	FIELD_IIF,	/* name */
	FIELD_IIF_INDEX,
	FIELD_FLAGS,	/* of TCP */
	FIELD_STATE,	/* of the connection */
	FIELD_REACH,	/* RTN_* of the destination */
	FIELDS
};

/**
 * struct byte - a byte of a register
 * @field: where it came from
 * @at: which byte of that
 * @mask: the bits that were not masked out
 * @value: of a constant
 * @by: what loaded it
 */
struct byte {
	enum field field;
	unsigned char at;
	unsigned char mask;
	unsigned char value;
	const struct nft_expr *by;
};

/**
 * struct nft_reader - a rule that is being read
 * @set: where it goes
 * @nft: where it comes from
 * @chain: in which chain it stands there
 * @rule: the rule
 * @size: of the addresses seen there, 4 or 16; 0 if nothing tells yet
 * @is_nat: only new connections come here
 * @maps: how many maps gave values
 * @mangles_source: it changes sources
 * @reg: the registers
 */
struct nft_reader {
	struct ruleset *set;
	struct nft_ruleset *nft;
	const struct nft_chain *chain;
	struct rule *rule;
	unsigned char size;
	bool is_nat;
	unsigned int maps;
	bool mangles_source;
	struct byte reg[NFT_BYTES_MAX];
};

void reg_load(struct nft_reader *r, const struct nft_expr *expr);
void reg_load_map(struct nft_reader *r, const struct nft_expr *expr);
void reg_forget(struct nft_reader *r, const struct nft_expr *expr);
struct byte *reg_bytes(struct nft_reader *r, unsigned char reg, size_t len);
struct byte reg_payload(const struct nft_reader *r, const struct nft_expr *expr,
			unsigned int at);
const char *reg_name(struct nft_reader *r, const struct byte *byte);

#endif

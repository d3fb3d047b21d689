/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NFT_PRIV_H
#define NFT_PRIV_H

#include <string.h>

#include "nft.h"

struct nftnl_expr;

static inline bool nft_same_table(uint32_t family, const char *table,
				  const struct nft_chain *chain)
{
	return family == chain->family && !strcmp(table, chain->table);
}

const char *nft_text(struct nft_ruleset *ruleset, const char *text);
void nft_get_bytes(struct nft_bytes *bytes, const void *data, uint32_t len);
struct nft_expr *nft_take_expr(struct nft_ruleset *ruleset,
			       const struct nft_chain *chain,
			       const struct nftnl_expr *from);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RULES_FIT_H
#define RULES_FIT_H

struct nft_expr;
struct nft_reader;

void fit_cmp(struct nft_reader *r, const struct nft_expr *expr);
void fit_range(struct nft_reader *r, const struct nft_expr *expr);
void fit_lookup(struct nft_reader *r, const struct nft_expr *expr);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RULES_NFT_H
#define RULES_NFT_H

#include "rules.h"

struct nft_reader;
struct nft_ruleset;
struct nft_verdict;

enum verdict nft_verdict(const struct nft_verdict *verdict);
void nft_use_object(struct nft_reader *r, uint32_t type, const char *name);
void nft_rules(struct ruleset *set, struct nft_ruleset *nft);

#endif

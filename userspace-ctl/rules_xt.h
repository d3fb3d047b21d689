/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RULES_XT_H
#define RULES_XT_H

struct nft_expr;
struct rule;
struct ruleset;

void xt_match(struct ruleset *set, struct rule *rule,
	      const struct nft_expr *expr);
void xt_target(struct ruleset *set, struct rule *rule,
	       const struct nft_expr *expr);

#endif

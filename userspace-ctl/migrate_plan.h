/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MIGRATE_PLAN_H
#define MIGRATE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules.h"

/**
 * struct finding - a redirection that a mapping can do
 * @next: the next one, in the order of the rules, or NULL
 * @traffic: what is redirected: one port, UDP or TCP, always with a prefix
 * @target: where to
 * @rule: the first rule that says so
 * @hooks: where rules say so, a bit for each &enum hook
 */
struct finding {
	struct finding *next;
	struct traffic traffic;
	struct endpoint target;
	struct rule *rule;
	unsigned int hooks;
};

/**
 * struct exemption - clients that a rule lets pass
 * @next: the next one, or NULL
 * @from: where they are
 * @rule: the rule
 */
struct exemption {
	struct exemption *next;
	struct prefix from;
	const struct rule *rule;
};

/**
 * struct plan - what takes the place of rules
 * @set: the rules
 * @ports: the ports of SIP, a bit for each
 * @findings: the first redirection that a mapping can do, or NULL
 * @end: where the next one goes
 * @count: how many they are
 * @exemptions: the first exemption, or NULL
 * @notes: what is to be kept in mind
 * @work: how much more is to be done at most
 */
struct plan {
	struct ruleset *set;
	unsigned char ports[(UINT16_MAX + 1) / 8];
	struct finding *findings;
	struct finding **end;
	unsigned int count;
	struct exemption *exemptions;
	struct remark *notes;
	unsigned long work;
};

void plan_begin(struct plan *plan, struct ruleset *set);
void plan_port(struct plan *plan, uint16_t port);
void plan_make(struct plan *plan);
const struct finding *plan_twin(const struct plan *plan,
				const struct finding *finding);

#endif

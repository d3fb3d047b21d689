/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RULES_LIVE_H
#define RULES_LIVE_H

struct ruleset;

int live_read(struct ruleset *set, const char **legacy);

#endif

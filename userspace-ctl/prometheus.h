/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PROMETHEUS_H
#define PROMETHEUS_H

struct genl;
struct stats;

int prometheus_show(struct genl *genl, const struct stats *stats);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MIGRATE_REPORT_H
#define MIGRATE_REPORT_H

#include <jansson.h>

struct plan;

void report_print(const struct plan *plan);
json_t *report_json(const struct plan *plan);

#endif

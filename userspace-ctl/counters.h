/* SPDX-License-Identifier: GPL-2.0 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct counter_info - what a counter counts
 * @name: its name
 * @doc: a sentence
 */
struct counter_info {
	const char *name;
	const char *doc;
};

/* Room for the name of a counter that only the kernel knows. */
#define COUNTER_TEXT	sizeof("counter-4294967295")

const struct counter_info *counter_find(uint32_t id);
const char *counter_name(uint32_t id, char text[COUNTER_TEXT]);

#endif

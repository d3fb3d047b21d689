// SPDX-License-Identifier: GPL-2.0
/*
 * Names and meanings of the kernel's counters
 */

#include <stdio.h>
#include <linux/sipsteer.h>

#include "counters.h"
#include "counters_gen.h"

/**
 * counter_find() - what is known of a counter
 * @id: its number
 *
 * Return: name and meaning, or NULL for a number that is none here.
 */
const struct counter_info *counter_find(uint32_t id)
{
	if (id > SIPSTEER_COUNTER_MAX || !counter_info[id].name)
		return NULL;
	return &counter_info[id];
}

/**
 * counter_name() - what to call a counter
 * @id: its number
 * @text: room for a name, should it have none
 *
 * Return: the name.
 */
const char *counter_name(uint32_t id, char text[COUNTER_TEXT])
{
	const struct counter_info *info = counter_find(id);

	if (info)
		return info->name;
	snprintf(text, COUNTER_TEXT, "counter-%u", id);
	return text;
}

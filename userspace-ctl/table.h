/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "genl.h"
#include "print.h"

#define TABLE_COLUMNS_MAX	8

/**
 * struct table_info - a table of what the kernel remembers
 * @command: a SIPSTEER_CMD_* that dumps it
 * @entry: takes one entry: gives a cell for each column to the &struct table,
 *	   or its list an object if JSON is wanted
 * @column: what is above the cells, whether they are flush right, and in
 *	    which colour; those after the last have no title
 */
struct table_info {
	uint8_t command;
	genl_reply_fn entry;
	struct {
		const char *title;
		bool right;
		enum color color;
	} column[TABLE_COLUMNS_MAX + 1];
};

/**
 * struct table - a table that is being read
 * @info: which
 * @list: the cells, row by row, each with its NUL; or the JSON
 * @column: of the next cell
 * @width: the widest cell by now, by column
 */
struct table {
	const struct table_info *info;
	struct list list;
	unsigned int column;
	int width[TABLE_COLUMNS_MAX];
};

void table_cell(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void table_endpoint(struct table *table, const struct endpoint *endpoint);
int table_show(const struct table_info *info);

#endif

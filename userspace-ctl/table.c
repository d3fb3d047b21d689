// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of what the kernel remembers: columns as wide as they need to be
 */

#include <stdarg.h>
#include <string.h>

#include "sipsteer.h"
#include "table.h"

static int table_begin(void *data)
{
	struct table *table = data;

	table->column = 0;
	for (int i = 0; table->info->column[i].title; i++)
		table->width[i] = (int)strlen(table->info->column[i].title);
	return list_begin(&table->list);
}

/**
 * table_cell() - add a cell
 * @table: the table
 * @format: what is in the cell
 */
void table_cell(struct table *table, const char *format, ...)
{
	int *width = &table->width[table->column++];
	va_list args;
	int len;

	va_start(args, format);
	len = vfprintf(table->list.out, format, args);
	va_end(args);
	fputc('\0', table->list.out);
	if (len > *width)
		*width = len;
	if (!table->info->column[table->column].title)
		table->column = 0;
}

/**
 * table_endpoint() - add a cell with an address and a port
 * @table: the table
 * @endpoint: the address and the port
 */
void table_endpoint(struct table *table, const struct endpoint *endpoint)
{
	char text[ADDR_TEXT];

	table_cell(table, "%s", endpoint_text(endpoint, text));
}

static void print_cell(const struct table *table, int i, enum color color,
		       const char *cell)
{
	bool last = !table->info->column[i + 1].title;

	print_color(stdout, color,
		    table->info->column[i].right ? "%*s" : "%-*s",
		    table->width[i], cell);
	fputs(last ? "\n" : "  ", stdout);
}

static void print_cells(const struct table *table)
{
	const char *cell = table->list.text;
	const char *end = cell + table->list.size;

	for (int i = 0; table->info->column[i].title; i++)
		print_cell(table, i, COLOR_NONE, table->info->column[i].title);
	while (cell < end)
		for (int i = 0; table->info->column[i].title; i++) {
			print_cell(table, i, table->info->column[i].color,
				   cell);
			cell += strlen(cell) + 1;
		}
}

/**
 * table_show() - read a table and print it
 * @info: which
 *
 * Return: an &enum exit_code.
 */
int table_show(const struct table_info *info)
{
	const struct genl_dump dump = { table_begin, info->entry };
	struct table table = { .info = info };
	struct genl *genl;
	int ret;

	genl = genl_open();
	if (!genl)
		return EXIT_KERNEL;
	ret = genl_result(genl, genl_dump(genl, info->command, &dump, &table));
	genl_close(genl);
	if (!ret && options.json) {
		ret = list_show(&table.list);
	} else if (!ret) {
		ret = list_end(&table.list);
		if (!ret)
			print_cells(&table);
	}
	list_drop(&table.list);
	return ret;
}

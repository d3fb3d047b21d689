// SPDX-License-Identifier: GPL-2.0
/*
 * fill COUNT - add many mappings from one process: 10.128.0.0:5054 and on
 * fill churn - add and delete one mapping until killed; a line tells the start
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "genl.h"
#include "mapping.h"
#include "parse.h"
#include "sipsteer.h"

struct options options;

int fail(enum exit_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return code;
}

void warn(const char *format, ...)
{
	(void)format;
}

static int ask(struct genl *genl, uint8_t command, unsigned int number)
{
	unsigned int allowed = command == SIPSTEER_CMD_MAPPING_NEW ?
			       CLAUSES_ALL : CLAUSES_KEY;
	char match[ADDR_TEXT], to[] = "to", target[] = "203.0.113.1:5060";
	char *words[] = { match, to, target };
	struct mapping mapping;
	struct parse_error err;

	snprintf(match, sizeof(match), "10.%u.%u.%u:5054",
		 128 + (number >> 16), number >> 8 & 255, number & 255);
	if (mapping_parse(&mapping, allowed == CLAUSES_ALL ? 3 : 1, words,
			  allowed, &err))
		return fail(EXIT_USAGE, "%s", err.text);
	genl_start(genl, command, 0);
	mapping_put(&mapping, genl);
	return genl_result(genl, genl_do(genl, NULL, NULL));
}

static int churn(struct genl *genl, unsigned int number)
{
	bool begun = false;
	int ret;

	do {
		ret = ask(genl, SIPSTEER_CMD_MAPPING_NEW, number);
		if (!ret)
			ret = ask(genl, SIPSTEER_CMD_MAPPING_DEL, number);
		if (!begun)
			puts("begun");
		begun = true;
		fflush(stdout);
	} while (!ret);
	return ret;
}

int main(int argc, char **argv)
{
	unsigned int count = argc > 1 ? (unsigned int)atoi(argv[1]) : 0;
	struct genl *genl = genl_open();
	int ret = EXIT_OK;

	if (!genl)
		return EXIT_KERNEL;
	if (argc > 1 && !strcmp(argv[1], "churn"))
		ret = churn(genl, 0x7fffff);
	for (unsigned int i = 0; i < count && !ret; i++)
		ret = ask(genl, SIPSTEER_CMD_MAPPING_NEW, i);
	genl_close(genl);
	return ret;
}

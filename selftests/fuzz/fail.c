// SPDX-License-Identifier: GPL-2.0
/* What the tool's sources expect of its main program: here, nothing is told. */
#include "sipsteer.h"

struct options options;

int fail(enum exit_code code, const char *format, ...)
{
	(void)format;
	return code;
}

void warn(const char *format, ...)
{
	(void)format;
}

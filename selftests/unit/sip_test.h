/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_SIP_TEST_H
#define UNIT_SIP_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sip_msg.h"

#define COUNT_OF(array)	(sizeof(array) / sizeof((array)[0]))

/* A copy that ends where its memory does, so that ASan sees every over-read. */
static inline char *exact_copy(const char *data, size_t len)
{
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, data, len);
	return len ? copy : copy + 1;
}

static inline void exact_free(char *copy, size_t len)
{
	free(len ? copy : copy - 1);
}

static inline void assert_span(const char *data, struct sip_span span,
			       const char *want)
{
	if (!want)
		want = "";
	assert_int_equal(span.len, strlen(want));
	assert_memory_equal(data + span.off, want, span.len);
}

/* One row of a table as a test of its own name. */
static inline struct CMUnitTest test_of(const char *name,
					CMUnitTestFunction function,
					const void *row)
{
	return (struct CMUnitTest){
		.name = name,
		.test_func = function,
		.initial_state = (void *)row,
	};
}

/* Runs them in TAP; returns the exit status. */
static inline int run_tap(const char *group, const struct CMUnitTest *tests,
			    size_t n)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	puts("TAP version 13");
	fflush(stdout);
	return !!_cmocka_run_group_tests(group, tests, n, NULL, NULL);
}

#endif

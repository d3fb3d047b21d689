// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <linux/kcov.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kcov.h"

/* What one system call may reach, and what the module's text is smaller than. */
#define TRACE_LEN	(1 << 18)
#define TEXT_MAX	(1 << 20)

static __thread unsigned long *trace;
static bool is_there;
static unsigned long text;
static unsigned char reached[TEXT_MAX];

static unsigned long text_start(void)
{
	FILE *file = fopen("/sys/module/nf_sipsteer/sections/.text", "r");
	unsigned long start = 0;

	if (file && fscanf(file, "%lx", &start) != 1)
		start = 0;
	if (file)
		fclose(file);
	return start;
}

void kcov_begin(void)
{
	int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);

	text = text_start();
	if (fd < 0 || !text || ioctl(fd, KCOV_INIT_TRACE, TRACE_LEN))
		return;
	trace = mmap(NULL, TRACE_LEN * sizeof(*trace), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (trace == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC))
		trace = NULL;
	else
		is_there = true;
}

void kcov_take(void)
{
	unsigned long count, at, i;

	if (!trace)
		return;
	count = __atomic_load_n(&trace[0], __ATOMIC_RELAXED);
	for (i = 1; i <= count; i++) {
		at = trace[i] - text;
		if (at < TEXT_MAX)
			reached[at] = true;
	}
	__atomic_store_n(&trace[0], 0, __ATOMIC_RELAXED);
}

void kcov_write(const char *name)
{
	FILE *file = is_there ? fopen(name, "w") : NULL;
	unsigned long at;

	if (!file)
		return;
	for (at = 0; at < TEXT_MAX; at++)
		if (reached[at])
			fprintf(file, "%lx\n", at);
	fclose(file);
}

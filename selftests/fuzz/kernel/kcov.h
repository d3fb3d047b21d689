/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FUZZ_KCOV_H
#define FUZZ_KCOV_H

/*
 * What of the module system calls have reached, where the kernel tells (CONFIG_KCOV); elsewhere all
 * of this does nothing.
 */

void kcov_begin(void);	/* in each thread */
void kcov_take(void);	/* after some system calls */
void kcov_write(const char *file);	/* offsets into .text, one a line */

#endif

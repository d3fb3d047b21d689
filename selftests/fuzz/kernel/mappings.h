/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FUZZ_MAPPINGS_H
#define FUZZ_MAPPINGS_H

#include "packet.h"

/* The configuration of the namespace that steers. */
void mappings_print(void);

/* Compare as if there were none; but not what errors quote. */
void mappings_ignore(void);

/*
 * What is wrong, if this cannot have come out of the namespace that steers, where that came out of
 * the one that does not; else NULL. @is_error: it is what a socket was told of an error; @is_partial:
 * what they may quote had no whole checksum yet.
 */
const char *packets_compare(const struct packet *steered, const struct packet *plain, bool is_error,
			    bool is_partial);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FUZZ_MAPPINGS_H
#define FUZZ_MAPPINGS_H

#include "packet.h"

/* The configuration of the namespace that steers. */
struct mapping {
	enum family family;
	const char *match;
	unsigned int len;
	uint16_t port;
	const char *target;
	uint16_t target_port;
	const char *more;
	bool hides;
};

void mappings_print(void);

/* Compare as if there were none. */
void mappings_ignore(void);

/* Whether a mapping turns one into the other, going by addresses alone unless @ports. */
const struct mapping *mappings_between(enum family family, const struct end *match,
				       const struct end *target, bool ports);

/*
 * What is wrong, if this cannot have come out of the namespace that steers, where that came out of
 * the one that does not; else NULL. @is_error: it is what a socket was told of an error; @is_partial:
 * what they may quote had no whole checksum yet.
 */
const char *packets_compare(const struct packet *steered, const struct packet *plain, bool is_error,
			    bool is_partial);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_STREAM_CHECK_H
#define UNIT_STREAM_CHECK_H

#include <stddef.h>

#include "sip_stream.h"

#define FOUND_MAX	1024

/* What was found in a stream, and how the scanner was left. */
struct found {
	size_t at[FOUND_MAX];
	unsigned int len;
	struct sip_stream stream;
};

/* What comes next in a stream, at offset @at, with so much room for offsets. */
void feed(struct found *found, const char *data, size_t len, size_t at,
	  unsigned int room);
void assert_found(const struct found *found, const struct found *want);

/*
 * Fails if the same is not found in the stream when it comes in pieces of
 * random length up to @most.
 */
void check_pieces(const char *text, size_t len, size_t most,
		  const struct found *whole);

#endif

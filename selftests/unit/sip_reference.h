/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_SIP_REFERENCE_H
#define UNIT_SIP_REFERENCE_H

#include "sip_msg.h"

/*
 * The same contract as kmod/sip_msg.c, met the plain way: byte by byte, one
 * rule after the other, nothing shared.  What the two disagree on is a bug in
 * one of them.
 */
const char *reference_method(enum sip_method method);
enum sip_kind reference_start(const char *data, unsigned int len,
			      struct sip_start *start);
int reference_headers(const char *data, unsigned int len,
		      const struct sip_start *start, enum sip_want want,
		      struct sip_headers *h);

/* Header fields beyond these are not looked at. */
#define ROUTES_MAX	64

/**
 * struct routes - what sip_full_next_route() is to find, and a stream
 * @len: how many Route header fields there are
 * @at: the offsets of the last letters of their names
 * @headers_end: offset behind the empty line, 0 if none is reached
 * @knows_length: that far, nothing says two things about the body's length
 * @body: that length
 */
struct routes {
	unsigned int len;
	u16 at[ROUTES_MAX];
	unsigned int headers_end;
	bool knows_length;
	unsigned int body;
};

void reference_routes(const char *data, unsigned int len,
		      const struct sip_start *start, struct routes *routes);

#endif

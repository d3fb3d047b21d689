/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_SIP_CHECK_H
#define UNIT_SIP_CHECK_H

#include "sip_msg.h"

bool same_span(struct sip_span a, struct sip_span b);
bool same_headers(const struct sip_headers *a, const struct sip_headers *b);

/*
 * Fails if the parser says something else of a datagram than the reference, or
 * the stream scanner something else of its Route fields than either.  @data
 * must end where its memory does.
 */
void check_against_reference(const char *data, size_t len);

#endif

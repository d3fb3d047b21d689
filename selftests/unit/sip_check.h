/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_SIP_CHECK_H
#define UNIT_SIP_CHECK_H

#include "sip_msg.h"

bool same_span(struct sip_span a, struct sip_span b);
bool same_headers(const struct sip_headers *a, const struct sip_headers *b);

/*
 * sip_msg_start() and sip_msg_headers(), with something else each time in what
 * may be read behind a message, and nothing after that.
 */
enum sip_kind ask_start(const char *data, size_t len, struct sip_start *start);
bool ask_is_own(const char *data, size_t len);
bool ask_own_key(const char *data, size_t len, struct sip_headers *h);
bool ask_response_key(const char *data, size_t len, struct sip_headers *h);
enum sip_method ask_plain_method(const char *data, size_t len);
int ask_headers(const char *data, size_t len, const struct sip_start *start,
		enum sip_want want, struct sip_headers *h);

/*
 * Fails if the parser says something else of a datagram than the reference, or
 * the stream scanner something else of its Route fields than either.  @data
 * must end where its memory does.
 */
void check_against_reference(const char *data, size_t len);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SIP parser, all of it: sip_msg.c asks for what it does not know itself.
 */
#ifndef SIPSTEER_SIP_FULL_H
#define SIPSTEER_SIP_FULL_H

#include <linux/bitops.h>

#include "sip_msg.h"

/* The header fields to look for; bits, for a first letter leaves a choice. */
enum sip_field {
	SIP_FIELD_OTHER = 0,
	SIP_FIELD_VIA = BIT(0),
	SIP_FIELD_FROM = BIT(1),
	SIP_FIELD_CALL_ID = BIT(2),
	SIP_FIELD_CSEQ = BIT(3),
	SIP_FIELD_PATH = BIT(4),
	SIP_FIELD_VISITED = BIT(5),
	SIP_FIELDS_KEY = SIP_FIELD_VIA | SIP_FIELD_FROM | SIP_FIELD_CALL_ID |
			 SIP_FIELD_CSEQ,
	SIP_FIELDS_GUARD = SIP_FIELD_VIA | SIP_FIELD_PATH | SIP_FIELD_VISITED,
};

static inline u8 sip_fields_wanted(enum sip_want want)
{
	switch (want) {
	case SIP_WANT_GUARD:
		return SIP_FIELDS_GUARD;
	case SIP_WANT_KEY:
		return SIP_FIELDS_KEY;
	default:
		return SIP_FIELDS_GUARD | SIP_FIELDS_KEY;
	}
}

static inline struct sip_span sip_span(const char *data, const char *start,
				       const char *end)
{
	return (struct sip_span){ .off = start - data, .len = end - start };
}

enum sip_kind sip_full_start(const char *data, unsigned int len,
			     struct sip_start *start);
int sip_full_headers(const char *data, unsigned int len,
		     const struct sip_start *start, enum sip_want want,
		     struct sip_headers *h);
bool sip_full_next_route(const char *data, unsigned int len, unsigned int *pos,
			 u16 *name_last);

#endif /* SIPSTEER_SIP_FULL_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_SIP_REFERENCE_H
#define UNIT_SIP_REFERENCE_H

#include "sip_msg.h"

/*
 * The same contract as kmod/sip_msg.c, met the plain way: byte by byte, one
 * rule after the other, nothing shared.  What the two disagree on is a bug in
 * one of them.
 */
enum sip_kind reference_start(const char *data, unsigned int len,
			      struct sip_start *start);
int reference_headers(const char *data, unsigned int len,
		      const struct sip_start *start, enum sip_want want,
		      struct sip_headers *h);

#endif

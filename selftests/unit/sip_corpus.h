/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_SIP_CORPUS_H
#define UNIT_SIP_CORPUS_H

#include <stdbool.h>
#include <stddef.h>

#include "sip_msg.h"

/* A whole message, and what is to be found in it with SIP_WANT_ALL. */
struct sip_message {
	const char *name;
	const char *data;
	size_t len;
	enum sip_kind kind;
	enum sip_method method;
	int ret;
	unsigned int vias;
	const char *branch;
	bool cookie;
	u32 cseq;
	enum sip_method cseq_method;
	const char *call_id;
	const char *from_tag;
	bool path;
	bool visited;
};

extern const struct sip_message sip_corpus[];
extern const size_t sip_corpus_len;

/* The misdirected REGISTER, for tests that take one message to pieces. */
extern const char misdirected_register[];
extern const size_t misdirected_register_len;

#endif

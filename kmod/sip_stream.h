/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SIP parser for TCP: finds Route header fields in what one side of a
 * connection sends, piece by piece as it comes.  Pure, like sip_msg.c: the same
 * source is compiled into the module, the unit tests and the fuzzers.
 */
#ifndef SIPSTEER_SIP_STREAM_H
#define SIPSTEER_SIP_STREAM_H

#include <linux/types.h>

/**
 * struct sip_stream - how far one side of a connection has been read
 * @body: bytes of the body still to come; within the header its Content-Length
 * @number: the Content-Length being read
 * @head: bytes of start line and header so far
 * @state: what comes next
 * @folded: the state that a folded line goes on in
 * @at: bytes of the word being read
 * @words: the words that it may still be
 * @is_register: the start line was that of a REGISTER
 * @has_length: there was a Content-Length
 *
 * Plain data: a copy of it is a point to return to.
 */
struct sip_stream {
	u32 body;
	u32 number;
	u16 head;
	u8 state;
	u8 folded;
	u8 at;
	u8 words;
	bool is_register;
	bool has_length;
};

void sip_stream_init(struct sip_stream *s);
unsigned int sip_stream_feed(struct sip_stream *s, const char *data,
			     unsigned int len, u16 *at, unsigned int max,
			     unsigned int *count);
bool sip_stream_is_lost(const struct sip_stream *s);
bool sip_stream_resync(struct sip_stream *s, const char *data,
		       unsigned int len);

#endif /* SIPSTEER_SIP_STREAM_H */

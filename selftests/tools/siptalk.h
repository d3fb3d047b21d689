/* SPDX-License-Identifier: GPL-2.0 */
/* siptalk: what its parts share. */
#ifndef SIPTALK_H
#define SIPTALK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define DATAGRAM_MAX	65536

/* Report where the script stands and what is wrong there, and exit. */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* The words of one script line, read from left to right. */
struct words {
	char *word[64];
	int count;
	int next;
};

const char *word_next(struct words *words, const char *what);
bool word_is(struct words *words, const char *word);
bool word_left(const struct words *words);
unsigned long word_number(struct words *words, const char *what, unsigned long max);

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

union address word_address(struct words *words);
socklen_t address_size(const union address *address);
uint16_t address_port(const union address *address);
bool address_equal(const union address *a, const union address *b);
const char *address_host(const union address *address);
const char *address_text(const union address *address);

/* message.c: SIP text */
struct message {
	struct message *next;
	char *id;
	unsigned char *data;
	size_t size;
};

struct message *message_find(const char *id);
struct message *message_add(const char *id, const void *data, size_t size);
const char *message_name(const void *data, size_t size);
void message_literal(const char *id, const char *escaped);
void request_build(struct words *words, const char *id, const char *method,
		   const union address *from);
void message_number(struct message *message, unsigned long number);
bool response_build(const void *request, size_t size, const union address *source, int code,
		    const char *id, size_t want, union address *to);

/* packet.c: packets as they are on the wire */
struct packet {
	unsigned char *data;
	size_t size;
};

/* What a checksum is, or has to be. */
enum sum { SUM_ANY, SUM_GOOD, SUM_BAD, SUM_ZERO, SUM_PARTIAL };

enum sum word_sum(struct words *words);
size_t packets_build(struct words *words, const union address *from, const union address *to,
		     const struct message *message, struct packet *packets, size_t max);
bool packet_is_fragment(const unsigned char *data, size_t size);
bool packet_parse(const unsigned char *data, size_t size, bool partial, union address *from,
		  union address *to, const unsigned char **payload, size_t *payload_size,
		  enum sum *sum);

#endif

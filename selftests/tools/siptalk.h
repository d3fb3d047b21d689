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

union address word_host(struct words *words);
union address word_address(struct words *words);
socklen_t address_size(const union address *address);
uint16_t address_port(const union address *address);
void address_set_port(union address *address, in_port_t port);
bool address_equal(const union address *a, const union address *b);
const char *address_host(const union address *address);
const char *address_text(const union address *address);

/* How long to wait for what has to come; only failures take that long. $SIPTALK_PATIENCE. */
extern int patience_ms;
int64_t now_ms(void);

/* siptalk.c: sockets, by the names that the script gives them */
struct sock {
	struct sock *next;
	char *name;
	int fd;
	/* Of TCP, a connection or what waits for one; else all is in datagrams. */
	bool stream, listens;
	bool connected;
	union address address;
	/* What came last: what "respond" answers. */
	unsigned char *last;
	size_t last_size;
	union address last_from;
};

struct sock *sock_find(const char *name);
struct sock *word_sock(struct words *words);
struct sock *sock_add(const char *name, int fd);
void sock_remove(struct sock *sock);
int sock_open(const char *netns, int family, int type, int protocol);
void sock_option(int fd, int level, int option, int value);
void sock_device(int fd, const char *device);
void sock_bind(struct sock *sock);
bool sock_wait(struct sock *sock, int ms);

/* stream.c: TCP */
void do_listen(struct words *words);
void do_connect(struct words *words);
void do_connected(struct words *words);
void do_accept(struct words *words);
void do_shutdown(struct words *words);
void do_reset(struct words *words);
void do_eof(struct words *words);
void do_error(struct words *words);
void do_keepalive(struct words *words);
void expect_error(const char *name, int error);
void stream_send(struct sock *sock, const void *data, size_t size);
void stream_receive(struct sock *sock, void *data, size_t size);
uint32_t stream_sequence(struct sock *sock, bool received);
void stream_not_quiet(struct sock *sock) __attribute__((noreturn));

/* wire.c: what passes a device */
void do_sniff(struct words *words);
void do_wire(struct words *words);
void do_fragments(struct words *words);

/* icmp.c: errors */
void do_icmp(struct words *words);
void do_icmp_send(struct words *words);
void do_icmp_recv(struct words *words);
void do_option(struct words *words);
void do_told(struct words *words);
void do_path_mtu(struct words *words);

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
		   const struct sock *from);
void expect_message(const struct message *message, const void *data, size_t size);
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
uint8_t word_flags(struct words *words);
size_t packets_build(struct words *words, const union address *from, const union address *to,
		     const struct message *message, struct packet *packets, size_t max);
bool packet_is_fragment(const unsigned char *data, size_t size);

/* A packet that was seen. */
struct seen {
	union address from, to;
	bool tcp;
	/* Of TCP: as in the header's 14th byte. */
	uint8_t flags;
	uint32_t seq, ack;
	const unsigned char *payload;
	size_t size;
	enum sum sum;
};

bool packet_parse(const unsigned char *data, size_t size, bool partial, struct seen *seen);

#endif

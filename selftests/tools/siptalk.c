// SPDX-License-Identifier: GPL-2.0
/*
 * siptalk: plays a conversation between sockets in several network namespaces, and ends at the
 * first thing that is not as the script says. README.rst has the script language.
 *
 * One process holds all the sockets and stays on one processor: what it sends is queued in
 * order, so that a datagram seen to arrive proves that those sent before it had their chance
 * (see "barrier"). No step waits for time to pass.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "siptalk.h"

#ifndef SO_RCVBUFFORCE
#define SO_RCVBUFFORCE 33
#endif
#ifndef IP_NODEFRAG
#define IP_NODEFRAG 22
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

int patience_ms = 20000;

static const char *script_name;
static const char *script_line;
static int script_number;
static int own_netns = -1;

void fail(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s: line %d: %s\n\t", script_name, script_number, script_line ?: "");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(1);
}

/* Words of a line */

static void words_split(struct words *words, char *line)
{
	char *out;

	words->count = words->next = 0;
	for (;;) {
		while (*line == ' ' || *line == '\t')
			line++;
		if (!*line)
			return;
		if (words->count == ARRAY_SIZE(words->word))
			fail("too many words");
		if (*line != '"') {
			words->word[words->count++] = line;
			line += strcspn(line, " \t");
			if (*line)
				*line++ = 0;
			continue;
		}
		/* In quotes only the quote itself is unescaped here: the rest is the user's. */
		words->word[words->count++] = out = ++line;
		while (*line && *line != '"') {
			if (*line == '\\' && line[1] == '"')
				line++;
			else if (*line == '\\' && line[1])
				*out++ = *line++;
			*out++ = *line++;
		}
		if (!*line)
			fail("a quote is open");
		line++;
		*out = 0;
	}
}

bool word_left(const struct words *words)
{
	return words->next < words->count;
}

const char *word_next(struct words *words, const char *what)
{
	if (!word_left(words))
		fail("%s missing", what);
	return words->word[words->next++];
}

bool word_is(struct words *words, const char *word)
{
	if (!word_left(words) || strcmp(words->word[words->next], word))
		return false;
	words->next++;
	return true;
}

unsigned long word_number(struct words *words, const char *what, unsigned long max)
{
	const char *word = word_next(words, what);
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(word, &end, 0);
	if (errno || *end || end == word || number > max)
		fail("%s: '%s' is no number up to %lu", what, word, max);
	return number;
}

/* Addresses */

/* An address without a port. */
union address word_host(struct words *words)
{
	const char *host = word_next(words, "address");
	union address address = { 0 };

	if (inet_pton(AF_INET, host, &address.in.sin_addr) == 1)
		address.in.sin_family = AF_INET;
	else if (inet_pton(AF_INET6, host, &address.in6.sin6_addr) == 1)
		address.in6.sin6_family = AF_INET6;
	else
		fail("'%s' is no address", host);
	return address;
}

union address word_address(struct words *words)
{
	union address address = word_host(words);

	address_set_port(&address, htons(word_number(words, "port", UINT16_MAX)));
	return address;
}

socklen_t address_size(const union address *address)
{
	return address->sa.sa_family == AF_INET ? sizeof(address->in) : sizeof(address->in6);
}

uint16_t address_port(const union address *address)
{
	return ntohs(address->sa.sa_family == AF_INET ? address->in.sin_port :
							address->in6.sin6_port);
}

void address_set_port(union address *address, in_port_t port)
{
	if (address->sa.sa_family == AF_INET)
		address->in.sin_port = port;
	else
		address->in6.sin6_port = port;
}

bool address_equal(const union address *a, const union address *b)
{
	if (a->sa.sa_family != b->sa.sa_family || address_port(a) != address_port(b))
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	return !memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof(a->in6.sin6_addr));
}

const char *address_host(const union address *address)
{
	static char host[INET6_ADDRSTRLEN];

	if (address->sa.sa_family == AF_INET)
		inet_ntop(AF_INET, &address->in.sin_addr, host, sizeof(host));
	else
		inet_ntop(AF_INET6, &address->in6.sin6_addr, host, sizeof(host));
	return host;
}

/* As in a URI. Two results live at a time, for "expected, came". */
const char *address_text(const union address *address)
{
	static char text[2][INET6_ADDRSTRLEN + 10];
	static int turn;

	turn = !turn;
	snprintf(text[turn], sizeof(text[turn]),
		 address->sa.sa_family == AF_INET ? "%s:%u" : "[%s]:%u", address_host(address),
		 address_port(address));
	return text[turn];
}

/* Sockets */

static struct sock *socks;

struct sock *sock_find(const char *name)
{
	struct sock *sock;

	for (sock = socks; sock; sock = sock->next)
		if (!strcmp(sock->name, name))
			return sock;
	fail("no socket '%s'", name);
}

struct sock *word_sock(struct words *words)
{
	return sock_find(word_next(words, "socket"));
}

struct sock *sock_add(const char *name, int fd)
{
	struct sock *sock = calloc(1, sizeof(*sock));

	sock->name = strdup(name);
	sock->fd = fd;
	sock->next = socks;
	socks = sock;
	return sock;
}

/* A socket belongs to the namespace that its process was in when it was opened. */
int sock_open(const char *netns, int family, int type, int protocol)
{
	char path[256];
	int fd, ns = -1;

	if (strcmp(netns, "-")) {
		snprintf(path, sizeof(path), "/run/netns/%s", netns);
		ns = open(path, O_RDONLY | O_CLOEXEC);
		if (ns < 0 || setns(ns, CLONE_NEWNET))
			fail("namespace %s: %s", netns, strerror(errno));
	}
	fd = socket(family, type | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		fail("socket: %s", strerror(errno));
	if (ns >= 0) {
		close(ns);
		if (setns(own_netns, CLONE_NEWNET))
			fail("return to own namespace: %s", strerror(errno));
	}
	return fd;
}

void sock_option(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		fail("setsockopt %d %d: %s", level, option, strerror(errno));
}

/* To its address; where that has no port, it has one afterwards. */
void sock_bind(struct sock *sock)
{
	socklen_t size = address_size(&sock->address);

	if (bind(sock->fd, &sock->address.sa, size))
		fail("bind to %s: %s", address_text(&sock->address), strerror(errno));
	if (getsockname(sock->fd, &sock->address.sa, &size))
		fail("getsockname: %s", strerror(errno));
}

void sock_device(int fd, const char *device)
{
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device)))
		fail("device %s: %s", device, strerror(errno));
}

/*
 * udp NAME NETNS ADDRESS PORT [device DEVICE] [nocheck] [shared] [connect ADDRESS PORT]
 * nocheck: without UDP checksums; shared: other sockets may have this port as well.
 */
static void do_udp(struct words *words)
{
	const char *name = word_next(words, "name"), *netns = word_next(words, "namespace");
	union address address = word_address(words), peer;
	struct sock *sock;

	sock = sock_add(name, sock_open(netns, address.sa.sa_family, SOCK_DGRAM, 0));
	sock->address = address;
	sock_option(sock->fd, SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20);
	if (word_is(words, "device"))
		sock_device(sock->fd, word_next(words, "device"));
	if (word_is(words, "nocheck")) {
		sock_option(sock->fd, SOL_SOCKET, SO_NO_CHECK, 1);
		if (address.sa.sa_family == AF_INET6) {
			sock_option(sock->fd, IPPROTO_UDP, UDP_NO_CHECK6_TX, 1);
			sock_option(sock->fd, IPPROTO_UDP, UDP_NO_CHECK6_RX, 1);
		}
	}
	if (word_is(words, "shared"))
		sock_option(sock->fd, SOL_SOCKET, SO_REUSEADDR, 1);
	sock_bind(sock);
	if (word_is(words, "connect")) {
		peer = word_address(words);
		sock->connected = true;
		if (connect(sock->fd, &peer.sa, address_size(&peer)))
			fail("connect to %s: %s", address_text(&peer), strerror(errno));
	}
}

void sock_remove(struct sock *sock)
{
	struct sock **link;

	for (link = &socks; *link != sock; link = &(*link)->next)
		;
	*link = sock->next;
	close(sock->fd);
	free(sock->name);
	free(sock->last);
	free(sock);
}

/* close NAME: the name may be used again. */
static void do_close(struct words *words)
{
	sock_remove(word_sock(words));
}

/*
 * raw NAME NETNS ADDRESS PORT [nodefrag]: injects packets that claim to come from there; nodefrag:
 * this host does not reassemble their fragments (IPv4).
 */
static void do_raw(struct words *words)
{
	const char *name = word_next(words, "name"), *netns = word_next(words, "namespace");
	union address address = word_address(words);
	struct sock *sock;

	sock = sock_add(name, sock_open(netns, address.sa.sa_family, SOCK_RAW, IPPROTO_RAW));
	sock->address = address;
	if (word_is(words, "nodefrag"))
		sock_option(sock->fd, IPPROTO_IP, IP_NODEFRAG, 1);
}

/* Sending and receiving */

static void sock_send(struct sock *sock, const union address *to, const void *data, size_t size)
{
	ssize_t sent = sendto(sock->fd, data, size, 0, sock->connected ? NULL : &to->sa,
			      sock->connected ? 0 : address_size(to));

	if (sent != (ssize_t)size)
		fail("send to %s: %s", address_text(to), strerror(errno));
}

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* False: nothing came in time. */
bool sock_wait(struct sock *sock, int ms)
{
	struct pollfd poller = { .fd = sock->fd, .events = POLLIN };
	int ready = poll(&poller, 1, ms);

	if (ready < 0)
		fail("poll: %s", strerror(errno));
	return ready > 0;
}

static size_t sock_receive(struct sock *sock, void *data, union address *from)
{
	socklen_t length = sizeof(*from);
	ssize_t size;

	memset(from, 0, sizeof(*from));
	size = recvfrom(sock->fd, data, DATAGRAM_MAX, 0, &from->sa, &length);
	if (size < 0)
		fail("receive at %s: %s", sock->name, strerror(errno));
	return size;
}

static void sock_remember(struct sock *sock, const void *data, size_t size,
			  const union address *from)
{
	free(sock->last);
	sock->last = malloc(size + 1);
	memcpy(sock->last, data, size);
	sock->last_size = size;
	sock->last_from = *from;
}

/* Messages in a row, as one piece or in pieces of @size. */
static void send_stream(struct sock *sock, struct words *words)
{
	static unsigned char data[4 * DATAGRAM_MAX];
	size_t size = 0, piece, offset;

	do {
		const struct message *message = message_find(word_next(words, "message"));

		if (size + message->size > sizeof(data))
			fail("too much at once");
		memcpy(data + size, message->data, message->size);
		size += message->size;
	} while (word_left(words) && !word_is(words, "segments"));
	piece = word_left(words) ? word_number(words, "segment size", DATAGRAM_MAX) : 0;
	for (offset = 0; offset < size; offset += piece) {
		if (!piece || piece > size - offset)
			piece = size - offset;
		stream_send(sock, data + offset, piece);
	}
}

/* send NAME ADDRESS PORT MESSAGE, or, on a connection: send NAME MESSAGE... [segments SIZE] */
static void do_send(struct words *words)
{
	struct sock *sock = word_sock(words);
	const struct message *message;
	union address to;

	if (sock->stream) {
		send_stream(sock, words);
		return;
	}
	to = word_address(words);
	message = message_find(word_next(words, "message"));
	sock_send(sock, &to, message->data, message->size);
}

/*
 * gso NAME ADDRESS PORT MESSAGE...: one buffer that the kernel, or a card, cuts into datagrams
 * as late as it can. All but the last message are of one size.
 */
static void do_gso(struct words *words)
{
	static unsigned char data[DATAGRAM_MAX];
	struct sock *sock = word_sock(words);
	union address to = word_address(words);
	size_t size = 0, segment = 0;

	while (word_left(words)) {
		struct message *message = message_find(word_next(words, "message"));

		if (size % (segment ?: 1) || message->size > (segment ?: DATAGRAM_MAX))
			fail("'%s' has another size than those before it", message->id);
		if (size + message->size > sizeof(data))
			fail("too much for one buffer");
		memcpy(data + size, message->data, message->size);
		size += message->size;
		segment = segment ?: message->size;
	}
	sock_option(sock->fd, IPPROTO_UDP, UDP_SEGMENT, segment);
	sock_send(sock, &to, data, size);
	sock_option(sock->fd, IPPROTO_UDP, UDP_SEGMENT, 0);
}

/*
 * inject RAW ADDRESS PORT MESSAGE|none [tcp FLAGS [seq N|SOCKET] [ack N|SOCKET] [ahead N]
 *	[tcp-options LIST]] [sum good|bad|zero] [udp-length N] [cut N] [option OPTION]
 *	[ext LIST] [fragment SIZE [only N] [reverse]]
 */
static void do_inject(struct words *words)
{
	struct sock *sock = word_sock(words);
	union address to = word_address(words), hop = to;
	static const struct message none = { .id = "none" };
	const struct message *message =
		word_is(words, "none") ? &none : message_find(word_next(words, "message"));
	struct packet packets[64];
	size_t count = packets_build(words, &sock->address, &to, message, packets, 64);
	size_t i;

	address_set_port(&hop, 0);
	for (i = 0; i < count; i++) {
		sock_send(sock, &hop, packets[i].data, packets[i].size);
		free(packets[i].data);
	}
}

void expect_message(const struct message *message, const void *data, size_t size)
{
	size_t i;

	if (message->size == size && !memcmp(message->data, data, size))
		return;
	for (i = 0; i < size && i < message->size; i++)
		if (message->data[i] != ((const unsigned char *)data)[i])
			break;
	fail("expected '%s' (%zu bytes), came %s (%zu bytes), another from byte %zu on",
	     message->id, message->size, message_name(data, size), size, i);
}

/*
 * recv NAME MESSAGE|any [from ADDRESS PORT], or, on a connection: recv NAME MESSAGE: what comes
 * next there has to be just that.
 */
static void do_recv(struct words *words)
{
	static unsigned char data[DATAGRAM_MAX];
	struct sock *sock = word_sock(words);
	const char *id = word_next(words, "message");
	union address from;
	size_t size;

	if (sock->stream) {
		size = message_find(id)->size;
		stream_receive(sock, data, size);
		expect_message(message_find(id), data, size);
		sock_remember(sock, data, size, &sock->last_from);
		return;
	}
	if (!sock_wait(sock, patience_ms))
		fail("expected '%s', nothing came", id);
	size = sock_receive(sock, data, &from);
	if (strcmp(id, "any"))
		expect_message(message_find(id), data, size);
	if (word_is(words, "from")) {
		union address expected = word_address(words);

		if (!address_equal(&from, &expected))
			fail("expected '%s' from %s, it came from %s", id,
			     address_text(&expected), address_text(&from));
	}
	sock_remember(sock, data, size, &from);
}

/*
 * respond NAME CODE MESSAGE [size N]: answer what came last at NAME, as RFC 3261 18.2.2 wants,
 * and call the answer MESSAGE.
 */
static void do_respond(struct words *words)
{
	struct sock *sock = word_sock(words);
	int code = word_number(words, "code", 699);
	const char *id = word_next(words, "message");
	size_t size = word_is(words, "size") ? word_number(words, "size", DATAGRAM_MAX) : 0;
	struct message *message;
	union address to;

	if (!sock->last)
		fail("nothing came to '%s' yet", sock->name);
	if (!response_build(sock->last, sock->last_size, &sock->last_from, code, id,
			    size, &to))
		fail("what came last has no Via");
	message = message_find(id);
	if (sock->stream)
		stream_send(sock, message->data, message->size);
	else
		sock_send(sock, &to, message->data, message->size);
}

static void expect_quiet(struct sock *sock)
{
	static unsigned char data[DATAGRAM_MAX];
	union address from;
	size_t size;

	if (!sock_wait(sock, 0))
		return;
	if (sock->stream)
		stream_not_quiet(sock);
	size = sock_receive(sock, data, &from);
	fail("expected nothing at '%s', came %s from %s", sock->name, message_name(data, size),
	     address_text(&from));
}

/* quiet NAME...: nothing is waiting there. Say so after a barrier on the same path. */
static void do_quiet(struct words *words)
{
	while (word_left(words))
		expect_quiet(word_sock(words));
}

static size_t sentinel(char *text, size_t room)
{
	static int number;

	return snprintf(text, room, "barrier %d\n", ++number);
}

/*
 * barrier FROM TO [to ADDRESS PORT]: a datagram from FROM to TO (or to what leads there) has to
 * be the next to arrive: whatever was sent before it has arrived and been received, or never will.
 */
static void do_barrier(struct words *words)
{
	static unsigned char data[DATAGRAM_MAX];
	struct sock *from = word_sock(words), *to = word_sock(words);
	union address address = word_is(words, "to") ? word_address(words) : to->address;
	union address source;
	char text[40];
	size_t length = sentinel(text, sizeof(text)), size;

	sock_send(from, &address, text, length);
	if (!sock_wait(to, patience_ms))
		fail("the barrier did not arrive");
	size = sock_receive(to, data, &source);
	if (size != length || memcmp(data, text, size))
		fail("expected nothing before the barrier, came %s from %s",
		     message_name(data, size), address_text(&source));
}

/* To the socket, whatever may keep it from there. */
static void try_send(struct sock *from, const struct sock *to, const char *text, size_t length)
{
	sendto(from->fd, text, length, 0, from->connected ? NULL : &to->address.sa,
	       from->connected ? 0 : address_size(&to->address));
}

/*
 * settle FROM TO: repeat a datagram until it arrives: for networks that are still coming up.
 * Others that were sent before may still be on their way, behind the first: one more, of which
 * there is no other, comes last.
 */
static void do_settle(struct words *words)
{
	static unsigned char data[DATAGRAM_MAX];
	struct sock *from = word_sock(words), *to = word_sock(words);
	int64_t deadline = now_ms() + patience_ms;
	union address source;
	char text[40];
	size_t length = sentinel(text, sizeof(text)), size;

	do {
		/* Until there is a route, sending fails: that is what is waited for. */
		try_send(from, to, text, length);
		if (now_ms() > deadline)
			fail("the network does not come up");
	} while (!sock_wait(to, 20));
	length = sentinel(text, sizeof(text));
	try_send(from, to, text, length);
	do {
		if (!sock_wait(to, patience_ms))
			fail("the network does not stay up");
		size = sock_receive(to, data, &source);
	} while (size != length || memcmp(data, text, size));
}

/* Many messages */

/* Which of @socks gets a datagram next; -1: none in time. */
static int socks_wait(struct sock **socks, int count)
{
	struct pollfd pollers[8];
	int i;

	for (i = 0; i < count; i++)
		pollers[i] = (struct pollfd){ .fd = socks[i]->fd, .events = POLLIN };
	if (poll(pollers, count, patience_ms) < 0)
		fail("poll: %s", strerror(errno));
	for (i = 0; i < count; i++)
		if (pollers[i].revents)
			return i;
	return -1;
}

struct flood {
	struct sock *from, *at[8];
	int places;
	union address to, answer_from;
	struct message *message;
	unsigned long arrived[8];
	bool answered;
};

/* What arrived is answered, and the answer comes back. */
static void flood_answer(struct flood *flood, struct sock *at, const void *data, size_t size,
			 const union address *from)
{
	static unsigned char answer[DATAGRAM_MAX];
	struct message *message;
	union address to;

	if (!response_build(data, size, from, 200, "answer", 0, &to))
		fail("the message has no Via");
	message = message_find("answer");
	sock_send(at, &to, message->data, message->size);
	if (!sock_wait(flood->from, patience_ms))
		fail("the answer is lost");
	size = sock_receive(flood->from, answer, &to);
	expect_message(message, answer, size);
	if (flood->answer_from.sa.sa_family && !address_equal(&flood->answer_from, &to))
		fail("the answer came from %s", address_text(&to));
}

static void flood_turn(struct flood *flood, unsigned long turn)
{
	static unsigned char data[DATAGRAM_MAX];
	struct message *message = flood->message;
	union address from;
	size_t size;
	int place;

	message_number(message, turn);
	if (!flood->places) {
		/* Nobody waits for it: the network may be on its way out. */
		sendto(flood->from->fd, message->data, message->size, 0, &flood->to.sa,
		       address_size(&flood->to));
		return;
	}
	sock_send(flood->from, &flood->to, message->data, message->size);
	place = socks_wait(flood->at, flood->places);
	if (place < 0)
		fail("message %lu is lost", turn);
	size = sock_receive(flood->at[place], data, &from);
	expect_message(message, data, size);
	flood->arrived[place]++;
	if (flood->answered)
		flood_answer(flood, flood->at[place], data, size, &from);
}

/*
 * flood NAME ADDRESS PORT MESSAGE COUNT [until FILE] [answered [from ADDRESS PORT]] [at NAME...]:
 * send it so often, or until the file is there, with the number of the turn in place of each
 * %%%%%%%% in it. With "at", every single one has to arrive, unchanged, at one of the sockets
 * named, and with "answered", so has its answer.
 */
static void do_flood(struct words *words)
{
	struct flood flood = { .from = word_sock(words), .to = word_address(words) };
	unsigned long count, turn;
	const char *file = NULL;
	int place;

	flood.message = message_find(word_next(words, "message"));
	count = word_number(words, "count", UINT32_MAX);
	if (word_is(words, "until"))
		file = word_next(words, "file");
	flood.answered = word_is(words, "answered");
	if (flood.answered && word_is(words, "from"))
		flood.answer_from = word_address(words);
	if (word_is(words, "at"))
		while (word_left(words) && flood.places < (int)ARRAY_SIZE(flood.at))
			flood.at[flood.places++] = word_sock(words);
	for (turn = 0; turn < count; turn++) {
		if (file && turn % 16 == 0 && !access(file, F_OK))
			break;
		flood_turn(&flood, turn);
	}
	if (file && turn == count)
		fail("sent all %lu, and %s is not there yet", count, file);
	printf("# %lu sent", turn);
	for (place = 0; place < flood.places; place++)
		printf(", %lu at %s", flood.arrived[place], flood.at[place]->name);
	printf("\n");
}

/* msg NAME text "..." | msg NAME METHOD from SOCKET [options, see request_read()] */
static void do_msg(struct words *words)
{
	const char *id = word_next(words, "name"), *method;

	if (word_is(words, "text")) {
		message_literal(id, word_next(words, "text"));
		return;
	}
	method = word_next(words, "method");
	if (!word_is(words, "from"))
		fail("'from' missing");
	request_build(words, id, method, word_sock(words));
}

static int shell(const char *command)
{
	int status;

	fflush(stdout);
	status = system(command);
	return status != -1 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* run COMMAND: a shell command, which has to succeed. */
static void do_run(const char *command)
{
	int status = shell(command);

	if (status)
		fail("the command failed: %d", status);
}

/* until COMMAND: repeat a shell command until it succeeds. */
static void do_until(const char *command)
{
	int64_t deadline = now_ms() + patience_ms;

	while (shell(command)) {
		if (now_ms() > deadline)
			fail("the command does not succeed in time");
		poll(NULL, 0, 20);
	}
}

static const struct {
	const char *name;
	void (*run)(struct words *words);
} commands[] = {
	{ "udp", do_udp },
	{ "raw", do_raw },
	{ "sniff", do_sniff },
	{ "icmp", do_icmp },
	{ "listen", do_listen },
	{ "connect", do_connect },
	{ "connected", do_connected },
	{ "accept", do_accept },
	{ "keepalive", do_keepalive },
	{ "shutdown", do_shutdown },
	{ "reset", do_reset },
	{ "eof", do_eof },
	{ "error", do_error },
	{ "option", do_option },
	{ "close", do_close },
	{ "msg", do_msg },
	{ "send", do_send },
	{ "gso", do_gso },
	{ "inject", do_inject },
	{ "icmp-send", do_icmp_send },
	{ "icmp-recv", do_icmp_recv },
	{ "told", do_told },
	{ "path-mtu", do_path_mtu },
	{ "recv", do_recv },
	{ "respond", do_respond },
	{ "quiet", do_quiet },
	{ "barrier", do_barrier },
	{ "settle", do_settle },
	{ "wire", do_wire },
	{ "fragments", do_fragments },
	{ "flood", do_flood },
};

static void line_run(const char *line)
{
	static struct words words;
	char *copy = strdup(line);
	const char *name;
	size_t i;

	script_line = line;
	if (!strncmp(line, "run ", 4) || !strncmp(line, "until ", 6)) {
		if (*line == 'r')
			do_run(line + 4);
		else
			do_until(line + 6);
		free(copy);
		return;
	}
	words_split(&words, copy);
	if (words.count && *words.word[0] != '#') {
		name = word_next(&words, "command");
		for (i = 0; i < ARRAY_SIZE(commands); i++)
			if (!strcmp(commands[i].name, name))
				break;
		if (i == ARRAY_SIZE(commands))
			fail("no command '%s'", name);
		commands[i].run(&words);
		if (word_left(&words))
			fail("'%s'?", words.word[words.next]);
	}
	free(copy);
}

static void script_run(const char *name)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "re") : stdin;
	char *line = NULL;
	size_t room = 0;
	ssize_t size;

	script_name = name;
	script_number = 0;
	script_line = NULL;
	if (!file)
		fail("%s", strerror(errno));
	while ((size = getline(&line, &room, file)) > 0) {
		script_number++;
		if (line[size - 1] == '\n')
			line[size - 1] = 0;
		line_run(line + strspn(line, " \t"));
	}
	free(line);
	if (file != stdin)
		fclose(file);
}

static void stay_on_one_processor(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("sched_setaffinity: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	int option;

	script_name = argv[0];
	if (getenv("SIPTALK_PATIENCE"))
		patience_ms = atoi(getenv("SIPTALK_PATIENCE"));
	own_netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (own_netns < 0)
		fail("/proc/self/ns/net: %s", strerror(errno));
	stay_on_one_processor();

	while ((option = getopt(argc, argv, "e:")) != -1) {
		if (option != 'e') {
			fprintf(stderr, "Usage: %s [-e LINE]... [SCRIPT|-]...\n", argv[0]);
			return 2;
		}
		script_name = "-e";
		script_number++;
		line_run(optarg);
	}
	for (; optind < argc; optind++)
		script_run(argv[optind]);
	return 0;
}

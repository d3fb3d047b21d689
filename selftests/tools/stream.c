// SPDX-License-Identifier: GPL-2.0
/*
 * siptalk: TCP. The sockets do not block, so that nothing waits longer than the patience of the
 * rest; a connection may be begun, and looked at again when something else has happened.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "siptalk.h"

static struct sock *stream_open(const char *name, const char *netns, const union address *address)
{
	struct sock *sock = sock_add(name, sock_open(netns, address->sa.sa_family,
						     SOCK_STREAM | SOCK_NONBLOCK, 0));

	sock->stream = true;
	sock->address = *address;
	/* A port that a connection of a test before waits in, or that another one has, is free. */
	sock_option(sock->fd, SOL_SOCKET, SO_REUSEADDR, 1);
	/* What is sent in pieces leaves in these pieces. */
	sock_option(sock->fd, IPPROTO_TCP, TCP_NODELAY, 1);
	return sock;
}

static void option_device(struct words *words, struct sock *sock)
{
	if (word_is(words, "device"))
		sock_device(sock->fd, word_next(words, "device"));
}

/* listen NAME NETNS ADDRESS PORT [device DEVICE] */
void do_listen(struct words *words)
{
	const char *name = word_next(words, "name"), *netns = word_next(words, "namespace");
	union address address = word_address(words);
	struct sock *sock = stream_open(name, netns, &address);

	option_device(words, sock);
	sock->listens = true;
	sock_bind(sock);
	if (listen(sock->fd, 16))
		fail("listen at %s: %s", address_text(&address), strerror(errno));
}

/* The connection's error, for once; 0: none in time. */
static int stream_error(struct sock *sock, short events)
{
	struct pollfd poller = { .fd = sock->fd, .events = events };
	socklen_t size = sizeof(int);
	int error;

	poll(&poller, 1, patience_ms);
	if (getsockopt(sock->fd, SOL_SOCKET, SO_ERROR, &error, &size))
		fail("getsockopt: %s", strerror(errno));
	return error;
}

static void expect_connected(struct sock *sock)
{
	union address peer;
	socklen_t size = sizeof(peer);
	int error = stream_error(sock, POLLOUT);

	if (error)
		fail("not connected: %s", strerror(error));
	if (getpeername(sock->fd, &peer.sa, &size))
		fail("not connected in time");
}

/* By its name in C. */
void expect_error(const char *name, int error)
{
	const char *came = strerrorname_np(error) ?: "?";

	if (!error)
		fail("expected %s, there is no error", name);
	if (strcmp(name, came))
		fail("expected %s, it is %s", name, came);
}

/*
 * connect NAME NETNS ADDRESS PORT to ADDRESS PORT [device DEVICE] [pending|error ERROR]: it has to
 * come to be, or fail; pending: begin, "connected" or "error" look how it ends.
 */
void do_connect(struct words *words)
{
	const char *name = word_next(words, "name"), *netns = word_next(words, "namespace");
	union address address = word_address(words), peer;
	struct sock *sock = stream_open(name, netns, &address);
	int error = 0;

	if (!word_is(words, "to"))
		fail("'to' missing");
	peer = word_address(words);
	option_device(words, sock);
	sock_bind(sock);
	sock->connected = true;
	sock->last_from = peer;
	if (connect(sock->fd, &peer.sa, address_size(&peer)) && errno != EINPROGRESS)
		error = errno;
	if (word_is(words, "error"))
		expect_error(word_next(words, "error"), error ?: stream_error(sock, POLLOUT));
	else if (error)
		fail("connect to %s: %s", address_text(&peer), strerror(error));
	else if (!word_is(words, "pending"))
		expect_connected(sock);
}

/* connected NAME: what was begun has come to be. */
void do_connected(struct words *words)
{
	expect_connected(word_sock(words));
}

/* error NAME ERROR: that is how the connection ends. */
void do_error(struct words *words)
{
	struct sock *sock = word_sock(words);

	expect_error(word_next(words, "error"), stream_error(sock, POLLIN));
}

/* accept NAME LISTENER [from ADDRESS PORT]: the next connection there. */
void do_accept(struct words *words)
{
	const char *name = word_next(words, "name");
	struct sock *listener = word_sock(words), *sock;
	union address from = { 0 }, expected;
	socklen_t size = sizeof(from);
	int fd;

	if (!sock_wait(listener, patience_ms))
		fail("no connection comes");
	fd = accept4(listener->fd, &from.sa, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		fail("accept: %s", strerror(errno));
	if (word_is(words, "from")) {
		expected = word_address(words);
		if (!address_equal(&from, &expected))
			fail("expected a connection from %s, it came from %s",
			     address_text(&expected), address_text(&from));
	}
	sock = sock_add(name, fd);
	sock->stream = sock->connected = true;
	sock->address = listener->address;
	sock->last_from = from;
	sock_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

/* keepalive NAME IDLE INTERVAL: in seconds. */
void do_keepalive(struct words *words)
{
	struct sock *sock = word_sock(words);

	sock_option(sock->fd, IPPROTO_TCP, TCP_KEEPIDLE, word_number(words, "idle", 32767));
	sock_option(sock->fd, IPPROTO_TCP, TCP_KEEPINTVL, word_number(words, "interval", 32767));
	sock_option(sock->fd, SOL_SOCKET, SO_KEEPALIVE, 1);
}

/* shutdown NAME: no more is sent there. */
void do_shutdown(struct words *words)
{
	struct sock *sock = word_sock(words);

	if (shutdown(sock->fd, SHUT_WR))
		fail("shutdown: %s", strerror(errno));
}

/* reset NAME: close it with a RST. */
void do_reset(struct words *words)
{
	struct sock *sock = word_sock(words);
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	if (setsockopt(sock->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		fail("setsockopt: %s", strerror(errno));
	sock_remove(sock);
}

void stream_send(struct sock *sock, const void *data, size_t size)
{
	struct pollfd poller = { .fd = sock->fd, .events = POLLOUT };
	ssize_t sent;

	while (size) {
		if (poll(&poller, 1, patience_ms) != 1)
			fail("%s takes no more", sock->name);
		sent = send(sock->fd, data, size, MSG_NOSIGNAL);
		if (sent < 0)
			fail("send: %s", strerror(errno));
		data = (const char *)data + sent;
		size -= sent;
	}
}

/* Just so many bytes, in as many pieces as they like. */
void stream_receive(struct sock *sock, void *data, size_t size)
{
	size_t have = 0;
	ssize_t received;

	while (have < size) {
		if (!sock_wait(sock, patience_ms))
			fail("expected %zu bytes, only %zu came", size, have);
		received = recv(sock->fd, (char *)data + have, size - have, 0);
		if (received < 0)
			fail("receive at %s: %s", sock->name, strerror(errno));
		if (!received)
			fail("expected %zu bytes, the end came after %zu: %s", size, have,
			     message_name(data, have));
		have += received;
	}
}

/* eof NAME: the other side sends no more. */
void do_eof(struct words *words)
{
	struct sock *sock = word_sock(words);
	unsigned char data[2048];
	ssize_t size;

	if (!sock_wait(sock, patience_ms))
		fail("expected the end, nothing came");
	size = recv(sock->fd, data, sizeof(data), 0);
	if (size)
		fail("expected the end, came %s",
		     size < 0 ? strerror(errno) : message_name(data, size));
}

/* Something is there where nothing should be. */
void stream_not_quiet(struct sock *sock)
{
	unsigned char data[2048];
	union address from = { 0 };
	socklen_t length = sizeof(from);
	ssize_t size;

	if (sock->listens) {
		accept4(sock->fd, &from.sa, &length, SOCK_CLOEXEC);
		fail("expected nothing at '%s', came a connection from %s", sock->name,
		     address_text(&from));
	}
	size = recv(sock->fd, data, sizeof(data), 0);
	fail("expected nothing at '%s', came %s", sock->name,
	     size < 0 ? strerror(errno) : size ? message_name(data, size) : "the end");
}

/*
 * The sequence number of what it sends next, or has to receive next. Repair mode tells; it is left
 * without the probe that would go out otherwise.
 */
uint32_t stream_sequence(struct sock *sock, bool received)
{
	socklen_t size = sizeof(uint32_t);
	uint32_t number;

	sock_option(sock->fd, IPPROTO_TCP, TCP_REPAIR, 1);
	sock_option(sock->fd, IPPROTO_TCP, TCP_REPAIR_QUEUE,
		    received ? TCP_RECV_QUEUE : TCP_SEND_QUEUE);
	if (getsockopt(sock->fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &number, &size))
		fail("sequence number: %s", strerror(errno));
	sock_option(sock->fd, IPPROTO_TCP, TCP_REPAIR, TCP_REPAIR_OFF_NO_WP);
	return number;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * tcpload: opens, uses and closes many TCP connections between two network namespaces, both ends
 * of which it holds. Each end sends bytes of its own, at the same time, and takes a hash of what it
 * sends and of what it gets; these have to agree. In turns, the client closes first, or the server,
 * or the client resets.
 *
 * Usage: tcpload NETNS ADDRESS PORT NETNS ADDRESS PORT [count N] [at-once N] [bytes N] [from PORT]
 *	[until FILE] [tolerant]
 *
 * The server listens at the first address; the clients connect to the second one, from the second
 * namespace. from: they have ports from this one on. until: go on until the file is there, whatever
 * the count. tolerant: connections may break, or hang; only wrong bytes are an error.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK		16384
#define PATIENCE_MS	20000
#define TOLERANCE_MS	50

static void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void fail(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "tcpload: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(1);
}

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static union address address_read(const char *host, const char *port)
{
	union address address = { 0 };

	if (inet_pton(AF_INET, host, &address.in.sin_addr) == 1) {
		address.in.sin_family = AF_INET;
		address.in.sin_port = htons(atoi(port));
	} else if (inet_pton(AF_INET6, host, &address.in6.sin6_addr) == 1) {
		address.in6.sin6_family = AF_INET6;
		address.in6.sin6_port = htons(atoi(port));
	} else {
		fail("'%s' is no address", host);
	}
	return address;
}

/* FNV-1a */
#define HASH_BEGIN	0xcbf29ce484222325ull

static uint64_t hash_add(uint64_t hash, const unsigned char *data, size_t size)
{
	while (size--)
		hash = (hash ^ *data++) * 0x100000001b3ull;
	return hash;
}

/* One end of a connection; of which one is not known at once where it was accepted. */
struct end {
	struct connection *connection;
	int fd;
	uint64_t sent, received;
	uint64_t hash_sent, hash_received;
	/* What comes next of the pseudo-random bytes it sends, and what of it is waiting. */
	uint64_t random;
	unsigned char chunk[CHUNK];
	size_t waiting, waits_at;
};

struct connection {
	struct connection *next;
	uint64_t id;
	struct end client, server;
};

static struct {
	union address listen, to;
	int epoll, listener;
	uint64_t count, at_once, bytes, from;
	const char *until;
	bool tolerant;
} want = { .count = 1, .at_once = 1, .bytes = 1000 };

static struct {
	struct connection *list;
	uint64_t begun, open, done, broken;
	/* TCPI_OPT_ flags that all connections have had, at either end. */
	unsigned int options[2];
} state = { .options = { ~0u, ~0u } };

static void netns_enter(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		fail("namespace %s: %s", name, strerror(errno));
	close(fd);
}

static socklen_t address_size(const union address *address)
{
	return address->sa.sa_family == AF_INET ? sizeof(address->in) : sizeof(address->in6);
}

static int sock_open(const union address *address)
{
	int fd = socket(address->sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fail("socket: %s", strerror(errno));
	return fd;
}

static void listen_begin(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int yes = 1;

	want.listener = sock_open(&want.listen);
	setsockopt(want.listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(want.listener, &want.listen.sa, address_size(&want.listen)) ||
	    listen(want.listener, 4096))
		fail("listen: %s", strerror(errno));
	if (epoll_ctl(want.epoll, EPOLL_CTL_ADD, want.listener, &event))
		fail("epoll: %s", strerror(errno));
}

static void end_watch(struct end *end, struct connection *connection, int fd)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLET,
		.data.ptr = end,
	};

	end->connection = connection;
	end->fd = fd;
	end->hash_sent = end->hash_received = HASH_BEGIN;
	if (epoll_ctl(want.epoll, EPOLL_CTL_ADD, fd, &event))
		fail("epoll: %s", strerror(errno));
}

static void connection_free(struct connection *connection)
{
	struct connection **link;

	for (link = &state.list; *link != connection; link = &(*link)->next)
		;
	*link = connection->next;
	if (connection->client.fd >= 0)
		close(connection->client.fd);
	if (connection->server.fd >= 0)
		close(connection->server.fd);
	free(connection);
	state.open--;
}

static void connection_broken(struct connection *connection, const char *what, int error)
{
	if (!want.tolerant)
		fail("connection %llu: %s: %s", (unsigned long long)connection->id, what,
		     strerror(error));
	state.broken++;
	connection_free(connection);
}

static int client_open(uint64_t id)
{
	union address address = { .sa.sa_family = want.to.sa.sa_family };
	int fd = sock_open(&want.to), yes = 1;

	if (!want.from)
		return fd;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	/* The port is at the same place in both families. */
	address.in.sin_port = htons(want.from + (id - 1) % (UINT16_MAX + 1 - want.from));
	if (bind(fd, &address.sa, address_size(&address)))
		fail("bind to port %u: %s", ntohs(address.in.sin_port), strerror(errno));
	return fd;
}

static void connection_begin(void)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	connection->id = ++state.begun;
	connection->client.random = connection->id << 1;
	connection->server.random = connection->id << 1 | 1;
	connection->server.fd = connection->client.fd = -1;
	connection->next = state.list;
	state.list = connection;
	state.open++;
	end_watch(&connection->client, connection, client_open(connection->id));
	if (connect(connection->client.fd, &want.to.sa, address_size(&want.to)) &&
	    errno != EINPROGRESS)
		connection_broken(connection, "connect", errno);
}

static void end_options(const struct end *end, unsigned int *options)
{
	struct tcp_info info;
	socklen_t size = sizeof(info);

	if (!getsockopt(end->fd, IPPROTO_TCP, TCP_INFO, &info, &size))
		*options &= info.tcpi_options;
}

static void end_reset(struct end *end)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(end->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static bool end_done(const struct end *end)
{
	return end->sent == want.bytes && end->received == want.bytes;
}

static void connection_done(struct connection *connection)
{
	struct end *client = &connection->client, *server = &connection->server;

	if (client->hash_sent != server->hash_received ||
	    server->hash_sent != client->hash_received)
		fail("connection %llu: other bytes arrived than were sent",
		     (unsigned long long)connection->id);
	end_options(client, &state.options[0]);
	end_options(server, &state.options[1]);
	if (connection->id % 3 == 1) {
		close(server->fd);
		server->fd = -1;
	} else if (connection->id % 3 == 2) {
		end_reset(client);
	}
	connection_free(connection);
	state.done++;
}

static uint64_t random_next(uint64_t *random)
{
	/* splitmix64 */
	uint64_t z = *random += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* What the client sends begins with the connection's number. */
static void chunk_fill(struct end *end)
{
	uint64_t left = want.bytes - end->sent, word;
	size_t at;

	for (at = 0; at < sizeof(end->chunk); at += sizeof(word)) {
		word = random_next(&end->random);
		memcpy(end->chunk + at, &word, sizeof(word));
	}
	if (!end->sent && end == &end->connection->client)
		memcpy(end->chunk, &end->connection->id, sizeof(end->connection->id));
	end->waits_at = 0;
	end->waiting = left < sizeof(end->chunk) ? left : sizeof(end->chunk);
}

/* 0, or the error. */
static int end_send(struct end *end)
{
	ssize_t sent;

	while (end->sent < want.bytes) {
		if (!end->waiting)
			chunk_fill(end);
		sent = send(end->fd, end->chunk + end->waits_at, end->waiting, MSG_NOSIGNAL);
		if (sent < 0)
			return errno == EAGAIN || errno == EINPROGRESS || errno == ENOTCONN ?
			       0 : errno;
		end->hash_sent = hash_add(end->hash_sent, end->chunk + end->waits_at, sent);
		end->waits_at += sent;
		end->waiting -= sent;
		end->sent += sent;
	}
	return 0;
}

static int end_receive(struct end *end)
{
	static unsigned char data[4 * CHUNK];
	ssize_t received;

	while (end->received < want.bytes) {
		received = recv(end->fd, data, sizeof(data), 0);
		if (received < 0)
			return errno == EAGAIN || errno == EINPROGRESS || errno == ENOTCONN ?
			       0 : errno;
		if (!received)
			return EPIPE;
		end->hash_received = hash_add(end->hash_received, data, received);
		end->received += received;
	}
	return 0;
}

static void own_end_ready(struct end *end)
{
	struct connection *connection = end->connection;
	int error = end_send(end) ?: end_receive(end);

	if (error)
		connection_broken(connection, end == &connection->client ? "client" : "server",
				  error);
	else if (end_done(&connection->client) && end_done(&connection->server))
		connection_done(connection);
}

static struct connection *connection_find(uint64_t id)
{
	struct connection *connection;

	for (connection = state.list; connection; connection = connection->next)
		if (connection->id == id && connection->server.fd < 0)
			return connection;
	if (!want.tolerant)
		fail("a connection of nobody's: %llx", (unsigned long long)id);
	return NULL;
}

static void accept_one(void)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int fd = accept4(want.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct end *stranger;

	if (fd < 0)
		return;
	event.data.ptr = stranger = calloc(1, sizeof(*stranger));
	stranger->fd = fd;
	if (epoll_ctl(want.epoll, EPOLL_CTL_ADD, fd, &event))
		fail("epoll: %s", strerror(errno));
}

/* Whose connection is it? Its first bytes say so. */
static void stranger_ready(struct end *stranger)
{
	struct connection *connection;
	uint64_t id;
	ssize_t size = recv(stranger->fd, &id, sizeof(id), MSG_PEEK);

	if (size < 0 && errno == EAGAIN)
		return;
	connection = size == sizeof(id) ? connection_find(id) : NULL;
	if (connection) {
		epoll_ctl(want.epoll, EPOLL_CTL_DEL, stranger->fd, NULL);
		end_watch(&connection->server, connection, stranger->fd);
	} else {
		close(stranger->fd);
	}
	free(stranger);
}

static void end_ready(struct end *end)
{
	if (end->connection)
		own_end_ready(end);
	else
		stranger_ready(end);
}

static bool more_wanted(void)
{
	return want.until ? access(want.until, F_OK) != 0 : state.begun < want.count;
}

static void play(void)
{
	struct epoll_event event;
	int ready;

	for (;;) {
		bool more = more_wanted();

		if (!more && (!state.open || want.tolerant))
			return;
		if (more && state.open < want.at_once) {
			connection_begin();
			continue;
		}
		/* One at a time: what it does may do away with what would be next. */
		ready = epoll_wait(want.epoll, &event, 1,
				   want.tolerant ? TOLERANCE_MS : PATIENCE_MS);
		if (ready < 0)
			fail("epoll: %s", strerror(errno));
		if (ready && event.data.ptr)
			end_ready(event.data.ptr);
		else if (ready)
			accept_one();
		else if (!want.tolerant)
			fail("%llu of %llu connections hang",
			     (unsigned long long)state.open, (unsigned long long)state.begun);
		else if (state.list)
			connection_broken(state.list, "hangs", ETIMEDOUT);
	}
}

static void report(void)
{
	static const struct {
		unsigned int flag;
		const char *name;
	} names[] = {
		{ TCPI_OPT_TIMESTAMPS, "timestamps" },
		{ TCPI_OPT_SACK, "sack" },
		{ TCPI_OPT_WSCALE, "wscale" },
	};
	size_t i;

	printf("# %llu connections, %llu broken, %llu bytes each way; all at either end have:",
	       (unsigned long long)state.done, (unsigned long long)state.broken,
	       (unsigned long long)want.bytes);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (state.done && state.options[0] & state.options[1] & names[i].flag)
			printf(" %s", names[i].name);
	printf("\n");
}

static uint64_t number(const char *word)
{
	char *end;
	uint64_t number = strtoull(word ?: "", &end, 0);

	if (!word || *end || !number)
		fail("'%s' is no number", word ?: "");
	return number;
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 7) {
		fprintf(stderr, "Usage: %s NETNS ADDRESS PORT NETNS ADDRESS PORT [count N] "
			"[at-once N] [bytes N] [from PORT] [until FILE] [tolerant]\n", argv[0]);
		return 2;
	}
	want.listen = address_read(argv[2], argv[3]);
	want.to = address_read(argv[5], argv[6]);
	/* argv[argc] is NULL, which no word accepts. */
	for (i = 7; i < argc; i++) {
		if (!strcmp(argv[i], "count"))
			want.count = number(argv[++i]);
		else if (!strcmp(argv[i], "at-once"))
			want.at_once = number(argv[++i]);
		else if (!strcmp(argv[i], "bytes"))
			want.bytes = number(argv[++i]);
		else if (!strcmp(argv[i], "from"))
			want.from = number(argv[++i]) & UINT16_MAX;
		else if (!strcmp(argv[i], "until") && i + 1 < argc)
			want.until = argv[++i];
		else if (!strcmp(argv[i], "tolerant"))
			want.tolerant = true;
		else
			fail("'%s'?", argv[i]);
	}
	if (want.bytes < sizeof(uint64_t))
		fail("at least 8 bytes");
	want.epoll = epoll_create1(EPOLL_CLOEXEC);
	netns_enter(argv[1]);
	listen_begin();
	netns_enter(argv[4]);
	play();
	report();
	return 0;
}

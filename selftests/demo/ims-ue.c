// SPDX-License-Identifier: GPL-2.0
/*
 * ims-ue - an IMS phone with the bug that sipsteer is for
 *
 * Registers through its P-CSCF as it should, then does what pjsip-based
 * clients do: once a refresh is challenged, it takes the Service-Route of the
 * 200 for the route of the next REGISTER and sends that one straight to the
 * S-CSCF: from the same local port, or, if the Service-Route says
 * transport=TCP, on a TCP connection that it opens for it. It answers the
 * OPTIONS with which the core finds out whether a registered phone can be
 * reached.
 *
 * One line per event on stdout. Exit status: 0 still registered at the end,
 * 1 fell off the network, 2 could not run.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <nettle/md5.h>

#define DOMAIN		"ims.example"
#define PASSWORD	"wonderland"
#define MSG_SIZE	4096
#define VALUE_SIZE	512

#define MD5_HEX_SIZE	(2 * MD5_DIGEST_SIZE + 1)

/* What goes into the Authorization header. */
enum auth {
	AUTH_EMPTY,		/* nonce and response empty: TS 24.229 5.1.1.2 */
	AUTH_RESPONSE,		/* with the nonce at hand, old or new */
};

struct peer {
	const char *name;
	struct sockaddr_in addr;
	struct sockaddr_in local;
	bool tcp;
	int fd;			/* shared unless the sockets are connected; -1: none */
	char in[MSG_SIZE];	/* TCP: what came and is no whole message yet */
	size_t have;
};

static struct ue {
	struct peer pcscf, scscf;
	bool connected;		/* one connected socket per peer */
	int t1, timer_f;	/* ms, RFC 3261 17.1.2.2 */
	const char *user;
	int64_t start;

	char nonce[VALUE_SIZE], realm[VALUE_SIZE];
	unsigned int nonce_count;
	char service_route[VALUE_SIZE];
	char call_id[32], from_tag[32];
	unsigned int cseq, branch;
	bool reached;		/* by a request of the core, since the last REGISTER */
} ue = { .t1 = 500, .user = "alice" };

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

__attribute__((format(printf, 1, 2)))
static void event(const char *fmt, ...)
{
	int64_t ms = now() - ue.start;
	va_list ap;

	printf("%3d.%03d  ", (int)(ms / 1000), (int)(ms % 1000));
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

__attribute__((format(printf, 1, 2), noreturn))
static void die(const char *fmt, ...)
{
	va_list ap;

	fputs("ims-ue: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

__attribute__((format(printf, 3, 4)))
static void append(char *buf, size_t size, const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf + len, size - len, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= size - len)
		die("message too long");
}

/* "A.B.C.D:PORT", at the start of a string */
static bool parse_addr(const char *s, struct sockaddr_in *addr)
{
	char host[INET_ADDRSTRLEN];
	unsigned int port;

	if (sscanf(s, "%15[0-9.]:%5u", host, &port) != 2 || !port || port > 65535)
		return false;
	addr->sin_family = AF_INET;
	addr->sin_port = htons(port);
	return inet_pton(AF_INET, host, &addr->sin_addr) == 1;
}

static const char *addr_str(const struct sockaddr_in *addr)
{
	static char buf[2][INET_ADDRSTRLEN + 6];
	static unsigned int turn;
	char *s = buf[turn++ % 2];
	char host[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &addr->sin_addr, host, sizeof(host));
	snprintf(s, sizeof(buf[0]), "%s:%u", host, ntohs(addr->sin_port));
	return s;
}

/* SIP, as little of it as this phone needs */

/* The @nth line of header @name, without the name; false if there is none. */
static bool header(const char *msg, const char *name, int nth, char *value)
{
	size_t len = strlen(name);
	const char *line = msg;

	while ((line = strstr(line, "\r\n")) && line[2] != '\r') {
		line += 2;
		if (strncasecmp(line, name, len) || line[len] != ':' || nth--)
			continue;
		line += len + 1;
		line += strspn(line, " \t");
		snprintf(value, VALUE_SIZE, "%.*s", (int)strcspn(line, "\r"), line);
		return true;
	}
	value[0] = '\0';
	return false;
}

/* name="value" of a challenge */
static void param(const char *challenge, const char *name, char *value)
{
	char start[32];
	const char *p;

	snprintf(start, sizeof(start), "%s=\"", name);
	p = strstr(challenge, start);
	if (!p)
		die("challenge without %s: %s", name, challenge);
	p += strlen(start);
	snprintf(value, VALUE_SIZE, "%.*s", (int)strcspn(p, "\""), p);
}

static int status(const char *msg)
{
	return strncmp(msg, "SIP/2.0 ", 8) ? 0 : atoi(msg + 8);
}

__attribute__((format(printf, 2, 3)))
static void md5_hex(char hex[MD5_HEX_SIZE], const char *fmt, ...)
{
	uint8_t digest[MD5_DIGEST_SIZE];
	char text[2 * VALUE_SIZE];
	struct md5_ctx md5;
	va_list ap;
	int i, n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		die("challenge too long");

	md5_init(&md5);
	md5_update(&md5, n, (const uint8_t *)text);
	md5_digest(&md5, sizeof(digest), digest);
	for (i = 0; i < MD5_DIGEST_SIZE; i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
}

/* RFC 7616 with MD5 and qop=auth, as RFC 3261 22.4 has it */
static void append_authorization(char *msg, enum auth auth, const char *uri)
{
	char ha1[MD5_HEX_SIZE], ha2[MD5_HEX_SIZE], response[MD5_HEX_SIZE];
	char nc[9], cnonce[9];

	if (auth == AUTH_EMPTY) {
		append(msg, MSG_SIZE, "Authorization: Digest username=\"%s\", realm=\"%s\", "
		       "nonce=\"\", uri=\"%s\", response=\"\"\r\n", ue.user, DOMAIN, uri);
		return;
	}
	snprintf(nc, sizeof(nc), "%08x", ++ue.nonce_count);
	snprintf(cnonce, sizeof(cnonce), "%08x", (unsigned int)random());
	md5_hex(ha1, "%s:%s:%s", ue.user, ue.realm, PASSWORD);
	md5_hex(ha2, "REGISTER:%s", uri);
	md5_hex(response, "%s:%s:%s:%s:auth:%s", ha1, ue.nonce, nc, cnonce, ha2);
	append(msg, MSG_SIZE, "Authorization: Digest username=\"%s\", realm=\"%s\", "
	       "nonce=\"%s\", uri=\"%s\", response=\"%s\", algorithm=MD5, "
	       "qop=auth, nc=%s, cnonce=\"%s\"\r\n",
	       ue.user, ue.realm, ue.nonce, uri, response, nc, cnonce);
}

/* Everything a request has in common; the caller adds the rest and ends it. */
static void start_request(char *msg, const struct peer *peer, const char *method, const char *to)
{
	const char *local = addr_str(&peer->local);

	msg[0] = '\0';
	append(msg, MSG_SIZE, "%s sip:%s SIP/2.0\r\n", method, DOMAIN);
	append(msg, MSG_SIZE, "Via: SIP/2.0/%s %s;rport;branch=z9hG4bK%s.%u\r\n",
	       peer->tcp ? "TCP" : "UDP", local, ue.call_id, ++ue.branch);
	append(msg, MSG_SIZE, "Max-Forwards: 70\r\nFrom: <sip:%s@%s>;tag=%s\r\nTo: <sip:%s>\r\n",
	       ue.user, DOMAIN, ue.from_tag, to);
	append(msg, MSG_SIZE, "Call-ID: %s\r\nCSeq: %u %s\r\n", ue.call_id, ++ue.cseq, method);
	append(msg, MSG_SIZE, "Contact: <sip:%s@%s%s>\r\n", ue.user, local,
	       peer->tcp ? ";transport=tcp" : "");
}

static void end_request(char *msg)
{
	append(msg, MSG_SIZE, "Supported: path\r\nContent-Length: 0\r\n\r\n");
}

/* Sockets */

static void open_udp(struct peer *peer)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	bool connected = ue.connected;

	if (fd < 0)
		die("socket: %s", strerror(errno));
	/* Connected sockets share the port, as theirs is the better match. */
	if (connected && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)))
		die("SO_REUSEADDR: %s", strerror(errno));
	if (bind(fd, (struct sockaddr *)&peer->local, sizeof(peer->local)))
		die("bind to %s: %s", addr_str(&peer->local), strerror(errno));
	if (connected && connect(fd, (struct sockaddr *)&peer->addr, sizeof(peer->addr)))
		die("connect to %s: %s", addr_str(&peer->addr), strerror(errno));
	peer->fd = fd;
}

/* A connection from whatever port; false if there is none until timer F. */
static bool open_tcp(struct peer *peer)
{
	struct pollfd pfd = { .fd = socket(AF_INET, SOCK_STREAM, 0), .events = POLLOUT };
	socklen_t size = sizeof(peer->local);
	int err = 0;

	event("connecting to %s %s", peer->name, addr_str(&peer->addr));
	if (pfd.fd < 0 || fcntl(pfd.fd, F_SETFL, O_NONBLOCK))
		die("socket: %s", strerror(errno));
	if (connect(pfd.fd, (struct sockaddr *)&peer->addr, sizeof(peer->addr)))
		err = errno;
	if (err == EINPROGRESS) {
		socklen_t len = sizeof(err);

		if (!poll(&pfd, 1, ue.timer_f))
			err = ETIMEDOUT;
		else if (getsockopt(pfd.fd, SOL_SOCKET, SO_ERROR, &err, &len))
			die("getsockopt: %s", strerror(errno));
	}
	if (err) {
		event("no connection: %s", strerror(err));
		close(pfd.fd);
		return false;
	}
	if (getsockname(pfd.fd, (struct sockaddr *)&peer->local, &size))
		die("getsockname: %s", strerror(errno));
	event("connected from %s", addr_str(&peer->local));
	peer->fd = pfd.fd;
	return true;
}

static void send_to(const struct peer *peer, const struct sockaddr_in *addr, const char *msg)
{
	bool connected = peer->tcp || ue.connected;
	const struct sockaddr *to = connected ? NULL : (const struct sockaddr *)addr;

	/* An error here may be that of an earlier packet; the timers judge. */
	if (sendto(peer->fd, msg, strlen(msg), MSG_NOSIGNAL, to, to ? sizeof(*addr) : 0) < 0)
		event("sending to %s: %s", addr_str(addr), strerror(errno));
}

/*
 * Take the next message that is there. Over TCP it is as long as its header
 * says, RFC 3261 18.3. False if there is no whole one.
 */
static bool take(struct peer *peer, struct sockaddr_in *from, char *msg)
{
	socklen_t addr_len = sizeof(*from);
	char value[VALUE_SIZE];
	size_t size;
	ssize_t n;
	char *end;

	*from = peer->addr;
	n = recvfrom(peer->fd, peer->in + peer->have, sizeof(peer->in) - peer->have - 1,
		     MSG_DONTWAIT, (struct sockaddr *)from, &addr_len);
	if (n < 0 && errno != EAGAIN)
		event("receiving: %s", strerror(errno));
	if (!n && peer->tcp)
		die("%s has ended the connection", peer->name);
	if (n > 0)
		peer->have += n;
	peer->in[peer->have] = '\0';

	size = peer->have;
	if (peer->tcp) {
		end = strstr(peer->in, "\r\n\r\n");
		if (!end)
			return false;
		header(peer->in, "Content-Length", 0, value);
		size = end + 4 - peer->in + atoi(value);
	}
	if (!size || size > peer->have)
		return false;
	memcpy(msg, peer->in, size);
	msg[size] = '\0';
	peer->have -= size;
	memmove(peer->in, peer->in + size, peer->have);
	return true;
}

/* The core asks whether we are there: 200, the way the request came. */
static void answer(const struct peer *peer, const struct sockaddr_in *from, const char *req)
{
	static const char *const copied[] = { "Via", "From", "Call-ID", "CSeq" };
	char msg[MSG_SIZE] = "SIP/2.0 200 OK\r\n", value[VALUE_SIZE];
	unsigned int i;
	int nth;

	for (i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
		for (nth = 0; header(req, copied[i], nth, value); nth++)
			append(msg, sizeof(msg), "%s: %s\r\n", copied[i], value);
	header(req, "To", 0, value);
	append(msg, sizeof(msg), "To: %s;tag=%s\r\nContent-Length: 0\r\n\r\n", value, ue.from_tag);

	if (!ue.reached)
		event("%.*s from %s: the core reaches the phone",
		      (int)strcspn(req, " "), req, addr_str(from));
	ue.reached = true;
	send_to(peer, from, msg);
}

/*
 * Wait for messages, answer those that are requests. Returns true with a
 * response in @msg, false if there was none (yet) by @deadline.
 */
static bool receive(int64_t deadline, char *msg)
{
	struct peer *peers[2] = { &ue.pcscf, &ue.scscf };
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	struct sockaddr_in from;
	bool done = false;
	int64_t left;
	int i;

	for (;;) {
		for (i = 0; i < 2; i++) {
			/* A shared socket is the P-CSCF's. */
			fds[i].fd = i && peers[i]->fd == peers[0]->fd ? -1 : peers[i]->fd;
			while (fds[i].fd >= 0 && take(peers[i], &from, msg)) {
				if (status(msg))
					return true;
				answer(peers[i], &from, msg);
				done = true;
			}
		}
		if (done)
			return false;
		left = deadline - now();
		if (poll(fds, 2, left > 0 ? left : 0) < 0)
			die("poll: %s", strerror(errno));
		done = true;
	}
}

/*
 * A non-INVITE client transaction, RFC 3261 17.1.2.2. As pjsip does, it knows
 * its response by branch and CSeq, not by the address it comes from. Returns
 * the final status with the response in @reply, 0 on timer F.
 */
static int transact(const struct peer *peer, const char *req, const char *what, char *reply)
{
	int64_t start = now(), give_up = start + ue.timer_f, again = start + ue.t1;
	char via[VALUE_SIZE], cseq[VALUE_SIZE], value[VALUE_SIZE];
	int interval = ue.t1, code;
	const char *branch;

	header(req, "Via", 0, via);
	header(req, "CSeq", 0, cseq);
	branch = strstr(via, ";branch=");

	event("%s to %s %s", what, peer->name, addr_str(&peer->addr));
	send_to(peer, &peer->addr, req);
	while (now() < give_up) {
		if (!receive(again < give_up ? again : give_up, reply)) {
			if (now() < again)
				continue;
			if (!peer->tcp)
				send_to(peer, &peer->addr, req);
			interval = interval * 2 < 4000 ? interval * 2 : 4000;
			again += interval;
			continue;
		}
		code = status(reply);
		if (code < 200 || !header(reply, "CSeq", 0, value) || strcmp(value, cseq) ||
		    !header(reply, "Via", 0, value) || !strstr(value, branch))
			continue;
		event("%.*s", (int)strcspn(reply + 8, "\r"), reply + 8);
		return code;
	}
	event("no answer in %d ms", ue.timer_f);
	return 0;
}

/* What the phone does */

/*
 * One REGISTER. To the S-CSCF it goes with the Route that the bug puts there,
 * and to the address in it.
 */
static int send_register(struct peer *peer, enum auth auth, const char *what)
{
	char msg[MSG_SIZE], reply[MSG_SIZE], value[VALUE_SIZE], identity[VALUE_SIZE];
	int code;

	if (peer->fd < 0 && !open_tcp(peer))
		return 0;
	snprintf(identity, sizeof(identity), "%s@%s", ue.user, DOMAIN);
	start_request(msg, peer, "REGISTER", identity);
	if (peer == &ue.scscf)
		append(msg, sizeof(msg), "Route: %s\r\n", ue.service_route);
	append(msg, sizeof(msg), "Expires: 600\r\n");
	append_authorization(msg, auth, "sip:" DOMAIN);
	end_request(msg);

	ue.reached = false;
	code = transact(peer, msg, what, reply);
	if (code == 401) {
		if (!header(reply, "WWW-Authenticate", 0, value))
			die("401 without WWW-Authenticate");
		param(value, "nonce", ue.nonce);
		param(value, "realm", ue.realm);
		ue.nonce_count = 0;
	} else if (code == 200) {
		header(reply, "Service-Route", 0, ue.service_route);
	}
	return code;
}

/* A registered phone is one that the core can reach. */
static bool is_reached(void)
{
	int64_t deadline = now() + ue.timer_f;
	char msg[MSG_SIZE];

	while (!ue.reached && now() < deadline)
		receive(deadline, msg);
	if (!ue.reached)
		event("registered, but the core does not reach the phone");
	return ue.reached;
}

static bool first_registration(void)
{
	char host[VALUE_SIZE];

	if (send_register(&ue.pcscf, AUTH_EMPTY, "REGISTER") != 401 ||
	    send_register(&ue.pcscf, AUTH_RESPONSE, "REGISTER (response)") != 200)
		return false;

	if (sscanf(ue.service_route, "<sip:%[^;>]", host) != 1 ||
	    !parse_addr(host, &ue.scscf.addr))
		die("no usable Service-Route: '%s'", ue.service_route);
	ue.scscf.tcp = strcasestr(ue.service_route, ";transport=tcp");
	ue.scscf.local = ue.pcscf.local;
	/* A TCP connection is opened when there is something to send. */
	if (ue.connected && !ue.scscf.tcp)
		open_udp(&ue.scscf);
	else if (!ue.scscf.tcp)
		ue.scscf.fd = ue.pcscf.fd;
	return is_reached();
}

/* What the Service-Route is for: the requests that are no REGISTER. */
static bool send_options(void)
{
	char msg[MSG_SIZE], reply[MSG_SIZE];

	start_request(msg, &ue.pcscf, "OPTIONS", DOMAIN);
	append(msg, sizeof(msg), "Route: <sip:%s;lr>\r\nRoute: %s\r\n",
	       addr_str(&ue.pcscf.addr), ue.service_route);
	end_request(msg);
	return transact(&ue.pcscf, msg, "OPTIONS", reply) == 200;
}

/* The refresh, and the bug: once challenged, it goes on with the S-CSCF. */
static bool refresh(void)
{
	return send_register(&ue.pcscf, AUTH_RESPONSE, "REGISTER (old nonce)") == 401 &&
	       send_register(&ue.scscf, AUTH_EMPTY, "REGISTER (empty auth)") == 401 &&
	       send_register(&ue.scscf, AUTH_RESPONSE, "REGISTER (response)") == 200 &&
	       is_reached();
}

static const char usage[] =
"usage: ims-ue [OPTIONS] LOCAL-ADDR:PORT PCSCF-ADDR:PORT\n"
"  --rounds N     refresh the registration N times (2)\n"
"  --t1 MS        RFC 3261 timer T1: first retransmission after that (500)\n"
"  --timer-f MS   timer F: give a request up after that (64 * T1)\n"
"  --user NAME    whom to register (alice)\n"
"  --connected    a connected socket for each peer: the kernel takes answers\n"
"                 from the address written to, and from no other\n";

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "rounds", required_argument, NULL, 'n' },
		{ "t1", required_argument, NULL, 't' },
		{ "timer-f", required_argument, NULL, 'f' },
		{ "user", required_argument, NULL, 'u' },
		{ "connected", no_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	bool registered;
	int opt, rounds = 2;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (opt) {
		case 'n':
			rounds = atoi(optarg);
			break;
		case 't':
			ue.t1 = atoi(optarg);
			break;
		case 'f':
			ue.timer_f = atoi(optarg);
			break;
		case 'u':
			ue.user = optarg;
			break;
		case 'c':
			ue.connected = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (argc - optind != 2 || ue.t1 < 1 || ue.timer_f < 0 ||
	    !parse_addr(argv[optind], &ue.pcscf.local) ||
	    !parse_addr(argv[optind + 1], &ue.pcscf.addr)) {
		fputs(usage, stderr);
		return 2;
	}
	if (!ue.timer_f)
		ue.timer_f = 64 * ue.t1;

	ue.start = now();
	srandom(ue.start ^ getpid());
	snprintf(ue.call_id, sizeof(ue.call_id), "%08x", (unsigned int)random());
	snprintf(ue.from_tag, sizeof(ue.from_tag), "%08x", (unsigned int)random());
	ue.pcscf.name = "P-CSCF";
	ue.scscf.name = "S-CSCF";
	ue.scscf.fd = -1;
	open_udp(&ue.pcscf);

	registered = first_registration() && send_options();
	while (registered && rounds-- > 0)
		registered = refresh();
	event("%s", registered ? "still registered" : "fell off the network");
	return !registered;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz-packets: send random packets through two network namespaces, one of which steers, and compare
 * what comes out.
 *
 *	fuzz-packets mappings				print the configuration of the one that does
 *	fuzz-packets STEERS PLAIN SECONDS SEED [FILE]	file: for what of the module was reached
 *	fuzz-packets --alike STEERS STEERS SECONDS SEED	both have it, and nothing may differ
 *
 * Each namespace has the tun devices "ue" and "core" and an address of its own. Whatever is sent is
 * sent to both: well-formed requests, the answers to what came out, errors that quote it, TCP, and all
 * of that fragmented, aggregated or broken. From both there has to come as much, in the same order;
 * and it has to be the same but for what a mapping changes. So nothing is lost, and nothing else is
 * changed.
 *
 * With --alike, events are listened to while the second gets its packet, and only then: so that one
 * goes the whole walk, where in the first there may be a short way. Each namespace has a key of its
 * own, on which depends how many requests of a client an error can be about; so no errors are sent,
 * and those that the kernel makes of a packet's TTL or length are not compared.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/udp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "genl.h"
#include "kcov.h"
#include "mappings.h"
#include "netns.h"
#include "random.h"

#ifndef SOL_UDP
#define SOL_UDP 17
#endif
#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

#define PACKETS_MAX	24	/* that one step sends */
#define OUTPUTS_MAX	128	/* that may come of them */
#define RING_LEN	64
#define CONNECTIONS	8
#define PATIENCE_MS	10000

enum door {
	DOOR_UE,
	DOOR_CORE,
	DOORS_TUN,
	DOOR_RAW = DOORS_TUN,
	DOOR_UDP,
	DOOR_ERRORS,	/* out only: what a socket is told of */
};

static const char *const door_names[] = {
	"ue", "core", "this host, raw", "this host, UDP", "this host, of an error",
};

struct output {
	enum door door;
	bool is_joined;
	uint32_t id;
	struct packet packet;
};

/* One namespace, and what has come out of it since the last step. */
struct world {
	int tun[DOORS_TUN];
	int raw[2];
	int udp[2];
	size_t count;
	struct output out[OUTPUTS_MAX];
};

/* What came out of both, as one. */
struct twins {
	struct packet packet[2];
};

struct ring {
	size_t count;
	struct twins twins[RING_LEN];
};

/* A connection that goes on from step to step. */
struct connection {
	enum family family;
	struct end client;
	struct end server;
	uint32_t seq;
	uint32_t ack;
};

/* What is sent in a step, to each world its own. */
struct step {
	enum door door;
	enum family family;
	struct end to;		/* of DOOR_UDP */
	uint16_t segment;	/* the same, if not 0 */
	size_t count;
	struct packet packet[2][PACKETS_MAX];
};

static struct world worlds[2];
static struct ring rings[DOORS_TUN];
static struct connection connections[CONNECTIONS];
static struct step step;
static unsigned long steps;
static int listener = -1;	/* with --alike */
static uint32_t groups[GENL_GROUPS];

/* --- the namespaces --- */

static int open_tun(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	strcpy(request.ifr_name, name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		err(2, "%s", name);
	return fd;
}

static int open_udp(int family)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(5060) };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(5060) };
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		err(2, "socket");
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	setsockopt(fd, family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
		   family == AF_INET ? IP_RECVERR : IPV6_RECVERR, &on, sizeof(on));
	if (bind(fd, family == AF_INET ? (void *)&v4 : (void *)&v6,
		 family == AF_INET ? sizeof(v4) : sizeof(v6)))
		err(2, "bind");
	return fd;
}

static int open_raw(int family)
{
	int fd = socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_RAW), on = 1;

	if (fd < 0)
		err(2, "raw socket");
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_HDRINCL, &on, sizeof(on));
	return fd;
}

static void world_open(struct world *world, const char *netns)
{
	netns_enter(netns);
	for (enum door door = 0; door < DOORS_TUN; door++)
		world->tun[door] = open_tun(door_names[door]);
	world->raw[V4] = open_raw(AF_INET);
	world->raw[V6] = open_raw(AF_INET6);
	world->udp[V4] = open_udp(AF_INET);
	world->udp[V6] = open_udp(AF_INET6);
}

static socklen_t to_sockaddr(enum family family, const struct end *end,
			     struct sockaddr_storage *storage)
{
	struct sockaddr_in6 *v6 = (void *)storage;
	struct sockaddr_in *v4 = (void *)storage;

	memset(storage, 0, sizeof(*storage));
	if (family == V4) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(end->port);
		memcpy(&v4->sin_addr, end->addr, 4);
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(end->port);
	memcpy(&v6->sin6_addr, end->addr, 16);
	return sizeof(*v6);
}

static struct end from_sockaddr(const struct sockaddr_storage *storage)
{
	const struct sockaddr_in6 *v6 = (const void *)storage;
	const struct sockaddr_in *v4 = (const void *)storage;
	struct end end = { 0 };

	if (storage->ss_family == AF_INET) {
		memcpy(end.addr, &v4->sin_addr, 4);
		end.port = ntohs(v4->sin_port);
	} else {
		memcpy(end.addr, &v6->sin6_addr, 16);
		end.port = ntohs(v6->sin6_port);
	}
	return end;
}

/* --- what goes in --- */

static long send_raw(struct world *world, const struct packet *packet)
{
	struct sockaddr_storage storage;
	struct layout layout;
	struct end to = { 0 };
	socklen_t len;

	if (!layout_read(&layout, packet->at, packet->len, 0))
		return 0;
	memcpy(to.addr, layout_addr((unsigned char *)packet->at, &layout, true),
	       addr_len(layout.family));
	len = to_sockaddr(layout.family, &to, &storage);
	return sendto(world->raw[layout.family], packet->at, packet->len, 0, (void *)&storage, len);
}

static long send_udp(struct world *world, const struct packet *packet)
{
	char control[CMSG_SPACE(sizeof(step.segment))] = { 0 };
	struct sockaddr_storage storage;
	socklen_t len = to_sockaddr(step.family, &step.to, &storage);
	struct iovec iov = { (void *)packet->at, packet->len };
	struct msghdr message = {
		.msg_name = &storage, .msg_namelen = len, .msg_iov = &iov, .msg_iovlen = 1,
	};
	struct cmsghdr *cmsg;

	if (step.segment) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		cmsg = CMSG_FIRSTHDR(&message);
		cmsg->cmsg_level = SOL_UDP;
		cmsg->cmsg_type = UDP_SEGMENT;
		cmsg->cmsg_len = CMSG_LEN(sizeof(step.segment));
		memcpy(CMSG_DATA(cmsg), &step.segment, sizeof(step.segment));
	}
	return sendmsg(world->udp[step.family], &message, 0);
}

static long send_tun(struct world *world, const struct packet *packet)
{
	static unsigned char frame[sizeof(packet->vnet) + PACKET_MAX];

	memcpy(frame, &packet->vnet, sizeof(packet->vnet));
	memcpy(frame + sizeof(packet->vnet), packet->at, packet->len);
	return write(world->tun[step.door], frame, sizeof(packet->vnet) + packet->len);
}

/* Returns what the kernel says of it. */
static long send_packet(struct world *world, const struct packet *packet)
{
	long sent;

	switch (step.door) {
	case DOOR_RAW:
		sent = send_raw(world, packet);
		break;
	case DOOR_UDP:
		sent = send_udp(world, packet);
		break;
	default:
		sent = send_tun(world, packet);
	}
	return sent < 0 ? -errno : sent;
}

/* --- what comes out --- */

/* What hosts send by themselves: neighbours, groups, the end of patience with fragments. */
static bool is_noise(const struct packet *packet)
{
	struct layout layout;

	if (!layout_read(&layout, packet->at, packet->len, 0))
		return true;
	if (layout.family == V6 && packet->at[24] == 0xff)
		return true;
	if (!layout.has_l4)
		return false;
	if (layout.proto == IPPROTO_ICMPV6 && packet->at[layout.l4] >= 133 &&
	    packet->at[layout.l4] <= 137)
		return true;
	return packet->at[layout.l4 + 1] == 1 &&
	       ((layout.proto == IPPROTO_ICMP && packet->at[layout.l4] == 11) ||
		(layout.proto == IPPROTO_ICMPV6 && packet->at[layout.l4] == 3));
}

static struct packet *new_output(struct world *world, enum door door)
{
	if (world->count == OUTPUTS_MAX) {
		fprintf(stderr, "fuzz-packets: more comes out than there is room for\n");
		exit(2);
	}
	world->out[world->count].door = door;
	world->out[world->count].is_joined = false;
	memset(&world->out[world->count].packet.vnet, 0, sizeof(struct virtio_net_hdr));
	return &world->out[world->count].packet;
}

/*
 * What was in fragments is compared as a whole: into how many a router cuts it again depends on
 * where its memory lies.
 */
static void add_output(struct world *world, enum door door, const struct packet *packet)
{
	struct packet *whole;
	uint32_t id;

	if (packet_join(NULL, packet, &id)) {
		for (size_t n = 0; n < world->count; n++) {
			struct output *out = &world->out[n];

			if (out->is_joined && out->door == door && out->id == id) {
				packet_join(&out->packet, packet, &id);
				return;
			}
		}
		whole = new_output(world, door);
		memset(whole, 0, sizeof(*whole));
		packet_join(whole, packet, &id);
		world->out[world->count].is_joined = true;
		world->out[world->count].id = id;
	} else {
		*new_output(world, door) = *packet;
	}
	world->count++;
}

static void drain_tun(struct world *world, enum door door)
{
	static unsigned char frame[65536];
	static struct packet packet;
	ssize_t len;

	while ((len = read(world->tun[door], frame, sizeof(frame))) > 0) {
		packet.len = len - sizeof(packet.vnet);
		if (packet.len > PACKET_MAX)
			packet.len = PACKET_MAX;
		memcpy(packet.at, frame + sizeof(packet.vnet), packet.len);
		if (!is_noise(&packet))
			add_output(world, door, &packet);
	}
}

/* What a socket is told, as if it had come in a packet without a checksum. */
static void drain_udp(struct world *world, enum family family, int flags)
{
	static struct draft draft;
	struct sockaddr_storage storage;
	struct packet *packet;
	struct layout layout;
	ssize_t len;

	for (;;) {
		struct iovec iov = { draft.payload, sizeof(draft.payload) };
		struct msghdr message = {
			.msg_name = &storage, .msg_namelen = sizeof(storage), .msg_iov = &iov,
			.msg_iovlen = 1,
		};

		len = recvmsg(world->udp[family], &message, flags);
		if (len < 0 && errno == EAGAIN)
			return;
		/* An error that is also in the queue. */
		if (len < 0)
			continue;
		draft.family = family;
		draft.proto = IPPROTO_UDP;
		draft.src = from_sockaddr(&storage);
		draft.dst = (struct end){ .port = 5060 };
		draft.payload_len = len;
		packet = new_output(world, flags & MSG_ERRQUEUE ? DOOR_ERRORS : DOOR_UDP);
		packet_make(packet, &draft);
		if (layout_read(&layout, packet->at, packet->len, 0))
			put16(packet->at + layout_check(&layout), 0);
		world->count++;
	}
}

static void drain(struct world *world)
{
	for (enum door door = 0; door < DOORS_TUN; door++)
		drain_tun(world, door);
	for (enum family family = V4; family <= V6; family++) {
		drain_udp(world, family, 0);
		drain_udp(world, family, MSG_ERRQUEUE);
	}
}

/* --- what is to be sent --- */

struct addrs {
	const char *clients[4];	/* the last but one is exempt, the last is this host */
	const char *here;
	const char *servers[4];
	const char *targets[2];
	const char *router;
};

static const struct addrs addrs[] = {
	[V4] = {
		.clients = { "192.0.2.2", "192.0.2.3", "192.0.2.9", "192.0.2.1" },
		.servers = { "10.0.0.5", "10.0.0.6", "10.1.2.3", "198.51.100.9" },
		.targets = { "203.0.113.1", "203.0.113.2" },
		.router = "198.51.100.7",
	},
	[V6] = {
		.clients = { "2001:db8:1::2", "2001:db8:1::3", "2001:db8:1::9", "2001:db8:1::1" },
		.servers = { "2001:db8:a::5", "2001:db8:a::6", "2001:db8:b::3", "2001:db8:c::9" },
		.targets = { "2001:db8:cb::1", "2001:db8:cb::2" },
		.router = "2001:db8:c::7",
	},
};

/* Of this host only where it is said so: what it sends by itself it would not route here. */
static struct end client_of(enum family family)
{
	return end_of(addrs[family].clients[below(3)], PICK(((uint16_t[]){ 5060, 5060, 5061, 40000 })));
}

static struct end here(enum family family)
{
	return end_of(addrs[family].clients[3], 5060);
}

static struct end server_of(enum family family)
{
	uint16_t port = PICK(((uint16_t[]){ 5054, 5054, 5054, 5055, 5056, 5060, 9 }));

	if (chance(12))
		return end_of(PICK(addrs[family].targets), chance(4) ? 5061 : 5060);
	if (chance(2))
		return end_of(addrs[family].servers[port == 5055 ? 2 : below(2)], port);
	return end_of(PICK(addrs[family].servers), port);
}

__attribute__((format(printf, 3, 4)))
static size_t append(char *text, size_t len, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	len += vsnprintf(text + len, PAYLOAD_MAX - len, format, args);
	va_end(args);
	return len < PAYLOAD_MAX ? len : PAYLOAD_MAX - 1;
}

/*
 * A message as a client might write it, or nearly. What it sends to two places is not one transaction,
 * or nobody could tell the answers apart.
 */
static size_t make_message(char *text, const struct end *to)
{
	static const char *const methods[] = {
		"REGISTER", "REGISTER", "REGISTER", "REGISTER", "OPTIONS", "INVITE", "FOO", "register",
	};
	const char *method = PICK(methods), *end = chance(16) ? "\n" : "\r\n";
	unsigned int body = chance(8) ? below(1200) : 0;
	/* On its key also depends which one gives way, so there are fewer. */
	unsigned int transaction = below(listener < 0 ? 64 : 8) + 64 * (to->addr[3] + to->addr[15]) + 65536 * to->port;
	size_t len = 0;

	if (chance(32))
		return append(text, 0, "%s", chance(2) ? "\r\n\r\n" : "no SIP at all");
	if (chance(16))
		len = append(text, len, "\r\n");
	len = append(text, len, "%s sip:ims.example SIP/2.0%s", method, end);
	if (chance(4))
		len = append(text, len, "Route: <sip:s.example;lr>%s", end);
	len = append(text, len, "%s: SIP/2.0/UDP a;branch=%s%u%s%s", chance(4) ? "v" : "Via",
		     chance(8) ? "" : "z9hG4bK", transaction,
		     chance(12) ? ", SIP/2.0/UDP b" : "", end);
	if (chance(24))
		len = append(text, len, "Path: <sip:p.example>%s", end);
	if (chance(24))
		len = append(text, len, "P-Visited-Network-ID: x%s", end);
	len = append(text, len, "From: <sip:a@b>;tag=t%sTo: <sip:a@b>%sCall-ID: %u%s", end, end,
		     transaction, end);
	len = append(text, len, "CSeq: %u %s%s", 1 + transaction % 4, method, end);
	if (chance(4))
		len = append(text, len, "rOUTE : <sip:s>%s", end);
	len = append(text, len, "Content-Length: %u%s%s", body, end, end);
	while (body-- && len + 1 < PAYLOAD_MAX)
		text[len++] = 'b';
	return len;
}

static void start_draft(struct draft *draft, enum family family, uint8_t proto)
{
	draft->family = family;
	draft->proto = proto;
	draft->ttl = chance(64) ? 1 : 64;
	draft->headers = chance(16) ? (chance(3) ? WILD : EXTENDED) : PLAIN;
	draft->options_len = 0;
	draft->payload_len = 0;
	draft->tcp_flags = 0;
}

/* The same for both, until something is made of what came out. */
static void add_both(const struct packet *packet)
{
	if (step.count == PACKETS_MAX)
		return;
	step.packet[0][step.count] = *packet;
	step.packet[1][step.count++] = *packet;
}

static void add_draft(const struct draft *draft)
{
	static struct packet packet;

	packet_make(&packet, draft);
	add_both(&packet);
}

static void choose_door(const struct draft *draft)
{
	struct end host = here(draft->family);

	step.door = memcmp(draft->src.addr, host.addr, sizeof(host.addr)) ? DOOR_UE : DOOR_RAW;
}

static void make_request(void)
{
	static struct draft draft;

	start_draft(&draft, below(2), IPPROTO_UDP);
	draft.src = chance(4) ? here(draft.family) : client_of(draft.family);
	draft.dst = server_of(draft.family);
	draft.payload_len = make_message((char *)draft.payload, &draft.dst);
	choose_door(&draft);
	add_draft(&draft);
	if (step.door == DOOR_UE && chance(8))
		packet_partial(&step.packet[0][0]);
	step.packet[1][0] = step.packet[0][0];
}

/* By a socket, perhaps several in one buffer. */
static void make_socket_request(void)
{
	static char text[PAYLOAD_MAX];
	struct packet *packet = &step.packet[0][0];
	unsigned int more = chance(3) ? 1 + below(3) : 0;
	size_t len;

	step.door = DOOR_UDP;
	step.family = below(2);
	step.to = server_of(step.family);
	len = make_message(text, &step.to);
	step.segment = more ? len : 0;
	packet->len = len;
	memcpy(packet->at, text, len);
	while (more-- && len <= 1400 && packet->len + len < PACKET_MAX / 2) {
		if (chance(2)) {
			/* Of the same length, so that only the last may differ. */
			memcpy(packet->at + packet->len, packet->at, len);
			packet->at[packet->len + below(len)] ^= chance(2) ? 1 : 0;
		} else {
			memset(packet->at + packet->len, 'x', len);
		}
		packet->len += len;
	}
	step.packet[1][0] = *packet;
	step.count = 1;
}

/* Several datagrams in one buffer, as receive offload makes it. */
static void make_aggregate(void)
{
	static struct draft draft;
	struct packet *packet = &step.packet[0][0];
	unsigned int more = 1 + below(3);
	size_t len;

	start_draft(&draft, below(2), IPPROTO_UDP);
	/* Taken apart, each would have an error of its own. */
	draft.ttl = 64;
	draft.src = client_of(draft.family);
	draft.dst = server_of(draft.family);
	len = draft.payload_len = make_message((char *)draft.payload, &draft.dst);
	while (more-- && draft.payload_len + len < PAYLOAD_MAX) {
		if (chance(2))
			memcpy(draft.payload + draft.payload_len, draft.payload, len);
		else
			memset(draft.payload + draft.payload_len, 'x', len);
		draft.payload_len += len;
	}
	draft.payload_len -= chance(2) ? below(len) : 0;
	step.door = DOOR_UE;
	add_draft(&draft);
	packet_partial(packet);
	packet->vnet.gso_type = VIRTIO_NET_HDR_GSO_UDP_L4;
	packet->vnet.gso_size = len;
	packet->vnet.hdr_len = packet->vnet.csum_start + 8;
	step.packet[1][0] = *packet;
}

static void make_tcp(void)
{
	static const uint8_t flags[] = {
		TCP_SYN, TCP_SYN, TCP_ACK, TCP_ACK | TCP_PSH, TCP_ACK | TCP_PSH, TCP_ACK | TCP_PSH,
		TCP_FIN | TCP_ACK, TCP_RST, TCP_SYN | TCP_ACK,
	};
	static const unsigned char options[][8] = {
		{ 2, 4, 5, 0xb4, 1, 1, 4, 2 }, { 1, 1, 8, 10, 0, 0, 0, 1 }, { 19, 18, 0, 0 },
		{ 29, 4, 0, 0 }, { 3, 0, 1, 2 }, { 1, 1, 1, 3 },
	};
	struct connection *connection = &PICK(connections);
	static struct draft draft;
	bool back = chance(3);

	if (chance(24) || !connection->seq) {
		connection->family = below(2);
		connection->client = chance(4) ? here(connection->family) :
						 client_of(connection->family);
		connection->server = server_of(connection->family);
		connection->seq = random32() | 1;
	}
	start_draft(&draft, connection->family, IPPROTO_TCP);
	draft.src = back ? connection->server : connection->client;
	draft.dst = back ? connection->client : connection->server;
	draft.tcp_flags = chance(24) ? random32() : PICK(flags);
	draft.seq = back ? connection->ack : connection->seq;
	draft.ack = back ? connection->seq : connection->ack;
	if (draft.tcp_flags & TCP_SYN) {
		draft.options_len = 8 * below(4);
		for (size_t at = 0; at < draft.options_len; at += 8)
			memcpy(draft.options + at, PICK(options), 8);
		if (chance(2))
			draft.seq = random32() | 1;
	}
	if (draft.tcp_flags & TCP_PSH || chance(24))
		draft.payload_len = make_message((char *)draft.payload, &draft.dst);
	if (draft.payload_len && chance(2))
		draft.payload_len = 1 + below(draft.payload_len);
	if (chance(12))
		draft.seq += below(2000) - 1000;
	/* Now and then it is to be sent again, or comes too early. */
	if (!back && !chance(8))
		connection->seq = draft.seq + draft.payload_len + !!(draft.tcp_flags & TCP_SYN);
	step.door = DOOR_CORE;
	if (!back)
		choose_door(&draft);
	add_draft(&draft);
}

static struct twins *remembered(enum door door)
{
	struct ring *ring = &rings[door];

	return ring->count ? &ring->twins[below(ring->count < RING_LEN ? ring->count : RING_LEN)] :
			     NULL;
}

static bool turn(struct draft *draft, const struct packet *packet, struct layout *layout)
{
	unsigned char *at = (unsigned char *)packet->at;

	if (!layout_read(layout, at, packet->len, 0) || !layout->has_l4 || layout->is_fragment ||
	    (layout->proto != IPPROTO_UDP && layout->proto != IPPROTO_TCP))
		return false;
	start_draft(draft, layout->family, layout->proto);
	/* In the wild, two that differ in addresses alone could not be told from others. */
	if (draft->headers == WILD)
		draft->headers = EXTENDED;
	draft->src = draft->dst = (struct end){ 0 };
	memcpy(draft->src.addr, layout_addr(at, layout, true), addr_len(layout->family));
	memcpy(draft->dst.addr, layout_addr(at, layout, false), addr_len(layout->family));
	draft->src.port = get16(at + layout->l4 + 2);
	draft->dst.port = get16(at + layout->l4);
	return true;
}

/* Nobody sends back what was hidden from him. */
static void show_routes(unsigned char *text, size_t len)
{
	for (size_t at = 4; at < len; at++)
		if (text[at] == '-' && !strncasecmp((const char *)text + at - 4, "rout", 4))
			text[at] = text[at - 1] == 't' ? 'e' : 'E';
}

/* What answers this; false if nothing does. */
static bool reply_to(struct packet *reply, const struct packet *packet)
{
	static struct draft draft;
	struct layout layout;
	const char *text, *rest;
	size_t len;

	if (!turn(&draft, packet, &layout))
		return false;
	if (layout.proto == IPPROTO_TCP) {
		if (layout.l4 + 20 > packet->len)
			return false;
		draft.tcp_flags = PICK(((uint8_t[]){ TCP_SYN | TCP_ACK, TCP_ACK, TCP_ACK | TCP_FIN,
						     TCP_RST | TCP_ACK, TCP_SYN }));
		draft.seq = 1000 + below(3);
		draft.ack = 1;
		packet_make(reply, &draft);
		return true;
	}
	if (layout.l4 + 8 > packet->len)
		return false;
	text = (const char *)packet->at + layout.l4 + 8;
	len = packet->len - layout.l4 - 8;
	rest = memchr(text, '\n', len);
	if (!rest)
		return false;
	draft.payload_len = append((char *)draft.payload, 0, "SIP/2.0 %u OK\r\n", 100 + below(500));
	len -= ++rest - text;
	if (len > PAYLOAD_MAX - draft.payload_len)
		len = PAYLOAD_MAX - draft.payload_len;
	memcpy(draft.payload + draft.payload_len, rest, len);
	draft.payload_len += len;
	show_routes(draft.payload, draft.payload_len);
	packet_make(reply, &draft);
	return true;
}

/* An error about this, from a router or from where it went to. */
static bool error_about(struct packet *error, const struct packet *packet)
{
	static const uint8_t types[][3] = {
		[V4] = { 3, 11, 12 }, [V6] = { 1, 3, 4 },
	};
	size_t len = packet->len > 1232 ? 1232 : packet->len;
	static struct draft draft;
	struct layout layout;

	if (!turn(&draft, packet, &layout))
		return false;
	draft.proto = layout.family == V4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	draft.src = end_of(addrs[layout.family].router, 0);
	if (chance(3) && len > layout.l4 + 4)
		len = layout.l4 + 4 + below(len - layout.l4 - 4);
	memset(draft.payload, 0, 8);
	draft.payload[0] = chance(16) ? (layout.family == V4 ? 5 : 2) : PICK(types[layout.family]);
	/* Not "reassembly time exceeded", of which hosts have their own. */
	draft.payload[1] = draft.payload[0] == 3 ? 3 * below(2) : 0;
	put16(draft.payload + 6, 1500);
	memcpy(draft.payload + 8, packet->at, len);
	draft.payload_len = 8 + len;
	packet_make(error, &draft);
	return true;
}

/* To each world what comes of its own packet, by the same dice. */
static void make_answer(enum door door, bool (*make)(struct packet *to, const struct packet *of))
{
	const struct twins *twins = remembered(door);
	uint64_t dice = random_state;

	if (!twins)
		return;
	step.door = door;
	step.count = 1;
	for (int i = 0; i < 2; i++) {
		random_state = dice;
		if (!make(&step.packet[i][0], &twins->packet[i]))
			step.count = 0;
	}
}

static void make_step(void)
{
	step.count = 0;
	step.segment = 0;
	switch (below(listener < 0 ? 16 : 13)) {
	case 0 ... 3:
		make_request();
		break;
	case 4:
		make_socket_request();
		break;
	case 5:
		make_aggregate();
		break;
	case 6 ... 8:
		make_tcp();
		break;
	case 9 ... 12:
		make_answer(DOOR_CORE, reply_to);
		break;
	case 13 ... 14:
		make_answer(DOOR_CORE, error_about);
		break;
	case 15:
		make_answer(DOOR_UE, error_about);
		break;
	}
}

/* Cut it up; now and then a piece is lost, or comes twice, or out of order. */
static void fragment(void)
{
	static struct packet pieces[PACKETS_MAX];
	size_t size = 8 * (1 + below(40)), count = 0;
	uint64_t dice = random_state;

	for (int i = 0; i < 2; i++) {
		random_state = dice;
		step.packet[i][0].vnet.gso_type = 0;
		count = packet_fragments(&step.packet[i][0], size, pieces, PACKETS_MAX);
		memcpy(step.packet[i], pieces, count * sizeof(*pieces));
	}
	step.count = count;
	if (!chance(3) || count < 2)
		return;
	for (unsigned int n = 1 + below(4); n; n--) {
		size_t from = below(count), to = below(count);
		bool lost = chance(8);

		for (int i = 0; i < 2; i++) {
			pieces[0] = step.packet[i][from];
			step.packet[i][from] = step.packet[i][to];
			if (!lost)
				step.packet[i][to] = pieces[0];
		}
	}
}

static void break_it(void)
{
	bool same = step.packet[0][0].len == step.packet[1][0].len &&
		    !memcmp(step.packet[0][0].at, step.packet[1][0].at, step.packet[0][0].len);
	uint64_t dice;

	if (step.door == DOOR_UDP || !step.count)
		return;
	if (chance(8)) {
		dice = random_state;
		for (int i = 0; i < 2; i++) {
			random_state = dice;
			packet_mutate(&step.packet[i][0], same);
		}
	}
	if (step.door != DOOR_RAW && chance(12) && !step.packet[0][0].vnet.flags)
		fragment();
}

/* --- both compared --- */

static void print_packet(const char *what, const struct packet *packet)
{
	fprintf(stderr, "%s, %zu bytes, flags %u, GSO %u of %u, checksum %u + %u:", what, packet->len,
		packet->vnet.flags, packet->vnet.gso_type, packet->vnet.gso_size,
		packet->vnet.csum_start, packet->vnet.csum_offset);
	for (size_t i = 0; i < packet->len && i < 1600; i++)
		fprintf(stderr, "%s%02x", i % 32 ? "" : "\n ", packet->at[i]);
	fprintf(stderr, "\n");
}

static void report(const char *wrong, size_t at)
{
	fprintf(stderr, "step %lu, packet %zu: %s\n", steps, at, wrong);
	for (int i = 0; i < 2; i++) {
		const char *name = i ? "plain" : "steers";

		fprintf(stderr, "--- %s, from %s:\n", name, door_names[step.door]);
		for (size_t n = 0; n < step.count; n++)
			print_packet("in", &step.packet[i][n]);
		for (size_t n = 0; n < worlds[i].count; n++)
			print_packet(door_names[worlds[i].out[n].door], &worlds[i].out[n].packet);
	}
	exit(1);
}

/* Told to sum up something else than the transport: that goes where it may, and covers what it may. */
static bool is_odd(const struct packet *packet)
{
	const struct virtio_net_hdr *vnet = &packet->vnet;
	struct layout layout;

	return vnet->flags && (!layout_read(&layout, packet->at, packet->len, 0) ||
			       vnet->csum_start != layout.l4 ||
			       vnet->csum_start + vnet->csum_offset != layout_check(&layout));
}

static void drain_both(void)
{
	struct timespec pause = { .tv_nsec = 1000000 };

	for (int i = 0; i < 2; i++)
		drain(&worlds[i]);
	/* On a busy machine, the last of it may be somebody else's work. */
	for (int ms = 0; worlds[0].count != worlds[1].count && ms < PATIENCE_MS; ms++) {
		nanosleep(&pause, NULL);
		for (int i = 0; i < 2; i++)
			drain(&worlds[i]);
	}
	if (worlds[0].count != worlds[1].count)
		report("not as many came out of both", 0);
}

static void compare(void)
{
	const char *wrong;

	for (size_t n = 0; n < worlds[0].count; n++) {
		if (worlds[0].out[n].door != worlds[1].out[n].door)
			report("it came out elsewhere", n);
		wrong = packets_compare(&worlds[0].out[n].packet, &worlds[1].out[n].packet,
					worlds[0].out[n].door == DOOR_ERRORS,
					step.packet[0][0].vnet.flags);
		if (wrong)
			report(wrong, n);
	}
}

static void remember(void)
{
	for (size_t n = 0; n < worlds[0].count; n++) {
		enum door door = worlds[0].out[n].door;
		struct twins *twins;

		if (door >= DOORS_TUN)
			continue;
		twins = &rings[door].twins[rings[door].count++ % RING_LEN];
		for (int i = 0; i < 2; i++)
			twins->packet[i] = worlds[i].out[n].packet;
	}
}

/* What is told is not of interest: without room, it is lost. */
static void listener_open(void)
{
	uint16_t family;

	listener = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (listener < 0)
		err(2, "netlink");
	genl_find(listener, &family, groups);
}

static void listen_to_events(bool is_on)
{
	if (listener < 0)
		return;
	if (setsockopt(listener, SOL_NETLINK, is_on ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP,
		       &groups[GENL_TRAFFIC], sizeof(*groups)))
		err(2, "multicast group");
}

/* Returns whether both took it. */
static bool send_both(size_t n)
{
	long said[2];

	said[0] = send_packet(&worlds[0], &step.packet[0][n]);
	kcov_take();
	listen_to_events(true);
	said[1] = send_packet(&worlds[1], &step.packet[1][n]);
	listen_to_events(false);
	return said[0] == said[1];
}

static void do_step(void)
{
	make_step();
	break_it();
	for (int i = 0; i < 2; i++)
		worlds[i].count = 0;
	for (size_t n = 0; n < step.count; n++)
		if (!send_both(n))
			report("it was not taken by both", n);
	drain_both();
	if (is_odd(&step.packet[0][0]))
		return;
	compare();
	remember();
}

int main(int argc, char **argv)
{
	time_t end;

	if (argc == 2 && !strcmp(argv[1], "mappings")) {
		mappings_print();
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "--alike")) {
		mappings_ignore();
		listener_open();
		argv++;
		argc--;
	}
	if (argc < 5) {
		fprintf(stderr, "fuzz-packets: wrong arguments; see the head of packets.c\n");
		return 2;
	}
	for (int i = 0; i < 2; i++)
		world_open(&worlds[i], argv[1 + i]);
	random_seed(strtoull(argv[4], NULL, 0));
	kcov_begin();
	end = time(NULL) + atoi(argv[3]);
	while (time(NULL) < end) {
		do_step();
		steps++;
	}
	printf("%lu steps\n", steps);
	if (argc > 5)
		kcov_write(argv[5]);
	return 0;
}

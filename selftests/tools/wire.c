// SPDX-License-Identifier: GPL-2.0
/* siptalk: what passes a device. */
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "siptalk.h"

#ifndef SO_RCVBUFFORCE
#define SO_RCVBUFFORCE 33
#endif

/* sniff NAME NETNS DEVICE: sees all packets that come in there. */
void do_sniff(struct words *words)
{
	const char *name = word_next(words, "name"), *netns = word_next(words, "namespace");
	struct sockaddr_ll device = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	struct sock *sock;
	struct ifreq ifreq = { 0 };

	sock = sock_add(name, sock_open(netns, AF_PACKET, SOCK_DGRAM, 0));
	snprintf(ifreq.ifr_name, sizeof(ifreq.ifr_name), "%s", word_next(words, "device"));
	if (ioctl(sock->fd, SIOCGIFINDEX, &ifreq))
		fail("device %s: %s", ifreq.ifr_name, strerror(errno));
	device.sll_ifindex = ifreq.ifr_ifindex;
	sock_option(sock->fd, SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20);
	sock_option(sock->fd, SOL_PACKET, PACKET_AUXDATA, 1);
	sock_option(sock->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
	if (bind(sock->fd, (struct sockaddr *)&device, sizeof(device)))
		fail("bind: %s", strerror(errno));
}

/* The next whole UDP datagram or TCP segment that was seen, if one comes in time. */
static bool wire_next(struct sock *sock, int64_t deadline, struct seen *seen)
{
	static unsigned char data[DATAGRAM_MAX + 128];
	char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct iovec iov = { data, sizeof(data) };
	const struct tpacket_auxdata *aux;
	ssize_t received;

	for (;;) {
		struct msghdr msg = {
			.msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control, .msg_controllen = sizeof(control),
		};
		int64_t left = deadline - now_ms();

		if (!sock_wait(sock, left > 0 ? left : 0))
			return false;
		received = recvmsg(sock->fd, &msg, 0);
		if (received < 0)
			fail("receive at %s: %s", sock->name, strerror(errno));
		if (!CMSG_FIRSTHDR(&msg))
			fail("no auxiliary data");
		aux = (const void *)CMSG_DATA(CMSG_FIRSTHDR(&msg));
		if (packet_parse(data, received, aux->tp_status & TP_STATUS_CSUMNOTREADY, seen))
			return true;
	}
}

struct wanted {
	union address from, to;
	bool tcp, has_seq, has_ack;
	uint8_t flags;
	uint32_t seq, ack;
};

static bool wire_is(const struct seen *seen, const struct wanted *wanted)
{
	return address_equal(&wanted->from, &seen->from) &&
	       address_equal(&wanted->to, &seen->to) && wanted->tcp == seen->tcp &&
	       wanted->flags == seen->flags && (!wanted->has_seq || wanted->seq == seen->seq) &&
	       (!wanted->has_ack || wanted->ack == seen->ack);
}

static void wanted_read(struct words *words, struct wanted *wanted)
{
	memset(wanted, 0, sizeof(*wanted));
	wanted->from = word_address(words);
	if (!word_is(words, "to"))
		fail("'to' missing");
	wanted->to = word_address(words);
	wanted->tcp = word_is(words, "tcp");
	if (!wanted->tcp)
		return;
	wanted->flags = word_flags(words);
	wanted->has_seq = word_is(words, "seq");
	if (wanted->has_seq)
		wanted->seq = word_number(words, "sequence number", UINT32_MAX);
	wanted->has_ack = word_is(words, "ack");
	if (wanted->has_ack)
		wanted->ack = word_number(words, "sequence number", UINT32_MAX);
}

/*
 * wire NAME ADDRESS PORT to ADDRESS PORT [tcp FLAGS [seq N] [ack N]] [MESSAGE]
 *	[sum good|bad|zero|partial]: such a packet was or will be seen; others before it are
 *	skipped.
 */
void do_wire(struct words *words)
{
	static const char *const names[] = { "neither good nor bad as sent", "good", "bad", "zero",
					     "partial" };
	struct sock *sock = word_sock(words);
	int64_t deadline = now_ms() + patience_ms;
	struct wanted wanted;
	struct seen seen;
	const char *id = NULL;
	enum sum sum = SUM_ANY;

	wanted_read(words, &wanted);
	if (word_left(words) && !word_is(words, "sum")) {
		id = word_next(words, "message");
		if (word_is(words, "sum"))
			sum = word_sum(words);
	} else if (word_left(words)) {
		sum = word_sum(words);
	}
	do {
		if (!wire_next(sock, deadline, &seen))
			fail("no such packet was seen");
	} while (!wire_is(&seen, &wanted));
	if (id)
		expect_message(message_find(id), seen.payload, seen.size);
	if (sum != SUM_ANY && seen.sum != sum)
		fail("expected the checksum to be %s, it is %s", names[sum], names[seen.sum]);
}

/* fragments NAME COUNT: so many IP fragments were seen so far, among what else was. */
void do_fragments(struct words *words)
{
	static unsigned char data[DATAGRAM_MAX + 128];
	struct sock *sock = word_sock(words);
	unsigned long wanted = word_number(words, "count", 64), seen = 0;
	int64_t deadline = now_ms() + patience_ms;
	ssize_t size;

	while (sock_wait(sock, seen < wanted && deadline > now_ms() ? patience_ms : 0)) {
		size = recv(sock->fd, data, sizeof(data), 0);
		if (size < 0)
			fail("receive at %s: %s", sock->name, strerror(errno));
		seen += packet_is_fragment(data, size);
	}
	if (seen != wanted)
		fail("expected %lu fragments, saw %lu", wanted, seen);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * siptalk: ICMP and ICMPv6 errors, sent and received, and what sockets learn from them.
 *
 * What the script says of an error is made into the packet that it has to be; that one is sent, or
 * compared with what has come.
 */
#include <errno.h>
/* Before the header that uses its struct timespec without saying so. */
#include <time.h>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>

#include "siptalk.h"

/* linux/icmp.h does not go with netinet/ip_icmp.h. */
#define ICMP_FILTER	1

/* Both have a header of this length, and so much of UDP and TCP is always quoted (RFC 792). */
#define ICMP_HEADER	8
#define QUOTED_LEAST	8
#define QUOTE_MAX	1500

static bool is_ipv4(const union address *address)
{
	return address->sa.sa_family == AF_INET;
}

static size_t ip_header(const union address *address)
{
	return is_ipv4(address) ? sizeof(struct iphdr) : sizeof(struct ip6_hdr);
}

static uint16_t internet_sum(uint32_t sum, const void *data, size_t size)
{
	const unsigned char *at = data;
	size_t i;

	for (i = 0; i < size; i++)
		sum += i % 2 ? at[i] : at[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Errors */

struct error {
	union address from, to;
	/* The IP header, the ICMP header and the quote */
	unsigned char data[sizeof(struct ip6_hdr) + ICMP_HEADER + QUOTE_MAX];
	size_t size;
	/* Of the quote, only addresses, ports and what is behind the headers is known. */
	bool loose;
	/* As "loose", and nothing is known of what is behind the ports. */
	bool anything;
};

/* Type and code, in each family */
static const struct kind {
	const char *name;
	uint8_t v4[2], v6[2];
} kinds[] = {
	{ "net", { 3, 0 }, { 1, 0 } },
	{ "host", { 3, 1 }, { 1, 3 } },
	{ "port", { 3, 3 }, { 1, 4 } },
	{ "prohibited", { 3, 13 }, { 1, 1 } },
	{ "too-big", { 3, 4 }, { 2, 0 } },
	{ "ttl", { 11, 0 }, { 3, 0 } },
	{ "parameter", { 12, 0 }, { 4, 0 } },
	/* No errors, though they may carry the same. */
	{ "redirect", { 5, 1 }, { 137, 0 } },
	{ "echo", { 8, 0 }, { 128, 0 } },
};

static const struct kind *word_kind(struct words *words)
{
	const char *name = word_next(words, "kind of error");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	fail("no error '%s'", name);
}

static void error_build(struct words *words, struct error *error);

/* Each packet is made with another identification; the same quote is to be the same again. */
static void head_finish(unsigned char *out)
{
	struct ip6_hdr *ip6 = (struct ip6_hdr *)out;
	struct iphdr *ip = (struct iphdr *)out;

	if (*out >> 4 == 4) {
		ip->id = 0;
		ip->check = htons(~internet_sum(0, ip, ip->ihl * 4));
	} else if (ip6->ip6_nxt == IPPROTO_FRAGMENT) {
		((struct ip6_frag *)(ip6 + 1))->ip6f_ident = 0;
	}
}

/* icmp HOST to HOST KIND... | ADDRESS PORT to ADDRESS PORT MESSAGE|none|any [as of "inject"] */
static size_t quote_build(struct words *words, struct error *error, unsigned char *out)
{
	static const struct message none = { .id = "none" };
	const struct message *message = &none;
	struct packet packets[64];
	union address from, to;
	struct error inner;
	size_t size, count;

	if (word_is(words, "icmp")) {
		inner.from = word_host(words);
		if (!word_is(words, "to"))
			fail("'to' missing");
		inner.to = word_host(words);
		error_build(words, &inner);
		size = inner.size < QUOTE_MAX ? inner.size : QUOTE_MAX;
		memcpy(out, inner.data, size);
		return size;
	}
	from = word_address(words);
	if (!word_is(words, "to"))
		fail("'to' missing");
	to = word_address(words);
	error->anything = word_is(words, "any");
	if (!error->anything && !word_is(words, "none"))
		message = message_find(word_next(words, "message"));
	count = packets_build(words, &from, &to, message, packets, ARRAY_SIZE(packets));
	size = packets[0].size < QUOTE_MAX ? packets[0].size : QUOTE_MAX;
	memcpy(out, packets[0].data, size);
	while (count--)
		free(packets[count].data);
	head_finish(out);
	return size;
}

static void sums_fill(struct error *error, bool wrong)
{
	unsigned char *icmp = error->data + ip_header(&error->from);
	size_t size = error->size - ip_header(&error->from);
	uint32_t pseudo = 0;
	uint16_t sum;

	if (is_ipv4(&error->from)) {
		struct iphdr *ip = (struct iphdr *)error->data;

		ip->check = htons(~internet_sum(0, ip, sizeof(*ip)));
	} else {
		struct ip6_hdr *ip6 = (struct ip6_hdr *)error->data;

		pseudo = internet_sum(IPPROTO_ICMPV6 + size, &ip6->ip6_src,
				      2 * sizeof(struct in6_addr));
	}
	sum = ~internet_sum(pseudo, icmp, size);
	sum = htons(wrong ? sum ^ 0x1234 : sum);
	memcpy(icmp + 2, &sum, sizeof(sum));
}

static void ip_fill(struct error *error)
{
	size_t size = error->size;

	if (is_ipv4(&error->from)) {
		*(struct iphdr *)error->data = (struct iphdr){
			.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_ICMP,
			.tot_len = htons(size),
			.saddr = error->from.in.sin_addr.s_addr,
			.daddr = error->to.in.sin_addr.s_addr,
		};
		return;
	}
	*(struct ip6_hdr *)error->data = (struct ip6_hdr){
		.ip6_flow = htonl(6 << 28), .ip6_hlim = 64, .ip6_nxt = IPPROTO_ICMPV6,
		.ip6_plen = htons(size - sizeof(struct ip6_hdr)),
		.ip6_src = error->from.in6.sin6_addr, .ip6_dst = error->to.in6.sin6_addr,
	};
}

/*
 * KIND [mtu N] [sum good|bad] [cut N] [quoting [loosely] QUOTE]
 * cut: so many bytes of the quote are there.
 */
static void error_build(struct words *words, struct error *error)
{
	const struct kind *kind = word_kind(words);
	unsigned char *icmp = error->data + ip_header(&error->from);
	size_t size = 0, cut = QUOTE_MAX;
	uint32_t mtu = 0;
	bool wrong = false;

	error->loose = false;
	error->anything = false;
	if (word_is(words, "mtu"))
		mtu = htonl(word_number(words, "MTU", UINT32_MAX));
	if (word_is(words, "sum"))
		wrong = word_sum(words) == SUM_BAD;
	if (word_is(words, "cut"))
		cut = word_number(words, "length", QUOTE_MAX);
	memcpy(icmp, is_ipv4(&error->from) ? kind->v4 : kind->v6, 2);
	memset(icmp + 2, 0, 2);
	/* IPv4 has a smaller MTU field, in the same place as far as it reaches. */
	memcpy(icmp + 4, &mtu, sizeof(mtu));
	if (word_is(words, "quoting")) {
		error->loose = word_is(words, "loosely");
		size = quote_build(words, error, icmp + ICMP_HEADER);
	}
	error->size = icmp + ICMP_HEADER + (size < cut ? size : cut) - error->data;
	ip_fill(error);
	sums_fill(error, wrong);
}

/*
 * icmp-send RAW HOST KIND [mtu N] [sum good|bad] [cut N] [quoting QUOTE]: an error from RAW's
 * address.
 */
void do_icmp_send(struct words *words)
{
	struct sock *sock = word_sock(words);
	struct error error = { .from = sock->address, .to = word_host(words) };

	error_build(words, &error);
	if (sendto(sock->fd, error.data, error.size, 0, &error.to.sa,
		   address_size(&error.to)) != (ssize_t)error.size)
		fail("send to %s: %s", address_host(&error.to), strerror(errno));
}

/* icmp NAME NETNS HOST: hears what errors come to that address. */
void do_icmp(struct words *words)
{
	const char *name = word_next(words, "name"), *netns = word_next(words, "namespace");
	union address address = word_host(words);
	const uint32_t v4 = ~(1U << ICMP_DEST_UNREACH | 1U << ICMP_TIME_EXCEEDED |
			      1U << ICMP_PARAMETERPROB);
	struct icmp6_filter v6;
	struct sock *sock;

	sock = sock_add(name, sock_open(netns, address.sa.sa_family, SOCK_RAW,
					is_ipv4(&address) ? IPPROTO_ICMP : IPPROTO_ICMPV6));
	sock->address = address;
	ICMP6_FILTER_SETBLOCKALL(&v6);
	ICMP6_FILTER_SETPASS(ICMP6_DST_UNREACH, &v6);
	ICMP6_FILTER_SETPASS(ICMP6_PACKET_TOO_BIG, &v6);
	ICMP6_FILTER_SETPASS(ICMP6_TIME_EXCEEDED, &v6);
	ICMP6_FILTER_SETPASS(ICMP6_PARAM_PROB, &v6);
	if (is_ipv4(&address) ?
	    setsockopt(sock->fd, SOL_RAW, ICMP_FILTER, &v4, sizeof(v4)) :
	    setsockopt(sock->fd, IPPROTO_ICMPV6, ICMP6_FILTER, &v6, sizeof(v6)))
		fail("setsockopt: %s", strerror(errno));
	/* Without its port: a protocol number, to a raw socket. */
	if (bind(sock->fd, &address.sa, address_size(&address)))
		fail("bind to %s: %s", address_host(&address), strerror(errno));
}

/*
 * The next error; false: none in time. Of IPv6, sockets do not get the header, but what they get
 * has a right checksum; what of the header is known is made up.
 */
static bool error_receive(struct sock *sock, struct error *error)
{
	size_t head = is_ipv4(&sock->address) ? 0 : sizeof(struct ip6_hdr);
	socklen_t length = sizeof(error->from);
	ssize_t size;

	if (!sock_wait(sock, patience_ms))
		return false;
	size = recvfrom(sock->fd, error->data + head, sizeof(error->data) - head, 0,
			&error->from.sa, &length);
	if (size < 0)
		fail("receive at %s: %s", sock->name, strerror(errno));
	address_set_port(&error->from, 0);
	error->to = sock->address;
	error->size = head + size;
	if (head)
		ip_fill(error);
	return true;
}

/* What a router may change in the header at @ip, of the packet that it quotes, is blanked. */
static void blank_ip(unsigned char *ip)
{
	struct iphdr *v4 = (struct iphdr *)ip;

	if (*ip >> 4 == 4) {
		v4->tos = 0;
		v4->id = 0;
		v4->frag_off &= ~htons(IP_DF);
		v4->ttl = 0;
		v4->check = 0;
	} else {
		memset(ip, 0, 4);
		((struct ip6_hdr *)ip)->ip6_hlim = 0;
	}
}

static void blank_sum(unsigned char *ip)
{
	const struct ip6_hdr *v6 = (const struct ip6_hdr *)ip;
	bool v4 = *ip >> 4 == 4;
	unsigned char *l4 = ip + (v4 ? (*ip & 15) * 4 : (int)sizeof(*v6));

	memset(l4 + ((v4 ? ip[9] : v6->ip6_nxt) == IPPROTO_TCP ? 16 : 6), 0, 2);
}

/* Is byte @at of a quoted IP header one of the length? */
static bool in_length(const unsigned char *ip, size_t at)
{
	return at / 2 == (*ip >> 4 == 4 ? 1 : 2);
}

/* The quote of @came has to be what @wanted has, as far as it goes. */
static void expect_quote(struct error *wanted, struct error *came)
{
	size_t start = ip_header(&wanted->from) + ICMP_HEADER, i;
	size_t least = ip_header(&wanted->from) + QUOTED_LEAST;
	size_t most = wanted->size - start, size = came->size - start;
	unsigned char *have = came->data + start, *want = wanted->data + start;

	if (size < (most < least ? most : least) || (size > most && !wanted->anything))
		fail("expected a quote of %zu bytes, came %zu", most, size);
	if (size >= least && *have >> 4 == 4 &&
	    internet_sum(0, have, (*have & 15) * 4) != 0xffff)
		fail("the quoted IP header's checksum is wrong");
	blank_ip(have);
	blank_ip(want);
	if (wanted->loose) {
		blank_sum(have);
		blank_sum(want);
	}
	if (wanted->anything)
		size = ip_header(&wanted->from) + 4;
	for (i = 0; i < size; i++)
		if (have[i] != want[i] && !(wanted->anything && in_length(want, i)))
			fail("the quote is another from byte %zu on: %02x, not %02x", i, have[i],
			     want[i]);
}

/*
 * icmp-recv NAME from HOST KIND [mtu N] [cut N] quoting [loosely] QUOTE: the next error there has
 * to be this, as far as its quote goes, and all checksums right; loosely: but for that of the
 * quoted UDP or TCP header, which a card was to fill in.
 */
void do_icmp_recv(struct words *words)
{
	static struct error wanted, came;
	struct sock *sock = word_sock(words);
	size_t icmp;

	if (!word_is(words, "from"))
		fail("'from' missing");
	wanted.from = word_host(words);
	wanted.to = sock->address;
	error_build(words, &wanted);
	icmp = ip_header(&wanted.from);
	if (!error_receive(sock, &came))
		fail("no error comes");
	if (!address_equal(&wanted.from, &came.from))
		fail("the error comes from %s", address_host(&came.from));
	if (memcmp(wanted.data + icmp, came.data + icmp, 2))
		fail("the error has type %u, code %u", came.data[icmp], came.data[icmp + 1]);
	if (memcmp(wanted.data + icmp + 4, came.data + icmp + 4, 4))
		fail("the error has %u for its MTU",
		     came.data[icmp + 6] << 8 | came.data[icmp + 7]);
	if (is_ipv4(&came.from) && internet_sum(0, came.data, icmp) != 0xffff)
		fail("the IP header's checksum is wrong");
	if (is_ipv4(&came.from) &&
	    internet_sum(0, came.data + icmp, came.size - icmp) != 0xffff)
		fail("the ICMP checksum is wrong");
	expect_quote(&wanted, &came);
}

/* What sockets learn */

/* option NAME recverr|ttl N: all errors are to be told; how far packets get. */
void do_option(struct words *words)
{
	struct sock *sock = word_sock(words);
	bool v4 = is_ipv4(&sock->address);
	int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;

	if (word_is(words, "recverr"))
		sock_option(sock->fd, level, v4 ? IP_RECVERR : IPV6_RECVERR, 1);
	else if (word_is(words, "ttl"))
		sock_option(sock->fd, level, v4 ? IP_TTL : IPV6_UNICAST_HOPS,
			    word_number(words, "TTL", 255));
	else
		fail("no option '%s'", word_next(words, "option"));
}

static const struct sock_extended_err *reason(struct msghdr *msg)
{
	struct cmsghdr *part;

	for (part = CMSG_FIRSTHDR(msg); part; part = CMSG_NXTHDR(msg, part))
		if ((part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) ||
		    (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR))
			return (const void *)CMSG_DATA(part);
	fail("no error is told");
}

static void expect_offender(const union address *wanted, const struct sock_extended_err *why)
{
	union address by = { 0 };

	memcpy(&by, SO_EE_OFFENDER(why), address_size(wanted));
	address_set_port(&by, 0);
	if (!address_equal(wanted, &by))
		fail("the error is by %s", address_host(&by));
}

/* An error quotes no more than a part. */
static void expect_start(const struct message *message, const void *data, size_t size)
{
	struct message start = *message;

	if (size && size < start.size)
		start.size = size;
	expect_message(&start, data, size);
}

/*
 * told NAME ERROR of ADDRESS PORT by HOST [mtu N] [MESSAGE]: what the socket, with "option
 * recverr", is told next: what went there has failed, as that host says. MESSAGE: it was this, as
 * far as the error quotes it.
 */
void do_told(struct words *words)
{
	static unsigned char data[DATAGRAM_MAX];
	char control[512];
	struct iovec iov = { data, sizeof(data) };
	struct sock *sock = word_sock(words);
	const char *error = word_next(words, "error");
	union address wanted, by, to = { 0 };
	struct msghdr msg = {
		.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	const struct sock_extended_err *why;
	ssize_t size;

	if (!word_is(words, "of"))
		fail("'of' missing");
	wanted = word_address(words);
	if (!word_is(words, "by"))
		fail("'by' missing");
	by = word_host(words);
	sock_wait(sock, patience_ms);
	size = recvmsg(sock->fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT);
	if (size < 0)
		fail("nothing is told: %s", strerror(errno));
	why = reason(&msg);
	expect_error(error, why->ee_errno);
	if (!address_equal(&wanted, &to))
		fail("the error is of what went to %s", address_text(&to));
	expect_offender(&by, why);
	if (word_is(words, "mtu") && word_number(words, "MTU", UINT16_MAX) != why->ee_info)
		fail("the MTU is told to be %u", why->ee_info);
	if (word_left(words))
		expect_start(message_find(word_next(words, "message")), data, size);
}

/* path-mtu NAME N: what the connected socket knows of its way. */
void do_path_mtu(struct words *words)
{
	struct sock *sock = word_sock(words);
	int wanted = word_number(words, "MTU", UINT16_MAX), mtu;
	bool v4 = is_ipv4(&sock->address);
	socklen_t size = sizeof(mtu);

	if (getsockopt(sock->fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_MTU : IPV6_MTU, &mtu,
		       &size))
		fail("getsockopt: %s", strerror(errno));
	if (mtu != wanted)
		fail("expected an MTU of %d on the way, it is %d", wanted, mtu);
}

// SPDX-License-Identifier: GPL-2.0
/* siptalk: IP packets as no socket would send them, and what was seen on a wire. */
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "siptalk.h"

/* How far a checksum that the script calls bad is off: steering must keep just that. */
#define SUM_ERROR	0x1234

#define PROTO_AH	51

static uint32_t sum_add(uint32_t sum, const void *data, size_t size)
{
	const unsigned char *at = data;

	for (; size > 1; size -= 2, at += 2)
		sum += at[0] << 8 | at[1];
	if (size)
		sum += at[0] << 8;
	return sum;
}

static uint16_t sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* The address part of @address, and its size. */
static const void *bytes(const union address *address, size_t *size)
{
	if (address->sa.sa_family == AF_INET) {
		*size = 4;
		return &address->in.sin_addr;
	}
	*size = 16;
	return &address->in6.sin6_addr;
}

static uint32_t sum_pseudo(const union address *from, const union address *to, uint8_t protocol,
			   size_t size)
{
	size_t length;
	const void *data = bytes(from, &length);
	uint32_t sum = sum_add(0, data, length);

	data = bytes(to, &length);
	return sum_add(sum, data, length) + protocol + size;
}

enum sum word_sum(struct words *words)
{
	if (word_is(words, "good"))
		return SUM_GOOD;
	if (word_is(words, "bad"))
		return SUM_BAD;
	if (word_is(words, "zero"))
		return SUM_ZERO;
	if (word_is(words, "partial"))
		return SUM_PARTIAL;
	fail("sum is good, bad, zero or partial, not '%s'", word_next(words, "sum"));
}

/* TCP flags as tcpdump has them: "S", "SA", "FA", "none". */
uint8_t word_flags(struct words *words)
{
	static const char letters[] = "FSRPAUEW";
	const char *word = word_next(words, "flags"), *letter;
	uint8_t flags = 0;

	if (!strcmp(word, "none"))
		return 0;
	for (; *word; word++) {
		letter = strchr(letters, *word);
		if (!letter)
			fail("no TCP flag '%c'", *word);
		flags |= 1 << (letter - letters);
	}
	return flags;
}

struct plan {
	const union address *from, *to;
	enum sum sum;
	size_t udp_length, cut, fragment, only;
	const char *option, *extensions, *tcp_options;
	uint32_t seq, ack;
	uint8_t flags;
	bool reverse, tcp;
};

/* A number, or where a socket's connection is: what it sends, or has to get, next. */
static uint32_t word_sequence(struct words *words, bool received)
{
	if (word_left(words) && strspn(words->word[words->next], "0123456789"))
		return word_number(words, "sequence number", UINT32_MAX);
	return stream_sequence(word_sock(words), received);
}

static void tcp_read(struct words *words, struct plan *plan)
{
	plan->tcp = true;
	plan->flags = word_flags(words);
	if (word_is(words, "seq"))
		plan->seq = word_sequence(words, false);
	if (word_is(words, "ack"))
		plan->ack = word_sequence(words, true);
	if (word_is(words, "ahead"))
		plan->seq += word_number(words, "distance", UINT32_MAX);
	if (word_is(words, "tcp-options"))
		plan->tcp_options = word_next(words, "TCP options");
}

static void plan_read(struct words *words, struct plan *plan)
{
	while (word_left(words)) {
		if (word_is(words, "sum"))
			plan->sum = word_sum(words);
		else if (word_is(words, "tcp"))
			tcp_read(words, plan);
		else if (word_is(words, "udp-length"))
			plan->udp_length = word_number(words, "length", UINT16_MAX);
		else if (word_is(words, "cut"))
			plan->cut = word_number(words, "length", UINT16_MAX);
		else if (word_is(words, "option"))
			plan->option = word_next(words, "IPv4 option");
		else if (word_is(words, "ext"))
			plan->extensions = word_next(words, "extension headers");
		else if (word_is(words, "fragment"))
			plan->fragment = word_number(words, "fragment size", UINT16_MAX) & ~7;
		else if (word_is(words, "only"))
			plan->only = word_number(words, "fragment number", 64);
		else if (word_is(words, "reverse"))
			plan->reverse = true;
		else
			fail("inject: '%s'?", words->word[words->next]);
	}
}

/* The checksum of a transport part that has none yet. */
static uint16_t sum_of(const struct plan *plan, const void *data, size_t size)
{
	uint8_t protocol = plan->tcp ? IPPROTO_TCP : IPPROTO_UDP;
	uint16_t sum;

	if (plan->sum == SUM_ZERO)
		return 0;
	sum = ~sum_fold(sum_add(sum_pseudo(plan->from, plan->to, protocol, size), data, size));
	if (plan->sum == SUM_BAD)
		sum = sum_fold((uint32_t)sum + SUM_ERROR);
	return htons(sum || plan->tcp ? sum : 0xffff);
}

static size_t udp_build(const struct plan *plan, const struct message *message,
			unsigned char *out)
{
	size_t size = sizeof(struct udphdr) + message->size;
	struct udphdr *udp = (struct udphdr *)out;

	udp->source = htons(address_port(plan->from));
	udp->dest = htons(address_port(plan->to));
	udp->len = htons(plan->udp_length ?: size);
	udp->check = 0;
	memcpy(udp + 1, message->data, message->size);
	udp->check = sum_of(plan, out, size);
	return size;
}

/* TCP options from a comma list, padded to whole words. */
static size_t tcp_options_build(const char *wanted, unsigned char *out)
{
	static const struct {
		const char *name, *bytes;
	} known[] = {
		{ "mss", "\2\4\5\264" },
		{ "wscale", "\3\3\7" },
		{ "sack", "\4\2" },
		{ "nop", "\1" },
		/* TCP-MD5 (RFC 2385) and TCP-AO (RFC 5925): of the right length, signed by nobody */
		{ "md5", "\23\22signed by nobody" },
		{ "ao", "\35\20\1\1signed maybe" },
		/* Another that runs over the header's end */
		{ "overlong", "\376\377" },
	};
	char *list = strdup(wanted ?: ""), *name;
	size_t size = 0, length, i;

	for (name = strtok(list, ","); name; name = strtok(NULL, ",")) {
		for (i = 0; i < ARRAY_SIZE(known); i++)
			if (!strcmp(known[i].name, name))
				break;
		if (i == ARRAY_SIZE(known))
			fail("no TCP option '%s'", name);
		length = strlen(known[i].bytes);
		if (size + length > 40)
			fail("too many TCP options");
		memcpy(out + size, known[i].bytes, length);
		size += length;
	}
	free(list);
	while (size % 4)
		out[size++] = TCPOPT_NOP;
	return size;
}

static size_t tcp_build(const struct plan *plan, const struct message *message,
			unsigned char *out)
{
	size_t head = sizeof(struct tcphdr) +
		      tcp_options_build(plan->tcp_options, out + sizeof(struct tcphdr));
	struct tcphdr *tcp = (struct tcphdr *)out;

	memset(tcp, 0, sizeof(*tcp));
	tcp->th_sport = htons(address_port(plan->from));
	tcp->th_dport = htons(address_port(plan->to));
	tcp->th_seq = htonl(plan->seq);
	tcp->th_ack = htonl(plan->ack);
	tcp->th_off = head / 4;
	tcp->th_flags = plan->flags;
	tcp->th_win = htons(65535);
	memcpy(out + head, message->data, message->size);
	tcp->th_sum = sum_of(plan, out, head + message->size);
	return head + message->size;
}

/*
 * Extension headers from a comma list. @type: where the type of what follows goes; ends up where
 * the last header holds it.
 */
static size_t extensions_build(const struct plan *plan, unsigned char *out, unsigned char **type)
{
	char *list = strdup(plan->extensions ?: ""), *name;
	unsigned char *start = out;
	size_t size;

	for (name = strtok(list, ","); name; name = strtok(NULL, ",")) {
		memset(out, 0, 24);
		if (!strcmp(name, "hop-by-hop")) {
			**type = IPPROTO_HOPOPTS;
			memcpy(out, "\0\0\1\4\0\0\0\0", size = 8);
		} else if (!strcmp(name, "destination")) {
			**type = IPPROTO_DSTOPTS;
			memcpy(out, "\0\0\1\4\0\0\0\0", size = 8);
		} else if (!strcmp(name, "home-address")) {
			**type = IPPROTO_DSTOPTS;
			memcpy(out, "\0\2\1\2\0\0\xc9\x10", 8);
			memcpy(out + 8, &plan->from->in6.sin6_addr, 16);
			size = 24;
		} else if (!strncmp(name, "routing:", 8)) {
			**type = IPPROTO_ROUTING;
			memcpy(out, "\0\2\0\0\0\0\0\0", 8);
			out[3] = atoi(name + 8);
			memcpy(out + 8, &plan->to->in6.sin6_addr, 16);
			size = 24;
		} else if (!strcmp(name, "atomic")) {
			**type = IPPROTO_FRAGMENT;
			memcpy(out, "\0\0\0\0\1\2\3\4", size = 8);
		} else if (!strcmp(name, "auth")) {
			**type = PROTO_AH;
			memcpy(out, "\0\4\0\0\0\0\1\0\0\0\0\1", 12);
			size = 24;
		} else {
			fail("no extension header '%s'", name);
		}
		*type = out;
		out += size;
	}
	free(list);
	return out - start;
}

static size_t option_build(const struct plan *plan, unsigned char *out)
{
	if (!plan->option)
		return 0;
	if (!strcmp(plan->option, "nop")) {
		memcpy(out, "\1\1\1\0", 4);
		return 4;
	}
	/* Source routes: one more hop to go after the header's destination. */
	if (!strcmp(plan->option, "lsrr"))
		memcpy(out, "\x83\7\4", 3);
	else if (!strcmp(plan->option, "ssrr"))
		memcpy(out, "\x89\7\4", 3);
	else
		fail("no IPv4 option '%s'", plan->option);
	memcpy(out + 3, &plan->from->in.sin_addr, 4);
	out[7] = 0;
	return 8;
}

/* The head of a packet, up to what may be fragmented. @type: where the next type goes. */
static size_t head_build(const struct plan *plan, unsigned char *out, unsigned char **type)
{
	if (plan->from->sa.sa_family == AF_INET) {
		struct iphdr *ip = (struct iphdr *)out;
		size_t options = option_build(plan, out + sizeof(*ip));

		memset(ip, 0, sizeof(*ip));
		ip->version = 4;
		ip->ihl = (sizeof(*ip) + options) / 4;
		ip->ttl = 64;
		ip->saddr = plan->from->in.sin_addr.s_addr;
		ip->daddr = plan->to->in.sin_addr.s_addr;
		*type = &ip->protocol;
		return sizeof(*ip) + options +
		       extensions_build(plan, out + sizeof(*ip) + options, type);
	}

	struct ip6_hdr *ip6 = (struct ip6_hdr *)out;

	memset(ip6, 0, sizeof(*ip6));
	ip6->ip6_flow = htonl(6 << 28);
	ip6->ip6_hlim = 64;
	ip6->ip6_src = plan->from->in6.sin6_addr;
	ip6->ip6_dst = plan->to->in6.sin6_addr;
	*type = &ip6->ip6_nxt;
	return sizeof(*ip6) + extensions_build(plan, out + sizeof(*ip6), type);
}

/* One packet, with @size bytes from @offset of the transport part in it. */
static void packet_build(const struct plan *plan, const unsigned char *part, size_t size,
			 size_t offset, bool more, uint16_t id, struct packet *packet)
{
	unsigned char *out = malloc(256 + size), *type;
	size_t head = head_build(plan, out, &type);

	if (plan->from->sa.sa_family == AF_INET) {
		struct iphdr *ip = (struct iphdr *)out;

		ip->id = htons(id);
		ip->frag_off = htons(offset / 8 | (more ? IP_MF : 0));
		ip->tot_len = htons(head + size);
	} else if (plan->fragment) {
		struct ip6_frag *fragment = (struct ip6_frag *)(out + head);

		*type = IPPROTO_FRAGMENT;
		type = &fragment->ip6f_nxt;
		fragment->ip6f_reserved = 0;
		fragment->ip6f_offlg = htons(offset | more);
		fragment->ip6f_ident = htonl(id);
		head += sizeof(*fragment);
	}
	*type = plan->tcp ? IPPROTO_TCP : IPPROTO_UDP;
	if (plan->from->sa.sa_family == AF_INET6)
		((struct ip6_hdr *)out)->ip6_plen = htons(head - sizeof(struct ip6_hdr) + size);
	memcpy(out + head, part + offset, size);
	packet->data = out;
	packet->size = head + size;
}

/*
 * The packets that carry @message, as the rest of the script line wants them: in fragments, with
 * options, extension headers, lengths or checksums that are not what they should be.
 */
size_t packets_build(struct words *words, const union address *from, const union address *to,
		     const struct message *message, struct packet *packets, size_t max)
{
	static unsigned char part[DATAGRAM_MAX + 60];
	struct plan plan = { .from = from, .to = to, .sum = SUM_GOOD };
	size_t size, step, offset, count = 0, i;
	static uint16_t id = 0x5160;

	plan_read(words, &plan);
	size = (plan.tcp ? tcp_build : udp_build)(&plan, message, part);
	if (plan.cut && plan.cut < size)
		size = plan.cut;
	step = plan.fragment ?: size;
	id++;
	for (offset = 0; offset < size && count < max; offset += step) {
		bool more = size - offset > step;

		packet_build(&plan, part, more ? step : size - offset, offset, more, id,
			     &packets[count++]);
	}
	if (plan.only) {
		if (plan.only > count)
			fail("there are %zu fragments only", count);
		packets[0] = packets[plan.only - 1];
		return 1;
	}
	for (i = 0; plan.reverse && i < count / 2; i++) {
		struct packet swap = packets[i];

		packets[i] = packets[count - 1 - i];
		packets[count - 1 - i] = swap;
	}
	return count;
}

bool packet_is_fragment(const unsigned char *data, size_t size)
{
	const struct iphdr *ip = (const void *)data;

	if (size >= sizeof(*ip) && data[0] >> 4 == 4)
		return ip->frag_off & htons(IP_MF | IP_OFFMASK);
	return size > sizeof(struct ip6_hdr) && data[0] >> 4 == 6 &&
	       ((const struct ip6_hdr *)data)->ip6_nxt == IPPROTO_FRAGMENT;
}

/*
 * Where the UDP or TCP header is, and where the packet ends; @seen gets the addresses. NULL: none,
 * or a fragment.
 */
static const unsigned char *transport_find(const unsigned char *at, const unsigned char **end,
					   struct seen *seen)
{
	size_t size = *end - at, total;
	unsigned char type;

	memset(seen, 0, sizeof(*seen));
	if (size >= sizeof(struct iphdr) && at[0] >> 4 == 4) {
		const struct iphdr *ip = (const void *)at;

		if (ip->frag_off & htons(IP_MF | IP_OFFMASK))
			return NULL;
		seen->from.sa.sa_family = seen->to.sa.sa_family = AF_INET;
		seen->from.in.sin_addr.s_addr = ip->saddr;
		seen->to.in.sin_addr.s_addr = ip->daddr;
		type = ip->protocol;
		total = ntohs(ip->tot_len);
		if (total < size)
			*end = at + total;
		at += ip->ihl * 4;
	} else if (size >= sizeof(struct ip6_hdr) && at[0] >> 4 == 6) {
		const struct ip6_hdr *ip6 = (const void *)at;

		seen->from.sa.sa_family = seen->to.sa.sa_family = AF_INET6;
		seen->from.in6.sin6_addr = ip6->ip6_src;
		seen->to.in6.sin6_addr = ip6->ip6_dst;
		type = ip6->ip6_nxt;
		total = sizeof(*ip6) + ntohs(ip6->ip6_plen);
		if (total < size)
			*end = at + total;
		at += sizeof(*ip6);
	} else {
		return NULL;
	}
	while (type != IPPROTO_UDP && type != IPPROTO_TCP && at + 8 <= *end) {
		const unsigned char *header = at;

		if (type == PROTO_AH)
			at += (header[1] + 2) * 4;
		else if (type == IPPROTO_HOPOPTS || type == IPPROTO_DSTOPTS ||
			 type == IPPROTO_ROUTING)
			at += (header[1] + 1) * 8;
		else if (type == IPPROTO_FRAGMENT && !header[2] && !(header[3] & ~6))
			at += 8;
		else
			return NULL;
		type = header[0];
	}
	seen->tcp = type == IPPROTO_TCP;
	return seen->tcp || type == IPPROTO_UDP ? at : NULL;
}

/*
 * What the checksum of @size bytes, in which it is @check, is. @partial: the kernel says that it
 * is yet to be filled in, so what is there has to be the pseudo-header's part.
 */
static enum sum sum_judge(const struct seen *seen, const unsigned char *at, size_t size,
			  uint16_t check, bool partial)
{
	uint32_t pseudo = sum_pseudo(&seen->from, &seen->to,
				     seen->tcp ? IPPROTO_TCP : IPPROTO_UDP, size);
	uint16_t total;

	if (partial)
		return sum_fold(pseudo) == ntohs(check) ? SUM_PARTIAL : SUM_ANY;
	if (!check && !seen->tcp)
		return SUM_ZERO;
	total = sum_fold(sum_add(pseudo, at, size));
	return total == 0xffff ? SUM_GOOD : total == SUM_ERROR ? SUM_BAD : SUM_ANY;
}

/* Take a captured packet apart. False: no whole UDP datagram or TCP segment. */
bool packet_parse(const unsigned char *data, size_t size, bool partial, struct seen *seen)
{
	const unsigned char *end = data + size, *at = transport_find(data, &end, seen);
	const struct tcphdr *tcp = (const void *)at;
	const struct udphdr *udp = (const void *)at;
	size_t left, head, length;

	if (!at || at + (seen->tcp ? sizeof(*tcp) : sizeof(*udp)) > end)
		return false;
	left = length = end - at;
	address_set_port(&seen->from, udp->source);
	address_set_port(&seen->to, udp->dest);
	if (seen->tcp) {
		head = tcp->th_off * 4;
		if (head < sizeof(*tcp) || head > left)
			return false;
		seen->flags = tcp->th_flags;
		seen->seq = ntohl(tcp->th_seq);
		seen->ack = ntohl(tcp->th_ack);
	} else {
		head = sizeof(*udp);
		length = ntohs(udp->len);
	}
	seen->payload = at + head;
	seen->size = left - head;
	seen->sum = SUM_ANY;
	if (length < head || length > left)
		return true;
	seen->size = length - head;
	seen->sum = sum_judge(seen, at, length, seen->tcp ? tcp->th_sum : udp->check, partial);
	return true;
}

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FUZZ_PACKET_H
#define FUZZ_PACKET_H

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_MAX	8192
#define PAYLOAD_MAX	4096

enum family { V4, V6 };

/* One end of a packet; the port in host order. */
struct end {
	unsigned char addr[16];
	uint16_t port;
};

struct packet {
	struct virtio_net_hdr vnet;
	size_t len;
	unsigned char at[PACKET_MAX];
};

/* What a packet is to be, before it is one. */
struct draft {
	enum family family;
	uint8_t proto;
	struct end src;
	struct end dst;
	uint8_t ttl;
	enum { PLAIN, EXTENDED, WILD } headers;	/* IP options, or IPv6 extension headers */
	uint8_t tcp_flags;
	uint32_t seq;
	uint32_t ack;
	size_t options_len;
	unsigned char options[40];
	size_t payload_len;
	unsigned char payload[PAYLOAD_MAX];
};

/* Where things are in a packet, or in one that an ICMP error quotes. */
struct layout {
	enum family family;
	uint8_t proto;
	size_t ip;
	size_t l4;
	bool has_l4;		/* enough for the ports */
	bool is_fragment;
	size_t fragment;	/* where an IPv6 fragment header is, one that is not whole if there is */
	size_t fragment_link;	/* where the number is that says so */
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

size_t addr_len(enum family family);
struct end end_of(const char *addr, uint16_t port);
unsigned char *layout_addr(unsigned char *at, const struct layout *layout, bool is_dst);
bool layout_read(struct layout *layout, const unsigned char *at, size_t len, size_t ip);
bool layout_has_quote(const struct layout *layout, const unsigned char *at);
size_t layout_check(const struct layout *layout);

uint16_t get16(const unsigned char *at);
void put16(unsigned char *at, uint16_t value);
uint32_t sum(const unsigned char *at, size_t len);
void ip_sum(struct packet *packet);

void packet_make(struct packet *packet, const struct draft *draft);
void packet_partial(struct packet *packet);
size_t packet_fragments(const struct packet *packet, size_t size, struct packet *to, size_t max);
bool packet_join(struct packet *whole, const struct packet *fragment, uint32_t *id);
void packet_mutate(struct packet *packet, bool anywhere);

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * A packet: however much of it is linear, the same is found in it; rewriting
 * changes an address, a port, and the checksums by what these add, and nothing
 * else; and undoing that leaves no trace.
 *
 * The input is a struct head, then the packet.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "packet.h"
#include "rewrite.h"

#define PACKET_MAX	2048

struct head {
	u8 ip_summed;
	u8 side;
	u16 linear;
	u16 at;
	u8 byte;
	struct {
		u8 addr[16];
		u8 port[2];
	} to;
} __attribute__((packed));

static unsigned int ip_header_len(const u8 *packet)
{
	return packet[0] >> 4 == 4 ? sizeof(struct iphdr) :
				     sizeof(struct ipv6hdr);
}

static int classify(const struct sk_buff *skb, struct sipsteer_packet *packet)
{
	int proto;

	memset(packet, 0, sizeof(*packet));
	proto = skb->data[0] >> 4 == 4 ? sipsteer_classify_v4(skb, packet) :
					 sipsteer_classify_v6(skb, packet);
	if (proto)
		sipsteer_classify_options(skb, packet);
	return proto;
}

/* Where nothing is found, what was filled in on the way says nothing. */
static int classify_split(const u8 *bytes, unsigned int len,
			  unsigned int linear, unsigned int at,
			  struct sipsteer_packet *packet)
{
	struct sk_buff *skb = packet_skb(bytes, len, linear);
	struct sipsteer_packet whole, quote;
	struct sk_buff *flat = packet_skb(bytes, len, len);
	int proto = classify(skb, packet);

	assert_int_equal(classify(flat, &whole), proto);
	if (proto)
		assert_memory_equal(&whole, packet, sizeof(whole));
	sipsteer_classify_quote(skb, at, NFPROTO_IPV4, &quote);
	sipsteer_classify_quote(skb, at, NFPROTO_IPV6, &quote);
	packet_free(flat);
	packet_free(skb);
	return proto;
}

static unsigned int l4_len(const struct sipsteer_packet *packet)
{
	return packet->proto == IPPROTO_TCP ? sizeof(struct tcphdr) :
					      sizeof(struct udphdr);
}

static unsigned int check_at(const struct sipsteer_packet *packet)
{
	return packet->l4 + (packet->proto == IPPROTO_TCP ?
			     offsetof(struct tcphdr, check) :
			     offsetof(struct udphdr, check));
}

static unsigned int addr_len(const struct sipsteer_packet *packet)
{
	return packet->family == NFPROTO_IPV4 ? 4 : 16;
}

static unsigned int addr_at(const struct sipsteer_packet *packet,
			    enum sipsteer_side side)
{
	return (packet->family == NFPROTO_IPV4 ? 12 : 8) +
	       (side == SIPSTEER_SIDE_DST ? addr_len(packet) : 0);
}

static unsigned int get16(const u8 *at)
{
	return at[0] << 8 | at[1];
}

/* Whatever is wrong with a checksum, modulo 65535, is to stay so. */
static unsigned int ip_error(const u8 *bytes)
{
	return plain_sum(bytes, (bytes[0] & 0xf) * 4);
}

static unsigned int l4_error(const u8 *bytes, unsigned int len,
			     const struct sipsteer_packet *packet)
{
	unsigned int addrs = addr_at(packet, SIPSTEER_SIDE_SRC);

	return (plain_sum(bytes + packet->l4, len - packet->l4) +
		plain_sum(bytes + addrs, 2 * addr_len(packet))) % 65535;
}

/* Of CHECKSUM_PARTIAL: the field holds the sum of the pseudo header. */
static unsigned int partial_error(const u8 *bytes,
				  const struct sipsteer_packet *packet)
{
	return (get16(bytes + check_at(packet)) + 65535 -
		plain_sum(bytes + addr_at(packet, SIPSTEER_SIDE_SRC),
			  2 * addr_len(packet))) % 65535;
}

static void assert_checksums(const struct sk_buff *skb, const u8 *was,
			     const struct sipsteer_packet *packet)
{
	const u8 *is = skb->data;
	unsigned int at = check_at(packet);

	if (packet->family == NFPROTO_IPV4)
		assert_int_equal(ip_error(is), ip_error(was));
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		assert_int_equal(partial_error(is, packet),
				 partial_error(was, packet));
	else if (packet->proto == IPPROTO_UDP && !get16(was + at))
		assert_int_equal(get16(is + at), 0);
	else
		assert_int_equal(l4_error(is, skb->len, packet),
				 l4_error(was, skb->len, packet));
	if (packet->proto == IPPROTO_UDP && get16(was + at) &&
	    skb->ip_summed != CHECKSUM_PARTIAL)
		assert_int_not_equal(get16(is + at), 0);
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		assert_int_equal(skb->csum % 65535,
				 htobe16(plain_sum(is, skb->len)) % 65535);
}

/* All but checksums, which are not for this to judge. */
static void assert_bytes(const struct sk_buff *skb, const u8 *want,
			 const struct sipsteer_packet *packet)
{
	u8 *copy = malloc(skb->len);

	assert_non_null(copy);
	memcpy(copy, skb->data, skb->len);
	memcpy(copy + check_at(packet), want + check_at(packet), 2);
	if (packet->family == NFPROTO_IPV4)
		memcpy(copy + offsetof(struct iphdr, check),
		       want + offsetof(struct iphdr, check), 2);
	assert_memory_equal(copy, want, skb->len);
	free(copy);
}

static struct sk_buff *summed_skb(const u8 *bytes, unsigned int len,
				  const struct sipsteer_packet *packet,
				  u8 ip_summed)
{
	struct sk_buff *skb = packet_skb(bytes, len, len);

	skb->ip_summed = ip_summed % 4;
	if (skb->ip_summed == CHECKSUM_COMPLETE) {
		skb->csum = htobe16(plain_sum(bytes, len));
	} else if (skb->ip_summed == CHECKSUM_PARTIAL) {
		skb->csum_start = packet->l4;
		skb->csum_offset = check_at(packet) - packet->l4;
	}
	return skb;
}

static void rewrite(const struct head *head, const u8 *bytes, unsigned int len,
		    const struct sipsteer_packet *packet)
{
	struct sk_buff *skb = summed_skb(bytes, len, packet, head->ip_summed);
	enum sipsteer_side side = head->side % 2;
	const struct sipsteer_endpoint from =
		side == SIPSTEER_SIDE_DST ? packet->dst : packet->src;
	struct sipsteer_endpoint to = {};
	__wsum csum = skb->csum;
	u8 *want = malloc(len);

	assert_non_null(want);
	memcpy(want, bytes, len);
	memcpy(want + addr_at(packet, side), head->to.addr, addr_len(packet));
	memcpy(want + packet->l4 + (side == SIPSTEER_SIDE_DST ? 2 : 0),
	       head->to.port, 2);
	memcpy(&to.addr, head->to.addr, addr_len(packet));
	memcpy(&to.port, head->to.port, 2);

	sipsteer_rewrite_any(skb, packet, side, &from, &to);
	assert_checksums(skb, bytes, packet);
	assert_bytes(skb, want, packet);
	sipsteer_rewrite_any(skb, packet, side, &to, &from);
	assert_checksums(skb, bytes, packet);
	assert_bytes(skb, bytes, packet);
	if (skb->ip_summed != CHECKSUM_COMPLETE)
		assert_int_equal(skb->csum, csum);
	free(want);
	packet_free(skb);
}

static void rewrite_byte(const struct head *head, const u8 *bytes,
			 unsigned int len, const struct sipsteer_packet *packet)
{
	struct sk_buff *skb = summed_skb(bytes, len, packet, head->ip_summed);
	unsigned int first = packet->l4 + l4_len(packet);
	u8 *want = malloc(len);
	unsigned int at;

	assert_non_null(want);
	memcpy(want, bytes, len);
	at = first + head->at % (len - first);
	want[at] = head->byte;
	sipsteer_rewrite_byte(skb, packet, at, head->byte);
	assert_checksums(skb, bytes, packet);
	assert_bytes(skb, want, packet);
	free(want);
	packet_free(skb);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const u8 *bytes = data + sizeof(struct head);
	struct sipsteer_packet packet;
	unsigned int len, linear;
	struct head head;
	int proto;

	if (size <= sizeof(head) || size > PACKET_MAX)
		return 0;
	memcpy(&head, data, sizeof(head));
	len = size - sizeof(head);
	/* IP has seen to it that its header is there. */
	linear = ip_header_len(bytes);
	if (len < linear)
		return 0;
	linear += head.linear % (len - linear + 1);
	/* Quotes begin where headers end, at whole words. */
	proto = classify_split(bytes, len, linear, head.at % len & ~3u, &packet);
	if ((proto != IPPROTO_UDP && proto != IPPROTO_TCP) || packet.obstacle ||
	    packet.l4 + l4_len(&packet) > len)
		return 0;
	rewrite(&head, bytes, len, &packet);
	if (packet.l4 + l4_len(&packet) < len)
		rewrite_byte(&head, bytes, len, &packet);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Rewriting against a full recomputation: whatever the checksums were, the
 * packet that comes out is the one that a sender of the new address and port
 * would have made, with the same error in it if there was one.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include "packet.h"
#include "rewrite.h"

#define PACKETS		2000	/* of each kind */
#define BYTES_MAX	200

enum udp_check {
	UDP_CHECK_CORRECT,
	UDP_CHECK_WRONG,
	UDP_CHECK_ABSENT,
};

struct kind {
	const char *name;
	u8 family;
	enum sipsteer_side side;
	u8 ip_summed;
	enum udp_check udp_check;
};

/* A packet as bytes, and where its parts are. */
struct bytes {
	u8 at[BYTES_MAX];
	unsigned int len;
	unsigned int udp;
	u8 family;
};

static unsigned int get16(const u8 *at)
{
	return at[0] << 8 | at[1];
}

static void put16(u8 *at, unsigned int value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static unsigned int addr_len(const struct bytes *b)
{
	return b->family == NFPROTO_IPV4 ? 4 : 16;
}

static u8 *addr_at(struct bytes *b, enum sipsteer_side side)
{
	u8 *first = b->at + (b->family == NFPROTO_IPV4 ? 12 : 8);

	return side == SIPSTEER_SIDE_SRC ? first : first + addr_len(b);
}

static u8 *port_at(struct bytes *b, enum sipsteer_side side)
{
	return b->at + b->udp + (side == SIPSTEER_SIDE_SRC ? 0 : 2);
}

static u8 *udp_check_at(struct bytes *b)
{
	return b->at + b->udp + 6;
}

static u8 *ip_check_at(struct bytes *b)
{
	return b->at + 10;
}

/* What the device finds in the checksum field under CHECKSUM_PARTIAL. */
static unsigned int plain_pseudo_sum(struct bytes *b)
{
	unsigned int sum;

	sum = plain_sum(addr_at(b, SIPSTEER_SIDE_SRC), 2 * addr_len(b));
	sum = (sum + IPPROTO_UDP + b->len - b->udp) % 65535;
	return sum ?: 0xffff;
}

/* RFC 768; as it comes out of this, it is never 0. */
static unsigned int plain_udp_check(struct bytes *b)
{
	struct bytes copy = *b;

	put16(udp_check_at(&copy), 0);
	return 65535 - (plain_sum(copy.at + copy.udp, copy.len - copy.udp) +
			plain_pseudo_sum(&copy)) % 65535;
}

/* RFC 791; a header sum is never 0, so this is never 0xffff. */
static unsigned int plain_ip_check(struct bytes *b)
{
	struct bytes copy = *b;

	put16(ip_check_at(&copy), 0);
	return (65535 - plain_sum(copy.at, copy.udp)) % 65535;
}

static struct bytes random_packet(u8 family)
{
	unsigned int udp = family == NFPROTO_IPV4 ? 20 + 4 * random_below(11) :
						    40 + 8 * random_below(2);
	struct bytes b = {
		.family = family,
		.udp = udp,
		.len = udp + 8 + random_below(BYTES_MAX - udp - 8),
	};

	random_bytes(b.at, b.len);
	put16(b.at + b.udp + 4, b.len - b.udp);
	if (family == NFPROTO_IPV4) {
		b.at[0] = 0x40 | udp / 4;
		put16(b.at + 2, b.len);
		b.at[9] = IPPROTO_UDP;
		put16(ip_check_at(&b), plain_ip_check(&b));
	} else {
		b.at[0] = 0x60;
		put16(b.at + 4, b.len - 40);
		b.at[6] = udp > 40 ? IPPROTO_DSTOPTS : IPPROTO_UDP;
	}
	return b;
}

static unsigned int udp_check_for(struct bytes *b, const struct kind *kind)
{
	unsigned int right = plain_udp_check(b);

	if (kind->ip_summed == CHECKSUM_PARTIAL)
		return plain_pseudo_sum(b);
	if (kind->udp_check == UDP_CHECK_ABSENT)
		return 0;
	if (kind->udp_check == UDP_CHECK_CORRECT)
		return right;
	return (right + 1 + random_below(65533)) % 65535 ?: 0xffff;
}

static struct sipsteer_endpoint endpoint(struct bytes *b,
					 enum sipsteer_side side)
{
	struct sipsteer_endpoint end = {};

	memcpy(&end.addr, addr_at(b, side), addr_len(b));
	memcpy(&end.port, port_at(b, side), 2);
	return end;
}

static struct sipsteer_packet classified(struct bytes *b)
{
	return (struct sipsteer_packet){
		.src = endpoint(b, SIPSTEER_SIDE_SRC),
		.dst = endpoint(b, SIPSTEER_SIDE_DST),
		.family = b->family,
		.proto = IPPROTO_UDP,
		.l4 = b->udp,
	};
}

static struct sipsteer_endpoint random_endpoint(const struct bytes *b,
						const struct sipsteer_endpoint *old)
{
	struct sipsteer_endpoint end = {};

	random_bytes((u8 *)&end.addr, addr_len(b));
	random_bytes((u8 *)&end.port, 2);
	if (!random_below(8))
		end.addr = old->addr;
	if (!random_below(8))
		end.port = old->port;
	return end;
}

/* The headers are linear and nothing else: the payload is not to be touched. */
static struct sk_buff *skb_of(const struct bytes *b, u8 ip_summed)
{
	struct sk_buff *skb = packet_skb(b->at, b->len, b->udp + 8);

	skb->ip_summed = ip_summed;
	if (ip_summed == CHECKSUM_PARTIAL) {
		skb->csum_start = b->udp;
		skb->csum_offset = 6;
	} else if (ip_summed == CHECKSUM_COMPLETE) {
		/* Any 32 bits that fold to the sum. */
		u32 high = random_below(65536);
		u32 sum = htobe16(plain_sum(b->at, b->len));

		skb->csum = high << 16 | (sum + 65535 - high) % 65535;
	} else {
		skb->csum = 0xdeadbeef;
	}
	return skb;
}

static void assert_packet(const struct sk_buff *skb, const struct bytes *want)
{
	assert_memory_equal(skb->data, want->at, skb_headlen(skb));
	assert_memory_equal(skb->page, want->at + skb_headlen(skb),
			    skb->data_len);
	assert_int_equal(skb->len, want->len);
}

/* What the receiver's stack takes as the device's sum over the packet. */
static void assert_complete(const struct sk_buff *skb, const struct bytes *b)
{
	assert_int_equal(skb->csum % 65535, htobe16(plain_sum(b->at, b->len)) % 65535);
}

static void assert_summed(const struct sk_buff *skb, const struct sk_buff *was,
			  const struct bytes *b)
{
	assert_int_equal(skb->ip_summed, was->ip_summed);
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		assert_complete(skb, b);
	else
		assert_int_equal(skb->csum, was->csum);
}

/* @want is @b from the new address and port, with the error that @b has. */
static struct bytes rewritten(struct bytes *b, const struct kind *kind,
			      const struct sipsteer_endpoint *to)
{
	unsigned int udp_check = get16(udp_check_at(b));
	unsigned int udp_error = udp_check + 65535 - plain_udp_check(b);
	unsigned int ip_error = get16(ip_check_at(b)) + 65535 -
				plain_ip_check(b);
	struct bytes want = *b;

	memcpy(addr_at(&want, kind->side), &to->addr, addr_len(b));
	memcpy(port_at(&want, kind->side), &to->port, 2);
	if (kind->ip_summed == CHECKSUM_PARTIAL)
		put16(udp_check_at(&want), plain_pseudo_sum(&want));
	else if (udp_check)
		put16(udp_check_at(&want), (plain_udp_check(&want) + udp_error) %
					   65535 ?: 0xffff);
	if (b->family == NFPROTO_IPV4)
		put16(ip_check_at(&want),
		      (plain_ip_check(&want) + ip_error) % 65535);
	return want;
}

static void check_rewrite(struct bytes *b, const struct kind *kind,
			  const struct sipsteer_endpoint *to)
{
	struct sipsteer_packet packet = classified(b);
	struct bytes want = rewritten(b, kind, to);
	struct sk_buff *skb = skb_of(b, kind->ip_summed);
	struct sk_buff was = *skb;
	struct sipsteer_rewrite_undo undo;

	sipsteer_rewrite(skb, &packet, kind->side, to, &undo);
	assert_packet(skb, &want);
	assert_summed(skb, &was, &want);

	sipsteer_rewrite_undo(skb, &packet, kind->side, &undo);
	assert_packet(skb, b);
	assert_memory_equal(skb, &was, sizeof(was));
	packet_free(skb);
}

static void is_as_recomputed(void **state)
{
	const struct kind *kind = *state;
	struct sipsteer_packet packet;
	struct sipsteer_endpoint to;
	struct bytes b;
	unsigned int i;

	for (i = 0; i < PACKETS; i++) {
		b = random_packet(kind->family);
		put16(udp_check_at(&b), udp_check_for(&b, kind));
		packet = classified(&b);
		to = random_endpoint(&b, kind->side == SIPSTEER_SIDE_SRC ?
					 &packet.src : &packet.dst);
		check_rewrite(&b, kind, &to);
	}
}

/* Makes the checksum @check by changing the payload's first word. */
static void aim_udp_check(struct bytes *b, unsigned int check)
{
	u8 *word = b->at + b->udp + 8;

	put16(word, 0);
	put16(word, (plain_udp_check(b) + 65535 - check) % 65535);
	assert_int_equal(plain_udp_check(b), check);
}

static struct bytes random_packet_with_payload(u8 family)
{
	struct bytes b;

	do
		b = random_packet(family);
	while (b.len < b.udp + 10);
	return b;
}

/* A sum of 0 is sent as all ones, since 0 would say that there is none. */
static void sum_of_zero_is_sent_as_ones(void **state)
{
	const struct kind *kind = *state;
	struct sipsteer_endpoint old, to;
	struct bytes b, want;
	unsigned int i;

	for (i = 0; i < PACKETS; i++) {
		want = random_packet_with_payload(kind->family);
		old = endpoint(&want, kind->side);
		to = random_endpoint(&want, &old);
		b = want;
		memcpy(addr_at(&want, kind->side), &to.addr, addr_len(&want));
		memcpy(port_at(&want, kind->side), &to.port, 2);
		aim_udp_check(&want, 0xffff);
		memcpy(b.at + b.udp + 8, want.at + want.udp + 8, 2);
		put16(udp_check_at(&b), plain_udp_check(&b));

		want = rewritten(&b, kind, &to);
		assert_int_equal(get16(udp_check_at(&want)), 0xffff);
		check_rewrite(&b, kind, &to);
	}
}

static void sum_of_ones_is_no_special_case(void **state)
{
	const struct kind *kind = *state;
	struct sipsteer_endpoint old, to;
	struct bytes b;
	unsigned int i;

	for (i = 0; i < PACKETS; i++) {
		b = random_packet_with_payload(kind->family);
		aim_udp_check(&b, 0xffff);
		put16(udp_check_at(&b), 0xffff);
		old = endpoint(&b, kind->side);
		to = random_endpoint(&b, &old);
		check_rewrite(&b, kind, &to);
	}
}

/* Does what the device does, and looks as the receiver does. */
static void device_completes_partial_sum(void **state)
{
	const struct kind *kind = *state;
	struct sipsteer_rewrite_undo undo;
	struct sipsteer_packet packet;
	struct sipsteer_endpoint to;
	unsigned int i, sum;
	struct sk_buff *skb;
	struct bytes b;

	for (i = 0; i < PACKETS; i++) {
		b = random_packet(kind->family);
		put16(udp_check_at(&b), plain_pseudo_sum(&b));
		packet = classified(&b);
		to = random_endpoint(&b, &packet.dst);
		skb = skb_of(&b, CHECKSUM_PARTIAL);
		sipsteer_rewrite(skb, &packet, kind->side, &to, &undo);

		memcpy(b.at, skb->data, skb_headlen(skb));
		sum = plain_sum(b.at + skb->csum_start, b.len - skb->csum_start);
		put16(b.at + skb->csum_start + skb->csum_offset,
		      (65535 - sum) % 65535 ?: 0xffff);
		assert_int_equal(get16(udp_check_at(&b)), plain_udp_check(&b));
		assert_memory_equal(addr_at(&b, kind->side), &to.addr,
				    addr_len(&b));
		assert_memory_equal(port_at(&b, kind->side), &to.port, 2);
		packet_free(skb);
	}
}

/* Room made for a larger header moves the data, and csum_start with it. */
static void undo_leaves_csum_start_alone(void **state)
{
	const struct kind *kind = *state;
	struct bytes b = random_packet(kind->family);
	struct sipsteer_packet packet = classified(&b);
	struct sipsteer_endpoint to = random_endpoint(&b, &packet.dst);
	struct sk_buff *skb = skb_of(&b, CHECKSUM_PARTIAL);
	struct sipsteer_rewrite_undo undo;

	sipsteer_rewrite(skb, &packet, kind->side, &to, &undo);
	skb->csum_start += 32;
	sipsteer_rewrite_undo(skb, &packet, kind->side, &undo);
	assert_int_equal(skb->csum_start, b.udp + 32);
	assert_int_equal(skb->csum_offset, 6);
	assert_packet(skb, &b);
	packet_free(skb);
}

static void bad_header_checksum_stays_as_bad(void **state)
{
	const struct kind *kind = *state;
	struct sipsteer_endpoint old, to;
	struct bytes b;
	unsigned int i;

	for (i = 0; i < PACKETS; i++) {
		b = random_packet(NFPROTO_IPV4);
		put16(ip_check_at(&b), (plain_ip_check(&b) + 1 +
					random_below(65534)) % 65535);
		put16(udp_check_at(&b), udp_check_for(&b, kind));
		old = endpoint(&b, kind->side);
		to = random_endpoint(&b, &old);
		assert_int_not_equal(get16(ip_check_at(&b)), plain_ip_check(&b));
		check_rewrite(&b, kind, &to);
	}
}

/* Each datagram is there and back within one host: steered, then restored. */
static void there_and_back_is_nothing(void **state)
{
	const struct kind *kind = *state;
	struct sipsteer_endpoint old, to;
	struct sipsteer_rewrite_undo undo;
	struct sipsteer_packet packet;
	struct sk_buff *skb;
	struct bytes b;
	unsigned int i;

	for (i = 0; i < PACKETS; i++) {
		b = random_packet(kind->family);
		put16(udp_check_at(&b), udp_check_for(&b, kind));
		old = endpoint(&b, kind->side);
		to = random_endpoint(&b, &old);
		packet = classified(&b);
		skb = skb_of(&b, kind->ip_summed);
		sipsteer_rewrite(skb, &packet, kind->side, &to, &undo);
		*(kind->side == SIPSTEER_SIDE_SRC ? &packet.src : &packet.dst) = to;
		sipsteer_rewrite(skb, &packet, kind->side, &old, &undo);
		assert_packet(skb, &b);
		if (kind->ip_summed == CHECKSUM_COMPLETE)
			assert_complete(skb, &b);
		packet_free(skb);
	}
}

#define KIND(v, which, summed, check)	{			\
	.name = #v " " #which " " #summed " " #check,		\
	.family = NFPROTO_IP##v,				\
	.side = SIPSTEER_SIDE_##which,				\
	.ip_summed = CHECKSUM_##summed,				\
	.udp_check = UDP_CHECK_##check,				\
}

#define KINDS_OF_SUM(v, which, summed)				\
	KIND(v, which, summed, CORRECT),			\
	KIND(v, which, summed, WRONG),				\
	KIND(v, which, summed, ABSENT)

#define KINDS_OF_SIDE(v, which)					\
	KINDS_OF_SUM(v, which, NONE),				\
	KINDS_OF_SUM(v, which, UNNECESSARY),			\
	KINDS_OF_SUM(v, which, COMPLETE),			\
	KIND(v, which, PARTIAL, CORRECT)

static const struct kind kinds[] = {
	KINDS_OF_SIDE(V4, SRC), KINDS_OF_SIDE(V4, DST),
	KINDS_OF_SIDE(V6, SRC), KINDS_OF_SIDE(V6, DST),
};

/* The same tests for the kinds they are about, and named for both. */
static struct CMUnitTest tests[6 * COUNT_OF(kinds)];
static size_t tests_len;

static void add_test(const char *what, CMUnitTestFunction function,
		     const struct kind *kind)
{
	static char names[COUNT_OF(tests)][80];

	snprintf(names[tests_len], sizeof(names[0]), "%s: %s", kind->name, what);
	tests[tests_len] = test_of(names[tests_len], function, kind);
	tests_len++;
}

#define ADD(function, kind)	add_test(#function, function, kind)

int main(void)
{
	const struct kind *kind;

	for (kind = kinds; kind < kinds + COUNT_OF(kinds); kind++) {
		ADD(is_as_recomputed, kind);
		ADD(there_and_back_is_nothing, kind);
		if (kind->family == NFPROTO_IPV4)
			ADD(bad_header_checksum_stays_as_bad, kind);
		if (kind->ip_summed == CHECKSUM_PARTIAL) {
			ADD(device_completes_partial_sum, kind);
			ADD(undo_leaves_csum_start_alone, kind);
		} else if (kind->udp_check == UDP_CHECK_CORRECT) {
			ADD(sum_of_zero_is_sent_as_ones, kind);
			ADD(sum_of_ones_is_no_special_case, kind);
		}
	}
	return run_tap("rewrite", tests, tests_len);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Rewriting against a full recomputation: whatever the checksums were, the
 * packet that comes out is the one that a sender of the new address and port,
 * or of the new byte, would have made, with the same error in it if there was
 * one.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "packet.h"
#include "rewrite.h"

#define PACKETS		2000	/* of each kind */
#define BYTES_MAX	200

enum check {
	CHECK_CORRECT,
	CHECK_WRONG,
	CHECK_ABSENT,
};

struct kind {
	const char *name;
	u8 family;
	u8 proto;
	enum sipsteer_side side;
	u8 ip_summed;
	enum check check;
};

/* A packet as bytes, and where its parts are. */
struct bytes {
	u8 at[BYTES_MAX];
	unsigned int len;
	unsigned int l4;
	u8 family;
	u8 proto;
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
	return b->at + b->l4 + (side == SIPSTEER_SIDE_SRC ? 0 : 2);
}

static unsigned int check_offset(const struct bytes *b)
{
	return b->proto == IPPROTO_TCP ? offsetof(struct tcphdr, check) :
					 offsetof(struct udphdr, check);
}

static unsigned int l4_len(u8 proto)
{
	return proto == IPPROTO_TCP ? sizeof(struct tcphdr) :
				      sizeof(struct udphdr);
}

static u8 *check_at(struct bytes *b)
{
	return b->at + b->l4 + check_offset(b);
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
	sum = (sum + b->proto + b->len - b->l4) % 65535;
	return sum ?: 0xffff;
}

/* 0 and all ones are the same sum.  UDP keeps 0 for none: RFC 768. */
static unsigned int as_check(const struct bytes *b, unsigned int sum)
{
	return sum % 65535 ?: b->proto == IPPROTO_UDP ? 0xffff : 0;
}

static unsigned int plain_check(struct bytes *b)
{
	struct bytes copy = *b;

	put16(check_at(&copy), 0);
	return as_check(b, 65535 - (plain_sum(copy.at + copy.l4,
					      copy.len - copy.l4) +
				    plain_pseudo_sum(&copy)) % 65535);
}

/* RFC 791; a header sum is never 0, so this is never 0xffff. */
static unsigned int plain_ip_check(struct bytes *b)
{
	struct bytes copy = *b;

	put16(ip_check_at(&copy), 0);
	return (65535 - plain_sum(copy.at, copy.l4)) % 65535;
}

static struct bytes random_packet(const struct kind *kind)
{
	bool v4 = kind->family == NFPROTO_IPV4;
	unsigned int l4 = v4 ? 20 + 4 * random_below(11) :
			       40 + 8 * random_below(2);
	unsigned int headers = l4 + l4_len(kind->proto);
	struct bytes b = {
		.family = kind->family,
		.proto = kind->proto,
		.l4 = l4,
		.len = headers + random_below(BYTES_MAX - headers),
	};

	random_bytes(b.at, b.len);
	if (b.proto == IPPROTO_UDP)
		put16(b.at + b.l4 + 4, b.len - b.l4);
	if (v4) {
		b.at[0] = 0x40 | l4 / 4;
		put16(b.at + 2, b.len);
		b.at[9] = b.proto;
		put16(ip_check_at(&b), plain_ip_check(&b));
	} else {
		b.at[0] = 0x60;
		put16(b.at + 4, b.len - 40);
		b.at[6] = l4 > 40 ? IPPROTO_DSTOPTS : b.proto;
	}
	return b;
}

static unsigned int check_for(struct bytes *b, const struct kind *kind)
{
	unsigned int right = plain_check(b);

	if (kind->ip_summed == CHECKSUM_PARTIAL)
		return plain_pseudo_sum(b);
	if (kind->check == CHECK_ABSENT)
		return 0;
	if (kind->check == CHECK_CORRECT)
		return right;
	return as_check(b, right + 1 + random_below(65533));
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
		.proto = b->proto,
		.l4 = b->l4,
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

static struct sk_buff *skb_of(const struct bytes *b, u8 ip_summed,
			      unsigned int linear)
{
	struct sk_buff *skb = packet_skb(b->at, b->len, linear);

	skb->ip_summed = ip_summed;
	if (ip_summed == CHECKSUM_PARTIAL) {
		skb->csum_start = b->l4;
		skb->csum_offset = check_offset(b);
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

/* The headers are linear and nothing else: the payload is not to be touched. */
static struct sk_buff *skb_of_headers(const struct bytes *b, u8 ip_summed)
{
	return skb_of(b, ip_summed, b->l4 + l4_len(b->proto));
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

/* The checksum of @want, with the error that the one of @b has. */
static void put_check(struct bytes *want, struct bytes *b,
		      const struct kind *kind)
{
	unsigned int check = get16(check_at(b));

	if (kind->ip_summed == CHECKSUM_PARTIAL)
		check = plain_pseudo_sum(want);
	else if (kind->check != CHECK_ABSENT)
		check = as_check(b, plain_check(want) + check + 65535 -
				    plain_check(b));
	put16(check_at(want), check);
}

/* @b from the new address and port, with the errors that it has. */
static struct bytes rewritten(struct bytes *b, const struct kind *kind,
			      const struct sipsteer_endpoint *to)
{
	unsigned int ip_error = get16(ip_check_at(b)) + 65535 -
				plain_ip_check(b);
	struct bytes want = *b;

	memcpy(addr_at(&want, kind->side), &to->addr, addr_len(b));
	memcpy(port_at(&want, kind->side), &to->port, 2);
	put_check(&want, b, kind);
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
	struct sk_buff *skb = skb_of_headers(b, kind->ip_summed);
	struct sk_buff was = *skb;
	struct sipsteer_endpoint from = endpoint(b, kind->side);

	sipsteer_rewrite_any(skb, &packet, kind->side, &from, to);
	/* Where the sum stays the same, ones may stay, which mean zero. */
	if (get16(check_at(b)) == 0xffff && !get16(check_at(&want)) &&
	    get16(skb->data + (check_at(b) - b->at)) == 0xffff)
		put16(check_at(&want), 0xffff);
	assert_packet(skb, &want);
	assert_summed(skb, &was, &want);
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
		b = random_packet(kind);
		put16(check_at(&b), check_for(&b, kind));
		packet = classified(&b);
		to = random_endpoint(&b, kind->side == SIPSTEER_SIDE_SRC ?
					 &packet.src : &packet.dst);
		check_rewrite(&b, kind, &to);
	}
}

/* Makes the checksum @check by changing the payload's first word. */
static void aim_check(struct bytes *b, unsigned int check)
{
	u8 *word = b->at + b->l4 + l4_len(b->proto);

	put16(word, 0);
	put16(word, (plain_check(b) + 65535 - check) % 65535);
	assert_int_equal(plain_check(b), check);
}

static struct bytes random_packet_with_payload(const struct kind *kind)
{
	struct bytes b;

	do
		b = random_packet(kind);
	while (b.len < b.l4 + l4_len(b.proto) + 2);
	return b;
}

/* As all ones by UDP, since 0 would say that there is none. */
static void sum_of_zero_is_sent_as_recomputed(void **state)
{
	const struct kind *kind = *state;
	struct sipsteer_endpoint old, to;
	struct bytes b, want;
	unsigned int i;

	for (i = 0; i < PACKETS; i++) {
		want = random_packet_with_payload(kind);
		old = endpoint(&want, kind->side);
		to = random_endpoint(&want, &old);
		memcpy(addr_at(&want, kind->side), &to.addr, addr_len(&want));
		memcpy(port_at(&want, kind->side), &to.port, 2);
		aim_check(&want, as_check(&want, 0));
		b = want;
		memcpy(addr_at(&b, kind->side), &old.addr, addr_len(&b));
		memcpy(port_at(&b, kind->side), &old.port, 2);
		put16(check_at(&b), plain_check(&b));

		want = rewritten(&b, kind, &to);
		assert_int_equal(get16(check_at(&want)), as_check(&want, 0));
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
		b = random_packet_with_payload(kind);
		aim_check(&b, as_check(&b, 0));
		put16(check_at(&b), 0xffff);
		old = endpoint(&b, kind->side);
		to = random_endpoint(&b, &old);
		check_rewrite(&b, kind, &to);
	}
}

/* Does what the device does, and looks as the receiver does. */
static void device_completes_partial_sum(void **state)
{
	const struct kind *kind = *state;
	struct sipsteer_endpoint from, to;
	struct sipsteer_packet packet;
	unsigned int i, sum;
	struct sk_buff *skb;
	struct bytes b;

	for (i = 0; i < PACKETS; i++) {
		b = random_packet(kind);
		put16(check_at(&b), plain_pseudo_sum(&b));
		packet = classified(&b);
		from = endpoint(&b, kind->side);
		to = random_endpoint(&b, &from);
		skb = skb_of_headers(&b, CHECKSUM_PARTIAL);
		sipsteer_rewrite_any(skb, &packet, kind->side, &from, &to);

		memcpy(b.at, skb->data, skb_headlen(skb));
		sum = plain_sum(b.at + skb->csum_start, b.len - skb->csum_start);
		put16(b.at + skb->csum_start + skb->csum_offset,
		      as_check(&b, 65535 - sum));
		assert_int_equal(get16(check_at(&b)), plain_check(&b));
		assert_memory_equal(addr_at(&b, kind->side), &to.addr,
				    addr_len(&b));
		assert_memory_equal(port_at(&b, kind->side), &to.port, 2);
		packet_free(skb);
	}
}

static void bad_header_checksum_stays_as_bad(void **state)
{
	const struct kind *kind = *state;
	struct sipsteer_endpoint old, to;
	struct bytes b;
	unsigned int i;

	for (i = 0; i < PACKETS; i++) {
		b = random_packet(kind);
		put16(ip_check_at(&b), (plain_ip_check(&b) + 1 +
					random_below(65534)) % 65535);
		put16(check_at(&b), check_for(&b, kind));
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
	struct sipsteer_packet packet;
	struct sk_buff *skb;
	struct bytes b;
	unsigned int i;

	for (i = 0; i < PACKETS; i++) {
		b = random_packet(kind);
		put16(check_at(&b), check_for(&b, kind));
		old = endpoint(&b, kind->side);
		to = random_endpoint(&b, &old);
		packet = classified(&b);
		skb = skb_of_headers(&b, kind->ip_summed);
		sipsteer_rewrite_any(skb, &packet, kind->side, &old, &to);
		sipsteer_rewrite_any(skb, &packet, kind->side, &to, &old);
		assert_packet(skb, &b);
		if (kind->ip_summed == CHECKSUM_COMPLETE)
			assert_complete(skb, &b);
		packet_free(skb);
	}
}

/* Up to the byte all is linear. */
static void byte_is_as_recomputed(void **state)
{
	const struct kind *kind = *state;
	struct sipsteer_packet packet;
	struct bytes b, want;
	struct sk_buff *skb, was;
	unsigned int i, at;

	for (i = 0; i < PACKETS; i++) {
		b = random_packet_with_payload(kind);
		put16(check_at(&b), check_for(&b, kind));
		packet = classified(&b);
		at = b.l4 + l4_len(b.proto);
		at += random_below(b.len - at);
		want = b;
		random_bytes(want.at + at, 1);
		put_check(&want, &b, kind);
		skb = skb_of(&b, kind->ip_summed, at + 1);
		was = *skb;
		sipsteer_rewrite_byte(skb, &packet, at, want.at[at]);
		assert_packet(skb, &want);
		assert_summed(skb, &was, &want);
		packet_free(skb);
	}
}

#define KIND(v, p, which, summed, what)	{			\
	.name = #v " " #p " " #which " " #summed " " #what,	\
	.family = NFPROTO_IP##v,				\
	.proto = IPPROTO_##p,					\
	.side = SIPSTEER_SIDE_##which,				\
	.ip_summed = CHECKSUM_##summed,				\
	.check = CHECK_##what,					\
}

#define KINDS_OF_SUM(v, which, summed)				\
	KIND(v, UDP, which, summed, CORRECT),			\
	KIND(v, UDP, which, summed, WRONG),			\
	KIND(v, UDP, which, summed, ABSENT),			\
	KIND(v, TCP, which, summed, CORRECT),			\
	KIND(v, TCP, which, summed, WRONG)

#define KINDS_OF_SIDE(v, which)					\
	KINDS_OF_SUM(v, which, NONE),				\
	KINDS_OF_SUM(v, which, UNNECESSARY),			\
	KINDS_OF_SUM(v, which, COMPLETE),			\
	KIND(v, UDP, which, PARTIAL, CORRECT),			\
	KIND(v, TCP, which, PARTIAL, CORRECT)

static const struct kind kinds[] = {
	KINDS_OF_SIDE(V4, SRC), KINDS_OF_SIDE(V4, DST),
	KINDS_OF_SIDE(V6, SRC), KINDS_OF_SIDE(V6, DST),
};

/* The same tests for the kinds they are about, and named for both. */
static struct CMUnitTest tests[7 * COUNT_OF(kinds)];
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
		ADD(byte_is_as_recomputed, kind);
		if (kind->family == NFPROTO_IPV4)
			ADD(bad_header_checksum_stays_as_bad, kind);
		if (kind->ip_summed == CHECKSUM_PARTIAL) {
			ADD(device_completes_partial_sum, kind);
		} else if (kind->check == CHECK_CORRECT) {
			ADD(sum_of_zero_is_sent_as_recomputed, kind);
			ADD(sum_of_ones_is_no_special_case, kind);
		}
	}
	return run_tap("rewrite", tests, tests_len);
}

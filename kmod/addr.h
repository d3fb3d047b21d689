/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses of both families in one shape.  An IPv4 address stands in the
 * first word of union nf_inet_addr and the other words are zero, so that
 * comparing and hashing need not know the family.
 */
#ifndef SIPSTEER_ADDR_H
#define SIPSTEER_ADDR_H

#include <linux/hash.h>
#include <linux/netfilter.h>

#include "compat.h"

/* The longest prefix length, an IPv6 host. */
#define SIPSTEER_PREFIX_MAX	128

/**
 * struct sipsteer_endpoint - one end of a conversation
 * @addr: address
 * @port: port
 */
struct sipsteer_endpoint {
	union nf_inet_addr addr;
	__be16 port;
};

/**
 * sipsteer_endpoint_equal() - are two ends the same?
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; often a constant
 * @a: one
 * @b: the other, of the same family
 *
 * Return: true if so.
 */
static __always_inline bool
sipsteer_endpoint_equal(u8 family, const struct sipsteer_endpoint *a,
			const struct sipsteer_endpoint *b)
{
	if (a->port != b->port)
		return false;
	return family == NFPROTO_IPV4 ? a->addr.ip == b->addr.ip :
					nf_inet_addr_cmp(&a->addr, &b->addr);
}

/* How many ports there are. */
#define SIPSTEER_PORTS		65536

/**
 * sipsteer_port_bit() - where a port stands in a bitmap of all ports
 * @port: the port
 *
 * As a packet has it, which spares all other traffic a conversion.
 *
 * Return: the bit's number.
 */
static __always_inline unsigned int sipsteer_port_bit(__be16 port)
{
	return (__force u16)port;
}

/**
 * sipsteer_family_index() - where a family stands in arrays of two
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Return: 0 or 1.
 */
static inline unsigned int sipsteer_family_index(u8 family)
{
	return family != NFPROTO_IPV4;
}

/**
 * sipsteer_addr_v4() - an IPv4 address in the common shape
 * @ip: the address
 *
 * Not by the member's name: what a compiler does to the rest of a union then,
 * the standard leaves open, and clang leaves it as it was.
 *
 * Return: the address, with zeros behind.
 */
static inline union nf_inet_addr sipsteer_addr_v4(__be32 ip)
{
	union nf_inet_addr addr __uninitialized;

	addr.all[0] = (__force __u32)ip;
	addr.all[1] = 0;
	addr.all[2] = 0;
	addr.all[3] = 0;
	return addr;
}

/* How many tails an address may have. */
#define SIPSTEER_ADDR_TAILS	65536

/**
 * sipsteer_addr_tail() - the last 16 bits of an address
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; often a constant
 * @addr: the address
 *
 * Of few addresses, few others have the same.
 *
 * Return: the bits, in the order of a packet, as a number below
 * SIPSTEER_ADDR_TAILS.
 */
static __always_inline unsigned int
sipsteer_addr_tail(u8 family, const union nf_inet_addr *addr)
{
	u32 last = addr->all[family == NFPROTO_IPV4 ? 0 : 3];

	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? (u16)last : last >> 16;
}

/**
 * sipsteer_addr_bits() - length of a host prefix
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Return: 32 or 128.
 */
static inline u8 sipsteer_addr_bits(u8 family)
{
	return family == NFPROTO_IPV4 ? 32 : SIPSTEER_PREFIX_MAX;
}

/**
 * sipsteer_addr_source() - who has an address
 * @addr: the address
 *
 * A phone has all addresses of an IPv6 prefix of 64 bits (3GPP TS 23.401
 * section 5.3.1.2.2), and may use another one with each packet.
 *
 * Return: a number that all its addresses have in common.
 */
static inline u64 sipsteer_addr_source(const union nf_inet_addr *addr)
{
	return (u64)addr->all[0] << 32 | addr->all[1];
}

/**
 * sipsteer_addr_mask() - cut an address down to its prefix
 * @addr: the address
 * @len: prefix length, at most the family's
 *
 * Return: @addr with all bits behind the prefix cleared.
 */
static inline union nf_inet_addr
sipsteer_addr_mask(const union nf_inet_addr *addr, u8 len)
{
	union nf_inet_addr net = {};
	unsigned int i;

	for (i = 0; len >= 32; i++, len -= 32)
		net.all[i] = addr->all[i];
	if (len)
		net.all[i] = addr->all[i] & (__force u32)htonl(~0U << (32 - len));
	return net;
}

/**
 * sipsteer_addr_in() - does a prefix hold an address?
 * @addr: the address
 * @net: the prefix, cut down to @len
 * @len: prefix length
 *
 * Return: true if so.
 */
static inline bool sipsteer_addr_in(const union nf_inet_addr *addr,
				    const union nf_inet_addr *net, u8 len)
{
	union nf_inet_addr cut = sipsteer_addr_mask(addr, len);

	return nf_inet_addr_cmp(&cut, net);
}

/**
 * sipsteer_mix() - one more word of what is hashed
 * @hash: the hash of what came before, or a seed
 * @word: the word
 *
 * A few instructions, for keys that no sender of packets can choose freely.
 *
 * Return: the hash; its upper half is the better one.
 */
static __always_inline u64 sipsteer_mix(u64 hash, u64 word)
{
	hash = (hash ^ word) * GOLDEN_RATIO_64;
	return hash ^ hash >> 32;
}

/**
 * sipsteer_addr_mix() - sipsteer_mix() for an address
 * @hash: the hash of what came before, or a seed
 * @addr: the address
 *
 * Return: the hash.
 */
static __always_inline u64 sipsteer_addr_mix(u64 hash, const union nf_inet_addr *addr)
{
	hash = sipsteer_mix(hash, addr->all[0] | (u64)addr->all[1] << 32);
	return sipsteer_mix(hash, addr->all[2] | (u64)addr->all[3] << 32);
}

#endif /* SIPSTEER_ADDR_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is remembered of a request over UDP, and how a response finds it: by the
 * top Via's branch and the CSeq, which name a transaction (RFC 3261 section
 * 17.1.3) of a client.
 */
#ifndef SIPSTEER_UDP_H
#define SIPSTEER_UDP_H

#include <linux/skbuff.h>
#include <linux/udp.h>

#include "classify.h"
#include "mapping.h"
#include "net.h"
#include "sip_msg.h"
#include "transaction.h"

/**
 * sipsteer_udp_print() - what a transaction is found by
 * @set: the transactions
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; often a constant
 * @client: the client's address
 * @branch: the branch, which has the magic cookie
 * @len: its length
 *
 * Return: the print.
 */
static __always_inline u64
sipsteer_udp_print(const struct sipsteer_transactions *set, u8 family,
		   const union nf_inet_addr *client, const char *branch,
		   unsigned long len)
{
	u64 hash = sipsteer_transaction_of(set, family, client);

	hash = sipsteer_transaction_hash(set, hash, branch, len);
	return sipsteer_transaction_print(hash);
}

/**
 * sipsteer_udp_remember() - remember a request
 * @sn: the namespace; RCU is held
 * @skb: the packet, its UDP header as it goes on to the target
 * @as: its shape; often of constants
 * @packet: its addresses and ports, as the client has sent them
 * @mapping: the mapping that has steered it
 * @print: its print
 * @cseq: its CSeq's number
 * @method: and method
 */
static __always_inline void
sipsteer_udp_remember(struct sipsteer_net *sn, const struct sk_buff *skb,
		      const struct sipsteer_shape as,
		      const struct sipsteer_packet *packet,
		      const struct sipsteer_mapping *mapping, u64 print,
		      u32 cseq, enum sip_method method)
{
	const struct sipsteer_endpoint *target = &mapping->target->by_end.key.end;
	const struct udphdr *udp = (const struct udphdr *)(skb->data + as.l4);
	struct sipsteer_transaction transaction __uninitialized;

	transaction.print = print;
	transaction.client = packet->src.addr;
	transaction.match = packet->dst.addr;
	transaction.target = target->addr;
	transaction.client_port = packet->src.port;
	transaction.match_port = packet->dst.port;
	transaction.target_port = target->port;
	transaction.family = as.family;
	transaction.method = method;
	transaction.mapping = mapping->id;
	transaction.cseq = cseq;
	transaction.udp_len = udp->len;
	/* 0 where the field does not yet hold what will be on the wire. */
	transaction.udp_check = skb->ip_summed == CHECKSUM_PARTIAL ?
				0 : udp->check;

	switch (sipsteer_transaction_remember(&sn->transactions, &transaction)) {
	case SIPSTEER_REMEMBERED_AGAIN:
		sipsteer_net_count(sn, SIPSTEER_COUNTER_TRANSACTION_REFRESHED);
		break;
	case SIPSTEER_REMEMBERED_EVICTED:
		sipsteer_net_count(sn, SIPSTEER_COUNTER_TRANSACTION_EVICTED);
		fallthrough;
	case SIPSTEER_REMEMBERED_NEW:
		sipsteer_net_count(sn, SIPSTEER_COUNTER_TRANSACTION_NEW);
		break;
	}
}

/**
 * sipsteer_udp_find() - find the request that a response answers
 * @sn: the namespace; RCU is held
 * @packet: the response's addresses and ports
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; often a constant
 * @print: its print
 * @cseq: its CSeq's number
 * @method: and method
 * @found: filled in
 *
 * Return: true if it is known.
 */
static __always_inline bool
sipsteer_udp_find(struct sipsteer_net *sn, const struct sipsteer_packet *packet,
		  u8 family, u64 print, u32 cseq, enum sip_method method,
		  struct sipsteer_transaction *found)
{
	struct sipsteer_transaction like __uninitialized;

	like.print = print;
	like.client = packet->dst.addr;
	like.target = packet->src.addr;
	like.target_port = packet->src.port;
	like.family = family;
	like.method = method;
	like.cseq = cseq;
	return sipsteer_transaction_find(&sn->transactions, &like, found);
}

#endif /* SIPSTEER_UDP_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The walk of a SIP request over UDP, and of its responses: message by message.
 */
#include <linux/skbuff.h>
#include <linux/udp.h>

#include "hide.h"
#include "udp.h"
#include "walk.h"

/* The bits of the mappings' methods are the numbers of the parser's. */
static_assert(BIT(SIP_METHOD_INVITE) == SIPSTEER_METHOD_INVITE);
static_assert(BIT(SIP_METHOD_REGISTER) == SIPSTEER_METHOD_REGISTER);
static_assert(BIT(SIP_METHOD_UPDATE) == SIPSTEER_METHOD_UPDATE);
static_assert(BIT(SIP_METHOD_OTHER) == SIPSTEER_METHOD_OTHER);

static unsigned int payload_offset(const struct sipsteer_walk *walk)
{
	return walk->packet.l4 + sizeof(struct udphdr);
}

/* In one piece, as pull_header() has seen to. */
static const struct udphdr *udp_header(const struct sipsteer_walk *walk)
{
	return (const struct udphdr *)(walk->skb->data + walk->packet.l4);
}

/* The payload, once the packet is linear. */
static const char *payload(const struct sipsteer_walk *walk)
{
	return walk->skb->data + payload_offset(walk);
}

static unsigned int payload_len(const struct sipsteer_walk *walk)
{
	return ntohs(udp_header(walk)->len) - sizeof(struct udphdr);
}

static bool len_lies(const struct sipsteer_walk *walk)
{
	unsigned int len = ntohs(udp_header(walk)->len);

	return len < sizeof(struct udphdr) ||
	       len > walk->skb->len - walk->packet.l4;
}

/* Without the magic cookie: Call-ID and From tag (RFC 3261 section 17.2.3). */
static u64 print_old(const struct sipsteer_walk *walk,
		     const union nf_inet_addr *client)
{
	const struct sipsteer_transactions *set = &walk->sn->transactions;
	const struct sip_headers *h = &walk->message->headers;
	const char *text = payload(walk);
	u64 hash = sipsteer_transaction_of(set, walk->packet.family, client);

	hash = sipsteer_transaction_hash(set, hash, text + h->call_id.off,
					 h->call_id.len);
	hash = sipsteer_transaction_hash(set, hash, text + h->from_tag.off,
					 h->from_tag.len);
	return sipsteer_transaction_print(hash);
}

static u64 print_of(const struct sipsteer_walk *walk,
		    const union nf_inet_addr *client)
{
	const struct sip_headers *h = &walk->message->headers;

	return h->branch_cookie ?
	       sipsteer_udp_print(&walk->sn->transactions, walk->packet.family,
				  client, payload(walk) + h->branch.off,
				  h->branch.len) :
	       print_old(walk, client);
}

/* No more than is needed to tell whether the rest matters. */
static bool pull_header(const struct sipsteer_walk *walk)
{
	return pskb_may_pull(walk->skb, payload_offset(walk));
}

static enum sipsteer_counter check_header(const struct sipsteer_walk *walk)
{
	return pull_header(walk) ? 0 : SIPSTEER_COUNTER_NO_MEMORY;
}

static enum sipsteer_counter check_len(const struct sipsteer_walk *walk)
{
	return len_lies(walk) ? SIPSTEER_COUNTER_MALFORMED : 0;
}

static enum sipsteer_counter check_aggregated(const struct sipsteer_walk *walk)
{
	return sipsteer_walk_is_aggregated(walk) ?
	       SIPSTEER_COUNTER_AGGREGATED : 0;
}

static enum sipsteer_counter
check_start_line(struct sipsteer_walk *walk, const char *text, unsigned int len)
{
	struct sip_start *start = &walk->message->start;

	switch (sip_msg_start(text, len, start)) {
	case SIP_KIND_REQUEST:
		return walk->mapping->methods & BIT(start->method) ?
		       0 : SIPSTEER_COUNTER_METHOD;
	case SIP_KIND_RESPONSE:
		return SIPSTEER_COUNTER_RESPONSE;
	case SIP_KIND_KEEPALIVE:
		return SIPSTEER_COUNTER_KEEPALIVE;
	default:
		return SIPSTEER_COUNTER_NOT_SIP;
	}
}

/*
 * A UE's own REGISTER has exactly one Via.  One that a proxy relays has more,
 * and a P-CSCF adds Path and P-Visited-Network-ID (TS 24.229 section 5.2.2).
 */
static enum sipsteer_counter check_guard(const struct sipsteer_walk *walk)
{
	const struct sip_headers *h = &walk->message->headers;

	if (!walk->mapping->guard)
		return 0;
	if (h->via_count > 1)
		return SIPSTEER_COUNTER_GUARD_VIA;
	if (h->has_path)
		return SIPSTEER_COUNTER_GUARD_PATH;
	if (h->has_visited)
		return SIPSTEER_COUNTER_GUARD_VISITED;
	return sipsteer_target_has_addr(&walk->table->mappings,
					walk->packet.family,
					&walk->packet.src.addr) ?
	       SIPSTEER_COUNTER_GUARD_TARGET : 0;
}

/* TS 34.229-1 knows no Route in a REGISTER; other requests need theirs. */
static bool hides_route(const struct sipsteer_walk *walk)
{
	return walk->mapping->route == SIPSTEER_ROUTE_HIDE &&
	       walk->message->start.method == SIP_METHOD_REGISTER;
}

static enum sipsteer_counter
check_sip_headers(struct sipsteer_walk *walk, const char *text,
		  unsigned int len)
{
	const struct sipsteer_mapping *mapping = walk->mapping;
	bool all = mapping->guard || hides_route(walk);
	bool keep = mapping->reply == SIPSTEER_REPLY_KEEP;
	struct sipsteer_message *message = walk->message;
	enum sip_want want = SIP_WANT_KEY;

	if (!all && keep)
		return 0;
	if (all)
		want = keep ? SIP_WANT_GUARD : SIP_WANT_ALL;
	if (sip_msg_headers(text, len, &message->start, want,
			    &message->headers))
		return SIPSTEER_COUNTER_BAD_SIP;
	return check_guard(walk);
}

static_assert(sizeof(struct skb_shared_info) >= SIP_MSG_SLACK);

/* The parser wants all of the payload in one piece. */
static enum sipsteer_counter check_sip(struct sipsteer_walk *walk)
{
	const char *text;
	unsigned int len;

	if (skb_linearize(walk->skb))
		return SIPSTEER_COUNTER_NO_MEMORY;
	text = payload(walk);
	len = payload_len(walk);
	return check_start_line(walk, text, len) ?:
	       check_sip_headers(walk, text, len);
}

static enum sipsteer_counter steer(const struct sipsteer_walk *walk)
{
	bool hide = hides_route(walk);
	enum sipsteer_counter exit;

	exit = sipsteer_walk_steer(walk, hide ? walk->skb->len :
						payload_offset(walk));
	if (!exit && hide)
		sipsteer_hide_message(walk, payload_offset(walk),
				      payload_len(walk));
	return exit;
}

static enum sipsteer_counter request_walk(struct sipsteer_walk *walk)
{
	return sipsteer_walk_headers(walk) ?:
	       check_header(walk) ?:
	       check_len(walk) ?:
	       sipsteer_walk_loopback(walk) ?:
	       sipsteer_walk_mapping(walk) ?:
	       sipsteer_walk_scope(walk) ?:
	       sipsteer_walk_exempt(walk) ?:
	       check_aggregated(walk) ?:
	       check_sip(walk) ?:
	       sipsteer_walk_ipsec(walk) ?:
	       sipsteer_walk_forwarding(walk) ?:
	       steer(walk) ?:
	       SIPSTEER_COUNTER_STEERED;
}

/* What is left to do once it is clear how a request leaves. */
static unsigned int leave(struct sipsteer_walk *walk,
			  enum sipsteer_counter exit)
{
	bool steered = exit == SIPSTEER_COUNTER_STEERED;

	if (unlikely(exit == SIPSTEER_COUNTER_AGGREGATED)) {
		sipsteer_walk_exit(walk, exit);
		if (sipsteer_walk_apart(walk))
			return NF_STOLEN;
		exit = SIPSTEER_COUNTER_AGGREGATED_PASSED;
	}
	sipsteer_walk_exit(walk, exit);
	if (!walk->mapping)
		return NF_ACCEPT;
	sipsteer_mapping_stats_count(&walk->mapping->stats,
				     steered ? SIPSTEER_MAPPING_STEERED :
					       SIPSTEER_MAPPING_PASSED);
	if (!steered)
		return NF_ACCEPT;
	sipsteer_event_steered(walk);
	/* Nothing here can fail, and no reply can be quicker than this. */
	if (walk->mapping->reply == SIPSTEER_REPLY_RESTORE)
		sipsteer_udp_remember(walk->sn, walk->skb,
				      sipsteer_shape_of(&walk->packet),
				      &walk->packet, walk->mapping,
				      print_of(walk, &walk->packet.src.addr),
				      walk->message->headers.cseq,
				      walk->message->headers.cseq_method);
	return NF_ACCEPT;
}

/**
 * sipsteer_udp_test() - what would become of a request
 * @walk: its walk; the packet is steered if that is the answer
 *
 * Return: the counter it would have added to.
 */
enum sipsteer_counter sipsteer_udp_test(struct sipsteer_walk *walk)
{
	return request_walk(walk);
}

/**
 * sipsteer_udp_request() - steer what a client has sent, or let it pass
 * @walk: the walk of a packet to a port that some mapping has
 *
 * Return: the verdict.
 */
unsigned int sipsteer_udp_request(struct sipsteer_walk *walk)
{
	return leave(walk, request_walk(walk));
}

static enum sipsteer_counter
check_reply_aggregated(const struct sipsteer_walk *walk)
{
	return sipsteer_walk_is_aggregated(walk) ?
	       SIPSTEER_COUNTER_REPLY_AGGREGATED : 0;
}

static enum sipsteer_counter
check_reply_header(const struct sipsteer_walk *walk)
{
	return pull_header(walk) ? 0 : SIPSTEER_COUNTER_REPLY_NO_MEMORY;
}

static enum sipsteer_counter check_reply_len(const struct sipsteer_walk *walk)
{
	return len_lies(walk) ? SIPSTEER_COUNTER_REPLY_MALFORMED : 0;
}

static enum sipsteer_counter check_response(struct sipsteer_walk *walk)
{
	struct sipsteer_message *message = walk->message;
	const char *text;
	unsigned int len;

	if (skb_linearize(walk->skb))
		return SIPSTEER_COUNTER_REPLY_NO_MEMORY;
	text = payload(walk);
	len = payload_len(walk);
	if (sip_msg_start(text, len, &message->start) != SIP_KIND_RESPONSE)
		return SIPSTEER_COUNTER_REPLY_NOT_RESPONSE;
	if (sip_msg_headers(text, len, &message->start, SIP_WANT_KEY,
			    &message->headers))
		return SIPSTEER_COUNTER_REPLY_BAD_SIP;
	return 0;
}

static enum sipsteer_counter
find_transaction(const struct sipsteer_walk *walk,
		 struct sipsteer_transaction *transaction)
{
	const struct sip_headers *h = &walk->message->headers;
	u64 print = print_of(walk, &walk->packet.dst.addr);

	return sipsteer_udp_find(walk->sn, &walk->packet, walk->packet.family,
				 print, h->cseq, h->cseq_method, transaction) ?
	       0 : SIPSTEER_COUNTER_REPLY_NO_TRANSACTION;
}

static enum sipsteer_counter
restore(const struct sipsteer_walk *walk,
	const struct sipsteer_transaction *transaction)
{
	const struct sipsteer_endpoint match = {
		.addr = transaction->match,
		.port = transaction->match_port,
	};
	struct sipsteer_mapping *mapping;
	enum sipsteer_counter exit;

	exit = sipsteer_walk_restore(walk, &match, payload_offset(walk));
	if (exit)
		return exit;
	mapping = xa_load(&walk->table->mappings.ids, transaction->mapping);
	if (mapping)
		sipsteer_mapping_stats_count(&mapping->stats,
					     SIPSTEER_MAPPING_RESTORED);
	return SIPSTEER_COUNTER_RESTORED;
}

static enum sipsteer_counter reply_walk(struct sipsteer_walk *walk)
{
	struct sipsteer_transaction transaction __uninitialized;

	return sipsteer_walk_reply_headers(walk) ?:
	       check_reply_aggregated(walk) ?:
	       check_reply_header(walk) ?:
	       check_reply_len(walk) ?:
	       check_response(walk) ?:
	       find_transaction(walk, &transaction) ?:
	       sipsteer_walk_reply_ipsec(walk) ?:
	       restore(walk, &transaction);
}

/**
 * sipsteer_udp_reply() - restore the source of what a target has sent
 * @walk: the walk of a packet from a port that some target has
 *
 * Return: the verdict.
 */
unsigned int sipsteer_udp_reply(struct sipsteer_walk *walk)
{
	enum sipsteer_counter exit;

	/* A client's own port is often that of a target, too: 5060. */
	if (!sipsteer_target_of(&walk->table->mappings, walk->packet.family,
				&walk->packet.src))
		return NF_ACCEPT;
	exit = reply_walk(walk);
	if (unlikely(exit == SIPSTEER_COUNTER_REPLY_AGGREGATED)) {
		sipsteer_walk_exit(walk, exit);
		if (sipsteer_walk_apart(walk))
			return NF_STOLEN;
		exit = SIPSTEER_COUNTER_REPLY_AGGREGATED_PASSED;
	}
	sipsteer_walk_exit(walk, exit);
	return NF_ACCEPT;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The walk of a SIP request over UDP, and of its responses: message by message.
 */
#include <linux/skbuff.h>
#include <linux/udp.h>

#include "hide.h"
#include "walk.h"

/* The bits of the mappings' methods are the numbers of the parser's. */
static_assert(BIT(SIP_METHOD_INVITE) == SIPSTEER_METHOD_INVITE);
static_assert(BIT(SIP_METHOD_REGISTER) == SIPSTEER_METHOD_REGISTER);
static_assert(BIT(SIP_METHOD_UPDATE) == SIPSTEER_METHOD_UPDATE);
static_assert(BIT(SIP_METHOD_OTHER) == SIPSTEER_METHOD_OTHER);

static __always_inline unsigned int
payload_offset(const struct sipsteer_shape as)
{
	return as.l4 + sizeof(struct udphdr);
}

/* In one piece, as pull_header() has seen to. */
static __always_inline const struct udphdr *
udp_header(const struct sipsteer_walk *walk, const struct sipsteer_shape as)
{
	return (const struct udphdr *)(walk->skb->data + as.l4);
}

/* The payload, once the packet is linear. */
static __always_inline const char *payload(const struct sipsteer_walk *walk,
					   const struct sipsteer_shape as)
{
	return walk->skb->data + payload_offset(as);
}

static __always_inline unsigned int
payload_len(const struct sipsteer_walk *walk, const struct sipsteer_shape as)
{
	return ntohs(udp_header(walk, as)->len) - sizeof(struct udphdr);
}

static __always_inline bool len_lies(const struct sipsteer_walk *walk,
				     const struct sipsteer_shape as)
{
	unsigned int len = ntohs(udp_header(walk, as)->len);

	return len < sizeof(struct udphdr) || len > walk->skb->len - as.l4;
}

/* Without the magic cookie: Call-ID and From tag (RFC 3261 section 17.2.3). */
static noinline u64 hash_old(const struct sipsteer_walk *walk, u64 hash)
{
	const struct sipsteer_transactions *set = &walk->sn->transactions;
	const char *text = payload(walk, sipsteer_shape_of(&walk->packet));
	const struct sip_headers *h = &walk->message->headers;

	hash = sipsteer_transaction_hash(set, hash, text + h->call_id.off,
					 h->call_id.len);
	return sipsteer_transaction_hash(set, hash, text + h->from_tag.off,
					 h->from_tag.len);
}

/*
 * What request and response have in common: the top Via's branch names a
 * transaction (RFC 3261 section 17.1.3) of a client.
 */
static __always_inline u64
transaction_print(const struct sipsteer_walk *walk, const struct sipsteer_shape as,
		  const union nf_inet_addr *client)
{
	const struct sipsteer_transactions *set = &walk->sn->transactions;
	u64 hash = sipsteer_transaction_of(set, as.family, client);
	const struct sip_headers *h = &walk->message->headers;

	if (likely(h->branch_cookie))
		hash = sipsteer_transaction_hash(set, hash,
						 payload(walk, as) + h->branch.off,
						 h->branch.len);
	else
		hash = hash_old(walk, hash);
	return sipsteer_transaction_print(hash);
}

/* No more than is needed to tell whether the rest matters. */
static __always_inline bool pull_header(const struct sipsteer_walk *walk,
					const struct sipsteer_shape as)
{
	return pskb_may_pull(walk->skb, payload_offset(as));
}

static __always_inline enum sipsteer_counter
check_header(const struct sipsteer_walk *walk, const struct sipsteer_shape as)
{
	return pull_header(walk, as) ? 0 : SIPSTEER_COUNTER_NO_MEMORY;
}

static __always_inline enum sipsteer_counter
check_len(const struct sipsteer_walk *walk, const struct sipsteer_shape as)
{
	return len_lies(walk, as) ? SIPSTEER_COUNTER_MALFORMED : 0;
}

static enum sipsteer_counter check_aggregated(const struct sipsteer_walk *walk)
{
	return sipsteer_walk_is_aggregated(walk) ?
	       SIPSTEER_COUNTER_AGGREGATED : 0;
}

static __always_inline enum sipsteer_counter
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
static __always_inline enum sipsteer_counter
check_guard(const struct sipsteer_walk *walk, u8 family)
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
	return sipsteer_target_has_addr(&walk->table->mappings, family,
					&walk->packet.src.addr) ?
	       SIPSTEER_COUNTER_GUARD_TARGET : 0;
}

/* TS 34.229-1 knows no Route in a REGISTER; other requests need theirs. */
static __always_inline bool hides_route(const struct sipsteer_walk *walk)
{
	return walk->mapping->route == SIPSTEER_ROUTE_HIDE &&
	       walk->message->start.method == SIP_METHOD_REGISTER;
}

static __always_inline enum sipsteer_counter
check_sip_headers(struct sipsteer_walk *walk, u8 family, const char *text,
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
	return check_guard(walk, family);
}

static_assert(sizeof(struct skb_shared_info) >= SIP_MSG_SLACK);

/* The parser wants all of the payload in one piece. */
static __always_inline enum sipsteer_counter
check_sip(struct sipsteer_walk *walk, const struct sipsteer_shape as)
{
	const char *text;
	unsigned int len;

	if (skb_linearize(walk->skb))
		return SIPSTEER_COUNTER_NO_MEMORY;
	text = payload(walk, as);
	len = payload_len(walk, as);
	return check_start_line(walk, text, len) ?:
	       check_sip_headers(walk, as.family, text, len);
}

static __always_inline enum sipsteer_counter
steer(const struct sipsteer_walk *walk, const struct sipsteer_shape as)
{
	bool hide = hides_route(walk);
	enum sipsteer_counter exit;

	exit = sipsteer_walk_steer(walk, hide ? walk->skb->len :
						payload_offset(as));
	if (!exit && hide)
		sipsteer_hide_message(walk, payload_offset(as),
				      payload_len(walk, as));
	return exit;
}

static __always_inline enum sipsteer_counter
request_walk(struct sipsteer_walk *walk, const struct sipsteer_shape as)
{
	return sipsteer_walk_headers(walk) ?:
	       check_header(walk, as) ?:
	       check_len(walk, as) ?:
	       sipsteer_walk_loopback(walk) ?:
	       sipsteer_walk_mapping(walk) ?:
	       sipsteer_walk_scope(walk) ?:
	       sipsteer_walk_exempt(walk) ?:
	       check_aggregated(walk) ?:
	       check_sip(walk, as) ?:
	       sipsteer_walk_ipsec(walk) ?:
	       sipsteer_walk_forwarding(walk) ?:
	       steer(walk, as) ?:
	       SIPSTEER_COUNTER_STEERED;
}

/* 0 where the field does not yet hold what will be on the wire. */
static __always_inline __sum16 wire_check(const struct sipsteer_walk *walk,
					  const struct sipsteer_shape as)
{
	return walk->skb->ip_summed == CHECKSUM_PARTIAL ?
	       0 : udp_header(walk, as)->check;
}

static __always_inline void remember(const struct sipsteer_walk *walk,
				     const struct sipsteer_shape as)
{
	const struct sipsteer_packet *packet = &walk->packet;
	struct sipsteer_transactions *set = &walk->sn->transactions;
	struct sipsteer_transaction transaction __uninitialized;

	transaction.print = transaction_print(walk, as, &packet->src.addr);
	transaction.client = packet->src.addr;
	transaction.match = packet->dst.addr;
	transaction.target = walk->target->addr;
	transaction.client_port = packet->src.port;
	transaction.match_port = packet->dst.port;
	transaction.target_port = walk->target->port;
	transaction.family = as.family;
	transaction.method = walk->message->headers.cseq_method;
	transaction.mapping = walk->mapping->id;
	transaction.cseq = walk->message->headers.cseq;
	transaction.udp_len = udp_header(walk, as)->len;
	transaction.udp_check = wire_check(walk, as);

	switch (sipsteer_transaction_remember(set, &transaction)) {
	case SIPSTEER_REMEMBERED_AGAIN:
		sipsteer_count(walk, SIPSTEER_COUNTER_TRANSACTION_REFRESHED);
		break;
	case SIPSTEER_REMEMBERED_EVICTED:
		sipsteer_count(walk, SIPSTEER_COUNTER_TRANSACTION_EVICTED);
		fallthrough;
	case SIPSTEER_REMEMBERED_NEW:
		sipsteer_count(walk, SIPSTEER_COUNTER_TRANSACTION_NEW);
		break;
	}
}

/* What is left to do once it is clear how a request leaves. */
static __always_inline unsigned int leave(struct sipsteer_walk *walk,
					  const struct sipsteer_shape as,
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
		remember(walk, as);
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
	return request_walk(walk, sipsteer_shape_of(&walk->packet));
}

/**
 * sipsteer_udp_request() - steer what a client has sent, or let it pass
 * @walk: the walk of a packet to a port that some mapping has
 *
 * Return: the verdict.
 */
unsigned int sipsteer_udp_request(struct sipsteer_walk *walk)
{
	return leave(walk, sipsteer_shape_of(&walk->packet),
		     sipsteer_udp_test(walk));
}

static __always_inline unsigned int request(struct sipsteer_walk *walk,
					    const struct sipsteer_shape as)
{
	return leave(walk, as, request_walk(walk, as));
}

static __always_inline enum sipsteer_counter
check_reply_aggregated(const struct sipsteer_walk *walk)
{
	return sipsteer_walk_is_aggregated(walk) ?
	       SIPSTEER_COUNTER_REPLY_AGGREGATED : 0;
}

static __always_inline enum sipsteer_counter
check_reply_header(const struct sipsteer_walk *walk,
		   const struct sipsteer_shape as)
{
	return pull_header(walk, as) ? 0 : SIPSTEER_COUNTER_REPLY_NO_MEMORY;
}

static __always_inline enum sipsteer_counter
check_reply_len(const struct sipsteer_walk *walk, const struct sipsteer_shape as)
{
	return len_lies(walk, as) ? SIPSTEER_COUNTER_REPLY_MALFORMED : 0;
}

static __always_inline enum sipsteer_counter
check_response(struct sipsteer_walk *walk, const struct sipsteer_shape as)
{
	struct sipsteer_message *message = walk->message;
	const char *text;
	unsigned int len;

	if (skb_linearize(walk->skb))
		return SIPSTEER_COUNTER_REPLY_NO_MEMORY;
	text = payload(walk, as);
	len = payload_len(walk, as);
	if (sip_msg_start(text, len, &message->start) != SIP_KIND_RESPONSE)
		return SIPSTEER_COUNTER_REPLY_NOT_RESPONSE;
	if (sip_msg_headers(text, len, &message->start, SIP_WANT_KEY,
			    &message->headers))
		return SIPSTEER_COUNTER_REPLY_BAD_SIP;
	return 0;
}

static __always_inline enum sipsteer_counter
find_transaction(const struct sipsteer_walk *walk,
		 const struct sipsteer_shape as,
		 struct sipsteer_transaction *transaction)
{
	const struct sipsteer_packet *packet = &walk->packet;
	struct sipsteer_transaction like __uninitialized;

	like.print = transaction_print(walk, as, &packet->dst.addr);
	like.client = packet->dst.addr;
	like.target = packet->src.addr;
	like.target_port = packet->src.port;
	like.family = as.family;
	like.method = walk->message->headers.cseq_method;
	like.cseq = walk->message->headers.cseq;
	return sipsteer_transaction_find(&walk->sn->transactions, &like,
					 transaction) ?
	       0 : SIPSTEER_COUNTER_REPLY_NO_TRANSACTION;
}

/*
 * The mapping that has steered the request.  That is mostly the one which would
 * do so now, and quicker found by that than by its number.
 */
static __always_inline struct sipsteer_mapping *
mapping_of(const struct sipsteer_walk *walk, const struct sipsteer_shape as,
	   const struct sipsteer_endpoint *match,
	   const struct sipsteer_transaction *transaction)
{
	struct sipsteer_mappings *mappings = &walk->table->mappings;
	const struct sipsteer_query query = {
		.family = as.family,
		.proto = SIPSTEER_PROTO_UDP,
		.src = walk->packet.dst.addr,
		.dst = *match,
	};
	struct sipsteer_mapping *mapping;

	mapping = sipsteer_mapping_match(mappings, &query);
	return likely(mapping && mapping->id == transaction->mapping) ?
	       mapping : xa_load(&mappings->ids, transaction->mapping);
}

static __always_inline enum sipsteer_counter
restore(const struct sipsteer_walk *walk, const struct sipsteer_shape as,
	const struct sipsteer_transaction *transaction)
{
	const struct sipsteer_endpoint match = {
		.addr = transaction->match,
		.port = transaction->match_port,
	};
	struct sipsteer_mapping *mapping;
	enum sipsteer_counter exit;

	exit = sipsteer_walk_restore(walk, &match, payload_offset(as));
	if (exit)
		return exit;
	mapping = mapping_of(walk, as, &match, transaction);
	if (mapping)
		sipsteer_mapping_stats_count(&mapping->stats,
					     SIPSTEER_MAPPING_RESTORED);
	return SIPSTEER_COUNTER_RESTORED;
}

static __always_inline enum sipsteer_counter
reply_walk(struct sipsteer_walk *walk, const struct sipsteer_shape as)
{
	struct sipsteer_transaction transaction __uninitialized;

	return sipsteer_walk_reply_headers(walk) ?:
	       check_reply_aggregated(walk) ?:
	       check_reply_header(walk, as) ?:
	       check_reply_len(walk, as) ?:
	       check_response(walk, as) ?:
	       find_transaction(walk, as, &transaction) ?:
	       sipsteer_walk_reply_ipsec(walk) ?:
	       restore(walk, as, &transaction);
}

static __always_inline unsigned int reply(struct sipsteer_walk *walk,
					  const struct sipsteer_shape as)
{
	enum sipsteer_counter exit;

	/* A client's own port is often that of a target, too: 5060. */
	if (!sipsteer_target_of(&walk->table->mappings, as.family,
				&walk->packet.src))
		return NF_ACCEPT;
	exit = reply_walk(walk, as);
	if (unlikely(exit == SIPSTEER_COUNTER_REPLY_AGGREGATED)) {
		sipsteer_walk_exit(walk, exit);
		if (sipsteer_walk_apart(walk))
			return NF_STOLEN;
		exit = SIPSTEER_COUNTER_REPLY_AGGREGATED_PASSED;
	}
	sipsteer_walk_exit(walk, exit);
	return NF_ACCEPT;
}

/**
 * sipsteer_udp_reply() - restore the source of what a target has sent
 * @walk: the walk of a packet from a port that some target has
 *
 * Return: the verdict.
 */
unsigned int sipsteer_udp_reply(struct sipsteer_walk *walk)
{
	return reply(walk, sipsteer_shape_of(&walk->packet));
}

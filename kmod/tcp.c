// SPDX-License-Identifier: GPL-2.0
/*
 * The walk of a TCP packet: connection by connection.
 *
 * A SYN says nothing of what its connection will carry, so it is steered by
 * address alone, and all that follows goes after it, whatever has become of the
 * mapping.
 */
#include <linux/tcp.h>
#include <net/addrconf.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/route.h>
#include <net/tcp.h>

#include "hide.h"
#include "walk.h"

/* A longer request line is not looked at. */
#define FIRST_LINE_MAX	256

/**
 * struct tcp_walk - what is known of a TCP packet besides
 * @walk: the walk
 * @now: sipsteer_flow_now()
 * @segment: what it does to its connection, SIPSTEER_SEGMENT_ flags
 * @flow: its connection, or NULL
 * @opens: the connection is new
 * @payload: offset of the payload
 * @seq: sequence number of the first byte, which may be the SYN
 */
struct tcp_walk {
	struct sipsteer_walk *walk;
	u32 now;
	u8 segment;
	struct sipsteer_flow *flow;
	bool opens;
	unsigned int payload;
	u32 seq;
};

/* The rest is yet to be read from the header. */
static struct tcp_walk tcp_begin(struct sipsteer_walk *walk)
{
	struct tcp_walk tcp __uninitialized;

	tcp.walk = walk;
	tcp.now = sipsteer_flow_now();
	tcp.flow = NULL;
	tcp.opens = false;
	return tcp;
}

static bool has(const struct tcp_walk *tcp, u8 what)
{
	return tcp->segment & what;
}

static bool read_header(struct tcp_walk *tcp)
{
	const struct sipsteer_walk *walk = tcp->walk;
	struct tcphdr buf __uninitialized;
	const struct tcphdr *th;

	th = skb_header_pointer(walk->skb, walk->packet.l4, sizeof(buf), &buf);
	if (!th || th->doff * 4 < sizeof(*th))
		return false;
	tcp->payload = walk->packet.l4 + th->doff * 4;
	if (tcp->payload > walk->skb->len)
		return false;
	tcp->seq = ntohl(th->seq);
	tcp->segment = tcp_flag_byte(th) & SIPSTEER_SEGMENT_FLAGS;
	if (th->ack)
		tcp->segment &= ~SIPSTEER_SEGMENT_SYN;
	if (tcp->payload < walk->skb->len)
		tcp->segment |= SIPSTEER_SEGMENT_DATA;
	return true;
}

static enum sipsteer_counter check_header(struct tcp_walk *tcp)
{
	return read_header(tcp) ? 0 : SIPSTEER_COUNTER_MALFORMED;
}

static enum sipsteer_counter check_reply_header(struct tcp_walk *tcp)
{
	return read_header(tcp) ? 0 : SIPSTEER_COUNTER_REPLY_MALFORMED;
}

static unsigned int headers_len(const struct sipsteer_walk *walk)
{
	return walk->packet.l4 + sizeof(struct tcphdr);
}

/*
 * Nothing in a SYN tells a UE's own connection from one of the core: a mapping
 * has to be told who is who.
 */
static enum sipsteer_counter check_guard(const struct sipsteer_walk *walk)
{
	if (walk->state->hook != NF_INET_PRE_ROUTING)
		return 0;
	return sipsteer_table_guards_tcp(walk->table, walk->packet.family,
				       walk->mapping->from_len,
				       walk->mapping->guard) ?
	       0 : SIPSTEER_COUNTER_TCP_UNGUARDED;
}

static bool target_is_local(const struct sipsteer_walk *walk)
{
	struct net *net = walk->state->net;

	return walk->packet.family == NFPROTO_IPV4 ?
	       inet_addr_type_dev_table(net, walk->state->out,
					walk->target->addr.ip) == RTN_LOCAL :
	       ipv6_chk_addr(net, &walk->target->addr.in6, NULL, 0);
}

/* A P-CSCF's own connection to the S-CSCF, which is none to be steered. */
static enum sipsteer_counter check_target_local(const struct sipsteer_walk *walk)
{
	return walk->state->hook == NF_INET_LOCAL_OUT && target_is_local(walk) ?
	       SIPSTEER_COUNTER_TCP_TARGET_LOCAL : 0;
}

static bool option_signs(u8 kind)
{
	/* RFC 2385 and RFC 5925; the latter's is not in all kernels' headers. */
	return kind == 19 || kind == 29;
}

/* Both sign the addresses, too. */
static enum sipsteer_counter check_signed(const struct tcp_walk *tcp)
{
	unsigned int at = tcp->walk->packet.l4 + sizeof(struct tcphdr);
	unsigned int len = tcp->payload - at;
	u8 buf[MAX_TCP_OPTION_SPACE];
	const u8 *option;
	unsigned int i;

	option = skb_header_pointer(tcp->walk->skb, at, len, buf);
	if (!option)
		return SIPSTEER_COUNTER_MALFORMED;
	for (i = 0; i < len && option[i] != TCPOPT_EOL;) {
		if (option_signs(option[i]))
			return SIPSTEER_COUNTER_TCP_SIGNED;
		if (option[i] == TCPOPT_NOP)
			i++;
		else if (i + 1 < len && option[i + 1] >= 2)
			i += option[i + 1];
		else
			break;
	}
	return 0;
}

static struct sock *find_socket(const struct sipsteer_walk *walk)
{
	const struct sipsteer_packet *packet = &walk->packet;
	struct net *net = walk->state->net;
	struct inet_hashinfo *info = net->ipv4.tcp_death_row.hashinfo;
	int dif = walk->state->out->ifindex;
	u16 port = ntohs(packet->src.port);

	if (packet->family == NFPROTO_IPV4)
		return __inet_lookup_established(net, info,
						 walk->target->addr.ip,
						 walk->target->port,
						 packet->src.addr.ip, port,
						 dif, 0);
	return __inet6_lookup_established(net, info, &walk->target->addr.in6,
					  walk->target->port,
					  &packet->src.addr.in6, port, dif, 0);
}

/*
 * A connection of this host with the target that is older than the mapping has
 * no entry, but a socket.  In TIME_WAIT it is over, for the target as well.
 */
static bool socket_clashes(const struct sipsteer_walk *walk)
{
	struct sock *sk = find_socket(walk);
	bool clashes;

	if (!sk)
		return false;
	clashes = sk->sk_state != TCP_TIME_WAIT;
	sock_gen_put(sk);
	return clashes;
}

static enum sipsteer_counter check_socket(const struct sipsteer_walk *walk)
{
	return walk->state->hook == NF_INET_LOCAL_OUT && socket_clashes(walk) ?
	       SIPSTEER_COUNTER_TCP_CLASH : 0;
}

static enum sipsteer_counter open_flow(struct tcp_walk *tcp,
				       const struct sipsteer_flow *config)
{
	struct sipsteer_walk *walk = tcp->walk;

	switch (sipsteer_flow_open(&walk->sn->flows, config, &tcp->flow)) {
	case SIPSTEER_FLOW_REPLACED:
		sipsteer_count(walk, SIPSTEER_COUNTER_FLOW_REPLACED);
		fallthrough;
	case SIPSTEER_FLOW_NEW:
		tcp->opens = true;
		return 0;
	case SIPSTEER_FLOW_AGAIN:
		return 0;
	case SIPSTEER_FLOW_CLASH:
		return SIPSTEER_COUNTER_TCP_CLASH;
	case SIPSTEER_FLOW_FULL:
		return SIPSTEER_COUNTER_TCP_FULL;
	default:
		return SIPSTEER_COUNTER_NO_MEMORY;
	}
}

static enum sipsteer_counter open_steered(struct tcp_walk *tcp)
{
	const struct sipsteer_walk *walk = tcp->walk;
	const struct sipsteer_mapping *mapping = walk->mapping;
	struct sipsteer_flow config = {
		.family = walk->packet.family,
		.client = walk->packet.src,
		.match = walk->packet.dst,
		.target = *walk->target,
		.mapping = mapping->id,
		.methods = mapping->methods,
	};

	if (mapping->route == SIPSTEER_ROUTE_HIDE) {
		config.hide = sipsteer_hide_create(tcp->seq + 1);
		if (!config.hide)
			return SIPSTEER_COUNTER_NO_MEMORY;
	}
	return open_flow(tcp, &config);
}

/*
 * A client's own connection to a target: kept to know a clash when it comes, if
 * there is room.
 */
static enum sipsteer_counter open_direct(struct tcp_walk *tcp)
{
	const struct sipsteer_packet *packet = &tcp->walk->packet;
	const struct sipsteer_flow config = {
		.family = packet->family,
		.client = packet->src,
		.match = packet->dst,
		.target = packet->dst,
		.flags = BIT(SIPSTEER_FLOW_DIRECT),
	};
	enum sipsteer_counter exit = open_flow(tcp, &config);

	return exit == SIPSTEER_COUNTER_TCP_FULL ?
	       SIPSTEER_COUNTER_TCP_DIRECT : exit;
}

/* Of one that has no mapping any more, only what is remembered matters. */
static bool to_target(const struct sipsteer_walk *walk)
{
	return sipsteer_target_used(&walk->table->mappings, walk->packet.family,
				    &walk->packet.dst);
}

static enum sipsteer_counter judge(struct sipsteer_walk *walk,
				   struct tcp_walk *tcp)
{
	return sipsteer_walk_mapping(walk) ?:
	       sipsteer_walk_scope(walk) ?:
	       sipsteer_walk_exempt(walk) ?:
	       check_guard(walk) ?:
	       check_target_local(walk) ?:
	       check_signed(tcp) ?:
	       sipsteer_walk_ipsec(walk) ?:
	       sipsteer_walk_forwarding(walk) ?:
	       check_socket(walk);
}

/* What opens no connection, and has none that is known. */
static enum sipsteer_counter stray(struct sipsteer_walk *walk)
{
	enum sipsteer_counter exit;

	if (to_target(walk))
		return SIPSTEER_COUNTER_TCP_DIRECT;
	exit = sipsteer_walk_mapping(walk) ?:
	       SIPSTEER_COUNTER_TCP_UNKNOWN;
	/* It is no attempt to connect that the mapping might count. */
	walk->mapping = NULL;
	return exit;
}

/* @flow is the one that a SYN may take the place of, or NULL. */
static enum sipsteer_counter begin_flow(struct tcp_walk *tcp,
					struct sipsteer_flow *flow)
{
	struct sipsteer_walk *walk = tcp->walk;
	enum sipsteer_counter exit;

	if (!has(tcp, SIPSTEER_SEGMENT_SYN))
		return stray(walk);
	exit = to_target(walk) ? open_direct(tcp) :
				 judge(walk, tcp) ?: open_steered(tcp);
	if (exit && flow)
		sipsteer_flow_forget(&walk->sn->flows, flow);
	return exit;
}

/*
 * Finds the packet's connection.  A SYN begins a new one where the old one is
 * over or was never answered; else it is the old one's, sent again.
 */
static enum sipsteer_counter find_flow(struct tcp_walk *tcp)
{
	struct sipsteer_walk *walk = tcp->walk;
	struct sipsteer_flows *flows = &walk->sn->flows;
	struct sipsteer_flow *flow;

	flow = sipsteer_flow_find(flows, walk->packet.family, &walk->packet.src,
				  &walk->packet.dst, false, tcp->now);
	if (unlikely(!flow || (has(tcp, SIPSTEER_SEGMENT_SYN) &&
			       sipsteer_flow_may_move(flows, flow))))
		return begin_flow(tcp, flow);
	tcp->flow = flow;
	return 0;
}

/*
 * What the first request on a steered connection is.  For the record only: it
 * is too late to send the connection elsewhere.
 */
static void look_at_first(const struct tcp_walk *tcp)
{
	const struct sipsteer_walk *walk = tcp->walk;
	unsigned int len = min_t(unsigned int, FIRST_LINE_MAX,
				 walk->skb->len - tcp->payload);
	struct sipsteer_flows *flows = &walk->sn->flows;
	char buf[FIRST_LINE_MAX + SIP_MSG_SLACK] = {};
	struct sip_start start;
	const char *text;

	text = skb_header_pointer(walk->skb, tcp->payload, len, buf);
	switch (sip_msg_start(text, len, &start)) {
	case SIP_KIND_KEEPALIVE:
		return;
	case SIP_KIND_REQUEST:
		if (!sipsteer_flow_set(flows, tcp->flow, SIPSTEER_FLOW_SPOKEN))
			return;
		sipsteer_count(walk, tcp->flow->methods & BIT(start.method) ?
				     SIPSTEER_COUNTER_FIRST_MATCHED :
				     SIPSTEER_COUNTER_FIRST_METHOD);
		return;
	default:
		if (sipsteer_flow_set(flows, tcp->flow, SIPSTEER_FLOW_SPOKEN))
			sipsteer_count(walk, SIPSTEER_COUNTER_FIRST_UNKNOWN);
	}
}

static enum sipsteer_counter follow(struct tcp_walk *tcp)
{
	struct sipsteer_walk *walk = tcp->walk;
	struct sipsteer_flow *flow = tcp->flow;
	enum sipsteer_counter exit;

	if (sipsteer_flow_is(flow, SIPSTEER_FLOW_DIRECT)) {
		if (tcp->opens)
			sipsteer_count(walk, SIPSTEER_COUNTER_FLOW_NEW);
		sipsteer_flow_saw(&walk->sn->flows, flow, tcp->now, true,
				  tcp->segment);
		return SIPSTEER_COUNTER_TCP_DIRECT;
	}
	walk->target = &flow->target;
	exit = sipsteer_walk_ipsec(walk) ?:
	       sipsteer_walk_steer(walk, headers_len(walk));
	if (exit) {
		if (tcp->opens)
			sipsteer_flow_forget(&walk->sn->flows, flow);
		return exit;
	}
	if (tcp->opens) {
		sipsteer_count(walk, SIPSTEER_COUNTER_FLOW_NEW);
		sipsteer_mapping_stats_count(&walk->mapping->stats,
					     SIPSTEER_MAPPING_STEERED);
		sipsteer_event_steered(walk);
	}
	sipsteer_flow_saw(&walk->sn->flows, flow, tcp->now, true,
			  tcp->segment);
	if (has(tcp, SIPSTEER_SEGMENT_SYN) && flow->hide)
		sipsteer_hide_restart(flow->hide, tcp->seq + 1);
	if (has(tcp, SIPSTEER_SEGMENT_DATA) &&
	    !sipsteer_flow_is(flow, SIPSTEER_FLOW_SPOKEN))
		look_at_first(tcp);
	if (has(tcp, SIPSTEER_SEGMENT_DATA) && flow->hide)
		sipsteer_hide_segment(walk, flow->hide,
				      tcp->seq + has(tcp, SIPSTEER_SEGMENT_SYN),
				      tcp->payload);
	return SIPSTEER_COUNTER_TCP_STEERED;
}

/**
 * sipsteer_tcp_request() - steer what a client has sent, or let it pass
 * @walk: the walk of a packet to a port that some mapping or target has
 *
 * Return: the verdict.
 */
unsigned int sipsteer_tcp_request(struct sipsteer_walk *walk)
{
	struct tcp_walk tcp = tcp_begin(walk);
	enum sipsteer_counter exit;

	exit = sipsteer_walk_headers(walk) ?:
	       check_header(&tcp) ?:
	       sipsteer_walk_loopback(walk) ?:
	       find_flow(&tcp) ?:
	       follow(&tcp);
	sipsteer_walk_exit(walk, exit);
	if (walk->mapping && exit != SIPSTEER_COUNTER_TCP_STEERED)
		sipsteer_mapping_stats_count(&walk->mapping->stats,
					     SIPSTEER_MAPPING_PASSED);
	return NF_ACCEPT;
}

/**
 * sipsteer_tcp_test() - what would become of a connection
 * @walk: the walk of its SYN; the packet is steered if that is the answer
 *
 * Nothing is remembered, so it cannot tell whether there would be room.
 *
 * Return: the counter it would have added to.
 */
enum sipsteer_counter sipsteer_tcp_test(struct sipsteer_walk *walk)
{
	struct tcp_walk tcp = tcp_begin(walk);

	return sipsteer_walk_headers(walk) ?:
	       check_header(&tcp) ?:
	       sipsteer_walk_loopback(walk) ?:
	       (to_target(walk) ? SIPSTEER_COUNTER_TCP_DIRECT : 0) ?:
	       judge(walk, &tcp) ?:
	       sipsteer_walk_steer(walk, headers_len(walk)) ?:
	       SIPSTEER_COUNTER_TCP_STEERED;
}

static enum sipsteer_counter restore(struct tcp_walk *tcp)
{
	struct sipsteer_walk *walk = tcp->walk;
	struct sipsteer_mapping *mapping;
	enum sipsteer_counter exit;
	bool answered;

	exit = sipsteer_walk_restore(walk, &tcp->flow->match,
				     headers_len(walk));
	if (exit)
		return exit;
	answered = sipsteer_flow_saw(&walk->sn->flows, tcp->flow, tcp->now,
				     false, tcp->segment);
	mapping = answered ? xa_load(&walk->table->mappings.ids,
				     tcp->flow->mapping) : NULL;
	if (mapping)
		sipsteer_mapping_stats_count(&mapping->stats,
					     SIPSTEER_MAPPING_RESTORED);
	return SIPSTEER_COUNTER_TCP_RESTORED;
}

static enum sipsteer_counter reply_walk(struct tcp_walk *tcp)
{
	struct sipsteer_walk *walk = tcp->walk;
	enum sipsteer_counter exit;

	exit = sipsteer_walk_reply_headers(walk) ?: check_reply_header(tcp);
	if (exit)
		return exit;
	/* The target opens one of its own, after this one. */
	if (has(tcp, SIPSTEER_SEGMENT_SYN) &&
	    sipsteer_flow_state(tcp->flow) == SIPSTEER_FLOW_STATE_CLOSING) {
		sipsteer_flow_forget(&walk->sn->flows, tcp->flow);
		return SIPSTEER_COUNTER_TCP_DIRECT;
	}
	if (sipsteer_flow_is(tcp->flow, SIPSTEER_FLOW_DIRECT)) {
		sipsteer_flow_saw(&walk->sn->flows, tcp->flow, tcp->now,
				  false, tcp->segment);
		return SIPSTEER_COUNTER_TCP_DIRECT;
	}
	return sipsteer_walk_reply_ipsec(walk) ?: restore(tcp);
}

/**
 * sipsteer_tcp_reply() - restore the source of what a target has sent
 * @walk: the walk of a packet from a port that some mapping or target has
 *
 * Return: the verdict.
 */
unsigned int sipsteer_tcp_reply(struct sipsteer_walk *walk)
{
	struct tcp_walk tcp = tcp_begin(walk);

	tcp.flow = sipsteer_flow_find(&walk->sn->flows, walk->packet.family,
				      &walk->packet.dst, &walk->packet.src, true,
				      tcp.now);
	if (tcp.flow)
		sipsteer_walk_exit(walk, reply_walk(&tcp));
	return NF_ACCEPT;
}

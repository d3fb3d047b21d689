// SPDX-License-Identifier: GPL-2.0
/*
 * The walk of a request and of a reply.
 *
 * Requests are met after raw and before conntrack (PRE_ROUTING, LOCAL_OUT),
 * replies after NAT and before conntrack's confirmation (LOCAL_IN,
 * POST_ROUTING): conntrack, NAT and firewall see only the client's flow with
 * the target.
 *
 * A step returns 0 to go on, or the counter of the exit it has found.  Nothing
 * is ever dropped here: whatever the exit, the packet goes on, steered or
 * restored or else untouched.
 *
 * The hooks hold RCU; LOCAL_OUT may run in process context.
 */
#include <linux/in.h>
#include <linux/inetdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/l3mdev.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "classify.h"
#include "hook.h"
#include "rewrite.h"
#include "sip_msg.h"

/* Where other people's chains can be put on either side of ours. */
#define PRIORITY_REQUEST	(NF_IP_PRI_CONNTRACK - 50)
/*
 * IPv6 confirms connections on LOCAL_IN at NF_IP6_PRI_LAST - 1; at the same
 * priority the order would be that of loading.
 */
#define PRIORITY_REPLY		(NF_IP_PRI_LAST - 2)

/**
 * struct walk - what is known of a packet on its way through the steps
 * @sn: the namespace
 * @skb: the packet, its data at the IP header
 * @state: the hook
 * @packet: addresses and offsets
 * @mapping: the mapping that matched, or NULL
 * @target: copy of the mapping's target
 * @start: its SIP start line
 * @headers: its SIP headers
 */
struct walk {
	struct sipsteer_net *sn;
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	struct sipsteer_packet packet;
	const struct sipsteer_mapping *mapping;
	struct sipsteer_endpoint target;
	struct sip_start start;
	struct sip_headers headers;
};

/* The bits of the mappings' methods are the numbers of the parser's. */
static_assert(BIT(SIP_METHOD_INVITE) == SIPSTEER_METHOD_INVITE);
static_assert(BIT(SIP_METHOD_REGISTER) == SIPSTEER_METHOD_REGISTER);
static_assert(BIT(SIP_METHOD_UPDATE) == SIPSTEER_METHOD_UPDATE);
static_assert(BIT(SIP_METHOD_OTHER) == SIPSTEER_METHOD_OTHER);

static void count(const struct walk *walk, enum sipsteer_counter counter)
{
	this_cpu_inc(walk->sn->stats->count[counter]);
}

static unsigned int payload_offset(const struct walk *walk)
{
	return walk->packet.udp + sizeof(struct udphdr);
}

/* The payload, once linearize() has passed the packet. */
static const char *payload(const struct walk *walk)
{
	return walk->skb->data + payload_offset(walk);
}

static unsigned int payload_len(const struct walk *walk)
{
	const struct udphdr *udp =
		(const struct udphdr *)(walk->skb->data + walk->packet.udp);

	return ntohs(udp->len) - sizeof(*udp);
}

static bool udp_len_lies(const struct walk *walk)
{
	const struct udphdr *udp;
	struct udphdr buf;

	udp = skb_header_pointer(walk->skb, walk->packet.udp, sizeof(buf), &buf);
	return ntohs(udp->len) < sizeof(*udp) ||
	       ntohs(udp->len) > walk->skb->len - walk->packet.udp;
}

/* The parser wants all of the payload in one piece. */
static bool linearize(const struct walk *walk)
{
	return pskb_may_pull(walk->skb, walk->skb->len);
}

static bool make_writable(const struct walk *walk)
{
	return skb_ensure_writable(walk->skb, payload_offset(walk)) == 0;
}

/* Arrived through IPsec, or is about to leave through it. */
static bool protected_by_ipsec(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	return secpath_exists(skb) || (dst && dst_xfrm(dst));
}

/*
 * What request and response have in common: the top Via's branch names a
 * transaction (RFC 3261 section 17.1.3), and without its magic cookie, the
 * Call-ID and the From tag do (section 17.2.3).
 */
static u64 transaction_name(const struct walk *walk)
{
	const struct sipsteer_transactions *set = &walk->sn->transactions;
	const struct sip_headers *h = &walk->headers;
	const char *text = payload(walk);
	u64 part[3];

	part[0] = sipsteer_transaction_name(set, text + h->cseq_method_text.off,
					    h->cseq_method_text.len);
	if (h->branch_cookie) {
		part[1] = sipsteer_transaction_name(set, text + h->branch.off,
						    h->branch.len);
		part[2] = 0;
	} else {
		part[1] = sipsteer_transaction_name(set, text + h->call_id.off,
						    h->call_id.len);
		part[2] = sipsteer_transaction_name(set, text + h->from_tag.off,
						    h->from_tag.len);
	}
	return sipsteer_transaction_name(set, part, sizeof(part));
}

static enum sipsteer_counter check_headers(struct walk *walk)
{
	static const enum sipsteer_counter why[] = {
		[SIPSTEER_OBSTACLE_MALFORMED] = SIPSTEER_COUNTER_MALFORMED,
		[SIPSTEER_OBSTACLE_FRAGMENT] = SIPSTEER_COUNTER_FRAGMENT,
		[SIPSTEER_OBSTACLE_EXT_HEADER] = SIPSTEER_COUNTER_EXT_HEADER,
		[SIPSTEER_OBSTACLE_SOURCE_ROUTE] = SIPSTEER_COUNTER_SOURCE_ROUTE,
		[SIPSTEER_OBSTACLE_ROUTING_HEADER] =
			SIPSTEER_COUNTER_ROUTING_HEADER,
		[SIPSTEER_OBSTACLE_HOME_ADDRESS] = SIPSTEER_COUNTER_HOME_ADDRESS,
		[SIPSTEER_OBSTACLE_AUTH_HEADER] = SIPSTEER_COUNTER_AUTH_HEADER,
	};

	sipsteer_classify_options(walk->skb, &walk->packet);
	if (walk->packet.obstacle)
		return why[walk->packet.obstacle];
	if (skb_is_gso(walk->skb))
		return SIPSTEER_COUNTER_AGGREGATED;
	if (udp_len_lies(walk))
		return SIPSTEER_COUNTER_MALFORMED;
	return 0;
}

static enum sipsteer_counter find_mapping(struct walk *walk)
{
	const struct net_device *in = walk->state->in;
	const struct net_device *vrf = l3mdev_master_dev_rcu(in);
	const struct sipsteer_query query = {
		.family = walk->packet.family,
		.proto = SIPSTEER_PROTO_UDP,
		.src = walk->packet.src.addr,
		.dst = walk->packet.dst,
		.iif = in ? in->name : NULL,
		.vrf = vrf ? vrf->name : NULL,
	};

	walk->mapping = sipsteer_mapping_match(&walk->sn->mappings, &query);
	if (!walk->mapping)
		return SIPSTEER_COUNTER_NO_MAPPING;
	walk->target.addr = walk->mapping->target->key.addr;
	walk->target.port = walk->mapping->target->key.port;
	return 0;
}

/*
 * What this host sends to itself, over the loopback device or within a VRF, was
 * judged on LOCAL_OUT and has its dst already.  Without that, which steering
 * would drop, it would not pass source validation.
 */
static enum sipsteer_counter check_loopback(const struct walk *walk)
{
	const struct nf_hook_state *state = walk->state;

	if (state->hook != NF_INET_PRE_ROUTING)
		return 0;
	return (state->in->flags & IFF_LOOPBACK) || skb_valid_dst(walk->skb) ?
	       SIPSTEER_COUNTER_LOOPBACK : 0;
}

static bool leaves_scope_v4(const struct walk *walk)
{
	__be32 src = walk->packet.src.addr.ip;
	__be32 dst = walk->packet.dst.addr.ip;

	if (walk->state->hook == NF_INET_LOCAL_OUT &&
	    skb_rtable(walk->skb)->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST))
		return true;
	if (ipv4_is_loopback(src) && !ipv4_is_loopback(walk->target.addr.ip))
		return true;
	return ipv4_is_multicast(dst) || ipv4_is_lbcast(dst) ||
	       ipv4_is_linklocal_169(dst) || ipv4_is_linklocal_169(src) ||
	       ipv4_is_zeronet(dst) || ipv4_is_zeronet(src);
}

static bool leaves_scope_v6(const struct walk *walk)
{
	int src = ipv6_addr_type(&walk->packet.src.addr.in6);
	int dst = ipv6_addr_type(&walk->packet.dst.addr.in6);

	if (src & IPV6_ADDR_LOOPBACK &&
	    !ipv6_addr_loopback(&walk->target.addr.in6))
		return true;
	return src == IPV6_ADDR_ANY || src & IPV6_ADDR_LINKLOCAL ||
	       dst & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL);
}

/*
 * A short prefix matches more than can be forwarded.  What came by broadcast
 * would be dropped as such; what is bound to its link or host has to stay.
 */
static enum sipsteer_counter check_scope(const struct walk *walk)
{
	bool leaves;

	if (walk->state->hook == NF_INET_PRE_ROUTING &&
	    walk->skb->pkt_type != PACKET_HOST)
		return SIPSTEER_COUNTER_SCOPE;
	leaves = walk->packet.family == NFPROTO_IPV4 ? leaves_scope_v4(walk) :
						       leaves_scope_v6(walk);
	return leaves ? SIPSTEER_COUNTER_SCOPE : 0;
}

static enum sipsteer_counter check_exempt(const struct walk *walk)
{
	return sipsteer_exempt_match(&walk->sn->exempts, walk->packet.family,
				     &walk->packet.src.addr) ?
	       SIPSTEER_COUNTER_EXEMPT : 0;
}

static enum sipsteer_counter check_start_line(struct walk *walk)
{
	if (!linearize(walk))
		return SIPSTEER_COUNTER_NO_MEMORY;
	switch (sip_msg_start(payload(walk), payload_len(walk), &walk->start)) {
	case SIP_KIND_REQUEST:
		break;
	case SIP_KIND_RESPONSE:
		return SIPSTEER_COUNTER_RESPONSE;
	case SIP_KIND_KEEPALIVE:
		return SIPSTEER_COUNTER_KEEPALIVE;
	default:
		return SIPSTEER_COUNTER_NOT_SIP;
	}
	return walk->mapping->methods & BIT(walk->start.method) ?
	       0 : SIPSTEER_COUNTER_METHOD;
}

/*
 * A UE's own REGISTER has exactly one Via.  One that a proxy relays has more,
 * and a P-CSCF adds Path and P-Visited-Network-ID (TS 24.229 section 5.2.2).
 */
static enum sipsteer_counter check_guard(const struct walk *walk)
{
	const struct sip_headers *h = &walk->headers;

	if (!walk->mapping->guard)
		return 0;
	if (h->via_count > 1)
		return SIPSTEER_COUNTER_GUARD_VIA;
	if (h->has_path)
		return SIPSTEER_COUNTER_GUARD_PATH;
	if (h->has_visited)
		return SIPSTEER_COUNTER_GUARD_VISITED;
	return sipsteer_target_has_addr(&walk->sn->mappings,
					walk->packet.family,
					&walk->packet.src.addr) ?
	       SIPSTEER_COUNTER_GUARD_TARGET : 0;
}

static enum sipsteer_counter check_sip_headers(struct walk *walk)
{
	const struct sipsteer_mapping *mapping = walk->mapping;
	enum sip_want want = mapping->guard ? SIP_WANT_ALL : SIP_WANT_KEY;

	if (!mapping->guard && mapping->reply == SIPSTEER_REPLY_KEEP)
		return 0;
	if (sip_msg_headers(payload(walk), payload_len(walk), &walk->start,
			    want, &walk->headers))
		return SIPSTEER_COUNTER_BAD_SIP;
	return check_guard(walk);
}

static bool forwards_v4(const struct walk *walk)
{
	const struct net_device *in = walk->state->in;
	struct in_device *in_dev = __in_dev_get_rcu(in);

	if (!in_dev)
		return false;
	/* From the network, 127/8 is a martian destination. */
	if (ipv4_is_loopback(walk->target.addr.ip))
		return IN_DEV_ROUTE_LOCALNET(in_dev);
	return IN_DEV_FORWARD(in_dev) ||
	       inet_addr_type_dev_table(walk->state->net, in,
					walk->target.addr.ip) == RTN_LOCAL;
}

static bool forwards_v6(const struct walk *walk)
{
	struct net *net = walk->state->net;

	if (ipv6_addr_loopback(&walk->target.addr.in6))
		return false;
	return READ_ONCE(net->ipv6.devconf_all->forwarding) ||
	       ipv6_chk_addr(net, &walk->target.addr.in6, NULL, 0);
}

/* Sent to a target that cannot be reached from here, it would be lost. */
static enum sipsteer_counter check_forwarding(const struct walk *walk)
{
	bool forwards;

	if (walk->state->hook != NF_INET_PRE_ROUTING)
		return 0;
	forwards = walk->packet.family == NFPROTO_IPV4 ? forwards_v4(walk) :
							 forwards_v6(walk);
	return forwards ? 0 : SIPSTEER_COUNTER_NOT_FORWARDING;
}

/* IMS-AKA protects a REGISTER end to end: TS 33.203.  That one is not ours. */
static enum sipsteer_counter check_ipsec(const struct walk *walk)
{
	return protected_by_ipsec(walk->skb) ? SIPSTEER_COUNTER_XFRM : 0;
}

/*
 * Finds the way to the new destination.  The kernel's helpers may return with
 * the old route gone and no new one in its place, so keep the old one.
 */
static enum sipsteer_counter reroute(const struct walk *walk)
{
	const struct nf_hook_state *state = walk->state;
	struct sk_buff *skb = walk->skb;
	struct dst_entry *old;
	int err;

	/* Not routed yet: check_loopback() has seen to that. */
	if (state->hook == NF_INET_PRE_ROUTING)
		return 0;

	old = skb_dst(skb);
	if (!old || !dst_hold_safe(old))
		return SIPSTEER_COUNTER_NO_ROUTE;
	if (walk->packet.family == NFPROTO_IPV4)
		err = ip_route_me_harder(state->net, state->sk, skb,
					 RTN_UNSPEC);
	else
		err = ip6_route_me_harder(state->net, state->sk, skb);
	if (!err && !protected_by_ipsec(skb)) {
		dst_release(old);
		return 0;
	}
	skb_dst_drop(skb);
	skb_dst_set(skb, old);
	return err ? SIPSTEER_COUNTER_NO_ROUTE : SIPSTEER_COUNTER_XFRM;
}

static enum sipsteer_counter steer(struct walk *walk)
{
	struct sipsteer_rewrite_undo undo;
	enum sipsteer_counter exit;

	if (!make_writable(walk))
		return SIPSTEER_COUNTER_NO_MEMORY;
	sipsteer_rewrite(walk->skb, &walk->packet, SIPSTEER_SIDE_DST,
			 &walk->target, &undo);
	exit = reroute(walk);
	if (exit)
		sipsteer_rewrite_undo(walk->skb, &walk->packet,
				      SIPSTEER_SIDE_DST, &undo);
	return exit;
}

static enum sipsteer_counter request_walk(struct walk *walk)
{
	return check_headers(walk) ?:
	       check_loopback(walk) ?:
	       find_mapping(walk) ?:
	       check_scope(walk) ?:
	       check_exempt(walk) ?:
	       check_start_line(walk) ?:
	       check_sip_headers(walk) ?:
	       check_ipsec(walk) ?:
	       check_forwarding(walk) ?:
	       steer(walk) ?:
	       SIPSTEER_COUNTER_STEERED;
}

static void remember(const struct walk *walk)
{
	const struct sipsteer_packet *packet = &walk->packet;
	struct sipsteer_transactions *set = &walk->sn->transactions;
	const struct sipsteer_transaction_key key = {
		.family = packet->family,
		.client = packet->src.addr,
		.target = walk->target,
		.cseq = walk->headers.cseq,
		.name = transaction_name(walk),
	};
	const struct sipsteer_transaction transaction = {
		.print = sipsteer_transaction_print(set, &key),
		.client = packet->src.addr,
		.client_port = packet->src.port,
		.match = packet->dst.addr,
		.match_port = packet->dst.port,
		.target = walk->target.addr,
		.target_port = walk->target.port,
		.family = packet->family,
		.mapping = walk->mapping->id,
		.cseq = walk->headers.cseq,
	};

	switch (sipsteer_transaction_remember(set, &transaction)) {
	case SIPSTEER_REMEMBERED_AGAIN:
		count(walk, SIPSTEER_COUNTER_TRANSACTION_REFRESHED);
		break;
	case SIPSTEER_REMEMBERED_EVICTED:
		count(walk, SIPSTEER_COUNTER_TRANSACTION_EVICTED);
		fallthrough;
	case SIPSTEER_REMEMBERED_NEW:
		count(walk, SIPSTEER_COUNTER_TRANSACTION_NEW);
		break;
	}
}

static void request(struct walk *walk)
{
	enum sipsteer_counter exit = request_walk(walk);
	bool steered = exit == SIPSTEER_COUNTER_STEERED;

	count(walk, exit);
	if (!walk->mapping)
		return;
	this_cpu_inc(walk->mapping->stats->count[steered ?
						 SIPSTEER_MAPPING_STEERED :
						 SIPSTEER_MAPPING_PASSED]);
	/* Nothing here can fail, and no reply can be quicker than this. */
	if (steered && walk->mapping->reply == SIPSTEER_REPLY_RESTORE)
		remember(walk);
}

static enum sipsteer_counter check_reply_headers(struct walk *walk)
{
	sipsteer_classify_options(walk->skb, &walk->packet);
	switch (walk->packet.obstacle) {
	case SIPSTEER_OBSTACLE_NONE:
		break;
	case SIPSTEER_OBSTACLE_MALFORMED:
		return SIPSTEER_COUNTER_REPLY_MALFORMED;
	case SIPSTEER_OBSTACLE_FRAGMENT:
		return SIPSTEER_COUNTER_REPLY_FRAGMENT;
	default:
		return SIPSTEER_COUNTER_REPLY_HEADERS;
	}
	if (skb_is_gso(walk->skb))
		return SIPSTEER_COUNTER_REPLY_AGGREGATED;
	return udp_len_lies(walk) ? SIPSTEER_COUNTER_REPLY_MALFORMED : 0;
}

static enum sipsteer_counter check_response(struct walk *walk)
{
	if (!linearize(walk))
		return SIPSTEER_COUNTER_REPLY_NO_MEMORY;
	if (sip_msg_start(payload(walk), payload_len(walk), &walk->start) !=
	    SIP_KIND_RESPONSE)
		return SIPSTEER_COUNTER_REPLY_NOT_RESPONSE;
	if (sip_msg_headers(payload(walk), payload_len(walk), &walk->start,
			    SIP_WANT_KEY, &walk->headers))
		return SIPSTEER_COUNTER_REPLY_BAD_SIP;
	return 0;
}

static enum sipsteer_counter
find_transaction(const struct walk *walk,
		 struct sipsteer_transaction *transaction)
{
	struct sipsteer_transactions *set = &walk->sn->transactions;
	const struct sipsteer_transaction_key key = {
		.family = walk->packet.family,
		.client = walk->packet.dst.addr,
		.target = walk->packet.src,
		.cseq = walk->headers.cseq,
		.name = transaction_name(walk),
	};
	u64 print = sipsteer_transaction_print(set, &key);

	return sipsteer_transaction_find(set, print, transaction) ?
	       0 : SIPSTEER_COUNTER_REPLY_NO_TRANSACTION;
}

static enum sipsteer_counter check_reply_ipsec(const struct walk *walk)
{
	return protected_by_ipsec(walk->skb) ? SIPSTEER_COUNTER_REPLY_XFRM : 0;
}

static enum sipsteer_counter
restore(struct walk *walk, const struct sipsteer_transaction *transaction)
{
	const struct sipsteer_endpoint match = {
		.addr = transaction->match,
		.port = transaction->match_port,
	};
	struct sipsteer_rewrite_undo undo;

	if (!make_writable(walk))
		return SIPSTEER_COUNTER_REPLY_NO_MEMORY;
	sipsteer_rewrite(walk->skb, &walk->packet, SIPSTEER_SIDE_SRC, &match,
			 &undo);
	/*
	 * Early demultiplexing may have found the socket that is connected to
	 * the target; the one that waits for this reply is another.
	 */
	if (walk->state->hook == NF_INET_LOCAL_IN)
		skb_orphan(walk->skb);
	return 0;
}

static enum sipsteer_counter
reply_walk(struct walk *walk, struct sipsteer_transaction *transaction)
{
	return check_reply_headers(walk) ?:
	       check_response(walk) ?:
	       find_transaction(walk, transaction) ?:
	       check_reply_ipsec(walk) ?:
	       restore(walk, transaction) ?:
	       SIPSTEER_COUNTER_RESTORED;
}

static void reply(struct walk *walk)
{
	struct sipsteer_transaction transaction;
	enum sipsteer_counter exit = reply_walk(walk, &transaction);
	struct sipsteer_mapping *mapping;

	count(walk, exit);
	if (exit != SIPSTEER_COUNTER_RESTORED)
		return;
	mapping = xa_load(&walk->sn->mappings.ids, transaction.mapping);
	if (mapping)
		this_cpu_inc(mapping->stats->count[SIPSTEER_MAPPING_RESTORED]);
}

static unsigned int request_hook(struct sipsteer_net *sn, struct sk_buff *skb,
				 const struct nf_hook_state *state,
				 const struct sipsteer_packet *packet)
{
	struct walk walk = {
		.sn = sn,
		.skb = skb,
		.state = state,
		.packet = *packet,
	};

	/* A VRF device gets its slaves' packets once more, after conntrack. */
	if (state->in && netif_is_l3_master(state->in))
		return NF_ACCEPT;
	request(&walk);
	return NF_ACCEPT;
}

static unsigned int reply_hook(struct sipsteer_net *sn, struct sk_buff *skb,
			       const struct nf_hook_state *state,
			       const struct sipsteer_packet *packet)
{
	struct walk walk = {
		.sn = sn,
		.skb = skb,
		.state = state,
		.packet = *packet,
	};

	/* A VRF device sends its slaves' packets through here a second time. */
	if (state->out && netif_is_l3_master(state->out))
		return NF_ACCEPT;
	/* A client's own port is often that of a target, too: 5060. */
	if (!sipsteer_target_known(&sn->mappings, packet->family, &packet->src))
		return NF_ACCEPT;
	reply(&walk);
	return NF_ACCEPT;
}

static unsigned int request_v4(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct sipsteer_net *sn = priv;
	struct sipsteer_packet packet;

	if (!sipsteer_classify_v4(skb, &packet) ||
	    !test_bit(ntohs(packet.dst.port), sn->mappings.match_ports))
		return NF_ACCEPT;
	return request_hook(sn, skb, state, &packet);
}

static unsigned int request_v6(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct sipsteer_net *sn = priv;
	struct sipsteer_packet packet;

	if (!sipsteer_classify_v6(skb, &packet) ||
	    !test_bit(ntohs(packet.dst.port), sn->mappings.match_ports))
		return NF_ACCEPT;
	return request_hook(sn, skb, state, &packet);
}

static unsigned int reply_v4(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct sipsteer_net *sn = priv;
	struct sipsteer_packet packet;

	if (!sipsteer_classify_v4(skb, &packet) ||
	    !test_bit(ntohs(packet.src.port), sn->mappings.target_ports))
		return NF_ACCEPT;
	return reply_hook(sn, skb, state, &packet);
}

static unsigned int reply_v6(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct sipsteer_net *sn = priv;
	struct sipsteer_packet packet;

	if (!sipsteer_classify_v6(skb, &packet) ||
	    !test_bit(ntohs(packet.src.port), sn->mappings.target_ports))
		return NF_ACCEPT;
	return reply_hook(sn, skb, state, &packet);
}

#define SIPSTEER_OPS(function, family, at, prio)	{	\
	.hook = function,				\
	.pf = family,					\
	.hooknum = at,					\
	.priority = prio,				\
}

static const struct nf_hook_ops hooks[2][SIPSTEER_HOOKS] = {
	{
		SIPSTEER_OPS(request_v4, NFPROTO_IPV4, NF_INET_PRE_ROUTING,
			     PRIORITY_REQUEST),
		SIPSTEER_OPS(request_v4, NFPROTO_IPV4, NF_INET_LOCAL_OUT,
			     PRIORITY_REQUEST),
		SIPSTEER_OPS(reply_v4, NFPROTO_IPV4, NF_INET_LOCAL_IN,
			     PRIORITY_REPLY),
		SIPSTEER_OPS(reply_v4, NFPROTO_IPV4, NF_INET_POST_ROUTING,
			     PRIORITY_REPLY),
	}, {
		SIPSTEER_OPS(request_v6, NFPROTO_IPV6, NF_INET_PRE_ROUTING,
			     PRIORITY_REQUEST),
		SIPSTEER_OPS(request_v6, NFPROTO_IPV6, NF_INET_LOCAL_OUT,
			     PRIORITY_REQUEST),
		SIPSTEER_OPS(reply_v6, NFPROTO_IPV6, NF_INET_LOCAL_IN,
			     PRIORITY_REPLY),
		SIPSTEER_OPS(reply_v6, NFPROTO_IPV6, NF_INET_POST_ROUTING,
			     PRIORITY_REPLY),
	},
};

static int defrag_enable(struct net *net, u8 family)
{
	return family == NFPROTO_IPV4 ? nf_defrag_ipv4_enable(net) :
					nf_defrag_ipv6_enable(net);
}

static void defrag_disable(struct net *net, u8 family)
{
	if (family == NFPROTO_IPV4)
		nf_defrag_ipv4_disable(net);
	else
		nf_defrag_ipv6_disable(net);
}

/**
 * sipsteer_hooks_register() - let packets of a family come by
 * @sn: the namespace; its lock is held
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Return: 0, also if they do already, or a negative errno.
 */
int sipsteer_hooks_register(struct sipsteer_net *sn, u8 family)
{
	unsigned int index = sipsteer_family_index(family);
	struct nf_hook_ops *ops = sn->hook_ops[index];
	unsigned int i;
	int err;

	lockdep_assert_held(&sn->lock);
	if (sn->hooked & BIT(index))
		return 0;
	err = defrag_enable(sn->net, family);
	if (err)
		return err;
	for (i = 0; i < SIPSTEER_HOOKS; i++) {
		ops[i] = hooks[index][i];
		ops[i].priv = sn;
	}
	err = nf_register_net_hooks(sn->net, ops, SIPSTEER_HOOKS);
	if (err) {
		defrag_disable(sn->net, family);
		return err;
	}
	sn->hooked |= BIT(index);
	return 0;
}

/**
 * sipsteer_hooks_unregister() - let packets of a family pass by
 * @sn: the namespace; its lock is held
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Packets may be in the hooks until a grace period has passed.
 */
void sipsteer_hooks_unregister(struct sipsteer_net *sn, u8 family)
{
	unsigned int index = sipsteer_family_index(family);

	lockdep_assert_held(&sn->lock);
	if (!(sn->hooked & BIT(index)))
		return;
	nf_unregister_net_hooks(sn->net, sn->hook_ops[index], SIPSTEER_HOOKS);
	defrag_disable(sn->net, family);
	sn->hooked &= ~BIT(index);
}

/**
 * sipsteer_hook_test() - what would become of a request
 * @sn: the namespace; RCU is held
 * @skb: the packet, its data at the IP header; on LOCAL_OUT, with a dst.  It
 *	is steered, if that is the answer, and stays the caller's.
 * @state: the hook it would be met at
 * @mapping: where to put the id of the mapping that matched, 0 if none did
 * @target: where to put that mapping's target
 *
 * Return: the counter it would have added to, 0 if it would pass uncounted.
 */
enum sipsteer_counter
sipsteer_hook_test(struct sipsteer_net *sn, struct sk_buff *skb,
		   const struct nf_hook_state *state, u32 *mapping,
		   struct sipsteer_endpoint *target)
{
	struct walk walk = { .sn = sn, .skb = skb, .state = state };
	enum sipsteer_counter exit;
	bool udp;

	udp = state->pf == NFPROTO_IPV4 ?
	      sipsteer_classify_v4(skb, &walk.packet) :
	      sipsteer_classify_v6(skb, &walk.packet);
	*mapping = 0;
	if (!udp || !test_bit(ntohs(walk.packet.dst.port), sn->mappings.match_ports))
		return 0;
	exit = request_walk(&walk);
	if (walk.mapping) {
		*mapping = walk.mapping->id;
		*target = walk.target;
	}
	return exit;
}

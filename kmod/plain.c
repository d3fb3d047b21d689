// SPDX-License-Identifier: GPL-2.0
/*
 * The short way of packets whose port matters.
 *
 * Nearly all of them are alike: whole, in one piece, forwarded by a gateway, and
 * a message in plain writing, or a segment of an established connection.  What
 * is done about such a packet here is what its walk would do, without the parts
 * that it has no use for.  Where anything is otherwise, or somebody wants to be
 * told, the packet goes its walk from the beginning: until all is known to be
 * plain, nothing is done to it, counted or remembered.
 *
 * All functions hold RCU.  Those of a family are compiled for it.
 */
#include <linux/inetdevice.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/tcp.h>

#include "hook.h"
#include "plain.h"
#include "sip_msg.h"
#include "sip_word.h"
#include "walk.h"

static __always_inline void count(const struct sipsteer_net *sn,
				  enum sipsteer_counter counter)
{
	this_cpu_inc(sn->stats->count[counter]);
}

/* First bytes of addresses that no host has for talking to others elsewhere. */
static const u8 special_v4[256] = {
	[0] = true,
	[127] = true,
	[169] = true,
	[224 ... 255] = true,
};

static const u8 special_v6[256] = {
	[0] = true,
	[0xfe ... 0xff] = true,
};

static __always_inline bool is_special(u8 family, const union nf_inet_addr *addr)
{
	return family == NFPROTO_IPV4 ? special_v4[ntohl(addr->ip) >> 24] :
					special_v6[addr->in6.s6_addr[0]];
}

/* Who wants to be told of packets is told by their walk. */
static __always_inline bool is_watched(void)
{
	return tracepoint_enabled(sipsteer_steer) ||
	       tracepoint_enabled(sipsteer_restore) ||
	       tracepoint_enabled(sipsteer_pass) ||
	       READ_ONCE(sipsteer_nl_traffic_wanted);
}

/*
 * Has it just come from a network, and not through IPsec?  That from a VRF comes
 * for the second time.
 */
static __always_inline bool comes_in(const struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return state->hook == NF_INET_PRE_ROUTING &&
	       !(state->in->flags & IFF_LOOPBACK) &&
	       !netif_is_l3_master(state->in) &&
	       !skb_dst(skb) && !secpath_exists(skb);
}

/* Is it about to leave, not through IPsec, and not for a VRF's device? */
static __always_inline bool goes_out(const struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return state->hook == NF_INET_POST_ROUTING &&
	       !netif_is_l3_master(state->out) &&
	       !dst_xfrm(skb_dst(skb)) && !secpath_exists(skb);
}

/* One datagram, in one piece, whose length is what it says. */
static __always_inline bool is_datagram(const struct sk_buff *skb,
					const struct sipsteer_shape as)
{
	const struct udphdr *udp = (const struct udphdr *)(skb->data + as.l4);

	return !skb_is_nonlinear(skb) && !skb_is_gso(skb) &&
	       udp->len == htons(skb->len - as.l4);
}

static __always_inline const char *payload(const struct sk_buff *skb,
					   const struct sipsteer_shape as)
{
	return skb->data + as.l4 + sizeof(struct udphdr);
}

static __always_inline unsigned int payload_len(const struct sk_buff *skb,
						const struct sipsteer_shape as)
{
	return skb->len - as.l4 - sizeof(struct udphdr);
}

/* What a mapping is mostly there for: what a UE has written, and no more. */
static __always_inline bool steers_plainly(const struct sipsteer_mapping *mapping)
{
	return mapping->methods & SIPSTEER_METHOD_REGISTER && mapping->guard &&
	       mapping->route != SIPSTEER_ROUTE_HIDE;
}

/* Is the way from the interface to the target sure to be open? */
static __always_inline bool forwards(const struct nf_hook_state *state, u8 family,
				     const union nf_inet_addr *target)
{
	struct in_device *in;

	if (family == NFPROTO_IPV6)
		return !ipv6_addr_loopback(&target->in6) &&
		       READ_ONCE(state->net->ipv6.devconf_all->forwarding);
	in = __in_dev_get_rcu(state->in);
	return !ipv4_is_loopback(target->ip) && in && IN_DEV_FORWARD(in);
}

/* The only mapping of just this address, if all packets to it are that one's. */
static __always_inline struct sipsteer_mapping *
only_mapping(const struct sipsteer_mappings *mappings,
	     const struct sipsteer_shape as, const struct sipsteer_endpoint *dst)
{
	const struct sipsteer_hash_buckets *buckets =
		sipsteer_hash_buckets(&mappings->by_match);
	const struct sipsteer_prefix match =
		sipsteer_prefix_of(as.family, &dst->addr, dst->port,
				   sipsteer_addr_bits(as.family));
	struct sipsteer_prefix_node *first =
		sipsteer_prefix_first(&mappings->by_match, buckets, &match);
	struct sipsteer_mapping *mapping = sipsteer_mapping_of_node(first);

	return mapping && mapping->proto & SIPSTEER_PROTO_UDP &&
	       !mapping->iif && !mapping->from_len &&
	       !sipsteer_prefix_next(buckets, first) ? mapping : NULL;
}

/* Not inline: it would need the registers that are needed besides. */
static noinline struct sipsteer_mapping *
any_mapping(const struct sipsteer_mappings *mappings, u8 family,
	    const struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct sipsteer_packet packet __uninitialized;

	sipsteer_classify_plain(skb, sipsteer_shape_plain(family, IPPROTO_UDP),
				&packet);
	return sipsteer_mapping_match(mappings, &(struct sipsteer_query){
		.family = family,
		.proto = SIPSTEER_PROTO_UDP,
		.src = packet.src.addr,
		.dst = packet.dst,
		.in = state->in,
	});
}

/* What is not for steering most often is of another method. */
static __always_inline unsigned int other_method(struct sipsteer_net *sn,
					  struct sk_buff *skb,
					  const struct nf_hook_state *state,
					  struct sipsteer_mapping *mapping,
					  const char *text, unsigned int len)
{
	enum sip_method method = sip_msg_plain_method(text, len);

	if (method == SIP_METHOD_OTHER || mapping->methods & BIT(method))
		return sipsteer_hook_walk(sn, skb, state);
	count(sn, SIPSTEER_COUNTER_METHOD);
	sipsteer_mapping_stats_count(&mapping->stats, SIPSTEER_MAPPING_PASSED);
	return NF_ACCEPT;
}

static __always_inline unsigned int
udp_request(struct sipsteer_net *sn, struct sk_buff *skb,
	    const struct nf_hook_state *state, const struct sipsteer_shape as)
{
	const struct sipsteer_table *table = sipsteer_net_table(sn);
	const char *text = payload(skb, as);
	unsigned int len = payload_len(skb, as);
	struct sipsteer_packet packet __uninitialized;
	const struct sipsteer_endpoint *target;
	struct sipsteer_mapping *mapping;

	if (is_watched() || !comes_in(skb, state) || !is_datagram(skb, as) ||
	    skb->pkt_type != PACKET_HOST)
		return sipsteer_hook_walk(sn, skb, state);

	sipsteer_classify_plain(skb, as, &packet);
	mapping = only_mapping(&table->mappings, as, &packet.dst) ?:
		  any_mapping(&table->mappings, as.family, skb, state);
	if (!mapping ||
	    is_special(as.family, &packet.src.addr) ||
	    is_special(as.family, &packet.dst.addr) ||
	    sipsteer_exempts_any(&table->exempts, as.family))
		return sipsteer_hook_walk(sn, skb, state);

	if (!BEGINS(text, "REGISTER"))
		return other_method(sn, skb, state, mapping, text, len);

	target = &mapping->target->by_end.key.end;
	if (!steers_plainly(mapping) ||
	    mapping->reply != SIPSTEER_REPLY_KEEP ||
	    !sip_msg_is_own(text, len) ||
	    sipsteer_target_has_addr(&table->mappings, as.family,
				     &packet.src.addr) ||
	    !forwards(state, as.family, &target->addr) || skb->cloned)
		return sipsteer_hook_walk(sn, skb, state);

	sipsteer_rewrite(skb, as, SIPSTEER_SIDE_DST, &packet.dst, target);
	count(sn, SIPSTEER_COUNTER_STEERED);
	sipsteer_mapping_stats_count(&mapping->stats, SIPSTEER_MAPPING_STEERED);
	return NF_ACCEPT;
}

/* Nothing about the connection changes, and nothing in it has to. */
static __always_inline bool is_steady(const struct sipsteer_flow *flow,
				      const struct tcphdr *th, bool reply)
{
	const u8 open = BIT(SIPSTEER_FLOW_ANSWERED) | BIT(SIPSTEER_FLOW_OPENED);
	const u8 spoken = BIT(SIPSTEER_FLOW_SPOKEN);
	const u8 flags = READ_ONCE(flow->flags);

	if (tcp_flag_byte(th) & SIPSTEER_SEGMENT_FLAGS)
		return false;
	return reply ? (flags & ~spoken) == open :
		       flags == (open | spoken) && !flow->hide;
}

/* The connection, if this is one more segment of one that is established. */
static __always_inline struct sipsteer_flow *
tcp_flow(struct sipsteer_net *sn, const struct sk_buff *skb,
	 const struct sipsteer_shape as, const struct sipsteer_packet *packet,
	 bool reply)
{
	const struct tcphdr *th = (const struct tcphdr *)(skb->data + as.l4);
	const u32 now = sipsteer_flow_now();
	struct sipsteer_flow *flow;

	if (skb_headlen(skb) < as.l4 + sizeof(*th) || th->doff < 5 ||
	    as.l4 + th->doff * 4 > skb->len)
		return NULL;
	flow = sipsteer_flow_find(&sn->flows, as.family,
				  reply ? &packet->dst : &packet->src,
				  reply ? &packet->src : &packet->dst, reply,
				  now);
	if (!flow || !is_steady(flow, th, reply))
		return NULL;
	if (READ_ONCE(flow->seen) != now)
		WRITE_ONCE(flow->seen, now);
	return flow;
}

static __always_inline unsigned int
tcp_request(struct sipsteer_net *sn, struct sk_buff *skb,
	    const struct nf_hook_state *state, const struct sipsteer_shape as)
{
	struct sipsteer_packet packet __uninitialized;
	struct sipsteer_flow *flow;

	if (is_watched() || !comes_in(skb, state) || skb->cloned)
		return sipsteer_hook_walk(sn, skb, state);
	sipsteer_classify_plain(skb, as, &packet);
	flow = tcp_flow(sn, skb, as, &packet, false);
	if (!flow)
		return sipsteer_hook_walk(sn, skb, state);
	sipsteer_rewrite(skb, as, SIPSTEER_SIDE_DST, &packet.dst, &flow->target);
	count(sn, SIPSTEER_COUNTER_TCP_STEERED);
	return NF_ACCEPT;
}

static __always_inline unsigned int
tcp_reply(struct sipsteer_net *sn, struct sk_buff *skb,
	  const struct nf_hook_state *state, const struct sipsteer_shape as)
{
	struct sipsteer_packet packet __uninitialized;
	struct sipsteer_flow *flow;

	if (is_watched() || !goes_out(skb, state) || skb->cloned)
		return sipsteer_hook_walk(sn, skb, state);
	sipsteer_classify_plain(skb, as, &packet);
	flow = tcp_flow(sn, skb, as, &packet, true);
	if (!flow)
		return sipsteer_hook_walk(sn, skb, state);
	sipsteer_rewrite(skb, as, SIPSTEER_SIDE_SRC, &packet.src, &flow->match);
	count(sn, SIPSTEER_COUNTER_TCP_RESTORED);
	return NF_ACCEPT;
}

/**
 * sipsteer_plain_udp_request_v4() - steer what a client has sent, or let it pass
 * @sn: the namespace; RCU is held
 * @skb: the packet, without IP options, extension headers or fragments; its
 *	port matters
 * @state: the hook
 *
 * Return: the verdict.
 */
unsigned int sipsteer_plain_udp_request_v4(struct sipsteer_net *sn,
					   struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	return udp_request(sn, skb, state,
		       sipsteer_shape_plain(NFPROTO_IPV4, IPPROTO_UDP));
}

/**
 * sipsteer_plain_udp_request_v6() - steer what a client has sent, or let it pass
 * @sn: the namespace; RCU is held
 * @skb: the packet, without IP options, extension headers or fragments; its
 *	port matters
 * @state: the hook
 *
 * Return: the verdict.
 */
unsigned int sipsteer_plain_udp_request_v6(struct sipsteer_net *sn,
					   struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	return udp_request(sn, skb, state,
		       sipsteer_shape_plain(NFPROTO_IPV6, IPPROTO_UDP));
}

/**
 * sipsteer_plain_tcp_request_v4() - steer what a client has sent, or let it pass
 * @sn: the namespace; RCU is held
 * @skb: the packet, without IP options, extension headers or fragments; its
 *	port matters
 * @state: the hook
 *
 * Return: the verdict.
 */
unsigned int sipsteer_plain_tcp_request_v4(struct sipsteer_net *sn,
					   struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	return tcp_request(sn, skb, state,
		       sipsteer_shape_plain(NFPROTO_IPV4, IPPROTO_TCP));
}

/**
 * sipsteer_plain_tcp_request_v6() - steer what a client has sent, or let it pass
 * @sn: the namespace; RCU is held
 * @skb: the packet, without IP options, extension headers or fragments; its
 *	port matters
 * @state: the hook
 *
 * Return: the verdict.
 */
unsigned int sipsteer_plain_tcp_request_v6(struct sipsteer_net *sn,
					   struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	return tcp_request(sn, skb, state,
		       sipsteer_shape_plain(NFPROTO_IPV6, IPPROTO_TCP));
}

/**
 * sipsteer_plain_tcp_reply_v4() - restore the source of what a target has sent
 * @sn: the namespace; RCU is held
 * @skb: the packet, without IP options, extension headers or fragments; its
 *	port matters
 * @state: the hook
 *
 * Return: the verdict.
 */
unsigned int sipsteer_plain_tcp_reply_v4(struct sipsteer_net *sn,
					 struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	return tcp_reply(sn, skb, state,
		       sipsteer_shape_plain(NFPROTO_IPV4, IPPROTO_TCP));
}

/**
 * sipsteer_plain_tcp_reply_v6() - restore the source of what a target has sent
 * @sn: the namespace; RCU is held
 * @skb: the packet, without IP options, extension headers or fragments; its
 *	port matters
 * @state: the hook
 *
 * Return: the verdict.
 */
unsigned int sipsteer_plain_tcp_reply_v6(struct sipsteer_net *sn,
					 struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	return tcp_reply(sn, skb, state,
		       sipsteer_shape_plain(NFPROTO_IPV6, IPPROTO_TCP));
}

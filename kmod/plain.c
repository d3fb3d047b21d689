// SPDX-License-Identifier: GPL-2.0
/*
 * The short way of packets whose port matters.
 *
 * Nearly all of them are alike: whole, in one piece, and a message in plain
 * writing, or a segment of an established connection that a gateway forwards.  What
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
#include <net/route.h>
#include <net/tcp.h>
#include <net/xfrm.h>

#include "hook.h"
#include "plain.h"
#include "sip_plain.h"
#include "sip_word.h"
#include "udp.h"
#include "walk.h"

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

/*
 * Has it come from a network, and not through IPsec?  That from a VRF comes for
 * the second time.  PRE_ROUTING only.
 */
static __always_inline bool comes_in(const struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return !(state->in->flags & IFF_LOOPBACK) &&
	       !netif_is_l3_master(state->in) &&
	       !skb_dst(skb) && !secpath_exists(skb);
}

/* Has it arrived here, or is it to leave, and not through IPsec? */
static __always_inline bool is_unprotected(const struct sk_buff *skb)
{
	return skb_dst(skb) && !dst_xfrm(skb_dst(skb)) && !secpath_exists(skb);
}

/* Is it to leave not through IPsec, nor for a VRF's device?  POST_ROUTING only. */
static __always_inline bool goes_out(const struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	return !netif_is_l3_master(state->out) && is_unprotected(skb);
}

/* The same of what this host sends, to one other host.  LOCAL_OUT only. */
static __always_inline bool is_sent(const struct sk_buff *skb,
				    const struct nf_hook_state *state, u8 family)
{
	return goes_out(skb, state) &&
	       !(family == NFPROTO_IPV4 && skb_rtable(skb)->rt_flags &
					   (RTCF_BROADCAST | RTCF_MULTICAST));
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

/* Is the way from the interface to another host sure to be open? */
static __always_inline bool forwards(const struct nf_hook_state *state, u8 family)
{
	struct in_device *in;

	if (family == NFPROTO_IPV6)
		return READ_ONCE(state->net->ipv6.devconf_all->forwarding);
	in = __in_dev_get_rcu(state->in);
	return in && IN_DEV_FORWARD(in);
}

/*
 * The only mapping of just this address, if all packets to it are that one's.  No
 * address that is out of scope has one.
 */
static __always_inline struct sipsteer_mapping *
only_mapping(const struct sipsteer_mappings *mappings,
	     const struct sipsteer_shape as, const struct sipsteer_endpoint *dst)
{
	const struct sipsteer_prefix match =
		sipsteer_prefix_of(as.family, &dst->addr, dst->port,
				   sipsteer_addr_bits(as.family));
	struct sipsteer_mapping *mapping =
		sipsteer_mapping_of_node(sipsteer_prefix_find(&mappings->by_match,
							      &match));

	return mapping && READ_ONCE(mapping->takes_all) ? mapping : NULL;
}

/* Not inline: it would need the registers that are needed besides.  NULL if unsure. */
static noinline struct sipsteer_mapping *
any_mapping(const struct sipsteer_mappings *mappings, u8 family,
	    const struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct sipsteer_packet packet __uninitialized;

	sipsteer_classify_plain(skb, sipsteer_shape_plain(family, IPPROTO_UDP),
				&packet);
	if (is_special(family, &packet.dst.addr))
		return NULL;
	return sipsteer_mapping_match(mappings, &(struct sipsteer_query){
		.family = family,
		.proto = SIPSTEER_PROTO_UDP,
		.src = packet.src.addr,
		.dst = packet.dst,
		.in = state->in,
	});
}

static noinline bool is_exempt(const struct sipsteer_exempts *exempts, u8 family,
			       const void *header)
{
	const struct ipv6hdr *ipv6 = header;
	const struct iphdr *ipv4 = header;
	union nf_inet_addr src __uninitialized;

	if (family == NFPROTO_IPV4)
		src = sipsteer_addr_v4(ipv4->saddr);
	else
		src.in6 = ipv6->saddr;
	return sipsteer_exempt_match(exempts, family, &src);
}

/* What is not for steering most often is of another method. */
static __always_inline unsigned int
other_method(struct sipsteer_net *sn, struct sk_buff *skb,
	     const struct nf_hook_state *state, const struct sipsteer_shape as,
	     struct sipsteer_mapping *mapping)
{
	enum sip_method method = sip_msg_plain_method(payload(skb, as),
						      payload_len(skb, as));

	if (method == SIP_METHOD_OTHER || mapping->methods & BIT(method))
		return sipsteer_hook_walk(sn, skb, state);
	sipsteer_net_count(sn, SIPSTEER_COUNTER_METHOD);
	sipsteer_mapping_stats_count(&mapping->stats, SIPSTEER_MAPPING_PASSED);
	return NF_ACCEPT;
}

/* Not inline: most mappings are for one address. */
static noinline void rewrite_any(struct sk_buff *skb, u8 family,
				 const struct sipsteer_endpoint *target)
{
	const struct sipsteer_shape as = sipsteer_shape_plain(family, IPPROTO_UDP);
	struct sipsteer_packet packet __uninitialized;

	sipsteer_classify_plain(skb, as, &packet);
	sipsteer_rewrite(skb, as, SIPSTEER_SIDE_DST, &packet.dst, target);
}

/* What sums grow by is known since the mapping was made, if it is for one address. */
static __always_inline void steer_to(struct sk_buff *skb,
				     const struct sipsteer_shape as,
				     const struct sipsteer_mapping *mapping)
{
	const struct sipsteer_endpoint *target = &mapping->target->by_end.key.end;

	if (likely(mapping->by_match.key.len == sipsteer_addr_bits(as.family)))
		sipsteer_rewrite_by(skb, as, SIPSTEER_SIDE_DST, target,
				    mapping->growth);
	else
		rewrite_any(skb, as.family, target);
}

/*
 * Sends it to the target, if the way there can be found.  If not, it is as it was,
 * and its walk, which finds none either, tells why.
 */
static __always_inline bool send_to(struct sk_buff *skb,
				    const struct nf_hook_state *state,
				    const struct sipsteer_shape as,
				    const struct sipsteer_mapping *mapping,
				    const bool sent)
{
	struct sipsteer_packet packet __uninitialized;

	if (sent)
		sipsteer_classify_plain(skb, as, &packet);
	steer_to(skb, as, mapping);
	if (!sent || !sipsteer_walk_route(skb, state))
		return true;
	sipsteer_rewrite(skb, as, SIPSTEER_SIDE_DST,
			 &mapping->target->by_end.key.end, &packet.dst);
	return false;
}

static __always_inline bool
steer_and_remember_any(struct sipsteer_net *sn, struct sk_buff *skb,
		       const struct nf_hook_state *state,
		       const struct sipsteer_shape as,
		       const struct sipsteer_mapping *mapping, const bool sent)
{
	struct sipsteer_packet packet __uninitialized;
	struct sip_key key __uninitialized;
	u64 print;

	if (!sip_plain_own_key(payload(skb, as), payload_len(skb, as), &key))
		return false;
	sipsteer_classify_plain(skb, as, &packet);
	print = sipsteer_udp_print(&sn->transactions, as.family, &packet.src.addr,
				   key.branch, key.branch_len);
	if (!send_to(skb, state, as, mapping, sent))
		return false;
	sipsteer_udp_remember(sn, skb, as, &packet, mapping, print, key.cseq,
			      key.cseq_method);
	return true;
}

/* Not inline: where the reply is left alone, none of this is needed. */
#define STEER_AND_REMEMBER(name, family, sent)				\
static noinline bool name(struct sipsteer_net *sn, struct sk_buff *skb,	\
			  const struct nf_hook_state *state,		\
			  const struct sipsteer_mapping *mapping)	\
{									\
	return steer_and_remember_any(sn, skb, state,			\
				      sipsteer_shape_plain(family,	\
							   IPPROTO_UDP), \
				      mapping, sent);			\
}

STEER_AND_REMEMBER(steer_and_remember_v4, NFPROTO_IPV4, false)
STEER_AND_REMEMBER(steer_and_remember_v6, NFPROTO_IPV6, false)
STEER_AND_REMEMBER(steer_and_remember_sent_v4, NFPROTO_IPV4, true)
STEER_AND_REMEMBER(steer_and_remember_sent_v6, NFPROTO_IPV6, true)

/* If a UE itself has written this, steer it.  Returns whether it is steered. */
static __always_inline bool steer(struct sipsteer_net *sn, struct sk_buff *skb,
				  const struct nf_hook_state *state,
				  const char *text,
				  const struct sipsteer_shape as,
				  const struct sipsteer_mapping *mapping,
				  const bool sent)
{
	bool v4 = as.family == NFPROTO_IPV4;

	if (mapping->reply == SIPSTEER_REPLY_RESTORE && sent)
		return v4 ? steer_and_remember_sent_v4(sn, skb, state, mapping) :
			    steer_and_remember_sent_v6(sn, skb, state, mapping);
	if (mapping->reply == SIPSTEER_REPLY_RESTORE)
		return v4 ? steer_and_remember_v4(sn, skb, state, mapping) :
			    steer_and_remember_v6(sn, skb, state, mapping);
	return sip_plain_is_own(text, payload_len(skb, as)) &&
	       send_to(skb, state, as, mapping, sent);
}

static __always_inline unsigned int
udp_request(struct sipsteer_net *sn, struct sk_buff *skb,
	    const struct nf_hook_state *state, const struct sipsteer_shape as,
	    const bool sent)
{
	const struct sipsteer_table *table = sipsteer_net_table(sn);
	struct sipsteer_packet packet __uninitialized;
	struct sipsteer_mapping *mapping;
	const u8 *header;
	const char *text;

	if (sipsteer_is_watched(sn) || !is_datagram(skb, as) ||
	    !(sent ? is_sent(skb, state, as.family) :
		     comes_in(skb, state) && skb->pkt_type == PACKET_HOST))
		return sipsteer_hook_walk(sn, skb, state);

	header = skb->data;
	text = payload(skb, as);
	sipsteer_classify_plain(skb, as, &packet);
	mapping = only_mapping(&table->mappings, as, &packet.dst) ?:
		  any_mapping(&table->mappings, as.family, skb, state);
	if (!mapping ||
	    is_special(as.family, &packet.src.addr) ||
	    (sipsteer_exempts_any(&table->exempts, as.family) &&
	     is_exempt(&table->exempts, as.family, header)))
		return sipsteer_hook_walk(sn, skb, state);

	if (!BEGINS(text, "REGISTER"))
		return other_method(sn, skb, state, as, mapping);

	if (!mapping->is_plain || skb->cloned ||
	    !(sent || forwards(state, as.family)) ||
	    sipsteer_target_has_addr(&table->mappings, as.family,
				     &packet.src.addr) ||
	    !steer(sn, skb, state, text, as, mapping, sent))
		return sipsteer_hook_walk(sn, skb, state);

	sipsteer_net_count(sn, SIPSTEER_COUNTER_STEERED);
	sipsteer_mapping_stats_count(&mapping->stats, SIPSTEER_MAPPING_STEERED);
	return NF_ACCEPT;
}

static __always_inline bool find(struct sipsteer_net *sn,
				 const struct sk_buff *skb,
				 const struct sipsteer_shape as,
				 const struct sipsteer_packet *packet,
				 struct sipsteer_transaction *transaction)
{
	struct sip_key key __uninitialized;
	u64 print;

	if (!sip_plain_response_key(payload(skb, as), payload_len(skb, as), &key))
		return false;
	print = sipsteer_udp_print(&sn->transactions, as.family,
				   &packet->dst.addr, key.branch, key.branch_len);
	return sipsteer_udp_find(sn, packet, as.family, print, key.cseq,
				 key.cseq_method, transaction);
}

/* The mapping that has steered the request, if it is the only one there. */
static __always_inline void
count_restored(struct sipsteer_table *table, const struct sipsteer_shape as,
	       const struct sipsteer_endpoint *match, u32 id)
{
	struct sipsteer_mappings *mappings = &table->mappings;
	struct sipsteer_mapping *mapping = only_mapping(mappings, as, match);

	if (unlikely(!mapping || mapping->id != id))
		mapping = xa_load(&mappings->ids, id);
	if (mapping)
		sipsteer_mapping_stats_count(&mapping->stats,
					     SIPSTEER_MAPPING_RESTORED);
}

static __always_inline unsigned int
udp_reply(struct sipsteer_net *sn, struct sk_buff *skb,
	  const struct nf_hook_state *state, const struct sipsteer_shape as,
	  const bool taken)
{
	struct sipsteer_transaction transaction __uninitialized;
	struct sipsteer_table *table = sipsteer_net_table(sn);
	struct sipsteer_packet packet __uninitialized;
	struct sipsteer_endpoint match __uninitialized;

	sipsteer_classify_plain(skb, as, &packet);
	/* A client's own port is often that of a target, too: 5060. */
	if (!sipsteer_target_of(&table->mappings, as.family, &packet.src))
		return NF_ACCEPT;
	if (sipsteer_is_watched(sn) ||
	    !(taken ? is_unprotected(skb) : goes_out(skb, state)) ||
	    !is_datagram(skb, as) || skb->cloned ||
	    !find(sn, skb, as, &packet, &transaction))
		return sipsteer_hook_walk(sn, skb, state);

	match.addr = transaction.match;
	match.port = transaction.match_port;
	sipsteer_rewrite(skb, as, SIPSTEER_SIDE_SRC, &packet.src, &match);
	/* As in sipsteer_walk_restore(). */
	if (taken)
		skb_orphan(skb);
	sipsteer_net_count(sn, SIPSTEER_COUNTER_RESTORED);
	count_restored(table, as, &match, transaction.mapping);
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

	if (sipsteer_is_watched(sn) || !comes_in(skb, state) ||
	    skb->cloned)
		return sipsteer_hook_walk(sn, skb, state);
	sipsteer_classify_plain(skb, as, &packet);
	flow = tcp_flow(sn, skb, as, &packet, false);
	if (!flow)
		return sipsteer_hook_walk(sn, skb, state);
	sipsteer_rewrite(skb, as, SIPSTEER_SIDE_DST, &packet.dst, &flow->target);
	sipsteer_net_count(sn, SIPSTEER_COUNTER_TCP_STEERED);
	return NF_ACCEPT;
}

static __always_inline unsigned int
tcp_reply(struct sipsteer_net *sn, struct sk_buff *skb,
	  const struct nf_hook_state *state, const struct sipsteer_shape as)
{
	struct sipsteer_packet packet __uninitialized;
	struct sipsteer_flow *flow;

	if (sipsteer_is_watched(sn) || !goes_out(skb, state) ||
	    skb->cloned)
		return sipsteer_hook_walk(sn, skb, state);
	sipsteer_classify_plain(skb, as, &packet);
	flow = tcp_flow(sn, skb, as, &packet, true);
	if (!flow)
		return sipsteer_hook_walk(sn, skb, state);
	sipsteer_rewrite(skb, as, SIPSTEER_SIDE_SRC, &packet.src, &flow->match);
	sipsteer_net_count(sn, SIPSTEER_COUNTER_TCP_RESTORED);
	return NF_ACCEPT;
}

/*
 * What hook.c calls: with the namespace, under RCU; a packet without IP options,
 * extension headers or fragments, whose port matters; and the hook.  Each returns
 * the verdict.
 */
#define SIPSTEER_PLAIN(name, how, family, proto, ...)			\
unsigned int sipsteer_plain_##name(struct sipsteer_net *sn,		\
				   struct sk_buff *skb,			\
				   const struct nf_hook_state *state)	\
{									\
	return how(sn, skb, state, sipsteer_shape_plain(family, proto),	\
		   ##__VA_ARGS__);					\
}

SIPSTEER_PLAIN(udp_received_v4, udp_request, NFPROTO_IPV4, IPPROTO_UDP, false)
SIPSTEER_PLAIN(udp_received_v6, udp_request, NFPROTO_IPV6, IPPROTO_UDP, false)
SIPSTEER_PLAIN(udp_sent_v4, udp_request, NFPROTO_IPV4, IPPROTO_UDP, true)
SIPSTEER_PLAIN(udp_sent_v6, udp_request, NFPROTO_IPV6, IPPROTO_UDP, true)
SIPSTEER_PLAIN(udp_taken_v4, udp_reply, NFPROTO_IPV4, IPPROTO_UDP, true)
SIPSTEER_PLAIN(udp_taken_v6, udp_reply, NFPROTO_IPV6, IPPROTO_UDP, true)
SIPSTEER_PLAIN(udp_leaving_v4, udp_reply, NFPROTO_IPV4, IPPROTO_UDP, false)
SIPSTEER_PLAIN(udp_leaving_v6, udp_reply, NFPROTO_IPV6, IPPROTO_UDP, false)
SIPSTEER_PLAIN(tcp_received_v4, tcp_request, NFPROTO_IPV4, IPPROTO_TCP)
SIPSTEER_PLAIN(tcp_received_v6, tcp_request, NFPROTO_IPV6, IPPROTO_TCP)
SIPSTEER_PLAIN(tcp_leaving_v4, tcp_reply, NFPROTO_IPV4, IPPROTO_TCP)
SIPSTEER_PLAIN(tcp_leaving_v6, tcp_reply, NFPROTO_IPV6, IPPROTO_TCP)

// SPDX-License-Identifier: GPL-2.0
/*
 * Where packets come by.
 *
 * Requests are met after raw and before conntrack (PRE_ROUTING, LOCAL_OUT),
 * replies after NAT and before conntrack's confirmation (LOCAL_IN,
 * POST_ROUTING): conntrack, NAT and firewall see only the client's flow with
 * the target.
 *
 * All traffic pays for what is here: finding the ports, and a test of a bit.
 * The rest is for packets that matter: udp.c, tcp.c and icmp.c.  Nothing is
 * ever dropped; whatever the exit, the packet goes on, steered or restored or
 * else untouched.
 *
 * The hooks hold RCU; LOCAL_OUT may run in process context.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>

#include "classify.h"
#include "compat.h"
#include "defrag.h"
#include "hook.h"
#include "plain.h"
#include "walk.h"

/* Where other people's chains can be put on either side of ours. */
#define PRIORITY_REQUEST	(NF_IP_PRI_CONNTRACK - 50)
/*
 * IPv6 confirms connections on LOCAL_IN at NF_IP6_PRI_LAST - 1; at the same
 * priority the order would be that of loading.
 */
#define PRIORITY_REPLY		(NF_IP_PRI_LAST - 2)

/* An IPv4 header's first byte: its version, and its length in words. */
#define IPV4_NO_OPTIONS		0x45

static int classify(const struct sk_buff *skb, u8 family,
		    struct sipsteer_packet *packet)
{
	return family == NFPROTO_IPV4 ? sipsteer_classify_v4(skb, packet) :
					sipsteer_classify_v6(skb, packet);
}

static bool meets_reply(const struct nf_hook_state *state)
{
	return state->hook == NF_INET_LOCAL_IN ||
	       state->hook == NF_INET_POST_ROUTING;
}

static unsigned int walk_request(struct sipsteer_walk *walk, int proto)
{
	const struct sipsteer_mappings *mappings = &walk->table->mappings;
	unsigned int port = sipsteer_port_bit(walk->packet.dst.port);

	switch (proto) {
	case 0:
		return NF_ACCEPT;
	case IPPROTO_UDP:
		return test_bit(port, mappings->match_ports) ?
		       sipsteer_udp_request(walk) : NF_ACCEPT;
	case IPPROTO_TCP:
		return test_bit(port, mappings->tcp_ports) ?
		       sipsteer_tcp_request(walk) : NF_ACCEPT;
	default:
		return sipsteer_icmp_request(walk);
	}
}

static unsigned int walk_reply(struct sipsteer_walk *walk, int proto)
{
	const struct sipsteer_mappings *mappings = &walk->table->mappings;
	unsigned int port = sipsteer_port_bit(walk->packet.src.port);

	switch (proto) {
	case 0:
		return NF_ACCEPT;
	case IPPROTO_UDP:
		return test_bit(port, mappings->target_ports) ?
		       sipsteer_udp_reply(walk) : NF_ACCEPT;
	case IPPROTO_TCP:
		return test_bit(port, mappings->tcp_ports) ?
		       sipsteer_tcp_reply(walk) : NF_ACCEPT;
	default:
		return sipsteer_icmp_reply(walk);
	}
}

/**
 * sipsteer_hook_walk() - let a packet go its whole walk
 * @sn: the namespace; RCU is held
 * @skb: the packet, its data at the IP header
 * @state: the hook
 *
 * Return: the verdict.
 */
unsigned int sipsteer_hook_walk(struct sipsteer_net *sn, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct sipsteer_message message __uninitialized;
	struct sipsteer_walk walk __uninitialized;
	int proto;

	if (sipsteer_walk_comes_again(state))
		return NF_ACCEPT;
	sipsteer_walk_begin(&walk, sn, skb, state, &message);
	proto = classify(skb, state->pf, &walk.packet);
	if (meets_reply(state))
		return walk_reply(&walk, proto);
	if (walk.packet.fragment) {
		if (sipsteer_defrag(skb, state))
			return NF_STOLEN;
		proto = classify(skb, state->pf, &walk.packet);
	}
	return walk_request(&walk, proto);
}

/*
 * All traffic pays for this: does the port matter?  What has options, extension
 * headers, or its ports in another place, is looked at with more patience.
 */
static __always_inline unsigned int
meet_packet(struct sipsteer_net *sn, struct sk_buff *skb,
	    const struct nf_hook_state *state, u8 family,
	    unsigned int port_offset, const unsigned long *udp_ports,
	    const unsigned long *tcp_ports, sipsteer_walk_fn *udp_walk,
	    sipsteer_walk_fn *tcp_walk)
{
	unsigned int l4 = family == NFPROTO_IPV4 ? sizeof(struct iphdr) :
						   sizeof(struct ipv6hdr);
	const struct ipv6hdr *ipv6 = (const struct ipv6hdr *)skb->data;
	const struct iphdr *ipv4 = (const struct iphdr *)skb->data;
	const __be16 *port = (const __be16 *)(skb->data + l4 + port_offset);
	u8 proto;

	if (family == NFPROTO_IPV4 &&
	    (*skb->data != IPV4_NO_OPTIONS || ip_is_fragment(ipv4)))
		return sipsteer_hook_walk(sn, skb, state);
	if (unlikely(skb_headlen(skb) < l4 + sizeof(struct udphdr)))
		return sipsteer_hook_walk(sn, skb, state);
	proto = family == NFPROTO_IPV4 ? ipv4->protocol : ipv6->nexthdr;
	if (proto == IPPROTO_UDP)
		return likely(!test_bit(sipsteer_port_bit(*port), udp_ports)) ?
		       NF_ACCEPT : udp_walk(sn, skb, state);
	if (proto == IPPROTO_TCP)
		return likely(!test_bit(sipsteer_port_bit(*port), tcp_ports)) ?
		       NF_ACCEPT : tcp_walk(sn, skb, state);
	return sipsteer_hook_walk(sn, skb, state);
}

static __always_inline unsigned int
meet_request(struct sipsteer_net *sn, struct sk_buff *skb,
	     const struct nf_hook_state *state, u8 family,
	     sipsteer_walk_fn *udp_walk, sipsteer_walk_fn *tcp_walk)
{
	const struct sipsteer_mappings *mappings =
		&sipsteer_net_table(sn)->mappings;

	return meet_packet(sn, skb, state, family, offsetof(struct udphdr, dest),
			   mappings->match_ports, mappings->tcp_ports,
			   udp_walk, tcp_walk);
}

static __always_inline unsigned int
meet_reply(struct sipsteer_net *sn, struct sk_buff *skb,
	   const struct nf_hook_state *state, u8 family,
	   sipsteer_walk_fn *udp_walk, sipsteer_walk_fn *tcp_walk)
{
	const struct sipsteer_mappings *mappings =
		&sipsteer_net_table(sn)->mappings;

	return meet_packet(sn, skb, state, family,
			   offsetof(struct udphdr, source),
			   mappings->target_ports, mappings->tcp_ports,
			   udp_walk, tcp_walk);
}

#define SIPSTEER_HOOK(name, meet, family, udp_walk, tcp_walk)		\
static unsigned int name(void *priv, struct sk_buff *skb,		\
			 const struct nf_hook_state *state)		\
{									\
	return meet(priv, skb, state, family, udp_walk, tcp_walk);	\
}

/* TCP of this host itself has no short way: its socket may be asked, too. */
SIPSTEER_HOOK(received_v4, meet_request, NFPROTO_IPV4,
	      sipsteer_plain_udp_received_v4, sipsteer_plain_tcp_received_v4)
SIPSTEER_HOOK(received_v6, meet_request, NFPROTO_IPV6,
	      sipsteer_plain_udp_received_v6, sipsteer_plain_tcp_received_v6)
SIPSTEER_HOOK(sent_v4, meet_request, NFPROTO_IPV4,
	      sipsteer_plain_udp_sent_v4, sipsteer_hook_walk)
SIPSTEER_HOOK(sent_v6, meet_request, NFPROTO_IPV6,
	      sipsteer_plain_udp_sent_v6, sipsteer_hook_walk)
SIPSTEER_HOOK(taken_v4, meet_reply, NFPROTO_IPV4,
	      sipsteer_plain_udp_taken_v4, sipsteer_hook_walk)
SIPSTEER_HOOK(taken_v6, meet_reply, NFPROTO_IPV6,
	      sipsteer_plain_udp_taken_v6, sipsteer_hook_walk)
SIPSTEER_HOOK(leaving_v4, meet_reply, NFPROTO_IPV4,
	      sipsteer_plain_udp_leaving_v4, sipsteer_plain_tcp_leaving_v4)
SIPSTEER_HOOK(leaving_v6, meet_reply, NFPROTO_IPV6,
	      sipsteer_plain_udp_leaving_v6, sipsteer_plain_tcp_leaving_v6)

#define SIPSTEER_OPS(function, family, at, prio)	{	\
	.hook = function,				\
	.pf = family,					\
	.hooknum = at,					\
	.priority = prio,				\
}

static const struct nf_hook_ops hooks[2][SIPSTEER_HOOKS] = {
	{
		SIPSTEER_OPS(received_v4, NFPROTO_IPV4, NF_INET_PRE_ROUTING,
			     PRIORITY_REQUEST),
		SIPSTEER_OPS(sent_v4, NFPROTO_IPV4, NF_INET_LOCAL_OUT,
			     PRIORITY_REQUEST),
		SIPSTEER_OPS(taken_v4, NFPROTO_IPV4, NF_INET_LOCAL_IN,
			     PRIORITY_REPLY),
		SIPSTEER_OPS(leaving_v4, NFPROTO_IPV4, NF_INET_POST_ROUTING,
			     PRIORITY_REPLY),
	}, {
		SIPSTEER_OPS(received_v6, NFPROTO_IPV6, NF_INET_PRE_ROUTING,
			     PRIORITY_REQUEST),
		SIPSTEER_OPS(sent_v6, NFPROTO_IPV6, NF_INET_LOCAL_OUT,
			     PRIORITY_REQUEST),
		SIPSTEER_OPS(taken_v6, NFPROTO_IPV6, NF_INET_LOCAL_IN,
			     PRIORITY_REPLY),
		SIPSTEER_OPS(leaving_v6, NFPROTO_IPV6, NF_INET_POST_ROUTING,
			     PRIORITY_REPLY),
	},
};

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
	for (i = 0; i < SIPSTEER_HOOKS; i++) {
		ops[i] = hooks[index][i];
		ops[i].priv = sn;
	}
	err = nf_register_net_hooks(sn->net, ops, SIPSTEER_HOOKS);
	if (err)
		return err;
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
	struct sipsteer_table *table = sipsteer_net_table(sn);
	struct sipsteer_message message;
	struct sipsteer_walk walk = {
		.sn = sn,
		.table = table,
		.skb = skb,
		.state = state,
		.message = &message,
	};
	enum sipsteer_counter exit;
	const unsigned long *ports;
	int proto;

	*mapping = 0;
	proto = classify(skb, state->pf, &walk.packet);
	ports = proto == IPPROTO_TCP ? table->mappings.tcp_ports :
				       table->mappings.match_ports;
	if (!proto || !test_bit(sipsteer_port_bit(walk.packet.dst.port), ports))
		return 0;
	exit = proto == IPPROTO_TCP ? sipsteer_tcp_test(&walk) :
				      sipsteer_udp_test(&walk);
	if (walk.mapping) {
		*mapping = walk.mapping->id;
		*target = *walk.target;
	}
	return exit;
}

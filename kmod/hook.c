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
#include <linux/in.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/l3mdev.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "classify.h"
#include "hook.h"
#include "walk.h"

/* Where other people's chains can be put on either side of ours. */
#define PRIORITY_REQUEST	(NF_IP_PRI_CONNTRACK - 50)
/*
 * IPv6 confirms connections on LOCAL_IN at NF_IP6_PRI_LAST - 1; at the same
 * priority the order would be that of loading.
 */
#define PRIORITY_REPLY		(NF_IP_PRI_LAST - 2)

static __always_inline int classify(const struct sk_buff *skb, u8 family,
				    struct sipsteer_packet *packet)
{
	return family == NFPROTO_IPV4 ? sipsteer_classify_v4(skb, packet) :
					sipsteer_classify_v6(skb, packet);
}

static unsigned int
request_walk(struct sipsteer_net *sn, struct sipsteer_table *table,
	     struct sk_buff *skb, const struct nf_hook_state *state,
	     const struct sipsteer_packet *packet)
{
	struct sipsteer_walk walk = {
		.sn = sn,
		.table = table,
		.skb = skb,
		.state = state,
		.packet = *packet,
	};

	/*
	 * A VRF device gets its slaves' packets once more, after conntrack, and
	 * what this host sends through it comes by a second time, as theirs.
	 */
	if ((state->in && netif_is_l3_master(state->in)) ||
	    (state->out && netif_is_l3_master(state->out)))
		return NF_ACCEPT;
	switch (packet->proto) {
	case IPPROTO_UDP:
		return sipsteer_udp_request(&walk);
	case IPPROTO_TCP:
		return sipsteer_tcp_request(&walk);
	default:
		return sipsteer_icmp_request(&walk);
	}
}

static unsigned int
reply_walk(struct sipsteer_net *sn, struct sipsteer_table *table,
	   struct sk_buff *skb, const struct nf_hook_state *state,
	   const struct sipsteer_packet *packet)
{
	struct sipsteer_walk walk = {
		.sn = sn,
		.table = table,
		.skb = skb,
		.state = state,
		.packet = *packet,
	};

	/* A VRF device sends its slaves' packets through here a second time. */
	if (state->out && netif_is_l3_master(state->out))
		return NF_ACCEPT;
	switch (packet->proto) {
	case IPPROTO_UDP:
		return sipsteer_udp_reply(&walk);
	case IPPROTO_TCP:
		return sipsteer_tcp_reply(&walk);
	default:
		return sipsteer_icmp_reply(&walk);
	}
}

/* Family and direction are constants on the way that all traffic takes. */
static __always_inline bool matters(const struct sk_buff *skb, u8 family,
				    bool is_reply, const unsigned long *udp_ports,
				    const unsigned long *tcp_ports,
				    struct sipsteer_packet *packet)
{
	const unsigned long *ports;
	__be16 port;

	switch (classify(skb, family, packet)) {
	case 0:
		return false;
	case IPPROTO_UDP:
		ports = udp_ports;
		break;
	case IPPROTO_TCP:
		ports = tcp_ports;
		break;
	default:
		return true;
	}
	port = is_reply ? packet->src.port : packet->dst.port;
	return test_bit(ntohs(port), ports);
}

static __always_inline unsigned int
meet_request(struct sipsteer_net *sn, struct sk_buff *skb,
	     const struct nf_hook_state *state, u8 family)
{
	struct sipsteer_table *table = sipsteer_net_table(sn);
	struct sipsteer_packet packet;

	if (!matters(skb, family, false, table->mappings.match_ports,
		     table->mappings.tcp_ports, &packet))
		return NF_ACCEPT;
	return request_walk(sn, table, skb, state, &packet);
}

static __always_inline unsigned int
meet_reply(struct sipsteer_net *sn, struct sk_buff *skb,
	   const struct nf_hook_state *state, u8 family)
{
	struct sipsteer_table *table = sipsteer_net_table(sn);
	struct sipsteer_packet packet;

	if (!matters(skb, family, true, table->mappings.target_ports,
		     table->mappings.tcp_ports, &packet))
		return NF_ACCEPT;
	return reply_walk(sn, table, skb, state, &packet);
}

static unsigned int request_v4(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return meet_request(priv, skb, state, NFPROTO_IPV4);
}

static unsigned int request_v6(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return meet_request(priv, skb, state, NFPROTO_IPV6);
}

static unsigned int reply_v4(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return meet_reply(priv, skb, state, NFPROTO_IPV4);
}

static unsigned int reply_v6(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return meet_reply(priv, skb, state, NFPROTO_IPV6);
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
	struct sipsteer_table *table = sipsteer_net_table(sn);
	struct sipsteer_walk walk = {
		.sn = sn,
		.table = table,
		.skb = skb,
		.state = state,
	};
	enum sipsteer_counter exit;
	const unsigned long *ports;
	int proto;

	*mapping = 0;
	proto = classify(skb, state->pf, &walk.packet);
	ports = proto == IPPROTO_TCP ? table->mappings.tcp_ports :
				       table->mappings.match_ports;
	if (!proto || !test_bit(ntohs(walk.packet.dst.port), ports))
		return 0;
	exit = proto == IPPROTO_TCP ? sipsteer_tcp_test(&walk) :
				      sipsteer_udp_test(&walk);
	if (walk.mapping) {
		*mapping = walk.mapping->id;
		*target = walk.target;
	}
	return exit;
}

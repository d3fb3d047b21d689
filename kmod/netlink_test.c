// SPDX-License-Identifier: GPL-2.0
/*
 * The command that asks what would become of a packet.
 *
 * The packet is made, and walks the way that packets walk.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/genetlink.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "hook.h"
#include "net.h"
#include "netlink.h"
#include "netlink_gen.h"

#define UDP_PAYLOAD_MAX	65507

/**
 * struct question - what the test command asks
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @hook: enum nf_inet_hooks
 * @proto: one SIPSTEER_PROTO_ flag
 * @from: source
 * @to: destination
 * @iif: input interface, or NULL
 * @payload: UDP payload; NULL for a SYN
 */
struct question {
	u8 family;
	u8 hook;
	u8 proto;
	struct sipsteer_endpoint from;
	struct sipsteer_endpoint to;
	const struct nlattr *iif;
	const struct nlattr *payload;
};

static int parse_question_proto(struct genl_info *info, struct question *q)
{
	const struct nlattr *proto = info->attrs[SIPSTEER_A_TEST_PROTO];

	q->proto = proto ? nla_get_u8(proto) : SIPSTEER_PROTO_UDP;
	q->payload = info->attrs[SIPSTEER_A_TEST_PAYLOAD];
	switch (q->proto) {
	case SIPSTEER_PROTO_TCP:
		if (!q->payload)
			return 0;
		NL_SET_ERR_MSG_ATTR(info->extack, q->payload,
				    "a SYN has no payload");
		return -EINVAL;
	case SIPSTEER_PROTO_UDP:
		if (GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_TEST_PAYLOAD)) {
			NL_SET_ERR_MSG(info->extack,
				       "a datagram needs a payload");
			return -EINVAL;
		}
		if (nla_len(q->payload) <= UDP_PAYLOAD_MAX)
			return 0;
		NL_SET_ERR_MSG_ATTR(info->extack, q->payload,
				    "no UDP datagram can hold this payload");
		return -EINVAL;
	default:
		NL_SET_ERR_MSG_ATTR(info->extack, proto,
				    "a packet has one protocol");
		return -EINVAL;
	}
}

static int parse_question(struct genl_info *info, struct question *q)
{
	struct netlink_ext_ack *extack = info->extack;
	struct nlattr **attrs = info->attrs;
	u8 hook = SIPSTEER_HOOK_PREROUTING;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_TEST_FROM_ADDR) ||
	    GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_TEST_FROM_PORT) ||
	    GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_TEST_TO_ADDR) ||
	    GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_TEST_TO_PORT)) {
		NL_SET_ERR_MSG(extack, "source and destination are needed");
		return -EINVAL;
	}
	err = parse_question_proto(info, q);
	if (err)
		return err;
	if (attrs[SIPSTEER_A_TEST_HOOK])
		hook = nla_get_u8(attrs[SIPSTEER_A_TEST_HOOK]);
	q->hook = hook == SIPSTEER_HOOK_OUTPUT ? NF_INET_LOCAL_OUT :
						 NF_INET_PRE_ROUTING;
	q->iif = attrs[SIPSTEER_A_TEST_IIF];
	if (q->iif && q->hook == NF_INET_LOCAL_OUT) {
		NL_SET_ERR_MSG_ATTR(extack, q->iif,
				    "what this host sends arrives on no interface");
		return -EINVAL;
	}
	q->from.port = nla_get_be16(attrs[SIPSTEER_A_TEST_FROM_PORT]);
	q->to.port = nla_get_be16(attrs[SIPSTEER_A_TEST_TO_PORT]);
	return sipsteer_nl_parse_addr(attrs[SIPSTEER_A_TEST_FROM_ADDR],
				      &q->family, &q->from.addr, extack) ?:
	       sipsteer_nl_parse_addr(attrs[SIPSTEER_A_TEST_TO_ADDR],
				      &q->family, &q->to.addr, extack);
}

static void put_udp(const struct question *q, struct sk_buff *skb)
{
	struct udphdr *udp;

	skb_put_data(skb, nla_data(q->payload), nla_len(q->payload));
	udp = skb_push(skb, sizeof(*udp));
	*udp = (struct udphdr){
		.source = q->from.port,
		.dest = q->to.port,
		.len = htons(skb->len),
	};
}

static void put_syn(const struct question *q, struct sk_buff *skb)
{
	struct tcphdr *tcp = skb_push(skb, sizeof(*tcp));

	*tcp = (struct tcphdr){
		.source = q->from.port,
		.dest = q->to.port,
		.doff = sizeof(*tcp) / 4,
		.syn = 1,
	};
}

static struct sk_buff *question_skb(const struct question *q)
{
	unsigned int room = LL_MAX_HEADER + sizeof(struct ipv6hdr) +
			    sizeof(struct tcphdr);
	u8 proto = q->payload ? IPPROTO_UDP : IPPROTO_TCP;
	struct sk_buff *skb;
	unsigned int len;

	skb = alloc_skb(room + (q->payload ? nla_len(q->payload) : 0),
			GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	if (q->payload)
		put_udp(q, skb);
	else
		put_syn(q, skb);
	skb_reset_transport_header(skb);
	len = skb->len;
	skb_push(skb, q->family == NFPROTO_IPV4 ? sizeof(struct iphdr) :
						  sizeof(struct ipv6hdr));
	skb_reset_network_header(skb);
	if (q->family == NFPROTO_IPV4) {
		skb->protocol = htons(ETH_P_IP);
		*ip_hdr(skb) = (struct iphdr){
			.version = 4,
			.ihl = 5,
			.tot_len = htons(skb->len),
			.ttl = IPDEFTTL,
			.protocol = proto,
			.saddr = q->from.addr.ip,
			.daddr = q->to.addr.ip,
		};
		ip_send_check(ip_hdr(skb));
	} else {
		skb->protocol = htons(ETH_P_IPV6);
		*ipv6_hdr(skb) = (struct ipv6hdr){
			.version = 6,
			.payload_len = htons(len),
			.nexthdr = proto,
			.hop_limit = IPV6_DEFAULT_HOPLIMIT,
			.saddr = q->from.addr.in6,
			.daddr = q->to.addr.in6,
		};
	}
	return skb;
}

static struct dst_entry *route_from_here(struct net *net, u8 family,
					 const union nf_inet_addr *from,
					 const union nf_inet_addr *to)
{
	struct flowi6 fl6 = { .daddr = to->in6 };
	struct flowi4 fl4 = { .daddr = to->ip };
	struct dst_entry *dst;
	struct rtable *rt;

	if (family == NFPROTO_IPV4) {
		fl4.saddr = from ? from->ip : 0;
		rt = ip_route_output_key(net, &fl4);
		return IS_ERR(rt) ? ERR_CAST(rt) : &rt->dst;
	}
	if (from)
		fl6.saddr = from->in6;
	dst = ip6_route_output(net, NULL, &fl6);
	if (dst->error) {
		int err = dst->error;

		dst_release(dst);
		return ERR_PTR(err);
	}
	return dst;
}

/* Kernels do not tell an address that is not this host's from no route at all. */
static int no_route(const struct question *q, struct net *net,
		    struct genl_info *info, int err)
{
	struct dst_entry *dst = route_from_here(net, q->family, NULL, &q->to.addr);

	if (IS_ERR(dst)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SIPSTEER_A_TEST_TO_ADDR],
				    "this host has no route to there, so no packet would be sent");
		return err;
	}
	dst_release(dst);
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SIPSTEER_A_TEST_FROM_ADDR],
			    "this host cannot send from this address");
	return -EINVAL;
}

/* The way of a packet that this host sends; its dst goes to the packet. */
static int place_output(const struct question *q, struct sk_buff *skb,
			struct nf_hook_state *state, struct genl_info *info)
{
	struct dst_entry *dst;

	dst = route_from_here(state->net, q->family, &q->from.addr, &q->to.addr);
	if (IS_ERR(dst))
		return no_route(q, state->net, info, PTR_ERR(dst));
	skb_dst_set(skb, dst);
	state->out = dst->dev;
	return 0;
}

/* The interface that a packet comes in on; RCU is held. */
static int place_input(const struct question *q, struct sk_buff *skb,
		       struct nf_hook_state *state, struct genl_info *info)
{
	struct dst_entry *dst;

	if (q->iif) {
		state->in = dev_get_by_name_rcu(state->net, nla_data(q->iif));
		if (!state->in) {
			NL_SET_ERR_MSG_ATTR(info->extack, q->iif,
					    "there is no such interface");
			return -ENODEV;
		}
	} else {
		dst = route_from_here(state->net, q->family, NULL,
				      &q->from.addr);
		if (IS_ERR(dst)) {
			NL_SET_ERR_MSG_ATTR(info->extack,
					    info->attrs[SIPSTEER_A_TEST_FROM_ADDR],
					    "no route leads back to this source; name the interface");
			return PTR_ERR(dst);
		}
		state->in = dst->dev;
		dst_release(dst);
	}
	skb->dev = state->in;
	return 0;
}

static int put_answer(struct sk_buff *msg, u8 family,
		      enum sipsteer_counter reason, u32 mapping,
		      const struct sipsteer_endpoint *target)
{
	if (nla_put_u32(msg, SIPSTEER_A_TEST_REASON, reason))
		return -EMSGSIZE;
	if (mapping && nla_put_u32(msg, SIPSTEER_A_TEST_MAPPING, mapping))
		return -EMSGSIZE;
	if (reason != SIPSTEER_COUNTER_STEERED &&
	    reason != SIPSTEER_COUNTER_TCP_STEERED)
		return 0;
	return sipsteer_nl_put_endpoint(msg, SIPSTEER_A_TEST_TARGET_ADDR,
					SIPSTEER_A_TEST_TARGET_PORT, family,
					target);
}

static int answer(struct sipsteer_net *sn, const struct question *q,
		  struct sk_buff *skb, struct sk_buff *msg,
		  struct genl_info *info)
{
	struct nf_hook_state state = {
		.hook = q->hook,
		.pf = q->family,
		.net = sn->net,
	};
	struct sipsteer_endpoint target = {};
	enum sipsteer_counter reason;
	u32 mapping;
	int err;

	err = q->hook == NF_INET_LOCAL_OUT ?
	      place_output(q, skb, &state, info) :
	      place_input(q, skb, &state, info);
	if (err)
		return err;
	reason = sipsteer_hook_test(sn, skb, &state, &mapping, &target);
	/* A port that no mapping has is not counted, but no mapping it is. */
	return put_answer(msg, q->family, reason ?: SIPSTEER_COUNTER_NO_MAPPING,
			  mapping, &target);
}

int sipsteer_nl_test_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	struct sk_buff *packet, *msg;
	struct question q = {};
	void *hdr;
	int err;

	if (!sn)
		return -ENOMEM;
	err = parse_question(info, &q);
	if (err)
		return err;
	packet = question_skb(&q);
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!packet || !msg) {
		kfree_skb(packet);
		nlmsg_free(msg);
		return -ENOMEM;
	}
	hdr = sipsteer_nl_reply_open(msg, info);

	/* As packets are met on LOCAL_OUT: under RCU, in process context. */
	rcu_read_lock();
	err = answer(sn, &q, packet, msg, info);
	rcu_read_unlock();

	consume_skb(packet);
	return sipsteer_nl_reply_close(msg, info, hdr, err);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Puts fragments together, so that there is a message to judge.
 *
 * The kernel can do so in a hook before ours (nf_defrag_ipv4 and _ipv6), which
 * all traffic would pay for.  Called from our own, it costs nothing but where
 * there is a fragment.  With conntrack in the namespace none gets here.
 */
#include <linux/netfilter_bridge.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "compat.h"
#include "defrag.h"

/* A raw socket may ask for what it sends to stay in pieces: ip(7). */
static bool stays_in_pieces(const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	return sk && sk_fullsock(sk) && sk->sk_family == PF_INET &&
	       sipsteer_sk_nodefrag(sk);
}

static bool defrag_v4(struct sk_buff *skb, const struct nf_hook_state *state,
		      u32 user)
{
	u8 proto = ip_hdr(skb)->protocol;
	int err;

	if ((proto != IPPROTO_UDP && proto != IPPROTO_TCP) ||
	    stays_in_pieces(skb))
		return false;
	/* Fragments of one packet are also received on other CPUs. */
	local_bh_disable();
	err = ip_defrag(state->net, skb, user);
	local_bh_enable();
	if (err)
		return true;
	/* As fragmented as it came it may leave, whatever it says of itself. */
	skb->ignore_df = 1;
	return false;
}

static bool defrag_v6(struct sk_buff *skb, const struct nf_hook_state *state,
		      u32 user)
{
	/* What has been put together may hold another fragment, as it was sent. */
	if (!IS_ENABLED(CONFIG_NF_DEFRAG_IPV6) || IP6CB(skb)->frag_max_size)
		return false;
	/* With any other error, the fragment is as it was. */
	return nf_ct_frag6_gather(state->net, skb, user) == -EINPROGRESS;
}

/**
 * sipsteer_defrag() - put a fragment to those of the same packet
 * @skb: the fragment, its data at the IP header; the whole packet, if it was
 *	the last of them
 * @state: the hook, of requests
 *
 * The fragments wait where those of conntrack's own defragmentation do (net/
 * ipv4/netfilter/nf_defrag_ipv4.c, net/ipv6/netfilter/nf_defrag_ipv6_hooks.c).
 *
 * Return: true if the skb is gone: others are awaited, or it did not fit.
 */
bool sipsteer_defrag(struct sk_buff *skb, const struct nf_hook_state *state)
{
	bool ipv4 = state->pf == NFPROTO_IPV4;
	u32 user;

	if (nf_bridge_in_prerouting(skb))
		user = ipv4 ? IP_DEFRAG_CONNTRACK_BRIDGE_IN :
			      IP6_DEFRAG_CONNTRACK_BRIDGE_IN;
	else if (state->hook == NF_INET_PRE_ROUTING)
		user = ipv4 ? IP_DEFRAG_CONNTRACK_IN : IP6_DEFRAG_CONNTRACK_IN;
	else
		user = ipv4 ? IP_DEFRAG_CONNTRACK_OUT : IP6_DEFRAG_CONNTRACK_OUT;
	return ipv4 ? defrag_v4(skb, state, user) : defrag_v6(skb, state, user);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The floor: hooks where nf_sipsteer has its own for forwarded packets, that do
 * nothing.
 */
#include <linux/module.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/net_namespace.h>

static unsigned int accept(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

#define FLOOR_OPS(family, at, prio)	{	\
	.hook = accept,				\
	.pf = family,				\
	.hooknum = at,				\
	.priority = prio,			\
}

static const struct nf_hook_ops floor_ops[] = {
	FLOOR_OPS(NFPROTO_IPV4, NF_INET_PRE_ROUTING, NF_IP_PRI_CONNTRACK - 50),
	FLOOR_OPS(NFPROTO_IPV4, NF_INET_POST_ROUTING, NF_IP_PRI_LAST - 2),
	FLOOR_OPS(NFPROTO_IPV6, NF_INET_PRE_ROUTING, NF_IP6_PRI_CONNTRACK - 50),
	FLOOR_OPS(NFPROTO_IPV6, NF_INET_POST_ROUTING, NF_IP6_PRI_LAST - 2),
};

static int __net_init floor_net_init(struct net *net)
{
	return nf_register_net_hooks(net, floor_ops, ARRAY_SIZE(floor_ops));
}

static void __net_exit floor_net_exit(struct net *net)
{
	nf_unregister_net_hooks(net, floor_ops, ARRAY_SIZE(floor_ops));
}

static struct pernet_operations floor_net_ops = {
	.init = floor_net_init,
	.exit = floor_net_exit,
};

static int __init floor_init(void)
{
	return register_pernet_subsys(&floor_net_ops);
}

static void __exit floor_exit(void)
{
	unregister_pernet_subsys(&floor_net_ops);
}

module_init(floor_init);
module_exit(floor_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hooks that do nothing");

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_NETLINK_H
#define SIPSTEER_NETLINK_H

#include <net/genetlink.h>

#include "net.h"

extern struct genl_family sipsteer_nl_family;

struct sipsteer_net *sipsteer_nl_net(struct genl_info *info);
int sipsteer_nl_parse_addr(const struct nlattr *attr, u8 *family,
			   union nf_inet_addr *addr,
			   struct netlink_ext_ack *extack);
int sipsteer_nl_put_addr(struct sk_buff *skb, int type, u8 family,
			 const union nf_inet_addr *addr);
int sipsteer_nl_put_endpoint(struct sk_buff *skb, int addr_type, int port_type,
			     u8 family, const struct sipsteer_endpoint *end);
int sipsteer_nl_put_mapping(struct sk_buff *skb,
			    const struct sipsteer_mapping *mapping);
int sipsteer_nl_put_exempt(struct sk_buff *skb,
			   const struct sipsteer_prefix *prefix);
int sipsteer_nl_put_limits(struct sk_buff *skb, struct sipsteer_net *sn);
void *sipsteer_nl_reply_open(struct sk_buff *skb, struct genl_info *info);
int sipsteer_nl_reply_close(struct sk_buff *skb, struct genl_info *info,
			    void *hdr, int err);

#endif /* SIPSTEER_NETLINK_H */

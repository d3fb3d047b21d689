// SPDX-License-Identifier: GPL-2.0
/*
 * Interfaces, addresses and routes, by rtnetlink through libmnl
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "nl.h"
#include "rtnl.h"

/* Of those attributes that are looked at. */
#define ATTR_MAX	IFLA_BR_NF_CALL_IP6TABLES
#define READ_TRIES	5

struct attrs {
	const struct nlattr *tb[ATTR_MAX + 1];
};

static int note_attr(const struct nlattr *attr, void *data)
{
	struct attrs *attrs = data;
	uint16_t type = mnl_attr_get_type(attr);

	if (type <= ATTR_MAX)
		attrs->tb[type] = attr;
	return MNL_CB_OK;
}

static void index_attrs(const struct nlmsghdr *nlh, size_t header,
			struct attrs *attrs)
{
	memset(attrs, 0, sizeof(*attrs));
	mnl_attr_parse(nlh, (unsigned int)header, note_attr, attrs);
}

static void index_nest(const struct nlattr *nest, struct attrs *attrs)
{
	memset(attrs, 0, sizeof(*attrs));
	mnl_attr_parse_nested(nest, note_attr, attrs);
}

static uint32_t get_u32(const struct nlattr *attr)
{
	return attr && mnl_attr_get_payload_len(attr) >= sizeof(uint32_t) ?
	       mnl_attr_get_u32(attr) : 0;
}

static bool get_flag(const struct nlattr *attr)
{
	return attr && mnl_attr_get_payload_len(attr) && mnl_attr_get_u8(attr);
}

static void get_addr(const struct nlattr *attr, struct addr *addr)
{
	uint16_t size = attr ? mnl_attr_get_payload_len(attr) : 0;

	if (size != 4 && size != 16)
		return;
	addr->size = (unsigned char)size;
	memcpy(addr->bytes, mnl_attr_get_payload(attr), size);
}

static void *append(void *array, size_t count, size_t size)
{
	/* Grows by doubling, each time that a power of two is reached. */
	if (count & (count - 1))
		return array;
	return reallocarray(array, count ? count * 2 : 1, size);
}

static void get_bridge(struct rtnl_link *link, const struct nlattr *nest)
{
	struct attrs info;

	index_nest(nest, &info);
	if (!info.tb[IFLA_INFO_KIND] ||
	    strcmp(mnl_attr_get_str(info.tb[IFLA_INFO_KIND]), "bridge"))
		return;
	link->is_bridge = true;
	if (!info.tb[IFLA_INFO_DATA])
		return;
	index_nest(info.tb[IFLA_INFO_DATA], &info);
	link->calls[0] = get_flag(info.tb[IFLA_BR_NF_CALL_IPTABLES]);
	link->calls[1] = get_flag(info.tb[IFLA_BR_NF_CALL_IP6TABLES]);
}

static int on_link(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifinfo = mnl_nlmsg_get_payload(nlh);
	struct rtnl_tables *tables = data;
	struct rtnl_link *link;
	struct attrs attrs;

	link = append(tables->link, tables->links, sizeof(*link));
	if (!link)
		return MNL_CB_ERROR;
	tables->link = link;
	link += tables->links++;
	memset(link, 0, sizeof(*link));
	index_attrs(nlh, sizeof(*ifinfo), &attrs);
	link->index = (uint32_t)ifinfo->ifi_index;
	if (attrs.tb[IFLA_IFNAME])
		snprintf(link->name, sizeof(link->name), "%s",
			 mnl_attr_get_str(attrs.tb[IFLA_IFNAME]));
	link->master = get_u32(attrs.tb[IFLA_MASTER]);
	if (attrs.tb[IFLA_LINKINFO])
		get_bridge(link, attrs.tb[IFLA_LINKINFO]);
	return MNL_CB_OK;
}

static int on_addr(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *ifaddr = mnl_nlmsg_get_payload(nlh);
	struct rtnl_tables *tables = data;
	struct rtnl_addr *addr;
	struct attrs attrs;

	addr = append(tables->addr, tables->addrs, sizeof(*addr));
	if (!addr)
		return MNL_CB_ERROR;
	tables->addr = addr;
	addr += tables->addrs++;
	memset(addr, 0, sizeof(*addr));
	index_attrs(nlh, sizeof(*ifaddr), &attrs);
	addr->index = ifaddr->ifa_index;
	/* IFA_ADDRESS is the other end's where there are two. */
	get_addr(attrs.tb[attrs.tb[IFA_LOCAL] ? IFA_LOCAL : IFA_ADDRESS],
		 &addr->addr);
	return MNL_CB_OK;
}

static int dump(struct mnl_socket *socket, uint16_t type, mnl_cb_t take,
		struct rtnl_tables *tables)
{
	char buffer[NL_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct rtgenmsg *header;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	header = mnl_nlmsg_put_extra_header(nlh, sizeof(*header));
	header->rtgen_family = AF_UNSPEC;
	return nl_ask(socket, nlh, take, tables);
}

/**
 * rtnl_read() - read the interfaces and addresses of the network namespace
 * @socket: of NETLINK_ROUTE
 * @tables: where they go; rtnl_drop() is to be called in any case
 *
 * Return: 0 or a negative errno. -EINTR: they never stand still.
 */
int rtnl_read(struct mnl_socket *socket, struct rtnl_tables *tables)
{
	int err = -EINTR;

	memset(tables, 0, sizeof(*tables));
	for (int i = 0; i < READ_TRIES && err == -EINTR; i++) {
		rtnl_drop(tables);
		err = dump(socket, RTM_GETLINK, on_link, tables);
		if (!err)
			err = dump(socket, RTM_GETADDR, on_addr, tables);
	}
	return err;
}

/**
 * rtnl_drop() - forget interfaces and addresses
 * @tables: the tables
 */
void rtnl_drop(struct rtnl_tables *tables)
{
	free(tables->link);
	free(tables->addr);
	memset(tables, 0, sizeof(*tables));
}

static int on_route(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct rtnl_route *route = data;
	struct attrs attrs;

	index_attrs(nlh, sizeof(*rtm), &attrs);
	route->is_local = rtm->rtm_type == RTN_LOCAL;
	route->has_gateway = attrs.tb[RTA_GATEWAY] || attrs.tb[RTA_VIA];
	route->oif = get_u32(attrs.tb[RTA_OIF]);
	get_addr(attrs.tb[RTA_PREFSRC], &route->source);
	return MNL_CB_OK;
}

/**
 * rtnl_route() - ask how this host would send to an address
 * @socket: of NETLINK_ROUTE
 * @to: the address
 * @route: the answer
 */
void rtnl_route(struct mnl_socket *socket, const struct addr *to,
		struct rtnl_route *route)
{
	char buffer[NL_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct rtmsg *rtm;

	memset(route, 0, sizeof(*route));
	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = to->size == 4 ? AF_INET : AF_INET6;
	rtm->rtm_dst_len = to->size * 8;
	mnl_attr_put(nlh, RTA_DST, to->size, to->bytes);
	route->err = nl_ask(socket, nlh, on_route, route);
}

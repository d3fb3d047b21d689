/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RTNL_H
#define RTNL_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"

struct mnl_socket;

/**
 * struct rtnl_link - a network interface
 * @index: its number
 * @name: its name
 * @master: number of the one that it is a port of, or 0
 * @is_bridge: it is a bridge
 * @calls: a bridge's own word on whether what crosses it is shown to
 *	   netfilter, IPv4 and IPv6; br_netfilter has to be there, too
 */
struct rtnl_link {
	uint32_t index;
	char name[IF_NAMESIZE];
	uint32_t master;
	bool is_bridge;
	bool calls[2];
};

/**
 * struct rtnl_addr - an address of this host
 * @index: number of its interface
 * @addr: the address
 */
struct rtnl_addr {
	uint32_t index;
	struct addr addr;
};

/**
 * struct rtnl_tables - the interfaces and their addresses
 * @link: the interfaces
 * @links: how many
 * @addr: the addresses
 * @addrs: how many
 */
struct rtnl_tables {
	struct rtnl_link *link;
	size_t links;
	struct rtnl_addr *addr;
	size_t addrs;
};

/**
 * struct rtnl_route - how this host would send to an address
 * @err: 0, or a negative errno: it would not
 * @is_local: the address is its own
 * @has_gateway: by way of a router
 * @oif: number of the interface
 * @source: the address that it would send from
 */
struct rtnl_route {
	int err;
	bool is_local;
	bool has_gateway;
	uint32_t oif;
	struct addr source;
};

int rtnl_read(struct mnl_socket *socket, struct rtnl_tables *tables);
void rtnl_drop(struct rtnl_tables *tables);
void rtnl_route(struct mnl_socket *socket, const struct addr *to,
		struct rtnl_route *route);

#endif

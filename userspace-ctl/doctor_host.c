// SPDX-License-Identifier: GPL-2.0
/*
 * What sipsteer doctor knows of this host before it looks for anything
 */

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "doctor.h"
#include "genl.h"
#include "nl.h"
#include "rules_live.h"
#include "sipsteer.h"

/* No rules that anybody wrote take more. */
#define WORK_MAX	50000000

/* Nobody has a route for these alone: they stand for any address. */
static const struct addr any_v4 = { 4, { 240, 0, 0, 1 } };
static const struct addr any_v6 = { 16, { 0x3f, 0xff, 0xff, 0xff, [15] = 1 } };

/**
 * host_sysctl() - read a number below /proc/sys
 * @format: its path there
 *
 * Return: the number, or -1 if there is none.
 */
long host_sysctl(const char *format, ...)
{
	char path[PATH_MAX] = "/proc/sys/";
	size_t len = strlen(path);
	va_list args;
	long value;
	FILE *file;

	va_start(args, format);
	vsnprintf(path + len, sizeof(path) - len, format, args);
	va_end(args);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%ld", &value) != 1)
		value = -1;
	fclose(file);
	return value;
}

/**
 * host_link() - the interface of a number
 * @host: this host
 * @index: the number
 *
 * Return: the interface, or NULL.
 */
const struct rtnl_link *host_link(const struct host *host, uint32_t index)
{
	for (size_t i = 0; i < host->net.links; i++)
		if (host->net.link[i].index == index)
			return &host->net.link[i];
	return NULL;
}

/**
 * host_link_named() - the interface of a name
 * @host: this host
 * @name: the name
 *
 * Return: the interface, or NULL.
 */
const struct rtnl_link *host_link_named(const struct host *host,
					const char *name)
{
	for (size_t i = 0; i < host->net.links; i++)
		if (!strcmp(host->net.link[i].name, name))
			return &host->net.link[i];
	return NULL;
}

/**
 * host_has_addr_in() - has this host an address in a prefix?
 * @host: this host
 * @prefix: the prefix
 *
 * Return: true if it has.
 */
bool host_has_addr_in(const struct host *host, const struct prefix *prefix)
{
	for (size_t i = 0; i < host->net.addrs; i++) {
		struct prefix own = {
			.addr = host->net.addr[i].addr,
			.len = prefix->len,
		};

		if (own.addr.size != prefix->addr.size)
			continue;
		prefix_cut(&own);
		if (prefix_equal(&own, prefix))
			return true;
	}
	return false;
}

/**
 * host_forwards() - does this host forward what arrives?
 * @host: this host
 * @addr_size: of which family, 4 or 16
 * @iif: where it arrives; empty for anywhere
 *
 * Return: true if it does.
 */
bool host_forwards(const struct host *host, unsigned char addr_size,
		   const char *iif)
{
	if (addr_size == 16)
		return host_sysctl("net/ipv6/conf/all/forwarding") > 0;
	if (*iif)
		return host_sysctl("net/ipv4/conf/%s/forwarding", iif) > 0;
	for (size_t i = 0; i < host->net.links; i++)
		if (strcmp(host->net.link[i].name, "lo") &&
		    host_sysctl("net/ipv4/conf/%s/forwarding",
				host->net.link[i].name) > 0)
			return true;
	return false;
}

static int mappings_begin(void *data)
{
	struct host *host = data;

	host->count = 0;
	host->total = 0;
	return 0;
}

static int take_mapping(const struct genl_attrs *attrs, void *data)
{
	struct host *host = data;

	if (host->total++ >= HOST_MAPPINGS_MAX)
		return 0;
	return mapping_get(&host->mappings[host->count++].mapping, attrs);
}

static int exempts_begin(void *data)
{
	struct host *host = data;

	memset(host->exempts, 0, sizeof(host->exempts));
	return 0;
}

static int take_exempt(const struct genl_attrs *attrs, void *data)
{
	struct host *host = data;
	struct prefix prefix;

	if (genl_get_prefix(attrs, SIPSTEER_A_EXEMPT_ADDR,
			    SIPSTEER_A_EXEMPT_LEN, &prefix))
		return -EBADMSG;
	host->exempts[prefix.addr.size == 16] = true;
	return 0;
}

static int take_counter(const struct genl_attrs *attrs, void *data)
{
	struct host *host = data;
	uint32_t id = genl_get_u32(attrs, SIPSTEER_A_COUNTER_ID, 0);

	if (id <= SIPSTEER_COUNTER_MAX)
		host->counters[id] = genl_get_u64(attrs,
						  SIPSTEER_A_COUNTER_VALUE, 0);
	return 0;
}

static int take_stats(const struct genl_attrs *attrs, void *data)
{
	struct host *host = data;

	host->transactions = genl_get_u32(attrs, SIPSTEER_A_STATS_TRANSACTIONS,
					  0);
	host->transaction_max = genl_get_u32(attrs,
					     SIPSTEER_A_STATS_TRANSACTION_MAX,
					     0);
	host->flows = genl_get_u32(attrs, SIPSTEER_A_STATS_FLOWS, 0);
	host->flow_max = genl_get_u32(attrs, SIPSTEER_A_STATS_FLOW_MAX, 0);
	return genl_each_nest(attrs, SIPSTEER_A_STATS_COUNTER, take_counter,
			      host);
}

static int ask_module(struct genl *genl, struct host *host)
{
	static const struct genl_dump mappings = {
		mappings_begin, take_mapping
	};
	static const struct genl_dump exempts = { exempts_begin, take_exempt };
	int err;

	err = genl_dump(genl, SIPSTEER_CMD_MAPPING_GET, &mappings, host);
	if (!err)
		err = genl_dump(genl, SIPSTEER_CMD_EXEMPT_GET, &exempts, host);
	if (err)
		return err;
	genl_start(genl, SIPSTEER_CMD_STATS_GET, 0);
	return genl_do(genl, take_stats, host);
}

static int read_module(struct host *host)
{
	struct genl *genl = genl_open();
	int ret;

	if (!genl)
		return EXIT_KERNEL;
	ret = genl_result(genl, ask_module(genl, host));
	genl_close(genl);
	return ret;
}

/* One address of a prefix that is no network's own. */
static struct addr one_of(const struct prefix *prefix)
{
	struct addr addr = prefix->addr;

	if (!prefix->len)
		return addr.size == 4 ? any_v4 : any_v6;
	if (prefix->len < addr.size * 8 - 1)
		addr.bytes[addr.size - 1] |= 1;
	return addr;
}

static int read_network(struct host *host)
{
	struct mnl_socket *socket = nl_open(NETLINK_ROUTE);
	int err;

	if (!socket)
		return fail(EXIT_KERNEL, "cannot open a netlink socket: %s",
			    strerror(errno));
	err = rtnl_read(socket, &host->net);
	for (size_t i = 0; i < host->count && !err; i++) {
		struct host_mapping *m = &host->mappings[i];
		struct addr match = one_of(&m->mapping.match);

		rtnl_route(socket, &match, &m->to_match);
		rtnl_route(socket, &m->mapping.target.addr, &m->to_target);
	}
	mnl_socket_close(socket);
	return err ? fail(EXIT_KERNEL, "cannot read the interfaces: %s",
			  strerror(-err)) : EXIT_OK;
}

/**
 * host_read() - learn all about this host
 * @host: where it goes; host_drop() is to be called in any case
 *
 * Return: an &enum exit_code.
 */
int host_read(struct host *host)
{
	struct genl *genl;
	bool is_there;
	int ret;

	memset(host, 0, sizeof(*host));
	host->work = WORK_MAX;
	genl = genl_open_if_there(&is_there);
	if (!genl)
		return is_there ? EXIT_KERNEL : EXIT_OK;
	genl_close(genl);
	host->has_module = true;
	host->mappings = calloc(HOST_MAPPINGS_MAX, sizeof(*host->mappings));
	if (!host->mappings)
		return fail(EXIT_KERNEL, "out of memory");
	ret = read_module(host);
	if (!ret)
		ret = read_network(host);
	if (ret)
		return ret;
	host->nft_err = live_read(&host->rules, &host->legacy_err);
	return EXIT_OK;
}

/**
 * host_drop() - forget all
 * @host: this host
 */
void host_drop(struct host *host)
{
	ruleset_drop(&host->rules);
	rtnl_drop(&host->net);
	free(host->mappings);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer doctor: interfaces, routes and forwarding
 */

#include <string.h>

#include "doctor.h"
#include "sipsteer.h"

static const struct illness no_interface = {
	"no-interface", SEVERITY_HINT,
	"A mapping with iif steers what arrives on that interface, and nothing else. It takes effect once there is one."
};

static const struct illness bridge_port = {
	"bridge-port", SEVERITY_ERROR,
	"What arrives at a port of a bridge is, for the IP layer, what arrives at the bridge: the mapping never matches."
};

static const struct illness no_route = {
	"no-route", SEVERITY_ERROR,
	"Requests that this mapping should steer go where the client wrongly wrote to, as there is no way to the target."
};

static const struct illness no_route_match = {
	"no-route-match", SEVERITY_WARNING,
	"A program on this host that writes there gets an error before there is a packet that could be steered. Any route will do, such as a default route: it chooses the source address, too."
};

static const struct illness source = {
	"source", SEVERITY_WARNING,
	"A program's source address is chosen by the route to where it wrongly writes, before its request is steered: the P-CSCF sees another address than that of the registration."
};

static const struct illness rp_filter = {
	"rp-filter", SEVERITY_WARNING,
	"A reply to that source address arrives on an interface that is not the way to the target, and strict reverse path filtering drops it."
};

static const struct illness forwarding = {
	"forwarding", SEVERITY_ERROR,
	"Requests arrive from the network and the target is another host: they pass unsteered (counter not-forwarding)."
};

static const struct illness bridge = {
	"bridge", SEVERITY_WARNING,
	"Hosts behind other ports of the bridge reach that address across it, without passing the IP layer and sipsteer, as br_netfilter is not active."
};

static const struct illness bridge_only = {
	"bridge-only", SEVERITY_HINT,
	"This host has no address there, so traffic only crosses it, without passing the IP layer and sipsteer, as br_netfilter is not active."
};

static const char *match_of(const struct host_mapping *m, char text[ADDR_TEXT])
{
	return match_text(&m->mapping.match, m->mapping.match_port, text);
}

static const char *target_of(const struct host_mapping *m, char text[ADDR_TEXT])
{
	return addr_text(&m->mapping.target.addr, text);
}

/* "ip", or "ip -6" where a family has to be told. */
static const char *ip_of(const struct host_mapping *m)
{
	return m->mapping.match.addr.size == 4 ? "ip" : "ip -6";
}

static const char *link_name(const struct host *host, uint32_t index)
{
	const struct rtnl_link *link = host_link(host, index);

	return link ? link->name : "?";
}

static bool forwards(const struct host *host, const struct host_mapping *m)
{
	return host_forwards(host, m->mapping.match.addr.size, m->mapping.iif);
}

/*
 * Whether programs on this host are what the mapping is for, as on a phone.
 * Not on a gateway, or where the mapping says where its requests come from.
 */
static bool serves_this_host(const struct host *host,
			     const struct host_mapping *m)
{
	const struct mapping *mapping = &m->mapping;

	if (*mapping->iif || m->to_match.is_local)
		return false;
	if (mapping->from.addr.size && !host_has_addr_in(host, &mapping->from))
		return false;
	return !forwards(host, m);
}

/* A mapping that no program on this host could be meant by. */
static bool serves_others_only(const struct host *host,
			       const struct host_mapping *m)
{
	const struct mapping *mapping = &m->mapping;

	return *mapping->iif || m->to_match.is_local ||
	       (mapping->from.addr.size &&
		!host_has_addr_in(host, &mapping->from));
}

/**
 * check_interfaces() - are the interfaces there that mappings name?
 * @host: this host
 * @doctor: hears it
 */
void check_interfaces(struct host *host, struct doctor *doctor)
{
	for (size_t i = 0; i < host->count; i++) {
		const struct mapping *m = &host->mappings[i].mapping;
		const struct rtnl_link *link, *master;

		if (!*m->iif)
			continue;
		link = host_link_named(host, m->iif);
		if (!link) {
			finding_about(doctor_finds(doctor, &no_interface,
						   "there is no interface \"%s\"",
						   m->iif), m);
			continue;
		}
		master = host_link(host, link->master);
		if (master && master->is_bridge) {
			struct finding *finding =
				doctor_finds(doctor, &bridge_port,
					     "the interface \"%s\" is a port of the bridge \"%s\"",
					     link->name, master->name);

			finding_about(finding, m);
			finding_cure(finding,
				     "sipsteer del id %u    # and add it again with iif %s",
				     m->id, master->name);
		}
	}
}

/**
 * check_routes() - is there a way to the target, and to where clients write?
 * @host: this host
 * @doctor: hears it
 */
void check_routes(struct host *host, struct doctor *doctor)
{
	for (size_t i = 0; i < host->count; i++) {
		const struct host_mapping *m = &host->mappings[i];
		struct finding *finding;
		char text[ADDR_TEXT];

		if (m->to_target.err) {
			finding = doctor_finds(doctor, &no_route,
					       "there is no route to the target %s: %s",
					       target_of(m, text),
					       strerror(-m->to_target.err));
			finding_about(finding, &m->mapping);
			finding_cure(finding, "%s route add %s via GATEWAY",
				     ip_of(m), target_of(m, text));
		}
		if (m->to_match.err && serves_this_host(host, m)) {
			finding = doctor_finds(doctor, &no_route_match,
					       "there is no route to %s: %s",
					       match_of(m, text),
					       strerror(-m->to_match.err));
			finding_about(finding, &m->mapping);
			finding_cure(finding, "%s route add default via GATEWAY",
				     ip_of(m));
		}
	}
}

static bool is_strict(const struct host_mapping *m, const char *name)
{
	long all, own;

	if (m->mapping.match.addr.size == 16)
		return false;
	/* The larger of both counts, and 2 is loose. */
	all = host_sysctl("net/ipv4/conf/all/rp_filter");
	own = host_sysctl("net/ipv4/conf/%s/rp_filter", name);
	return (all > own ? all : own) == 1;
}

static void check_source_of(struct host *host, struct doctor *doctor,
			    const struct host_mapping *m)
{
	const char *way = link_name(host, m->to_match.oif);
	char match[ADDR_TEXT], own[ADDR_TEXT], right[ADDR_TEXT];
	struct finding *finding;

	if (!addr_equal(&m->to_match.source, &m->to_target.source)) {
		finding = doctor_finds(doctor, &source,
				       "what this host sends to %s comes from %s, what it sends to the target from %s",
				       match_of(m, match),
				       addr_text(&m->to_match.source, own),
				       addr_text(&m->to_target.source, right));
		finding_about(finding, &m->mapping);
		finding_cure(finding, "%s route add %s dev %s src %s", ip_of(m),
			     prefix_text(&m->mapping.match, match),
			     link_name(host, m->to_target.oif), right);
	}
	if (m->to_match.oif != m->to_target.oif && is_strict(m, way)) {
		finding = doctor_finds(doctor, &rp_filter,
				       "the ways to %s and to the target differ, and rp_filter is strict on %s",
				       match_of(m, match), way);
		finding_about(finding, &m->mapping);
		finding_cure(finding, "sysctl -w net/ipv4/conf/%s/rp_filter=2",
			     way);
	}
}

/**
 * check_source() - does a program here send from the right address?
 * @host: this host
 * @doctor: hears it
 */
void check_source(struct host *host, struct doctor *doctor)
{
	for (size_t i = 0; i < host->count; i++) {
		const struct host_mapping *m = &host->mappings[i];

		if (m->to_match.err || m->to_target.err ||
		    m->to_target.is_local || !serves_this_host(host, m))
			continue;
		check_source_of(host, doctor, m);
	}
}

static void cure_forwarding(struct finding *finding, bool is_v4,
			    const char *iif)
{
	/* Slashes, as an interface's name may have dots. */
	if (!is_v4)
		finding_cure(finding, "sysctl -w net.ipv6.conf.all.forwarding=1");
	else if (*iif)
		finding_cure(finding, "sysctl -w net/ipv4/conf/%s/forwarding=1",
			     iif);
	else
		finding_cure(finding, "sysctl -w net.ipv4.ip_forward=1");
}

/**
 * check_forwarding() - would a steered request be forwarded?
 * @host: this host
 * @doctor: hears it
 */
void check_forwarding(struct host *host, struct doctor *doctor)
{
	for (size_t i = 0; i < host->count; i++) {
		const struct host_mapping *m = &host->mappings[i];
		bool is_v4 = m->mapping.match.addr.size == 4;
		const char *iif = m->mapping.iif;
		struct finding *finding;

		if (m->to_target.is_local || !serves_others_only(host, m) ||
		    forwards(host, m))
			continue;
		/* There is nothing to set yet. */
		if (*iif && !host_link_named(host, iif))
			continue;
		if (is_v4 && *iif)
			finding = doctor_finds(doctor, &forwarding,
					       "this host does not forward IPv4 packets that arrive on %s",
					       iif);
		else
			finding = doctor_finds(doctor, &forwarding,
					       "this host does not forward IPv%c packets",
					       is_v4 ? '4' : '6');
		finding_about(finding, &m->mapping);
		cure_forwarding(finding, is_v4, iif);
	}
}

static unsigned int count_ports(const struct host *host,
				const struct rtnl_link *link)
{
	unsigned int count = 0;

	for (size_t i = 0; i < host->net.links; i++)
		count += host->net.link[i].master == link->index;
	return count;
}

/* Whether what crosses it passes the IP layer's hooks all the same. */
static bool shows_traffic(const struct rtnl_link *link, bool is_v6)
{
	return link->calls[is_v6] ||
	       host_sysctl("net/bridge/bridge-nf-call-ip%stables",
			   is_v6 ? "6" : "") > 0;
}

static bool is_blind_bridge(const struct host *host,
			    const struct rtnl_link *link, bool is_v6)
{
	return link && link->is_bridge && count_ports(host, link) > 1 &&
	       !shows_traffic(link, is_v6);
}

static void cure_bridge(struct finding *finding, bool is_v6)
{
	finding_cure(finding, "modprobe br_netfilter");
	finding_cure(finding, "sysctl -w net.bridge.bridge-nf-call-ip%stables=1",
		     is_v6 ? "6" : "");
}

static bool has_addr(const struct host *host, const struct rtnl_link *link,
		     unsigned char size)
{
	for (size_t i = 0; i < host->net.addrs; i++) {
		const struct addr *addr = &host->net.addr[i].addr;

		/* A link-local address is there without anyone's doing. */
		if (host->net.addr[i].index == link->index &&
		    addr->size == size &&
		    !(size == 16 && addr->bytes[0] == 0xfe &&
		      (addr->bytes[1] & 0xc0) == 0x80))
			return true;
	}
	return false;
}

static void check_bridges_without_addr(struct host *host,
				       struct doctor *doctor,
				       const struct host_mapping *m)
{
	unsigned char size = m->mapping.match.addr.size;

	for (size_t i = 0; i < host->net.links; i++) {
		const struct rtnl_link *link = &host->net.link[i];
		struct finding *finding;

		if (!is_blind_bridge(host, link, size == 16) ||
		    has_addr(host, link, size))
			continue;
		finding = doctor_finds(doctor, &bridge_only,
				       "IPv%c traffic that crosses the bridge %s is not seen",
				       size == 4 ? '4' : '6', link->name);
		cure_bridge(finding, size == 16);
	}
}

/**
 * check_bridges() - does traffic cross a bridge unseen?
 * @host: this host
 * @doctor: hears it
 */
void check_bridges(struct host *host, struct doctor *doctor)
{
	for (size_t i = 0; i < host->count; i++) {
		const struct host_mapping *m = &host->mappings[i];
		const struct rtnl_link *link = host_link(host, m->to_match.oif);
		bool is_v6 = m->mapping.match.addr.size == 16;
		struct finding *finding;
		char text[ADDR_TEXT];

		check_bridges_without_addr(host, doctor, m);
		if (m->to_match.err || m->to_match.has_gateway ||
		    m->to_match.is_local || !is_blind_bridge(host, link, is_v6))
			continue;
		finding = doctor_finds(doctor, &bridge,
				       "%s is behind a port of the bridge %s",
				       match_of(m, text), link->name);
		finding_about(finding, &m->mapping);
		cure_bridge(finding, is_v6);
	}
}

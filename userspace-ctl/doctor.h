/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <linux/sipsteer.h>

#include "mapping.h"
#include "rtnl.h"
#include "rules.h"

/* Of a huge table so many mappings are looked at. */
#define HOST_MAPPINGS_MAX	1000

enum severity {
	SEVERITY_HINT,		/* may be what was meant */
	SEVERITY_WARNING,	/* works, but not as it should, or not for long */
	SEVERITY_ERROR,		/* requests are not steered, or replies lost */
	SEVERITIES
};

/**
 * struct illness - what may be wrong
 * @name: in one word, for scripts
 * @severity: how bad
 * @why: why it matters, in whole sentences
 */
struct illness {
	const char *name;
	enum severity severity;
	const char *why;
};

/**
 * struct host_mapping - a mapping, and the ways that lead from this host
 * @mapping: the mapping
 * @to_match: to where the client wrongly writes
 * @to_target: to where that goes instead
 */
struct host_mapping {
	struct mapping mapping;
	struct rtnl_route to_match;
	struct rtnl_route to_target;
};

/**
 * struct host - what is known of this host, and of its network namespace
 * @has_module: the module is there; without it, nothing else is known
 * @mappings: the first mappings, with their ways
 * @count: how many are in @mappings
 * @total: how many there are
 * @exempts: whether there are exempt prefixes, by family
 * @counters: by SIPSTEER_COUNTER_*
 * @transactions: remembered now
 * @transaction_max: room for them
 * @flows: remembered now
 * @flow_max: room for them
 * @net: interfaces and addresses
 * @rules: of nftables, iptables-nft among it, and of iptables-legacy
 * @nft_err: why not those of nftables, a negative errno, or 0
 * @legacy_err: why not those of iptables-legacy, or NULL
 * @work: how many of their cases may still be looked at
 */
struct host {
	bool has_module;
	struct host_mapping *mappings;
	size_t count;
	size_t total;
	bool exempts[2];
	unsigned long long counters[SIPSTEER_COUNTER_MAX + 1];
	uint32_t transactions;
	uint32_t transaction_max;
	uint32_t flows;
	uint32_t flow_max;
	struct rtnl_tables net;
	struct ruleset rules;
	int nft_err;
	const char *legacy_err;
	unsigned long work;
};

struct doctor;
struct finding;

int host_read(struct host *host);
void host_drop(struct host *host);
const struct rtnl_link *host_link(const struct host *host, uint32_t index);
const struct rtnl_link *host_link_named(const struct host *host,
					const char *name);
bool host_has_addr_in(const struct host *host, const struct prefix *prefix);
bool host_forwards(const struct host *host, unsigned char addr_size,
		   const char *iif);
long host_sysctl(const char *format, ...) __attribute__((format(printf, 1, 2)));

struct finding *doctor_finds(struct doctor *doctor,
			     const struct illness *illness,
			     const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool doctor_has(const struct doctor *doctor, const struct illness *illness,
		const char *what);
void finding_about(struct finding *finding, const struct mapping *mapping);
void finding_cure(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The checks. */
void check_module(struct host *host, struct doctor *doctor);
void check_mappings(struct host *host, struct doctor *doctor);
void check_rules(struct host *host, struct doctor *doctor);
void check_dnat(struct host *host, struct doctor *doctor);
void check_offload(struct host *host, struct doctor *doctor);
void check_helper(struct host *host, struct doctor *doctor);
void check_forwarding(struct host *host, struct doctor *doctor);
void check_routes(struct host *host, struct doctor *doctor);
void check_source(struct host *host, struct doctor *doctor);
void check_interfaces(struct host *host, struct doctor *doctor);
void check_bridges(struct host *host, struct doctor *doctor);
void check_unguarded(struct host *host, struct doctor *doctor);
void check_listeners(struct host *host, struct doctor *doctor);
void check_room(struct host *host, struct doctor *doctor);
void check_counters(struct host *host, struct doctor *doctor);

#endif

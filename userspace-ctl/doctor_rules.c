// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer doctor: packet filter rules that get in the way
 *
 * Of the packets that a mapping is about only some is known, and not all that a
 * rule asks for is. So a rule is found if such a packet may get to it; and what
 * ends a packet's way does so only if the packet surely gets there. Nothing is
 * missed, while a rule that surely does not fit is never blamed.
 */

#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "print.h"
#include "sipsteer.h"

static const struct illness dnat = {
	"dnat", SEVERITY_ERROR,
	"It redirects all that sipsteer lets pass on purpose, such as an OPTIONS or a relayed request, and connection tracking gives the client another port then: the registration, which is bound to the port, is lost."
};

static const struct illness dnat_target = {
	"dnat-target", SEVERITY_HINT,
	"Steered requests meet this rule after sipsteer. That is right if it leads to the P-CSCF, and wrong if it is a workaround of old."
};

static const struct illness offload = {
	"offload", SEVERITY_ERROR,
	"Packets of an offloaded connection go past netfilter: a reply to a steered request then reaches the client from the target's address, and is dropped there."
};

static const struct illness helper = {
	"sip-helper", SEVERITY_WARNING,
	"The kernel's SIP helper drops messages that it does not understand, opens ports for what they announce, and with NAT changes addresses in them. A P-CSCF expects what the client wrote."
};

static const struct illness helper_loaded = {
	"sip-helper-loaded", SEVERITY_HINT,
	"No rule here gives it packets of a mapping; one that is added may."
};

static const struct illness unread = {
	"rules-unread", SEVERITY_HINT,
	"Rules that redirect, offload or assign the SIP helper may not have been found."
};

/**
 * struct quest - what a search is for
 * @illness: what a rule found is
 * @hooks: where to look, a bit for each &enum hook
 * @fits: whether a rule is of that kind, in one of its cases
 * @what: what it does
 */
struct quest {
	const struct illness *illness;
	unsigned int hooks;
	bool (*fits)(const struct rule *rule, const struct choice *choice);
	const char *what;
};

/**
 * struct search - looking for rules that a packet of a mapping may meet
 * @host: this host
 * @doctor: hears what is found
 * @quest: what it is for
 * @mapping: whose packets
 */
struct search {
	struct host *host;
	struct doctor *doctor;
	const struct quest *quest;
	const struct mapping *mapping;
};

/* What surely becomes of a packet. */
enum outcome {
	GOES_ON,
	RETURNS,	/* to where its chain was called */
	LEAVES,
};

/* --- the packets of a mapping --- */

static uint8_t reach_of(const struct rtnl_route *route)
{
	if (route->err)
		return TRAFFIC_TO_HERE | TRAFFIC_TO_OTHER;
	return route->is_local ? TRAFFIC_TO_HERE : TRAFFIC_TO_OTHER;
}

static void traffic_of(struct traffic *traffic, const struct mapping *m)
{
	traffic_all(traffic);
	traffic->size = m->match.addr.size;
	traffic->proto = m->proto;
}

static void traffic_from_client(struct traffic *traffic,
				const struct mapping *m)
{
	traffic_of(traffic, m);
	traffic->from = m->from;
	memcpy(traffic->iif, m->iif, sizeof(traffic->iif));
}

static void traffic_to_match(struct traffic *traffic,
			     const struct host_mapping *m)
{
	const struct mapping *mapping = &m->mapping;

	traffic_from_client(traffic, mapping);
	traffic->to = mapping->match;
	traffic->port = mapping->match_port;
	traffic->last_port = mapping->match_port;
	if (mapping->match.len == mapping->match.addr.size * 8)
		traffic->reach = reach_of(&m->to_match);
}

static void traffic_to_target(struct traffic *traffic,
			      const struct host_mapping *m)
{
	const struct endpoint *target = &m->mapping.target;

	traffic_from_client(traffic, &m->mapping);
	traffic->to.addr = target->addr;
	traffic->to.len = target->addr.size * 8;
	traffic->port = target->port;
	traffic->last_port = target->port;
	traffic->reach = reach_of(&m->to_target);
}

static void traffic_from_target(struct traffic *traffic,
				const struct host_mapping *m)
{
	const struct endpoint *target = &m->mapping.target;

	traffic_of(traffic, &m->mapping);
	traffic->from.addr = target->addr;
	traffic->from.len = target->addr.size * 8;
	traffic->sport = target->port;
	traffic->last_sport = target->port;
	traffic->to = m->mapping.from;
}

/* --- what is found --- */

static void cure_offload(struct finding *finding, const struct search *search,
			 const struct rule *rule)
{
	const char *flowtable = ruleset_quote(&search->host->rules,
					      rule->offload);
	unsigned int port = search->mapping->target.port;

	if (!flowtable)
		return;
	/*
	 * Not "th sport != 5060 th dport != 5060": nft 1.0.6 merges that into one
	 * comparison, which is true unless both are equal. It leaves ranges alone.
	 */
	finding_cure(finding,
		     "nft replace rule %s meta l4proto { tcp, udp } th sport != %u-%u th dport != %u-%u flow add @%s    # with the rule's other conditions",
		     rule->place, port, port, port, port, flowtable);
}

static void blame(const struct search *search, const struct rule *rule)
{
	const struct quest *quest = search->quest;
	struct finding *finding;
	char text[512];

	snprintf(text, sizeof(text), "the %s rule %s %s",
		 rule->text ? "iptables-legacy" : "nftables",
		 rule->text ? rule->text : rule->place, quest->what);
	text_tame(text);
	/* What meets both kinds of packets is an error, and no hint besides. */
	if (quest->illness == &dnat_target &&
	    doctor_has(search->doctor, &dnat, text))
		return;
	finding = doctor_finds(search->doctor, quest->illness, "%s", text);
	finding_about(finding, search->mapping);
	if (quest->illness == &dnat)
		finding_cure(finding, "sipsteer migrate    # for mappings in place of such rules");
	if (!rule->remove)
		return;
	if (quest->illness == &offload && *rule->offload)
		cure_offload(finding, search, rule);
	else
		finding_cure(finding, "%s", rule->remove);
}

/* --- the way through the chains --- */

static enum outcome walk_chain(const struct search *search, struct chain *chain,
			       const struct traffic *traffic);

static enum outcome walk_to(const struct search *search, unsigned int table,
			    const struct choice *choice,
			    const struct traffic *traffic)
{
	struct chain *chain = chain_find(&search->host->rules, table,
					 choice->chain);
	enum outcome outcome = GOES_ON;

	if (chain && !chain->busy)
		outcome = walk_chain(search, chain, traffic);
	if (outcome != LEAVES)
		outcome = choice->verdict == VERDICT_GOTO ? RETURNS : GOES_ON;
	return outcome;
}

static enum outcome follow(const struct search *search, const struct rule *rule,
			   const struct choice *choice,
			   const struct traffic *traffic)
{
	if (search->quest->fits(rule, choice))
		blame(search, rule);
	switch (choice->verdict) {
	case VERDICT_JUMP:
	case VERDICT_GOTO:
		return walk_to(search, rule->chain->table, choice, traffic);
	case VERDICT_RETURN:
		return RETURNS;
	case VERDICT_GO_ON:
		return GOES_ON;
	default:
		return LEAVES;
	}
}

static enum outcome walk_rule(const struct search *search,
			      const struct rule *rule,
			      const struct traffic *traffic)
{
	struct host *host = search->host;
	struct traffic both;

	for (size_t i = 0; i < rule->count && host->work; i++) {
		const struct choice *choice = &rule->choices[i];
		enum outcome outcome;

		host->work--;
		if (!traffic_meet(&choice->traffic, traffic, &both))
			continue;
		outcome = follow(search, rule, choice, &both);
		if (!rule->vague && traffic_covers(&choice->traffic, traffic))
			return outcome;
	}
	return GOES_ON;
}

static enum outcome walk_chain(const struct search *search, struct chain *chain,
			       const struct traffic *traffic)
{
	enum outcome outcome = GOES_ON;

	chain->busy = true;
	for (const struct rule *rule = chain->rules;
	     rule && outcome == GOES_ON; rule = rule->next)
		outcome = walk_rule(search, rule, traffic);
	chain->busy = false;
	return outcome;
}

static void walk_hook(const struct search *search, struct chain *chain,
		      const struct traffic *traffic)
{
	static const uint8_t protos[] = {
		SIPSTEER_PROTO_UDP, SIPSTEER_PROTO_TCP
	};

	/* One after the other, as rules are mostly for one of them. */
	for (size_t i = 0; i < ARRAY_SIZE(protos); i++) {
		struct traffic start;

		traffic_all(&start);
		start.size = chain->size;
		start.proto = protos[i];
		memcpy(start.iif, chain->iif, sizeof(start.iif));
		if (traffic_meet(&start, traffic, &start))
			walk_chain(search, chain, &start);
	}
}

static void walk_hooks(struct search *search, const struct quest *quest,
		       const struct traffic *traffic)
{
	search->quest = quest;
	for (struct chain *chain = search->host->rules.chains; chain;
	     chain = chain->next) {
		/* Packets that this host sends arrive on no interface. */
		if (quest->hooks & 1u << chain->hook &&
		    !(chain->hook == HOOK_SEND && *traffic->iif))
			walk_hook(search, chain, traffic);
	}
}

/* --- the checks --- */

static bool sends(const struct rule *rule, const struct choice *choice)
{
	(void)rule;
	return choice->verdict == VERDICT_SEND ||
	       choice->verdict == VERDICT_HERE;
}

static bool offloads(const struct rule *rule, const struct choice *choice)
{
	(void)choice;
	return rule->offload;
}

/* "sip", and "sip-5062" for the second of several ports. */
static bool gives_helper(const struct rule *rule, const struct choice *choice)
{
	const char *name = rule->helper;

	(void)choice;
	return name && !strncmp(name, "sip", 3) && (!name[3] || name[3] == '-');
}

/* Where destinations are changed, and where connections are offloaded. */
enum {
	HOOKS_REQUESTS = 1 << HOOK_ARRIVE | 1 << HOOK_SEND,
	HOOKS_FORWARD = 1 << HOOK_FORWARD,
};

#define REDIRECTS	"redirects packets of a mapping"

/**
 * check_dnat() - does anyone else change the destination?
 * @host: this host
 * @doctor: hears it
 */
void check_dnat(struct host *host, struct doctor *doctor)
{
	static const struct quest to_match = {
		&dnat, HOOKS_REQUESTS, sends, REDIRECTS
	};
	static const struct quest to_target = {
		&dnat_target, HOOKS_REQUESTS, sends, REDIRECTS
	};
	struct traffic traffic;

	for (size_t i = 0; i < host->count; i++) {
		const struct host_mapping *m = &host->mappings[i];
		struct search search = { host, doctor, NULL, &m->mapping };

		traffic_to_match(&traffic, m);
		walk_hooks(&search, &to_match, &traffic);
		traffic_to_target(&traffic, m);
		walk_hooks(&search, &to_target, &traffic);
	}
}

/**
 * check_offload() - does a flowtable take replies past the module?
 * @host: this host
 * @doctor: hears it
 */
void check_offload(struct host *host, struct doctor *doctor)
{
	static const struct quest quest = {
		&offload, HOOKS_FORWARD, offloads,
		"may offload connections with a mapping's target"
	};
	struct traffic traffic;

	for (size_t i = 0; i < host->count; i++) {
		const struct host_mapping *m = &host->mappings[i];
		struct search search = { host, doctor, NULL, &m->mapping };

		/* Only what is forwarded can be offloaded. */
		if (m->to_target.is_local ||
		    !host_forwards(host, m->mapping.match.addr.size, ""))
			continue;
		traffic_to_target(&traffic, m);
		walk_hooks(&search, &quest, &traffic);
		traffic_from_target(&traffic, m);
		walk_hooks(&search, &quest, &traffic);
	}
}

static void check_helper_module(struct host *host, struct doctor *doctor)
{
	struct finding *finding;

	if (!host->count || access("/sys/module/nf_conntrack_sip", F_OK))
		return;
	if (host_sysctl("net/netfilter/nf_conntrack_helper") > 0) {
		finding = doctor_finds(doctor, &helper,
				       "net.netfilter.nf_conntrack_helper gives SIP ports to the kernel's SIP helper");
		finding_cure(finding, "sysctl -w net.netfilter.nf_conntrack_helper=0");
	/* What is built in has no state, and cannot go. */
	} else if (!doctor_has(doctor, &helper, NULL) &&
		   !access("/sys/module/nf_conntrack_sip/initstate", F_OK)) {
		finding = doctor_finds(doctor, &helper_loaded,
				       "the kernel's SIP helper is loaded");
		finding_cure(finding, "modprobe -r nf_nat_sip nf_conntrack_sip");
	}
}

/**
 * check_helper() - does the kernel's SIP helper meddle?
 * @host: this host
 * @doctor: hears it
 */
void check_helper(struct host *host, struct doctor *doctor)
{
	static const struct quest quest = {
		&helper, HOOKS_REQUESTS, gives_helper,
		"gives packets of a mapping to the kernel's SIP helper"
	};
	struct traffic traffic;

	for (size_t i = 0; i < host->count; i++) {
		const struct host_mapping *m = &host->mappings[i];
		struct search search = { host, doctor, NULL, &m->mapping };

		traffic_to_match(&traffic, m);
		walk_hooks(&search, &quest, &traffic);
		traffic_to_target(&traffic, m);
		walk_hooks(&search, &quest, &traffic);
	}
	check_helper_module(host, doctor);
}

/**
 * check_rules() - were all rules read, and followed?
 * @host: this host
 * @doctor: hears it
 *
 * To be called after the checks that follow them.
 */
void check_rules(struct host *host, struct doctor *doctor)
{
	if (host->nft_err)
		doctor_finds(doctor, &unread, "the rules of nftables cannot be read: %s",
			     strerror(-host->nft_err));
	if (host->legacy_err)
		doctor_finds(doctor, &unread,
			     "iptables-legacy has rules here, but %s",
			     host->legacy_err);
	if (!host->work)
		doctor_finds(doctor, &unread,
			     "the rules are too many, or too intertwined, to follow all ways through them");
}

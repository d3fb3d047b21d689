// SPDX-License-Identifier: GPL-2.0
/*
 * Which rules look like the workaround, and which mappings do the same
 */

#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>

#include "migrate_plan.h"
#include "parse.h"
#include "sipsteer.h"

/* Where S-CSCFs and P-CSCFs are found. */
#define PORT_FIRST	5054
#define PORT_LAST	5090
/* As many as a rule may list and still mean each of them. */
#define PORTS_MAX	16
/* What the kernel takes: from/iif variants of one match. */
#define VARIANTS_MAX	16
/* What was wrong with the other cases of a rule is hardly something else. */
#define REASONS_MAX	4
/* No rules that anybody wrote make more, or take more. */
#define FINDINGS_MAX	10000
#define WORK_MAX	50000000
#define DEPTH_MAX	128

/**
 * struct exception - a rule that lets packets pass before another redirects them
 * @next: the one before it, or NULL
 * @traffic: which packets
 * @rule: the rule
 * @returns: only from the chain where it stands, and those it leads to
 */
struct exception {
	struct exception *next;
	struct traffic traffic;
	struct rule *rule;
	bool returns;
};

/**
 * struct walk - the way of packets through the chains of a hook
 * @plan: where what is found goes
 * @hook: the hook
 * @exceptions: the last exception by now, or NULL
 * @obstacle: why no mapping can say what led here, or NULL
 * @depth: how many chains the way leads through
 */
struct walk {
	struct plan *plan;
	enum hook hook;
	struct exception *exceptions;
	const char *obstacle;
	unsigned int depth;
};

/* --- findings, and how to find them --- */

/* What tells mappings apart. */
static bool same_key(const struct traffic *a, const struct traffic *b)
{
	return a->port == b->port && a->proto == b->proto &&
	       prefix_equal(&a->to, &b->to) &&
	       prefix_equal(&a->from, &b->from) && !strcmp(a->iif, b->iif);
}

static struct finding *find_finding(const struct plan *plan,
				    const struct traffic *traffic)
{
	struct finding *finding = plan->findings;

	while (finding && !same_key(&finding->traffic, traffic))
		finding = finding->next;
	return finding;
}

static bool same_target(const struct finding *a, const struct finding *b)
{
	return a->target.port == b->target.port &&
	       addr_equal(&a->target.addr, &b->target.addr);
}

/**
 * plan_twin() - the finding of the other protocol
 * @plan: the plan
 * @finding: a finding
 *
 * Return: the finding that is the same, but of TCP where this one is of UDP,
 * or the other way round; NULL if there is none.
 */
const struct finding *plan_twin(const struct plan *plan,
				const struct finding *finding)
{
	struct traffic traffic = finding->traffic;
	const struct finding *twin;

	traffic.proto ^= TRAFFIC_SIP;
	twin = find_finding(plan, &traffic);
	return twin && same_target(twin, finding) &&
	       twin->traffic.methods == finding->traffic.methods ? twin : NULL;
}

static const char *because(struct plan *plan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static const char *because(struct plan *plan, const char *format, ...)
{
	const char *reason;
	va_list args;

	va_start(args, format);
	reason = ruleset_vprintf(plan->set, format, args);
	va_end(args);
	return reason;
}

/* --- what the kernel would not take --- */

static const char *check_addr(const struct prefix *prefix)
{
	static const unsigned char none[16], mapped[12] = {
		[10] = 0xff, [11] = 0xff
	};
	const unsigned char *bytes = prefix->addr.bytes;
	bool is_ipv4 = prefix->addr.size == 4;

	if (!prefix->len)
		return NULL;
	if (prefix->len == 8 * prefix->addr.size &&
	    !memcmp(bytes, none, prefix->addr.size))
		return "a mapping takes no unspecified address";
	if (is_ipv4 ? bytes[0] >= 224 : bytes[0] == 0xff)
		return "a mapping takes no multicast or broadcast address";
	if (is_ipv4 ? bytes[0] == 169 && bytes[1] == 254 :
		      bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80)
		return "a mapping takes no link-local address";
	if (!is_ipv4 && !memcmp(bytes, mapped, sizeof(mapped)))
		return "a mapping takes no IPv4-mapped address";
	return NULL;
}

/* Packet filters take any name, and the rule is never of use. */
static const char *check_iif(const char *iif)
{
	return !*iif || parse_is_device(iif) ?
	       NULL : "no device can have this name";
}

static struct prefix target_of(const struct finding *finding)
{
	return (struct prefix){
		.addr = finding->target.addr,
		.len = 8 * finding->target.addr.size,
	};
}

/* Whether what one sends away is what the other one redirects. */
static bool feeds(const struct finding *from, const struct finding *to)
{
	const struct prefix target = target_of(from);

	return from->target.port == to->traffic.port &&
	       from->traffic.proto == to->traffic.proto &&
	       prefix_covers(&to->traffic.to, &target);
}

static const char *check_others(struct plan *plan, const struct finding *new)
{
	unsigned int variants = 0;

	if (feeds(new, new))
		return "it sends packets where they would be redirected again";
	for (const struct finding *old = plan->findings; old; old = old->next) {
		const struct traffic *traffic = &old->traffic;

		if (feeds(new, old))
			return because(plan, "its target is what %s redirects",
				       old->rule->place);
		if (feeds(old, new))
			return because(plan, "it redirects the target of %s",
				       old->rule->place);
		variants += traffic->port == new->traffic.port &&
			    traffic->proto == new->traffic.proto &&
			    prefix_equal(&traffic->to, &new->traffic.to);
	}
	return variants < VARIANTS_MAX ? NULL :
	       "a match has room for no more sources and interfaces";
}

/* --- new findings --- */

/*
 * Is there a rule before this one that takes all of its packets? If it sends
 * them elsewhere, that is the reason why this one is skipped.
 */
static bool taken(struct plan *plan, const struct finding *new,
		  const char **reason)
{
	char text[ADDR_TEXT];

	for (const struct finding *old = plan->findings; old; old = old->next) {
		if (!traffic_covers(&old->traffic, &new->traffic))
			continue;
		if (same_target(old, new))
			return true;
		/* What arrives here is another matter than what is sent. */
		if (!(old->hooks & new->hooks))
			continue;
		*reason = because(plan, "%s sends these packets to %s first",
				  old->rule->place,
				  endpoint_text(&old->target, text));
		return true;
	}
	return false;
}

/* Another rule has the same key: one mapping has to do for both. */
static const char *unite(struct plan *plan, struct finding *old,
			 const struct finding *new)
{
	char text[ADDR_TEXT];

	if (!same_target(old, new))
		return because(plan, "%s sends the same to %s; a mapping has one target",
			       old->rule->place,
			       endpoint_text(&old->target, text));
	old->hooks |= new->hooks;
	old->traffic.methods |= new->traffic.methods;
	return NULL;
}

/* Why a redirection cannot be done by a mapping; NULL if it can. */
static const char *add_finding(struct plan *plan, const struct finding *new)
{
	const struct prefix target = target_of(new);
	const char *reason = NULL;
	struct finding *old;

	if (plan->count == FINDINGS_MAX)
		return "there are too many redirections";
	old = find_finding(plan, &new->traffic);
	if (taken(plan, new, &reason)) {
		if (old && !reason)
			old->hooks |= new->hooks;
		return reason;
	}
	if (old)
		return unite(plan, old, new);
	reason = check_addr(&new->traffic.to) ?:
		 check_addr(&new->traffic.from) ?:
		 check_addr(&target) ?: check_iif(new->traffic.iif) ?:
		 check_others(plan, new);
	if (reason)
		return reason;
	*plan->end = ruleset_alloc(plan->set, sizeof(**plan->end));
	**plan->end = *new;
	plan->end = &(*plan->end)->next;
	plan->count++;
	return NULL;
}

/* --- what is said of rules --- */

static void skip(struct plan *plan, struct rule *rule, const char *reason)
{
	struct remark **end = &rule->reasons;
	unsigned int count = 0;

	rule->skipped = true;
	for (; *end; end = &(*end)->next, count++)
		if (!strcmp((*end)->text, reason) || count == REASONS_MAX)
			return;
	*end = ruleset_alloc(plan->set, sizeof(**end));
	(*end)->text = count == REASONS_MAX ? "and more" : reason;
}

static void note(struct plan *plan, const char *text)
{
	struct remark **end = &plan->notes;

	for (; *end; end = &(*end)->next)
		if (!strcmp((*end)->text, text))
			return;
	*end = ruleset_alloc(plan->set, sizeof(**end));
	(*end)->text = text;
}

static void exempt(struct plan *plan, const struct prefix *from,
		   const struct rule *rule)
{
	struct exemption **end = &plan->exemptions;

	for (; *end; end = &(*end)->next)
		if (prefix_covers(&(*end)->from, from))
			return;
	*end = ruleset_alloc(plan->set, sizeof(**end));
	(*end)->from = *from;
	(*end)->rule = rule;
}

/* --- a case of a rule --- */

static bool is_sip(const struct plan *plan, unsigned int port)
{
	return plan->ports[port / 8] & 1 << port % 8;
}

static const char *not_sip(struct plan *plan, const struct traffic *traffic,
			   uint16_t target)
{
	if (!(traffic->proto & TRAFFIC_SIP))
		return "it is for neither UDP nor TCP";
	if (!traffic->port && traffic->last_port == UINT16_MAX)
		return !target || is_sip(plan, target) ?
		       "it redirects all ports" : "it is for no port of SIP";
	if (is_sip(plan, target))
		return NULL;
	for (unsigned int port = traffic->port; port <= traffic->last_port;
	     port++)
		if (is_sip(plan, port))
			return NULL;
	if (traffic->port == traffic->last_port)
		return because(plan, "%u is no port of SIP; \"--port %u\" makes it one",
			       traffic->port, traffic->port);
	return "it is for no port of SIP";
}

/* Why no mapping can be made of it, whatever the others are; NULL if one can. */
static const char *judge(const struct walk *w, const struct rule *rule,
			 const struct choice *choice,
			 const struct traffic *traffic)
{
	const char *reason = not_sip(w->plan, traffic, choice->target.port);

	if (reason)
		return reason;
	if (w->obstacle)
		return w->obstacle;
	if (rule->obstacle)
		return rule->obstacle;
	if (traffic->last_port - traffic->port >= PORTS_MAX)
		return because(w->plan, "it redirects %u ports; a mapping has one",
			       traffic->last_port - traffic->port + 1u);
	if (choice->target.addr.size)
		return NULL;
	if (!traffic->to.addr.size || traffic->to.len != 8 * traffic->to.addr.size)
		return "it redirects to this host, but does not say to which address";
	return NULL;
}

/* Does a rule let packets pass before they can be redirected? */
static const char *heed(struct plan *plan, const struct exception *exception,
			const struct rule *rule, const struct traffic *traffic)
{
	const struct rule *other = exception->rule;
	struct traffic both, some = *traffic;

	if (!traffic_meet(&exception->traffic, traffic, &both))
		return NULL;
	if (!other->vague && traffic_covers(&exception->traffic, traffic))
		return because(plan, "%s lets all of its packets pass before",
			       other->place);
	some.from = both.from;
	if (!other->vague && traffic_covers(&both, &some))
		exempt(plan, &both.from, other);
	else
		note(plan, because(plan, "%s lets some packets pass before %s; mappings do not",
				   other->place, rule->place));
	return NULL;
}

static const char *heed_all(struct walk *w, const struct rule *rule,
			    const struct traffic *traffic)
{
	const char *reason = NULL;

	for (const struct exception *exception = w->exceptions;
	     exception && !reason && w->plan->work;
	     exception = exception->next) {
		w->plan->work--;
		reason = heed(w->plan, exception, rule, traffic);
	}
	return reason;
}

/* Of one port, UDP or TCP. */
static void redirect(struct walk *w, struct rule *rule,
		     const struct finding *finding)
{
	const char *reason = heed_all(w, rule, &finding->traffic);

	if (!reason)
		reason = add_finding(w->plan, finding);
	if (reason)
		skip(w->plan, rule, reason);
	else
		rule->replaced = true;
}

/* A mapping always has an address, and "from" only if it says something. */
static bool settle(struct traffic *traffic, struct endpoint *target)
{
	if (!target->addr.size)
		target->addr = traffic->to.addr;
	if (!traffic->size)
		traffic->size = target->addr.size;
	if (!traffic->to.addr.size)
		traffic->to.addr.size = traffic->size;
	if (!traffic->from.len)
		memset(&traffic->from, 0, sizeof(traffic->from));
	if (!traffic->methods)
		traffic->methods = SIPSTEER_METHOD_REGISTER;
	return traffic->size == target->addr.size;
}

static void consider(struct walk *w, struct rule *rule,
		     const struct choice *choice, const struct traffic *traffic)
{
	struct finding finding = {
		.traffic = *traffic,
		.target = choice->target,
		.rule = rule,
		.hooks = 1u << w->hook,
	};
	const char *reason = judge(w, rule, choice, traffic);

	if (!reason && !settle(&finding.traffic, &finding.target))
		reason = "its addresses are of both families";
	if (reason) {
		skip(w->plan, rule, reason);
		return;
	}
	if (choice->verdict == VERDICT_HERE)
		note(w->plan, because(w->plan, "%s redirects to this host: is the address its own?",
				      rule->place));
	for (unsigned int port = traffic->port; port <= traffic->last_port;
	     port++) {
		finding.traffic.port = (uint16_t)port;
		finding.traffic.last_port = (uint16_t)port;
		if (!choice->target.port)
			finding.target.port = (uint16_t)port;
		for (uint8_t proto = 1; proto < TRAFFIC_OTHER; proto <<= 1) {
			finding.traffic.proto = traffic->proto & proto;
			if (finding.traffic.proto)
				redirect(w, rule, &finding);
		}
	}
}

/* --- the way through the chains --- */

static void walk_chain(struct walk *w, struct chain *chain,
		       const struct traffic *traffic);

static void let_pass(struct walk *w, struct rule *rule,
		     const struct traffic *traffic, bool returns)
{
	struct exception *exception =
		ruleset_alloc(w->plan->set, sizeof(*exception));

	exception->next = w->exceptions;
	exception->traffic = *traffic;
	exception->rule = rule;
	exception->returns = returns;
	w->exceptions = exception;
}

/* Packets that returned from a chain can still be redirected behind it. */
static void forget_returns(struct walk *w, const struct exception *before)
{
	struct exception **last = &w->exceptions;

	while (*last != before) {
		if ((*last)->returns)
			*last = (*last)->next;
		else
			last = &(*last)->next;
	}
}

static void walk_to(struct walk *w, const struct rule *rule, const char *name,
		    const struct traffic *traffic)
{
	const struct exception *before = w->exceptions;
	const char *obstacle = w->obstacle;
	struct chain *chain = chain_find(w->plan->set, rule->chain->table, name);

	/* No packet filter takes loops, but a text may have one. */
	if (!chain || chain->busy || w->depth == DEPTH_MAX)
		return;
	if (!w->obstacle)
		w->obstacle = rule->obstacle;
	w->depth++;
	chain->busy = true;
	walk_chain(w, chain, traffic);
	chain->busy = false;
	w->depth--;
	w->obstacle = obstacle;
	forget_returns(w, before);
}

static void follow(struct walk *w, struct rule *rule,
		   const struct choice *choice, const struct traffic *traffic)
{
	switch (choice->verdict) {
	case VERDICT_GO_ON:
		break;
	case VERDICT_END:
	case VERDICT_RETURN:
		let_pass(w, rule, traffic, choice->verdict == VERDICT_RETURN);
		break;
	case VERDICT_JUMP:
		walk_to(w, rule, choice->chain, traffic);
		break;
	case VERDICT_GOTO:
		walk_to(w, rule, choice->chain, traffic);
		let_pass(w, rule, traffic, true);
		break;
	case VERDICT_SEND:
	case VERDICT_HERE:
		consider(w, rule, choice, traffic);
		break;
	}
}

static void walk_rule(struct walk *w, struct rule *rule,
		      const struct traffic *traffic)
{
	struct traffic both;

	for (size_t i = 0; i < rule->count && w->plan->work; i++) {
		w->plan->work--;
		if (traffic_meet(traffic, &rule->choices[i].traffic, &both))
			follow(w, rule, &rule->choices[i], &both);
	}
}

static void walk_chain(struct walk *w, struct chain *chain,
		       const struct traffic *traffic)
{
	for (struct rule *rule = chain->rules; rule && w->plan->work;
	     rule = rule->next) {
		rule->reached = true;
		walk_rule(w, rule, traffic);
	}
}

/* The chain of a hook that is next in turn. */
static struct chain *next_chain(const struct ruleset *set, enum hook hook)
{
	struct chain *next = NULL;

	for (struct chain *chain = set->chains; chain; chain = chain->next)
		if (chain->hook == hook && !chain->walked &&
		    (!next || chain->priority < next->priority))
			next = chain;
	return next;
}

static void walk_hook(struct plan *plan, enum hook hook)
{
	struct walk w = { .plan = plan, .hook = hook };
	struct chain *chain;

	while ((chain = next_chain(plan->set, hook))) {
		struct traffic traffic;

		traffic_all(&traffic);
		traffic.size = chain->size;
		memcpy(traffic.iif, chain->iif, sizeof(traffic.iif));
		chain->walked = true;
		chain->busy = true;
		walk_chain(&w, chain, &traffic);
		chain->busy = false;
		/* Packets that passed one chain are seen by the next one. */
		w.exceptions = NULL;
	}
}

static void explain_rest(struct plan *plan, struct chain *chain)
{
	for (struct rule *rule = chain->rules; rule; rule = rule->next) {
		if (!rule->sends || rule->replaced || rule->skipped)
			continue;
		if (chain->hook >= HOOK_FORWARD)
			skip(plan, rule, "it redirects where no mapping is at work");
		else if (rule->reached)
			skip(plan, rule, "no packet fits it");
		else
			skip(plan, rule, "no rule leads to its chain");
	}
}

/**
 * plan_begin() - start a plan
 * @plan: the plan
 * @set: the rules, which live longer
 */
void plan_begin(struct plan *plan, struct ruleset *set)
{
	memset(plan, 0, sizeof(*plan));
	plan->set = set;
	plan->end = &plan->findings;
	plan->work = WORK_MAX;
	for (uint16_t port = PORT_FIRST; port <= PORT_LAST; port++)
		plan_port(plan, port);
}

/**
 * plan_port() - make a port one of SIP
 * @plan: the plan
 * @port: the port
 */
void plan_port(struct plan *plan, uint16_t port)
{
	plan->ports[port / 8] |= 1 << port % 8;
}

/**
 * plan_make() - find what mappings can do in place of rules
 * @plan: the plan
 *
 * For each rule that changes destinations it notes whether that is done by a
 * mapping, and why it is not.
 */
void plan_make(struct plan *plan)
{
	walk_hook(plan, HOOK_ARRIVE);
	walk_hook(plan, HOOK_SEND);
	if (!plan->work)
		note(plan, "the rules are too intertwined to follow all ways through them");
	for (struct chain *chain = plan->set->chains; chain;
	     chain = chain->next)
		explain_rest(plan, chain);
}

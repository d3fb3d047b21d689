/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RULES_H
#define RULES_H

#include <net/if.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/sipsteer.h>

#include "addr.h"

/* Protocols beside SIPSTEER_PROTO_*. */
#define TRAFFIC_OTHER	4
#define TRAFFIC_SIP	(SIPSTEER_PROTO_UDP | SIPSTEER_PROTO_TCP)
#define TRAFFIC_ANY	(TRAFFIC_SIP | TRAFFIC_OTHER)

/* Whose address the destination is, as far as that is known. */
#define TRAFFIC_TO_HERE	1
#define TRAFFIC_TO_OTHER	2

/**
 * struct traffic - some packets
 * @size: of their addresses, 4 or 16; 0 for both families
 * @proto: SIPSTEER_PROTO_*, TRAFFIC_OTHER
 * @to: destination; no address for any
 * @from: source; no address for any
 * @reach: TRAFFIC_TO_*
 * @port: first destination port
 * @last_port: last one
 * @sport: first source port
 * @last_sport: last one
 * @iif: the interface they come from; empty for any
 * @methods: SIPSTEER_METHOD_*, or 0 where nobody looks for one
 */
struct traffic {
	unsigned char size;
	uint8_t proto;
	struct prefix to;
	struct prefix from;
	uint8_t reach;
	uint16_t port;
	uint16_t last_port;
	uint16_t sport;
	uint16_t last_sport;
	char iif[IF_NAMESIZE];
	uint32_t methods;
};

/**
 * struct ports - a range of ports
 * @first: the first one
 * @last: the last one
 */
struct ports {
	uint16_t first;
	uint16_t last;
};

/* Prefixes enough for any range of IPv4 addresses. */
#define CHOICES_OF_RANGE	64
/* An address and a port, each of a map of its own. */
#define CHOICE_DATA	2

/* What a rule does with a packet that fits. */
enum verdict {
	VERDICT_GO_ON,	/* nothing that concerns us */
	VERDICT_END,	/* it has passed this hook, or is dropped */
	VERDICT_RETURN,	/* go on behind the rule that led to this chain */
	VERDICT_JUMP,	/* go on in another chain, then behind this rule */
	VERDICT_GOTO,	/* go on in another chain, then as if returned */
	VERDICT_SEND,	/* change its destination */
	VERDICT_HERE,	/* make this host its destination */
};

/**
 * struct choice - one of the cases that a rule tells apart
 * @traffic: which packets
 * @verdict: what it does with them
 * @target: of SEND and HERE: the new destination; no address, or port 0, for
 *	    what is not changed
 * @chain: of JUMP and GOTO: the name of the other chain
 * @data: what maps gave for these packets; of interest while a rule is read
 */
struct choice {
	struct traffic traffic;
	enum verdict verdict;
	struct endpoint target;
	const char *chain;
	const unsigned char *data[CHOICE_DATA];
};

/**
 * struct remark - something to be said
 * @next: the next one, or NULL
 * @text: what
 */
struct remark {
	struct remark *next;
	const char *text;
};

/**
 * struct rule - a rule of a packet filter
 * @next: the rule behind it in its chain, or NULL
 * @chain: its chain
 * @place: where it was found, as "rules.v4:12"
 * @text: the rule as it is written, or NULL
 * @remove: the command that removes it, or NULL if there is none to give
 * @comment: its comment, or NULL
 * @obstacle: why no mapping can say what it says, or NULL
 * @vague: not all packets that fit a case fit the rule
 * @sends: it changes destinations
 * @offload: the flowtable that it gives connections to, empty if it has no name;
 *	     or NULL
 * @helper: the connection tracking helper that it gives packets to, or NULL
 * @choices: the cases it tells apart
 * @count: how many; none if no packet fits
 * @reached: packets can come to it
 * @replaced: mappings do some of what it does
 * @skipped: they do not do all
 * @reasons: why not
 */
struct rule {
	struct rule *next;
	struct chain *chain;
	const char *place;
	const char *text;
	const char *remove;
	const char *comment;
	const char *obstacle;
	bool vague;
	bool sends;
	const char *offload;
	const char *helper;
	struct choice *choices;
	size_t count;
	bool reached;
	bool replaced;
	bool skipped;
	struct remark *reasons;
};

enum hook {
	HOOK_NONE,	/* packets come from other chains only */
	HOOK_ARRIVE,	/* what the network sends to this host or through it */
	HOOK_SEND,	/* what this host itself sends */
	HOOK_FORWARD,	/* what goes through this host */
	HOOK_ELSEWHERE,
};

/**
 * struct chain - rules, one behind the other
 * @next: another chain, or NULL
 * @table: to which table of which text it belongs; jumps stay within it
 * @name: its name
 * @size: of the addresses seen here, 4 or 16; 0 for both families
 * @hook: where packets come from
 * @priority: of chains of one hook that with the lowest number is first
 * @iif: the device to which it is bound, or empty
 * @rules: its first rule, or NULL
 * @end: where the next rule goes
 * @busy: packets are on their way through it
 * @walked: they have been, from its hook
 */
struct chain {
	struct chain *next;
	unsigned int table;
	const char *name;
	unsigned char size;
	enum hook hook;
	int priority;
	char iif[IF_NAMESIZE];
	struct rule *rules;
	struct rule **end;
	bool busy;
	bool walked;
};

/**
 * struct ruleset - the rules of a host, or of a text
 * @chains: the first chain, or NULL
 * @last: the last one, or NULL
 * @tables: how many tables there are
 * @memory: all that belongs to it
 */
struct ruleset {
	struct chain *chains;
	struct chain *last;
	unsigned int tables;
	struct memory *memory;
};

void ruleset_drop(struct ruleset *set);
void *ruleset_alloc(struct ruleset *set, size_t size);
char *ruleset_text(struct ruleset *set, const char *text, size_t len);
char *ruleset_vprintf(struct ruleset *set, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
char *ruleset_printf(struct ruleset *set, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

const char *ruleset_quote(struct ruleset *set, const char *word);

struct chain *chain_add(struct ruleset *set, unsigned int table,
			const char *name);
struct chain *chain_find(const struct ruleset *set, unsigned int table,
			 const char *name);
struct rule *rule_add(struct ruleset *set, struct chain *chain);
void rule_narrow(struct ruleset *set, struct rule *rule,
		 const struct choice *list, size_t count);
void rule_narrow_ports(struct ruleset *set, struct rule *rule,
		       struct ports *ports, size_t count, bool is_source,
		       bool negated);
void rule_obstruct(struct ruleset *set, struct rule *rule,
		   const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void rule_exceed(struct rule *rule, const char *reason);
void rule_decide(struct rule *rule, enum verdict verdict);

void traffic_all(struct traffic *traffic);
bool traffic_meet(const struct traffic *a, const struct traffic *b,
		  struct traffic *both);
bool traffic_covers(const struct traffic *a, const struct traffic *b);

uint32_t traffic_methods(const char *pattern);

void choices_init(struct choice *list, size_t count);
size_t choices_of_range(struct choice list[CHOICES_OF_RANGE],
			const struct addr *first, const struct addr *last,
			bool is_source);

int prefix_mask_len(const struct addr *family, const unsigned char *mask);

#endif

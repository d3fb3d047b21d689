// SPDX-License-Identifier: GPL-2.0
/*
 * Rules of packet filters, whatever they are written in, told in the words of
 * mappings
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping.h"
#include "rules.h"
#include "parse.h"
#include "print.h"
#include "sipsteer.h"

/* No rule that anybody wrote stands for more. */
#define CHOICES_MAX	100000

/**
 * struct memory - one allocation
 * @next: another one, or NULL
 * @bytes: what is used
 */
struct memory {
	struct memory *next;
	max_align_t bytes[];
};

/* Without memory there is nothing left to do. */
static void *need(void *memory)
{
	if (!memory)
		exit(fail(EXIT_KERNEL, "out of memory"));
	return memory;
}

/**
 * ruleset_drop() - forget rules and all that belongs to them
 * @set: the rules
 */
void ruleset_drop(struct ruleset *set)
{
	for (struct chain *chain = set->chains; chain; chain = chain->next)
		for (struct rule *rule = chain->rules; rule; rule = rule->next)
			free(rule->choices);
	while (set->memory) {
		struct memory *memory = set->memory;

		set->memory = memory->next;
		free(memory);
	}
	memset(set, 0, sizeof(*set));
}

/**
 * ruleset_alloc() - memory that lives as long as the rules
 * @set: the rules
 * @size: how many bytes
 *
 * Return: the memory, zeroed.
 */
void *ruleset_alloc(struct ruleset *set, size_t size)
{
	struct memory *memory = need(calloc(1, sizeof(*memory) + size));

	memory->next = set->memory;
	set->memory = memory;
	return memory->bytes;
}

/**
 * ruleset_text() - a text that lives as long as the rules
 * @set: the rules
 * @text: the text
 * @len: how many bytes of it
 *
 * Return: a copy, with a terminating NUL.
 */
char *ruleset_text(struct ruleset *set, const char *text, size_t len)
{
	char *copy = ruleset_alloc(set, len + 1);

	memcpy(copy, text, len);
	return copy;
}

/**
 * ruleset_vprintf() - make a text that lives as long as the rules
 * @set: the rules
 * @format: the text
 * @args: what is in it
 *
 * Return: the text.
 */
char *ruleset_vprintf(struct ruleset *set, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = ruleset_alloc(set, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

/**
 * ruleset_printf() - make a text that lives as long as the rules
 * @set: the rules
 * @format: the text
 *
 * Return: the text.
 */
char *ruleset_printf(struct ruleset *set, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = ruleset_vprintf(set, format, args);
	va_end(args);
	return text;
}

/**
 * ruleset_quote() - a word as a shell has to be given it
 * @set: owns the text
 * @word: the word
 *
 * Return: the text, or NULL for a word that cannot be shown on a terminal.
 */
const char *ruleset_quote(struct ruleset *set, const char *word)
{
	char *text, *out;

	for (const char *c = word; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			return NULL;
	if (word_is_plain(word) || !strcmp(word, "!"))
		return word;
	/* Within single quotes there is only one character to care for. */
	text = ruleset_alloc(set, 4 * strlen(word) + sizeof("''"));
	out = text;
	*out++ = '\'';
	for (; *word; word++) {
		if (*word == '\'')
			out = stpcpy(out, "'\\'");
		*out++ = *word;
	}
	*out = '\'';
	return text;
}

/**
 * chain_add() - add a chain
 * @set: the rules
 * @table: its table, a number below @set->tables
 * @name: its name, which lives as long as the rules
 *
 * Return: the chain.
 */
struct chain *chain_add(struct ruleset *set, unsigned int table,
			const char *name)
{
	struct chain *chain = ruleset_alloc(set, sizeof(*chain));

	chain->table = table;
	chain->name = name;
	chain->end = &chain->rules;
	if (set->last)
		set->last->next = chain;
	else
		set->chains = chain;
	set->last = chain;
	return chain;
}

/**
 * chain_find() - the chain of a name
 * @set: the rules
 * @table: its table
 * @name: its name
 *
 * Return: the chain, or NULL.
 */
struct chain *chain_find(const struct ruleset *set, unsigned int table,
			 const char *name)
{
	struct chain *chain = set->chains;

	while (chain && (chain->table != table || strcmp(chain->name, name)))
		chain = chain->next;
	return chain;
}

/**
 * rule_add() - add a rule behind the others of a chain
 * @set: the rules
 * @chain: the chain
 *
 * Return: the rule, which all packets of the chain fit, and which does nothing.
 */
struct rule *rule_add(struct ruleset *set, struct chain *chain)
{
	struct rule *rule = ruleset_alloc(set, sizeof(*rule));

	rule->chain = chain;
	rule->choices = need(calloc(1, sizeof(*rule->choices)));
	rule->count = 1;
	traffic_all(&rule->choices->traffic);
	rule->choices->traffic.size = chain->size;
	*chain->end = rule;
	chain->end = &rule->next;
	return rule;
}

/* Does what the other one adds to it; whether any packet fits both. */
static bool choice_meet(struct choice *choice, const struct choice *other)
{
	if (other->verdict != VERDICT_GO_ON) {
		choice->verdict = other->verdict;
		choice->chain = other->chain;
	}
	if (other->target.addr.size)
		choice->target.addr = other->target.addr;
	if (other->target.port)
		choice->target.port = other->target.port;
	for (int i = 0; i < CHOICE_DATA; i++)
		if (other->data[i])
			choice->data[i] = other->data[i];
	return traffic_meet(&choice->traffic, &other->traffic,
			    &choice->traffic);
}

/**
 * rule_narrow() - a packet that fits a rule has to fit one of these, too
 * @rule: the rule
 * @list: the cases; a verdict other than GO_ON, and a target, replace those
 *	  that the rule has by now
 * @count: how many
 */
void rule_narrow(struct ruleset *set, struct rule *rule,
		 const struct choice *list, size_t count)
{
	struct choice *choices;
	size_t used = 0;

	if (count && rule->count > CHOICES_MAX / count) {
		rule_obstruct(set, rule, "it tells too many cases apart");
		return;
	}
	/* One more, as nothing may be what no memory looks like. */
	choices = need(calloc(rule->count * count + 1, sizeof(*choices)));
	for (size_t i = 0; i < rule->count; i++)
		for (size_t k = 0; k < count; k++) {
			choices[used] = rule->choices[i];
			used += choice_meet(&choices[used], &list[k]);
		}
	free(rule->choices);
	rule->choices = choices;
	rule->count = used;
}

static struct choice *add_ports(struct choice *list, unsigned int first,
				unsigned int last, bool is_source)
{
	struct traffic *traffic = &list->traffic;

	choices_init(list, 1);
	*(is_source ? &traffic->sport : &traffic->port) = (uint16_t)first;
	*(is_source ? &traffic->last_sport : &traffic->last_port) =
		(uint16_t)last;
	return list + 1;
}

static int order_ports(const void *a, const void *b)
{
	const struct ports *one = a, *two = b;

	return one->first - two->first;
}

/**
 * rule_narrow_ports() - a packet that fits a rule has to have one of these ports
 * @set: the rules
 * @rule: the rule
 * @ports: the ports; may be sorted here
 * @count: how many ranges
 * @is_source: they are source ports
 * @negated: it has to have none of them
 */
void rule_narrow_ports(struct ruleset *set, struct rule *rule,
		       struct ports *ports, size_t count, bool is_source,
		       bool negated)
{
	struct choice *list = need(calloc(count + 1, sizeof(*list)));
	struct choice *end = list;
	unsigned int next = 0;

	if (negated)
		qsort(ports, count, sizeof(*ports), order_ports);
	for (size_t i = 0; i < count; i++) {
		unsigned int first = ports[i].first, last = ports[i].last;

		if (!negated)
			end = add_ports(end, first, last, is_source);
		else if (first > next)
			end = add_ports(end, next, first - 1, is_source);
		if (last >= next)
			next = last + 1;
	}
	if (negated && next <= UINT16_MAX)
		end = add_ports(end, next, UINT16_MAX, is_source);
	rule_narrow(set, rule, list, (size_t)(end - list));
	free(list);
}

/**
 * rule_exceed() - note why no mapping can say what the cases of a rule say
 * @rule: the rule
 * @reason: why; the first reason stays
 */
void rule_exceed(struct rule *rule, const char *reason)
{
	if (!rule->obstacle)
		rule->obstacle = reason;
}

/**
 * rule_obstruct() - note why neither a mapping nor cases can say what a rule says
 * @set: the rules
 * @rule: the rule
 * @format: why; the first reason stays
 */
void rule_obstruct(struct ruleset *set, struct rule *rule,
		   const char *format, ...)
{
	va_list args;

	rule->vague = true;
	va_start(args, format);
	rule_exceed(rule, ruleset_vprintf(set, format, args));
	va_end(args);
}

/**
 * rule_decide() - give a rule its verdict
 * @rule: the rule
 * @verdict: the verdict of all its cases that have none yet
 */
void rule_decide(struct rule *rule, enum verdict verdict)
{
	rule->sends |= verdict == VERDICT_SEND || verdict == VERDICT_HERE;
	for (size_t i = 0; i < rule->count; i++)
		if (rule->choices[i].verdict == VERDICT_GO_ON)
			rule->choices[i].verdict = verdict;
}

/**
 * traffic_all() - all packets
 * @traffic: where they go
 */
void traffic_all(struct traffic *traffic)
{
	memset(traffic, 0, sizeof(*traffic));
	traffic->proto = TRAFFIC_ANY;
	traffic->reach = TRAFFIC_TO_HERE | TRAFFIC_TO_OTHER;
	traffic->last_port = UINT16_MAX;
	traffic->last_sport = UINT16_MAX;
}

static bool prefix_meet(const struct prefix *a, const struct prefix *b,
			struct prefix *both)
{
	if (prefix_covers(a, b))
		*both = *b;
	else if (prefix_covers(b, a))
		*both = *a;
	else
		return false;
	return true;
}

static bool size_meet(unsigned char a, unsigned char b, unsigned char *both)
{
	*both = a ? a : b;
	return !a || !b || a == b;
}

static bool methods_meet(uint32_t a, uint32_t b, uint32_t *both)
{
	*both = a && b ? a & b : a | b;
	return *both || !a || !b;
}

static uint16_t smaller(uint16_t a, uint16_t b)
{
	return a < b ? a : b;
}

static uint16_t larger(uint16_t a, uint16_t b)
{
	return a > b ? a : b;
}

/**
 * traffic_meet() - packets that are both this and that
 * @a: this
 * @b: that
 * @both: where they go; may be @a or @b
 *
 * Return: true if there can be any.
 */
bool traffic_meet(const struct traffic *a, const struct traffic *b,
		  struct traffic *both)
{
	struct traffic met = *a;

	if (!size_meet(a->size, b->size, &met.size) ||
	    !prefix_meet(&a->to, &b->to, &met.to) ||
	    !prefix_meet(&a->from, &b->from, &met.from) ||
	    !methods_meet(a->methods, b->methods, &met.methods))
		return false;
	met.proto &= b->proto;
	met.reach &= b->reach;
	met.port = larger(a->port, b->port);
	met.last_port = smaller(a->last_port, b->last_port);
	met.sport = larger(a->sport, b->sport);
	met.last_sport = smaller(a->last_sport, b->last_sport);
	if (*a->iif && *b->iif && strcmp(a->iif, b->iif))
		return false;
	if (*b->iif)
		memcpy(met.iif, b->iif, sizeof(met.iif));
	*both = met;
	return met.proto && met.reach && met.port <= met.last_port &&
	       met.sport <= met.last_sport;
}

/**
 * traffic_covers() - whether all of these packets are among those
 * @a: those
 * @b: these
 *
 * Return: true if they are.
 */
bool traffic_covers(const struct traffic *a, const struct traffic *b)
{
	struct traffic both;

	if (!traffic_meet(a, b, &both))
		return false;
	return both.size == b->size && both.proto == b->proto &&
	       both.reach == b->reach &&
	       both.port == b->port && both.last_port == b->last_port &&
	       both.sport == b->sport && both.last_sport == b->last_sport &&
	       both.methods == b->methods && prefix_equal(&both.to, &b->to) &&
	       prefix_equal(&both.from, &b->from) && !strcmp(both.iif, b->iif);
}

/**
 * traffic_methods() - which requests somebody looks for in packets
 * @pattern: what he looks for, as "REGISTER sip:"
 *
 * Return: SIPSTEER_METHOD_*, or 0 if it does not begin with a method.
 */
uint32_t traffic_methods(const char *pattern)
{
	char word[32], keyword[] = "methods";
	char *const words[] = { keyword, word };
	size_t len = strspn(pattern, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	struct parse_error err;
	struct mapping mapping;

	if (len >= sizeof(word))
		return 0;
	memcpy(word, pattern, len);
	word[len] = '\0';
	return mapping_parse(&mapping, 2, words, 1u << CLAUSE_METHODS, &err) ?
	       0 : mapping.methods;
}

/**
 * prefix_mask_len() - the length of a prefix that is told by a mask
 * @family: an address with the size of the mask
 * @mask: the mask
 *
 * Return: the length, or -1 if the ones of the mask are not its first bits.
 */
int prefix_mask_len(const struct addr *family, const unsigned char *mask)
{
	struct prefix ones = { .addr = *family };

	for (ones.len = 0;; ones.len++) {
		memset(ones.addr.bytes, 0xff, sizeof(ones.addr.bytes));
		prefix_cut(&ones);
		if (!memcmp(ones.addr.bytes, mask, family->size))
			return ones.len;
		if (ones.len == 8 * family->size)
			return -1;
	}
}

/**
 * choices_init() - all packets, with no verdict
 * @list: cases
 * @count: how many
 */
void choices_init(struct choice *list, size_t count)
{
	memset(list, 0, count * sizeof(*list));
	for (size_t i = 0; i < count; i++)
		traffic_all(&list[i].traffic);
}

static void addr_step(struct addr *addr)
{
	unsigned int i = addr->size;

	while (i && !++addr->bytes[--i])
		;
}

/* The shortest prefix that begins here and does not go too far. */
static void first_prefix(const struct addr *first, const struct addr *last,
			 struct prefix *prefix)
{
	for (prefix->len = 0;; prefix->len++) {
		struct addr end;

		prefix->addr = *first;
		prefix_cut(prefix);
		end = prefix_last(prefix);
		if (addr_equal(&prefix->addr, first) &&
		    memcmp(end.bytes, last->bytes, last->size) <= 0)
			return;
	}
}

/**
 * choices_of_range() - a range of addresses as cases of one prefix each
 * @list: where they go; all but the prefix is left alone
 * @first: its first address
 * @last: its last address, of the same family
 * @is_source: the prefix is that of the source, else of the destination
 *
 * Return: how many they are, or 0 if it is no range, or they are too many.
 */
size_t choices_of_range(struct choice list[CHOICES_OF_RANGE],
			const struct addr *first, const struct addr *last,
			bool is_source)
{
	struct addr next = *first;
	size_t count = 0;

	if (memcmp(first->bytes, last->bytes, first->size) > 0)
		return 0;
	while (count < CHOICES_OF_RANGE) {
		struct traffic *traffic = &list[count++].traffic;
		struct prefix *prefix = is_source ? &traffic->from :
						    &traffic->to;

		first_prefix(&next, last, prefix);
		next = prefix_last(prefix);
		if (addr_equal(&next, last))
			return count;
		addr_step(&next);
	}
	return 0;
}

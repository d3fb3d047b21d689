// SPDX-License-Identifier: GPL-2.0
/*
 * What takes the place of rules, as a configuration and as JSON
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping.h"
#include "migrate_plan.h"
#include "migrate_report.h"
#include "parse.h"
#include "print.h"
#include "sipsteer.h"

static const char ungated[] =
	"TCP from the network needs \"from\", \"guard off\" or an exempt source";

static void set_comment(struct mapping *mapping, const char *comment)
{
	char keyword[] = "comment";
	char *const words[] = { keyword, (char *)comment };
	struct mapping only;
	struct parse_error err;

	if (comment &&
	    !mapping_parse(&only, 2, words, 1u << CLAUSE_COMMENT, &err))
		memcpy(mapping->comment, only.comment,
		       sizeof(mapping->comment));
}

/* Of UDP and TCP, if the other one's finding is the same. */
static bool make_mapping(const struct plan *plan,
			 const struct finding *finding, struct mapping *mapping)
{
	const struct traffic *traffic = &finding->traffic;
	const struct finding *twin = plan_twin(plan, finding);
	struct parse_error err;

	if (twin && traffic->proto == SIPSTEER_PROTO_TCP)
		return false;
	mapping_parse(mapping, 0, NULL, CLAUSES_ALL, &err);
	mapping->match = traffic->to;
	mapping->match_port = traffic->port;
	mapping->target = finding->target;
	mapping->proto = twin ? TRAFFIC_SIP : traffic->proto;
	mapping->from = traffic->from;
	memcpy(mapping->iif, traffic->iif, sizeof(mapping->iif));
	mapping->methods = traffic->methods;
	set_comment(mapping, finding->rule->comment);
	return true;
}

static bool is_exempt(const struct plan *plan, unsigned char size)
{
	for (const struct exemption *exemption = plan->exemptions; exemption;
	     exemption = exemption->next)
		if (exemption->from.addr.size == size)
			return true;
	return false;
}

/* The module warns of it, too, but only when the mapping is added. */
static bool has_ungated_tcp(const struct plan *plan)
{
	for (const struct finding *finding = plan->findings; finding;
	     finding = finding->next)
		if (finding->traffic.proto == SIPSTEER_PROTO_TCP &&
		    finding->hooks & 1u << HOOK_ARRIVE &&
		    !finding->traffic.from.addr.size &&
		    !is_exempt(plan, finding->traffic.size))
			return true;
	return false;
}

static bool is_whole(const struct rule *rule)
{
	return rule->replaced && !rule->skipped && rule->remove;
}

/* Names and comments hold what they like, and this goes to a terminal. */
static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		return;
	text_tame(text);
	printf("#%s%s\n", *text ? " " : "", text);
	free(text);
}

/* A title goes before the first line of its section. */
static void begin(const char **title)
{
	if (!*title)
		return;
	putchar('\n');
	say("%s", *title);
	*title = NULL;
}

/* Call this for each rule that changes destinations. */
static void each_sending(const struct plan *plan,
			 void (*take)(const struct rule *rule, void *data),
			 void *data)
{
	for (const struct chain *chain = plan->set->chains; chain;
	     chain = chain->next)
		for (const struct rule *rule = chain->rules; rule;
		     rule = rule->next)
			if (rule->sends)
				take(rule, data);
}

static void print_mappings(const struct plan *plan)
{
	struct mapping mapping;
	char text[ADDR_TEXT];

	for (const struct exemption *exemption = plan->exemptions; exemption;
	     exemption = exemption->next)
		printf("exempt add %s\n", prefix_text(&exemption->from, text));
	for (const struct finding *finding = plan->findings; finding;
	     finding = finding->next) {
		if (!make_mapping(plan, finding, &mapping))
			continue;
		fputs("add ", stdout);
		mapping_print(&mapping, stdout);
		putchar('\n');
	}
}

static void print_notes(const struct plan *plan)
{
	const char *title = "To be kept in mind:";

	if (plan->findings) {
		begin(&title);
		say("  mappings steer REGISTER alone, unless they name other methods");
	}
	if (has_ungated_tcp(plan)) {
		begin(&title);
		say("  %s", ungated);
	}
	for (const struct exemption *exemption = plan->exemptions; exemption;
	     exemption = exemption->next) {
		char text[ADDR_TEXT];

		begin(&title);
		say("  %s lets %s pass, which is exempt from all mappings now",
		    exemption->rule->place, prefix_text(&exemption->from, text));
	}
	for (const struct remark *note = plan->notes; note; note = note->next) {
		begin(&title);
		say("  %s", note->text);
	}
}

static void print_removal(const struct rule *rule, void *data)
{
	if (!is_whole(rule))
		return;
	begin(data);
	say("  %s", rule->remove);
}

static void print_skipped(const struct rule *rule, void *data)
{
	if (is_whole(rule))
		return;
	begin(data);
	say("  %s%s%s", rule->place, rule->text ? ": " : "",
	    rule->text ? rule->text : "");
	if (rule->replaced)
		say("    in part; change it by hand");
	for (const struct remark *reason = rule->reasons; reason;
	     reason = reason->next)
		say("    %s", reason->text);
}

static void print_rules(const struct plan *plan)
{
	const char *remove = "Once they are loaded, remove the rules they replace:";
	const char *skipped = "Not replaced:";

	each_sending(plan, print_removal, &remove);
	each_sending(plan, print_skipped, &skipped);
}

static size_t count_others(const struct plan *plan)
{
	size_t count = 0;

	for (const struct chain *chain = plan->set->chains; chain;
	     chain = chain->next)
		for (const struct rule *rule = chain->rules; rule;
		     rule = rule->next)
			count += !rule->sends;
	return count;
}

/**
 * report_print() - print a plan as a configuration, all else as comments in it
 * @plan: the plan
 */
void report_print(const struct plan *plan)
{
	size_t others = count_others(plan);

	if (!plan->findings)
		say("No rule here looks like the workaround and can be a mapping.");
	print_mappings(plan);
	print_notes(plan);
	print_rules(plan);
	if (!others)
		return;
	putchar('\n');
	say(others == 1 ? "%zu more rule changes no destination." :
			  "%zu more rules change no destination.", others);
}

static json_t *json_mappings(const struct plan *plan)
{
	/* What only the kernel knows. */
	static const char *const unknown[] = {
		"id", "steered", "restored", "passed"
	};
	json_t *array = json_array();
	struct mapping mapping;

	for (const struct finding *finding = plan->findings; finding;
	     finding = finding->next) {
		json_t *object;

		if (!make_mapping(plan, finding, &mapping))
			continue;
		object = mapping_json(&mapping);
		for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
			json_object_del(object, unknown[i]);
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *json_exemptions(const struct plan *plan)
{
	json_t *array = json_array();

	for (const struct exemption *exemption = plan->exemptions; exemption;
	     exemption = exemption->next)
		json_array_append_new(array, json_prefix(&exemption->from));
	return array;
}

static json_t *json_remarks(const struct remark *remark)
{
	json_t *array = json_array();

	for (; remark; remark = remark->next)
		json_array_append_new(array, json_text(remark->text));
	return array;
}

static json_t *json_notes(const struct plan *plan)
{
	json_t *array = json_remarks(plan->notes);

	if (has_ungated_tcp(plan))
		json_array_append_new(array, json_string(ungated));
	return array;
}

static void json_removal(const struct rule *rule, void *data)
{
	json_t *object;

	if (!is_whole(rule))
		return;
	object = json_pack("{s:o, s:o}", "rule", json_text(rule->place),
			   "command", json_text(rule->remove));
	json_array_append_new(data, object);
}

static void json_skipped(const struct rule *rule, void *data)
{
	json_t *object;

	if (is_whole(rule))
		return;
	object = json_pack("{s:o, s:b, s:o}", "rule", json_text(rule->place),
			   "in-part", rule->replaced,
			   "reasons", json_remarks(rule->reasons));
	if (rule->text)
		json_object_set_new(object, "text", json_text(rule->text));
	json_array_append_new(data, object);
}

static json_t *json_rules(const struct plan *plan,
			  void (*take)(const struct rule *rule, void *data))
{
	json_t *array = json_array();

	each_sending(plan, take, array);
	return array;
}

/**
 * report_json() - a plan as a JSON object
 * @plan: the plan
 *
 * Return: the object, or NULL without memory.
 */
json_t *report_json(const struct plan *plan)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I}",
			 "mappings", json_mappings(plan),
			 "exempt", json_exemptions(plan),
			 "notes", json_notes(plan),
			 "remove", json_rules(plan, json_removal),
			 "skipped", json_rules(plan, json_skipped),
			 "others", (json_int_t)count_others(plan));
}

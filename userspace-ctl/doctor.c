// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer doctor: what on this host would defeat or double the module
 */

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "genl.h"
#include "print.h"
#include "sipsteer.h"

#define LINE_WIDTH	79
#define INDENT		4

/* Beside those of all verbs. */
enum {
	EXIT_WARNINGS = 3,
	EXIT_ERRORS = 4,
};

/**
 * struct lines - some texts
 * @line: them
 * @count: how many
 */
struct lines {
	char **line;
	size_t count;
};

/**
 * struct finding - what was found
 * @next: the one found after it
 * @illness: what it is
 * @what: where, and how it shows
 * @cures: what to type
 * @ids: of the mappings that it is about
 * @count: how many they are
 */
struct finding {
	struct finding *next;
	const struct illness *illness;
	char *what;
	struct lines cures;
	uint32_t *ids;
	size_t count;
};

/**
 * struct doctor - all that was found
 * @first: the first finding
 * @end: where the next one goes
 * @lost: there was no memory for all
 */
struct doctor {
	struct finding *first;
	struct finding **end;
	bool lost;
};

static const struct illness no_module = {
	"module", SEVERITY_ERROR,
	"The kernel has no sipsteer: nothing is steered, and no mapping can be added."
};

static const struct illness no_mapping = {
	"no-mapping", SEVERITY_HINT,
	"Nothing is steered: this network namespace has no mapping."
};

static const struct illness many_mappings = {
	"many-mappings", SEVERITY_HINT,
	"Not all mappings were looked at; what was not found for those may be true of others."
};

static const struct {
	const char *name;
	void (*run)(struct host *host, struct doctor *doctor);
	const char *what;
} checks[] = {
	{ "module", check_module, "that the kernel has the module" },
	{ "mappings", check_mappings, "that there is something to steer" },
	{ "interfaces", check_interfaces, "interfaces that mappings name" },
	{ "routes", check_routes, "the ways to the targets, and to where clients write" },
	{ "source", check_source, "the address that this host's clients send from" },
	{ "forwarding", check_forwarding, "whether this host forwards" },
	{ "bridges", check_bridges, "traffic that crosses a bridge unseen" },
	{ "dnat", check_dnat, "rules of others that change the destination" },
	{ "offload", check_offload, "flowtables, which take replies past the module" },
	{ "helper", check_helper, "the kernel's own SIP helper" },
	{ "rules", check_rules, "that these rules can be read and followed" },
	{ "unguarded", check_unguarded, "TCP that nothing tells from the core's own" },
	{ "listeners", check_listeners, "programs here that wait where clients write to" },
	{ "room", check_room, "room for transactions and connections" },
	{ "counters", check_counters, "counters that speak of trouble" },
};

/* Printed text, fit for a terminal; or NULL without memory. */
static char *print_text(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		return NULL;
	text_tame(text);
	return text;
}

static struct finding *find_again(const struct doctor *doctor,
				  const struct illness *illness,
				  const char *what)
{
	struct finding *finding = doctor->first;

	while (finding && (finding->illness != illness ||
			   (what && strcmp(finding->what, what))))
		finding = finding->next;
	return finding;
}

/**
 * doctor_has() - was something like this found?
 * @doctor: who knows
 * @illness: what it is
 * @what: where, and how it shows; NULL for anywhere
 *
 * Return: true if it was.
 */
bool doctor_has(const struct doctor *doctor, const struct illness *illness,
		const char *what)
{
	return find_again(doctor, illness, what);
}

/**
 * doctor_finds() - tell what was found
 * @doctor: whom to tell
 * @illness: what it is
 * @format: where, and how it shows
 *
 * To find the same once more, for another mapping, is not to find more.
 *
 * Return: the finding, for finding_about() and finding_cure(); NULL, which
 * both take, without memory.
 */
struct finding *doctor_finds(struct doctor *doctor,
			     const struct illness *illness,
			     const char *format, ...)
{
	struct finding *finding;
	va_list args;
	char *what;

	va_start(args, format);
	what = print_text(format, args);
	va_end(args);
	finding = what ? find_again(doctor, illness, what) : NULL;
	if (finding || !what) {
		doctor->lost |= !what;
		free(what);
		return finding;
	}
	finding = calloc(1, sizeof(*finding));
	if (!finding) {
		doctor->lost = true;
		free(what);
		return NULL;
	}
	finding->illness = illness;
	finding->what = what;
	*doctor->end = finding;
	doctor->end = &finding->next;
	return finding;
}

/**
 * finding_about() - tell which mapping it is about
 * @finding: what was found
 * @mapping: the mapping
 */
void finding_about(struct finding *finding, const struct mapping *mapping)
{
	uint32_t *ids;

	if (!finding)
		return;
	/* Mapping by mapping is how all checks go. */
	if (finding->count && finding->ids[finding->count - 1] == mapping->id)
		return;
	ids = reallocarray(finding->ids, finding->count + 1, sizeof(*ids));
	if (!ids)
		return;
	finding->ids = ids;
	ids[finding->count++] = mapping->id;
}

/**
 * finding_cure() - tell what to type
 * @finding: what was found
 * @format: one line; what is there already is not added again
 */
void finding_cure(struct finding *finding, const char *format, ...)
{
	struct lines *cures = finding ? &finding->cures : NULL;
	va_list args;
	char **line;
	char *text;

	if (!finding)
		return;
	va_start(args, format);
	text = print_text(format, args);
	va_end(args);
	for (size_t i = 0; text && i < cures->count; i++) {
		if (!strcmp(cures->line[i], text)) {
			free(text);
			return;
		}
	}
	line = text ? reallocarray(cures->line, cures->count + 1,
				   sizeof(*line)) : NULL;
	if (!line) {
		free(text);
		return;
	}
	cures->line = line;
	line[cures->count++] = text;
}

static void forget(struct doctor *doctor)
{
	while (doctor->first) {
		struct finding *finding = doctor->first;

		doctor->first = finding->next;
		for (size_t i = 0; i < finding->cures.count; i++)
			free(finding->cures.line[i]);
		free(finding->cures.line);
		free(finding->ids);
		free(finding->what);
		free(finding);
	}
}

/* Words, as many as fit on a line, each line indented. */
static void print_wrapped(const char *label, const char *text)
{
	int column = printf("%*s%s", INDENT, "", label);

	while (*text) {
		int len = (int)strcspn(text, " ");

		if (column + 1 + len > LINE_WIDTH)
			column = printf("\n%*s", INDENT - 1, "") - 1;
		column += printf(" %.*s", len, text);
		text += len;
		text += strspn(text, " ");
	}
	putchar('\n');
}

static void print_mappings(const struct finding *finding)
{
	if (!finding->count)
		return;
	printf("%*s%s", INDENT, "", finding->count == 1 ? "Mapping" : "Mappings");
	for (size_t i = 0; i < finding->count && i < 10; i++)
		printf("%s %u", i ? "," : "", finding->ids[i]);
	if (finding->count > 10)
		printf(" and %zu more", finding->count - 10);
	putchar('\n');
}

static const char *const severity_names[SEVERITIES] = {
	[SEVERITY_HINT] = "hint",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
};

static void print_finding(const struct finding *finding)
{
	const struct illness *illness = finding->illness;

	printf("%s: %s: %s\n", severity_names[illness->severity],
	       illness->name, finding->what);
	print_mappings(finding);
	print_wrapped("Why:", illness->why);
	for (size_t i = 0; i < finding->cures.count; i++)
		printf("%*s%s %s\n", INDENT, "", i ? "    " : "Try:",
		       finding->cures.line[i]);
}

static json_t *json_finding(const struct finding *finding)
{
	const struct illness *illness = finding->illness;
	json_t *mappings = json_array();
	json_t *cures = json_array();

	for (size_t i = 0; i < finding->count; i++)
		json_array_append_new(mappings, json_integer(finding->ids[i]));
	for (size_t i = 0; i < finding->cures.count; i++)
		json_array_append_new(cures, json_text(finding->cures.line[i]));
	return json_pack("{s:s, s:s, s:o, s:s, s:o, s:o}",
			 "severity", severity_names[illness->severity],
			 "name", illness->name,
			 "what", json_text(finding->what),
			 "why", illness->why,
			 "try", cures, "mappings", mappings);
}

/* The worst first. */
static int print_findings(const struct doctor *doctor)
{
	struct list list = {};
	int ret = EXIT_OK;

	if (list_begin(&list))
		return fail(EXIT_KERNEL, "no memory for the output");
	for (int severity = SEVERITIES; severity--;) {
		const struct finding *finding;

		for (finding = doctor->first; finding; finding = finding->next) {
			if ((int)finding->illness->severity != severity)
				continue;
			if (!options.json)
				print_finding(finding);
			else if (list_json(&list, json_finding(finding)))
				ret = fail(EXIT_KERNEL, "no memory for the output");
		}
	}
	if (options.json && !ret)
		ret = list_show(&list);
	else if (!doctor->first)
		puts("Nothing found.");
	list_drop(&list);
	return ret;
}

static int verdict(const struct doctor *doctor)
{
	enum severity worst = SEVERITY_HINT;

	for (const struct finding *finding = doctor->first; finding;
	     finding = finding->next)
		if (finding->illness->severity > worst)
			worst = finding->illness->severity;
	return worst == SEVERITY_ERROR ? EXIT_ERRORS :
	       worst == SEVERITY_WARNING ? EXIT_WARNINGS : EXIT_OK;
}

/**
 * check_module() - is there a module to speak of?
 * @host: this host
 * @doctor: hears it
 */
void check_module(struct host *host, struct doctor *doctor)
{
	if (!host->has_module)
		finding_cure(doctor_finds(doctor, &no_module,
					  "the module is not loaded"),
			     "modprobe nf_sipsteer");
}

/**
 * check_mappings() - is there anything to steer, and was all of it looked at?
 * @host: this host
 * @doctor: hears it
 */
void check_mappings(struct host *host, struct doctor *doctor)
{
	if (host->has_module && !host->total)
		finding_cure(doctor_finds(doctor, &no_mapping,
					  "there is no mapping"),
			     "sipsteer add 10.0.0.5:5054 to 203.0.113.1:5060");
	if (host->total > host->count)
		doctor_finds(doctor, &many_mappings,
			     "only %zu of %zu mappings were looked at",
			     host->count, host->total);
}

static int examine(struct doctor *doctor)
{
	struct host host;
	int ret;

	ret = host_read(&host);
	for (size_t i = 0; i < ARRAY_SIZE(checks) && !ret; i++)
		checks[i].run(&host, doctor);
	host_drop(&host);
	if (!ret && doctor->lost)
		ret = fail(EXIT_KERNEL, "out of memory");
	return ret;
}

static int list_checks(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		printf("%-12s%s\n", checks[i].name, checks[i].what);
	return EXIT_OK;
}

static int run(int count, char **words)
{
	struct doctor doctor = { .end = &doctor.first };
	int ret;

	if (count == 1 && !strcmp(words[0], "list"))
		return list_checks();
	if (count)
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[0]);
	ret = examine(&doctor);
	if (!ret)
		ret = print_findings(&doctor);
	if (!ret)
		ret = verdict(&doctor);
	forget(&doctor);
	return ret;
}

const struct verb doctor_verb = {
	.name = "doctor",
	.summary = "find what on this host is in the way of steering",
	.usage =
	"Usage: sipsteer [ -j [ -p ] ] doctor\n       sipsteer doctor list\n",
	.run = run,
};

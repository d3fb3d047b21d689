// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer migrate
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "migrate_plan.h"
#include "migrate_report.h"
#include "parse.h"
#include "print.h"
#include "rules.h"
#include "rules_live.h"
#include "rules_text.h"
#include "sipsteer.h"

#define FILES_MAX	16

/**
 * struct request - what is asked for
 * @plan: where it is put together
 * @files: texts to read instead of this host's rules
 * @count: how many
 */
struct request {
	struct plan plan;
	const char *files[FILES_MAX];
	unsigned int count;
};

/* PORT[-PORT][,PORT[-PORT]]... */
static int take_ports(struct plan *plan, const char *word)
{
	const char *text = word;

	for (;; text++) {
		size_t len = strcspn(text, "-,"), last_len;
		unsigned long first, last;

		if (parse_number(text, len, UINT16_MAX, &first) || !first)
			break;
		last = first;
		text += len;
		if (*text == '-') {
			last_len = strcspn(++text, ",");
			if (parse_number(text, last_len, UINT16_MAX, &last) ||
			    last < first)
				break;
			text += last_len;
		}
		for (; first <= last; first++)
			plan_port(plan, (uint16_t)first);
		if (!*text)
			return EXIT_OK;
	}
	return fail(EXIT_USAGE, "bad ports \"%s\": such as 5054,5060-5070",
		    word);
}

static int take_file(struct request *request, const char *name)
{
	if (request->count == FILES_MAX)
		return fail(EXIT_USAGE, "more than %d files", FILES_MAX);
	request->files[request->count++] = name;
	return EXIT_OK;
}

static int read_words(struct request *request, int count, char **words)
{
	for (int i = 0; i < count; i++) {
		bool is_port = !strcmp(words[i], "--port");
		int ret;

		if (!is_port && strcmp(words[i], "--iptables-save"))
			return fail(EXIT_USAGE, "unknown word \"%s\"", words[i]);
		if (++i == count)
			return fail(EXIT_USAGE, "\"%s\" needs a value: %s",
				    words[i - 1], is_port ?
				    "PORT[-PORT][,...]" :
				    "the name of a file, or -");
		ret = is_port ? take_ports(&request->plan, words[i]) :
				take_file(request, words[i]);
		if (ret)
			return ret;
	}
	return EXIT_OK;
}

static int read_all(FILE *file, struct list *text)
{
	char buffer[4096];
	size_t size;

	if (list_begin(text))
		return fail(EXIT_KERNEL, "out of memory");
	while ((size = fread(buffer, 1, sizeof(buffer), file)))
		fwrite(buffer, 1, size, text->out);
	return list_end(text);
}

static int read_file(struct ruleset *set, const char *name)
{
	bool is_stdin = !strcmp(name, "-");
	FILE *file = is_stdin ? stdin : fopen(name, "re");
	const struct text_source source = {
		.name = is_stdin ? "stdin" : name,
		.suffix = "",
	};
	struct text_error err;
	struct list text = {};
	int ret;

	if (!file)
		return fail(EXIT_USAGE, "cannot open \"%s\": %s", name,
			    strerror(errno));
	ret = read_all(file, &text);
	if (!ret && ferror(file))
		ret = fail(EXIT_USAGE, "cannot read \"%s\": %s", name,
			   strerror(errno));
	if (!is_stdin)
		fclose(file);
	if (!ret && text_read(set, &source, text.text, text.size, &err))
		ret = fail(EXIT_USAGE, "%s:%u:%u: %s", source.name, err.line,
			   err.column, err.text);
	list_drop(&text);
	return ret;
}

static int read_live(struct ruleset *set)
{
	const char *legacy;
	int err;

	err = live_read(set, &legacy);
	if (err)
		return fail(EXIT_KERNEL, "cannot read the rules of nftables: %s",
			    strerror(-err));
	if (legacy)
		warn("cannot read the rules of legacy iptables: %s", legacy);
	return EXIT_OK;
}

static int read_rules(const struct request *request, struct ruleset *set)
{
	int ret = EXIT_OK;

	if (!request->count)
		return read_live(set);
	for (unsigned int i = 0; i < request->count && !ret; i++)
		ret = read_file(set, request->files[i]);
	return ret;
}

static int run(int count, char **words)
{
	struct request request = {};
	struct ruleset set = {};
	int ret;

	plan_begin(&request.plan, &set);
	ret = read_words(&request, count, words);
	if (!ret)
		ret = read_rules(&request, &set);
	if (!ret) {
		plan_make(&request.plan);
		if (options.json)
			ret = print_json(report_json(&request.plan));
		else
			report_print(&request.plan);
	}
	ruleset_drop(&set);
	return ret;
}

const struct verb migrate_verb = {
	.name = "migrate",
	.summary = "make mappings of the DNAT rules they replace",
	.usage =
	"Usage: sipsteer [ -j [ -p ] ] migrate [ --iptables-save { FILE | - } ]...\n"
	"       [ --port PORT[-PORT][,PORT[-PORT]...] ]\n"
	"\n"
	"--iptables-save  rules as iptables-save or ip6tables-save prints them; else those\n"
	"                 of this host, nftables' and iptables'\n"
	"--port           ports of SIP beside 5054-5090; only rules for these are replaced\n",
	.run = run,
};

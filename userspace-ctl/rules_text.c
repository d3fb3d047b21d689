// SPDX-License-Identifier: GPL-2.0
/*
 * Rules as iptables-save(8) and ip6tables-save(8) write them, whether legacy
 * or nf_tables, on a phone or a server
 *
 * Pure: bytes in, rules out. Nothing here prints, or asks the system.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rules_line.h"
#include "rules.h"
#include "rules_text.h"
#include "sipsteer.h"

/* iptables-restore(8) takes less. */
#define LINE_LEN_MAX	65535

/**
 * broken_at() - note what is wrong with a line
 * @r: the line
 * @start: at which byte
 * @format: what
 *
 * Return: -1, for the caller to return.
 */
int broken_at(struct line_reader *r, size_t start, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->err->text, sizeof(r->err->text), format, args);
	va_end(args);
	r->err->line = r->number;
	r->err->column = (unsigned int)start + 1;
	return -1;
}

/* --- words --- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Copy a quoted text without its quotes; where it ends, or NULL. */
static const char *unquote(const char *c, char **out)
{
	while (*c && *c != '"') {
		if (*c == '\\' && c[1])
			c++;
		*(*out)++ = *c++;
	}
	return *c ? c + 1 : NULL;
}

/* As iptables-restore(8): quotes may stand anywhere in a word. */
static int split_line(struct line_reader *r)
{
	size_t len = strlen(r->line);
	char *out = ruleset_alloc(r->set, 2 * len + 1);
	const char *c = r->line;

	r->words = ruleset_alloc(r->set, (len / 2 + 1) * sizeof(*r->words));
	r->count = 0;
	r->at = 0;
	for (;;) {
		struct word *word = &r->words[r->count];

		while (is_blank(*c))
			c++;
		if (!*c)
			return 0;
		word->text = out;
		word->start = (size_t)(c - r->line);
		while (*c && !is_blank(*c)) {
			const char *quote = c;

			if (*c != '"') {
				*out++ = *c++;
				continue;
			}
			word->quoted = true;
			c = unquote(c + 1, &out);
			if (!c)
				return broken_at(r, (size_t)(quote - r->line),
						 "this quote has no end");
		}
		*out++ = '\0';
		word->len = (size_t)(c - r->line) - word->start;
		r->count++;
	}
}

/**
 * line_excerpt() - a part of a line as it is written
 * @r: the line
 * @first: index of its first word
 * @end: index of the first word behind it
 *
 * Return: the part.
 */
const char *line_excerpt(struct line_reader *r, unsigned int first,
			 unsigned int end)
{
	const struct word *last = &r->words[end - 1];
	size_t start = r->words[first].start;

	return ruleset_text(r->set, r->line + start,
			    last->start + last->len - start);
}

/* --- lines --- */

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static enum hook hook_of(const char *name)
{
	static const struct {
		const char *name;
		enum hook hook;
	} known[] = {
		{ "PREROUTING", HOOK_ARRIVE },
		{ "OUTPUT", HOOK_SEND },
		{ "FORWARD", HOOK_FORWARD },
		{ "INPUT", HOOK_ELSEWHERE },
		{ "POSTROUTING", HOOK_ELSEWHERE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i].name, name))
			return known[i].hook;
	return HOOK_NONE;
}

static struct chain *add_chain(struct line_reader *r, const char *name)
{
	struct chain *chain = chain_add(r->set, r->table_id, name);

	chain->size = r->size;
	chain->hook = hook_of(name);
	return chain;
}

/* ":CHAIN POLICY [COUNTERS]" */
static int read_chain(struct line_reader *r)
{
	const char *name = r->words[0].text + 1;

	if (!*name)
		return broken(r, &r->words[0], "this chain has no name");
	if (r->count < 2)
		return broken(r, &r->words[0], "chain \"%s\" has no policy",
			      name);
	if (chain_find(r->set, r->table_id, name))
		return broken(r, &r->words[0], "chain \"%s\" comes twice",
			      name);
	add_chain(r, name);
	return 0;
}

/* The words as a shell has to be given them. */
static const char *removal(struct line_reader *r, unsigned int first)
{
	bool is_ipv6 = r->rule->count &&
		       r->rule->choices[0].traffic.size == 16;
	const char *command = ruleset_printf(r->set, "%s%s -t %s -D",
					     is_ipv6 ? "ip6tables" : "iptables",
					     r->source->suffix, r->table);

	for (unsigned int i = first; i < r->count; i++) {
		const char *word = ruleset_quote(r->set, r->words[i].text);

		if (!word)
			return NULL;
		/* Counters are no part of what a rule is known by. */
		if (is_word(&r->words[i], "-c")) {
			i += 2;
			continue;
		}
		command = ruleset_printf(r->set, "%s %s", command, word);
	}
	return command;
}

/* "-A CHAIN OPTIONS", perhaps with "[PACKETS:BYTES]" before it */
static int read_rule(struct line_reader *r)
{
	unsigned int chain_at = r->at + 1;
	struct chain *chain;

	if (chain_at >= r->count)
		return broken(r, &r->words[r->at], "no chain behind \"%s\"",
			      r->words[r->at].text);
	chain = chain_find(r->set, r->table_id, r->words[chain_at].text);
	if (!chain && hook_of(r->words[chain_at].text) != HOOK_NONE)
		chain = add_chain(r, r->words[chain_at].text);
	if (!chain)
		return broken(r, &r->words[chain_at], "there is no chain \"%s\" in table \"%s\"",
			      r->words[chain_at].text, r->table);
	r->rule = rule_add(r->set, chain);
	r->rule->place = ruleset_printf(r->set, "%s:%u", r->source->name, r->number);
	r->rule->text = line_excerpt(r, r->at, r->count);
	r->extension = NULL;
	r->is_target = false;
	r->verdict = VERDICT_GO_ON;
	r->at += 2;
	while (r->at < r->count)
		if (line_option(r))
			return -1;
	rule_decide(r->rule, r->verdict);
	r->rule->remove = removal(r, chain_at);
	return 0;
}

static int read_table(struct line_reader *r)
{
	if (r->table)
		return broken(r, &r->words[0], "table \"%s\" of line %u has no COMMIT",
			      r->table, r->table_line);
	if (!r->words[0].text[1])
		return broken(r, &r->words[0], "this table has no name");
	r->table = r->words[0].text + 1;
	r->table_line = r->number;
	r->table_id = r->set->tables++;
	return 0;
}

/* "# Generated by ip6tables-save v1.8.9 on ..." */
static void read_remark(struct line_reader *r)
{
	if (begins(r->line, "# Generated by ip6tables-save"))
		r->size = 16;
	else if (begins(r->line, "# Generated by iptables-save"))
		r->size = 4;
	else if (begins(r->line, "# Completed on"))
		r->size = 0;
}

static int read_in_table(struct line_reader *r)
{
	const struct word *word;

	if (is_word(&r->words[0], "COMMIT")) {
		r->table = NULL;
		return 0;
	}
	if (r->words[0].text[0] == ':')
		return read_chain(r);
	/* The counters of "iptables-save -c". */
	if (r->words[0].text[0] == '[' && r->count > 1)
		r->at = 1;
	word = &r->words[r->at];
	if (is_word(word, "-A") || is_word(word, "--append"))
		return read_rule(r);
	return broken(r, word, "\"%s\" is nothing that iptables-save writes",
		      word->text);
}

static int read_line(struct line_reader *r)
{
	if (r->line[strspn(r->line, " \t\r")] == '#') {
		read_remark(r);
		return 0;
	}
	if (split_line(r))
		return -1;
	if (!r->count)
		return 0;
	if (r->words[0].text[0] == '*')
		return read_table(r);
	if (!r->table)
		return broken(r, &r->words[0], "\"%s\" stands in no table",
			      r->words[0].text);
	return read_in_table(r);
}

static int take_line(struct line_reader *r, const char *text, size_t len)
{
	const char *nul = memchr(text, '\0', len);

	r->number++;
	if (nul)
		return broken_at(r, (size_t)(nul - text), "a NUL: this is no text");
	if (len > LINE_LEN_MAX)
		return broken_at(r, LINE_LEN_MAX, "the line is too long");
	r->line = ruleset_text(r->set, text, len);
	return read_line(r);
}

/**
 * text_read() - read what iptables-save or ip6tables-save wrote
 * @set: where the rules go
 * @source: whose text it is
 * @text: the text; several, one behind the other, are a text, too
 * @len: how many bytes
 * @err: what is wrong, and where
 *
 * Return: 0 or -1.
 */
int text_read(struct ruleset *set, const struct text_source *source,
	      const char *text, size_t len, struct text_error *err)
{
	struct line_reader r = { .set = set, .source = source, .err = err };

	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t size = end ? (size_t)(end - text) : len;

		if (take_line(&r, text, size))
			return -1;
		text += size + !!end;
		len -= size + !!end;
	}
	if (!r.table)
		return 0;
	r.number = r.table_line;
	return broken_at(&r, 0, "table \"%s\" has no COMMIT: the text is cut off",
			 r.table);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A configuration, as lines and as JSON: what is understood and then written as
 * "save" and "save -j" do means the same when it is read again.
 *
 * What is behind the first form feed is what any included file holds.
 */
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_other(const char *name, const char *mode);
static int find_other(const char *pattern, int flags,
		      int (*fault)(const char *path, int error), glob_t *found);

#define fopen	open_other
#define glob	find_other
/* The one source that opens files by itself. */
#include "config.c"
#undef fopen
#undef glob

#include "print.h"

#define NAME	"fuzz"

struct text {
	char *at;
	size_t len;
};

/**
 * struct reading - a configuration that is read, and all that it says
 * @config: the first member, as take() is given no more
 * @line: what is read
 * @limits: the last word on each
 * @exempts: as lines
 * @mappings: as lines
 * @json_exempts: the same
 * @json_mappings: the same
 * @is_utf8: nothing is in it that JSON cannot say
 */
struct reading {
	struct config config;
	struct config_line line;
	struct limits limits;
	FILE *exempts;
	FILE *mappings;
	json_t *json_exempts;
	json_t *json_mappings;
	bool is_utf8;
};

typedef int (*read_fn)(struct config *config, FILE *in, const char *name);

static struct text other;

static FILE *open_text(struct text text)
{
	FILE *in = text.len ? fmemopen(text.at, text.len, "r") :
			      fopen("/dev/null", "r");

	if (!in)
		abort();
	return in;
}

static FILE *open_other(const char *name, const char *mode)
{
	(void)name;
	(void)mode;
	return open_text(other);
}

static int find_other(const char *pattern, int flags,
		      int (*fault)(const char *path, int error), glob_t *found)
{
	(void)pattern;
	(void)flags;
	(void)fault;
	(void)found;
	return GLOB_NOMATCH;
}

static bool is_utf8(const char *text)
{
	json_t *string = json_string(text);

	json_decref(string);
	return string;
}

static void take_mapping(struct reading *reading, struct mapping *mapping)
{
	/* Names are for others to resolve. */
	if (*mapping->host)
		mapping->target.addr = mapping->match.addr;
	reading->is_utf8 &= is_utf8(mapping->comment) && is_utf8(mapping->iif);
	fputs("add ", reading->mappings);
	mapping_print(mapping, reading->mappings);
	fputc('\n', reading->mappings);
	json_array_append_new(reading->json_mappings, mapping_json(mapping));
}

static int take(struct config *config, struct config_item *item)
{
	struct reading *reading = (struct reading *)config;
	char text[ADDR_TEXT];

	switch (item->kind) {
	case CONFIG_MAPPING:
		take_mapping(reading, &item->mapping);
		break;
	case CONFIG_EXEMPT:
		fprintf(reading->exempts, "exempt add %s\n",
			prefix_text(&item->exempt, text));
		json_array_append_new(reading->json_exempts,
				      json_prefix(&item->exempt));
		break;
	case CONFIG_LIMITS:
		for (size_t i = 0; i < LIMITS; i++)
			if (item->limits.value[i])
				reading->limits.value[i] =
					item->limits.value[i];
		break;
	}
	return EXIT_OK;
}

/* "FILE:LINE:COLUMN: SENTENCE", fit for a terminal; included files have any name. */
static void check_error(const char *error)
{
	unsigned int line, column;
	int end = 0;

	if (!other.len &&
	    (sscanf(error, NAME ":%u:%u: %n", &line, &column, &end) != 2 ||
	     !end || !line || !column || !error[end]))
		abort();
	for (; *error; error++)
		if ((unsigned char)*error < ' ' || *error == '\x7f')
			abort();
}

static struct text as_lines(const struct reading *reading, struct text exempts,
			    struct text mappings)
{
	struct text lines = {};
	FILE *out = open_memstream(&lines.at, &lines.len);

	limits_print(&reading->limits, "set ", "\n", out);
	fwrite(exempts.at, 1, exempts.len, out);
	fwrite(mappings.at, 1, mappings.len, out);
	fclose(out);
	return lines;
}

/* What is read, written as lines and, if that is wanted and can be, as JSON. */
static int read_text(read_fn read, struct text text, struct text *lines,
		     char **json)
{
	struct reading reading = {
		.config = { .take = take, .line = &reading.line },
		.json_exempts = json_array(),
		.json_mappings = json_array(),
		.is_utf8 = true,
	};
	struct text exempts, mappings;
	FILE *in = open_text(text);
	json_t *object;
	int ret;

	reading.exempts = open_memstream(&exempts.at, &exempts.len);
	reading.mappings = open_memstream(&mappings.at, &mappings.len);
	ret = read(&reading.config, in, NAME);
	fclose(in);
	fclose(reading.exempts);
	fclose(reading.mappings);
	if (ret)
		check_error(reading.config.error);
	object = json_pack("{s:o, s:o, s:o}", "limits",
			   limits_json(&reading.limits), "exempts",
			   reading.json_exempts, "mappings",
			   reading.json_mappings);
	if (!ret) {
		*lines = as_lines(&reading, exempts, mappings);
		if (json && reading.is_utf8)
			*json = json_dumps(object, 0);
	}
	json_decref(object);
	free(exempts.at);
	free(mappings.at);
	config_drop(&reading.config);
	return ret;
}

static void check_again(read_fn read, struct text text, struct text want)
{
	struct text lines;

	if (read_text(read, text, &lines, NULL))
		abort();
	if (lines.len != want.len || memcmp(lines.at, want.at, want.len)) {
		fprintf(stderr, "was:\n%s\nis:\n%s\n", want.at, lines.at);
		abort();
	}
	free(lines.at);
}

static void check(read_fn read, struct text text)
{
	struct text lines;
	char *json = NULL;

	if (read_text(read, text, &lines, &json))
		return;
	check_again(config_read, lines, lines);
	if (json)
		check_again(config_read_json,
			    (struct text){ json, strlen(json) }, lines);
	free(json);
	free(lines.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *end = memchr(data, '\f', len);
	struct text text = { (char *)data, end ? (size_t)(end - data) : len };

	other = (struct text){ text.at + text.len, len - text.len };
	if (end) {
		other.at++;
		other.len--;
	}
	check(config_read, text);
	check(config_read_json, text);
	return 0;
}

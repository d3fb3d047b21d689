// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration as JSON: each entry becomes the words that would add it
 *
 * Only one entry at a time is in memory. What its words mean is config.c's
 * business, so JSON and lines can say just the same.
 */

#include <string.h>
#include <jansson.h>

#include "config.h"
#include "sipsteer.h"

#define NUMBER_TEXT	24

/**
 * struct entry - an entry that is being made a line
 * @config: the configuration
 * @key: of the value that is looked at
 * @here: where the entry begins
 */
struct entry {
	struct config *config;
	const char *key;
	struct config_place here;
};

static int fail_entry(const struct entry *entry, const char *key,
		      const char *what)
{
	struct config_line *line = entry->config->line;
	struct config_place *place = &line->places[0];
	char path[64];

	/* What is wrong has no word yet. */
	snprintf(path, sizeof(path), "%s%s%s", entry->key ? entry->key : "",
		 entry->key && key ? "." : "", key ? key : "");
	*place = entry->here;
	place->key = *path ? path : NULL;
	line->count = 1;
	return config_fail(entry->config, line, 0, "%s", what);
}

static void start_word(const struct entry *entry)
{
	struct config_place place = entry->here;

	place.key = entry->key;
	config_word_start(entry->config->line, place);
}

static void add_text(const struct entry *entry, const char *text)
{
	for (; *text; text++)
		config_word_add(entry->config->line, *text);
}

static void add_number(const struct entry *entry, const json_t *value)
{
	char text[NUMBER_TEXT];

	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT,
		 json_integer_value(value));
	add_text(entry, text);
}

static void end_word(const struct entry *entry)
{
	config_word_end(entry->config->line);
}

static void put_word(const struct entry *entry, const char *text)
{
	start_word(entry);
	add_text(entry, text);
	end_word(entry);
}

/* All keys of an object must be among @known, which NULL ends. */
static int check_keys(const struct entry *entry, json_t *object,
		      const char *const *known)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		int i = 0;

		while (known[i] && strcmp(known[i], key))
			i++;
		if (!known[i])
			return fail_entry(entry, key, "unknown key");
	}
	return EXIT_OK;
}

static int get_string(const struct entry *entry, const json_t *object,
		      const char *key, const char **text)
{
	*text = json_string_value(json_object_get(object, key));
	return *text ? EXIT_OK : fail_entry(entry, key, "not a string");
}

static int get_number(const struct entry *entry, const json_t *object,
		      const char *key, const json_t **number)
{
	*number = json_object_get(object, key);
	return json_is_integer(*number) ? EXIT_OK :
	       fail_entry(entry, key, "not a whole number");
}

/* ADDR[/LEN][:PORT], where IPv6 needs brackets if there is a port. */
static int put_address(const struct entry *entry, json_t *object, bool has_len,
		       bool has_port)
{
	const char *const known[] = {
		"addr", has_len ? "len" : "port", has_port ? "port" : NULL, NULL
	};
	const json_t *len = NULL, *port = NULL;
	const char *addr;
	bool brackets;

	if (!json_is_object(object))
		return fail_entry(entry, NULL, "not an object");
	if (check_keys(entry, object, known) ||
	    get_string(entry, object, "addr", &addr) ||
	    (has_len && json_object_get(object, "len") &&
	     get_number(entry, object, "len", &len)) ||
	    (has_port && get_number(entry, object, "port", &port)))
		return EXIT_USAGE;
	brackets = has_port && strchr(addr, ':');
	start_word(entry);
	add_text(entry, brackets ? "[" : "");
	add_text(entry, addr);
	add_text(entry, brackets ? "]" : "");
	if (len) {
		add_text(entry, "/");
		add_number(entry, len);
	}
	if (port) {
		add_text(entry, ":");
		add_number(entry, port);
	}
	end_word(entry);
	return EXIT_OK;
}

static int put_match(const struct entry *entry, json_t *value)
{
	return put_address(entry, value, true, true);
}

static int put_target(const struct entry *entry, json_t *value)
{
	return put_address(entry, value, false, true);
}

static int put_prefix(const struct entry *entry, json_t *value)
{
	return put_address(entry, value, true, false);
}

static int put_string(const struct entry *entry, json_t *value)
{
	if (!json_is_string(value))
		return fail_entry(entry, NULL, "not a string");
	put_word(entry, json_string_value(value));
	return EXIT_OK;
}

static int put_switch(const struct entry *entry, json_t *value)
{
	if (!json_is_boolean(value))
		return fail_entry(entry, NULL, "neither true nor false");
	put_word(entry, json_is_true(value) ? "on" : "off");
	return EXIT_OK;
}

static int put_strings(const struct entry *entry, json_t *value)
{
	size_t i;
	json_t *text;

	if (!json_is_array(value))
		return fail_entry(entry, NULL, "not an array");
	start_word(entry);
	json_array_foreach(value, i, text) {
		if (!json_is_string(text))
			return fail_entry(entry, NULL, "not an array of strings");
		add_text(entry, i ? "," : "");
		add_text(entry, json_string_value(text));
	}
	end_word(entry);
	return EXIT_OK;
}

/* In the order of the words of "add", as "show -j" names them. */
static const struct {
	const char *key;
	const char *word;
	int (*put)(const struct entry *entry, json_t *value);
} clauses[] = {
	{ "match", NULL, put_match },
	{ "target", "to", put_target },
	{ "proto", "proto", put_string },
	{ "from", "from", put_prefix },
	{ "iif", "iif", put_string },
	{ "methods", "methods", put_strings },
	{ "reply", "reply", put_string },
	{ "guard", "guard", put_switch },
	{ "route", "route", put_string },
	{ "comment", "comment", put_string },
};

/* What "show -j" tells besides, and no file can set. */
static const char *const ignored[] = { "id", "steered", "restored", "passed" };

static int check_mapping(const struct entry *entry, json_t *object)
{
	const char *known[ARRAY_SIZE(clauses) + ARRAY_SIZE(ignored) + 1] = {};

	for (size_t i = 0; i < ARRAY_SIZE(clauses); i++)
		known[i] = clauses[i].key;
	memcpy(known + ARRAY_SIZE(clauses), ignored, sizeof(ignored));
	return check_keys(entry, object, known);
}

static int put_mapping(struct entry *entry, json_t *object)
{
	int ret = check_mapping(entry, object);

	put_word(entry, "add");
	for (size_t i = 0; i < ARRAY_SIZE(clauses) && !ret; i++) {
		json_t *value = json_object_get(object, clauses[i].key);

		if (!value)
			continue;
		entry->key = clauses[i].key;
		if (clauses[i].word)
			put_word(entry, clauses[i].word);
		ret = clauses[i].put(entry, value);
	}
	return ret;
}

static int put_exempt(struct entry *entry, json_t *object)
{
	put_word(entry, "exempt");
	put_word(entry, "add");
	return put_prefix(entry, object);
}

static int put_limits(struct entry *entry, json_t *object)
{
	struct config_line *line = entry->config->line;
	const json_t *value;
	const char *name;
	json_t *ignore;
	int ret;

	put_word(entry, "set");
	json_object_foreach(object, name, ignore) {
		ret = get_number(entry, object, name, &value);
		if (ret)
			return ret;
		/* The name is gone when the kernel answers, the word is not. */
		put_word(entry, name);
		entry->key = line->count ? line->words[line->count - 1] : NULL;
		line->places[line->count - 1].key = entry->key;
		start_word(entry);
		add_number(entry, value);
		end_word(entry);
		entry->key = NULL;
	}
	return EXIT_OK;
}

/**
 * struct member - one of the members of a whole configuration
 * @name: its key
 * @put: makes words of it, or of each of its entries
 * @is_list: it has entries
 */
static const struct member {
	const char *name;
	int (*put)(struct entry *entry, json_t *object);
	bool is_list;
} members[] = {
	{ "limits", put_limits, false },
	{ "exempts", put_exempt, true },
	{ "mappings", put_mapping, true },
};

/* What "show -j" prints. */
static const struct member bare = { "", put_mapping, true };

static size_t give_character(void *buffer, size_t size, void *data)
{
	struct config_source *source = data;

	if (source->c == EOF || !size)
		return 0;
	*(char *)buffer = (char)source->c;
	config_source_next(source);
	return 1;
}

/* One value, and no character more. NULL after saying what is wrong. */
static json_t *read_value(struct config *config, struct config_source *source)
{
	struct config_place place = source->here;
	json_error_t error;
	json_t *value;

	value = json_load_callback(give_character, source,
				   JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY |
				   JSON_REJECT_DUPLICATES, &error);
	if (value)
		return value;
	/* jansson counts from where it began. */
	if (error.line > 1) {
		place.line += (unsigned int)error.line - 1;
		place.column = error.column > 1 ? (unsigned int)error.column : 1;
	} else if (error.column > 1) {
		place.column += (unsigned int)error.column - 1;
	}
	config_fail_at(config, source->name, place, "%s", error.text);
	return NULL;
}

static void skip_space(struct config_source *source)
{
	while (source->c == ' ' || source->c == '\t' || source->c == '\n' ||
	       source->c == '\r')
		config_source_next(source);
}

/* Whether the next character is this one; it is skipped if so. */
static bool take_character(struct config_source *source, int c)
{
	skip_space(source);
	if (source->c != c)
		return false;
	config_source_next(source);
	return true;
}

static int read_entry(struct config *config, struct config_source *source,
		      const struct member *member, int index)
{
	struct entry entry = { .config = config };
	json_t *object;
	int ret;

	skip_space(source);
	entry.here = source->here;
	config_line_start(config->line, source->name);
	config->line->list = member->name;
	config->line->index = index;
	if (source->c != '{')
		return fail_entry(&entry, NULL, "not an object");
	object = read_value(config, source);
	if (!object)
		return EXIT_USAGE;
	ret = member->put(&entry, object);
	json_decref(object);
	/* No limits at all are no line. */
	if (ret || config->line->count == 1)
		return ret;
	return config_line_end(config);
}

static int read_list(struct config *config, struct config_source *source,
		     const struct member *member)
{
	int ret, index = 0;

	if (!take_character(source, '['))
		return config_fail_at(config, source->name, source->here,
				      "%s: not an array", member->name);
	if (take_character(source, ']'))
		return EXIT_OK;
	do {
		ret = read_entry(config, source, member, index++);
		if (ret)
			return ret;
	} while (take_character(source, ','));
	if (take_character(source, ']'))
		return EXIT_OK;
	return config_fail_at(config, source->name, source->here,
			      "neither \",\" nor \"]\" after an entry");
}

/* The member that a key names; NULL after saying what is wrong. */
static const struct member *read_key(struct config *config,
				     struct config_source *source,
				     unsigned int *seen)
{
	struct config_place place;
	const char *name;
	json_t *key;
	size_t i = 0;

	skip_space(source);
	place = source->here;
	if (source->c != '"') {
		config_fail_at(config, source->name, place, "not a key");
		return NULL;
	}
	key = read_value(config, source);
	if (!key)
		return NULL;
	name = json_string_value(key);
	while (i < ARRAY_SIZE(members) && strcmp(members[i].name, name))
		i++;
	if (i == ARRAY_SIZE(members))
		config_fail_at(config, source->name, place,
			       "unknown key \"%s\": limits, exempts or mappings",
			       name);
	else if (*seen & 1u << i)
		config_fail_at(config, source->name, place,
			       "\"%s\" comes twice", name);
	json_decref(key);
	if (i == ARRAY_SIZE(members) || *seen & 1u << i)
		return NULL;
	*seen |= 1u << i;
	return &members[i];
}

static int read_member(struct config *config, struct config_source *source,
		       unsigned int *seen)
{
	const struct member *member = read_key(config, source, seen);

	if (!member)
		return EXIT_USAGE;
	if (!take_character(source, ':'))
		return config_fail_at(config, source->name, source->here,
				      "no \":\" after a key");
	return member->is_list ? read_list(config, source, member) :
				 read_entry(config, source, member, -1);
}

static int read_members(struct config *config, struct config_source *source)
{
	unsigned int seen = 0;
	int ret;

	if (take_character(source, '}'))
		return EXIT_OK;
	do {
		ret = read_member(config, source, &seen);
		if (ret)
			return ret;
	} while (take_character(source, ','));
	if (take_character(source, '}'))
		return EXIT_OK;
	return config_fail_at(config, source->name, source->here,
			      "neither \",\" nor \"}\" after a member");
}

static int read_document(struct config *config, struct config_source *source)
{
	int ret;

	skip_space(source);
	if (source->c == '[') {
		config->only_mappings = true;
		ret = read_list(config, source, &bare);
	} else if (take_character(source, '{')) {
		ret = read_members(config, source);
	} else {
		ret = config_fail_at(config, source->name, source->here,
				     "neither an object nor an array");
	}
	if (ret)
		return ret;
	skip_space(source);
	if (source->c == EOF)
		return EXIT_OK;
	return config_fail_at(config, source->name, source->here,
			      "something follows the end");
}

/**
 * config_read_json() - read a configuration that is JSON
 * @config: @take and @line are set, the rest is zeroed
 * @in: where from
 * @name: name of that, for messages
 *
 * An object as "save -j" prints it, or an array as "show -j" does. The first
 * error ends it; some items may have been taken by then.
 *
 * Return: an &enum exit_code. If it is not %EXIT_OK there is a message in
 * @config.
 */
int config_read_json(struct config *config, FILE *in, const char *name)
{
	struct config_source source;
	int broken, ret;

	config_source_start(&source, in, name, NULL);
	ret = read_document(config, &source);
	broken = config_source_end(config, &source);
	return broken ? broken : ret;
}

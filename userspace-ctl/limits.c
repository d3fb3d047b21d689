// SPDX-License-Identifier: GPL-2.0
/*
 * Limits: from words, to and from the kernel, to text and JSON
 */

#include <string.h>
#include <linux/sipsteer.h>

#include "genl.h"
#include "limits.h"
#include "parse.h"

static const struct {
	const char *name;
	int attr;
	bool is_time;
	unsigned int min, max;
} known[LIMITS] = {
	[LIMIT_FLOW_MAX] = {
		"flow-max", SIPSTEER_A_LIMITS_FLOW_MAX, false,
		1, SIPSTEER_FLOW_MAX_MAX
	},
	[LIMIT_FLOW_ESTABLISHED] = {
		"flow-established", SIPSTEER_A_LIMITS_FLOW_ESTABLISHED, true,
		1, SIPSTEER_FLOW_TIMEOUT_MAX
	},
	[LIMIT_FLOW_TRANSITORY] = {
		"flow-transitory", SIPSTEER_A_LIMITS_FLOW_TRANSITORY, true,
		1, SIPSTEER_FLOW_TIMEOUT_MAX
	},
	[LIMIT_EVENT_RATE] = {
		"event-rate", SIPSTEER_A_LIMITS_EVENT_RATE, false,
		1, SIPSTEER_EVENT_RATE_MAX
	},
	[LIMIT_TRANSACTION_MAX] = {
		"transaction-max", SIPSTEER_A_LIMITS_TRANSACTION_MAX, false,
		SIPSTEER_TRANSACTION_MAX_MIN, SIPSTEER_TRANSACTION_MAX_MAX
	},
};

static enum limit find_limit(const char *word)
{
	enum limit limit = 0;

	while (limit < LIMITS && strcmp(known[limit].name, word))
		limit++;
	return limit;
}

static int unknown_limit(const char *word, struct parse_error *err)
{
	char names[192] = "";

	for (enum limit limit = 0; limit < LIMITS; limit++) {
		strcat(names, limit ? ", " : "");
		strcat(names, known[limit].name);
	}
	return parse_fail(err, "unknown limit \"%s\"; known are %s", word,
			  names);
}

static int parse_value(enum limit limit, const char *word, uint32_t *value,
		       struct parse_error *err)
{
	unsigned long number;
	int bad;

	bad = known[limit].is_time ?
	      parse_seconds(word, known[limit].max, &number) :
	      parse_number(word, strlen(word), known[limit].max, &number);
	if (!bad && number >= known[limit].min) {
		*value = (uint32_t)number;
		return 0;
	}
	if (known[limit].is_time)
		return parse_fail(err,
				  "bad %s \"%s\": a time from 1s to %us, such as 7440, 124m or 2h",
				  known[limit].name, word, known[limit].max);
	return parse_fail(err, "bad %s \"%s\": a number from %u to %u",
			  known[limit].name, word, known[limit].min,
			  known[limit].max);
}

/**
 * limits_parse() - NAME VALUE [NAME VALUE]...
 * @limits: where they go
 * @count: how many words
 * @words: the words; they must live as long as @limits
 * @err: what is wrong, and with which word
 *
 * Return: 0 or -1.
 */
int limits_parse(struct limits *limits, unsigned int count, char *const *words,
		 struct parse_error *err)
{
	memset(limits, 0, sizeof(*limits));
	err->word = 0;
	if (!count)
		return parse_fail(err, "no limit, such as \"flow-max 65536\"");
	for (unsigned int i = 0; i < count; i += 2) {
		enum limit limit = find_limit(words[i]);

		err->word = i;
		if (limit == LIMITS)
			return unknown_limit(words[i], err);
		if (limits->words[limit])
			return parse_fail(err, "\"%s\" comes twice", words[i]);
		if (i + 1 == count)
			return parse_fail(err, "\"%s\" needs a value: a %s",
					  words[i], known[limit].is_time ?
					  "time" : "number");
		err->word = i + 1;
		if (parse_value(limit, words[i + 1], &limits->value[limit],
				err))
			return -1;
		limits->words[limit] = words[i + 1];
	}
	return 0;
}

/**
 * limits_put() - add the limits that were given to a request
 * @limits: the limits
 * @genl: holds the request
 */
void limits_put(const struct limits *limits, struct genl *genl)
{
	for (enum limit limit = 0; limit < LIMITS; limit++) {
		if (!limits->value[limit])
			continue;
		genl_blame(genl, known[limit].name, limits->words[limit]);
		genl_put_u32(genl, known[limit].attr, limits->value[limit]);
	}
}

/**
 * limits_get() - read limits that the kernel sent
 * @limits: where they go
 * @attrs: what the kernel sent
 */
void limits_get(struct limits *limits, const struct genl_attrs *attrs)
{
	memset(limits, 0, sizeof(*limits));
	for (enum limit limit = 0; limit < LIMITS; limit++)
		limits->value[limit] = genl_get_u32(attrs, known[limit].attr,
						    0);
}

static int take_limits(const struct genl_attrs *attrs, void *data)
{
	limits_get(data, attrs);
	return 0;
}

/**
 * limits_read() - ask the kernel for all limits
 * @limits: where they go
 * @genl: the socket
 *
 * Return: 0 or a negative errno, for genl_result().
 */
int limits_read(struct limits *limits, struct genl *genl)
{
	memset(limits, 0, sizeof(*limits));
	genl_start(genl, SIPSTEER_CMD_LIMITS_GET, 0);
	return genl_do(genl, take_limits, limits);
}

/**
 * limits_equal() - whether limits are the same
 * @a: some
 * @b: others
 *
 * Return: true if they are.
 */
bool limits_equal(const struct limits *a, const struct limits *b)
{
	return !memcmp(a->value, b->value, sizeof(a->value));
}

/**
 * limits_print() - print limits as the words that would set them
 * @limits: the limits
 * @before: what comes before each
 * @after: what comes after each
 * @out: where to
 */
void limits_print(const struct limits *limits, const char *before,
		  const char *after, FILE *out)
{
	for (enum limit limit = 0; limit < LIMITS; limit++)
		if (limits->value[limit])
			fprintf(out, "%s%s %u%s%s", before, known[limit].name,
				limits->value[limit],
				known[limit].is_time ? "s" : "", after);
}

/**
 * limits_json() - limits as a JSON object
 * @limits: the limits
 *
 * Return: the object, or NULL without memory.
 */
json_t *limits_json(const struct limits *limits)
{
	json_t *object = json_object();

	for (enum limit limit = 0; limit < LIMITS; limit++)
		if (limits->value[limit])
			json_object_set_new(object, known[limit].name,
					    json_integer(limits->value[limit]));
	return object;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping: from words, to and from the kernel, to text and JSON
 */

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "genl.h"
#include "mapping.h"
#include "parse.h"
#include "print.h"
#include "sipsteer.h"

#define PROTO_BOTH	(SIPSTEER_PROTO_UDP | SIPSTEER_PROTO_TCP)

static const char *const proto_names[] = {
	[SIPSTEER_PROTO_UDP - 1] = "udp",
	[SIPSTEER_PROTO_TCP - 1] = "tcp",
	[PROTO_BOTH - 1] = "both",
	NULL
};

static const char *const reply_names[] = {
	[SIPSTEER_REPLY_RESTORE] = "restore",
	[SIPSTEER_REPLY_KEEP] = "keep",
	NULL
};

static const char *const route_names[] = {
	[SIPSTEER_ROUTE_KEEP] = "keep",
	[SIPSTEER_ROUTE_HIDE] = "hide",
	NULL
};

static const char *const switch_names[] = { "off", "on", NULL };

/* Bit by bit of enum sipsteer_method. */
static const char *const method_names[] = {
	"INVITE", "ACK", "OPTIONS", "BYE", "CANCEL", "REGISTER", "PRACK",
	"SUBSCRIBE", "NOTIFY", "PUBLISH", "INFO", "REFER", "MESSAGE", "UPDATE",
	"other", NULL
};

#define METHODS_ALL	((1u << (ARRAY_SIZE(method_names) - 1)) - 1)

static_assert(1u << (ARRAY_SIZE(method_names) - 2) == SIPSTEER_METHOD_OTHER,
	      "method_names lacks a method");

static int parse_match(struct mapping *m, const char *word,
		       struct parse_error *err)
{
	return addr_parse_match(word, &m->match, &m->match_port, err);
}

static int parse_to(struct mapping *m, const char *word,
		    struct parse_error *err)
{
	return addr_parse_target(word, &m->target, m->host, err);
}

static int parse_proto(struct mapping *m, const char *word,
		       struct parse_error *err)
{
	int choice = parse_choice(proto_names, word);

	if (choice < 0)
		return parse_fail(err, "bad proto \"%s\": udp, tcp or both",
				  word);
	m->proto = (uint8_t)(choice + 1);
	return 0;
}

static int parse_from(struct mapping *m, const char *word,
		      struct parse_error *err)
{
	return addr_parse_prefix(word, &m->from, err);
}

static int parse_iif(struct mapping *m, const char *word,
		     struct parse_error *err)
{
	size_t len = strlen(word);

	if (len >= sizeof(m->iif))
		return parse_fail(err, "interface name \"%s\" is longer than %zu bytes",
				  word, sizeof(m->iif) - 1);
	if (!parse_is_device(word))
		return parse_fail(err, "bad interface name \"%s\"", word);
	memcpy(m->iif, word, len + 1);
	return 0;
}

static int unknown_method(const char *name, size_t len,
			  struct parse_error *err)
{
	char known[192] = "";

	for (int i = 0; method_names[i]; i++) {
		strcat(known, i ? ", " : "");
		strcat(known, method_names[i]);
	}
	return parse_fail(err, "unknown method \"%.*s\"; known are %s and any",
			  (int)len, name, known);
}

static int parse_methods(struct mapping *m, const char *word,
			 struct parse_error *err)
{
	m->methods = 0;
	if (!strcmp(word, "any")) {
		m->methods = METHODS_ALL;
		return 0;
	}
	for (;; word++) {
		size_t len = strcspn(word, ",");
		int i = 0;

		while (method_names[i] && (strlen(method_names[i]) != len ||
					   memcmp(method_names[i], word, len)))
			i++;
		if (!method_names[i])
			return unknown_method(word, len, err);
		m->methods |= 1u << i;
		word += len;
		if (!*word)
			return 0;
	}
}

static int parse_reply(struct mapping *m, const char *word,
		       struct parse_error *err)
{
	int choice = parse_choice(reply_names, word);

	if (choice < 0)
		return parse_fail(err, "bad reply \"%s\": restore or keep",
				  word);
	m->reply = (uint8_t)choice;
	return 0;
}

static int parse_guard(struct mapping *m, const char *word,
		       struct parse_error *err)
{
	int choice = parse_choice(switch_names, word);

	if (choice < 0)
		return parse_fail(err, "bad guard \"%s\": on or off", word);
	m->guard = choice;
	return 0;
}

static int parse_route(struct mapping *m, const char *word,
		       struct parse_error *err)
{
	int choice = parse_choice(route_names, word);

	if (choice < 0)
		return parse_fail(err, "bad route \"%s\": keep or hide", word);
	m->route = (uint8_t)choice;
	return 0;
}

static int parse_comment(struct mapping *m, const char *word,
			 struct parse_error *err)
{
	size_t len = strlen(word);

	if (!len)
		return parse_fail(err, "the comment is empty");
	if (len >= sizeof(m->comment))
		return parse_fail(err, "the comment has %zu bytes; there is room for %zu",
				  len, sizeof(m->comment) - 1);
	for (const char *c = word; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			return parse_fail(err, "the comment has a control character");
	memcpy(m->comment, word, len + 1);
	return 0;
}

static const struct {
	const char *name;
	const char *value;
	int (*parse)(struct mapping *m, const char *word,
		     struct parse_error *err);
} clauses[CLAUSES] = {
	[CLAUSE_MATCH]	= { NULL, "ADDRESS[/LEN]:PORT", parse_match },
	[CLAUSE_TO]	= { "to", "ADDRESS:PORT or NAME:PORT", parse_to },
	[CLAUSE_PROTO]	= { "proto", "udp, tcp or both", parse_proto },
	[CLAUSE_FROM]	= { "from", "ADDRESS[/LEN]", parse_from },
	[CLAUSE_IIF]	= { "iif", "the name of an interface", parse_iif },
	[CLAUSE_METHODS] = { "methods", "METHOD[,METHOD...] or any",
			     parse_methods },
	[CLAUSE_REPLY]	= { "reply", "restore or keep", parse_reply },
	[CLAUSE_GUARD]	= { "guard", "on or off", parse_guard },
	[CLAUSE_ROUTE]	= { "route", "keep or hide", parse_route },
	[CLAUSE_COMMENT] = { "comment", "a text", parse_comment },
};

static enum mapping_clause find_clause(const char *word)
{
	enum mapping_clause clause = CLAUSE_MATCH + 1;

	while (clause < CLAUSES && strcmp(clauses[clause].name, word))
		clause++;
	return clause;
}

/* All that is wrong before the value itself is looked at. */
static int check_clause(const struct mapping *m, enum mapping_clause clause,
			const char *word, bool has_value, unsigned int allowed,
			struct parse_error *err)
{
	if (clause == CLAUSES)
		return parse_fail(err, "unknown word \"%s\"", word);
	if (!(allowed & 1u << clause))
		return parse_fail(err, "\"%s\" has no place here: it is no part of a mapping's key",
				  word);
	if (m->words[clause])
		return parse_fail(err, "\"%s\" comes twice", word);
	if (!has_value)
		return parse_fail(err, "\"%s\" needs a value: %s", word,
				  clauses[clause].value);
	return 0;
}

static void set_defaults(struct mapping *m)
{
	memset(m, 0, sizeof(*m));
	m->proto = PROTO_BOTH;
	m->methods = SIPSTEER_METHOD_REGISTER;
	m->reply = SIPSTEER_REPLY_RESTORE;
	m->guard = true;
	m->route = SIPSTEER_ROUTE_KEEP;
}

/**
 * mapping_parse() - MATCH to TARGET [proto PROTO] ...
 * @m: where it goes; what no clause gives has its default
 * @count: how many words
 * @words: the words; they must live as long as @m
 * @allowed: the clauses that may occur, a bit for each. MATCH needs no
 *	     keyword and comes first; where it or "to" is required the caller
 *	     checks that
 * @err: what is wrong, and with which word
 *
 * Return: 0 or -1.
 */
int mapping_parse(struct mapping *m, unsigned int count, char *const *words,
		  unsigned int allowed, struct parse_error *err)
{
	unsigned int i = 0;

	set_defaults(m);
	if (count && find_clause(words[0]) == CLAUSES) {
		err->word = 0;
		if (parse_match(m, words[0], err))
			return -1;
		m->words[CLAUSE_MATCH] = words[0];
		i = 1;
	}
	for (; i < count; i += 2) {
		enum mapping_clause clause = find_clause(words[i]);

		err->word = i;
		if (check_clause(m, clause, words[i], i + 1 < count, allowed,
				 err))
			return -1;
		err->word = i + 1;
		if (clauses[clause].parse(m, words[i + 1], err))
			return -1;
		m->words[clause] = words[i + 1];
	}
	return 0;
}

/**
 * mapping_parse_new() - MATCH to TARGET [proto PROTO] ...: what "add" takes
 * @m: where it goes
 * @count: how many words
 * @words: the words; they must live as long as @m
 * @err: what is wrong, and with which word
 *
 * Return: 0 or -1.
 */
int mapping_parse_new(struct mapping *m, unsigned int count,
		      char *const *words, struct parse_error *err)
{
	if (mapping_parse(m, count, words, CLAUSES_ALL, err))
		return -1;
	err->word = 0;
	if (!m->words[CLAUSE_MATCH])
		return parse_fail(err, "no MATCH, such as \"10.0.0.5:5054\", comes first");
	err->word = count;
	if (!m->words[CLAUSE_TO])
		return parse_fail(err, "no target: \"to ADDRESS:PORT\" is missing");
	return 0;
}

/**
 * mapping_parse_id() - id N
 * @id: where it goes
 * @count: how many words
 * @words: the words; the first is "id"
 * @err: what is wrong, and with which word
 *
 * Return: 0 or -1.
 */
int mapping_parse_id(uint32_t *id, unsigned int count, char *const *words,
		     struct parse_error *err)
{
	unsigned long number;

	err->word = 0;
	if (count < 2)
		return parse_fail(err, "\"id\" needs a value: the number of a mapping");
	err->word = 1;
	if (parse_number(words[1], strlen(words[1]), UINT32_MAX, &number))
		return parse_fail(err, "bad id \"%s\"", words[1]);
	err->word = 2;
	if (count > 2)
		return parse_fail(err, "\"%s\" after the id: an id says it all",
				  words[2]);
	*id = (uint32_t)number;
	return 0;
}

/**
 * mapping_resolve() - find the address of a target that came as a name
 * @m: a mapping that was parsed without a fault
 * @err: what is wrong
 *
 * Return: 0 or -1.
 */
int mapping_resolve(struct mapping *m, struct parse_error *err)
{
	if (!*m->host)
		return 0;
	return addr_resolve(m->host, m->match.addr.size, &m->target.addr, err);
}

/**
 * mapping_fits() - whether a mapping is one that was asked for
 * @m: the mapping
 * @filter: MATCH, proto, from and iif; those that were not given fit all
 *
 * Return: true if it is.
 */
bool mapping_fits(const struct mapping *m, const struct mapping *filter)
{
	if (filter->words[CLAUSE_MATCH] &&
	    (!prefix_equal(&m->match, &filter->match) ||
	     m->match_port != filter->match_port))
		return false;
	if (filter->words[CLAUSE_FROM] &&
	    !prefix_equal(&m->from, &filter->from))
		return false;
	if (filter->words[CLAUSE_IIF] && strcmp(m->iif, filter->iif))
		return false;
	return m->proto & filter->proto;
}

static bool blame(const struct mapping *m, struct genl *genl,
		  enum mapping_clause clause)
{
	if (m->words[clause])
		genl_blame(genl, clauses[clause].name, m->words[clause]);
	return m->words[clause];
}

/**
 * mapping_put() - add the clauses that were given to a request
 * @m: the mapping
 * @genl: holds the request
 */
void mapping_put(const struct mapping *m, struct genl *genl)
{
	if (blame(m, genl, CLAUSE_MATCH)) {
		genl_put_addr(genl, SIPSTEER_A_MAPPING_MATCH_ADDR,
			      &m->match.addr);
		genl_put_u8(genl, SIPSTEER_A_MAPPING_MATCH_LEN, m->match.len);
		genl_put_port(genl, SIPSTEER_A_MAPPING_MATCH_PORT,
			      m->match_port);
	}
	if (blame(m, genl, CLAUSE_TO)) {
		genl_put_addr(genl, SIPSTEER_A_MAPPING_TARGET_ADDR,
			      &m->target.addr);
		genl_put_port(genl, SIPSTEER_A_MAPPING_TARGET_PORT,
			      m->target.port);
	}
	if (blame(m, genl, CLAUSE_PROTO))
		genl_put_u8(genl, SIPSTEER_A_MAPPING_PROTO, m->proto);
	if (blame(m, genl, CLAUSE_FROM)) {
		genl_put_addr(genl, SIPSTEER_A_MAPPING_FROM_ADDR,
			      &m->from.addr);
		genl_put_u8(genl, SIPSTEER_A_MAPPING_FROM_LEN, m->from.len);
	}
	if (blame(m, genl, CLAUSE_IIF))
		genl_put_string(genl, SIPSTEER_A_MAPPING_IIF, m->iif);
	if (blame(m, genl, CLAUSE_METHODS))
		genl_put_u32(genl, SIPSTEER_A_MAPPING_METHODS, m->methods);
	if (blame(m, genl, CLAUSE_REPLY))
		genl_put_u8(genl, SIPSTEER_A_MAPPING_REPLY, m->reply);
	if (blame(m, genl, CLAUSE_GUARD))
		genl_put_u8(genl, SIPSTEER_A_MAPPING_GUARD, m->guard);
	if (blame(m, genl, CLAUSE_ROUTE))
		genl_put_u8(genl, SIPSTEER_A_MAPPING_ROUTE, m->route);
	if (blame(m, genl, CLAUSE_COMMENT))
		genl_put_string(genl, SIPSTEER_A_MAPPING_COMMENT, m->comment);
}

/**
 * mapping_get() - read a mapping that the kernel sent
 * @m: where it goes
 * @attrs: what the kernel sent
 *
 * Return: 0, or -EBADMSG if that is no mapping.
 */
int mapping_get(struct mapping *m, const struct genl_attrs *attrs)
{
	set_defaults(m);
	m->id = genl_get_u32(attrs, SIPSTEER_A_MAPPING_ID, 0);
	if (genl_get_prefix(attrs, SIPSTEER_A_MAPPING_MATCH_ADDR,
			    SIPSTEER_A_MAPPING_MATCH_LEN, &m->match) ||
	    genl_get_endpoint(attrs, SIPSTEER_A_MAPPING_TARGET_ADDR,
			      SIPSTEER_A_MAPPING_TARGET_PORT, &m->target))
		return -EBADMSG;
	m->match_port = genl_get_port(attrs, SIPSTEER_A_MAPPING_MATCH_PORT);
	m->proto = genl_get_u8(attrs, SIPSTEER_A_MAPPING_PROTO, m->proto);
	if (attrs->tb[SIPSTEER_A_MAPPING_FROM_ADDR] &&
	    genl_get_prefix(attrs, SIPSTEER_A_MAPPING_FROM_ADDR,
			    SIPSTEER_A_MAPPING_FROM_LEN, &m->from))
		return -EBADMSG;
	genl_get_string(attrs, SIPSTEER_A_MAPPING_IIF, m->iif,
			sizeof(m->iif));
	m->methods = genl_get_u32(attrs, SIPSTEER_A_MAPPING_METHODS,
				  m->methods);
	m->reply = genl_get_u8(attrs, SIPSTEER_A_MAPPING_REPLY, m->reply);
	m->guard = genl_get_u8(attrs, SIPSTEER_A_MAPPING_GUARD, m->guard);
	m->route = genl_get_u8(attrs, SIPSTEER_A_MAPPING_ROUTE, m->route);
	genl_get_string(attrs, SIPSTEER_A_MAPPING_COMMENT, m->comment,
			sizeof(m->comment));
	m->steered = genl_get_u64(attrs, SIPSTEER_A_MAPPING_STEERED, 0);
	m->restored = genl_get_u64(attrs, SIPSTEER_A_MAPPING_RESTORED, 0);
	m->passed = genl_get_u64(attrs, SIPSTEER_A_MAPPING_PASSED, 0);
	return 0;
}

/**
 * proto_name() - the name of protocols
 * @proto: SIPSTEER_PROTO_*
 *
 * Return: the name; a newer kernel may have protocols without one here.
 */
const char *proto_name(uint8_t proto)
{
	return proto && proto <= PROTO_BOTH ? proto_names[proto - 1] :
					      "unknown";
}

/* A newer kernel may have values without a name here, too. */
static const char *reply_name(const struct mapping *m)
{
	return m->reply < ARRAY_SIZE(reply_names) - 1 ? reply_names[m->reply] :
							"unknown";
}

static const char *route_name(const struct mapping *m)
{
	return m->route < ARRAY_SIZE(route_names) - 1 ? route_names[m->route] :
							"unknown";
}

static void print_methods(uint32_t methods, FILE *out)
{
	const char *comma = "";

	fputs(" methods ", out);
	if ((methods & METHODS_ALL) == METHODS_ALL) {
		fputs("any", out);
		return;
	}
	if (!(methods & METHODS_ALL))
		fputs("unknown", out);
	for (int i = 0; method_names[i]; i++) {
		if (!(methods & 1u << i))
			continue;
		fprintf(out, "%s%s", comma, method_names[i]);
		comma = ",";
	}
}

/**
 * mapping_print() - print a mapping as the words that would add it
 * @m: the mapping
 * @out: where to; no newline is printed
 *
 * What is the default is not printed.
 */
void mapping_print(const struct mapping *m, FILE *out)
{
	char text[ADDR_TEXT];

	print_color(out, COLOR_MATCH, "%s",
		    match_text(&m->match, m->match_port, text));
	fputs(" to ", out);
	print_color(out, COLOR_TARGET, "%s", endpoint_text(&m->target, text));
	if (m->proto != PROTO_BOTH)
		fprintf(out, " proto %s", proto_name(m->proto));
	if (m->from.addr.size)
		fprintf(out, " from %s", prefix_text(&m->from, text));
	if (*m->iif) {
		fputs(" iif ", out);
		print_word(out, m->iif);
	}
	if (m->methods != SIPSTEER_METHOD_REGISTER)
		print_methods(m->methods, out);
	if (m->reply != SIPSTEER_REPLY_RESTORE)
		fprintf(out, " reply %s", reply_name(m));
	if (!m->guard)
		fputs(" guard off", out);
	if (m->route != SIPSTEER_ROUTE_KEEP)
		fprintf(out, " route %s", route_name(m));
	if (*m->comment) {
		fputs(" comment ", out);
		print_word(out, m->comment);
	}
}

static json_t *json_match(const struct mapping *m)
{
	json_t *match = json_prefix(&m->match);

	json_object_set_new(match, "port", json_integer(m->match_port));
	return match;
}

static json_t *json_methods(uint32_t methods)
{
	json_t *array = json_array();

	for (int i = 0; method_names[i]; i++)
		if (methods & 1u << i)
			json_array_append_new(array,
					      json_string(method_names[i]));
	return array;
}

/**
 * mapping_json() - a mapping as a JSON object
 * @m: the mapping
 *
 * All names are always there but "from", "iif" and "comment", which have no
 * value that would mean "none".
 *
 * Return: the object, or NULL without memory.
 */
json_t *mapping_json(const struct mapping *m)
{
	json_t *object = json_pack("{s:I, s:o, s:o, s:s}",
				   "id", (json_int_t)m->id,
				   "match", json_match(m),
				   "target", json_endpoint(&m->target),
				   "proto", proto_name(m->proto));

	if (m->from.addr.size)
		json_object_set_new(object, "from", json_prefix(&m->from));
	if (*m->iif)
		json_object_set_new(object, "iif", json_text(m->iif));
	json_object_set_new(object, "methods", json_methods(m->methods));
	json_object_set_new(object, "reply", json_string(reply_name(m)));
	json_object_set_new(object, "guard", json_boolean(m->guard));
	json_object_set_new(object, "route", json_string(route_name(m)));
	if (*m->comment)
		json_object_set_new(object, "comment", json_text(m->comment));
	json_object_set_new(object, "steered",
			    json_integer((json_int_t)m->steered));
	json_object_set_new(object, "restored",
			    json_integer((json_int_t)m->restored));
	json_object_set_new(object, "passed",
			    json_integer((json_int_t)m->passed));
	return object;
}

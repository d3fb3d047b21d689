/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MAPPING_H
#define MAPPING_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <jansson.h>
#include <linux/sipsteer.h>

#include "addr.h"

struct genl;
struct genl_attrs;
struct parse_error;

/* The clauses of a mapping, in the order in which they are printed. */
enum mapping_clause {
	CLAUSE_MATCH,
	CLAUSE_TO,
	CLAUSE_PROTO,
	CLAUSE_FROM,
	CLAUSE_IIF,
	CLAUSE_METHODS,
	CLAUSE_REPLY,
	CLAUSE_GUARD,
	CLAUSE_ROUTE,
	CLAUSE_COMMENT,
	CLAUSES
};

/* Which clauses may stand together. */
enum {
	CLAUSES_KEY = 1 << CLAUSE_MATCH | 1 << CLAUSE_PROTO |
		      1 << CLAUSE_FROM | 1 << CLAUSE_IIF,
	CLAUSES_ALL = (1 << CLAUSES) - 1,
};

/**
 * struct mapping - a mapping, or the key of one
 * @id: chosen by the kernel
 * @match: where the client wrongly writes to
 * @match_port: the port there
 * @target: where that goes instead
 * @host: name of the target before it is resolved, else empty
 * @proto: SIPSTEER_PROTO_*
 * @from: only clients in this prefix; no address for all
 * @iif: only from this interface; empty for all
 * @methods: SIPSTEER_METHOD_*
 * @reply: a SIPSTEER_REPLY_*
 * @guard: relayed requests pass
 * @route: a SIPSTEER_ROUTE_*
 * @comment: free text
 * @steered: UDP requests, and TCP connections, steered
 * @restored: UDP replies restored, and steered TCP connections answered
 * @passed: datagrams, and attempts to connect, that matched and passed
 * @words: by clause, the word that gave its value; NULL for the default
 */
struct mapping {
	uint32_t id;
	struct prefix match;
	uint16_t match_port;
	struct endpoint target;
	char host[HOST_TEXT];
	uint8_t proto;
	struct prefix from;
	char iif[IF_NAMESIZE];
	uint32_t methods;
	uint8_t reply;
	bool guard;
	uint8_t route;
	char comment[SIPSTEER_COMMENT_MAX + 1];
	unsigned long long steered;
	unsigned long long restored;
	unsigned long long passed;
	const char *words[CLAUSES];
};

int mapping_parse(struct mapping *mapping, unsigned int count,
		  char *const *words, unsigned int allowed,
		  struct parse_error *err);
int mapping_parse_new(struct mapping *mapping, unsigned int count,
		      char *const *words, struct parse_error *err);
int mapping_parse_id(uint32_t *id, unsigned int count, char *const *words,
		     struct parse_error *err);
int mapping_resolve(struct mapping *mapping, struct parse_error *err);
bool mapping_fits(const struct mapping *mapping, const struct mapping *filter);

void mapping_put(const struct mapping *mapping, struct genl *genl);
int mapping_get(struct mapping *mapping, const struct genl_attrs *attrs);

const char *proto_name(uint8_t proto);
void mapping_print(const struct mapping *mapping, FILE *out);
json_t *mapping_json(const struct mapping *mapping);

#endif

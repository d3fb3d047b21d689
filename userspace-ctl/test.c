// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer test
 */

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/sipsteer.h>

#include "counters.h"
#include "genl.h"
#include "parse.h"
#include "print.h"
#include "sipsteer.h"

enum test_option {
	OPTION_FROM,
	OPTION_TO,
	OPTION_PROTO,
	OPTION_IIF,
	OPTION_FILE,
	OPTION_LOCAL,
	OPTIONS
};

static const struct {
	const char *name;
	const char *value;
} known[OPTIONS] = {
	[OPTION_FROM]	= { "--from", "ADDRESS:PORT" },
	[OPTION_TO]	= { "--to", "ADDRESS:PORT" },
	[OPTION_PROTO]	= { "--proto", "udp or tcp" },
	[OPTION_IIF]	= { "--iif", "the name of an interface" },
	[OPTION_FILE]	= { "--file", "the name of a file, or -" },
	[OPTION_LOCAL]	= { "--local", NULL },
};

/**
 * struct question - the packet to judge
 * @words: by option, its value as typed, or NULL
 * @from: source
 * @to: destination
 * @is_tcp: it is a SYN, which carries nothing; else a UDP datagram
 * @payload: what it carries
 * @size: of the payload
 */
struct question {
	const char *words[OPTIONS];
	struct endpoint from;
	struct endpoint to;
	bool is_tcp;
	char payload[GENL_PAYLOAD_MAX + 1];
	size_t size;
};

/**
 * struct verdict - what the kernel would do
 * @reason: the counter that the packet would add to
 * @mapping: the mapping that matched
 * @has_mapping: one did
 * @target: where the packet would go, if it would be steered
 */
struct verdict {
	uint32_t reason;
	uint32_t mapping;
	bool has_mapping;
	struct endpoint target;
};

static int read_words(struct question *q, int count, char **words)
{
	for (int i = 0; i < count; i++) {
		enum test_option option = 0;

		while (option < OPTIONS && strcmp(known[option].name, words[i]))
			option++;
		if (option == OPTIONS)
			return fail(EXIT_USAGE, "unknown word \"%s\"", words[i]);
		if (q->words[option])
			return fail(EXIT_USAGE, "\"%s\" comes twice", words[i]);
		if (known[option].value && ++i == count)
			return fail(EXIT_USAGE, "\"%s\" needs a value: %s",
				    known[option].name, known[option].value);
		q->words[option] = words[i];
	}
	return EXIT_OK;
}

static int read_endpoint(const struct question *q, enum test_option option,
			 struct endpoint *endpoint)
{
	struct parse_error err;

	if (!q->words[option])
		return fail(EXIT_USAGE, "\"%s %s\" is missing",
			    known[option].name, known[option].value);
	if (addr_parse_endpoint(q->words[option], endpoint, &err))
		return fail(EXIT_USAGE, "%s", err.text);
	return EXIT_OK;
}

static int check_words(struct question *q)
{
	static const char *const protos[] = { "udp", "tcp", NULL };
	const char *proto = q->words[OPTION_PROTO];
	const char *iif = q->words[OPTION_IIF];

	if (read_endpoint(q, OPTION_FROM, &q->from) ||
	    read_endpoint(q, OPTION_TO, &q->to))
		return EXIT_USAGE;
	if (proto && parse_choice(protos, proto) < 0)
		return fail(EXIT_USAGE, "bad proto \"%s\": udp or tcp", proto);
	q->is_tcp = proto && !strcmp(proto, "tcp");
	if (q->is_tcp && q->words[OPTION_FILE])
		return fail(EXIT_USAGE,
			    "--file with --proto tcp: the SYN, which is judged, carries nothing");
	if (iif && q->words[OPTION_LOCAL])
		return fail(EXIT_USAGE,
			    "--iif with --local: what this host sends arrives on no interface");
	if (iif && (!*iif || strlen(iif) >= IF_NAMESIZE))
		return fail(EXIT_USAGE, "bad interface name \"%s\"", iif);
	return EXIT_OK;
}

/* What a client with the bug sends: one Via, and a Route to the S-CSCF. */
static void build_register(struct question *q)
{
	char from[ADDR_TEXT], to[ADDR_TEXT];

	endpoint_text(&q->from, from);
	endpoint_text(&q->to, to);
	q->size = (size_t)snprintf(q->payload, sizeof(q->payload),
		"REGISTER sip:ims.example SIP/2.0\r\n"
		"Via: SIP/2.0/UDP %s;rport;branch=z9hG4bKsipsteer-test\r\n"
		"Route: <sip:%s;lr>\r\n"
		"Max-Forwards: 70\r\n"
		"From: <sip:user@ims.example>;tag=sipsteer-test\r\n"
		"To: <sip:user@ims.example>\r\n"
		"Call-ID: sipsteer-test\r\n"
		"CSeq: 1 REGISTER\r\n"
		"Contact: <sip:user@%s>\r\n"
		"Expires: 600000\r\n"
		"Content-Length: 0\r\n"
		"\r\n", from, to, from);
}

static int read_file(struct question *q, const char *name)
{
	bool is_stdin = !strcmp(name, "-");
	FILE *file = is_stdin ? stdin : fopen(name, "re");
	int ret = EXIT_OK;

	if (!file)
		return fail(EXIT_USAGE, "cannot open \"%s\": %s", name,
			    strerror(errno));
	q->size = fread(q->payload, 1, sizeof(q->payload), file);
	if (ferror(file))
		ret = fail(EXIT_USAGE, "cannot read \"%s\": %s", name,
			   strerror(errno));
	else if (q->size > GENL_PAYLOAD_MAX)
		ret = fail(EXIT_USAGE,
			   "\"%s\" is longer than %d bytes, which no UDP packet can carry",
			   name, GENL_PAYLOAD_MAX);
	if (!is_stdin)
		fclose(file);
	return ret;
}

static int read_payload(struct question *q)
{
	if (q->words[OPTION_FILE])
		return read_file(q, q->words[OPTION_FILE]);
	if (!q->is_tcp)
		build_register(q);
	return EXIT_OK;
}

static void put_option(const struct question *q, struct genl *genl,
		       enum test_option option)
{
	genl_blame(genl, known[option].name, q->words[option]);
}

static void put_question(const struct question *q, struct genl *genl)
{
	genl_start(genl, SIPSTEER_CMD_TEST, 0);
	put_option(q, genl, OPTION_FROM);
	genl_put_addr(genl, SIPSTEER_A_TEST_FROM_ADDR, &q->from.addr);
	genl_put_port(genl, SIPSTEER_A_TEST_FROM_PORT, q->from.port);
	put_option(q, genl, OPTION_TO);
	genl_put_addr(genl, SIPSTEER_A_TEST_TO_ADDR, &q->to.addr);
	genl_put_port(genl, SIPSTEER_A_TEST_TO_PORT, q->to.port);
	genl_blame(genl, NULL, q->words[OPTION_LOCAL]);
	genl_put_u8(genl, SIPSTEER_A_TEST_HOOK, q->words[OPTION_LOCAL] ?
		    SIPSTEER_HOOK_OUTPUT : SIPSTEER_HOOK_PREROUTING);
	if (q->words[OPTION_IIF]) {
		put_option(q, genl, OPTION_IIF);
		genl_put_string(genl, SIPSTEER_A_TEST_IIF,
				q->words[OPTION_IIF]);
	}
	put_option(q, genl, OPTION_PROTO);
	genl_put_u8(genl, SIPSTEER_A_TEST_PROTO, q->is_tcp ?
		    SIPSTEER_PROTO_TCP : SIPSTEER_PROTO_UDP);
	if (q->is_tcp)
		return;
	put_option(q, genl, OPTION_FILE);
	genl_put_data(genl, SIPSTEER_A_TEST_PAYLOAD, q->payload, q->size);
}

static bool is_steered(const struct verdict *verdict)
{
	return verdict->reason == SIPSTEER_COUNTER_STEERED ||
	       verdict->reason == SIPSTEER_COUNTER_TCP_STEERED;
}

static int take_verdict(const struct genl_attrs *attrs, void *data)
{
	struct verdict *verdict = data;

	if (!attrs->tb[SIPSTEER_A_TEST_REASON])
		return -EBADMSG;
	verdict->reason = genl_get_u32(attrs, SIPSTEER_A_TEST_REASON, 0);
	verdict->has_mapping = attrs->tb[SIPSTEER_A_TEST_MAPPING];
	verdict->mapping = genl_get_u32(attrs, SIPSTEER_A_TEST_MAPPING, 0);
	if (!is_steered(verdict))
		return 0;
	return genl_get_endpoint(attrs, SIPSTEER_A_TEST_TARGET_ADDR,
				 SIPSTEER_A_TEST_TARGET_PORT,
				 &verdict->target);
}

static void print_verdict(const struct verdict *verdict)
{
	const struct counter_info *info = counter_find(verdict->reason);
	char text[ADDR_TEXT], name[COUNTER_TEXT];

	if (is_steered(verdict)) {
		printf("steer to %s", endpoint_text(&verdict->target, text));
	} else {
		printf("pass: %s", counter_name(verdict->reason, name));
		/* The sentence goes on, so without its full stop. */
		if (info)
			printf(": %.*s", (int)strcspn(info->doc, "."),
			       info->doc);
	}
	if (verdict->has_mapping)
		printf(" (mapping %u)", verdict->mapping);
	putchar('\n');
}

static json_t *json_verdict(const struct verdict *verdict)
{
	const struct counter_info *info = counter_find(verdict->reason);
	bool steer = is_steered(verdict);
	char name[COUNTER_TEXT];
	json_t *object;

	object = json_pack("{s:s, s:s, s:s}",
			   "verdict", steer ? "steer" : "pass",
			   "reason", counter_name(verdict->reason, name),
			   "meaning", info ? info->doc : "");
	if (verdict->has_mapping)
		json_object_set_new(object, "mapping",
				    json_integer(verdict->mapping));
	if (steer)
		json_object_set_new(object, "target",
				    json_endpoint(&verdict->target));
	return object;
}

static int ask(const struct question *q)
{
	struct verdict verdict = {};
	struct genl *genl;
	int ret;

	genl = genl_open();
	if (!genl)
		return EXIT_KERNEL;
	put_question(q, genl);
	ret = genl_result(genl, genl_do(genl, take_verdict, &verdict));
	genl_close(genl);
	if (ret)
		return ret;
	if (options.json)
		return print_json(json_verdict(&verdict));
	print_verdict(&verdict);
	return EXIT_OK;
}

static int run(int count, char **words)
{
	struct question *q = calloc(1, sizeof(*q));
	int ret;

	if (!q)
		return fail(EXIT_KERNEL, "out of memory");
	ret = read_words(q, count, words);
	if (!ret)
		ret = check_words(q);
	if (!ret)
		ret = read_payload(q);
	if (!ret)
		ret = ask(q);
	free(q);
	return ret;
}

const struct verb test_verb = {
	.name = "test",
	.summary = "ask the kernel what would become of a packet, and why",
	.usage =
	"Usage: sipsteer [ -j [ -p ] ] test --from ADDRESS:PORT --to ADDRESS:PORT\n"
	"       [ --proto { udp | tcp } ] [ --local | --iif NAME ]\n"
	"       [ --file { NAME | - } ]\n"
	"\n"
	"--proto   a UDP datagram, or the SYN that opens a TCP connection; else UDP\n"
	"--local   a packet that this host sends\n"
	"--iif     the interface on which it arrives; else the one back to its source\n"
	"--file    what the datagram carries; else a REGISTER such as a client with the bug sends\n",
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * Words, text and JSON of mappings, limits and addresses, and configurations of
 * them. What is wrong on a command line or in a file is tested by test_cli.sh
 * and test_config.sh, with the exact messages.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* cmocka's fail() is a macro, which fail_msg() needs; ours is a function. */
#undef fail
#define broken(...)	(print_error(__VA_ARGS__), _fail(__FILE__, __LINE__))

#include "config.h"
#include "counters.h"
#include "limits.h"
#include "mapping.h"
#include "parse.h"
#include "print.h"
#include "sipsteer.h"

#define WORDS_MAX	24
#define MATCH_AND_TO	"10.0.0.5:5054", "to", "203.0.113.1:5060"

/* What sipsteer.c has; nothing here may print. */
struct options options;

int fail(enum exit_code code, const char *format, ...)
{
	broken("fail(%d, \"%s\")\n", code, format);
	return code;
}

void warn(const char *format, ...)
{
	broken("warn(\"%s\")\n", format);
}

static unsigned int count_words(char *const *words)
{
	unsigned int count = 0;

	while (words[count])
		count++;
	return count;
}

static void parse(struct mapping *mapping, char *const *words)
{
	struct parse_error err;

	if (mapping_parse(mapping, count_words(words), words, CLAUSES_ALL,
			  &err))
		broken("\"%s ...\": %s\n", words[0], err.text);
}

static char *print(const struct mapping *mapping)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	mapping_print(mapping, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_printed_as_typed(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		const char *text;
	} lines[] = {
		{ { MATCH_AND_TO }, "10.0.0.5:5054 to 203.0.113.1:5060" },
		{ { MATCH_AND_TO, "proto", "both", "methods", "REGISTER",
		    "reply", "restore", "guard", "on", "route", "keep" },
		  "10.0.0.5:5054 to 203.0.113.1:5060" },
		{ { "10.0.0.5/32:5054", "to", "203.0.113.1:5060" },
		  "10.0.0.5:5054 to 203.0.113.1:5060" },
		{ { "0.0.0.0/0:5054", "to", "203.0.113.1:65535" },
		  "0.0.0.0/0:5054 to 203.0.113.1:65535" },
		{ { "[2001:DB8:0::5]:5054", "to", "[2001:db8::1]:5060" },
		  "[2001:db8::5]:5054 to [2001:db8::1]:5060" },
		{ { "[::]/0:5054", "to", "[2001:db8::1]:5060", "from",
		    "2001:db8:1::/48" },
		  "[::]/0:5054 to [2001:db8::1]:5060 from 2001:db8:1::/48" },
		{ { MATCH_AND_TO, "comment", "a b", "route", "hide" },
		  "10.0.0.5:5054 to 203.0.113.1:5060 route hide comment \"a b\"" },
		{ { MATCH_AND_TO, "comment", "a b", "guard", "off", "reply",
		    "keep", "methods", "SUBSCRIBE,REGISTER,other", "iif",
		    "eth0", "from", "10.1.0.0/16", "proto", "udp" },
		  "10.0.0.5:5054 to 203.0.113.1:5060 proto udp from 10.1.0.0/16 iif eth0 methods REGISTER,SUBSCRIBE,other reply keep guard off comment \"a b\"" },
		{ { MATCH_AND_TO, "methods", "any", "proto", "tcp" },
		  "10.0.0.5:5054 to 203.0.113.1:5060 proto tcp methods any" },
		{ { MATCH_AND_TO, "iif", "a$b" },
		  "10.0.0.5:5054 to 203.0.113.1:5060 iif \"a\\$b\"" },
		{ { MATCH_AND_TO, "comment", "to" },
		  "10.0.0.5:5054 to 203.0.113.1:5060 comment to" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct mapping mapping;
		char *text;

		parse(&mapping, (char *const *)lines[i].words);
		text = print(&mapping);
		assert_string_equal(text, lines[i].text);
		free(text);
	}
}

static void test_error_names_the_word(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		unsigned int word;
	} lines[] = {
		{ { "10.0.0.5", "to", "203.0.113.1:5060" }, 0 },
		{ { "10.0.0.5:5054", "to", "203.0.113.1" }, 2 },
		{ { "10.0.0.5:5054", "to" }, 1 },
		{ { MATCH_AND_TO, "proto", "udp", "proto", "udp" }, 5 },
		{ { MATCH_AND_TO, "proto", "udp", "guard", "x" }, 6 },
		{ { MATCH_AND_TO, "proto", "udp", "color", "red" }, 5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char *const *words = (char *const *)lines[i].words;
		struct parse_error err = { .word = 99 };
		struct mapping mapping;

		assert_int_equal(mapping_parse(&mapping, count_words(words),
					       words, CLAUSES_ALL, &err), -1);
		assert_int_equal(err.word, lines[i].word);
	}
}

static void test_host_names(void **state)
{
	static const struct {
		const char *word;
		const char *host;
	} good[] = {
		{ "pcscf.example:5060", "pcscf.example" },
		{ "pcscf.example.:5060", "pcscf.example." },
		{ "p-cscf_1:5060", "p-cscf_1" },
		{ "1.2.3.example:5060", "1.2.3.example" },
	};
	static const char *const bad[] = {
		"127.1:5060", "0x7f.example.1:5060", ".:5060", "a b:5060",
		"a..1:5060", "[pcscf.example]:5060", "\xc3\xa4:5060",
	};
	char *words[] = { "10.0.0.5:5054", "to", NULL, NULL };
	struct mapping mapping;
	struct parse_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		words[2] = (char *)good[i].word;
		parse(&mapping, words);
		assert_string_equal(mapping.host, good[i].host);
		assert_int_equal(mapping.target.addr.size, 0);
		assert_int_equal(mapping.target.port, 5060);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		words[2] = (char *)bad[i];
		assert_int_equal(mapping_parse(&mapping, 3, words, CLAUSES_ALL,
					       &err), -1);
	}
}

static void test_localhost_resolves(void **state)
{
	char *words[] = { "10.0.0.5:5054", "to", "localhost:5060", NULL };
	struct mapping mapping;
	struct parse_error err;

	(void)state;
	parse(&mapping, words);
	if (mapping_resolve(&mapping, &err))
		broken("%s\n", err.text);
	assert_int_equal(mapping.target.addr.size, 4);
	assert_int_equal(mapping.target.addr.bytes[0], 127);
}

/* At every length a prefix of ones has host bits, and the right one has not. */
static void test_every_prefix_length(void **state)
{
	static const struct {
		const char *ones;
		int bits;
	} families[] = {
		{ "255.255.255.255", 32 },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 128 },
	};
	char word[ADDR_TEXT], text[ADDR_TEXT];
	struct parse_error err;
	struct prefix prefix;

	(void)state;
	for (int f = 0; f < 2; f++) {
		for (int len = 0; len < families[f].bits; len++) {
			int ones = 0;

			snprintf(word, sizeof(word), "%s/%d", families[f].ones,
				 len);
			assert_int_equal(addr_parse_prefix(word, &prefix, &err),
					 -1);
			for (int i = 0; i < prefix.addr.size; i++)
				ones += __builtin_popcount(prefix.addr.bytes[i]);
			assert_int_equal(ones, len);
			prefix_text(&prefix, text);
			assert_non_null(strstr(err.text, text));
			assert_int_equal(addr_parse_prefix(text, &prefix, &err),
					 0);
			assert_int_equal(prefix.len, len);
		}
		assert_int_equal(addr_parse_prefix(families[f].ones, &prefix,
						   &err), 0);
		assert_int_equal(prefix.len, families[f].bits);
	}
}

static void test_filter(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		bool fits;
	} filters[] = {
		{ { NULL }, true },
		{ { "10.0.0.0/24:5054" }, true },
		{ { "10.0.0.0/24:5055" }, false },
		{ { "10.0.0.0/25:5054" }, false },
		{ { "proto", "udp" }, true },
		{ { "proto", "tcp" }, false },
		{ { "proto", "both" }, true },
		{ { "from", "10.1.0.0/16" }, true },
		{ { "from", "10.1.0.0/17" }, false },
		{ { "iif", "eth0" }, true },
		{ { "iif", "eth1" }, false },
		{ { "10.0.0.0/24:5054", "iif", "eth1" }, false },
	};
	char *words[] = {
		"10.0.0.0/24:5054", "to", "203.0.113.1:5060", "proto", "udp",
		"from", "10.1.0.0/16", "iif", "eth0", NULL
	};
	struct mapping mapping, filter;

	(void)state;
	parse(&mapping, words);
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		parse(&filter, (char *const *)filters[i].words);
		assert_int_equal(mapping_fits(&mapping, &filter),
				 filters[i].fits);
	}
}

static void test_foreign_comment(void **state)
{
	char *words[] = { MATCH_AND_TO, NULL };
	struct mapping mapping;
	json_t *object;
	char *text;

	(void)state;
	parse(&mapping, words);
	strcpy(mapping.comment, "\x1b[2J\xff`\n");
	text = print(&mapping);
	assert_string_equal(text, "10.0.0.5:5054 to 203.0.113.1:5060 comment \"\\x1b[2J\xff\\`\\x0a\"");
	free(text);

	object = mapping_json(&mapping);
	assert_non_null(object);
	assert_string_equal(json_string_value(json_object_get(object, "comment")),
			    "\x1b[2J?`\n");
	json_decref(object);
}

static void test_json(void **state)
{
	char *words[] = {
		"[2001:db8::]/64:5054", "to", "[2001:db8:2::1]:5060", "methods",
		"INVITE,other", "from", "2001:db8:1::/48", "comment", "\xc3\xa4",
		NULL
	};
	struct mapping mapping;
	json_t *object;
	char *text;

	(void)state;
	parse(&mapping, words);
	mapping.id = 4294967295;
	mapping.steered = 9007199254740993;
	object = mapping_json(&mapping);
	text = json_dumps(object, JSON_COMPACT);
	assert_string_equal(text,
		"{\"id\":4294967295,"
		"\"match\":{\"addr\":\"2001:db8::\",\"len\":64,\"port\":5054},"
		"\"target\":{\"addr\":\"2001:db8:2::1\",\"port\":5060},"
		"\"proto\":\"both\","
		"\"from\":{\"addr\":\"2001:db8:1::\",\"len\":48},"
		"\"methods\":[\"INVITE\",\"other\"],\"reply\":\"restore\","
		"\"guard\":true,\"route\":\"keep\",\"comment\":\"\xc3\xa4\","
		"\"steered\":9007199254740993,\"restored\":0,\"passed\":0}");
	free(text);
	json_decref(object);
}

static void test_route_json(void **state)
{
	char *words[] = { MATCH_AND_TO, "route", "hide", NULL };
	struct mapping mapping;
	json_t *object;

	(void)state;
	parse(&mapping, words);
	object = mapping_json(&mapping);
	assert_string_equal(json_string_value(json_object_get(object, "route")),
			    "hide");
	json_decref(object);
}

static void test_times(void **state)
{
	static const struct {
		const char *word;
		unsigned long seconds;
	} times[] = {
		{ "0", 0 }, { "7440", 7440 }, { "7440s", 7440 },
		{ "124m", 7440 }, { "2h", 7200 }, { "120m", 7200 },
	};
	static const char *const wrong[] = {
		"", "s", "h", "5d", "2H", "5 m", "m5", "-1", "+1", "1.5h",
		"5ms", "5ss", "7441", "7441s", "125m", "3h",
		"18446744073709551617", /* 2^64, and a bit */
		"5124095576030432h",
	};
	unsigned long seconds;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		assert_int_equal(parse_seconds(times[i].word, 7440, &seconds),
				 0);
		assert_int_equal(seconds, times[i].seconds);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(parse_seconds(wrong[i], 7440, &seconds), -1);
}

/* What is printed sets the same limits, and those not given stay away. */
static void test_limits(void **state)
{
	char *words[] = { "flow-transitory", "4m", "flow-max", "7" };
	struct parse_error err;
	struct limits limits;
	json_t *object;
	char *text;
	size_t size;
	FILE *out;

	(void)state;
	assert_int_equal(limits_parse(&limits, 4, words, &err), 0);
	out = open_memstream(&text, &size);
	assert_non_null(out);
	limits_print(&limits, "", "\n", out);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, "flow-max 7\nflow-transitory 240s\n");
	free(text);

	object = limits_json(&limits);
	text = json_dumps(object, JSON_COMPACT);
	assert_string_equal(text, "{\"flow-max\":7,\"flow-transitory\":240}");
	free(text);
	json_decref(object);
}

static void test_limits_error_names_the_word(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		unsigned int word;
	} lines[] = {
		{ { "flow-maximum", "7" }, 0 },
		{ { "flow-max", "7", "flow-max", "7" }, 2 },
		{ { "flow-max", "7", "flow-established", "7d" }, 3 },
		{ { "flow-max", "7", "flow-established" }, 2 },
	};
	struct parse_error err;
	struct limits limits;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char *const *words = (char *const *)lines[i].words;

		assert_int_equal(limits_parse(&limits, count_words(words),
					      words, &err), -1);
		assert_int_equal(err.word, lines[i].word);
	}
}

/* A value that this tool does not know must not be read past a table. */
static void test_newer_kernel(void **state)
{
	char *words[] = { MATCH_AND_TO, NULL };
	char name[COUNTER_TEXT];
	struct mapping mapping;
	char *text;

	(void)state;
	parse(&mapping, words);
	mapping.proto = 7;
	mapping.reply = 200;
	mapping.route = 2;
	mapping.methods = 0xffff8000;
	text = print(&mapping);
	assert_string_equal(text, "10.0.0.5:5054 to 203.0.113.1:5060 proto unknown methods unknown reply unknown route unknown");
	free(text);
	assert_null(counter_find(UINT32_MAX));
	assert_string_equal(counter_name(UINT32_MAX, name),
			    "counter-4294967295");
	assert_string_equal(counter_name(SIPSTEER_COUNTER_STEERED, name),
			    "steered");
}

/* A configuration that is read, and prints what it has understood. */
struct reader {
	struct config config;
	struct config_line line;
	FILE *out;
};

static int print_item(struct config *config, struct config_item *item)
{
	FILE *out = ((struct reader *)config)->out;
	char text[ADDR_TEXT];

	switch (item->kind) {
	case CONFIG_MAPPING:
		fputs("add ", out);
		mapping_print(&item->mapping, out);
		break;
	case CONFIG_EXEMPT:
		fprintf(out, "exempt %s", prefix_text(&item->exempt, text));
		break;
	case CONFIG_LIMITS:
		fputs("set", out);
		limits_print(&item->limits, " ", "", out);
		break;
	}
	fputc('\n', out);
	return EXIT_OK;
}

static void assert_understood(int (*read)(struct config *config, FILE *in,
					  const char *name),
			      const char *text, const char *understood)
{
	struct reader reader = { .config.take = print_item };
	FILE *in = fmemopen((void *)text, strlen(text), "r");
	char *printed;
	size_t size;

	assert_non_null(in);
	reader.config.line = &reader.line;
	reader.out = open_memstream(&printed, &size);
	assert_non_null(reader.out);
	if (read(&reader.config, in, "text"))
		broken("%s\n", reader.config.error);
	config_drop(&reader.config);
	fclose(in);
	fclose(reader.out);
	assert_string_equal(printed, understood);
	free(printed);
}

static void test_lines_are_understood(void **state)
{
	static const struct {
		const char *text;
		const char *understood;
	} files[] = {
		{ "add 10.0.0.5:5054 to 203.0.113.1:5060 # proto udp\n",
		  "add 10.0.0.5:5054 to 203.0.113.1:5060\n" },
		{ "add 10.0.0.5:5054 to \\\n203.0.113.1:5060\\\n proto udp",
		  "add 10.0.0.5:5054 to 203.0.113.1:5060 proto udp\n" },
		{ "set flow-max 7 flow-transitory 4m\n\n#\nexempt add 2001:DB8::/32",
		  "set flow-max 7 flow-transitory 240s\nexempt 2001:db8::/32\n" },
		{ "add \"10.0.0.5:5054\" to 203.0.113.1:5060 comment \"a \\\" # \\\\ \\$ \\` $ \\x41\\x5a\\x6f b\"",
		  "add 10.0.0.5:5054 to 203.0.113.1:5060 comment \"a \\\" # \\\\ \\$ \\` \\$ AZo b\"\n" },
		{ "add 10.0.0.5:5054 to 203.0.113.1:5060 iif \"a\\x01\" comment \"\xc3\xa4\"",
		  "add 10.0.0.5:5054 to 203.0.113.1:5060 iif \"a\\x01\" comment \"\xc3\xa4\"\n" },
		{ "# nothing", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		assert_understood(config_read, files[i].text,
				  files[i].understood);
}

static void test_json_is_understood(void **state)
{
	(void)state;
	assert_understood(config_read_json,
			  "{\"limits\": {\"flow-transitory\": 240},"
			  " \"exempts\": [{\"addr\": \"10.0.0.0\", \"len\": 8},"
			  "  {\"addr\": \"2001:db8::1\"}],"
			  " \"mappings\": [{\"id\": 7, \"steered\": 7, \"restored\": 7, \"passed\": 7,"
			  "  \"comment\": \"a \\\" b\", \"route\": \"hide\", \"guard\": false,"
			  "  \"reply\": \"keep\", \"methods\": [\"REGISTER\", \"other\"],"
			  "  \"iif\": \"eth0\", \"from\": {\"addr\": \"2001:db8:1::\", \"len\": 48},"
			  "  \"proto\": \"tcp\", \"target\": {\"addr\": \"2001:db8::1\", \"port\": 5060},"
			  "  \"match\": {\"addr\": \"2001:db8:a::\", \"len\": 64, \"port\": 5054}}]}",
			  "set flow-transitory 240s\n"
			  "exempt 10.0.0.0/8\n"
			  "exempt 2001:db8::1\n"
			  "add [2001:db8:a::]/64:5054 to [2001:db8::1]:5060 proto tcp from 2001:db8:1::/48 iif eth0 methods REGISTER,other reply keep guard off route hide comment \"a \\\" b\"\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printed_as_typed),
		cmocka_unit_test(test_error_names_the_word),
		cmocka_unit_test(test_host_names),
		cmocka_unit_test(test_localhost_resolves),
		cmocka_unit_test(test_every_prefix_length),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_foreign_comment),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_route_json),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_error_names_the_word),
		cmocka_unit_test(test_newer_kernel),
		cmocka_unit_test(test_lines_are_understood),
		cmocka_unit_test(test_json_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The options of iptables' rules
 */

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "rules_line.h"
#include "rules.h"
#include "parse.h"
#include "sipsteer.h"

/* More than multiport takes, and than anyone lists. */
#define LIST_MAX	64

/* The value of the option that was read last. */
static const struct word *take(struct line_reader *r)
{
	if (r->at < r->count)
		return &r->words[r->at++];
	broken(r, &r->words[r->at - 1], "\"%s\" needs a value",
	       r->words[r->at - 1].text);
	return NULL;
}

/* --- what no mapping can say --- */

/* All words up to this one, from the option or its "!". */
static int unsupported(struct line_reader *r)
{
	rule_obstruct(r->set, r->rule, "no mapping has a word for \"%s\"",
		      line_excerpt(r, r->option, r->at));
	return 0;
}

/* The same, but the rule's cases say it. */
static void exceed(struct line_reader *r)
{
	rule_exceed(r->rule, ruleset_printf(r->set,
					    "no mapping has a word for \"%s\"",
					    line_excerpt(r, r->option, r->at)));
}

static int unsupported_source(struct line_reader *r)
{
	rule_obstruct(r->set, r->rule,
		      "no mapping has a word for \"%s\"; \"sipsteer exempt add\" might do",
		      line_excerpt(r, r->option, r->at));
	return 0;
}

/* --- addresses and ports --- */

static bool addr_of(const char *text, size_t len, struct addr *addr)
{
	char buffer[INET6_ADDRSTRLEN];
	int family = memchr(text, ':', len) ? AF_INET6 : AF_INET;

	memset(addr, 0, sizeof(*addr));
	addr->size = family == AF_INET ? 4 : 16;
	if (len >= sizeof(buffer))
		return false;
	memcpy(buffer, text, len);
	buffer[len] = '\0';
	return inet_pton(family, buffer, addr->bytes) == 1;
}

/* An address says of which family the rule is, if nothing else does. */
static int take_addr(struct line_reader *r, const struct word *word,
		     const char *text, size_t len, struct addr *addr)
{
	struct choice family;

	if (!addr_of(text, len, addr))
		return broken(r, word, "bad address \"%.*s\"", (int)len, text);
	choices_init(&family, 1);
	family.traffic.size = addr->size;
	rule_narrow(r->set, r->rule, &family, 1);
	if (!r->rule->count)
		return broken(r, word, "IPv%c address \"%.*s\" in a rule for the other family",
			      addr->size == 4 ? '4' : '6', (int)len, text);
	return 0;
}

static int take_length(struct line_reader *r, const struct word *word,
		       const char *text, size_t len, struct prefix *prefix)
{
	unsigned long value;
	struct addr mask;
	int bits;

	if (!parse_number(text, len, prefix->addr.size * 8u, &value)) {
		prefix->len = (unsigned char)value;
		return 0;
	}
	if (!addr_of(text, len, &mask) || mask.size != prefix->addr.size)
		return broken(r, word, "bad prefix length \"%.*s\"", (int)len,
			      text);
	bits = prefix_mask_len(&mask, mask.bytes);
	if (bits < 0)
		return unsupported(r);
	prefix->len = (unsigned char)bits;
	return 0;
}

/* ADDRESS[/LEN or /MASK], of which there may be a list. */
static int take_prefixes(struct line_reader *r, bool is_source)
{
	const struct word *word = take(r);
	struct choice list[LIST_MAX];
	const char *text;
	size_t count = 0;

	if (!word)
		return -1;
	choices_init(list, LIST_MAX);
	if (r->negated)
		return is_source ? unsupported_source(r) : unsupported(r);
	for (text = word->text;; text++) {
		size_t len = strcspn(text, ",");
		size_t addr_len = strcspn(text, ",/");
		struct prefix prefix;

		if (count == LIST_MAX)
			return unsupported(r);
		if (take_addr(r, word, text, addr_len, &prefix.addr))
			return -1;
		prefix.len = prefix.addr.size * 8;
		if (addr_len < len &&
		    take_length(r, word, text + addr_len + 1,
				len - addr_len - 1, &prefix))
			return -1;
		prefix_cut(&prefix);
		if (is_source)
			list[count].traffic.from = prefix;
		else
			list[count].traffic.to = prefix;
		count++;
		text += len;
		if (!*text)
			break;
	}
	rule_narrow(r->set, r->rule, list, count);
	return 0;
}

static int take_source(struct line_reader *r)
{
	return take_prefixes(r, true);
}

static int take_destination(struct line_reader *r)
{
	return take_prefixes(r, false);
}

static int take_range(struct line_reader *r, bool is_source)
{
	struct choice list[CHOICES_OF_RANGE];
	const struct word *word = take(r);
	struct addr first, last;
	const char *dash;
	size_t count;

	if (!word)
		return -1;
	if (r->negated)
		return unsupported(r);
	dash = strchr(word->text, '-');
	if (!dash)
		dash = word->text + strlen(word->text);
	if (take_addr(r, word, word->text, (size_t)(dash - word->text), &first))
		return -1;
	last = first;
	if (*dash && take_addr(r, word, dash + 1, strlen(dash + 1), &last))
		return -1;
	if (memcmp(first.bytes, last.bytes, first.size) > 0)
		return broken(r, word, "the range \"%s\" ends before it begins",
			      word->text);
	choices_init(list, CHOICES_OF_RANGE);
	count = choices_of_range(list, &first, &last, is_source);
	if (!count)
		return unsupported(r);
	rule_narrow(r->set, r->rule, list, count);
	return 0;
}

static int take_source_range(struct line_reader *r)
{
	return take_range(r, true);
}

static int take_destination_range(struct line_reader *r)
{
	return take_range(r, false);
}

/* iptables-save writes numbers; people write these names as well. */
static int port_of(const char *text, size_t len, unsigned long *port)
{
	if (len == 3 && !memcmp(text, "sip", 3))
		*port = 5060;
	else if (len == 4 && !memcmp(text, "sips", 4))
		*port = 5061;
	else
		return parse_number(text, len, UINT16_MAX, port);
	return 0;
}

/* PORT, or PORT and another one behind a separator. */
static int take_port_range(struct line_reader *r, const struct word *word,
			   const char *text, size_t len, char separator,
			   unsigned long *first, unsigned long *last)
{
	const char *end = memchr(text, separator, len);
	size_t first_len = end ? (size_t)(end - text) : len;

	*first = 0;
	*last = UINT16_MAX;
	/* "5060:" and ":5060" have an end that goes without saying. */
	if ((first_len || !end) && port_of(text, first_len, first))
		return broken(r, word, "bad port \"%.*s\"", (int)first_len,
			      text);
	if (!end)
		*last = *first;
	else if (first_len + 1 < len &&
		 port_of(end + 1, len - first_len - 1, last))
		return broken(r, word, "bad port \"%.*s\"",
			      (int)(len - first_len - 1), end + 1);
	return 0;
}

/* PORT[:PORT], of which multiport has a list. */
static int take_ports(struct line_reader *r, bool is_source)
{
	const struct word *word = take(r);
	struct ports ports[LIST_MAX];
	const char *text;
	size_t count = 0;

	if (!word)
		return -1;
	for (text = word->text;; text++) {
		size_t len = strcspn(text, ",");
		unsigned long first, last;

		if (count == LIST_MAX)
			return unsupported(r);
		if (take_port_range(r, word, text, len, ':', &first, &last))
			return -1;
		ports[count].first = (uint16_t)first;
		ports[count].last = (uint16_t)last;
		count++;
		text += len;
		if (!*text)
			break;
	}
	rule_narrow_ports(r->set, r->rule, ports, count, is_source, r->negated);
	/* All source ports are as good as none. */
	if (r->negated || (is_source && strcmp(word->text, "0:65535")))
		exceed(r);
	return 0;
}

static int take_destination_ports(struct line_reader *r)
{
	return take_ports(r, false);
}

static int take_source_ports(struct line_reader *r)
{
	return take_ports(r, true);
}

/* --- options of all rules --- */

static int take_proto(struct line_reader *r)
{
	const struct word *word = take(r);
	struct choice proto;

	if (!word)
		return -1;
	if (r->negated)
		return unsupported(r);
	choices_init(&proto, 1);
	if (!strcasecmp(word->text, "udp") || !strcmp(word->text, "17"))
		proto.traffic.proto = SIPSTEER_PROTO_UDP;
	else if (!strcasecmp(word->text, "tcp") || !strcmp(word->text, "6"))
		proto.traffic.proto = SIPSTEER_PROTO_TCP;
	else if (strcasecmp(word->text, "all") && strcmp(word->text, "0"))
		proto.traffic.proto = TRAFFIC_OTHER;
	rule_narrow(r->set, r->rule, &proto, 1);
	return 0;
}

static int take_iif(struct line_reader *r)
{
	const struct word *word = take(r);
	struct choice iif;
	size_t len;

	if (!word)
		return -1;
	len = strlen(word->text);
	if (len && word->text[len - 1] == '+') {
		if (len > 1 || r->negated)
			return unsupported(r);
		return 0;
	}
	if (r->negated)
		return unsupported(r);
	if (!len || len >= IF_NAMESIZE)
		return broken(r, word, "bad interface name \"%s\"", word->text);
	choices_init(&iif, 1);
	memcpy(iif.traffic.iif, word->text, len + 1);
	rule_narrow(r->set, r->rule, &iif, 1);
	return 0;
}

static int take_unsupported(struct line_reader *r)
{
	return take(r) ? unsupported(r) : -1;
}

static int no_value_unsupported(struct line_reader *r)
{
	return unsupported(r);
}

static int ignore(struct line_reader *r)
{
	return r->negated ? unsupported(r) : 0;
}

static int ignore_value(struct line_reader *r)
{
	if (!take(r))
		return -1;
	return r->negated ? unsupported(r) : 0;
}

static int ignore_counters(struct line_reader *r)
{
	const struct word *packets = take(r);

	return packets && take(r) ? 0 : -1;
}

/* --- options of matches --- */

/* In the table nat only what is new is seen; and that is all there is to it. */
static int take_state(struct line_reader *r)
{
	const struct word *word = take(r);

	if (!word)
		return -1;
	for (const char *text = word->text; *text && !r->negated; text++) {
		size_t len = strcspn(text, ",");

		if (len == 3 && !strncmp(text, "NEW", 3))
			return 0;
		text += len;
		if (!*text)
			break;
	}
	return unsupported(r);
}

/* What a SYN has is no condition where only SYNs are seen. */
static int take_flags(struct line_reader *r)
{
	const struct word *mask = take(r), *flags = mask ? take(r) : NULL;

	if (!flags)
		return -1;
	return r->negated || strcmp(flags->text, "SYN") ||
	       (strcmp(mask->text, "FIN,SYN,RST,ACK") &&
		strcmp(mask->text, "SYN") && strcmp(mask->text, "SYN,ACK")) ?
	       unsupported(r) : 0;
}

static int take_destination_type(struct line_reader *r)
{
	const struct word *word = take(r);
	struct choice type;

	if (!word)
		return -1;
	if (strcmp(word->text, "LOCAL"))
		return unsupported(r);
	choices_init(&type, 1);
	type.traffic.reach = r->negated ? TRAFFIC_TO_OTHER : TRAFFIC_TO_HERE;
	rule_narrow(r->set, r->rule, &type, 1);
	exceed(r);
	return 0;
}

static int take_comment(struct line_reader *r)
{
	const struct word *word = take(r);

	if (word)
		r->rule->comment = word->text;
	return word ? 0 : -1;
}

static int narrow_methods(struct line_reader *r, const char *pattern)
{
	struct choice methods;

	choices_init(&methods, 1);
	methods.traffic.methods = traffic_methods(pattern);
	if (r->negated || !methods.traffic.methods)
		return unsupported(r);
	rule_narrow(r->set, r->rule, &methods, 1);
	return 0;
}

static int take_string(struct line_reader *r)
{
	const struct word *word = take(r);

	return word ? narrow_methods(r, word->text) : -1;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "|52 45|GISTER": between bars there are bytes in hexadecimal. */
static int take_hex_string(struct line_reader *r)
{
	const struct word *word = take(r);
	char *pattern, *out;
	bool in_hex = false;

	if (!word)
		return -1;
	pattern = ruleset_alloc(r->set, strlen(word->text) + 1);
	out = pattern;
	for (const char *c = word->text; *c; c++) {
		if (*c == '|') {
			in_hex = !in_hex;
		} else if (!in_hex) {
			*out++ = *c;
		} else if (*c != ' ') {
			int high = hex_digit(*c), low = hex_digit(c[1]);

			if (high < 0 || low < 0)
				return broken(r, word, "bad hexadecimal digits in \"%s\"",
					      word->text);
			*out++ = (char)(high << 4 | low);
			c++;
		}
	}
	return narrow_methods(r, pattern);
}

/* --- targets --- */

static int set_target(struct line_reader *r, const struct endpoint *target)
{
	struct choice choice;

	choices_init(&choice, 1);
	choice.target = *target;
	rule_narrow(r->set, r->rule, &choice, 1);
	return 0;
}

/* Where in ADDRESS[-ADDRESS][:PORT[-PORT]] the address ends. */
static size_t address_length(const char *text)
{
	size_t len = strcspn(text, "-:");

	/* A second colon makes it IPv6, which has a port only in brackets. */
	if (text[len] == ':' && strchr(text + len + 1, ':'))
		return strcspn(text, "-");
	return len;
}

static int take_target_port(struct line_reader *r, const struct word *word,
			    const char *text, struct endpoint *target)
{
	unsigned long first, last;
	size_t len = strcspn(text, "/");

	if (take_port_range(r, word, text, len, '-', &first, &last))
		return -1;
	if (first != last)
		rule_exceed(r->rule, "its target is a range of ports");
	else if (!first)
		return broken(r, word, "bad port \"%s\"", text);
	target->port = (uint16_t)first;
	return 0;
}

/* ADDRESS, ADDRESS-ADDRESS, either with :PORT or :PORT-PORT, or :PORT alone. */
static int take_to_destination(struct line_reader *r)
{
	const struct word *word = take(r);
	struct endpoint target = {};
	const char *text;

	if (!word)
		return -1;
	for (text = word->text; *text && *text != ':'; text += *text == '-') {
		bool brackets = *text == '[';
		size_t len = brackets ? strcspn(text, "]") :
					address_length(text);

		if (target.addr.size)
			rule_exceed(r->rule, "its target is a range of addresses");
		if (brackets && !text[len])
			return broken(r, word, "no \"]\" in \"%s\"",
				      word->text);
		if (take_addr(r, word, text + brackets, len - brackets,
			      &target.addr))
			return -1;
		text += len + brackets;
		if (*text && *text != '-' && *text != ':')
			return broken(r, word, "\"%s\" behind the address in \"%s\"",
				      text, word->text);
	}
	if (*text == ':' && take_target_port(r, word, text + 1, &target))
		return -1;
	return set_target(r, &target);
}

static int take_to_ports(struct line_reader *r)
{
	const struct word *word = take(r);
	struct endpoint target = {};

	if (!word || take_target_port(r, word, word->text, &target))
		return -1;
	return set_target(r, &target);
}

static int take_helper(struct line_reader *r)
{
	const struct word *word = take(r);

	if (word)
		r->rule->helper = word->text;
	return word ? 0 : -1;
}

/* Where the rule sends packets, by the name of its target. */
static int decide(struct line_reader *r, const struct word *word, bool is_goto)
{
	static const struct {
		const char *name;
		enum verdict verdict;
		bool is_foreign;
	} known[] = {
		{ "ACCEPT", VERDICT_END },
		{ "DROP", VERDICT_END },
		{ "REJECT", VERDICT_END },
		{ "RETURN", VERDICT_RETURN },
		{ "DNAT", VERDICT_SEND },
		{ "REDIRECT", VERDICT_HERE },
		{ "NETMAP", VERDICT_SEND, true },
		{ "TPROXY", VERDICT_SEND, true },
	};

	r->extension = word->text;
	r->is_target = true;
	if (!strcmp(word->text, "FLOWOFFLOAD"))
		r->rule->offload = "";
	if (is_goto || chain_find(r->set, r->table_id, word->text)) {
		struct choice jump;

		choices_init(&jump, 1);
		jump.verdict = is_goto ? VERDICT_GOTO : VERDICT_JUMP;
		jump.chain = word->text;
		r->verdict = jump.verdict;
		rule_narrow(r->set, r->rule, &jump, 1);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(word->text, known[i].name))
			continue;
		r->verdict = known[i].verdict;
		if (known[i].is_foreign)
			rule_exceed(r->rule, ruleset_printf(r->set,
							    "no mapping does what %s does",
							    known[i].name));
	}
	return 0;
}

static int take_jump(struct line_reader *r)
{
	const struct word *word = take(r);

	return word ? decide(r, word, false) : -1;
}

static int take_goto(struct line_reader *r)
{
	const struct word *word = take(r);

	return word ? decide(r, word, true) : -1;
}

static int take_match(struct line_reader *r);

/**
 * struct option - an option of a rule
 * @extension: of which match or target, or NULL for all rules
 * @brief: its name
 * @full: another name, or NULL
 * @read: read its value
 */
static const struct option {
	const char *extension;
	const char *brief;
	const char *full;
	int (*read)(struct line_reader *r);
} known_options[] = {
	{ NULL, "-s", "--source", take_source },
	{ NULL, "-d", "--destination", take_destination },
	{ NULL, "--src", NULL, take_source },
	{ NULL, "--dst", NULL, take_destination },
	{ NULL, "-p", "--protocol", take_proto },
	{ NULL, "-i", "--in-interface", take_iif },
	{ NULL, "-o", "--out-interface", take_unsupported },
	{ NULL, "-f", "--fragment", no_value_unsupported },
	{ NULL, "-m", "--match", take_match },
	{ NULL, "-j", "--jump", take_jump },
	{ NULL, "-g", "--goto", take_goto },
	{ NULL, "-c", "--set-counters", ignore_counters },
	/* Of UDP and TCP, with or without "-m udp". */
	{ NULL, "--dport", "--destination-port", take_destination_ports },
	{ NULL, "--sport", "--source-port", take_source_ports },
	{ NULL, "--tcp-flags", NULL, take_flags },
	{ NULL, "--syn", NULL, ignore },
	{ "multiport", "--dports", "--destination-ports", take_destination_ports },
	{ "multiport", "--sports", "--source-ports", take_source_ports },
	{ "addrtype", "--dst-type", NULL, take_destination_type },
	{ "comment", "--comment", NULL, take_comment },
	{ "conntrack", "--ctstate", NULL, take_state },
	{ "state", "--state", NULL, take_state },
	{ "iprange", "--src-range", NULL, take_source_range },
	{ "iprange", "--dst-range", NULL, take_destination_range },
	{ "string", "--string", NULL, take_string },
	{ "string", "--hex-string", NULL, take_hex_string },
	{ "string", "--algo", NULL, ignore_value },
	{ "string", "--from", NULL, ignore_value },
	{ "string", "--to", NULL, ignore_value },
	{ "string", "--icase", NULL, ignore },
	{ "DNAT", "--to-destination", "--to", take_to_destination },
	{ "DNAT", "--random", "--persistent", ignore },
	{ "REDIRECT", "--to-ports", "--to-port", take_to_ports },
	{ "REDIRECT", "--random", "--random-fully", ignore },
	{ "CT", "--helper", NULL, take_helper },
};

static const char *const known_matches[] = {
	"udp", "tcp", "multiport", "addrtype", "comment", "conntrack", "state", "iprange",
	"string", NULL
};

static const struct option *find_option(const struct line_reader *r,
					const struct word *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_options); i++) {
		const struct option *option = &known_options[i];

		if (option->extension &&
		    (!r->extension || strcmp(option->extension, r->extension)))
			continue;
		if (is_word(word, option->brief) ||
		    (option->full && is_word(word, option->full)))
			return option;
	}
	return NULL;
}

/* An option that all rules have, or the "!" before one. */
static bool ends_extension(const struct line_reader *r, unsigned int at)
{
	if (is_word(&r->words[at], "!") && at + 1 < r->count)
		at++;
	return !r->words[at].quoted && r->words[at].text[0] == '-' &&
	       r->words[at].text[1] != '-';
}

/* What is not known goes on to the next option. */
static int take_unknown(struct line_reader *r)
{
	while (r->at < r->count && !is_word(&r->words[r->at], "!") &&
	       (r->words[r->at].quoted || r->words[r->at].text[0] != '-'))
		r->at++;
	/* How else packets are treated is no matter. */
	if (r->is_target && r->verdict != VERDICT_SEND &&
	    r->verdict != VERDICT_HERE)
		return 0;
	return unsupported(r);
}

static int take_match(struct line_reader *r)
{
	const struct word *word = take(r);

	if (!word)
		return -1;
	r->extension = word->text;
	r->is_target = false;
	if (r->negated)
		return unsupported(r);
	if (parse_choice(known_matches, word->text) >= 0)
		return 0;
	while (r->at < r->count && !ends_extension(r, r->at))
		r->at++;
	return unsupported(r);
}

/**
 * line_option() - read an option of a rule, with its values
 * @r: the line
 *
 * Return: 0 or -1.
 */
int line_option(struct line_reader *r)
{
	const struct option *option;
	const struct word *word;

	r->option = r->at;
	r->negated = is_word(&r->words[r->at], "!");
	r->at += r->negated;
	if (r->at == r->count)
		return broken(r, &r->words[r->option], "\"!\" with nothing behind it");
	word = &r->words[r->at++];
	if (word->quoted || word->text[0] != '-')
		return broken(r, word, "\"%s\" is no option", word->text);
	option = find_option(r, word);
	return option ? option->read(r) : take_unknown(r);
}


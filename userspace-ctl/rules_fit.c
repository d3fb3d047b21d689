// SPDX-License-Identifier: GPL-2.0
/*
 * What the conditions of nftables say of packets
 */

#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>

#include "rules_fit.h"
#include "rules_nft.h"
#include "rules_reg.h"

/* Of a new connection: 1 << (IP_CT_NEW + 1). */
#define CT_STATE_NEW	8
#define TCP_SYN		0x02

/**
 * struct pattern - what a part of a packet has to be
 * @value: its value
 * @mask: the bits that count
 */
struct pattern {
	unsigned char value[16];
	unsigned char mask[16];
};

/**
 * struct cases - cases that a condition tells apart
 * @list: the cases
 * @count: how many
 * @room: how many there is room for
 */
struct cases {
	struct choice *list;
	size_t count;
	size_t room;
};

static const char odd[] = "it tells too many cases apart";

#define UNSUPPORTED	"no mapping has a word for \"%s\""

static void unsupported(struct nft_reader *r, const struct byte *byte)
{
	rule_obstruct(r->set, r->rule, UNSUPPORTED, reg_name(r, byte));
}

/* The same, but the rule's cases say it. */
static void exceed(struct nft_reader *r, const struct byte *byte)
{
	rule_exceed(r->rule, ruleset_printf(r->set, UNSUPPORTED,
					    reg_name(r, byte)));
}

#define UNSUPPORTED_NEGATION	"no mapping has a word for \"%s !=\"%s"

static void unsupported_negation(struct nft_reader *r, const struct byte *byte)
{
	rule_obstruct(r->set, r->rule, UNSUPPORTED_NEGATION, reg_name(r, byte),
		      byte->field == FIELD_FROM ?
		      "; \"sipsteer exempt add\" might do" : "");
}

static void exceed_negation(struct nft_reader *r, const struct byte *byte)
{
	rule_exceed(r->rule, ruleset_printf(r->set, UNSUPPORTED_NEGATION,
					    reg_name(r, byte), ""));
}

/* --- bytes that are equal to others --- */

/* False: no packet is like that. */
static bool take_byte(struct pattern *patterns, const struct byte *byte,
		      unsigned char value)
{
	struct pattern *pattern = &patterns[byte->field];

	if (byte->field == FIELD_CONST)
		return byte->value == value;
	if (!byte->mask || value & ~byte->mask)
		return !value;
	pattern->mask[byte->at] |= byte->mask;
	pattern->value[byte->at] |= value;
	return true;
}

/* How many bits count from the first one on; -1 if they are not in a row. */
static int leading_bits(const struct pattern *pattern, unsigned char size)
{
	return prefix_mask_len(&(struct addr){ .size = size }, pattern->mask);
}

static bool take_prefix(const struct nft_reader *r,
			const struct pattern *pattern, struct prefix *prefix)
{
	int bits = leading_bits(pattern, r->size);

	if (bits <= 0)
		return !bits;
	prefix->addr.size = r->size;
	memcpy(prefix->addr.bytes, pattern->value, r->size);
	prefix->len = (unsigned char)bits;
	return true;
}

static unsigned int number_of(const unsigned char *data)
{
	return (unsigned int)data[0] << 8 | data[1];
}

static bool take_port(const struct pattern *pattern, uint16_t *first,
		      uint16_t *last)
{
	int bits = leading_bits(pattern, 2);
	unsigned int port = number_of(pattern->value);

	if (bits <= 0)
		return !bits;
	*first = (uint16_t)port;
	*last = (uint16_t)(port | 0xffffu >> bits);
	return true;
}

/* What goes to one host; broadcasts and the like nobody steers. */
static uint8_t reach_of(const unsigned char *data)
{
	uint32_t type;

	memcpy(&type, data, sizeof(type));
	return type == RTN_LOCAL ? TRAFFIC_TO_HERE :
	       type == RTN_UNICAST ? TRAFFIC_TO_OTHER : 0;
}

static bool take_reach(const struct pattern *pattern, struct traffic *traffic)
{
	int bits = leading_bits(pattern, 4);

	if (bits == 32)
		traffic->reach = reach_of(pattern->value);
	return !bits || bits == 32;
}

static bool take_proto(const struct pattern *pattern, struct traffic *traffic)
{
	unsigned char proto = pattern->value[0];

	if (pattern->mask[0] == 0xff)
		traffic->proto = proto == IPPROTO_UDP ? SIPSTEER_PROTO_UDP :
				 proto == IPPROTO_TCP ? SIPSTEER_PROTO_TCP :
							TRAFFIC_OTHER;
	return !pattern->mask[0] || pattern->mask[0] == 0xff;
}

/* What is neither IPv4 nor IPv6 is no affair of mappings. */
static void take_family(const struct pattern *patterns, struct traffic *traffic)
{
	const struct pattern *family = &patterns[FIELD_FAMILY];
	const struct pattern *ether = &patterns[FIELD_ETHER];
	unsigned int type = number_of(ether->value);

	if (!family->mask[0] && !ether->mask[0])
		return;
	if (family->value[0] == NFPROTO_IPV4 || type == ETH_P_IP)
		traffic->size = 4;
	else if (family->value[0] == NFPROTO_IPV6 || type == ETH_P_IPV6)
		traffic->size = 16;
	else
		traffic->proto = TRAFFIC_OTHER;
}

/* Without its NUL, it is only the beginning of many names. */
static bool take_iif(const struct pattern *patterns, struct traffic *traffic)
{
	const struct pattern *name = &patterns[FIELD_IIF];
	const struct pattern *number = &patterns[FIELD_IIF_INDEX];
	int bits = leading_bits(name, IF_NAMESIZE);
	unsigned int index;

	if (number->mask[0]) {
		memcpy(&index, number->value, sizeof(index));
		return if_indextoname(index, traffic->iif);
	}
	if (bits <= 0)
		return !bits;
	memcpy(traffic->iif, name->value, IF_NAMESIZE);
	return memchr(name->value, '\0', (size_t)bits / 8);
}

/* What "tcp flags syn / fin,syn,rst,ack" asks for, new connections have. */
static bool take_flags(const struct nft_reader *r,
		       const struct pattern *pattern)
{
	return !pattern->mask[0] ||
	       (r->is_nat && pattern->value[0] == TCP_SYN);
}

static bool take_patterns(const struct nft_reader *r,
			  const struct pattern *patterns,
			  struct traffic *traffic)
{
	traffic_all(traffic);
	take_family(patterns, traffic);
	return take_prefix(r, &patterns[FIELD_FROM], &traffic->from) &&
	       take_prefix(r, &patterns[FIELD_TO], &traffic->to) &&
	       take_port(&patterns[FIELD_PORT], &traffic->port,
			 &traffic->last_port) &&
	       take_port(&patterns[FIELD_SPORT], &traffic->sport,
			 &traffic->last_sport) &&
	       take_reach(&patterns[FIELD_REACH], traffic) &&
	       take_proto(&patterns[FIELD_PROTO], traffic) &&
	       take_iif(patterns, traffic) &&
	       take_flags(r, &patterns[FIELD_FLAGS]) &&
	       !leading_bits(&patterns[FIELD_STATE], 4);
}

/* Of bytes that no mapping has a word for, the one that is the reason. */
static const struct byte *culprit(const struct byte *reg, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (reg[i].mask && reg[i].field != FIELD_CONST &&
		    reg[i].field != FIELD_FROM && reg[i].field != FIELD_TO &&
		    reg[i].field != FIELD_PORT && reg[i].field != FIELD_PROTO)
			return &reg[i];
	return reg;
}

/* Cases have a word for it, mappings have none. */
static bool is_excess(const struct byte *byte)
{
	return byte->mask &&
	       (byte->field == FIELD_SPORT || byte->field == FIELD_REACH);
}

static bool is_foreign(const struct byte *byte)
{
	return byte->mask && byte->field < FIELD_FROM &&
	       byte->field != FIELD_CONST;
}

/* One case, or none if no packet is like that. */
static size_t equal(struct nft_reader *r, const struct byte *reg,
		    const unsigned char *data, size_t len,
		    struct choice *choice)
{
	struct pattern patterns[FIELDS] = {};

	for (size_t i = 0; i < len; i++) {
		if (is_foreign(&reg[i])) {
			unsupported(r, &reg[i]);
			return 1;
		}
		if (is_excess(&reg[i]))
			exceed(r, &reg[i]);
		if (!take_byte(patterns, &reg[i], data[i]))
			return 0;
	}
	if (!take_patterns(r, patterns, &choice->traffic)) {
		unsupported(r, culprit(reg, len));
		traffic_all(&choice->traffic);
	}
	return 1;
}

/* --- bytes that are between others --- */

/* Whether these are the first bytes of a part of a packet. */
static bool is_start(const struct byte *reg, size_t len, enum field field)
{
	for (size_t i = 0; i < len; i++)
		if (reg[i].field != field || reg[i].at != i ||
		    reg[i].mask != 0xff)
			return false;
	return true;
}

static size_t addresses(struct nft_reader *r, bool is_source,
			const unsigned char *first, const unsigned char *last,
			size_t len, struct choice *list)
{
	struct addr from = { .size = r->size }, to = from;
	size_t count;

	/* Of the bytes that are not compared each will do. */
	memset(to.bytes, 0xff, to.size);
	memcpy(from.bytes, first, len);
	memcpy(to.bytes, last, len);
	count = choices_of_range(list, &from, &to, is_source);
	if (count || memcmp(from.bytes, to.bytes, from.size) > 0)
		return count;
	rule_obstruct(r->set, r->rule, "%s", odd);
	return 1;
}

static bool is_address(const struct nft_reader *r, const struct byte *reg,
		       size_t len)
{
	return r->size && len <= r->size &&
	       (is_start(reg, len, FIELD_FROM) || is_start(reg, len, FIELD_TO));
}

/*
 * How many cases these are, of the CHOICES_OF_RANGE that there is room for.
 * Where no mapping has a word for it, that is one, of all packets.
 */
static size_t between(struct nft_reader *r, const struct byte *reg,
		      const unsigned char *first, const unsigned char *last,
		      size_t len, struct choice *list)
{
	if (!memcmp(first, last, len))
		return equal(r, reg, first, len, list);
	if (is_address(r, reg, len))
		return addresses(r, reg->field == FIELD_FROM, first, last, len,
				 list);
	if (len == 2 && is_start(reg, len, FIELD_PORT)) {
		list->traffic.port = (uint16_t)number_of(first);
		list->traffic.last_port = (uint16_t)number_of(last);
		return number_of(first) <= number_of(last);
	}
	if (len == 2 && is_start(reg, len, FIELD_SPORT)) {
		list->traffic.sport = (uint16_t)number_of(first);
		list->traffic.last_sport = (uint16_t)number_of(last);
		exceed(r, reg);
		return number_of(first) <= number_of(last);
	}
	unsupported(r, reg);
	return 1;
}

/* --- comparisons --- */

/* What is known of the family tells what is where in the header. */
static void narrow(struct nft_reader *r, const struct choice *list,
		   size_t count)
{
	rule_narrow(r->set, r->rule, list, count);
	if (r->rule->count && !r->size)
		r->size = r->rule->choices[0].traffic.size;
}

static void narrow_range(struct nft_reader *r, const struct byte *reg,
			 const struct nft_bytes *first,
			 const struct nft_bytes *last)
{
	struct choice list[CHOICES_OF_RANGE];

	choices_init(list, CHOICES_OF_RANGE);
	narrow(r, list, between(r, reg, first->bytes, last->bytes, first->len,
				list));
}

/* The next value, or the one before it; false if there is none. */
static bool step(struct nft_bytes *bytes, bool up)
{
	for (unsigned int i = bytes->len; i--;) {
		bytes->bytes[i] = (unsigned char)(bytes->bytes[i] + (up ? 1 : -1));
		if (bytes->bytes[i] != (up ? 0 : 0xff))
			return true;
	}
	return false;
}

static void narrow_order(struct nft_reader *r, const struct byte *reg,
			 const struct nft_expr *e)
{
	bool is_less = e->cmp.op == NFT_CMP_LT || e->cmp.op == NFT_CMP_LTE;
	bool is_strict = e->cmp.op == NFT_CMP_LT || e->cmp.op == NFT_CMP_GT;
	struct nft_bytes first = { .len = e->cmp.data.len }, last = first;
	struct nft_bytes *end = is_less ? &last : &first;

	memset(last.bytes, 0xff, last.len);
	*end = e->cmp.data;
	if (is_strict && !step(end, !is_less))
		narrow(r, NULL, 0);
	else
		narrow_range(r, reg, &first, &last);
}

static bool are_ports(const struct byte *reg, size_t len)
{
	return len == 2 && (is_start(reg, len, FIELD_PORT) ||
			    is_start(reg, len, FIELD_SPORT));
}

static void narrow_beside_ports(struct nft_reader *r, const struct byte *reg,
				struct ports *ports, size_t count)
{
	rule_narrow_ports(r->set, r->rule, ports, count,
			  reg->field == FIELD_SPORT, true);
	exceed_negation(r, reg);
}

/* All but the values from the first to the last one. */
static void narrow_beside(struct nft_reader *r, const struct byte *reg,
			  const struct nft_bytes *first,
			  const struct nft_bytes *last)
{
	struct choice other;

	if (are_ports(reg, first->len)) {
		struct ports ports = {
			(uint16_t)number_of(first->bytes),
			(uint16_t)number_of(last->bytes),
		};

		narrow_beside_ports(r, reg, &ports, 1);
	} else if (first->len == 4 && is_start(reg, 4, FIELD_REACH) &&
		   reach_of(first->bytes) == TRAFFIC_TO_HERE) {
		choices_init(&other, 1);
		other.traffic.reach = TRAFFIC_TO_OTHER;
		narrow(r, &other, 1);
		exceed_negation(r, reg);
	} else {
		unsupported_negation(r, reg);
	}
}

/* "ct state new" and "tcp flags syn" ask whether one of some bits is set. */
static bool is_harmless(const struct nft_reader *r, const struct byte *reg,
			const struct nft_bytes *data)
{
	unsigned char mask[4] = {};
	uint32_t states;

	if (!r->is_nat || data->len > sizeof(mask))
		return false;
	for (unsigned int i = 0; i < data->len; i++) {
		if (data->bytes[i])
			return false;
		mask[i] = reg[i].mask;
	}
	if (reg->field == FIELD_FLAGS)
		return data->len == 1 && mask[0] & TCP_SYN;
	/* It is a number of this host's. */
	memcpy(&states, mask, sizeof(states));
	return reg->field == FIELD_STATE && data->len == sizeof(mask) &&
	       states & CT_STATE_NEW;
}

/**
 * fit_cmp() - narrow a rule to what a comparison lets go on
 * @r: the rule
 * @expr: the comparison
 */
void fit_cmp(struct nft_reader *r, const struct nft_expr *expr)
{
	const struct nft_bytes *data = &expr->cmp.data;
	const struct byte *reg = reg_bytes(r, expr->sreg, data->len);

	if (!reg || !data->len)
		rule_obstruct(r->set, r->rule, "it compares what is not there");
	else if (expr->cmp.op == NFT_CMP_EQ)
		narrow_range(r, reg, data, data);
	else if (expr->cmp.op != NFT_CMP_NEQ)
		narrow_order(r, reg, expr);
	else if (!is_harmless(r, reg, data))
		narrow_beside(r, reg, data, data);
}

/**
 * fit_range() - narrow a rule to what a range lets go on
 * @r: the rule
 * @expr: the range
 */
void fit_range(struct nft_reader *r, const struct nft_expr *expr)
{
	const struct nft_bytes *first = &expr->range.from;
	const struct byte *reg = reg_bytes(r, expr->sreg, first->len);

	if (!reg || !first->len)
		rule_obstruct(r->set, r->rule, "it compares what is not there");
	else if (expr->range.op == NFT_RANGE_NEQ)
		narrow_beside(r, reg, first, &expr->range.to);
	else
		narrow_range(r, reg, first, &expr->range.to);
}

/* --- sets and maps --- */

static struct choice *add_case(struct nft_reader *r, struct cases *cases)
{
	if (cases->count == cases->room) {
		const struct choice *old = cases->list;

		cases->room = 2 * cases->room + 16;
		cases->list = ruleset_alloc(r->set,
					    cases->room * sizeof(*cases->list));
		for (size_t i = 0; i < cases->count; i++)
			cases->list[i] = old[i];
	}
	return &cases->list[cases->count++];
}

/* Each packet has to fit this, too. */
static size_t multiply(struct nft_reader *r, struct choice *list, size_t count,
		       const struct choice *part, size_t part_count)
{
	struct choice met[CHOICES_OF_RANGE];
	size_t used = 0;

	if (count * part_count > CHOICES_OF_RANGE) {
		rule_obstruct(r->set, r->rule, "%s", odd);
		return count;
	}
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < part_count; k++) {
			met[used] = list[i];
			used += traffic_meet(&list[i].traffic, &part[k].traffic,
					     &met[used].traffic);
		}
	for (size_t i = 0; i < used; i++)
		list[i] = met[i];
	return used;
}

/* The parts of a concatenation, each with a range of its own. */
static size_t fit_parts(struct nft_reader *r, const struct nft_set *set,
			const struct byte *reg, const struct nft_elem *elem,
			struct choice *list)
{
	size_t count = 1, at = 0;

	for (unsigned int i = 0; i < set->parts && count; i++) {
		struct choice part[CHOICES_OF_RANGE];
		size_t fits, len = set->part[i];

		if (at + len > elem->key.len)
			break;
		choices_init(part, CHOICES_OF_RANGE);
		fits = between(r, reg + at, elem->key.bytes + at,
			       elem->key_end.bytes + at, len, part);
		count = multiply(r, list, count, part, fits);
		at += (len + 3) & ~(size_t)3;
	}
	return count;
}

static size_t fit_elem(struct nft_reader *r, const struct nft_set *set,
		       const struct byte *reg, const struct nft_elem *elem,
		       struct choice *list)
{
	/* The others have had their turn before it. */
	if (elem->catch_all)
		return 1;
	if (set->parts)
		return fit_parts(r, set, reg, elem, list);
	return between(r, reg, elem->key.bytes, elem->key_end.bytes,
		       elem->key.len, list);
}

static void add_cases(struct nft_reader *r, struct cases *cases,
		      const struct nft_expr *e, const struct nft_elem *elem)
{
	const struct byte *reg = reg_bytes(r, e->sreg, elem->key.len);
	struct choice list[CHOICES_OF_RANGE];
	size_t count = 0;

	choices_init(list, CHOICES_OF_RANGE);
	if (reg)
		count = fit_elem(r, e->lookup.set, reg, elem, list);
	for (size_t i = 0; i < count; i++) {
		struct choice *choice = add_case(r, cases);

		*choice = list[i];
		if (e->lookup.set->is_verdicts) {
			choice->verdict = nft_verdict(&elem->verdict);
			choice->chain = elem->verdict.chain;
		} else if (e->dreg != NFT_REG_NONE && r->maps < CHOICE_DATA) {
			choice->data[r->maps] = elem->data.bytes;
		}
	}
	if (elem->object)
		nft_use_object(r, NFT_OBJECT_CT_HELPER, elem->object);
}

static int order_numbers(unsigned int a, unsigned int b)
{
	return a < b ? -1 : a > b;
}

static int order_prefixes(const struct prefix *a, const struct prefix *b)
{
	return memcmp(a->addr.bytes, b->addr.bytes, sizeof(a->addr.bytes)) ?:
	       order_numbers(a->len, b->len);
}

static int order_choices(const void *a, const void *b)
{
	const struct traffic *one = &((const struct choice *)a)->traffic;
	const struct traffic *two = &((const struct choice *)b)->traffic;

	return order_prefixes(&one->to, &two->to) ?:
	       order_numbers(one->port, two->port) ?:
	       order_numbers(one->proto, two->proto) ?:
	       order_prefixes(&one->from, &two->from) ?:
	       strcmp(one->iif, two->iif);
}

/* The order in which the kernel shows elements is that of a hash. */
static void sort_cases(struct cases *cases)
{
	if (cases->count)
		qsort(cases->list, cases->count, sizeof(*cases->list),
		      order_choices);
}

static void narrow_elements(struct nft_reader *r, const struct nft_expr *e)
{
	const struct nft_elem *first = nft_elements(r->nft, e->lookup.set);
	struct cases cases = {};

	for (const struct nft_elem *elem = first; elem; elem = elem->next)
		if (!elem->catch_all)
			add_cases(r, &cases, e, elem);
	sort_cases(&cases);
	for (const struct nft_elem *elem = first; elem; elem = elem->next)
		if (elem->catch_all)
			add_cases(r, &cases, e, elem);
	narrow(r, cases.list, cases.count);
}

static void narrow_beside_elements(struct nft_reader *r, const struct byte *reg,
				   struct nft_set *set)
{
	const struct nft_elem *first = nft_elements(r->nft, set);
	struct ports *ports;
	size_t count = 0;

	if (!are_ports(reg, set->key_len)) {
		unsupported_negation(r, reg);
		return;
	}
	for (const struct nft_elem *elem = first; elem; elem = elem->next)
		count++;
	ports = ruleset_alloc(r->set, count * sizeof(*ports));
	count = 0;
	for (const struct nft_elem *elem = first; elem; elem = elem->next) {
		ports[count].first = (uint16_t)number_of(elem->key.bytes);
		ports[count++].last = (uint16_t)number_of(elem->key_end.bytes);
	}
	narrow_beside_ports(r, reg, ports, count);
}

/**
 * fit_lookup() - narrow a rule to what is in a set, or in the keys of a map
 * @r: the rule
 * @expr: the lookup
 */
void fit_lookup(struct nft_reader *r, const struct nft_expr *expr)
{
	struct nft_set *set = expr->lookup.set;
	const struct byte *reg = reg_bytes(r, expr->sreg, set->key_len);

	if (!reg) {
		rule_obstruct(r->set, r->rule, "it looks up what is not there");
		return;
	}
	if (set->flags & (NFT_SET_EVAL | NFT_SET_TIMEOUT))
		rule_obstruct(r->set, r->rule,
			      "the set \"%s\" changes by itself", set->name);
	else if (expr->lookup.invert)
		narrow_beside_elements(r, reg, set);
	else
		narrow_elements(r, expr);
	if (expr->dreg != NFT_REG_NONE)
		reg_load_map(r, expr);
}

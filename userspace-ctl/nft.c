// SPDX-License-Identifier: GPL-2.0
/*
 * What nftables has in this network namespace, as plain data; with nft_expr.c
 * the only user of libnftnl.
 */

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/gen.h>
#include <libnftnl/object.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "nft_priv.h"
#include "nl.h"
#include "rules.h"

#define READ_TRIES	5

/**
 * struct reader - a ruleset while it is read
 * @ruleset: what is there by now
 * @chain_end: where the next chain goes
 * @set_end: where the next set goes
 * @object_end: where the next object goes
 * @chain: where the last rule stood; the next one's is not far
 * @genid: number of the ruleset's last change
 */
struct reader {
	struct nft_ruleset *ruleset;
	struct nft_chain **chain_end;
	struct nft_set **set_end;
	struct nft_object **object_end;
	struct nft_chain *chain;
	uint32_t genid;
};

/**
 * nft_get_bytes() - take a value over
 * @bytes: where it goes
 * @data: the value, or NULL for none
 * @len: its length
 */
void nft_get_bytes(struct nft_bytes *bytes, const void *data, uint32_t len)
{
	bytes->len = !data ? 0 : len < NFT_BYTES_MAX ? len : NFT_BYTES_MAX;
	if (bytes->len)
		memcpy(bytes->bytes, data, bytes->len);
}

/**
 * nft_text() - a copy of a text that lives as long as the ruleset
 * @ruleset: the ruleset
 * @text: the text, or NULL
 *
 * Return: the copy; NULL for no text.
 */
const char *nft_text(struct nft_ruleset *ruleset, const char *text)
{
	return text ? ruleset_text(ruleset->memory, text, strlen(text)) : NULL;
}

static int take_exprs(struct reader *r, struct nft_rule *rule,
		      struct nftnl_rule *from)
{
	struct nftnl_expr_iter *iter = nftnl_expr_iter_create(from);
	struct nft_expr **end = &rule->expr;
	struct nftnl_expr *expr;

	if (!iter)
		return -1;
	while ((expr = nftnl_expr_iter_next(iter))) {
		*end = nft_take_expr(r->ruleset, rule->chain, expr);
		end = &(*end)->next;
	}
	nftnl_expr_iter_destroy(iter);
	return 0;
}

static int note_udata(const struct nftnl_udata *attr, void *data)
{
	const char **comment = data;
	const char *text = nftnl_udata_get(attr);
	uint8_t len = nftnl_udata_len(attr);

	if (nftnl_udata_type(attr) == NFTNL_UDATA_RULE_COMMENT && len &&
	    !text[len - 1])
		*comment = text;
	return 0;
}

static const char *take_comment(struct reader *r, const struct nftnl_rule *from)
{
	const char *comment = NULL;
	uint32_t len;
	const void *udata = nftnl_rule_get_data(from, NFTNL_RULE_USERDATA,
						&len);

	if (!udata || nftnl_udata_parse(udata, len, note_udata, &comment) < 0)
		return NULL;
	return nft_text(r->ruleset, comment);
}

static bool rule_is_in(const struct nftnl_rule *rule,
		       const struct nft_chain *chain)
{
	return nft_same_table(nftnl_rule_get_u32(rule, NFTNL_RULE_FAMILY),
			      nftnl_rule_get_str(rule, NFTNL_RULE_TABLE), chain) &&
	       !strcmp(nftnl_rule_get_str(rule, NFTNL_RULE_CHAIN),
		       chain->name);
}

static struct nft_chain *find_chain(struct nft_chain *chain,
				    const struct nftnl_rule *rule)
{
	while (chain && !rule_is_in(rule, chain))
		chain = chain->next;
	return chain;
}

/* Rules come chain by chain, in the order in which the chains came. */
static struct nft_chain *chain_of(struct reader *r,
				  const struct nftnl_rule *rule)
{
	r->chain = find_chain(r->chain, rule);
	if (!r->chain)
		r->chain = find_chain(r->ruleset->chain, rule);
	return r->chain;
}

static int take_rule(struct reader *r, struct nftnl_rule *from)
{
	struct nft_chain *chain = chain_of(r, from);
	struct nft_rule *rule;

	/* A chain that is as new as this. The next try will see it. */
	if (!chain)
		return 0;
	rule = ruleset_alloc(r->ruleset->memory, sizeof(*rule));
	rule->chain = chain;
	rule->handle = nftnl_rule_get_u64(from, NFTNL_RULE_HANDLE);
	rule->comment = take_comment(r, from);
	if (chain->last)
		chain->last->next = rule;
	else
		chain->rule = rule;
	chain->last = rule;
	return take_exprs(r, rule, from);
}

static int on_rule(const struct nlmsghdr *nlh, void *data)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	int err = -1;

	if (rule && !nftnl_rule_nlmsg_parse(nlh, rule))
		err = take_rule(data, rule);
	if (rule)
		nftnl_rule_free(rule);
	return err ? MNL_CB_ERROR : MNL_CB_OK;
}

static const char *device_of(const struct nftnl_chain *chain)
{
	const char *const *devices =
		nftnl_chain_get_array(chain, NFTNL_CHAIN_DEVICES);

	if (nftnl_chain_is_set(chain, NFTNL_CHAIN_DEV))
		return nftnl_chain_get_str(chain, NFTNL_CHAIN_DEV);
	return devices && devices[0] && !devices[1] ? devices[0] : NULL;
}

static int take_chain(struct reader *r, const struct nftnl_chain *from)
{
	struct nft_chain *chain = ruleset_alloc(r->ruleset->memory, sizeof(*chain));

	*r->chain_end = chain;
	r->chain_end = &chain->next;
	chain->family = nftnl_chain_get_u32(from, NFTNL_CHAIN_FAMILY);
	chain->table = nft_text(r->ruleset,
				nftnl_chain_get_str(from, NFTNL_CHAIN_TABLE));
	chain->name = nft_text(r->ruleset,
			       nftnl_chain_get_str(from, NFTNL_CHAIN_NAME));
	if (nftnl_chain_is_set(from, NFTNL_CHAIN_HOOKNUM)) {
		chain->type = nft_text(r->ruleset,
				       nftnl_chain_get_str(from, NFTNL_CHAIN_TYPE));
		chain->hook = nftnl_chain_get_u32(from, NFTNL_CHAIN_HOOKNUM);
		chain->priority = nftnl_chain_get_s32(from, NFTNL_CHAIN_PRIO);
		chain->device = nft_text(r->ruleset, device_of(from));
	}
	return chain->table && chain->name ? 0 : -1;
}

static int on_chain(const struct nlmsghdr *nlh, void *data)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();
	int err = -1;

	if (chain && !nftnl_chain_nlmsg_parse(nlh, chain))
		err = take_chain(data, chain);
	if (chain)
		nftnl_chain_free(chain);
	return err ? MNL_CB_ERROR : MNL_CB_OK;
}

static void take_parts(struct nft_set *set, const struct nftnl_set *from)
{
	uint32_t len = 0;
	const unsigned char *parts =
		nftnl_set_get_data(from, NFTNL_SET_DESC_CONCAT, &len);

	for (; parts && set->parts < len && set->parts < sizeof(set->part);
	     set->parts++)
		set->part[set->parts] = parts[set->parts];
}

static int take_set(struct reader *r, const struct nftnl_set *from)
{
	struct nft_set *set = ruleset_alloc(r->ruleset->memory, sizeof(*set));

	*r->set_end = set;
	r->set_end = &set->next;
	set->family = nftnl_set_get_u32(from, NFTNL_SET_FAMILY);
	set->table = nft_text(r->ruleset,
			      nftnl_set_get_str(from, NFTNL_SET_TABLE));
	set->name = nft_text(r->ruleset,
			     nftnl_set_get_str(from, NFTNL_SET_NAME));
	set->flags = nftnl_set_get_u32(from, NFTNL_SET_FLAGS);
	set->key_len = nftnl_set_get_u32(from, NFTNL_SET_KEY_LEN);
	set->is_verdicts = set->flags & NFT_SET_MAP &&
			   nftnl_set_get_u32(from, NFTNL_SET_DATA_TYPE) ==
			   NFT_DATA_VERDICT;
	take_parts(set, from);
	return set->table && set->name ? 0 : -1;
}

static int on_set(const struct nlmsghdr *nlh, void *data)
{
	struct nftnl_set *set = nftnl_set_alloc();
	int err = -1;

	if (set && !nftnl_set_nlmsg_parse(nlh, set))
		err = take_set(data, set);
	if (set)
		nftnl_set_free(set);
	return err ? MNL_CB_ERROR : MNL_CB_OK;
}

static int take_object(struct reader *r, struct nftnl_obj *from)
{
	struct nft_object *object = ruleset_alloc(r->ruleset->memory, sizeof(*object));

	*r->object_end = object;
	r->object_end = &object->next;
	object->family = nftnl_obj_get_u32(from, NFTNL_OBJ_FAMILY);
	object->table = nft_text(r->ruleset,
				 nftnl_obj_get_str(from, NFTNL_OBJ_TABLE));
	object->name = nft_text(r->ruleset,
				nftnl_obj_get_str(from, NFTNL_OBJ_NAME));
	object->type = nftnl_obj_get_u32(from, NFTNL_OBJ_TYPE);
	if (object->type == NFT_OBJECT_CT_HELPER)
		object->helper = nft_text(r->ruleset,
					  nftnl_obj_get_str(from, NFTNL_OBJ_CT_HELPER_NAME));
	return object->table && object->name ? 0 : -1;
}

static int on_object(const struct nlmsghdr *nlh, void *data)
{
	struct nftnl_obj *object = nftnl_obj_alloc();
	int err = 0;

	/* One of a kind that is newer than libnftnl is nothing to us. */
	if (!object)
		return MNL_CB_ERROR;
	if (!nftnl_obj_nlmsg_parse(nlh, object))
		err = take_object(data, object);
	nftnl_obj_free(object);
	return err ? MNL_CB_ERROR : MNL_CB_OK;
}

static int on_gen(const struct nlmsghdr *nlh, void *data)
{
	struct nftnl_gen *gen = nftnl_gen_alloc();
	struct reader *r = data;
	int err = -1;

	if (gen)
		err = nftnl_gen_nlmsg_parse(nlh, gen);
	if (!err)
		r->genid = nftnl_gen_get_u32(gen, NFTNL_GEN_ID);
	if (gen)
		nftnl_gen_free(gen);
	return err ? MNL_CB_ERROR : MNL_CB_OK;
}

static int ask(struct reader *r, uint16_t type, uint16_t flags, mnl_cb_t take)
{
	char buffer[NL_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh =
		nftnl_nlmsg_build_hdr(buffer, type, NFPROTO_UNSPEC, flags, 0);

	return nl_ask(r->ruleset->socket, nlh, take, r);
}

/* One try; -EINTR if the ruleset changed meanwhile. */
static int read_all(struct nft_ruleset *ruleset)
{
	struct reader r = {
		.ruleset = ruleset,
		.chain_end = &ruleset->chain,
		.set_end = &ruleset->set,
		.object_end = &ruleset->object,
	};
	uint32_t genid;
	int err;

	err = ask(&r, NFT_MSG_GETGEN, NLM_F_ACK, on_gen);
	genid = r.genid;
	if (!err)
		err = ask(&r, NFT_MSG_GETCHAIN, NLM_F_DUMP, on_chain);
	if (!err)
		err = ask(&r, NFT_MSG_GETSET, NLM_F_DUMP, on_set);
	if (!err)
		err = ask(&r, NFT_MSG_GETOBJ, NLM_F_DUMP, on_object);
	if (!err)
		err = ask(&r, NFT_MSG_GETRULE, NLM_F_DUMP, on_rule);
	if (!err)
		err = ask(&r, NFT_MSG_GETGEN, NLM_F_ACK, on_gen);
	return err ? err : genid == r.genid ? 0 : -EINTR;
}

/**
 * nft_read() - read the ruleset of the network namespace
 * @ruleset: where it goes; nft_close() is to be called in any case
 * @memory: owns it
 *
 * Return: 0 or a negative errno. -EINTR: it never stands still.
 */
int nft_read(struct nft_ruleset *ruleset, struct ruleset *memory)
{
	struct mnl_socket *socket = nl_open(NETLINK_NETFILTER);
	int err = socket ? -EINTR : -errno;

	for (int i = 0; i < READ_TRIES && err == -EINTR; i++) {
		*ruleset = (struct nft_ruleset){
			.memory = memory,
			.socket = socket,
		};
		err = read_all(ruleset);
	}
	return err;
}

/**
 * nft_close() - read no more
 * @ruleset: the ruleset; what was read of it stays
 */
void nft_close(struct nft_ruleset *ruleset)
{
	if (ruleset->socket)
		mnl_socket_close(ruleset->socket);
	ruleset->socket = NULL;
}

static void elem_bytes(struct nftnl_set_elem *from, uint16_t attr,
		       struct nft_bytes *bytes)
{
	uint32_t len = 0;
	const void *data = NULL;

	if (nftnl_set_elem_is_set(from, attr))
		data = nftnl_set_elem_get(from, attr, &len);
	nft_get_bytes(bytes, data, len);
}

static uint32_t elem_flags(struct nftnl_set_elem *from)
{
	return nftnl_set_elem_is_set(from, NFTNL_SET_ELEM_FLAGS) ?
	       nftnl_set_elem_get_u32(from, NFTNL_SET_ELEM_FLAGS) : 0;
}

static const char *elem_text(struct nft_ruleset *ruleset,
			     struct nftnl_set_elem *from, uint16_t attr)
{
	return nftnl_set_elem_is_set(from, attr) ?
	       nft_text(ruleset, nftnl_set_elem_get_str(from, attr)) : NULL;
}

/**
 * struct bound - an element as the kernel lists it
 * @elem: what will become of it
 * @is_end: it only tells where the one before it ends
 */
struct bound {
	struct nft_elem *elem;
	bool is_end;
};

static struct nft_elem *take_elem(struct nft_ruleset *ruleset,
				  struct nftnl_set_elem *from)
{
	struct nft_elem *elem = ruleset_alloc(ruleset->memory, sizeof(*elem));

	elem->catch_all = elem_flags(from) & NFT_SET_ELEM_CATCHALL;
	elem_bytes(from, NFTNL_SET_ELEM_KEY, &elem->key);
	elem_bytes(from, NFTNL_SET_ELEM_KEY_END, &elem->key_end);
	elem_bytes(from, NFTNL_SET_ELEM_DATA, &elem->data);
	if (nftnl_set_elem_is_set(from, NFTNL_SET_ELEM_VERDICT))
		elem->verdict.code = (int)nftnl_set_elem_get_u32(from, NFTNL_SET_ELEM_VERDICT);
	elem->verdict.chain = elem_text(ruleset, from, NFTNL_SET_ELEM_CHAIN);
	elem->object = elem_text(ruleset, from, NFTNL_SET_ELEM_OBJREF);
	return elem;
}

static int compare_bounds(const void *a, const void *b)
{
	const struct bound *x = a, *y = b;
	int order = memcmp(x->elem->key.bytes, y->elem->key.bytes,
			   NFT_BYTES_MAX);

	return order ? order : y->is_end - x->is_end;
}

static void minus_one(struct nft_bytes *bytes)
{
	for (unsigned int i = bytes->len; i--;)
		if (bytes->bytes[i]--)
			return;
}

/*
 * Where the element ends. A lone key is its own end; of an interval the kernel
 * lists the first key and, as an element by itself, the first that is not part
 * of it, if there is one.
 */
static void set_end(struct nft_elem *elem, const struct bound *next,
		    bool intervals)
{
	if (elem->key_end.len || elem->catch_all)
		return;
	elem->key_end = elem->key;
	if (!intervals)
		return;
	if (!next) {
		memset(elem->key_end.bytes, 0xff, elem->key_end.len);
		return;
	}
	elem->key_end = next->elem->key;
	minus_one(&elem->key_end);
}

static void link_elems(struct nft_set *set, struct bound *bounds, size_t count)
{
	bool intervals = set->flags & NFT_SET_INTERVAL && !set->parts;
	struct nft_elem **end = &set->elem;

	if (intervals)
		qsort(bounds, count, sizeof(*bounds), compare_bounds);
	for (size_t i = 0; i < count; i++) {
		if (bounds[i].is_end)
			continue;
		set_end(bounds[i].elem, i + 1 < count ? &bounds[i + 1] : NULL,
			intervals);
		*end = bounds[i].elem;
		end = &bounds[i].elem->next;
	}
}

/**
 * struct elems - the elements of a set while they are taken over
 * @ruleset: whose
 * @bounds: room for all
 * @count: how many there are by now
 */
struct elems {
	struct nft_ruleset *ruleset;
	struct bound *bounds;
	size_t count;
};

static int count_elem(struct nftnl_set_elem *from, void *data)
{
	size_t *count = data;

	(void)from;
	++*count;
	return 0;
}

static int note_elem(struct nftnl_set_elem *from, void *data)
{
	struct elems *elems = data;
	struct bound *bound = &elems->bounds[elems->count];

	bound->elem = take_elem(elems->ruleset, from);
	bound->is_end = elem_flags(from) & NFT_SET_ELEM_INTERVAL_END;
	elems->count++;
	return 0;
}

static void take_elems(struct nft_ruleset *ruleset, struct nft_set *set,
		       struct nftnl_set *from)
{
	struct elems elems = { .ruleset = ruleset };
	size_t count = 0;

	nftnl_set_elem_foreach(from, count_elem, &count);
	elems.bounds = calloc(count, sizeof(*elems.bounds));
	if (elems.bounds && !nftnl_set_elem_foreach(from, note_elem, &elems))
		link_elems(set, elems.bounds, elems.count);
	free(elems.bounds);
}

static int on_elems(const struct nlmsghdr *nlh, void *data)
{
	return nftnl_set_elems_nlmsg_parse(nlh, data) ? MNL_CB_ERROR :
							MNL_CB_OK;
}

/**
 * nft_elements() - the elements of a set
 * @ruleset: the ruleset
 * @set: the set, one of @ruleset
 *
 * They are read when they are first asked for: some sets are huge.
 *
 * Return: the first one. NULL if there is none, or if the set is gone.
 */
const struct nft_elem *nft_elements(struct nft_ruleset *ruleset,
				    struct nft_set *set)
{
	char buffer[NL_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nftnl_set *from;
	struct nlmsghdr *nlh;

	if (set->read)
		return set->elem;
	set->read = true;
	from = nftnl_set_alloc();
	if (!from)
		return NULL;
	nftnl_set_set_str(from, NFTNL_SET_TABLE, set->table);
	nftnl_set_set_str(from, NFTNL_SET_NAME, set->name);
	nlh = nftnl_nlmsg_build_hdr(buffer, NFT_MSG_GETSETELEM,
				    (uint16_t)set->family, NLM_F_DUMP, 0);
	nftnl_set_elems_nlmsg_build_payload(nlh, from);
	if (!nl_ask(ruleset->socket, nlh, on_elems, from))
		take_elems(ruleset, set, from);
	nftnl_set_free(from);
	return set->elem;
}

/**
 * nft_find_object() - the object of a name
 * @ruleset: the ruleset
 * @chain: one of its table
 * @type: NFT_OBJECT_*
 * @name: its name
 *
 * Return: the object, or NULL.
 */
const struct nft_object *nft_find_object(const struct nft_ruleset *ruleset,
					 const struct nft_chain *chain,
					 uint32_t type, const char *name)
{
	const struct nft_object *object = ruleset->object;

	while (object &&
	       (!nft_same_table(object->family, object->table, chain) ||
		object->type != type || strcmp(object->name, name)))
		object = object->next;
	return object;
}

/**
 * nft_family_name() - a family as nft(8) calls it
 * @family: NFPROTO_*
 *
 * Return: its name.
 */
const char *nft_family_name(uint32_t family)
{
	switch (family) {
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	case NFPROTO_ARP:
		return "arp";
	case NFPROTO_BRIDGE:
		return "bridge";
	case NFPROTO_NETDEV:
		return "netdev";
	default:
		return "unknown";
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: Documentation/netlink/specs/sipsteer.yaml.
 *
 * What the user may get wrong is refused here, with a sentence and the
 * attribute at fault.  Commands of different namespaces run in parallel; those
 * of one namespace are serialised by its mutex.
 */
#include <linux/ctype.h>
#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <net/ipv6.h>
#include <uapi/linux/sipsteer.h>

#include "compat.h"
#include "event.h"
#include "net.h"
#include "netlink.h"
#include "netlink_gen.h"

#define MAPPING_NEW_FLAGS	(NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO | \
				 NLM_F_REPLACE | NLM_F_EXCL | NLM_F_CREATE)

struct sipsteer_net *sipsteer_nl_net(struct genl_info *info)
{
	return sipsteer_net_get(genl_info_net(info));
}

/*
 * What a command of this socket changes: the table it has begun, or else the
 * one that packets see.  The namespace's lock is held.
 */
static struct sipsteer_table *info_table(struct sipsteer_net *sn,
					 struct genl_info *info)
{
	return sipsteer_net_staged(sn, info->snd_portid) ?:
	       sipsteer_net_table(sn);
}

static struct sipsteer_net *cb_net(const struct netlink_callback *cb)
{
	return sipsteer_net_get(sock_net(cb->skb->sk));
}

int sipsteer_nl_parse_addr(const struct nlattr *attr, u8 *family,
			   union nf_inet_addr *addr,
			   struct netlink_ext_ack *extack)
{
	u8 was = *family;

	memset(addr, 0, sizeof(*addr));
	switch (nla_len(attr)) {
	case sizeof(addr->in):
		*family = NFPROTO_IPV4;
		break;
	case sizeof(addr->in6):
		if (!ipv6_mod_enabled()) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "this kernel runs without IPv6");
			return -EAFNOSUPPORT;
		}
		*family = NFPROTO_IPV6;
		break;
	default:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an address has 4 bytes (IPv4) or 16 (IPv6)");
		return -EINVAL;
	}
	if (was && was != *family) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "addresses of both families cannot be mixed");
		return -EINVAL;
	}
	memcpy(addr, nla_data(attr), nla_len(attr));
	return 0;
}

static bool is_multicast(u8 family, const union nf_inet_addr *addr)
{
	if (family == NFPROTO_IPV4)
		return ipv4_is_multicast(addr->ip) || ipv4_is_lbcast(addr->ip);
	return ipv6_addr_is_multicast(&addr->in6);
}

static bool is_link_local(u8 family, const union nf_inet_addr *addr)
{
	if (family == NFPROTO_IPV4)
		return ipv4_is_linklocal_169(addr->ip);
	return ipv6_addr_type(&addr->in6) & IPV6_ADDR_LINKLOCAL;
}

/*
 * Refuses what no SIP message can be sent to, or what means nothing without a
 * link.  A prefix of length 0 stands for any address.
 */
static int check_addr(const struct nlattr *attr, u8 family,
		      const union nf_inet_addr *addr, u8 len,
		      struct netlink_ext_ack *extack)
{
	const union nf_inet_addr unspecified = {};

	if (!len)
		return 0;
	if (len == sipsteer_addr_bits(family) &&
	    nf_inet_addr_cmp(addr, &unspecified)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the unspecified address cannot be used here");
		return -EINVAL;
	}
	if (is_multicast(family, addr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a multicast address cannot be used here");
		return -EINVAL;
	}
	if (is_link_local(family, addr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a link-local address cannot be used here");
		return -EINVAL;
	}
	if (family == NFPROTO_IPV6 && ipv6_addr_v4mapped(&addr->in6)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an IPv4-mapped address cannot be used here");
		return -EINVAL;
	}
	return 0;
}

/* The length in @len_attr, or where there is none, that of a host. */
static int parse_prefix(const struct nlattr *attr, const struct nlattr *len_attr,
			u8 *family, union nf_inet_addr *addr, u8 *len,
			struct netlink_ext_ack *extack)
{
	union nf_inet_addr cut;
	int err;

	err = sipsteer_nl_parse_addr(attr, family, addr, extack);
	if (err)
		return err;
	*len = len_attr ? nla_get_u8(len_attr) : sipsteer_addr_bits(*family);
	if (*len > sipsteer_addr_bits(*family)) {
		NL_SET_ERR_MSG_ATTR(extack, len_attr,
				    "the prefix is longer than the address");
		return -EINVAL;
	}
	cut = sipsteer_addr_mask(addr, *len);
	if (!nf_inet_addr_cmp(&cut, addr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the address has bits set behind its prefix");
		return -EINVAL;
	}
	return check_addr(attr, *family, addr, *len, extack);
}

static int parse_port(const struct nlattr *attr, __be16 *port,
		      struct netlink_ext_ack *extack)
{
	*port = nla_get_be16(attr);
	if (*port)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "port 0 is no port");
	return -EINVAL;
}

/* The key: match, proto, from and iif. */
static int parse_mapping_key(struct genl_info *info,
			     struct sipsteer_mapping_config *config)
{
	struct netlink_ext_ack *extack = info->extack;
	struct nlattr **attrs = info->attrs;
	struct sipsteer_prefix *match = &config->match;
	const struct nlattr *addr = attrs[SIPSTEER_A_MAPPING_MATCH_ADDR];
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_MAPPING_MATCH_ADDR) ||
	    GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_MAPPING_MATCH_PORT)) {
		NL_SET_ERR_MSG(extack, "a mapping needs a match");
		return -EINVAL;
	}
	err = parse_prefix(addr, attrs[SIPSTEER_A_MAPPING_MATCH_LEN],
			   &match->family, &match->addr, &match->len, extack);
	if (err)
		return err;
	err = parse_port(attrs[SIPSTEER_A_MAPPING_MATCH_PORT], &match->port,
			 extack);
	if (err)
		return err;

	config->proto = SIPSTEER_PROTO_ALL;
	if (attrs[SIPSTEER_A_MAPPING_PROTO])
		config->proto = nla_get_u8(attrs[SIPSTEER_A_MAPPING_PROTO]);
	if (!config->proto) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[SIPSTEER_A_MAPPING_PROTO],
				    "no protocol to steer");
		return -EINVAL;
	}

	if (attrs[SIPSTEER_A_MAPPING_FROM_ADDR]) {
		err = parse_prefix(attrs[SIPSTEER_A_MAPPING_FROM_ADDR],
				   attrs[SIPSTEER_A_MAPPING_FROM_LEN],
				   &match->family, &config->from,
				   &config->from_len, extack);
		if (err)
			return err;
	} else if (attrs[SIPSTEER_A_MAPPING_FROM_LEN]) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[SIPSTEER_A_MAPPING_FROM_LEN],
				    "a prefix length without an address");
		return -EINVAL;
	}

	if (!attrs[SIPSTEER_A_MAPPING_IIF])
		return 0;
	config->iif = nla_data(attrs[SIPSTEER_A_MAPPING_IIF]);
	if (!dev_valid_name(config->iif)) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[SIPSTEER_A_MAPPING_IIF],
				    "no interface can have this name");
		return -EINVAL;
	}
	return 0;
}

/* It is to fit on one line of a file that can be read in again. */
static int parse_comment(const struct nlattr *attr,
			 struct sipsteer_mapping_config *config,
			 struct netlink_ext_ack *extack)
{
	const char *c;

	if (!attr)
		return 0;
	config->comment = nla_data(attr);
	for (c = config->comment; *c; c++) {
		if (!iscntrl(*c))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the comment has a control character");
		return -EINVAL;
	}
	return 0;
}

static int parse_mapping(struct genl_info *info,
			 struct sipsteer_mapping_config *config)
{
	struct netlink_ext_ack *extack = info->extack;
	struct nlattr **attrs = info->attrs;
	const struct nlattr *addr = attrs[SIPSTEER_A_MAPPING_TARGET_ADDR];
	int err;

	err = parse_mapping_key(info, config);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_MAPPING_TARGET_ADDR) ||
	    GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_MAPPING_TARGET_PORT)) {
		NL_SET_ERR_MSG(extack, "a mapping needs a target");
		return -EINVAL;
	}
	err = sipsteer_nl_parse_addr(addr, &config->match.family,
				     &config->target.addr, extack) ?:
	      check_addr(addr, config->match.family, &config->target.addr,
			 sipsteer_addr_bits(config->match.family), extack) ?:
	      parse_port(attrs[SIPSTEER_A_MAPPING_TARGET_PORT],
			 &config->target.port, extack);
	if (err)
		return err;

	config->methods = SIPSTEER_METHOD_REGISTER;
	if (attrs[SIPSTEER_A_MAPPING_METHODS])
		config->methods = nla_get_u32(attrs[SIPSTEER_A_MAPPING_METHODS]);
	if (!config->methods) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[SIPSTEER_A_MAPPING_METHODS],
				    "no method to steer");
		return -EINVAL;
	}
	config->reply = SIPSTEER_REPLY_RESTORE;
	if (attrs[SIPSTEER_A_MAPPING_REPLY])
		config->reply = nla_get_u8(attrs[SIPSTEER_A_MAPPING_REPLY]);
	config->guard = true;
	if (attrs[SIPSTEER_A_MAPPING_GUARD])
		config->guard = nla_get_u8(attrs[SIPSTEER_A_MAPPING_GUARD]);
	config->route = SIPSTEER_ROUTE_KEEP;
	if (attrs[SIPSTEER_A_MAPPING_ROUTE])
		config->route = nla_get_u8(attrs[SIPSTEER_A_MAPPING_ROUTE]);
	return parse_comment(attrs[SIPSTEER_A_MAPPING_COMMENT], config, extack);
}

static int check_loop(struct sipsteer_table *table,
		      const struct sipsteer_mapping_config *config,
		      const struct sipsteer_mapping *replaced,
		      struct genl_info *info)
{
	struct netlink_ext_ack *extack = info->extack;
	struct nlattr **attrs = info->attrs;

	switch (sipsteer_mapping_check_loop(&table->mappings, config, replaced)) {
	case 0:
		return 0;
	case -ELOOP:
		NL_SET_ERR_MSG_ATTR(extack, attrs[SIPSTEER_A_MAPPING_TARGET_ADDR],
				    "the target lies inside its own match");
		return -EINVAL;
	case -EMLINK:
		NL_SET_ERR_MSG_ATTR(extack, attrs[SIPSTEER_A_MAPPING_TARGET_ADDR],
				    "the target lies inside another mapping's match");
		return -EINVAL;
	default:
		NL_SET_ERR_MSG_ATTR(extack, attrs[SIPSTEER_A_MAPPING_MATCH_ADDR],
				    "another mapping's target lies inside the match");
		return -EINVAL;
	}
}

/* It is no mistake on a handset, whose own connections need no such thing. */
static void warn_unguarded(const struct sipsteer_table *table,
			   const struct sipsteer_mapping_config *config,
			   struct genl_info *info)
{
	if (config->proto & SIPSTEER_PROTO_TCP &&
	    !sipsteer_table_guards_tcp(table, config->match.family,
				       config->from_len, config->guard))
		NL_SET_ERR_MSG(info->extack,
			       "without from, guard off or an exempt source, only this host's own TCP connections are steered");
}

static int mapping_new(struct sipsteer_net *sn,
		       const struct sipsteer_mapping_config *config,
		       struct genl_info *info)
{
	const struct nlattr *match = info->attrs[SIPSTEER_A_MAPPING_MATCH_ADDR];
	bool replace = info->nlhdr->nlmsg_flags & NLM_F_REPLACE;
	bool create = info->nlhdr->nlmsg_flags & NLM_F_CREATE || !replace;
	struct sipsteer_table *table = info_table(sn, info);
	struct sipsteer_mapping *found;
	int err;

	found = sipsteer_mapping_find(&table->mappings, config);
	if (found && !replace) {
		NL_SET_ERR_MSG_ATTR(info->extack, match,
				    "there is a mapping of this match, proto, from and iif");
		return -EEXIST;
	}
	if (found && found->proto != config->proto) {
		NL_SET_ERR_MSG_ATTR(info->extack, match,
				    "the mapping of this match, from and iif has another proto");
		return -EEXIST;
	}
	if (!found && !create) {
		NL_SET_ERR_MSG_ATTR(info->extack, match,
				    "there is no such mapping to replace");
		return -ENOENT;
	}
	err = check_loop(table, config, found, info);
	if (err)
		return err;
	err = sipsteer_net_mapping_add(sn, table, config, found);
	if (err == -ENOSPC)
		NL_SET_ERR_MSG_ATTR(info->extack, match,
				    "the match has no room for another from or iif");
	if (err)
		return err;
	warn_unguarded(table, config, info);
	if (table != sn->staged)
		sipsteer_event_mapping(sn, SIPSTEER_CMD_MAPPING_NEW_NTF,
				       found ? NLM_F_REPLACE : 0,
				       sipsteer_mapping_find(&table->mappings,
							     config));
	return 0;
}

/* Documented in the spec, as are all commands below. */
int sipsteer_nl_mapping_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sipsteer_mapping_config config = {};
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	int err;

	if (!sn)
		return -ENOMEM;
	/* The core leaves these flags to commands before resv_start_op. */
	if (info->nlhdr->nlmsg_flags & ~MAPPING_NEW_FLAGS) {
		NL_SET_ERR_MSG(info->extack, "unknown flags");
		return -EINVAL;
	}
	err = parse_mapping(info, &config);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	err = mapping_new(sn, &config, info);
	mutex_unlock(&sn->lock);
	return err;
}

static struct sipsteer_mapping *mapping_of_id(struct sipsteer_table *table,
					      struct genl_info *info)
{
	const struct nlattr *id = info->attrs[SIPSTEER_A_MAPPING_ID];
	const struct nlattr *match = info->attrs[SIPSTEER_A_MAPPING_MATCH_ADDR];
	struct sipsteer_mapping *mapping;

	if (match) {
		NL_SET_ERR_MSG_ATTR(info->extack, match,
				    "an id leaves nothing to match");
		return ERR_PTR(-EINVAL);
	}
	mapping = xa_load(&table->mappings.ids, nla_get_u32(id));
	if (!mapping)
		NL_SET_ERR_MSG_ATTR(info->extack, id,
				    "there is no mapping of this id");
	return mapping ?: ERR_PTR(-ENOENT);
}

/* Without a proto, any mapping of this key, if there is but one. */
static struct sipsteer_mapping *mapping_of_key(struct sipsteer_table *table,
					       struct genl_info *info)
{
	const struct nlattr *match = info->attrs[SIPSTEER_A_MAPPING_MATCH_ADDR];
	const struct nlattr *proto = info->attrs[SIPSTEER_A_MAPPING_PROTO];
	struct sipsteer_mapping_config config = {};
	struct sipsteer_mapping *mapping;
	int err;

	err = parse_mapping_key(info, &config);
	if (err)
		return ERR_PTR(err);
	mapping = sipsteer_mapping_find(&table->mappings, &config);
	if (!mapping || (proto && mapping->proto != config.proto)) {
		NL_SET_ERR_MSG_ATTR(info->extack, match,
				    "there is no mapping of this match, proto, from and iif");
		return ERR_PTR(-ENOENT);
	}
	config.proto &= ~mapping->proto;
	if (sipsteer_mapping_find(&table->mappings, &config)) {
		NL_SET_ERR_MSG_ATTR(info->extack, match,
				    "there is a mapping of this match for each proto; name one");
		return ERR_PTR(-EINVAL);
	}
	return mapping;
}

/* The mapping that a command names by id or by key. */
static struct sipsteer_mapping *mapping_named(struct sipsteer_table *table,
					      struct genl_info *info)
{
	return info->attrs[SIPSTEER_A_MAPPING_ID] ? mapping_of_id(table, info) :
						    mapping_of_key(table, info);
}

int sipsteer_nl_mapping_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	struct sipsteer_mapping *mapping;
	struct sipsteer_table *table;

	if (!sn)
		return -ENOMEM;
	mutex_lock(&sn->lock);
	table = info_table(sn, info);
	mapping = mapping_named(table, info);
	if (IS_ERR(mapping))
		goto unlock;
	if (table != sn->staged)
		sipsteer_event_mapping(sn, SIPSTEER_CMD_MAPPING_DEL_NTF, 0,
				       mapping);
	sipsteer_net_mapping_del(sn, table, mapping);
unlock:
	mutex_unlock(&sn->lock);
	return PTR_ERR_OR_ZERO(mapping);
}

int sipsteer_nl_mapping_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	struct sipsteer_mapping *mapping;
	struct sipsteer_table *table;
	unsigned long id;

	if (!sn)
		return -ENOMEM;
	mutex_lock(&sn->lock);
	table = info_table(sn, info);
	xa_for_each(&table->mappings.ids, id, mapping) {
		sipsteer_net_mapping_del(sn, table, mapping);
		cond_resched();
	}
	if (table != sn->staged)
		sipsteer_event_table(sn);
	mutex_unlock(&sn->lock);
	return 0;
}

int sipsteer_nl_put_addr(struct sk_buff *skb, int type, u8 family,
			 const union nf_inet_addr *addr)
{
	return nla_put(skb, type, family == NFPROTO_IPV4 ? sizeof(addr->in) :
							   sizeof(addr->in6),
		       addr);
}

int sipsteer_nl_put_endpoint(struct sk_buff *skb, int addr_type, int port_type,
			     u8 family, const struct sipsteer_endpoint *end)
{
	return sipsteer_nl_put_addr(skb, addr_type, family, &end->addr) ?:
	       nla_put_be16(skb, port_type, end->port);
}

static int put_mapping_key(struct sk_buff *skb,
			   const struct sipsteer_mapping *mapping)
{
	const struct sipsteer_prefix *match = &mapping->by_match.key;

	if (nla_put_u32(skb, SIPSTEER_A_MAPPING_ID, mapping->id) ||
	    sipsteer_nl_put_addr(skb, SIPSTEER_A_MAPPING_MATCH_ADDR,
				 match->family, &match->addr) ||
	    nla_put_u8(skb, SIPSTEER_A_MAPPING_MATCH_LEN, match->len) ||
	    nla_put_be16(skb, SIPSTEER_A_MAPPING_MATCH_PORT, match->port) ||
	    nla_put_u8(skb, SIPSTEER_A_MAPPING_PROTO, mapping->proto))
		return -EMSGSIZE;
	if (mapping->from_len &&
	    (sipsteer_nl_put_addr(skb, SIPSTEER_A_MAPPING_FROM_ADDR,
				  match->family, &mapping->from) ||
	     nla_put_u8(skb, SIPSTEER_A_MAPPING_FROM_LEN, mapping->from_len)))
		return -EMSGSIZE;
	if (mapping->iif &&
	    nla_put_string(skb, SIPSTEER_A_MAPPING_IIF, mapping->iif))
		return -EMSGSIZE;
	return 0;
}

static int put_mapping_counter(struct sk_buff *skb, int type,
			       const struct sipsteer_mapping *mapping,
			       enum sipsteer_mapping_counter counter)
{
	return nla_put_u64_64bit(skb, type,
				 sipsteer_mapping_stats_sum(&mapping->stats,
							    counter),
				 SIPSTEER_A_MAPPING_PAD);
}

int sipsteer_nl_put_mapping(struct sk_buff *skb,
			    const struct sipsteer_mapping *mapping)
{
	const struct sipsteer_target *target = mapping->target;

	if (put_mapping_key(skb, mapping) ||
	    sipsteer_nl_put_addr(skb, SIPSTEER_A_MAPPING_TARGET_ADDR,
				 target->by_end.key.family, &target->by_end.key.addr) ||
	    nla_put_be16(skb, SIPSTEER_A_MAPPING_TARGET_PORT,
			 target->by_end.key.port) ||
	    nla_put_u32(skb, SIPSTEER_A_MAPPING_METHODS, mapping->methods) ||
	    nla_put_u8(skb, SIPSTEER_A_MAPPING_REPLY, mapping->reply) ||
	    nla_put_u8(skb, SIPSTEER_A_MAPPING_GUARD, mapping->guard) ||
	    nla_put_u8(skb, SIPSTEER_A_MAPPING_ROUTE, mapping->route))
		return -EMSGSIZE;
	if (mapping->comment &&
	    nla_put_string(skb, SIPSTEER_A_MAPPING_COMMENT, mapping->comment))
		return -EMSGSIZE;
	if (put_mapping_counter(skb, SIPSTEER_A_MAPPING_STEERED, mapping,
				SIPSTEER_MAPPING_STEERED) ||
	    put_mapping_counter(skb, SIPSTEER_A_MAPPING_RESTORED, mapping,
				SIPSTEER_MAPPING_RESTORED) ||
	    put_mapping_counter(skb, SIPSTEER_A_MAPPING_PASSED, mapping,
				SIPSTEER_MAPPING_PASSED))
		return -EMSGSIZE;
	return 0;
}

static int put_transaction(struct sk_buff *skb,
			   const struct sipsteer_transaction *t)
{
	u32 now = sipsteer_transaction_now();
	u32 expires = t->expires > now ? t->expires - now : 0;

	if (sipsteer_nl_put_addr(skb, SIPSTEER_A_TRANSACTION_CLIENT_ADDR,
				 t->family, &t->client) ||
	    nla_put_be16(skb, SIPSTEER_A_TRANSACTION_CLIENT_PORT,
			 t->client_port) ||
	    sipsteer_nl_put_addr(skb, SIPSTEER_A_TRANSACTION_MATCH_ADDR,
				 t->family, &t->match) ||
	    nla_put_be16(skb, SIPSTEER_A_TRANSACTION_MATCH_PORT,
			 t->match_port) ||
	    sipsteer_nl_put_addr(skb, SIPSTEER_A_TRANSACTION_TARGET_ADDR,
				 t->family, &t->target) ||
	    nla_put_be16(skb, SIPSTEER_A_TRANSACTION_TARGET_PORT,
			 t->target_port) ||
	    nla_put_u32(skb, SIPSTEER_A_TRANSACTION_MAPPING, t->mapping) ||
	    nla_put_u32(skb, SIPSTEER_A_TRANSACTION_CSEQ, t->cseq) ||
	    nla_put_u32(skb, SIPSTEER_A_TRANSACTION_EXPIRES, expires))
		return -EMSGSIZE;
	return 0;
}

int sipsteer_nl_put_exempt(struct sk_buff *skb,
			   const struct sipsteer_prefix *prefix)
{
	if (sipsteer_nl_put_addr(skb, SIPSTEER_A_EXEMPT_ADDR, prefix->family,
				 &prefix->addr) ||
	    nla_put_u8(skb, SIPSTEER_A_EXEMPT_LEN, prefix->len))
		return -EMSGSIZE;
	return 0;
}

/*
 * A reply to a do, or one entry of a dump: open, put the attributes, close.
 */
void *sipsteer_nl_reply_open(struct sk_buff *skb, struct genl_info *info)
{
	return genlmsg_put_reply(skb, info, &sipsteer_nl_family, 0,
				 info->genlhdr->cmd);
}

int sipsteer_nl_reply_close(struct sk_buff *skb, struct genl_info *info,
			    void *hdr, int err)
{
	if (err || !hdr) {
		nlmsg_free(skb);
		return err ?: -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

static void *entry_open(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &sipsteer_nl_family,
				NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/* Better refused than ignored: a dump has no filter yet. */
static int check_dump(struct netlink_callback *cb)
{
	if (!nlmsg_attrlen(cb->nlh, GENL_HDRLEN))
		return 0;
	NL_SET_ERR_MSG(cb->extack, "a dump takes no attributes");
	return -EINVAL;
}

static int entry_close(struct sk_buff *skb, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

int sipsteer_nl_mapping_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	struct sipsteer_mapping *mapping;
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (!sn)
		return -ENOMEM;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = sipsteer_nl_reply_open(msg, info);
	mutex_lock(&sn->lock);
	mapping = mapping_named(sipsteer_net_table(sn), info);
	err = IS_ERR(mapping) ? PTR_ERR(mapping) :
				sipsteer_nl_put_mapping(msg, mapping);
	mutex_unlock(&sn->lock);
	return sipsteer_nl_reply_close(msg, info, hdr, err);
}

static int mapping_entry(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct sipsteer_mapping *mapping)
{
	void *hdr = entry_open(skb, cb, SIPSTEER_CMD_MAPPING_GET);

	return hdr ? entry_close(skb, hdr,
				 sipsteer_nl_put_mapping(skb, mapping)) :
		     -EMSGSIZE;
}

/* cb->args[0] is the id to go on at, so nothing is lost where a reply ends. */
int sipsteer_nl_mapping_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct sipsteer_net *sn = cb_net(cb);
	struct sipsteer_mapping *mapping;
	unsigned long id;
	int err;

	if (!sn)
		return -ENOMEM;
	err = check_dump(cb);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	cb->seq = sn->generation;
	xa_for_each_start(&sipsteer_net_table(sn)->mappings.ids, id, mapping,
			  cb->args[0]) {
		if (mapping_entry(skb, cb, mapping))
			break;
		cb->args[0] = id + 1;
	}
	mutex_unlock(&sn->lock);
	return skb->len;
}

static int parse_exempt(struct genl_info *info, struct sipsteer_prefix *prefix)
{
	const struct nlattr *addr = info->attrs[SIPSTEER_A_EXEMPT_ADDR];

	if (GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_EXEMPT_ADDR)) {
		NL_SET_ERR_MSG(info->extack, "the prefix is missing");
		return -EINVAL;
	}
	return parse_prefix(addr, info->attrs[SIPSTEER_A_EXEMPT_LEN],
			    &prefix->family, &prefix->addr, &prefix->len,
			    info->extack);
}

int sipsteer_nl_exempt_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	struct sipsteer_prefix prefix = {};
	struct sipsteer_table *table;
	int err;

	if (!sn)
		return -ENOMEM;
	err = parse_exempt(info, &prefix);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	table = info_table(sn, info);
	err = sipsteer_exempt_add(&table->exempts, &prefix);
	if (!err && table != sn->staged) {
		sipsteer_net_changed(sn);
		sipsteer_event_exempt(sn, SIPSTEER_CMD_EXEMPT_NEW_NTF, &prefix);
	}
	mutex_unlock(&sn->lock);
	if (err == -EEXIST)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SIPSTEER_A_EXEMPT_ADDR],
				    "this prefix is exempt already");
	return err;
}

int sipsteer_nl_exempt_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	struct sipsteer_prefix prefix = {};
	struct sipsteer_table *table;
	int err;

	if (!sn)
		return -ENOMEM;
	err = parse_exempt(info, &prefix);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	table = info_table(sn, info);
	err = sipsteer_exempt_del(&table->exempts, &prefix);
	if (!err && table != sn->staged) {
		sipsteer_net_changed(sn);
		sipsteer_event_exempt(sn, SIPSTEER_CMD_EXEMPT_DEL_NTF, &prefix);
	}
	mutex_unlock(&sn->lock);
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SIPSTEER_A_EXEMPT_ADDR],
				    "this prefix is not in the exempt set");
	return err;
}

int sipsteer_nl_exempt_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	struct sipsteer_prefix prefix = {};
	struct sk_buff *msg;
	bool found;
	void *hdr;
	int err;

	if (!sn)
		return -ENOMEM;
	err = parse_exempt(info, &prefix);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	found = sipsteer_exempt_has(&sipsteer_net_table(sn)->exempts, &prefix);
	mutex_unlock(&sn->lock);
	if (!found) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SIPSTEER_A_EXEMPT_ADDR],
				    "this prefix is not in the exempt set");
		return -ENOENT;
	}
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = sipsteer_nl_reply_open(msg, info);
	return sipsteer_nl_reply_close(msg, info, hdr,
				       sipsteer_nl_put_exempt(msg, &prefix));
}

static int exempt_entry(struct sk_buff *skb, struct netlink_callback *cb,
			const struct sipsteer_prefix *prefix)
{
	void *hdr = entry_open(skb, cb, SIPSTEER_CMD_EXEMPT_GET);

	return hdr ? entry_close(skb, hdr,
				 sipsteer_nl_put_exempt(skb, prefix)) :
		     -EMSGSIZE;
}

/* cb->args[0] counts the entries sent. If the set changes, the dump says so. */
int sipsteer_nl_exempt_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct sipsteer_net *sn = cb_net(cb);
	struct sipsteer_exempt *exempt;
	long n = 0;
	int err;

	if (!sn)
		return -ENOMEM;
	err = check_dump(cb);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	cb->seq = sn->generation;
	list_for_each_entry(exempt, &sipsteer_net_table(sn)->exempts.list, list) {
		if (n++ < cb->args[0])
			continue;
		if (exempt_entry(skb, cb, &exempt->by_prefix.key))
			break;
		cb->args[0] = n;
	}
	mutex_unlock(&sn->lock);
	return skb->len;
}

static int put_counters(struct sk_buff *skb, const struct sipsteer_net *sn)
{
	enum sipsteer_counter i;
	struct nlattr *nest;

	for (i = SIPSTEER_COUNTER_STEERED; i <= SIPSTEER_COUNTER_MAX; i++) {
		nest = nla_nest_start(skb, SIPSTEER_A_STATS_COUNTER);
		if (!nest ||
		    nla_put_u32(skb, SIPSTEER_A_COUNTER_ID, i) ||
		    nla_put_u64_64bit(skb, SIPSTEER_A_COUNTER_VALUE,
				      sipsteer_stats_sum(sn->stats, i),
				      SIPSTEER_A_COUNTER_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_stats(struct sk_buff *skb, struct sipsteer_net *sn)
{
	u32 transactions = sipsteer_transactions_count(&sn->transactions);
	const u32 *mappings = sipsteer_net_table(sn)->mappings.count;

	if (nla_put_u32(skb, SIPSTEER_A_STATS_MAPPINGS,
			mappings[0] + mappings[1]) ||
	    nla_put_u32(skb, SIPSTEER_A_STATS_TRANSACTIONS, transactions) ||
	    nla_put_u32(skb, SIPSTEER_A_STATS_TRANSACTION_MAX,
			sn->transactions.max) ||
	    nla_put_u8(skb, SIPSTEER_A_STATS_HOOKS, sn->hooked) ||
	    nla_put_u32(skb, SIPSTEER_A_STATS_FLOWS,
			sipsteer_flows_count(&sn->flows)) ||
	    nla_put_u32(skb, SIPSTEER_A_STATS_FLOW_MAX,
			READ_ONCE(sn->flows.limits.max)))
		return -EMSGSIZE;
	return put_counters(skb, sn);
}

/* A reply that says how the namespace is. */
static int reply_net(struct genl_info *info,
		     int (*put)(struct sk_buff *msg, struct sipsteer_net *sn))
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (!sn)
		return -ENOMEM;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = sipsteer_nl_reply_open(msg, info);
	mutex_lock(&sn->lock);
	err = put(msg, sn);
	mutex_unlock(&sn->lock);
	return sipsteer_nl_reply_close(msg, info, hdr, err);
}

int sipsteer_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reply_net(info, put_stats);
}

/* The newest transaction of a client; false if there is none. */
static bool newest_transaction(struct sipsteer_net *sn,
			       const struct sipsteer_endpoint *client, u8 family,
			       struct sipsteer_transaction *newest)
{
	struct sipsteer_transaction_cursor cursor = {};
	struct sipsteer_transaction t;
	bool found = false;

	rcu_read_lock();
	while (sipsteer_transaction_next(&sn->transactions, &cursor, &t)) {
		if (t.family != family || t.client_port != client->port ||
		    !nf_inet_addr_cmp(&t.client, &client->addr))
			continue;
		if (!found || t.expires >= newest->expires)
			*newest = t;
		found = true;
	}
	rcu_read_unlock();
	return found;
}

int sipsteer_nl_transaction_get_doit(struct sk_buff *skb,
				     struct genl_info *info)
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	struct sipsteer_endpoint client = {};
	struct sipsteer_transaction newest;
	const struct nlattr *addr;
	struct sk_buff *msg;
	u8 family = 0;
	void *hdr;
	int err;

	if (!sn)
		return -ENOMEM;
	if (GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_TRANSACTION_CLIENT_ADDR) ||
	    GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_TRANSACTION_CLIENT_PORT)) {
		NL_SET_ERR_MSG(info->extack,
			       "the client's address and port are needed");
		return -EINVAL;
	}
	addr = info->attrs[SIPSTEER_A_TRANSACTION_CLIENT_ADDR];
	err = sipsteer_nl_parse_addr(addr, &family, &client.addr, info->extack);
	if (err)
		return err;
	client.port =
		nla_get_be16(info->attrs[SIPSTEER_A_TRANSACTION_CLIENT_PORT]);
	if (!newest_transaction(sn, &client, family, &newest)) {
		NL_SET_ERR_MSG(info->extack,
			       "no transaction of this client is remembered");
		return -ENOENT;
	}
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = sipsteer_nl_reply_open(msg, info);
	return sipsteer_nl_reply_close(msg, info, hdr,
				       put_transaction(msg, &newest));
}

static int transaction_entry(struct sk_buff *skb, struct netlink_callback *cb,
			     const struct sipsteer_transaction *transaction)
{
	void *hdr = entry_open(skb, cb, SIPSTEER_CMD_TRANSACTION_GET);

	return hdr ? entry_close(skb, hdr, put_transaction(skb, transaction)) :
		     -EMSGSIZE;
}

/*
 * cb->args are the cursor. Packets change the table all the time, so this is
 * no still picture, and does not pretend to be: there is no generation.
 */
int sipsteer_nl_transaction_get_dumpit(struct sk_buff *skb,
				       struct netlink_callback *cb)
{
	struct sipsteer_transaction_cursor cursor = {
		.table = cb->args[0],
		.slot = cb->args[1],
	};
	struct sipsteer_net *sn = cb_net(cb);
	struct sipsteer_transaction transaction;
	int err;

	if (!sn)
		return -ENOMEM;
	err = check_dump(cb);
	if (err)
		return err;
	rcu_read_lock();
	while (sipsteer_transaction_next(&sn->transactions, &cursor,
					 &transaction)) {
		if (transaction_entry(skb, cb, &transaction))
			break;
		cb->args[0] = cursor.table;
		cb->args[1] = cursor.slot;
	}
	rcu_read_unlock();
	return skb->len;
}

int sipsteer_nl_transaction_flush_doit(struct sk_buff *skb,
				       struct genl_info *info)
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	int err;

	if (!sn)
		return -ENOMEM;
	mutex_lock(&sn->lock);
	err = sipsteer_transactions_flush(&sn->transactions);
	if (!err)
		sipsteer_net_rest(sn);
	mutex_unlock(&sn->lock);
	return err;
}

static int put_flow_ends(struct sk_buff *skb, const struct sipsteer_flow *flow)
{
	return sipsteer_nl_put_endpoint(skb, SIPSTEER_A_FLOW_CLIENT_ADDR,
					SIPSTEER_A_FLOW_CLIENT_PORT,
					flow->family, &flow->client) ?:
	       sipsteer_nl_put_endpoint(skb, SIPSTEER_A_FLOW_MATCH_ADDR,
					SIPSTEER_A_FLOW_MATCH_PORT,
					flow->family, &flow->match) ?:
	       sipsteer_nl_put_endpoint(skb, SIPSTEER_A_FLOW_TARGET_ADDR,
					SIPSTEER_A_FLOW_TARGET_PORT,
					flow->family, &flow->target);
}

static int put_flow(struct sk_buff *skb, const struct sipsteer_flows *set,
		    const struct sipsteer_flow *flow)
{
	u32 idle = sipsteer_flow_now() - READ_ONCE(flow->seen);

	if (put_flow_ends(skb, flow) ||
	    nla_put_u8(skb, SIPSTEER_A_FLOW_STATE, sipsteer_flow_state(flow)) ||
	    nla_put_u32(skb, SIPSTEER_A_FLOW_IDLE, idle) ||
	    nla_put_u32(skb, SIPSTEER_A_FLOW_EXPIRES,
			sipsteer_flow_expires(set, flow)))
		return -EMSGSIZE;
	if (!sipsteer_flow_is(flow, SIPSTEER_FLOW_DIRECT) &&
	    nla_put_u32(skb, SIPSTEER_A_FLOW_MAPPING, flow->mapping))
		return -EMSGSIZE;
	return 0;
}

static int parse_flow(struct genl_info *info, u8 *family,
		      struct sipsteer_endpoint *client,
		      struct sipsteer_endpoint *match)
{
	struct nlattr **attrs = info->attrs;

	if (GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_FLOW_CLIENT_ADDR) ||
	    GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_FLOW_CLIENT_PORT) ||
	    GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_FLOW_MATCH_ADDR) ||
	    GENL_REQ_ATTR_CHECK(info, SIPSTEER_A_FLOW_MATCH_PORT)) {
		NL_SET_ERR_MSG(info->extack,
			       "the client's address and port are needed, and those it connected to");
		return -EINVAL;
	}
	client->port = nla_get_be16(attrs[SIPSTEER_A_FLOW_CLIENT_PORT]);
	match->port = nla_get_be16(attrs[SIPSTEER_A_FLOW_MATCH_PORT]);
	return sipsteer_nl_parse_addr(attrs[SIPSTEER_A_FLOW_CLIENT_ADDR],
				      family, &client->addr, info->extack) ?:
	       sipsteer_nl_parse_addr(attrs[SIPSTEER_A_FLOW_MATCH_ADDR],
				      family, &match->addr, info->extack);
}

int sipsteer_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sipsteer_endpoint client = {}, match = {};
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	struct sipsteer_flow *flow;
	struct sk_buff *msg;
	u8 family = 0;
	void *hdr;
	int err;

	if (!sn)
		return -ENOMEM;
	err = parse_flow(info, &family, &client, &match);
	if (err)
		return err;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = sipsteer_nl_reply_open(msg, info);
	rcu_read_lock();
	flow = sipsteer_flow_of_client(&sn->flows, family, &client, &match);
	err = flow ? put_flow(msg, &sn->flows, flow) : -ENOENT;
	rcu_read_unlock();
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "no such connection is remembered");
	return sipsteer_nl_reply_close(msg, info, hdr, err);
}

static int flow_dump_start(struct netlink_callback *cb)
{
	if (!cb_net(cb))
		return -ENOMEM;
	return check_dump(cb);
}

static int flow_entry(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct sipsteer_flows *set,
		      const struct sipsteer_flow *flow)
{
	void *hdr = entry_open(skb, cb, SIPSTEER_CMD_FLOW_GET);

	return hdr ? entry_close(skb, hdr, put_flow(skb, set, flow)) : -EMSGSIZE;
}

/* As with transactions, no still picture. */
int sipsteer_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sipsteer_hash_pos *pos = (void *)cb->ctx, sent;
	struct sipsteer_flows *set = &cb_net(cb)->flows;
	struct sipsteer_flow *flow;

	BUILD_BUG_ON(sizeof(*pos) > sizeof(cb->ctx));
	rcu_read_lock();
	for (sent = *pos; (flow = sipsteer_flows_walk(set, pos)); sent = *pos)
		if (flow_entry(skb, cb, set, flow)) {
			*pos = sent;
			break;
		}
	rcu_read_unlock();
	return skb->len;
}

int sipsteer_nl_flow_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);

	if (!sn)
		return -ENOMEM;
	mutex_lock(&sn->lock);
	sipsteer_flows_flush(&sn->flows);
	sipsteer_net_rest(sn);
	mutex_unlock(&sn->lock);
	return 0;
}

/**
 * struct limit_rule - a limit, and what it can be
 * @attr: its attribute
 * @offset: where it stands in struct sipsteer_limits
 * @min: lower it cannot be
 * @max: nor higher
 * @root: nor higher than this, if not 0, where it is set by who is root of a
 *	container only: it is the host's memory
 */
struct limit_rule {
	u16 attr;
	u16 offset;
	u32 min;
	u32 max;
	u32 root;
};

static const struct limit_rule limit_rules[] = {
	{
		SIPSTEER_A_LIMITS_FLOW_MAX,
		offsetof(struct sipsteer_limits, flow.max),
		1, SIPSTEER_FLOW_MAX_MAX, SIPSTEER_FLOW_MAX,
	}, {
		SIPSTEER_A_LIMITS_FLOW_ESTABLISHED,
		offsetof(struct sipsteer_limits, flow.established),
		1, SIPSTEER_FLOW_TIMEOUT_MAX,
	}, {
		SIPSTEER_A_LIMITS_FLOW_TRANSITORY,
		offsetof(struct sipsteer_limits, flow.transitory),
		1, SIPSTEER_FLOW_TIMEOUT_MAX,
	}, {
		SIPSTEER_A_LIMITS_EVENT_RATE,
		offsetof(struct sipsteer_limits, event_rate),
		1, SIPSTEER_EVENT_RATE_MAX,
	}, {
		SIPSTEER_A_LIMITS_TRANSACTION_MAX,
		offsetof(struct sipsteer_limits, transaction_max),
		SIPSTEER_TRANSACTION_MAX_MIN, SIPSTEER_TRANSACTION_MAX_MAX,
		SIPSTEER_TRANSACTION_MAX,
	},
};

/* The namespace's lock is held. */
int sipsteer_nl_put_limits(struct sk_buff *skb, struct sipsteer_net *sn)
{
	const struct sipsteer_limits limits = sipsteer_net_limits(sn);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(limit_rules); i++)
		if (nla_put_u32(skb, limit_rules[i].attr,
				*(u32 *)((void *)&limits +
					 limit_rules[i].offset)))
			return -EMSGSIZE;
	return 0;
}

int sipsteer_nl_limits_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reply_net(info, sipsteer_nl_put_limits);
}

static int check_limit(struct sk_buff *skb, const struct nlattr *attr,
		       const struct limit_rule *rule, u32 value,
		       struct netlink_ext_ack *extack)
{
	if (!value) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "this limit cannot be 0");
		return -ERANGE;
	}
	if (value < rule->min) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "this limit cannot be as low");
		return -ERANGE;
	}
	if (value > rule->max) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "this limit cannot be as high");
		return -ERANGE;
	}
	if (rule->root && value > rule->root &&
	    !netlink_capable(skb, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "only the host's own root may set this limit as high");
		return -EPERM;
	}
	return 0;
}

/* A limit that is not given stays 0. */
static int parse_limits(struct sk_buff *skb, struct genl_info *info,
			struct sipsteer_limits *limits)
{
	const struct nlattr *attr;
	unsigned int i;
	u32 *value;
	int err;

	for (i = 0; i < ARRAY_SIZE(limit_rules); i++) {
		attr = info->attrs[limit_rules[i].attr];
		if (!attr)
			continue;
		value = (void *)limits + limit_rules[i].offset;
		*value = nla_get_u32(attr);
		err = check_limit(skb, attr, &limit_rules[i], *value,
				  info->extack);
		if (err)
			return err;
	}
	return 0;
}

int sipsteer_nl_limits_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	struct sipsteer_limits limits = {};
	int err;

	if (!sn)
		return -ENOMEM;
	err = parse_limits(skb, info, &limits);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	if (sipsteer_net_staged(sn, info->snd_portid)) {
		sipsteer_limits_add(&sn->staged_limits, &limits);
	} else {
		sipsteer_net_limit(sn, &limits);
		sipsteer_event_limits(sn);
	}
	mutex_unlock(&sn->lock);
	return 0;
}

int sipsteer_nl_table_begin_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	int err;

	if (!sn)
		return -ENOMEM;
	mutex_lock(&sn->lock);
	err = sipsteer_net_begin(sn, info->snd_portid);
	mutex_unlock(&sn->lock);
	if (err == -EALREADY)
		NL_SET_ERR_MSG(info->extack, "this socket has begun a table already");
	if (err == -EBUSY)
		NL_SET_ERR_MSG(info->extack, "the table is being replaced by someone else");
	return err;
}

static int end_table(struct genl_info *info,
		     int (*end)(struct sipsteer_net *sn, u32 portid))
{
	struct sipsteer_net *sn = sipsteer_nl_net(info);
	int err;

	if (!sn)
		return -ENOMEM;
	mutex_lock(&sn->lock);
	err = end(sn, info->snd_portid);
	mutex_unlock(&sn->lock);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "this socket has begun no table");
	return err;
}

int sipsteer_nl_table_commit_doit(struct sk_buff *skb, struct genl_info *info)
{
	return end_table(info, sipsteer_net_commit);
}

int sipsteer_nl_table_abort_doit(struct sk_buff *skb, struct genl_info *info)
{
	return end_table(info, sipsteer_net_abort);
}

/* A table that nobody can commit any more goes with its socket. */
static int socket_event(struct notifier_block *block, unsigned long event,
			void *data)
{
	const struct netlink_notify *notify = data;
	struct sipsteer_net *sn;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	sn = sipsteer_net_find(notify->net);
	/*
	 * All netlink sockets come by here, and are not to wait for a long
	 * command.  If this one has begun a table, that was before.
	 */
	if (!sn || !READ_ONCE(sn->staged) ||
	    READ_ONCE(sn->staged_portid) != notify->portid)
		return NOTIFY_DONE;
	mutex_lock(&sn->lock);
	sipsteer_net_abort(sn, notify->portid);
	mutex_unlock(&sn->lock);
	return NOTIFY_DONE;
}

static struct notifier_block socket_notifier = {
	.notifier_call = socket_event,
};

/* The generated table, and what the generator writes into no table per op. */
static struct genl_ops ops[ARRAY_SIZE(sipsteer_nl_ops)] __ro_after_init;

static void __init ops_init(void)
{
	unsigned int i;

	memcpy(ops, sipsteer_nl_ops, sizeof(ops));
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		if (ops[i].cmd != SIPSTEER_CMD_FLOW_GET)
			continue;
		ops[i].start = flow_dump_start;
	}
}

/* Who passes by, and what is done with it, is not everybody's business. */
static const struct genl_multicast_group groups[] = {
	[SIPSTEER_NLGRP_CONFIG] = {
		.name = SIPSTEER_MCGRP_CONFIG,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
	[SIPSTEER_NLGRP_TRAFFIC] = {
		.name = SIPSTEER_MCGRP_TRAFFIC,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

#if SIPSTEER_HAVE_GENL_BIND
/* Comes before the listener hears anything. */
static int bind_group(int group)
{
	static atomic_t listened;

	if (group == SIPSTEER_NLGRP_TRAFFIC && !atomic_xchg(&listened, 1))
		sipsteer_watch();
	return 0;
}
#endif

struct genl_family sipsteer_nl_family __ro_after_init = {
	.name = SIPSTEER_FAMILY_NAME,
	.version = SIPSTEER_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	/* That command alone takes netlink's flags, NLM_F_REPLACE and others. */
	.resv_start_op = SIPSTEER_CMD_MAPPING_NEW + 1,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
#if SIPSTEER_HAVE_GENL_BIND
	.bind = bind_group,
#endif
};

/**
 * sipsteer_netlink_init() - register the generic netlink family
 *
 * Return: 0 or a negative errno.
 */
int __init sipsteer_netlink_init(void)
{
	int err;

	ops_init();
	err = netlink_register_notifier(&socket_notifier);
	if (err)
		return err;
	err = genl_register_family(&sipsteer_nl_family);
	if (err)
		netlink_unregister_notifier(&socket_notifier);
	return err;
}

/**
 * sipsteer_netlink_exit() - unregister the generic netlink family
 *
 * When it returns, no command is running any more.
 */
void sipsteer_netlink_exit(void)
{
	genl_unregister_family(&sipsteer_nl_family);
	netlink_unregister_notifier(&socket_notifier);
}

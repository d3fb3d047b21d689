// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink with the sipsteer family; beside nl.c, which nft.c and rtnl.c
 * have, the only user of libmnl
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/sipsteer.h>

#include "genl.h"
#include "parse.h"
#include "sipsteer.h"

/* The kernel fills up to this much of a buffer with one part of a dump. */
#define RX_SIZE		32768
/* The largest payload, and all other attributes with room to spare. */
#define TX_SIZE		(GENL_PAYLOAD_MAX + 2048)
/* No request of a batch is larger, and none has more attributes. */
#define BATCHED_SIZE	1024
#define BATCHED_ATTRS	24
#define BLAME_MAX	4096
#define MESSAGE_SIZE	512
#define DUMP_TRIES	5

/**
 * struct blame - the words that an attribute of a request came from
 * @offset: of the attribute, from the start of all requests
 * @keyword: the word before the value, or NULL
 * @value: the value as it was typed, or NULL if nobody typed it
 */
struct blame {
	size_t offset;
	const char *keyword;
	const char *value;
};

/**
 * struct genl - a socket, one request or several, and what became of them
 * @socket: bound to generic netlink
 * @family: number of the sipsteer family
 * @seq: of the last request
 * @begin: where the last request begins
 * @interrupted: the dump saw the table change
 * @message: the kernel's sentence (extack), if it said one
 * @guilty: the attribute it means, if it means one
 * @missing: type of the attribute that it misses, or 0
 * @keyword: of the attributes that follow
 * @value: of the attributes that follow, NULL if nobody typed them
 * @blames: how many of @blame are in use
 * @blame: attributes of the requests, in order
 * @tx: the requests
 * @rx: what the kernel sent
 */
struct genl {
	struct mnl_socket *socket;
	uint16_t family;
	uint32_t seq;
	size_t begin;
	bool interrupted;
	char message[MESSAGE_SIZE];
	const struct blame *guilty;
	uint32_t missing;
	const char *keyword;
	const char *value;
	unsigned int blames;
	struct blame blame[BLAME_MAX];
	char tx[TX_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	char rx[RX_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* The last one, which is the only one unless there is a batch. */
static struct nlmsghdr *request(struct genl *genl)
{
	return (struct nlmsghdr *)(genl->tx + genl->begin);
}

/* Where the next request would begin. */
static size_t tx_size(const struct genl *genl)
{
	const struct nlmsghdr *last = (const void *)(genl->tx + genl->begin);

	return genl->begin + MNL_ALIGN(last->nlmsg_len);
}

/* Forget all requests. */
static void reset(struct genl *genl)
{
	genl->begin = 0;
	request(genl)->nlmsg_len = 0;
	genl->blames = 0;
}

static void start(struct genl *genl, uint16_t family, uint8_t command,
		  uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request(genl));
	struct genlmsghdr *genlh;

	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++genl->seq;
	genlh = mnl_nlmsg_put_extra_header(nlh, sizeof(*genlh));
	genlh->cmd = command;
	genlh->version = 1;
	genl_blame(genl, NULL, NULL);
}

/**
 * genl_start() - begin a request
 * @genl: the socket
 * @command: a SIPSTEER_CMD_*
 * @flags: NLM_F_* beside those that every request has
 */
void genl_start(struct genl *genl, uint8_t command, uint16_t flags)
{
	reset(genl);
	start(genl, genl->family, command, flags);
}

/**
 * genl_batch_begin() - begin a batch of requests, empty as yet
 * @genl: the socket
 */
void genl_batch_begin(struct genl *genl)
{
	reset(genl);
}

/**
 * genl_batch_add() - begin one more request of a batch
 * @genl: the socket
 * @command: a SIPSTEER_CMD_*
 * @flags: NLM_F_* beside those that every request has
 *
 * What genl_blame() is told must live until the batch is sent.
 */
void genl_batch_add(struct genl *genl, uint8_t command, uint16_t flags)
{
	genl->begin = tx_size(genl);
	start(genl, genl->family, command, flags);
}

/**
 * genl_batch_is_full() - whether there may be no room for another request
 * @genl: the socket
 *
 * Return: true if the batch must be sent first.
 */
bool genl_batch_is_full(const struct genl *genl)
{
	return sizeof(genl->tx) - tx_size(genl) < BATCHED_SIZE ||
	       BLAME_MAX - genl->blames < BATCHED_ATTRS;
}

/**
 * genl_blame() - tell which words the next attributes come from
 * @genl: the socket
 * @keyword: the word before the value, or NULL
 * @value: the value as it was typed
 *
 * When the kernel finds fault with one of them, the message names the words.
 */
void genl_blame(struct genl *genl, const char *keyword, const char *value)
{
	genl->keyword = keyword;
	genl->value = value;
}

static void note_blame(struct genl *genl)
{
	if (genl->blames == BLAME_MAX)
		return;
	genl->blame[genl->blames++] = (struct blame){
		.offset = tx_size(genl),
		.keyword = genl->keyword,
		.value = genl->value,
	};
}

/**
 * genl_put_data() - add an attribute
 * @genl: the socket
 * @type: of the attribute
 * @data: its value
 * @size: of the value; all of a request must fit a maximal UDP payload and
 *	  some small attributes
 */
void genl_put_data(struct genl *genl, uint16_t type, const void *data,
		   size_t size)
{
	note_blame(genl);
	mnl_attr_put(request(genl), type, size, data);
}

/**
 * genl_put_u8() - add an 8 bit number
 * @genl: the socket
 * @type: of the attribute
 * @value: the number
 */
void genl_put_u8(struct genl *genl, uint16_t type, uint8_t value)
{
	genl_put_data(genl, type, &value, sizeof(value));
}

/**
 * genl_put_u32() - add a 32 bit number
 * @genl: the socket
 * @type: of the attribute
 * @value: the number
 */
void genl_put_u32(struct genl *genl, uint16_t type, uint32_t value)
{
	genl_put_data(genl, type, &value, sizeof(value));
}

/**
 * genl_put_string() - add a string
 * @genl: the socket
 * @type: of the attribute
 * @value: the string
 */
void genl_put_string(struct genl *genl, uint16_t type, const char *value)
{
	genl_put_data(genl, type, value, strlen(value) + 1);
}

/**
 * genl_put_addr() - add an address
 * @genl: the socket
 * @type: of the attribute
 * @addr: the address
 */
void genl_put_addr(struct genl *genl, uint16_t type, const struct addr *addr)
{
	genl_put_data(genl, type, addr->bytes, addr->size);
}

/**
 * genl_put_port() - add a port
 * @genl: the socket
 * @type: of the attribute
 * @port: the port, in host order
 */
void genl_put_port(struct genl *genl, uint16_t type, uint16_t port)
{
	uint16_t value = htons(port);

	genl_put_data(genl, type, &value, sizeof(value));
}

static int note_attr(const struct nlattr *attr, void *data)
{
	struct genl_attrs *attrs = data;
	uint16_t type = mnl_attr_get_type(attr);

	if (type <= GENL_ATTR_MAX)
		attrs->tb[type] = attr;
	return MNL_CB_OK;
}

static void index_attrs(const void *first, size_t size,
			struct genl_attrs *attrs)
{
	memset(attrs, 0, sizeof(*attrs));
	attrs->first = first;
	attrs->size = size;
	mnl_attr_parse_payload(first, size, note_attr, attrs);
}

/* Returns 0, or -EBADMSG if it is too short for generic netlink. */
static int index_message(const struct nlmsghdr *nlh, struct genl_attrs *attrs)
{
	size_t size = mnl_nlmsg_get_payload_len(nlh);

	if (size < GENL_HDRLEN)
		return -EBADMSG;
	index_attrs(mnl_nlmsg_get_payload_offset(nlh, GENL_HDRLEN),
		    size - GENL_HDRLEN, attrs);
	return 0;
}

static size_t payload_size(const struct genl_attrs *attrs, int type)
{
	return attrs->tb[type] ? mnl_attr_get_payload_len(attrs->tb[type]) : 0;
}

/* A value that is shorter than it ought to be counts as absent. */
static bool get_data(const struct genl_attrs *attrs, int type, void *value,
		     size_t size)
{
	if (payload_size(attrs, type) < size)
		return false;
	memcpy(value, mnl_attr_get_payload(attrs->tb[type]), size);
	return true;
}

/**
 * genl_get_u8() - read an 8 bit number
 * @attrs: attributes
 * @type: of the one to read
 * @absent: the number if there is no such attribute
 *
 * Return: the number.
 */
uint8_t genl_get_u8(const struct genl_attrs *attrs, int type, uint8_t absent)
{
	uint8_t value;

	return get_data(attrs, type, &value, sizeof(value)) ? value : absent;
}

/**
 * genl_get_u32() - read a 32 bit number
 * @attrs: attributes
 * @type: of the one to read
 * @absent: the number if there is no such attribute
 *
 * Return: the number.
 */
uint32_t genl_get_u32(const struct genl_attrs *attrs, int type,
		      uint32_t absent)
{
	uint32_t value;

	return get_data(attrs, type, &value, sizeof(value)) ? value : absent;
}

/**
 * genl_get_u64() - read a 64 bit number
 * @attrs: attributes
 * @type: of the one to read
 * @absent: the number if there is no such attribute
 *
 * Return: the number.
 */
uint64_t genl_get_u64(const struct genl_attrs *attrs, int type,
		      uint64_t absent)
{
	uint64_t value;

	return get_data(attrs, type, &value, sizeof(value)) ? value : absent;
}

/**
 * genl_get_port() - read a port
 * @attrs: attributes
 * @type: of the one to read
 *
 * Return: the port in host order, 0 if there is none.
 */
uint16_t genl_get_port(const struct genl_attrs *attrs, int type)
{
	uint16_t value;

	return get_data(attrs, type, &value, sizeof(value)) ? ntohs(value) : 0;
}

/**
 * genl_get_string() - read a string
 * @attrs: attributes
 * @type: of the one to read
 * @text: where it goes; empty if there is no such attribute
 * @size: room there
 */
void genl_get_string(const struct genl_attrs *attrs, int type, char *text,
		     size_t size)
{
	size_t len = payload_size(attrs, type);

	if (len >= size)
		len = size - 1;
	if (len)
		memcpy(text, mnl_attr_get_payload(attrs->tb[type]), len);
	text[len] = '\0';
}

static int get_addr(const struct genl_attrs *attrs, int type,
		    struct addr *addr)
{
	size_t size = payload_size(attrs, type);

	memset(addr, 0, sizeof(*addr));
	if (size != 4 && size != 16)
		return -EBADMSG;
	addr->size = (unsigned char)size;
	memcpy(addr->bytes, mnl_attr_get_payload(attrs->tb[type]), size);
	return 0;
}

/**
 * genl_get_prefix() - read a prefix
 * @attrs: attributes
 * @addr_type: of its address
 * @len_type: of its length
 * @prefix: where it goes
 *
 * Return: 0, or -EBADMSG if there is none.
 */
int genl_get_prefix(const struct genl_attrs *attrs, int addr_type,
		    int len_type, struct prefix *prefix)
{
	if (get_addr(attrs, addr_type, &prefix->addr))
		return -EBADMSG;
	prefix->len = genl_get_u8(attrs, len_type, prefix->addr.size * 8);
	return prefix->len <= prefix->addr.size * 8 ? 0 : -EBADMSG;
}

/**
 * genl_get_endpoint() - read an address and a port
 * @attrs: attributes
 * @addr_type: of the address
 * @port_type: of the port
 * @endpoint: where they go
 *
 * Return: 0, or -EBADMSG if there is no address.
 */
int genl_get_endpoint(const struct genl_attrs *attrs, int addr_type,
		      int port_type, struct endpoint *endpoint)
{
	endpoint->port = genl_get_port(attrs, port_type);
	return get_addr(attrs, addr_type, &endpoint->addr);
}

/**
 * genl_each_nest() - read all nests of one type
 * @attrs: attributes
 * @type: of the nests
 * @reply: takes the attributes of one nest
 * @data: for @reply
 *
 * Return: 0, or what @reply returned to stop.
 */
int genl_each_nest(const struct genl_attrs *attrs, int type,
		   genl_reply_fn reply, void *data)
{
	const struct nlattr *attr;
	int err;

	mnl_attr_for_each_payload(attrs->first, attrs->size) {
		struct genl_attrs nest;

		if (mnl_attr_get_type(attr) != type)
			continue;
		index_attrs(mnl_attr_get_payload(attr),
			    mnl_attr_get_payload_len(attr), &nest);
		err = reply(&nest, data);
		if (err)
			return err;
	}
	return 0;
}

/* The request that a message answers; NULL if it is none of ours. */
static const struct nlmsghdr *find_request(const struct genl *genl,
					   uint32_t seq)
{
	const struct nlmsghdr *nlh = (const void *)genl->tx;
	int left = (int)tx_size(genl);

	while (mnl_nlmsg_ok(nlh, left) && nlh->nlmsg_seq != seq)
		nlh = mnl_nlmsg_next(nlh, &left);
	return mnl_nlmsg_ok(nlh, left) ? nlh : NULL;
}

/* An offset of 0, or none, is before all attributes of the request. */
static const struct blame *find_blame(const struct genl *genl, uint32_t seq,
				      uint32_t offset)
{
	const struct nlmsghdr *nlh = find_request(genl, seq);
	const struct blame *found = NULL;
	size_t begin;

	if (!nlh)
		return NULL;
	begin = (size_t)((const char *)nlh - genl->tx);
	for (unsigned int i = 0; i < genl->blames; i++)
		if (genl->blame[i].offset >= begin &&
		    genl->blame[i].offset <= begin + offset)
			found = &genl->blame[i];
	return found;
}

/* What the kernel has to say beside the errno. */
static void note_extack(struct genl *genl, const struct nlmsghdr *nlh,
			size_t skip)
{
	struct genl_attrs attrs;
	uint32_t offset;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    mnl_nlmsg_get_payload_len(nlh) <= skip)
		return;
	index_attrs(mnl_nlmsg_get_payload_offset(nlh, skip),
		    mnl_nlmsg_get_payload_len(nlh) - MNL_ALIGN(skip), &attrs);
	genl_get_string(&attrs, NLMSGERR_ATTR_MSG, genl->message,
			sizeof(genl->message));
	offset = genl_get_u32(&attrs, NLMSGERR_ATTR_OFFS, 0);
	genl->guilty = find_blame(genl, nlh->nlmsg_seq, offset);
	genl->missing = genl_get_u32(&attrs, NLMSGERR_ATTR_MISS_TYPE, 0);
}

/* The message that ends a reply: 0 or a negative errno. */
static int take_end(struct genl *genl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *end = mnl_nlmsg_get_payload(nlh);
	size_t skip = sizeof(int);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(int))
		return nlh->nlmsg_type == NLMSG_DONE ? 0 : -EBADMSG;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*end))
			return -EBADMSG;
		skip = sizeof(*end);
		/* An ack may carry the request; an error does if not capped. */
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			skip += MNL_ALIGN(end->msg.nlmsg_len) -
				sizeof(end->msg);
	}
	note_extack(genl, nlh, skip);
	return end->error;
}

/*
 * Take the messages of one read. Returns 1 to read on, or how it ended: 0 or
 * a negative errno. After @reply said to stop the rest is read and dropped:
 * the socket may have to serve another request.
 */
static int take_messages(struct genl *genl, size_t size, genl_reply_fn reply,
			 void *data, int *stopped)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)genl->rx;
	int left = (int)size;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		struct genl_attrs attrs;

		if (nlh->nlmsg_seq != genl->seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			genl->interrupted = true;
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE)
			return take_end(genl, nlh);
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE || !reply || *stopped)
			continue;
		if (index_message(nlh, &attrs))
			return -EBADMSG;
		*stopped = reply(&attrs, data);
	}
	return 1;
}

/* Whatever the kernel said before is forgotten. */
static int send_requests(struct genl *genl)
{
	genl->interrupted = false;
	genl->message[0] = '\0';
	genl->guilty = NULL;
	genl->missing = 0;
	return mnl_socket_sendto(genl->socket, genl->tx, tx_size(genl)) < 0 ?
	       -errno : 0;
}

static int talk(struct genl *genl, genl_reply_fn reply, void *data)
{
	int stopped = 0;
	int ret = send_requests(genl);

	if (ret)
		return ret;
	ret = 1;
	while (ret > 0) {
		ssize_t size = mnl_socket_recvfrom(genl->socket, genl->rx,
						   sizeof(genl->rx));

		if (size < 0 && errno == EINTR)
			continue;
		if (size <= 0)
			return size ? -errno : -EPIPE;
		ret = take_messages(genl, (size_t)size, reply, data, &stopped);
	}
	return ret ? ret : stopped;
}

/**
 * genl_do() - send the request and wait for its end
 * @genl: the socket
 * @reply: takes the reply, or NULL
 * @data: for @reply
 *
 * Return: 0 or a negative errno, for genl_result().
 */
int genl_do(struct genl *genl, genl_reply_fn reply, void *data)
{
	request(genl)->nlmsg_flags |= NLM_F_ACK;
	return talk(genl, reply, data);
}

/**
 * genl_dump() - read a whole table
 * @genl: the socket
 * @command: a SIPSTEER_CMD_* that dumps
 * @dump: takes the table
 * @data: for @dump
 *
 * A table that changed while it was read is read again. One that never
 * stands still is taken as it comes, with a warning: on a busy host that is
 * worth more than nothing.
 *
 * Return: 0 or a negative errno, for genl_result().
 */
int genl_dump(struct genl *genl, uint8_t command, const struct genl_dump *dump,
	      void *data)
{
	for (int i = 0; i < DUMP_TRIES; i++) {
		int err = dump->begin(data);

		if (err)
			return err;
		genl_start(genl, command, NLM_F_DUMP);
		err = talk(genl, dump->entry, data);
		if (err || !genl->interrupted)
			return err;
	}
	warn("the table changes while it is read; entries may be missing or come twice");
	return 0;
}

static const char *reason_of(const struct genl *genl, int err)
{
	if (err == -EPERM && !genl->message[0])
		return "not permitted: this needs CAP_NET_ADMIN in the network namespace";
	return genl->message[0] ? genl->message : strerror(-err);
}

static int refused(const struct genl *genl, int err)
{
	const char *reason = reason_of(genl, err);

	if (genl->guilty && genl->guilty->value)
		return fail(EXIT_KERNEL, "\"%s%s%s\": %s",
			    genl->guilty->keyword ? genl->guilty->keyword : "",
			    genl->guilty->keyword ? " " : "",
			    genl->guilty->value, reason);
	if (genl->missing)
		return fail(EXIT_KERNEL, "kernel: attribute %u is missing: %s",
			    genl->missing, reason);
	if (err == -EPERM && !genl->message[0])
		return fail(EXIT_KERNEL, "%s", reason);
	return fail(EXIT_KERNEL, "kernel: %s", reason);
}

/**
 * genl_result() - tell the user what became of a request
 * @genl: the socket
 * @err: what genl_do() or genl_dump() returned
 *
 * Return: an &enum exit_code.
 */
int genl_result(struct genl *genl, int err)
{
	if (err)
		return refused(genl, err);
	if (genl->message[0])
		warn("%s", genl->message);
	return EXIT_OK;
}

/* The refusals of one read. Returns the first errno, 0 if there is none. */
static int take_refusals(struct genl *genl, size_t size, int *request)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)genl->rx;
	const struct nlmsghdr *first = (const struct nlmsghdr *)genl->tx;
	int left = (int)size, err;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_type != NLMSG_ERROR ||
		    !find_request(genl, nlh->nlmsg_seq))
			continue;
		err = take_end(genl, nlh);
		if (!err)
			continue;
		*request = (int)(nlh->nlmsg_seq - first->nlmsg_seq);
		return err;
	}
	return 0;
}

/*
 * The kernel goes through a batch before sendmsg() returns: whatever it
 * refused is there to be read by then. Where that is more than the socket has
 * room for the first refusals are kept.
 */
static int read_refusals(struct genl *genl, int *request)
{
	int fd = mnl_socket_get_fd(genl->socket);
	bool lost = false;
	int err = 0;

	for (;;) {
		ssize_t size = recv(fd, genl->rx, sizeof(genl->rx),
				    MSG_DONTWAIT);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0 && errno == ENOBUFS) {
			lost = true;
			continue;
		}
		if (size < 0 && errno == EAGAIN)
			return !err && lost ? -ENOBUFS : err;
		if (size <= 0)
			return size ? -errno : -EPIPE;
		if (!err)
			err = take_refusals(genl, (size_t)size, request);
	}
}

/**
 * genl_batch_send() - send a batch and see whether the kernel took it
 * @genl: the socket
 * @refusal: the first thing that is wrong, if any is
 *
 * There is no answer to a request that the kernel took, nor what it may have
 * to say about that. Another batch may follow.
 *
 * Return: 0, or a negative errno; then the requests behind the one refused
 * may have been carried out.
 */
int genl_batch_send(struct genl *genl, struct genl_refusal *refusal)
{
	int err;

	refusal->request = -1;
	err = send_requests(genl);
	if (!err)
		err = read_refusals(genl, &refusal->request);
	refusal->value = genl->guilty ? genl->guilty->value : NULL;
	refusal->reason = reason_of(genl, err);
	reset(genl);
	return err;
}

static void ask_family(struct genl *genl)
{
	reset(genl);
	start(genl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	genl_put_string(genl, CTRL_ATTR_FAMILY_NAME, SIPSTEER_FAMILY_NAME);
}

/**
 * struct join - what genl_join() has to do
 * @genl: the socket
 * @groups: names of groups to join, then NULL
 * @joined: how many of them there are
 */
struct join {
	struct genl *genl;
	const char *const *groups;
	unsigned int joined;
};

/* A multicast group of the family is joined if its name is one of these. */
static int take_group(const struct genl_attrs *attrs, void *data)
{
	struct join *join = data;
	char name[GENL_NAMSIZ];
	uint32_t group;

	genl_get_string(attrs, CTRL_ATTR_MCAST_GRP_NAME, name, sizeof(name));
	if (parse_choice(join->groups, name) < 0)
		return 0;
	join->joined++;
	group = genl_get_u32(attrs, CTRL_ATTR_MCAST_GRP_ID, 0);
	return mnl_socket_setsockopt(join->genl->socket, NETLINK_ADD_MEMBERSHIP,
				     &group, sizeof(group)) ? -errno : 0;
}

/* The type of the nest of a group is only its number. */
static int take_groups(const struct genl_attrs *attrs, void *data)
{
	int err = 0;

	for (int i = 0; i <= GENL_ATTR_MAX && !err; i++)
		err = genl_each_nest(attrs, i, take_group, data);
	return err;
}

static int take_family_groups(const struct genl_attrs *attrs, void *data)
{
	return genl_each_nest(attrs, CTRL_ATTR_MCAST_GROUPS, take_groups, data);
}

/**
 * genl_join() - ask for events
 * @genl: the socket, which no request is sent to any more
 * @groups: names of multicast groups, then NULL
 *
 * Return: 0 or a negative errno, for genl_result().
 */
int genl_join(struct genl *genl, const char *const *groups)
{
	struct join join = { genl, groups };
	int err;

	ask_family(genl);
	err = genl_do(genl, take_family_groups, &join);
	return err || join.joined ? err : -EOPNOTSUPP;
}

/**
 * genl_fd() - what to wait for
 * @genl: the socket
 *
 * Return: a file descriptor, which is readable when there is an event.
 */
int genl_fd(const struct genl *genl)
{
	return mnl_socket_get_fd(genl->socket);
}

/**
 * genl_events() - take the events of one read
 * @genl: the socket, which has joined groups
 * @event: takes an event
 * @data: for @event
 *
 * Return: 0 or a negative errno; -ENOBUFS if there were more events than the
 * socket has room for, and some were lost.
 */
int genl_events(struct genl *genl, genl_event_fn event, void *data)
{
	ssize_t size = mnl_socket_recvfrom(genl->socket, genl->rx,
					   sizeof(genl->rx));
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)genl->rx;
	int left = (int)size;

	if (size < 0)
		return -errno;
	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		const struct genlmsghdr *genlh = mnl_nlmsg_get_payload(nlh);
		struct genl_attrs attrs;

		if (nlh->nlmsg_type != genl->family ||
		    index_message(nlh, &attrs))
			continue;
		event(genlh->cmd, nlh->nlmsg_flags & NLM_F_REPLACE, &attrs,
		      data);
	}
	return 0;
}

static int take_family(const struct genl_attrs *attrs, void *data)
{
	uint16_t *family = data;

	return get_data(attrs, CTRL_ATTR_FAMILY_ID, family, sizeof(*family)) ?
	       0 : -EBADMSG;
}

static int find_family(struct genl *genl)
{
	ask_family(genl);
	return genl_do(genl, take_family, &genl->family);
}

static int open_socket(struct genl *genl)
{
	int on = 1;

	genl->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!genl->socket ||
	    mnl_socket_bind(genl->socket, 0, MNL_SOCKET_AUTOPID))
		return fail(EXIT_KERNEL, "cannot open a netlink socket: %s",
			    strerror(errno));
	/* Where these fail there is only less to tell. */
	mnl_socket_setsockopt(genl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(genl->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	return EXIT_OK;
}

/**
 * genl_open_if_there() - open a socket to the kernel's sipsteer, if it has one
 * @is_there: whether it has
 *
 * Return: the socket, or NULL; unless just the module is missing, after saying
 * why. Then %EXIT_KERNEL is the exit code.
 */
struct genl *genl_open_if_there(bool *is_there)
{
	struct genl *genl = calloc(1, sizeof(*genl));
	int err;

	*is_there = true;
	if (!genl) {
		fail(EXIT_KERNEL, "out of memory");
		return NULL;
	}
	if (!open_socket(genl)) {
		err = find_family(genl);
		if (!err)
			return genl;
		*is_there = err != -ENOENT;
		if (*is_there)
			refused(genl, err);
	}
	genl_close(genl);
	return NULL;
}

/**
 * genl_open() - open a socket to the kernel's sipsteer
 *
 * Return: the socket, or NULL after saying why not; then %EXIT_KERNEL is the
 * exit code.
 */
struct genl *genl_open(void)
{
	bool is_there;
	struct genl *genl = genl_open_if_there(&is_there);

	if (!is_there)
		fail(EXIT_KERNEL, "the kernel has no sipsteer: modprobe nf_sipsteer");
	return genl;
}

/**
 * genl_close() - close a socket
 * @genl: the socket
 */
void genl_close(struct genl *genl)
{
	if (genl->socket)
		mnl_socket_close(genl->socket);
	free(genl);
}

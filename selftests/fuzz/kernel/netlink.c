// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz-netlink: send random messages to the sipsteer family from several threads at once.
 *
 *	fuzz-netlink NETNS SECONDS SEED [FILE]	file: for what of the module was reached
 *
 * Messages are such as the tool sends, with some values replaced, or broken, or nothing but random
 * bytes; several may share a buffer, and sockets come and go, with a table half filled or not. Every
 * answer has to be well-formed. One thread has no privileges: it has to be refused whatever it says.
 * At the end, what the dump shows can be deleted entry by entry, and then there is nothing.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/sipsteer.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "genl.h"
#include "kcov.h"
#include "netns.h"
#include "random.h"

#define THREADS		4
#define SOCKETS		3
#define MESSAGE_MAX	70000
#define NOBODY		65534
#define LEAST		64	/* that each thread sends, however late it comes to that */

/* What an attribute's value is made like. */
enum kind { NONE, ADDR, TARGET, LENGTH, PORT, BYTE, WORD, NAME, TEXT, BLOB };

struct attr {
	uint16_t type;
	enum kind kind;
};

struct command {
	uint8_t cmd;
	uint8_t needs;		/* so many of its attributes */
	struct attr attrs[16];
};

#define MATCH_ATTRS \
	{ SIPSTEER_A_MAPPING_MATCH_ADDR, ADDR }, { SIPSTEER_A_MAPPING_MATCH_PORT, PORT }
#define KEY_ATTRS \
	{ SIPSTEER_A_MAPPING_MATCH_LEN, LENGTH }, { SIPSTEER_A_MAPPING_PROTO, BYTE }, \
	{ SIPSTEER_A_MAPPING_FROM_ADDR, ADDR }, { SIPSTEER_A_MAPPING_FROM_LEN, LENGTH }, \
	{ SIPSTEER_A_MAPPING_IIF, NAME }
#define PREFIX_ATTRS \
	{ SIPSTEER_A_EXEMPT_ADDR, ADDR }, { SIPSTEER_A_EXEMPT_LEN, LENGTH }

static const struct command commands[] = {
	{ SIPSTEER_CMD_MAPPING_NEW, 4,
	  { MATCH_ATTRS, { SIPSTEER_A_MAPPING_TARGET_ADDR, TARGET },
	    { SIPSTEER_A_MAPPING_TARGET_PORT, PORT }, KEY_ATTRS,
	    { SIPSTEER_A_MAPPING_METHODS, WORD }, { SIPSTEER_A_MAPPING_REPLY, BYTE },
	    { SIPSTEER_A_MAPPING_GUARD, BYTE }, { SIPSTEER_A_MAPPING_ROUTE, BYTE },
	    { SIPSTEER_A_MAPPING_COMMENT, TEXT } } },
	{ SIPSTEER_CMD_MAPPING_DEL, 2,
	  { MATCH_ATTRS, KEY_ATTRS, { SIPSTEER_A_MAPPING_ID, WORD } } },
	{ SIPSTEER_CMD_MAPPING_GET, 2,
	  { MATCH_ATTRS, KEY_ATTRS, { SIPSTEER_A_MAPPING_ID, WORD } } },
	{ SIPSTEER_CMD_MAPPING_DEL, 1, { { SIPSTEER_A_MAPPING_ID, WORD } } },
	{ SIPSTEER_CMD_MAPPING_FLUSH, 0, { } },
	{ SIPSTEER_CMD_EXEMPT_NEW, 1, { PREFIX_ATTRS } },
	{ SIPSTEER_CMD_EXEMPT_DEL, 1, { PREFIX_ATTRS } },
	{ SIPSTEER_CMD_EXEMPT_GET, 0, { PREFIX_ATTRS } },
	{ SIPSTEER_CMD_STATS_GET, 0, { } },
	{ SIPSTEER_CMD_TRANSACTION_GET, 0,
	  { { SIPSTEER_A_TRANSACTION_CLIENT_ADDR, ADDR },
	    { SIPSTEER_A_TRANSACTION_CLIENT_PORT, PORT } } },
	{ SIPSTEER_CMD_TRANSACTION_FLUSH, 0, { } },
	{ SIPSTEER_CMD_TEST, 5,
	  { { SIPSTEER_A_TEST_FROM_ADDR, TARGET }, { SIPSTEER_A_TEST_FROM_PORT, PORT },
	    { SIPSTEER_A_TEST_TO_ADDR, ADDR }, { SIPSTEER_A_TEST_TO_PORT, PORT },
	    { SIPSTEER_A_TEST_PAYLOAD, BLOB }, { SIPSTEER_A_TEST_HOOK, BYTE },
	    { SIPSTEER_A_TEST_PROTO, BYTE }, { SIPSTEER_A_TEST_IIF, NAME } } },
	{ SIPSTEER_CMD_FLOW_GET, 0,
	  { { SIPSTEER_A_FLOW_CLIENT_ADDR, ADDR }, { SIPSTEER_A_FLOW_CLIENT_PORT, PORT },
	    { SIPSTEER_A_FLOW_MATCH_ADDR, ADDR }, { SIPSTEER_A_FLOW_MATCH_PORT, PORT } } },
	{ SIPSTEER_CMD_FLOW_FLUSH, 0, { } },
	{ SIPSTEER_CMD_LIMITS_GET, 0, { } },
	{ SIPSTEER_CMD_LIMITS_SET, 1,
	  { { SIPSTEER_A_LIMITS_TRANSACTION_MAX, WORD }, { SIPSTEER_A_LIMITS_FLOW_MAX, WORD },
	    { SIPSTEER_A_LIMITS_FLOW_ESTABLISHED, WORD }, { SIPSTEER_A_LIMITS_FLOW_TRANSITORY, WORD },
	    { SIPSTEER_A_LIMITS_EVENT_RATE, WORD } } },
	{ SIPSTEER_CMD_TABLE_BEGIN, 0, { } },
	{ SIPSTEER_CMD_TABLE_COMMIT, 0, { } },
	{ SIPSTEER_CMD_TABLE_ABORT, 0, { } },
};

static const char message_text[] =
	"REGISTER sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKx\r\nFrom: <sip:a>;tag=1\r\n"
	"To: <sip:a>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n\r\n";

struct thread {
	pthread_t id;
	uint64_t seed;
	bool is_privileged;
	int fd[SOCKETS];
	bool v6;			/* what the addresses of a message are, but for some */
	size_t len;
	unsigned char *message;		/* of MESSAGE_MAX bytes */
	unsigned long sent, taken;
};

static const char *netns;
static uint16_t family;
static uint32_t groups[GENL_GROUPS];
static time_t end;

/* Not as it should be, and what was asked. */
static void report(const struct thread *thread, const char *wrong, const unsigned char *answer,
		   size_t len)
{
	fprintf(stderr, "%s; sent:", wrong);
	for (size_t i = 0; i < thread->len && i < 512; i++)
		fprintf(stderr, " %02x", thread->message[i]);
	fprintf(stderr, "\nanswer:");
	for (size_t i = 0; i < len && i < 512; i++)
		fprintf(stderr, " %02x", answer[i]);
	fprintf(stderr, "\n");
	exit(1);
}

static int open_socket(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_GENERIC), on = 1;

	if (fd < 0)
		err(2, "socket");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	if (chance(2))
		setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	if (chance(2))
		setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	if (chance(4))
		setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &PICK(groups), sizeof(*groups));
	return fd;
}

/* --- what is sent --- */

static size_t make_addr(unsigned char *value, bool v6, bool is_target)
{
	static const char *const odd[] = {
		"0.0.0.0", "224.0.0.1", "169.254.0.1", "127.0.0.1", "::", "ff02::1", "fe80::1",
		"::ffff:10.0.0.5", "10.0.0.5", "2001:db8:cb::1", "203.0.113.1",
	};
	const char *text = v6 ? is_target ? "2001:db8:cb::1" : "2001:db8:a::5" :
				is_target ? "203.0.113.1" : "10.0.0.5";
	bool is_odd = chance(24);
	size_t len;

	if (is_odd)
		text = PICK(odd);
	len = strchr(text, ':') ? 16 : 4;
	inet_pton(len == 16 ? AF_INET6 : AF_INET, text, value);
	if (!is_odd)
		value[len - 1] = below(64);
	return len;
}

static size_t make_word(unsigned char *value)
{
	uint32_t word = chance(8) ? random32() : chance(2) ? 1 + below(64) : 1u << below(16);

	memcpy(value, &word, sizeof(word));
	return sizeof(word);
}

static size_t make_text(unsigned char *value, size_t max)
{
	static const char *const names[] = {
		"lo", "ue", "ue", "nosuch", "later", "", ".", "a/b", "a b",
	};
	size_t len;

	if (!chance(4)) {
		len = strlen(strcpy((char *)value, PICK(names))) + 1;
	} else {
		len = 1 + below(max);
		memset(value, 'a', len);
		value[len - 1] = chance(8) ? 'a' : 0;
	}
	if (chance(16))
		value[below(len)] = random32();
	return len;
}

static size_t make_value(unsigned char *value, enum kind kind, bool v6)
{
	static const uint16_t ports[] = { 5054, 5054, 5055, 5055, 5060, 5060, 5061 };
	static const uint8_t lengths[] = { 32, 24, 0, 128, 64, 33, 129, 255 };
	size_t len;

	switch (kind) {
	case ADDR:
	case TARGET:
		return make_addr(value, v6, kind == TARGET);
	case LENGTH:
		*value = chance(8) ? PICK(lengths) : v6 ? 128 : 32;
		return 1;
	case PORT:
		len = chance(32) ? 0 : PICK(ports);
		value[0] = len >> 8;
		value[1] = len;
		return 2;
	case BYTE:
		*value = chance(16) ? random32() : below(2);
		return 1;
	case WORD:
		return make_word(value);
	case NAME:
		return make_text(value, 20);
	case TEXT:
		return make_text(value, 140);
	case BLOB:
		memcpy(value, message_text, sizeof(message_text));
		if (chance(2))
			value[below(sizeof(message_text))] = random32();
		return chance(64) ? 65000 : chance(4) ? below(sizeof(message_text)) :
							sizeof(message_text) - 1;
	default:
		len = chance(64) ? below(60000) : below(40);
		random_bytes(value, len < 256 ? len : 256);
		return len;
	}
}

static void add_attr(struct thread *thread, uint16_t type, enum kind kind)
{
	struct nlattr attr = { .nla_type = type };
	unsigned char *at = thread->message + thread->len;
	size_t len;

	/* The longest value, and what is still to be added after it. */
	if (thread->len + 66000 > MESSAGE_MAX)
		return;
	len = make_value(at + sizeof(attr), chance(64) ? NONE : kind, thread->v6);
	if (chance(64))
		len += below(4);
	if (chance(64))
		attr.nla_type = random32();
	if (chance(64))
		attr.nla_type |= NLA_F_NESTED;
	attr.nla_len = sizeof(attr) + len;
	if (chance(128))
		attr.nla_len = random32();
	memcpy(at, &attr, sizeof(attr));
	thread->len += NLA_ALIGN(sizeof(attr) + len);
}

static void add_attrs(struct thread *thread, const struct command *command)
{
	for (unsigned int i = 0; i < 16 && command->attrs[i].kind; i++)
		if (i < command->needs ? !chance(64) : chance(10))
			add_attr(thread, command->attrs[i].type, command->attrs[i].kind);
	while (chance(32))
		add_attr(thread, below(24), below(BLOB + 1));
}

/* A mapping is what most of it is about; it should stay for a while. */
static const struct command *choose_command(void)
{
	const struct command *command = chance(2) ? &commands[0] : &PICK(commands);

	switch (command->cmd) {
	case SIPSTEER_CMD_MAPPING_FLUSH:
	case SIPSTEER_CMD_TABLE_COMMIT:
		return chance(8) ? command : &commands[0];
	default:
		return command;
	}
}

static void add_message(struct thread *thread)
{
	static const uint16_t flags[] = {
		NLM_F_ACK, NLM_F_ACK, NLM_F_DUMP, NLM_F_ACK | NLM_F_ECHO, NLM_F_ACK | NLM_F_REPLACE,
		NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, 0,
	};
	const struct command *command = choose_command();
	struct nlmsghdr header = {
		.nlmsg_type = family,
		.nlmsg_flags = NLM_F_REQUEST | (chance(32) ? random32() : PICK(flags)),
		.nlmsg_seq = random32(),
	};
	struct genlmsghdr genl = { .cmd = chance(64) ? random32() : command->cmd, .version = 1 };

	size_t at = thread->len;

	thread->v6 = chance(2);
	thread->len += sizeof(header);
	memcpy(thread->message + thread->len, &genl, sizeof(genl));
	thread->len += sizeof(genl);
	add_attrs(thread, command);
	header.nlmsg_len = thread->len - at;
	if (chance(64))
		header.nlmsg_len -= below(header.nlmsg_len);
	memcpy(thread->message + at, &header, sizeof(header));
}

static void flip(struct thread *thread)
{
	for (unsigned int n = 1 + below(4); n; n--)
		thread->message[below(thread->len)] ^= 1 << below(8);
}

/* --- what is answered --- */

static bool attrs_are_whole(const unsigned char *at, size_t len)
{
	struct nlattr attr;
	size_t size;

	while (len) {
		if (len < sizeof(attr))
			return false;
		memcpy(&attr, at, sizeof(attr));
		if (attr.nla_len < sizeof(attr) || attr.nla_len > len)
			return false;
		size = NLA_ALIGN(attr.nla_len);
		if (size >= len)
			return true;
		at += size;
		len -= size;
	}
	return true;
}

/* Where the attributes are that say more about an error. */
static size_t error_len(const struct nlmsghdr *header, const struct nlmsgerr *error)
{
	size_t len = NLMSG_HDRLEN + sizeof(*error);

	if (!(header->nlmsg_flags & NLM_F_CAPPED) && error->error)
		len += NLMSG_ALIGN(error->msg.nlmsg_len) - sizeof(error->msg);
	return len;
}

static const char *check_error(struct thread *thread, const unsigned char *at,
			       const struct nlmsghdr *header)
{
	struct nlmsgerr error;
	size_t len;

	if (header->nlmsg_len < NLMSG_HDRLEN + sizeof(error))
		return "a short error";
	memcpy(&error, at + NLMSG_HDRLEN, sizeof(error));
	if (error.error > 0 || error.error < -4095)
		return "an error that is none";
	/* A flipped bit may have made it a message to somebody else, or none that asks for anything. */
	if (!error.error && error.msg.nlmsg_type == family &&
	    error.msg.nlmsg_flags & NLM_F_REQUEST) {
		thread->taken++;
		if (!thread->is_privileged)
			return "done without privilege";
	}
	len = error_len(header, &error);
	if (header->nlmsg_flags & NLM_F_ACK_TLVS &&
	    (len > header->nlmsg_len || !attrs_are_whole(at + len, header->nlmsg_len - len)))
		return "an error with broken attributes";
	return NULL;
}

static const char *check_answer(struct thread *thread, const unsigned char *at,
				const struct nlmsghdr *header)
{
	size_t headers = NLMSG_HDRLEN + GENL_HDRLEN;

	if (header->nlmsg_type == NLMSG_ERROR)
		return check_error(thread, at, header);
	if (header->nlmsg_type != family)
		return NULL;
	if (!thread->is_privileged)
		return "told without privilege";
	if (header->nlmsg_len < headers)
		return "a short answer";
	return attrs_are_whole(at + headers, header->nlmsg_len - headers) ? NULL :
								    "an answer with broken attributes";
}

static void check_answers(struct thread *thread, const unsigned char *data, size_t len)
{
	struct nlmsghdr header;
	const char *wrong;

	for (size_t at = 0; at < len; at += NLMSG_ALIGN(header.nlmsg_len)) {
		wrong = NULL;
		if (len - at < sizeof(header))
			report(thread, "half a header", data, len);
		memcpy(&header, data + at, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > len - at)
			wrong = "a wrong length";
		wrong = wrong ?: check_answer(thread, data + at, &header);
		if (wrong)
			report(thread, wrong, data + at, len - at);
	}
}

static void read_answers(struct thread *thread, int fd)
{
	unsigned char data[16384];
	ssize_t len;

	while ((len = recv(fd, data, sizeof(data), MSG_TRUNC)) > 0 || errno == ENOBUFS) {
		/* What was lost was more than the socket held. */
		if (len > 0 && (size_t)len <= sizeof(data))
			check_answers(thread, data, len);
	}
}

static void *run(void *data)
{
	struct thread *thread = data;

	random_seed(thread->seed);
	netns_enter(netns);
	kcov_begin();
	thread->message = malloc(MESSAGE_MAX);
	if (!thread->message)
		err(2, "memory");
	/* Of this thread alone, which only the bare system call does. */
	if (!thread->is_privileged && syscall(SYS_setresuid, NOBODY, NOBODY, NOBODY))
		err(2, "setresuid");
	for (int i = 0; i < SOCKETS; i++)
		thread->fd[i] = open_socket();
	for (int n = 0; n < LEAST || time(NULL) < end; n++) {
		int *fd = &PICK(thread->fd);

		thread->len = 0;
		do
			add_message(thread);
		while (chance(4));
		if (chance(8))
			flip(thread);
		thread->sent += send(*fd, thread->message, thread->len, 0) > 0;
		/* A dump that nobody reads on is one, too. */
		if (!chance(32))
			read_answers(thread, *fd);
		kcov_take();
		/* To be refused takes no time, which the others need. */
		if (!thread->is_privileged)
			nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
		if (chance(256)) {
			close(*fd);
			*fd = open_socket();
		}
	}
	for (int i = 0; i < SOCKETS; i++)
		close(thread->fd[i]);
	free(thread->message);
	return NULL;
}

/* --- before and after --- */

static uint32_t get_u32(const unsigned char *answer, uint16_t type)
{
	const unsigned char *at = genl_attr(answer, type);
	uint32_t value = 0;

	if (at)
		memcpy(&value, at, sizeof(value));
	return value;
}

static uint32_t count_mappings(int fd)
{
	const unsigned char *answer;
	size_t len;

	answer = genl_ask(fd, family, SIPSTEER_CMD_STATS_GET, 0, NULL, 0, &len);
	if (!answer)
		errx(2, "no stats");
	return get_u32(answer, SIPSTEER_A_STATS_MAPPINGS);
}

/* What is dumped can be deleted, and what can be counted is dumped. */
static void check_end(int fd)
{
	static uint32_t ids[1 << 16];
	uint32_t count = count_mappings(fd), deleted = 0;
	struct {
		struct nlattr attr;
		uint32_t id;
	} which = { .attr = { sizeof(which), SIPSTEER_A_MAPPING_ID } };
	unsigned char *answer;
	size_t len, at, n = 0;

	answer = genl_ask(fd, family, SIPSTEER_CMD_MAPPING_GET, NLM_F_DUMP, NULL, 0, &len);
	if (!answer)
		errx(2, "no dump");
	for (at = 0; at < len; at += NLMSG_ALIGN(((struct nlmsghdr *)(answer + at))->nlmsg_len))
		if (((struct nlmsghdr *)(answer + at))->nlmsg_type == family && n < ARRAY_SIZE(ids))
			ids[n++] = get_u32(answer + at, SIPSTEER_A_MAPPING_ID);
	while (n) {
		which.id = ids[--n];
		deleted += !!genl_ask(fd, family, SIPSTEER_CMD_MAPPING_DEL, NLM_F_ACK, &which,
				      sizeof(which), &len);
	}
	printf("%u mappings at the end\n", count);
	if (deleted != count || count_mappings(fd)) {
		fprintf(stderr, "%u were counted, %u deleted, %u are left\n", count, deleted,
			count_mappings(fd));
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static struct thread threads[THREADS];
	unsigned long sent = 0, taken = 0;
	int fd;

	if (argc < 4) {
		fprintf(stderr, "fuzz-netlink: wrong arguments; see the head of netlink.c\n");
		return 2;
	}
	netns = argv[1];
	netns_enter(netns);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	genl_find(fd, &family, groups);
	end = time(NULL) + atoi(argv[2]);
	for (int i = 0; i < THREADS; i++) {
		threads[i].seed = strtoull(argv[3], NULL, 0) * THREADS + i;
		threads[i].is_privileged = i;
		if (pthread_create(&threads[i].id, NULL, run, &threads[i]))
			errx(2, "thread");
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i].id, NULL);
		sent += threads[i].sent;
		taken += threads[i].taken;
	}
	printf("%lu buffers sent, %lu messages taken\n", sent, taken);
	check_end(fd);
	if (!taken) {
		fprintf(stderr, "nothing was taken\n");
		return 1;
	}
	if (argc > 4)
		kcov_write(argv[4]);
	return 0;
}

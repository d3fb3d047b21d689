// SPDX-License-Identifier: GPL-2.0
/*
 * nlpoke: send one netlink message to the sipsteer family, be it well-formed or not, and print the
 * kernel's verdict on a line: "ok", or the name of the error, its attribute, its sentence.
 *
 *	nlpoke [-n NETNS] [-f FLAGS] [-d] [-x COMMAND] [-t BYTES] [-c COUNT] CMD [ATTR=VALUE]...
 *
 *	-n  in this network namespace
 *	-f  more netlink flags
 *	-d  dump: print how many messages came, and whether the kernel calls the dump interrupted
 *	-x  run COMMAND after the first part of the dump
 *	-t  cut the message to so many bytes (its length field, too)
 *	-c  send it so often, or until it is refused, its last attribute, a be16, growing by one
 *
 * ATTR is a number; VALUE is u8:N, u16:N, u32:N, be16:N, addr:ADDRESS, text:STRING or hex:BYTES.
 * Exit status: 0 for ok, 2 for an error from the kernel.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FAMILY "sipsteer"

struct message {
	struct nlmsghdr header;
	struct genlmsghdr genl;
	char attrs[70000];
};

static void die(const char *what)
{
	fprintf(stderr, "nlpoke: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(void)
{
	fprintf(stderr, "nlpoke: wrong arguments; see the head of nlpoke.c\n");
	exit(1);
}

static void message_init(struct message *message, uint16_t type, uint8_t cmd, uint16_t flags)
{
	message->header = (struct nlmsghdr){
		.nlmsg_len = NLMSG_SPACE(sizeof(message->genl)),
		.nlmsg_type = type,
		.nlmsg_flags = flags | NLM_F_REQUEST,
		.nlmsg_seq = 1,
	};
	message->genl = (struct genlmsghdr){ .cmd = cmd, .version = 1 };
}

static void message_add(struct message *message, uint16_t type, const void *value, size_t size)
{
	struct nlattr *attr = (void *)((char *)message + message->header.nlmsg_len);

	attr->nla_type = type;
	attr->nla_len = sizeof(*attr) + size;
	memcpy(attr + 1, value, size);
	memset((char *)(attr + 1) + size, 0, NLA_ALIGN(size) - size);
	message->header.nlmsg_len += sizeof(*attr) + NLA_ALIGN(size);
}

static size_t parse_hex(const char *hex, unsigned char *value)
{
	size_t size = 0;

	for (; hex[0] && hex[1]; hex += 2)
		value[size++] = strtoul((char[]){ hex[0], hex[1], 0 }, NULL, 16);
	return size;
}

/* ATTR=KIND:VALUE */
static void message_add_text(struct message *message, char *text)
{
	static unsigned char value[66000];
	char *kind = strchr(text, '='), *rest;
	unsigned long number;
	size_t size;

	if (!kind)
		usage();
	rest = strchr(++kind, ':');
	if (!rest)
		usage();
	*rest++ = 0;
	number = strtoul(rest, NULL, 0);
	if (!strcmp(kind, "u8")) {
		value[0] = number;
		size = 1;
	} else if (!strcmp(kind, "u16") || !strcmp(kind, "be16")) {
		uint16_t half = *kind == 'b' ? htons(number) : number;

		memcpy(value, &half, size = sizeof(half));
	} else if (!strcmp(kind, "u32")) {
		uint32_t word = number;

		memcpy(value, &word, size = sizeof(word));
	} else if (!strcmp(kind, "addr")) {
		size = strchr(rest, ':') ? 16 : 4;
		if (inet_pton(size == 16 ? AF_INET6 : AF_INET, rest, value) != 1)
			usage();
	} else if (!strcmp(kind, "text")) {
		size = strlen(rest) + 1;
		memcpy(value, rest, size);
	} else if (!strcmp(kind, "hex")) {
		size = parse_hex(rest, value);
	} else {
		usage();
	}
	message_add(message, strtoul(text, NULL, 0), value, size);
}

static void enter(const char *netns)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(netns);
	close(fd);
}

static const struct nlattr *find_attr(const char *at, const char *end, uint16_t type)
{
	while (at + sizeof(struct nlattr) <= end) {
		const struct nlattr *attr = (const void *)at;

		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		at += NLA_ALIGN(attr->nla_len);
	}
	return NULL;
}

/* What the kernel says of the message it answers; @sent tells which attribute it means. */
static int print_error(const struct nlmsghdr *answer, const struct message *sent, bool tell_ok)
{
	const struct nlmsgerr *error = NLMSG_DATA(answer);
	const char *at = (const char *)(error + 1), *end = (const char *)answer + answer->nlmsg_len;
	const struct nlattr *offset, *text, *missing;

	if (!error->error && !tell_ok)
		return 0;
	printf("%s", error->error ? strerrorname_np(-error->error) : "ok");
	if (!(answer->nlmsg_flags & NLM_F_CAPPED))
		at += error->msg.nlmsg_len - sizeof(error->msg);
	if (answer->nlmsg_flags & NLM_F_ACK_TLVS) {
		offset = find_attr(at, end, NLMSGERR_ATTR_OFFS);
		if (offset) {
			const char *place = (const char *)sent + *(const uint32_t *)(offset + 1);

			printf(" %u", ((const struct nlattr *)place)->nla_type);
		}
		missing = find_attr(at, end, NLMSGERR_ATTR_MISS_TYPE);
		if (missing)
			printf(" %u missing", *(const uint32_t *)(missing + 1));
		text = find_attr(at, end, NLMSGERR_ATTR_MSG);
		if (text)
			printf(" %s", (const char *)(text + 1));
	}
	printf("\n");
	return error->error ? 2 : 0;
}

static int answer_read(int fd, const struct message *sent, bool dump, const char *command,
		       bool tell_ok)
{
	static char data[8192];
	bool interrupted = false;
	unsigned long count = 0;
	ssize_t received;

	while ((received = recv(fd, data, sizeof(data), 0)) > 0) {
		const struct nlmsghdr *answer = (const void *)data;
		size_t size = received;

		for (; NLMSG_OK(answer, size); answer = NLMSG_NEXT(answer, size)) {
			interrupted |= answer->nlmsg_flags & NLM_F_DUMP_INTR;
			if (answer->nlmsg_type == NLMSG_ERROR)
				return print_error(answer, sent, tell_ok);
			if (answer->nlmsg_type == NLMSG_DONE) {
				printf("%lu%s\n", count, interrupted ? " interrupted" : "");
				return 0;
			}
			count++;
		}
		if (dump && command && system(command))
			return 1;
		command = NULL;
	}
	die("receive");
	return 1;
}

static uint16_t family_number(int fd)
{
	static struct message message;
	const struct nlattr *attr;
	static char data[8192];
	ssize_t size;

	message_init(&message, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	message_add(&message, CTRL_ATTR_FAMILY_NAME, FAMILY, sizeof(FAMILY));
	if (send(fd, &message, message.header.nlmsg_len, 0) < 0)
		die("send");
	size = recv(fd, data, sizeof(data), 0);
	if (size < 0)
		die("receive");
	attr = find_attr(data + NLMSG_SPACE(sizeof(struct genlmsghdr)), data + size,
			 CTRL_ATTR_FAMILY_ID);
	if (((struct nlmsghdr *)data)->nlmsg_type == NLMSG_ERROR || !attr) {
		errno = ENOENT;
		die("family " FAMILY);
	}
	return *(const uint16_t *)(attr + 1);
}

int main(int argc, char **argv)
{
	static struct message message;
	const char *command = NULL;
	unsigned long flags = 0, cut = 0, count = 1;
	bool dump = false;
	int option, fd, status, on = 1;
	uint16_t *last;

	while ((option = getopt(argc, argv, "n:f:dx:t:c:")) != -1) {
		switch (option) {
		case 'n':
			enter(optarg);
			break;
		case 'f':
			flags = strtoul(optarg, NULL, 0);
			break;
		case 'd':
			dump = true;
			break;
		case 'x':
			command = optarg;
			break;
		case 't':
			cut = strtoul(optarg, NULL, 0);
			break;
		case 'c':
			count = strtoul(optarg, NULL, 0);
			break;
		default:
			usage();
		}
	}
	if (optind == argc)
		usage();
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	/* Else the whole message comes back. */
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	message_init(&message, family_number(fd), strtoul(argv[optind++], NULL, 0),
		     flags | (dump ? NLM_F_DUMP : NLM_F_ACK));
	for (; optind < argc; optind++)
		message_add_text(&message, argv[optind]);
	if (cut)
		message.header.nlmsg_len = cut;
	last = (void *)((char *)&message + message.header.nlmsg_len - NLA_ALIGN(sizeof(*last)));
	do {
		if (send(fd, &message, message.header.nlmsg_len, 0) < 0)
			die("send");
		status = answer_read(fd, &message, dump, command, count == 1);
		*last = htons(ntohs(*last) + 1);
	} while (!status && --count);
	return status;
}

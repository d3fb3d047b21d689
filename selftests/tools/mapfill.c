// SPDX-License-Identifier: GPL-2.0
/*
 * mapfill NETNS COUNT ports|addresses: add so many mappings from one process, as fast as the kernel
 * takes them: 10.128.0.0:5054 and on, to as many targets, all at one address or each at one of its
 * own.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FAMILY "sipsteer"

/* Of the family's contract, Documentation/netlink/specs/sipsteer.yaml */
enum {
	CMD_MAPPING_NEW = 1,
	A_MATCH_ADDR = 2,
	A_MATCH_PORT = 4,
	A_TARGET_ADDR = 5,
	A_TARGET_PORT = 6,
};

#define PORT_FIRST	1024

struct message {
	struct nlmsghdr header;
	struct genlmsghdr genl;
	char attrs[200];
};

static void die(const char *what)
{
	fprintf(stderr, "mapfill: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void message_init(struct message *message, uint16_t type, uint8_t cmd)
{
	message->header = (struct nlmsghdr){
		.nlmsg_len = NLMSG_SPACE(sizeof(message->genl)),
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
	};
	message->genl = (struct genlmsghdr){ .cmd = cmd, .version = 1 };
}

static void message_add(struct message *message, uint16_t type, const void *value, size_t size)
{
	struct nlattr *attr = (void *)((char *)message + message->header.nlmsg_len);

	attr->nla_type = type;
	attr->nla_len = sizeof(*attr) + size;
	memcpy(attr + 1, value, size);
	message->header.nlmsg_len += sizeof(*attr) + NLA_ALIGN(size);
}

static void message_add_port(struct message *message, uint16_t type, uint16_t port)
{
	port = htons(port);
	message_add(message, type, &port, sizeof(port));
}

static void message_add_addr(struct message *message, uint16_t type, const char *first,
			     uint32_t number)
{
	uint32_t addr = htonl(ntohl(inet_addr(first)) + number);

	message_add(message, type, &addr, sizeof(addr));
}

/* Send a message; its answer is what comes before the acknowledgment, if anything does. */
static void ask(int fd, const struct message *message, void *answer, size_t room)
{
	const struct nlmsghdr *header = answer;
	const struct nlmsgerr *error;
	static char ack[8192];

	if (send(fd, message, message->header.nlmsg_len, 0) < 0)
		die("send");
	if (recv(fd, answer, room, 0) < 0)
		die("receive");
	if (header->nlmsg_type != NLMSG_ERROR) {
		if (recv(fd, ack, sizeof(ack), 0) < 0)
			die("receive");
		header = (const void *)ack;
	}
	error = NLMSG_DATA(header);
	errno = -error->error;
	if (errno)
		die("refused");
}

static uint16_t family_number(int fd)
{
	struct message message;
	static char answer[8192];
	const struct nlattr *attr = (void *)(answer + NLMSG_SPACE(sizeof(struct genlmsghdr)));

	message_init(&message, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	message_add(&message, CTRL_ATTR_FAMILY_NAME, FAMILY, sizeof(FAMILY));
	ask(fd, &message, answer, sizeof(answer));
	while (attr->nla_type != CTRL_ATTR_FAMILY_ID)
		attr = (const void *)((const char *)attr + NLA_ALIGN(attr->nla_len));
	return *(const uint16_t *)(attr + 1);
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

int main(int argc, char **argv)
{
	unsigned long count, number;
	struct message message;
	static char answer[8192];
	uint16_t family;
	int fd, ports;

	if (argc != 4) {
		fprintf(stderr, "Usage: %s NETNS COUNT ports|addresses\n", argv[0]);
		return 2;
	}
	enter(argv[1]);
	count = strtoul(argv[2], NULL, 0);
	ports = !strcmp(argv[3], "ports");
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd < 0)
		die("socket");
	family = family_number(fd);
	for (number = 0; number < count; number++) {
		message_init(&message, family, CMD_MAPPING_NEW);
		message_add_addr(&message, A_MATCH_ADDR, "10.128.0.0", number);
		message_add_port(&message, A_MATCH_PORT, 5054);
		message_add_addr(&message, A_TARGET_ADDR, "100.64.0.1", ports ? 0 : number);
		message_add_port(&message, A_TARGET_PORT, PORT_FIRST + (ports ? number : 0));
		ask(fd, &message, answer, sizeof(answer));
	}
	return 0;
}

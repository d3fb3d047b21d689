// SPDX-License-Identifier: GPL-2.0
/*
 * nfhooks NETNS: the netfilter hooks of a network namespace, as nfnetlink_hook tells them, a line
 * each: family, hook, priority, function, module. Exit status 4: this kernel cannot tell.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_hook.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SKIP 4

static const char *const hook_names[] = { "prerouting", "input", "forward", "output",
					  "postrouting" };

struct request {
	struct nlmsghdr header;
	struct nfgenmsg gen;
	struct nlattr attr;
	uint32_t hook;
};

static void die(const char *what)
{
	fprintf(stderr, "nfhooks: %s: %s\n", what, strerror(errno));
	exit(1);
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

static void print_hook(const char *family, unsigned int hook, const struct nlmsghdr *message)
{
	const char *function = "-", *module = "-";
	const struct nlattr *attr;
	int priority = 0;
	size_t at;

	for (at = NLMSG_SPACE(sizeof(struct nfgenmsg)); at + sizeof(*attr) <= message->nlmsg_len;
	     at += NLA_ALIGN(attr->nla_len)) {
		const void *value;

		attr = (const void *)((const char *)message + at);
		value = attr + 1;
		switch (attr->nla_type & NLA_TYPE_MASK) {
		case NFNLA_HOOK_PRIORITY:
			priority = (int)ntohl(*(const uint32_t *)value);
			break;
		case NFNLA_HOOK_FUNCTION_NAME:
			function = value;
			break;
		case NFNLA_HOOK_MODULE_NAME:
			module = value;
			break;
		}
	}
	printf("%s %s %d %s %s\n", family, hook_names[hook], priority, function, module);
}

/* False: there is no more to come. */
static bool print_reply(const char *family, unsigned int hook, const char *data, size_t size)
{
	const struct nlmsghdr *message = (const void *)data;

	for (; NLMSG_OK(message, size); message = NLMSG_NEXT(message, size)) {
		if (message->nlmsg_type == NLMSG_DONE)
			return false;
		if (message->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *error = NLMSG_DATA(message);

			/* No such subsystem, or no such hook in a kernel of this configuration */
			errno = -error->error;
			if (errno == EINVAL || errno == EOPNOTSUPP)
				exit(SKIP);
			if (errno == ENOENT)
				return false;
			die("dump");
		}
		print_hook(family, hook, message);
	}
	return true;
}

static void dump(int fd, uint8_t number, const char *family, unsigned int hook)
{
	struct request request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = NFNL_SUBSYS_HOOK << 8 | NFNL_MSG_HOOK_GET,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.gen = { .nfgen_family = number, .version = NFNETLINK_V0 },
		.attr = { .nla_len = 8, .nla_type = NFNLA_HOOK_HOOKNUM },
		.hook = htonl(hook),
	};
	static char data[65536];
	ssize_t size;

	if (send(fd, &request, sizeof(request), 0) < 0)
		die("send");
	do {
		size = recv(fd, data, sizeof(data), 0);
		if (size < 0)
			die("receive");
	} while (print_reply(family, hook, data, size));
}

int main(int argc, char **argv)
{
	unsigned int hook;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "Usage: nfhooks NETNS\n");
		return 2;
	}
	enter(argv[1]);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (fd < 0)
		die("socket");
	for (hook = 0; hook < 5; hook++) {
		dump(fd, NFPROTO_IPV4, "ipv4", hook);
		dump(fd, NFPROTO_IPV6, "ipv6", hook);
	}
	return 0;
}

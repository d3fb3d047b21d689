// SPDX-License-Identifier: GPL-2.0
/*
 * Ask over generic netlink, one question at a time, where nothing random is to be said.
 */
#include <err.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/sipsteer.h>
#include <string.h>
#include <sys/socket.h>

#include "genl.h"

static const struct nlmsghdr *last_message(const unsigned char *at, size_t len)
{
	const struct nlmsghdr *header = (const void *)at;

	while (NLMSG_ALIGN(header->nlmsg_len) < len) {
		len -= NLMSG_ALIGN(header->nlmsg_len);
		header = (const void *)((const char *)header + NLMSG_ALIGN(header->nlmsg_len));
	}
	return header;
}

unsigned char *genl_ask(int fd, uint16_t type, uint8_t cmd, uint16_t flags, const void *attrs,
			size_t attrs_len, size_t *len)
{
	static unsigned char message[512], answer[1 << 24];
	struct nlmsghdr header = {
		.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN + attrs_len,
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | flags,
	};
	struct genlmsghdr genl = { .cmd = cmd, .version = 1 };
	const struct nlmsghdr *last;
	ssize_t got;

	memcpy(message, &header, sizeof(header));
	memcpy(message + NLMSG_HDRLEN, &genl, sizeof(genl));
	if (attrs_len)
		memcpy(message + NLMSG_HDRLEN + GENL_HDRLEN, attrs, attrs_len);
	if (send(fd, message, header.nlmsg_len, 0) < 0)
		err(2, "netlink: send");
	*len = 0;
	do {
		got = recv(fd, answer + *len, sizeof(answer) - *len, 0);
		if (got <= 0)
			err(2, "netlink: receive");
		last = last_message(answer + *len, got);
		*len += got;
	} while (flags & NLM_F_DUMP && last->nlmsg_type == type);
	if (last->nlmsg_type == NLMSG_ERROR && ((const struct nlmsgerr *)NLMSG_DATA(last))->error)
		return NULL;
	return answer;
}

const unsigned char *genl_attr(const unsigned char *answer, uint16_t type)
{
	const struct nlmsghdr *header = (const void *)answer;
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN;

	while (at + sizeof(struct nlattr) <= header->nlmsg_len) {
		const struct nlattr *attr = (const void *)(answer + at);

		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return (const unsigned char *)(attr + 1);
		at += NLA_ALIGN(attr->nla_len);
	}
	return NULL;
}

void genl_find(int fd, uint16_t *family, uint32_t groups[GENL_GROUPS])
{
	static const struct {
		struct nlattr attr;
		char name[12];
	} name = { { NLA_HDRLEN + sizeof(SIPSTEER_FAMILY_NAME), CTRL_ATTR_FAMILY_NAME },
		   SIPSTEER_FAMILY_NAME };
	const unsigned char *answer, *group;
	size_t len;

	answer = genl_ask(fd, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0, &name, sizeof(name), &len);
	if (!answer)
		errx(2, "no family " SIPSTEER_FAMILY_NAME);
	memcpy(family, genl_attr(answer, CTRL_ATTR_FAMILY_ID), sizeof(*family));
	/* In a list, each with its number first; they have numbers in a row. */
	group = genl_attr(answer, CTRL_ATTR_MCAST_GROUPS);
	memcpy(&groups[GENL_CONFIG], group + 2 * NLA_HDRLEN, sizeof(*groups));
	groups[GENL_TRAFFIC] = groups[GENL_CONFIG] + 1;
}

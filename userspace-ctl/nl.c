// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to other people's netlink families, for nft.c and rtnl.c; beside
 * them and genl.c the only user of libmnl.
 */

#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>
#include <linux/netlink.h>

#include "nl.h"

/* The kernel fills up to this much of a buffer with one part of a dump. */
#define RX_SIZE	32768

/**
 * nl_open() - open a netlink socket
 * @bus: a NETLINK_*
 *
 * Return: the socket, or NULL with errno set.
 */
struct mnl_socket *nl_open(int bus)
{
	struct mnl_socket *socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
	int err;

	if (!socket || !mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID))
		return socket;
	err = errno;
	mnl_socket_close(socket);
	errno = err;
	return NULL;
}

/**
 * nl_ask() - send a request and read what comes back
 * @socket: the socket
 * @nlh: the request, which asks for a dump or an ack
 * @take: takes a message; on an error it sets errno
 * @data: for @take
 *
 * Return: 0 or a negative errno; -EINTR if a table changed while it was read.
 */
int nl_ask(struct mnl_socket *socket, struct nlmsghdr *nlh, mnl_cb_t take,
	   void *data)
{
	unsigned int portid = mnl_socket_get_portid(socket);
	char buffer[RX_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	static uint32_t seq;
	int ret = MNL_CB_OK;

	nlh->nlmsg_seq = ++seq;
	if (mnl_socket_sendto(socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (ret > MNL_CB_STOP) {
		ssize_t size = mnl_socket_recvfrom(socket, buffer,
						   sizeof(buffer));

		if (size < 0)
			return -errno;
		ret = mnl_cb_run(buffer, (size_t)size, nlh->nlmsg_seq, portid,
				 take, data);
	}
	return ret == MNL_CB_ERROR ? -errno : 0;
}

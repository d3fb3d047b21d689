/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NL_H
#define NL_H

#include <libmnl/libmnl.h>

/* Room for a request without a payload to speak of. */
#define NL_REQUEST_SIZE	1024

struct mnl_socket *nl_open(int bus);
int nl_ask(struct mnl_socket *socket, struct nlmsghdr *nlh, mnl_cb_t take,
	   void *data);

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * The tracepoints' own code.
 */
#include <linux/in.h>
#include <linux/in6.h>

#include "counter_names_gen.h"
#include "walk.h"

/* As printk's %pISpc wants it. */
static void __maybe_unused trace_endpoint(void *to, u8 family,
					  const struct sipsteer_endpoint *end)
{
	struct sockaddr_in6 *in6 = to;
	struct sockaddr_in *in = to;

	memset(in6, 0, sizeof(*in6));
	if (family == NFPROTO_IPV4) {
		in->sin_family = AF_INET;
		in->sin_addr = end->addr.in;
		in->sin_port = end->port;
	} else {
		in6->sin6_family = AF_INET6;
		in6->sin6_addr = end->addr.in6;
		in6->sin6_port = end->port;
	}
}

#define CREATE_TRACE_POINTS
#include "trace.h"

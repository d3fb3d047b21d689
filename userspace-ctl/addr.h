/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ADDR_H
#define ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>

struct parse_error;

/* Room for "[ADDRESS]/LEN:PORT" with the terminating NUL. */
#define ADDR_TEXT	(INET6_ADDRSTRLEN + sizeof("[]/128:65535"))
/* Longest host name, RFC 1035 2.3.4, with the terminating NUL. */
#define HOST_TEXT	254

/**
 * struct addr - an address of either family, as netlink carries it
 * @size: 4 or 16; 0 is no address
 * @bytes: in network order
 */
struct addr {
	unsigned char size;
	unsigned char bytes[16];
};

/**
 * struct prefix - addresses that begin alike
 * @addr: the address, no bit set after the first @len
 * @len: how many bits count
 */
struct prefix {
	struct addr addr;
	unsigned char len;
};

/**
 * struct endpoint - an address and a port
 * @addr: the address
 * @port: the port, in host order
 */
struct endpoint {
	struct addr addr;
	uint16_t port;
};

int addr_parse_prefix(const char *word, struct prefix *prefix,
		      struct parse_error *err);
int addr_parse_match(const char *word, struct prefix *prefix, uint16_t *port,
		     struct parse_error *err);
int addr_parse_endpoint(const char *word, struct endpoint *endpoint,
			struct parse_error *err);
int addr_parse_target(const char *word, struct endpoint *endpoint,
		      char host[HOST_TEXT], struct parse_error *err);
int addr_resolve(const char *host, unsigned char size, struct addr *addr,
		 struct parse_error *err);

bool addr_equal(const struct addr *a, const struct addr *b);
bool prefix_equal(const struct prefix *a, const struct prefix *b);
bool prefix_covers(const struct prefix *a, const struct prefix *b);
bool prefix_cut(struct prefix *prefix);
struct addr prefix_last(const struct prefix *prefix);

const char *addr_text(const struct addr *addr, char text[ADDR_TEXT]);
const char *prefix_text(const struct prefix *prefix, char text[ADDR_TEXT]);
const char *match_text(const struct prefix *prefix, uint16_t port,
		       char text[ADDR_TEXT]);
const char *endpoint_text(const struct endpoint *endpoint,
			  char text[ADDR_TEXT]);

#endif

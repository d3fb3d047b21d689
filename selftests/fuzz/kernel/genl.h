/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FUZZ_GENL_H
#define FUZZ_GENL_H

#include <stddef.h>
#include <stdint.h>

enum { GENL_CONFIG, GENL_TRAFFIC, GENL_GROUPS };

/* One answer, or all of a dump; NULL if it is an error. Valid until the next one. */
unsigned char *genl_ask(int fd, uint16_t type, uint8_t cmd, uint16_t flags, const void *attrs,
			size_t attrs_len, size_t *len);

/* The attribute's value in the first message, or NULL. */
const unsigned char *genl_attr(const unsigned char *answer, uint16_t type);

/* Our family's number, and those of its multicast groups. */
void genl_find(int fd, uint16_t *family, uint32_t groups[GENL_GROUPS]);

#endif

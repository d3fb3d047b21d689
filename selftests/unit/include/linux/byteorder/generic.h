/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_BYTEORDER_GENERIC_H
#define UNIT_LINUX_BYTEORDER_GENERIC_H

#include <endian.h>

#define htons(x)	htobe16(x)
#define htonl(x)	htobe32(x)
#define ntohs(x)	be16toh(x)
#define ntohl(x)	be32toh(x)

#endif

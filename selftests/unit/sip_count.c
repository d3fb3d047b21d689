// SPDX-License-Identifier: GPL-2.0
/*
 * One call of the parser, to count its instructions:
 * make -C selftests/unit count
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip_msg.h"

#define COUNT_OF(array)	(sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *name;
	const char *data;
} messages[] = {
	{ "register",
	  "REGISTER sip:ims.mnc001.mcc001.3gppnetwork.org SIP/2.0\r\n"
	  "Via: SIP/2.0/UDP 10.45.0.2:5060;rport;branch=z9hG4bKPj0b1c2d3e\r\n"
	  "Route: <sip:scscf.example.org:5054;transport=TCP;lr;orig>\r\n"
	  "Max-Forwards: 70\r\n"
	  "From: <sip:alice@ims.example.org>;tag=5f6e7d8c\r\n"
	  "To: <sip:alice@ims.example.org>\r\n"
	  "Call-ID: 4c5d6e7f8a9b0c1d\r\n"
	  "CSeq: 41903 REGISTER\r\n"
	  "User-Agent: ims-phone 2.17\r\n"
	  "Contact: <sip:alice@10.45.0.2:5060;ob>\r\n"
	  "Expires: 300\r\n"
	  "Supported: path, gruu\r\n"
	  "Content-Length:  0\r\n\r\n" },
	{ "options",
	  "OPTIONS sip:alice@ims.example.org SIP/2.0\r\n"
	  "Via: SIP/2.0/UDP 10.45.0.2:5060;rport;branch=z9hG4bKPj0b1c2d3e\r\n"
	  "Max-Forwards: 70\r\n"
	  "From: <sip:alice@ims.example.org>;tag=5f6e7d8c\r\n"
	  "To: <sip:alice@ims.example.org>\r\n"
	  "Call-ID: 4c5d6e7f8a9b0c1d\r\n"
	  "CSeq: 41904 OPTIONS\r\n"
	  "Allow: REGISTER, OPTIONS\r\n"
	  "Content-Length:  0\r\n\r\n" },
	{ "reply",
	  "SIP/2.0 401 Unauthorized\r\n"
	  "Via: SIP/2.0/UDP 10.45.0.2:5060;rport=5060;received=10.45.0.2;"
	  "branch=z9hG4bKPj0b1c2d3e\r\n"
	  "From: <sip:alice@ims.example.org>;tag=5f6e7d8c\r\n"
	  "To: <sip:alice@ims.example.org>;tag=b27e1a1d\r\n"
	  "Call-ID: 4c5d6e7f8a9b0c1d\r\n"
	  "CSeq: 41903 REGISTER\r\n"
	  "WWW-Authenticate: Digest realm=\"ims.example.org\", nonce=\"x\"\r\n"
	  "Content-Length: 0\r\n\r\n" },
};

static const char *const wants[] = {
	[SIP_WANT_GUARD] = "guard",
	[SIP_WANT_KEY] = "key",
	[SIP_WANT_ALL] = "all",
};

int main(int argc, char **argv)
{
	struct sip_start start;
	struct sip_headers h;
	size_t i, want, len;
	char *copy;

	for (i = 0; i < COUNT_OF(messages); i++) {
		for (want = 0; want < COUNT_OF(wants); want++) {
			if (argc != 3 || strcmp(argv[1], messages[i].name) ||
			    strcmp(argv[2], wants[want]))
				continue;
			len = strlen(messages[i].data);
			copy = malloc(len + SIP_MSG_SLACK);
			if (!copy)
				return 1;
			memcpy(copy, messages[i].data, len);
			if (sip_msg_start(copy, len, &start) ==
			    SIP_KIND_NONE ||
			    sip_msg_headers(copy, len, &start, want, &h))
				return 1;
			free(copy);
			return 0;
		}
	}
	return 1;
}

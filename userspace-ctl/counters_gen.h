/* SPDX-License-Identifier: GPL-2.0 */
/* Do not edit: scripts/counters-gen made this from Documentation/netlink/specs/sipsteer.yaml */

static const struct counter_info counter_info[] = {
	[SIPSTEER_COUNTER_STEERED] = {
		"steered",
		"Request sent on to its mapping's target.",
	},
	[SIPSTEER_COUNTER_NO_MAPPING] = {
		"no-mapping",
		"Port in use by a mapping (or, of TCP, by a target), but no mapping for this address.",
	},
	[SIPSTEER_COUNTER_LOOPBACK] = {
		"loopback",
		"Sent by this host to itself; judged when it was sent.",
	},
	[SIPSTEER_COUNTER_MALFORMED] = {
		"malformed",
		"Header lengths that contradict the packet.",
	},
	[SIPSTEER_COUNTER_FRAGMENT] = {
		"fragment",
		"A fragment that nobody reassembled.",
	},
	[SIPSTEER_COUNTER_EXT_HEADER] = {
		"ext-header",
		"More IPv6 extension headers, or stranger ones, than are walked.",
	},
	[SIPSTEER_COUNTER_SOURCE_ROUTE] = {
		"source-route",
		"IPv4 source route option; the header's destination is not the last.",
	},
	[SIPSTEER_COUNTER_ROUTING_HEADER] = {
		"routing-header",
		"IPv6 routing header with segments left.",
	},
	[SIPSTEER_COUNTER_HOME_ADDRESS] = {
		"home-address",
		"IPv6 home address option; the header's source is not the client's.",
	},
	[SIPSTEER_COUNTER_AUTH_HEADER] = {
		"auth-header",
		"Authentication header (AH), which forbids rewriting.",
	},
	[SIPSTEER_COUNTER_AGGREGATED] = {
		"aggregated",
		"Several datagrams merged into one buffer, to be taken apart; each is then judged, and counted, by itself.",
	},
	[SIPSTEER_COUNTER_SCOPE] = {
		"scope",
		"Multicast, broadcast, link-local or loopback address, which must not leave its link or host.",
	},
	[SIPSTEER_COUNTER_EXEMPT] = {
		"exempt",
		"Source is in the exempt set.",
	},
	[SIPSTEER_COUNTER_NOT_SIP] = {
		"not-sip",
		"Payload is no SIP message.",
	},
	[SIPSTEER_COUNTER_KEEPALIVE] = {
		"keepalive",
		"Keep-alive (CR LF, or empty) at a mapped address.",
	},
	[SIPSTEER_COUNTER_RESPONSE] = {
		"response",
		"SIP response sent to a mapped address.",
	},
	[SIPSTEER_COUNTER_METHOD] = {
		"method",
		"Request whose method the mapping does not steer.",
	},
	[SIPSTEER_COUNTER_BAD_SIP] = {
		"bad-sip",
		"Request whose Via, CSeq or other headers cannot be trusted.",
	},
	[SIPSTEER_COUNTER_GUARD_VIA] = {
		"guard-via",
		"More than one Via; a proxy relays this request.",
	},
	[SIPSTEER_COUNTER_GUARD_PATH] = {
		"guard-path",
		"Path header; a proxy relays this request.",
	},
	[SIPSTEER_COUNTER_GUARD_VISITED] = {
		"guard-visited",
		"P-Visited-Network-ID header; a proxy relays this request.",
	},
	[SIPSTEER_COUNTER_GUARD_TARGET] = {
		"guard-target",
		"Source address is some mapping's target.",
	},
	[SIPSTEER_COUNTER_NOT_FORWARDING] = {
		"not-forwarding",
		"Target is elsewhere and this interface does not forward.",
	},
	[SIPSTEER_COUNTER_NO_ROUTE] = {
		"no-route",
		"No route to the target; sent as the client wanted.",
	},
	[SIPSTEER_COUNTER_XFRM] = {
		"xfrm",
		"IPsec protects this packet, or would after steering.",
	},
	[SIPSTEER_COUNTER_NO_MEMORY] = {
		"no-memory",
		"No memory to make the packet writable.",
	},
	[SIPSTEER_COUNTER_RESTORED] = {
		"restored",
		"Reply whose source became the address the client wrote to.",
	},
	[SIPSTEER_COUNTER_REPLY_MALFORMED] = {
		"reply-malformed",
		"Reply with header lengths that contradict the packet.",
	},
	[SIPSTEER_COUNTER_REPLY_FRAGMENT] = {
		"reply-fragment",
		"Fragment from a target that nobody reassembled.",
	},
	[SIPSTEER_COUNTER_REPLY_HEADERS] = {
		"reply-headers",
		"Packet from a target with IP headers that defeat rewriting.",
	},
	[SIPSTEER_COUNTER_REPLY_AGGREGATED] = {
		"reply-aggregated",
		"Replies merged into one buffer, to be taken apart; each is then judged, and counted, by itself.",
	},
	[SIPSTEER_COUNTER_REPLY_NOT_RESPONSE] = {
		"reply-not-response",
		"Not a SIP response; a target's own requests are never touched.",
	},
	[SIPSTEER_COUNTER_REPLY_BAD_SIP] = {
		"reply-bad-sip",
		"Response whose Via or CSeq cannot be trusted.",
	},
	[SIPSTEER_COUNTER_REPLY_NO_TRANSACTION] = {
		"reply-no-transaction",
		"Response to a request that was not steered, or is forgotten.",
	},
	[SIPSTEER_COUNTER_REPLY_XFRM] = {
		"reply-xfrm",
		"Response protected by IPsec.",
	},
	[SIPSTEER_COUNTER_REPLY_NO_MEMORY] = {
		"reply-no-memory",
		"No memory to make the response writable.",
	},
	[SIPSTEER_COUNTER_TRANSACTION_NEW] = {
		"transaction-new",
		"Transaction remembered (also counted as steered).",
	},
	[SIPSTEER_COUNTER_TRANSACTION_REFRESHED] = {
		"transaction-refreshed",
		"Retransmission of a remembered request (also counted as steered).",
	},
	[SIPSTEER_COUNTER_TRANSACTION_EVICTED] = {
		"transaction-evicted",
		"Live transaction that gave way to a new one; table full.",
	},
	[SIPSTEER_COUNTER_TCP_STEERED] = {
		"tcp-steered",
		"TCP packet of a steered connection, sent on to its target.",
	},
	[SIPSTEER_COUNTER_TCP_RESTORED] = {
		"tcp-restored",
		"TCP packet of a steered connection whose source became the address the client connected to.",
	},
	[SIPSTEER_COUNTER_TCP_DIRECT] = {
		"tcp-direct",
		"TCP packet of a client's own connection to a target.",
	},
	[SIPSTEER_COUNTER_TCP_UNKNOWN] = {
		"tcp-unknown",
		"TCP packet to a mapped address that opens no connection and belongs to none that is known; it is older than the mapping, or forgotten.",
	},
	[SIPSTEER_COUNTER_TCP_UNGUARDED] = {
		"tcp-unguarded",
		"Connection from the network that nothing tells from the core's own, as its mapping has neither \"from\" nor \"guard off\" and no source is exempt.",
	},
	[SIPSTEER_COUNTER_TCP_TARGET_LOCAL] = {
		"tcp-target-local",
		"Connection from this host, which is the target's host, too.",
	},
	[SIPSTEER_COUNTER_TCP_SIGNED] = {
		"tcp-signed",
		"SYN with a TCP-MD5 or TCP-AO option, which forbids rewriting.",
	},
	[SIPSTEER_COUNTER_TCP_CLASH] = {
		"tcp-clash",
		"Connection that the target could not tell from another one of the same client address and port.",
	},
	[SIPSTEER_COUNTER_TCP_FULL] = {
		"tcp-full",
		"No room for another connection, or for another one of this client.",
	},
	[SIPSTEER_COUNTER_FLOW_NEW] = {
		"flow-new",
		"TCP connection remembered (also counted as tcp-steered or tcp-direct).",
	},
	[SIPSTEER_COUNTER_FLOW_REPLACED] = {
		"flow-replaced",
		"Closing connection that gave way to a new one of the same ports.",
	},
	[SIPSTEER_COUNTER_FIRST_MATCHED] = {
		"first-matched",
		"The first request on a steered connection has a method that its mapping steers.",
	},
	[SIPSTEER_COUNTER_FIRST_METHOD] = {
		"first-method",
		"The first request on a steered connection has another method.",
	},
	[SIPSTEER_COUNTER_FIRST_UNKNOWN] = {
		"first-unknown",
		"What a steered connection begins with is no SIP request, or its first segment holds no whole request line.",
	},
	[SIPSTEER_COUNTER_ROUTE_HIDDEN] = {
		"route-hidden",
		"Route header field whose name was overwritten.",
	},
	[SIPSTEER_COUNTER_ROUTE_MISSED] = {
		"route-missed",
		"Part of a steered connection that came out of order, or without memory to change it; a Route header field in it stays.",
	},
	[SIPSTEER_COUNTER_ICMP_RESTORED] = {
		"icmp-restored",
		"ICMP error about a steered packet, which now quotes what the client sent.",
	},
	[SIPSTEER_COUNTER_ICMP_STEERED] = {
		"icmp-steered",
		"ICMP error about a restored packet of a steered connection, sent on to the target.",
	},
	[SIPSTEER_COUNTER_ICMP_NO_TRANSACTION] = {
		"icmp-no-transaction",
		"ICMP error about a datagram to a target that is not known as steered.",
	},
	[SIPSTEER_COUNTER_AGGREGATED_PASSED] = {
		"aggregated-passed",
		"Merged datagrams that cannot be taken apart, for want of memory or as they cross a bridge.",
	},
	[SIPSTEER_COUNTER_REPLY_AGGREGATED_PASSED] = {
		"reply-aggregated-passed",
		"Merged replies that cannot be taken apart, for want of memory or as they cross a bridge.",
	},
};

/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sipsteer.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_SIPSTEER_H
#define _UAPI_LINUX_SIPSTEER_H

#define SIPSTEER_FAMILY_NAME	"sipsteer"
#define SIPSTEER_FAMILY_VERSION	1

#define SIPSTEER_COMMENT_MAX		127
#define SIPSTEER_VARIANT_MAX		16
#define SIPSTEER_FLOW_MAX_MAX		1048576
#define SIPSTEER_FLOW_TIMEOUT_MAX	864000
#define SIPSTEER_TRANSACTION_MAX_MIN	512
#define SIPSTEER_TRANSACTION_MAX_MAX	1048576
#define SIPSTEER_EVENT_RATE_MAX		1000000

/**
 * enum sipsteer_proto - Transport protocols.
 */
enum sipsteer_proto {
	SIPSTEER_PROTO_UDP = 1,
	SIPSTEER_PROTO_TCP = 2,
};

/**
 * enum sipsteer_method - SIP methods; "other" stands for every method not
 *   listed here.
 */
enum sipsteer_method {
	SIPSTEER_METHOD_INVITE = 1,
	SIPSTEER_METHOD_ACK = 2,
	SIPSTEER_METHOD_OPTIONS = 4,
	SIPSTEER_METHOD_BYE = 8,
	SIPSTEER_METHOD_CANCEL = 16,
	SIPSTEER_METHOD_REGISTER = 32,
	SIPSTEER_METHOD_PRACK = 64,
	SIPSTEER_METHOD_SUBSCRIBE = 128,
	SIPSTEER_METHOD_NOTIFY = 256,
	SIPSTEER_METHOD_PUBLISH = 512,
	SIPSTEER_METHOD_INFO = 1024,
	SIPSTEER_METHOD_REFER = 2048,
	SIPSTEER_METHOD_MESSAGE = 4096,
	SIPSTEER_METHOD_UPDATE = 8192,
	SIPSTEER_METHOD_OTHER = 16384,
};

/**
 * enum sipsteer_reply - What happens to the source of a reply.
 * @SIPSTEER_REPLY_RESTORE: The client sees the reply come from the address it
 *   wrote to.
 * @SIPSTEER_REPLY_KEEP: The client sees the reply come from the target.
 */
enum sipsteer_reply {
	SIPSTEER_REPLY_RESTORE,
	SIPSTEER_REPLY_KEEP,
};

/**
 * enum sipsteer_route - What happens to the Route header fields of a steered
 *   REGISTER.
 * @SIPSTEER_ROUTE_KEEP: They stay.
 * @SIPSTEER_ROUTE_HIDE: Their name becomes an unknown one of the same length,
 *   so that the target does not follow them.
 */
enum sipsteer_route {
	SIPSTEER_ROUTE_KEEP,
	SIPSTEER_ROUTE_HIDE,
};

/**
 * enum sipsteer_flow_state - How far a TCP connection is.
 * @SIPSTEER_FLOW_STATE_OPENING: A SYN has been seen, the handshake is not
 *   complete.
 * @SIPSTEER_FLOW_STATE_ESTABLISHED: Both sides have spoken.
 * @SIPSTEER_FLOW_STATE_CLOSING: Both sides have sent a FIN, or one a RST.
 */
enum sipsteer_flow_state {
	SIPSTEER_FLOW_STATE_OPENING,
	SIPSTEER_FLOW_STATE_ESTABLISHED,
	SIPSTEER_FLOW_STATE_CLOSING,
};

/**
 * enum sipsteer_hook - Where a packet is met.
 * @SIPSTEER_HOOK_PREROUTING: Packets that arrive from a network.
 * @SIPSTEER_HOOK_OUTPUT: Packets sent by this host.
 */
enum sipsteer_hook {
	SIPSTEER_HOOK_PREROUTING,
	SIPSTEER_HOOK_OUTPUT,
};

/**
 * enum sipsteer_counter - Where a packet left the walk. Every packet that
 *   reaches a mapped port (or comes from a target) adds to exactly one of
 *   these, but for those about transactions, connections, first requests,
 *   Route header fields and aggregated buffers, which are counted besides.
 * @SIPSTEER_COUNTER_STEERED: Request sent on to its mapping's target.
 * @SIPSTEER_COUNTER_NO_MAPPING: Port in use by a mapping (or, of TCP, by a
 *   target), but no mapping for this address.
 * @SIPSTEER_COUNTER_LOOPBACK: Sent by this host to itself; judged when it was
 *   sent.
 * @SIPSTEER_COUNTER_MALFORMED: Header lengths that contradict the packet.
 * @SIPSTEER_COUNTER_FRAGMENT: A fragment that nobody reassembled.
 * @SIPSTEER_COUNTER_EXT_HEADER: More IPv6 extension headers, or stranger ones,
 *   than are walked.
 * @SIPSTEER_COUNTER_SOURCE_ROUTE: IPv4 source route option; the header's
 *   destination is not the last.
 * @SIPSTEER_COUNTER_ROUTING_HEADER: IPv6 routing header with segments left.
 * @SIPSTEER_COUNTER_HOME_ADDRESS: IPv6 home address option; the header's
 *   source is not the client's.
 * @SIPSTEER_COUNTER_AUTH_HEADER: Authentication header (AH), which forbids
 *   rewriting.
 * @SIPSTEER_COUNTER_AGGREGATED: Several datagrams merged into one buffer, to
 *   be taken apart; each is then judged, and counted, by itself.
 * @SIPSTEER_COUNTER_SCOPE: Multicast, broadcast, link-local or loopback
 *   address, which must not leave its link or host.
 * @SIPSTEER_COUNTER_EXEMPT: Source is in the exempt set.
 * @SIPSTEER_COUNTER_NOT_SIP: Payload is no SIP message.
 * @SIPSTEER_COUNTER_KEEPALIVE: Keep-alive (CR LF, or empty) at a mapped
 *   address.
 * @SIPSTEER_COUNTER_RESPONSE: SIP response sent to a mapped address.
 * @SIPSTEER_COUNTER_METHOD: Request whose method the mapping does not steer.
 * @SIPSTEER_COUNTER_BAD_SIP: Request whose Via, CSeq or other headers cannot
 *   be trusted.
 * @SIPSTEER_COUNTER_GUARD_VIA: More than one Via; a proxy relays this request.
 * @SIPSTEER_COUNTER_GUARD_PATH: Path header; a proxy relays this request.
 * @SIPSTEER_COUNTER_GUARD_VISITED: P-Visited-Network-ID header; a proxy relays
 *   this request.
 * @SIPSTEER_COUNTER_GUARD_TARGET: Source address is some mapping's target.
 * @SIPSTEER_COUNTER_NOT_FORWARDING: Target is elsewhere and this interface
 *   does not forward.
 * @SIPSTEER_COUNTER_NO_ROUTE: No route to the target; sent as the client
 *   wanted.
 * @SIPSTEER_COUNTER_XFRM: IPsec protects this packet, or would after steering.
 * @SIPSTEER_COUNTER_NO_MEMORY: No memory to make the packet writable.
 * @SIPSTEER_COUNTER_RESTORED: Reply whose source became the address the client
 *   wrote to.
 * @SIPSTEER_COUNTER_REPLY_MALFORMED: Reply with header lengths that contradict
 *   the packet.
 * @SIPSTEER_COUNTER_REPLY_FRAGMENT: Fragment from a target that nobody
 *   reassembled.
 * @SIPSTEER_COUNTER_REPLY_HEADERS: Packet from a target with IP headers that
 *   defeat rewriting.
 * @SIPSTEER_COUNTER_REPLY_AGGREGATED: Replies merged into one buffer, to be
 *   taken apart; each is then judged, and counted, by itself.
 * @SIPSTEER_COUNTER_REPLY_NOT_RESPONSE: Not a SIP response; a target's own
 *   requests are never touched.
 * @SIPSTEER_COUNTER_REPLY_BAD_SIP: Response whose Via or CSeq cannot be
 *   trusted.
 * @SIPSTEER_COUNTER_REPLY_NO_TRANSACTION: Response to a request that was not
 *   steered, or is forgotten.
 * @SIPSTEER_COUNTER_REPLY_XFRM: Response protected by IPsec.
 * @SIPSTEER_COUNTER_REPLY_NO_MEMORY: No memory to make the response writable.
 * @SIPSTEER_COUNTER_TRANSACTION_NEW: Transaction remembered (also counted as
 *   steered).
 * @SIPSTEER_COUNTER_TRANSACTION_REFRESHED: Retransmission of a remembered
 *   request (also counted as steered).
 * @SIPSTEER_COUNTER_TRANSACTION_EVICTED: Live transaction that gave way to a
 *   new one; table full.
 * @SIPSTEER_COUNTER_TCP_STEERED: TCP packet of a steered connection, sent on
 *   to its target.
 * @SIPSTEER_COUNTER_TCP_RESTORED: TCP packet of a steered connection whose
 *   source became the address the client connected to.
 * @SIPSTEER_COUNTER_TCP_DIRECT: TCP packet of a client's own connection to a
 *   target.
 * @SIPSTEER_COUNTER_TCP_UNKNOWN: TCP packet to a mapped address that opens no
 *   connection and belongs to none that is known; it is older than the
 *   mapping, or forgotten.
 * @SIPSTEER_COUNTER_TCP_UNGUARDED: Connection from the network that nothing
 *   tells from the core's own, as its mapping has neither "from" nor "guard
 *   off" and no source is exempt.
 * @SIPSTEER_COUNTER_TCP_TARGET_LOCAL: Connection from this host, which is the
 *   target's host, too.
 * @SIPSTEER_COUNTER_TCP_SIGNED: SYN with a TCP-MD5 or TCP-AO option, which
 *   forbids rewriting.
 * @SIPSTEER_COUNTER_TCP_CLASH: Connection that the target could not tell from
 *   another one of the same client address and port.
 * @SIPSTEER_COUNTER_TCP_FULL: No room for another connection, or for another
 *   one of this client.
 * @SIPSTEER_COUNTER_FLOW_NEW: TCP connection remembered (also counted as
 *   tcp-steered or tcp-direct).
 * @SIPSTEER_COUNTER_FLOW_REPLACED: Closing connection that gave way to a new
 *   one of the same ports.
 * @SIPSTEER_COUNTER_FIRST_MATCHED: The first request on a steered connection
 *   has a method that its mapping steers.
 * @SIPSTEER_COUNTER_FIRST_METHOD: The first request on a steered connection
 *   has another method.
 * @SIPSTEER_COUNTER_FIRST_UNKNOWN: What a steered connection begins with is no
 *   SIP request, or its first segment holds no whole request line.
 * @SIPSTEER_COUNTER_ROUTE_HIDDEN: Route header field whose name was
 *   overwritten.
 * @SIPSTEER_COUNTER_ROUTE_MISSED: Part of a steered connection that came out
 *   of order, or without memory to change it; a Route header field in it
 *   stays.
 * @SIPSTEER_COUNTER_ICMP_RESTORED: ICMP error about a steered packet, which
 *   now quotes what the client sent.
 * @SIPSTEER_COUNTER_ICMP_STEERED: ICMP error about a restored packet of a
 *   steered connection, sent on to the target.
 * @SIPSTEER_COUNTER_ICMP_NO_TRANSACTION: ICMP error about a datagram to a
 *   target that is not known as steered.
 * @SIPSTEER_COUNTER_AGGREGATED_PASSED: Merged datagrams that cannot be taken
 *   apart, for want of memory or as they cross a bridge.
 * @SIPSTEER_COUNTER_REPLY_AGGREGATED_PASSED: Merged replies that cannot be
 *   taken apart, for want of memory or as they cross a bridge.
 */
enum sipsteer_counter {
	SIPSTEER_COUNTER_STEERED = 1,
	SIPSTEER_COUNTER_NO_MAPPING,
	SIPSTEER_COUNTER_LOOPBACK,
	SIPSTEER_COUNTER_MALFORMED,
	SIPSTEER_COUNTER_FRAGMENT,
	SIPSTEER_COUNTER_EXT_HEADER,
	SIPSTEER_COUNTER_SOURCE_ROUTE,
	SIPSTEER_COUNTER_ROUTING_HEADER,
	SIPSTEER_COUNTER_HOME_ADDRESS,
	SIPSTEER_COUNTER_AUTH_HEADER,
	SIPSTEER_COUNTER_AGGREGATED,
	SIPSTEER_COUNTER_SCOPE,
	SIPSTEER_COUNTER_EXEMPT,
	SIPSTEER_COUNTER_NOT_SIP,
	SIPSTEER_COUNTER_KEEPALIVE,
	SIPSTEER_COUNTER_RESPONSE,
	SIPSTEER_COUNTER_METHOD,
	SIPSTEER_COUNTER_BAD_SIP,
	SIPSTEER_COUNTER_GUARD_VIA,
	SIPSTEER_COUNTER_GUARD_PATH,
	SIPSTEER_COUNTER_GUARD_VISITED,
	SIPSTEER_COUNTER_GUARD_TARGET,
	SIPSTEER_COUNTER_NOT_FORWARDING,
	SIPSTEER_COUNTER_NO_ROUTE,
	SIPSTEER_COUNTER_XFRM,
	SIPSTEER_COUNTER_NO_MEMORY,
	SIPSTEER_COUNTER_RESTORED,
	SIPSTEER_COUNTER_REPLY_MALFORMED,
	SIPSTEER_COUNTER_REPLY_FRAGMENT,
	SIPSTEER_COUNTER_REPLY_HEADERS,
	SIPSTEER_COUNTER_REPLY_AGGREGATED,
	SIPSTEER_COUNTER_REPLY_NOT_RESPONSE,
	SIPSTEER_COUNTER_REPLY_BAD_SIP,
	SIPSTEER_COUNTER_REPLY_NO_TRANSACTION,
	SIPSTEER_COUNTER_REPLY_XFRM,
	SIPSTEER_COUNTER_REPLY_NO_MEMORY,
	SIPSTEER_COUNTER_TRANSACTION_NEW,
	SIPSTEER_COUNTER_TRANSACTION_REFRESHED,
	SIPSTEER_COUNTER_TRANSACTION_EVICTED,
	SIPSTEER_COUNTER_TCP_STEERED,
	SIPSTEER_COUNTER_TCP_RESTORED,
	SIPSTEER_COUNTER_TCP_DIRECT,
	SIPSTEER_COUNTER_TCP_UNKNOWN,
	SIPSTEER_COUNTER_TCP_UNGUARDED,
	SIPSTEER_COUNTER_TCP_TARGET_LOCAL,
	SIPSTEER_COUNTER_TCP_SIGNED,
	SIPSTEER_COUNTER_TCP_CLASH,
	SIPSTEER_COUNTER_TCP_FULL,
	SIPSTEER_COUNTER_FLOW_NEW,
	SIPSTEER_COUNTER_FLOW_REPLACED,
	SIPSTEER_COUNTER_FIRST_MATCHED,
	SIPSTEER_COUNTER_FIRST_METHOD,
	SIPSTEER_COUNTER_FIRST_UNKNOWN,
	SIPSTEER_COUNTER_ROUTE_HIDDEN,
	SIPSTEER_COUNTER_ROUTE_MISSED,
	SIPSTEER_COUNTER_ICMP_RESTORED,
	SIPSTEER_COUNTER_ICMP_STEERED,
	SIPSTEER_COUNTER_ICMP_NO_TRANSACTION,
	SIPSTEER_COUNTER_AGGREGATED_PASSED,
	SIPSTEER_COUNTER_REPLY_AGGREGATED_PASSED,

	/* private: */
	__SIPSTEER_COUNTER_MAX,
	SIPSTEER_COUNTER_MAX = (__SIPSTEER_COUNTER_MAX - 1)
};

enum {
	SIPSTEER_A_MAPPING_ID = 1,
	SIPSTEER_A_MAPPING_MATCH_ADDR,
	SIPSTEER_A_MAPPING_MATCH_LEN,
	SIPSTEER_A_MAPPING_MATCH_PORT,
	SIPSTEER_A_MAPPING_TARGET_ADDR,
	SIPSTEER_A_MAPPING_TARGET_PORT,
	SIPSTEER_A_MAPPING_PROTO,
	SIPSTEER_A_MAPPING_FROM_ADDR,
	SIPSTEER_A_MAPPING_FROM_LEN,
	SIPSTEER_A_MAPPING_IIF,
	SIPSTEER_A_MAPPING_METHODS,
	SIPSTEER_A_MAPPING_REPLY,
	SIPSTEER_A_MAPPING_GUARD,
	SIPSTEER_A_MAPPING_COMMENT,
	SIPSTEER_A_MAPPING_STEERED,
	SIPSTEER_A_MAPPING_RESTORED,
	SIPSTEER_A_MAPPING_PASSED,
	SIPSTEER_A_MAPPING_PAD,
	SIPSTEER_A_MAPPING_ROUTE,

	__SIPSTEER_A_MAPPING_MAX,
	SIPSTEER_A_MAPPING_MAX = (__SIPSTEER_A_MAPPING_MAX - 1)
};

enum {
	SIPSTEER_A_EXEMPT_ADDR = 1,
	SIPSTEER_A_EXEMPT_LEN,

	__SIPSTEER_A_EXEMPT_MAX,
	SIPSTEER_A_EXEMPT_MAX = (__SIPSTEER_A_EXEMPT_MAX - 1)
};

enum {
	SIPSTEER_A_COUNTER_ID = 1,
	SIPSTEER_A_COUNTER_VALUE,
	SIPSTEER_A_COUNTER_PAD,

	__SIPSTEER_A_COUNTER_MAX,
	SIPSTEER_A_COUNTER_MAX = (__SIPSTEER_A_COUNTER_MAX - 1)
};

enum {
	SIPSTEER_A_STATS_COUNTER = 1,
	SIPSTEER_A_STATS_MAPPINGS,
	SIPSTEER_A_STATS_TRANSACTIONS,
	SIPSTEER_A_STATS_TRANSACTION_MAX,
	SIPSTEER_A_STATS_HOOKS,
	SIPSTEER_A_STATS_PAD,
	SIPSTEER_A_STATS_FLOWS,
	SIPSTEER_A_STATS_FLOW_MAX,

	__SIPSTEER_A_STATS_MAX,
	SIPSTEER_A_STATS_MAX = (__SIPSTEER_A_STATS_MAX - 1)
};

enum {
	SIPSTEER_A_TRANSACTION_CLIENT_ADDR = 1,
	SIPSTEER_A_TRANSACTION_CLIENT_PORT,
	SIPSTEER_A_TRANSACTION_MATCH_ADDR,
	SIPSTEER_A_TRANSACTION_MATCH_PORT,
	SIPSTEER_A_TRANSACTION_TARGET_ADDR,
	SIPSTEER_A_TRANSACTION_TARGET_PORT,
	SIPSTEER_A_TRANSACTION_MAPPING,
	SIPSTEER_A_TRANSACTION_CSEQ,
	SIPSTEER_A_TRANSACTION_EXPIRES,
	SIPSTEER_A_TRANSACTION_PAD,

	__SIPSTEER_A_TRANSACTION_MAX,
	SIPSTEER_A_TRANSACTION_MAX = (__SIPSTEER_A_TRANSACTION_MAX - 1)
};

enum {
	SIPSTEER_A_FLOW_CLIENT_ADDR = 1,
	SIPSTEER_A_FLOW_CLIENT_PORT,
	SIPSTEER_A_FLOW_MATCH_ADDR,
	SIPSTEER_A_FLOW_MATCH_PORT,
	SIPSTEER_A_FLOW_TARGET_ADDR,
	SIPSTEER_A_FLOW_TARGET_PORT,
	SIPSTEER_A_FLOW_MAPPING,
	SIPSTEER_A_FLOW_STATE,
	SIPSTEER_A_FLOW_IDLE,
	SIPSTEER_A_FLOW_EXPIRES,
	SIPSTEER_A_FLOW_PAD,

	__SIPSTEER_A_FLOW_MAX,
	SIPSTEER_A_FLOW_MAX = (__SIPSTEER_A_FLOW_MAX - 1)
};

enum {
	SIPSTEER_A_LIMITS_FLOW_MAX = 1,
	SIPSTEER_A_LIMITS_FLOW_ESTABLISHED,
	SIPSTEER_A_LIMITS_FLOW_TRANSITORY,
	SIPSTEER_A_LIMITS_PAD,
	SIPSTEER_A_LIMITS_EVENT_RATE,
	SIPSTEER_A_LIMITS_TRANSACTION_MAX,

	__SIPSTEER_A_LIMITS_MAX,
	SIPSTEER_A_LIMITS_MAX = (__SIPSTEER_A_LIMITS_MAX - 1)
};

enum {
	SIPSTEER_A_TEST_HOOK = 1,
	SIPSTEER_A_TEST_FROM_ADDR,
	SIPSTEER_A_TEST_FROM_PORT,
	SIPSTEER_A_TEST_TO_ADDR,
	SIPSTEER_A_TEST_TO_PORT,
	SIPSTEER_A_TEST_IIF,
	SIPSTEER_A_TEST_PAYLOAD,
	SIPSTEER_A_TEST_PROTO,
	SIPSTEER_A_TEST_REASON,
	SIPSTEER_A_TEST_MAPPING,
	SIPSTEER_A_TEST_TARGET_ADDR,
	SIPSTEER_A_TEST_TARGET_PORT,

	__SIPSTEER_A_TEST_MAX,
	SIPSTEER_A_TEST_MAX = (__SIPSTEER_A_TEST_MAX - 1)
};

enum {
	SIPSTEER_A_EVENT_PROTO = 1,
	SIPSTEER_A_EVENT_CLIENT_ADDR,
	SIPSTEER_A_EVENT_CLIENT_PORT,
	SIPSTEER_A_EVENT_MATCH_ADDR,
	SIPSTEER_A_EVENT_MATCH_PORT,
	SIPSTEER_A_EVENT_TARGET_ADDR,
	SIPSTEER_A_EVENT_TARGET_PORT,
	SIPSTEER_A_EVENT_MAPPING,
	SIPSTEER_A_EVENT_LOST,

	__SIPSTEER_A_EVENT_MAX,
	SIPSTEER_A_EVENT_MAX = (__SIPSTEER_A_EVENT_MAX - 1)
};

enum {
	SIPSTEER_CMD_MAPPING_NEW = 1,
	SIPSTEER_CMD_MAPPING_DEL,
	SIPSTEER_CMD_MAPPING_GET,
	SIPSTEER_CMD_MAPPING_FLUSH,
	SIPSTEER_CMD_EXEMPT_NEW,
	SIPSTEER_CMD_EXEMPT_DEL,
	SIPSTEER_CMD_EXEMPT_GET,
	SIPSTEER_CMD_STATS_GET,
	SIPSTEER_CMD_TRANSACTION_GET,
	SIPSTEER_CMD_TRANSACTION_FLUSH,
	SIPSTEER_CMD_TEST,
	SIPSTEER_CMD_FLOW_GET,
	SIPSTEER_CMD_FLOW_FLUSH,
	SIPSTEER_CMD_LIMITS_GET,
	SIPSTEER_CMD_LIMITS_SET,
	SIPSTEER_CMD_TABLE_BEGIN,
	SIPSTEER_CMD_TABLE_COMMIT,
	SIPSTEER_CMD_TABLE_ABORT,
	SIPSTEER_CMD_MAPPING_NEW_NTF,
	SIPSTEER_CMD_MAPPING_DEL_NTF,
	SIPSTEER_CMD_EXEMPT_NEW_NTF,
	SIPSTEER_CMD_EXEMPT_DEL_NTF,
	SIPSTEER_CMD_LIMITS_NTF,
	SIPSTEER_CMD_TABLE_NTF,
	SIPSTEER_CMD_STEERED_NTF,

	__SIPSTEER_CMD_MAX,
	SIPSTEER_CMD_MAX = (__SIPSTEER_CMD_MAX - 1)
};

#define SIPSTEER_MCGRP_CONFIG	"config"
#define SIPSTEER_MCGRP_TRAFFIC	"traffic"

#endif /* _UAPI_LINUX_SIPSTEER_H */

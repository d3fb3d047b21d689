/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: what becomes of the packets that the module looks at, and of TCP
 * connections.  One packet of sipsteer_steer, sipsteer_restore or sipsteer_pass
 * is one that is counted.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM sipsteer

#if !defined(SIPSTEER_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define SIPSTEER_TRACE_H

#include <linux/tracepoint.h>
#include <uapi/linux/sipsteer.h>

#include "event.h"

struct sipsteer_flow;
struct sipsteer_walk;

DECLARE_EVENT_CLASS(sipsteer_packet,
	TP_PROTO(const struct sipsteer_walk *walk, enum sipsteer_counter reason),
	TP_ARGS(walk, reason),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(u32, reason)
		__field(u32, mapping)
		__field(u8, proto)
		__field(u8, hook)
		__array(u8, src, sizeof(struct sockaddr_in6))
		__array(u8, dst, sizeof(struct sockaddr_in6))
	),
	TP_fast_assign(
		__entry->skbaddr = walk->skb;
		__entry->reason = reason;
		__entry->mapping = walk->mapping ? walk->mapping->id : 0;
		__entry->proto = walk->packet.proto;
		__entry->hook = walk->state->hook;
		trace_endpoint(__entry->src, walk->packet.family,
			       &walk->packet.src);
		trace_endpoint(__entry->dst, walk->packet.family,
			       &walk->packet.dst);
	),
	TP_printk("skbaddr=%p hook=%s proto=%u src=%pISpc dst=%pISpc mapping=%u reason=%s",
		  __entry->skbaddr,
		  __print_symbolic(__entry->hook,
				   { 0, "prerouting" }, { 1, "input" },
				   { 3, "output" }, { 4, "postrouting" }),
		  __entry->proto, __entry->src, __entry->dst, __entry->mapping,
		  __print_symbolic(__entry->reason, SIPSTEER_COUNTER_NAMES))
);

/* The first probe is announced, and that the last one has gone. */
#define SIPSTEER_PACKET_EVENT(name)					\
DEFINE_EVENT_FN(sipsteer_packet, name,					\
	TP_PROTO(const struct sipsteer_walk *walk,			\
		 enum sipsteer_counter reason),				\
	TP_ARGS(walk, reason),						\
	sipsteer_watch, sipsteer_unwatch				\
)

SIPSTEER_PACKET_EVENT(sipsteer_steer);
SIPSTEER_PACKET_EVENT(sipsteer_restore);
SIPSTEER_PACKET_EVENT(sipsteer_pass);

DECLARE_EVENT_CLASS(sipsteer_flow,
	TP_PROTO(const struct sipsteer_flow *flow),
	TP_ARGS(flow),
	TP_STRUCT__entry(
		__field(u32, mapping)
		__array(u8, client, sizeof(struct sockaddr_in6))
		__array(u8, match, sizeof(struct sockaddr_in6))
		__array(u8, target, sizeof(struct sockaddr_in6))
	),
	TP_fast_assign(
		__entry->mapping = flow->mapping;
		trace_endpoint(__entry->client, flow->family, &flow->client);
		trace_endpoint(__entry->match, flow->family, &flow->match);
		trace_endpoint(__entry->target, flow->family, &flow->target);
	),
	TP_printk("client=%pISpc match=%pISpc target=%pISpc mapping=%u",
		  __entry->client, __entry->match, __entry->target,
		  __entry->mapping)
);

#define SIPSTEER_FLOW_EVENT(name)					\
DEFINE_EVENT(sipsteer_flow, name,					\
	TP_PROTO(const struct sipsteer_flow *flow),			\
	TP_ARGS(flow)							\
)

SIPSTEER_FLOW_EVENT(sipsteer_flow_open);
SIPSTEER_FLOW_EVENT(sipsteer_flow_close);

#endif /* SIPSTEER_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints that nobody listens to */
#ifndef UNIT_LINUX_TRACEPOINT_H
#define UNIT_LINUX_TRACEPOINT_H

#define TP_PROTO(...)	__VA_ARGS__
#define TP_ARGS(...)
#define TP_STRUCT__entry(...)
#define TP_fast_assign(...)
#define TP_printk(...)
#define DECLARE_EVENT_CLASS(...)
#define DEFINE_EVENT(template, name, proto, args) \
	static inline void trace_##name(proto) {}
#define DEFINE_EVENT_FN(template, name, proto, ...) \
	static inline void trace_##name(proto) {}

#endif /* UNIT_LINUX_TRACEPOINT_H */

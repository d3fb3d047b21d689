/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_EVENT_H
#define SIPSTEER_EVENT_H

#include <linux/compiler.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/* What a new network namespace begins with. */
#define SIPSTEER_EVENT_RATE	100

struct sipsteer_net;
struct sipsteer_mapping;
struct sipsteer_prefix;
struct sipsteer_walk;

/**
 * struct sipsteer_events - what keeps events from flooding who listens
 * @rate: how many of packets are sent a second at most
 * @lock: for what follows
 * @second: the running second, of the boot clock
 * @sent: how many have been sent in it
 * @lost: how many have not, since the last one that was
 */
struct sipsteer_events {
	u32 rate;
	spinlock_t lock;	/* taken only while somebody listens */
	u32 second;
	u32 sent;
	u32 lost;
};

/* How many may want to be told of packets; see sipsteer_is_watched(). */
extern unsigned int sipsteer_watchers;

int sipsteer_watch(void);
void sipsteer_unwatch(void);
bool sipsteer_wants_packets(const struct sipsteer_net *sn);

/**
 * sipsteer_is_watched() - does anybody want to be told of packets?
 * @sn: the namespace that they are in
 *
 * Return: true if a tracepoint is in use, or somebody listens to events.
 */
static __always_inline bool sipsteer_is_watched(const struct sipsteer_net *sn)
{
	/* One that comes may miss the packets of that moment. */
	return unlikely(data_race(sipsteer_watchers)) &&
	       sipsteer_wants_packets(sn);
}

void sipsteer_events_init(struct sipsteer_events *events);
void sipsteer_event_mapping(struct sipsteer_net *sn, u8 cmd, int flags,
			    const struct sipsteer_mapping *mapping);
void sipsteer_event_exempt(struct sipsteer_net *sn, u8 cmd,
			   const struct sipsteer_prefix *prefix);
void sipsteer_event_limits(struct sipsteer_net *sn);
void sipsteer_event_table(struct sipsteer_net *sn);
void sipsteer_event_send_steered(const struct sipsteer_walk *walk);

#endif /* SIPSTEER_EVENT_H */

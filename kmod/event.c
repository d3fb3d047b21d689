// SPDX-License-Identifier: GPL-2.0
/*
 * Tells who listens what has changed, and what has been steered.
 *
 * Nobody has to listen, and then nothing is done.  An event that cannot be sent
 * is lost, and who listens is told so: whoever wants the state asks for it.
 */
#include <net/genetlink.h>

#include "event.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "walk.h"

/*
 * Tracepoints in use, and one once somebody has begun to listen: that this ends
 * is not told for sure.  Where kernels do not tell that it begins, always one.
 */
unsigned int sipsteer_watchers __read_mostly = !SIPSTEER_HAVE_GENL_BIND;

static DEFINE_SPINLOCK(watchers_lock);	/* for who changes it */

/**
 * sipsteer_watch() - say that somebody may want to be told of packets
 *
 * Return: 0, as tracepoints want it.
 */
int sipsteer_watch(void)
{
	spin_lock(&watchers_lock);
	WRITE_ONCE(sipsteer_watchers, sipsteer_watchers + 1);
	spin_unlock(&watchers_lock);
	return 0;
}

/**
 * sipsteer_unwatch() - take that back
 */
void sipsteer_unwatch(void)
{
	spin_lock(&watchers_lock);
	WRITE_ONCE(sipsteer_watchers, sipsteer_watchers - 1);
	spin_unlock(&watchers_lock);
}

/**
 * sipsteer_wants_packets() - sipsteer_is_watched(), if that is to be expected
 * @sn: the namespace that they are in
 *
 * Return: as sipsteer_is_watched().
 */
bool sipsteer_wants_packets(const struct sipsteer_net *sn)
{
	return tracepoint_enabled(sipsteer_steer) ||
	       tracepoint_enabled(sipsteer_restore) ||
	       tracepoint_enabled(sipsteer_pass) ||
	       genl_has_listeners(&sipsteer_nl_family, sn->net,
				  SIPSTEER_NLGRP_TRAFFIC);
}

/**
 * sipsteer_events_init() - prepare a namespace's events
 * @events: what keeps them in bounds
 */
void sipsteer_events_init(struct sipsteer_events *events)
{
	spin_lock_init(&events->lock);
	events->rate = SIPSTEER_EVENT_RATE;
}

static struct sk_buff *event_open(u8 cmd, int flags, void **hdr, gfp_t gfp)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, gfp);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put(msg, 0, 0, &sipsteer_nl_family, flags, cmd);
	return msg;
}

static void event_send(struct sipsteer_net *sn, struct sk_buff *msg, void *hdr,
		       unsigned int group, gfp_t gfp)
{
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&sipsteer_nl_family, sn->net, msg, 0, group,
				gfp);
}

static void config_send(struct sipsteer_net *sn, struct sk_buff *msg, void *hdr,
			int err)
{
	if (err)
		nlmsg_free(msg);
	else
		event_send(sn, msg, hdr, SIPSTEER_NLGRP_CONFIG, GFP_KERNEL);
}

static struct sk_buff *config_open(struct sipsteer_net *sn, u8 cmd, int flags,
				   void **hdr)
{
	struct sk_buff *msg;

	lockdep_assert_held(&sn->lock);
	if (!genl_has_listeners(&sipsteer_nl_family, sn->net,
				SIPSTEER_NLGRP_CONFIG))
		return NULL;
	msg = event_open(cmd, flags, hdr, GFP_KERNEL);
	if (!msg)
		genl_set_err(&sipsteer_nl_family, sn->net, 0,
			     SIPSTEER_NLGRP_CONFIG, -ENOBUFS);
	return msg;
}

/**
 * sipsteer_event_mapping() - a mapping has come, or goes
 * @sn: the namespace; its lock is held
 * @cmd: SIPSTEER_CMD_MAPPING_NEW_NTF or SIPSTEER_CMD_MAPPING_DEL_NTF
 * @flags: NLM_F_REPLACE if it takes the place of another, as rtnetlink has it
 * @mapping: the mapping
 */
void sipsteer_event_mapping(struct sipsteer_net *sn, u8 cmd, int flags,
			    const struct sipsteer_mapping *mapping)
{
	struct sk_buff *msg;
	void *hdr;

	msg = config_open(sn, cmd, flags, &hdr);
	if (msg)
		config_send(sn, msg, hdr, sipsteer_nl_put_mapping(msg, mapping));
}

/**
 * sipsteer_event_exempt() - a source prefix has become exempt, or is no longer
 * @sn: the namespace; its lock is held
 * @cmd: SIPSTEER_CMD_EXEMPT_NEW_NTF or SIPSTEER_CMD_EXEMPT_DEL_NTF
 * @prefix: the prefix
 */
void sipsteer_event_exempt(struct sipsteer_net *sn, u8 cmd,
			   const struct sipsteer_prefix *prefix)
{
	struct sk_buff *msg;
	void *hdr;

	msg = config_open(sn, cmd, 0, &hdr);
	if (msg)
		config_send(sn, msg, hdr, sipsteer_nl_put_exempt(msg, prefix));
}

/**
 * sipsteer_event_limits() - limits have been set
 * @sn: the namespace; its lock is held
 */
void sipsteer_event_limits(struct sipsteer_net *sn)
{
	struct sk_buff *msg;
	void *hdr;

	msg = config_open(sn, SIPSTEER_CMD_LIMITS_NTF, 0, &hdr);
	if (msg)
		config_send(sn, msg, hdr, sipsteer_nl_put_limits(msg, sn));
}

/**
 * sipsteer_event_table() - so much has changed that it is better asked for
 * @sn: the namespace; its lock is held
 */
void sipsteer_event_table(struct sipsteer_net *sn)
{
	const u32 *mappings = sipsteer_net_table(sn)->mappings.count;
	struct sk_buff *msg;
	void *hdr;

	msg = config_open(sn, SIPSTEER_CMD_TABLE_NTF, 0, &hdr);
	if (msg)
		config_send(sn, msg, hdr,
			    nla_put_u32(msg, SIPSTEER_A_STATS_MAPPINGS,
					mappings[0] + mappings[1]));
}

/* May one more be sent?  Then @lost is how many were not before it. */
static bool take_turn(struct sipsteer_events *events, u32 *lost)
{
	u32 now = sipsteer_transaction_now();
	bool may;

	spin_lock_bh(&events->lock);
	if (events->second != now) {
		events->second = now;
		events->sent = 0;
	}
	may = events->sent < READ_ONCE(events->rate);
	if (may) {
		events->sent++;
		*lost = events->lost;
		events->lost = 0;
	} else {
		events->lost++;
	}
	spin_unlock_bh(&events->lock);
	return may;
}

static void lose(struct sipsteer_events *events, u32 lost)
{
	spin_lock_bh(&events->lock);
	events->lost += lost;
	spin_unlock_bh(&events->lock);
}

static int put_steered(struct sk_buff *msg, const struct sipsteer_walk *walk,
		       u32 lost)
{
	const struct sipsteer_packet *packet = &walk->packet;
	u8 proto = packet->proto == IPPROTO_TCP ? SIPSTEER_PROTO_TCP :
						  SIPSTEER_PROTO_UDP;

	if (nla_put_u8(msg, SIPSTEER_A_EVENT_PROTO, proto) ||
	    sipsteer_nl_put_endpoint(msg, SIPSTEER_A_EVENT_CLIENT_ADDR,
				     SIPSTEER_A_EVENT_CLIENT_PORT,
				     packet->family, &packet->src) ||
	    sipsteer_nl_put_endpoint(msg, SIPSTEER_A_EVENT_MATCH_ADDR,
				     SIPSTEER_A_EVENT_MATCH_PORT,
				     packet->family, &packet->dst) ||
	    sipsteer_nl_put_endpoint(msg, SIPSTEER_A_EVENT_TARGET_ADDR,
				     SIPSTEER_A_EVENT_TARGET_PORT,
				     packet->family, walk->target) ||
	    nla_put_u32(msg, SIPSTEER_A_EVENT_MAPPING, walk->mapping->id) ||
	    (lost && nla_put_u32(msg, SIPSTEER_A_EVENT_LOST, lost)))
		return -EMSGSIZE;
	return 0;
}

/**
 * sipsteer_event_send_steered() - tell who listens what has been steered
 * @walk: the walk of a request, or of a TCP connection; RCU is held
 */
void sipsteer_event_send_steered(const struct sipsteer_walk *walk)
{
	struct sipsteer_net *sn = walk->sn;
	struct sk_buff *msg;
	void *hdr;
	u32 lost;

	if (!take_turn(&sn->events, &lost))
		return;
	msg = event_open(SIPSTEER_CMD_STEERED_NTF, 0, &hdr, GFP_ATOMIC);
	if (!msg || put_steered(msg, walk, lost)) {
		nlmsg_free(msg);
		lose(&sn->events, lost + 1);
		return;
	}
	event_send(sn, msg, hdr, SIPSTEER_NLGRP_TRAFFIC, GFP_ATOMIC);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Hides the Route header fields of a REGISTER from its target, which would
 * follow them to the S-CSCF.
 *
 * The last letter of the name is overwritten: nothing changes its length, and
 * who does not know a header field ignores it (RFC 3261 section 8.2.2).  One
 * byte is never split over two TCP segments.
 */
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/tcp.h>

#include "hide.h"
#include "rewrite.h"
#include "sip_full.h"
#include "sip_stream.h"

/* "Rout-" is a token, and nobody's header field. */
#define HIDDEN_LETTER	'-'

/* How many header fields of a stream are remembered, for when they come again. */
#define HIDDEN_MAX	16

/* By so many bytes the start of a message is known. */
#define RESYNC_LEN	16

/* So many at a time. */
#define FIELDS_MAX	4

/**
 * struct sipsteer_hide - where in a stream Route header fields are
 * @lock: for all of it
 * @first: sequence number of the stream's first byte
 * @restart: what it will be if the stream begins again
 * @next: sequence number of the first byte that has not been looked at
 * @stream: what the scanner knows so far
 * @count: how many header fields there were
 * @hidden: sequence numbers of their names' last letters; the last ones
 */
struct sipsteer_hide {
	spinlock_t lock;	/* segments may come on several CPUs */
	u32 first;
	u32 restart;
	u32 next;
	struct sip_stream stream;
	unsigned int count;
	u32 hidden[HIDDEN_MAX];
};

/**
 * sipsteer_hide_message() - hide the Route header fields of a message
 * @walk: the walk of a REGISTER, all of which is writable
 * @payload: offset of the message
 * @len: its length
 */
void sipsteer_hide_message(const struct sipsteer_walk *walk,
			   unsigned int payload, unsigned int len)
{
	const char *text = walk->skb->data + payload;
	unsigned int pos = walk->message->start.headers;
	u16 last;

	while (sip_full_next_route(text, len, &pos, &last)) {
		sipsteer_rewrite_byte(walk->skb, &walk->packet, payload + last,
				      HIDDEN_LETTER);
		sipsteer_count(walk, SIPSTEER_COUNTER_ROUTE_HIDDEN);
	}
}

static void begin(struct sipsteer_hide *hide)
{
	hide->first = READ_ONCE(hide->restart);
	hide->next = hide->first;
	hide->count = 0;
	sip_stream_init(&hide->stream);
}

/**
 * sipsteer_hide_create() - begin to look at a stream
 * @seq: sequence number of its first byte
 *
 * Return: what kfree() frees, NULL if there is no memory.
 */
struct sipsteer_hide *sipsteer_hide_create(u32 seq)
{
	struct sipsteer_hide *hide;

	hide = kzalloc(sizeof(*hide), GFP_ATOMIC | __GFP_NOWARN);
	if (!hide)
		return NULL;
	spin_lock_init(&hide->lock);
	hide->restart = seq;
	begin(hide);
	return hide;
}

/**
 * sipsteer_hide_restart() - note that the stream may begin again
 * @hide: what is known of it
 * @seq: sequence number of the first byte then
 *
 * It does when that byte comes: anybody may have sent the SYN.
 */
void sipsteer_hide_restart(struct sipsteer_hide *hide, u32 seq)
{
	WRITE_ONCE(hide->restart, seq);
}

/* A segment that comes again need not hold what was there before. */
static void hide_letter(const struct sipsteer_walk *walk, unsigned int at)
{
	struct sk_buff *skb = walk->skb;

	if (skb_ensure_writable(skb, at + 1)) {
		sipsteer_count(walk, SIPSTEER_COUNTER_ROUTE_MISSED);
		return;
	}
	if (skb->data[at] == 'e' || skb->data[at] == 'E')
		sipsteer_rewrite_byte(skb, &walk->packet, at, HIDDEN_LETTER);
}

static void hide_again(const struct sipsteer_walk *walk,
		       const struct sipsteer_hide *hide, u32 seq,
		       unsigned int payload)
{
	unsigned int i, n = min_t(unsigned int, hide->count, HIDDEN_MAX);
	u32 len = walk->skb->len - payload;

	for (i = 0; i < n; i++)
		if (hide->hidden[i] - seq < len)
			hide_letter(walk, payload + hide->hidden[i] - seq);
}

/*
 * After a hole, whose bytes will come when those behind it are gone, only the
 * start of a message tells where the next one is.  So it does after bytes that
 * were no SIP.
 */
static bool can_follow(const struct sipsteer_walk *walk,
		       struct sipsteer_hide *hide, u32 seq,
		       unsigned int payload)
{
	char buf[RESYNC_LEN];
	unsigned int len = min_t(unsigned int, sizeof(buf),
				 walk->skb->len - payload);
	const char *text;

	if (!after(seq, hide->next) && !sip_stream_is_lost(&hide->stream))
		return true;
	text = skb_header_pointer(walk->skb, payload, len, buf);
	if (!sip_stream_resync(&hide->stream, text, len))
		return false;
	hide->next = seq;
	return true;
}

/* In one piece: where a piece ends, a name may seem to end. */
static void scan(const struct sipsteer_walk *walk, struct sipsteer_hide *hide,
		 u32 seq, unsigned int payload)
{
	struct sk_buff *skb = walk->skb;
	unsigned int at, done, count, i;
	u16 found[FIELDS_MAX];

	if (!pskb_may_pull(skb, skb->len)) {
		sipsteer_count(walk, SIPSTEER_COUNTER_ROUTE_MISSED);
		return;
	}
	for (at = payload + hide->next - seq; at < skb->len; at += done) {
		done = sip_stream_feed(&hide->stream, skb->data + at,
				       skb->len - at, found, FIELDS_MAX,
				       &count);
		hide->next += done;
		for (i = 0; i < count; i++) {
			hide->hidden[hide->count++ % HIDDEN_MAX] =
				seq + at - payload + found[i];
			hide_letter(walk, at + found[i]);
			sipsteer_count(walk, SIPSTEER_COUNTER_ROUTE_HIDDEN);
		}
	}
}

/**
 * sipsteer_hide_segment() - hide the Route header fields in part of a stream
 * @walk: the walk of a TCP segment with a payload
 * @hide: what is known of its connection
 * @seq: sequence number of the payload's first byte
 * @payload: offset of the payload
 *
 * A segment that comes again is changed as it was before.  What comes out of
 * order cannot be understood, and stays as it is.
 */
void sipsteer_hide_segment(const struct sipsteer_walk *walk,
			   struct sipsteer_hide *hide, u32 seq,
			   unsigned int payload)
{
	u32 end = seq + walk->skb->len - payload;

	spin_lock_bh(&hide->lock);
	if (seq != hide->first && seq == READ_ONCE(hide->restart))
		begin(hide);
	hide_again(walk, hide, seq, payload);
	if (after(end, hide->next)) {
		if (can_follow(walk, hide, seq, payload))
			scan(walk, hide, seq, payload);
		else
			sipsteer_count(walk, SIPSTEER_COUNTER_ROUTE_MISSED);
	}
	spin_unlock_bh(&hide->lock);
}

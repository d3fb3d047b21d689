// SPDX-License-Identifier: GPL-2.0
/*
 * The least that a module has to execute to do what nf_sipsteer does, for one
 * mapping of IPv4 that is fixed: 10.0.0.5:5054 to 203.0.113.1:5060.
 *
 * The hooks, what is checked before a packet is steered, what is remembered and
 * what is written are the same; what is only needed because mappings, families,
 * namespaces and messages may be of other shapes is left out.  A message that is
 * not written as nearly everyone writes it passes.  Documentation/performance.rst
 * lists the differences.  This is for measuring, and for nothing else.
 */
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/random.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/net_namespace.h>
#include <net/tcp.h>
#include <net/xfrm.h>

#define MATCH_PORT		5054
#define TARGET_PORT		5060

#define PLAIN_LEN		(sizeof(struct iphdr) + sizeof(struct udphdr))
/* No SIP message is shorter; what is looked at without asking is not longer. */
#define MESSAGE_MIN		64

#define BUCKETS_BITS		13
#define WAYS			8
#define TRANSACTION_LIFE	(32 * HZ)
#define FLOW_LIFE		(7440 * HZ)
#define FLOW_CLOSING		(240 * HZ)

#define EACH(byte)		(0x0101010101010101ULL * (byte))
#define TOP_BITS		EACH(0x80)
#define DELIMITER_LIMIT		'-'
#define CRLF			"\r\n"

/*
 * A request that was steered.  To write into one is to take its name out first
 * and to put the new one in last.
 */
struct transaction {
	u64 name;
	unsigned long since;
	__be32 match;
	__be16 match_port;
	__be16 client_port;
	__be16 len;
	__sum16 check;
};

/* A TCP connection; by whom, in the same way. */
struct flow {
	u64 client;
	unsigned long seen;
	__be32 match;
	__be16 match_port;
};

static const __be32 match_addr = htonl(0x0a000005);
static const __be32 target_addr = htonl(0xcb007101);

/* Whether replies are left as they are. */
static bool keep;
module_param(keep, bool, 0644);

/* What the IPv4 header's sum grows by, and TCP's or UDP's. */
static u16 addr_diff __ro_after_init;
static u16 end_diff __ro_after_init;
static u64 key __ro_after_init;

static struct transaction transactions[1 << BUCKETS_BITS][WAYS];
static struct flow flows[1 << BUCKETS_BITS][WAYS];
static DEFINE_PER_CPU(u64, steered);

/* Lines that may matter by their first byte; an empty one is among them. */
static const u8 guard_lines[256] = {
	[0 ... ' '] = 1, ['P'] = 1, ['V'] = 1, ['p'] = 1, ['v'] = 1
};

static const u8 all_lines[256] = {
	[0 ... ' '] = 1, ['P'] = 1, ['V'] = 1, ['p'] = 1, ['v'] = 1,
	['C'] = 1, ['c'] = 1
};

static const u8 key_lines[256] = {
	[0 ... ' '] = 1, ['C'] = 1, ['c'] = 1
};

/* Not ip_hdr(): the data is at hand. */
static __always_inline struct iphdr *ip_of(const struct sk_buff *skb)
{
	return (struct iphdr *)skb->data;
}

static __always_inline u64 load_word(const char *p)
{
	u64 word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* Of some other lengths, gcc calls memcmp(). */
static __always_inline bool begins(const char *p, const char *text,
				   const unsigned int len)
{
	unsigned int at = len & 8;

	if (at && memcmp(p, text, 8))
		return false;
	if (len & 4) {
		if (memcmp(p + at, text + at, 4))
			return false;
		at += 4;
	}
	return !(len & 2) || !memcmp(p + at, text + at, 2);
}

/* Does @text, a literal of an even length below 16, begin at @p? */
#define BEGINS(p, text)		begins(p, text, sizeof(text) - 1)

/* Bytes below @limit, by their top bits; beyond the first one, look again. */
static __always_inline u64 below(u64 word, const u8 limit)
{
	return (word - EACH(limit)) & TOP_BITS;
}

/* The same, and semicolons. */
static __always_inline u64 ends_value(u64 word)
{
	return ((word - EACH(DELIMITER_LIMIT)) |
		((word ^ EACH(';')) - EACH(1))) & TOP_BITS;
}

static __always_inline u64 mix(u64 hash, u64 word)
{
	return ror64((hash ^ word) * key, 32);
}

/*
 * Here and below, nothing asks where the text ends: it does with an empty line,
 * where every search stops, and words that are read reach into the buffer's
 * struct skb_shared_info at worst.
 */
static __always_inline const char *find(const char *p, const u8 limit)
{
	u64 hit;

	for (;; p += 64) {
#define STEP(at) do {							\
		hit = below(load_word(p + (at)), limit);		\
		if (unlikely(hit))					\
			return p + (at) + __ffs(hit) / 8;		\
	} while (0)
		STEP(0);
		STEP(8);
		STEP(16);
		STEP(24);
		STEP(32);
		STEP(40);
		STEP(48);
		STEP(56);
#undef STEP
	}
}

/*
 * From a line that does not matter to one that may, by @lines, or to two NULs if
 * a line's end is none.  The first byte of the line has been looked at.
 */
static __always_inline const char *next_line(const char *p, const u8 *lines)
{
	u64 hit;

search:
#define STEP(at) do {							\
		hit = below(load_word(p + (at)), ' ');			\
		if (likely(!hit))					\
			break;						\
		p += __ffs(hit) / 8 + (at) + 2;				\
		if (unlikely(!BEGINS(p - 2, CRLF)))			\
			return "\0";					\
		if (likely(!lines[(u8)*p]))				\
			goto search;					\
		return p;						\
	} while (0)
	STEP(1);
	STEP(9);
	STEP(17);
	STEP(25);
	STEP(33);
	STEP(41);
	STEP(49);
	STEP(57);
#undef STEP
	p += 64;
	goto search;
}

/* Of one that came by UDP; the sent-by follows. */
static __always_inline bool begins_via(const char *p)
{
	return BEGINS(p, "Via: SIP") && BEGINS(p + 8, "/2.0/UDP") &&
	       p[16] == ' ';
}

#define VIA_LEN		17

/* The next byte that ends a parameter, or a Via, or makes it an unusual one. */
static __always_inline const char *find_value_end(const char *p)
{
	u64 hit;

	for (;; p += 2 * sizeof(hit)) {
		hit = ends_value(load_word(p));
		if (hit)
			return p + __ffs(hit) / 8;
		hit = ends_value(load_word(p + 8));
		if (hit)
			return p + __ffs(hit) / 8 + 8;
	}
}

/*
 * From behind VIA_LEN to where the first Via's branch ends; what is in it is
 * added to @name.  NULL if there is none that tells transactions apart.
 */
static __always_inline const char *take_branch(const char *p, u64 *name)
{
	u64 word, hit, hash = *name;

	do {
		p = find_value_end(p);
		if (*p++ != ';')
			return NULL;
	} while (!BEGINS(p, "branch=z"));
	if (!BEGINS(p + 8, "9hG4bK"))
		return NULL;
	for (p += 14;; p += sizeof(word)) {
		word = load_word(p);
		hit = ends_value(word);
		if (hit)
			break;
		hash = mix(hash, word);
	}
	p += __ffs(hit) / 8;
	*name = mix(hash, load_word(p - 8));
	return p;
}

/* A name is there for one of its numbers alone. */
static __always_inline bool take_cseq(const char *p, u64 *name)
{
	if (!BEGINS(p, "CSeq: "))
		return false;
	*name = mix(*name, load_word(p + 6)) | 1;
	return true;
}

/* What both letters are, if they are. */
static __always_inline u16 capitals(const char *p)
{
	return *(const u16 *)p & 0xdfdf;
}

/* Is the rest of a REGISTER, behind its method, that of a client's own? */
static __always_inline bool is_own(const char *p, const bool named, u64 *name)
{
	const u8 *lines = named ? all_lines : guard_lines;
	const char *uri = p;
	bool seen = false;
	u16 letters;

	p = find(p, ' ' + 1);
	if (p == uri || !BEGINS(p, " SIP/2.0") || !BEGINS(p + 8, CRLF) ||
	    !begins_via(p + 10))
		return false;
	p += 10 + VIA_LEN;
	if (named) {
		p = take_branch(p, name);
		if (!p)
			return false;
	}
	if (!named || *p == ';')
		p = find(p, DELIMITER_LIMIT);
	if (!BEGINS(p, CRLF))
		return false;
	p += 2;
	if (likely(!lines[(u8)*p]))
		p = next_line(p, lines);
	if (!named)
		return BEGINS(p, CRLF);
	for (;; p = next_line(p, lines)) {
		letters = capitals(p);
		if (letters == (u16)('C' | 'S' << 8)) {
			if (seen || !take_cseq(p, name))
				return false;
			seen = true;
		} else if ((u8)letters != 'C') {
			return BEGINS(p, CRLF) && seen;
		}
	}
}

/* What names the transaction that this, behind "SIP/2.0 ", answers? */
static __always_inline bool read_response(const char *p, u64 *name)
{
	p = find(p, ' ');
	if (!BEGINS(p, CRLF) || !begins_via(p + 2))
		return false;
	p = take_branch(p + 2 + VIA_LEN, name);
	if (!p)
		return false;
	/* It has not looked at what the branch ends with. */
	p--;
	do {
		p = next_line(p, key_lines);
		if ((u8)*p <= ' ')
			return false;
	} while (capitals(p) != (u16)('C' | 'S' << 8));
	return take_cseq(p, name);
}

static struct transaction *bucket_of(u64 name)
{
	return transactions[name >> (64 - BUCKETS_BITS)];
}

static __always_inline void remember(u64 name, const struct iphdr *ip,
				     const struct udphdr *udp)
{
	struct transaction *t = bucket_of(name), *last = t + WAYS - 1;
	unsigned long now = jiffies;
	u64 was;

	/* Where none is free, the last one gives way. */
	for (;; t++) {
		was = READ_ONCE(t->name);
		if (was == name || now - t->since > TRANSACTION_LIFE ||
		    t == last)
			break;
	}
	/* If somebody else writes here, it is that one's. */
	if (cmpxchg(&t->name, was, 0) != was)
		return;
	t->since = now;
	t->match = ip->daddr;
	t->match_port = udp->dest;
	t->client_port = udp->source;
	t->len = udp->len;
	t->check = udp->check;
	/* Pairs with that in recall(): all of it, or not this name. */
	smp_store_release(&t->name, name);
}

/* Where the client had written to. */
static __always_inline bool recall(u64 name, __be32 *match, __be16 *match_port)
{
	const struct transaction *t = bucket_of(name), *end = t + WAYS;

	for (; t < end; t++) {
		/* Pairs with smp_store_release() in remember(). */
		if (smp_load_acquire(&t->name) != name)
			continue;
		*match = t->match;
		*match_port = t->match_port;
		if (jiffies - t->since > TRANSACTION_LIFE)
			return false;
		/* It is another one's by now, if the name is. */
		smp_rmb();
		return READ_ONCE(t->name) == name;
	}
	return false;
}

static __always_inline u64 client_of(__be32 addr, __be16 port)
{
	return (__force u32)addr | (u64)(__force u16)port << 32;
}

/* In which of these flows a client's is, or may be. */
static __always_inline struct flow *flows_of(u64 client)
{
	return flows[(client * key) >> (64 - BUCKETS_BITS)];
}

static bool flow_is_over(const struct flow *flow)
{
	return jiffies - READ_ONCE(flow->seen) > FLOW_LIFE;
}

/* A SYN, FIN or RST; a forged one only makes it be forgotten earlier. */
static noinline struct flow *change_flow(struct flow *flow, u64 client,
					 const struct iphdr *ip,
					 const struct tcphdr *tcp)
{
	struct flow *end;
	u64 was;

	if (flow) {
		flow->seen = jiffies - (tcp->fin || tcp->rst ?
					FLOW_LIFE - FLOW_CLOSING : 0);
		return flow;
	}
	if (!tcp->syn || tcp->ack)
		return NULL;
	for (flow = flows_of(client), end = flow + WAYS; flow < end; flow++) {
		was = READ_ONCE(flow->client);
		if (!flow_is_over(flow) || cmpxchg(&flow->client, was, 0) != was)
			continue;
		flow->seen = jiffies;
		flow->match = ip->daddr;
		flow->match_port = tcp->dest;
		/* Pairs with that in find_flow(). */
		smp_store_release(&flow->client, client);
		return flow;
	}
	return NULL;
}

static __always_inline struct flow *find_flow(u64 client)
{
	struct flow *flow = flows_of(client), *end = flow + WAYS;

	for (; flow < end; flow++) {
		/* Pairs with smp_store_release() in change_flow(). */
		if (smp_load_acquire(&flow->client) == client)
			return flow_is_over(flow) ? NULL : flow;
	}
	return NULL;
}

/* Other CPUs read it with each packet: once a second is enough. */
static __always_inline void saw(struct flow *flow)
{
	unsigned long now = jiffies;

	if (unlikely(now - flow->seen > HZ))
		flow->seen = now;
}

/* In ones' complement, where a sum and its difference are (RFC 1624). */
static __always_inline __sum16 adjust(__sum16 check, u16 diff, const bool back)
{
	u16 sum = (__force u16)check;
	bool carry = back ? __builtin_add_overflow(sum, diff, &sum) :
			    __builtin_sub_overflow(sum, diff, &sum);

	return (__force __sum16)(back ? sum + carry : sum - carry);
}

static __always_inline void adjust_check(__sum16 *check, const bool udp,
					 const bool back)
{
	/* Of UDP, 0 is none. */
	if (udp && !*check)
		return;
	*check = adjust(*check, end_diff, back);
	if (udp && !*check)
		*check = CSUM_MANGLED_0;
}

/* The device is to complete the sum, or has summed up what is changed here. */
static noinline void adjust_offloaded(struct sk_buff *skb, __sum16 *check,
				      const bool udp, const bool back)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		*check = adjust(*check, addr_diff, !back);
		return;
	}
	skb->ip_summed = CHECKSUM_NONE;
	adjust_check(check, udp, back);
}

/* Put another address and port in, and the checksums right. */
static __always_inline void
rewrite(struct sk_buff *skb, __be32 *addr, __be32 new_addr, __be16 *port,
	__be16 new_port, __sum16 *check, const bool udp, const bool back)
{
	struct iphdr *ip = ip_of(skb);

	/* Both of these have this bit. */
	if (unlikely(skb->ip_summed & CHECKSUM_COMPLETE))
		adjust_offloaded(skb, check, udp, back);
	else
		adjust_check(check, udp, back);
	*port = new_port;
	ip->check = adjust(ip->check, addr_diff, back);
	*addr = new_addr;
}

static __always_inline bool is_writable(struct sk_buff *skb, unsigned int len)
{
	return likely(!skb->cloned) || !skb_ensure_writable(skb, len);
}

/* What this host sends has to be routed anew. */
static bool reroute(struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct dst_entry *old = skb_dst(skb);

	if (!old || !dst_hold_safe(old))
		return false;
	if (!ip_route_me_harder(state->net, state->sk, skb, RTN_UNSPEC) &&
	    !dst_xfrm(skb_dst(skb))) {
		dst_release(old);
		return true;
	}
	skb_dst_drop(skb);
	skb_dst_set(skb, old);
	return false;
}

/* In one piece, from now on? */
static __always_inline bool has_headers(struct sk_buff *skb, unsigned int len)
{
	return likely(skb_headlen(skb) >= len) || pskb_may_pull(skb, len);
}

static __always_inline bool is_plain(struct sk_buff *skb)
{
	return has_headers(skb, PLAIN_LEN) && *skb->data == 0x45 &&
	       !ip_is_fragment(ip_of(skb));
}

/* The port that the hook has seen, or not. */
static __always_inline __be16 port_of(const struct sk_buff *skb, unsigned int at)
{
	return *(const __be16 *)(skb->data + sizeof(struct iphdr) + at);
}

/* All traffic pays for this: is it the port?  If it is not there, we do not know. */
static __always_inline bool may_have_port(const struct sk_buff *skb,
					  unsigned int at, u16 port)
{
	return unlikely(skb_headlen(skb) < PLAIN_LEN ||
			port_of(skb, at) == htons(port));
}

static __always_inline bool may_forward(const struct net_device *in)
{
	struct in_device *in_dev = __in_dev_get_rcu(in);

	return in_dev && IN_DEV_FORWARD(in_dev);
}

/* Does anything but what it says forbid to steer it? */
static __always_inline bool may_steer(const struct sk_buff *skb,
				      const struct nf_hook_state *state,
				      const bool sent)
{
	if (secpath_exists(skb))
		return false;
	if (sent)
		return !netif_is_l3_master(state->out) && skb_dst(skb) &&
		       !dst_xfrm(skb_dst(skb));
	return !netif_is_l3_master(state->in) &&
	       !(state->in->flags & IFF_LOOPBACK) && !skb_valid_dst(skb) &&
	       skb->pkt_type == PACKET_HOST && may_forward(state->in);
}

static __always_inline const struct udphdr *udp_of(const struct sk_buff *skb)
{
	return (const struct udphdr *)(skb->data + sizeof(struct iphdr));
}

static __always_inline const char *text_of(const struct sk_buff *skb)
{
	return (const char *)(udp_of(skb) + 1);
}

/* In one piece, from now on, and not too short to be looked at? */
static __always_inline bool has_text(struct sk_buff *skb)
{
	if (unlikely(skb_is_nonlinear(skb)) && __skb_linearize(skb))
		return false;
	return skb->len >= PLAIN_LEN + MESSAGE_MIN;
}

/* One datagram, honest about its length, that ends as a header does? */
static __always_inline bool is_message(const struct sk_buff *skb)
{
	unsigned int len = ntohs(udp_of(skb)->len);

	return len >= sizeof(struct udphdr) + MESSAGE_MIN &&
	       len <= skb->len - sizeof(struct iphdr) && !skb_is_gso(skb) &&
	       BEGINS((const char *)udp_of(skb) + len - 4, CRLF CRLF);
}

static __always_inline unsigned int
request_udp(struct sk_buff *skb, const struct nf_hook_state *state,
	    const bool sent)
{
	const char *text;
	struct udphdr *udp;
	struct iphdr *ip;
	u64 name;

	if (!has_text(skb))
		return NF_ACCEPT;
	text = text_of(skb);
	if (!BEGINS(text, "REGISTER") || text[8] != ' ' || !is_message(skb) ||
	    !may_steer(skb, state, sent))
		return NF_ACCEPT;
	ip = ip_of(skb);
	name = (__force u32)ip->saddr;
	if (!(keep ? is_own(text + 9, false, &name) :
		     is_own(text + 9, true, &name)) ||
	    ip->saddr == target_addr || !is_writable(skb, PLAIN_LEN))
		return NF_ACCEPT;
	ip = ip_of(skb);
	udp = (struct udphdr *)(ip + 1);
	if (!keep)
		remember(name, ip, udp);
	rewrite(skb, &ip->daddr, target_addr, &udp->dest, htons(TARGET_PORT),
		&udp->check, true, false);
	if (sent && !reroute(skb, state)) {
		rewrite(skb, &ip->daddr, match_addr, &udp->dest,
			htons(MATCH_PORT), &udp->check, true, true);
		return NF_ACCEPT;
	}
	this_cpu_inc(steered);
	return NF_ACCEPT;
}

static __always_inline unsigned int
request_tcp(struct sk_buff *skb, const struct nf_hook_state *state,
	    const bool sent)
{
	struct tcphdr *tcp;
	struct flow *flow;
	struct iphdr *ip;
	u64 client;

	if (!has_headers(skb, sizeof(*ip) + sizeof(*tcp)) ||
	    !may_steer(skb, state, sent) ||
	    !is_writable(skb, sizeof(*ip) + sizeof(*tcp)))
		return NF_ACCEPT;
	ip = ip_of(skb);
	tcp = (struct tcphdr *)(ip + 1);
	client = client_of(ip->saddr, tcp->source);
	flow = find_flow(client);
	if (unlikely(tcp_flag_byte(tcp) & 7))
		flow = change_flow(flow, client, ip, tcp);
	if (!flow || flow->match != ip->daddr || flow->match_port != tcp->dest)
		return NF_ACCEPT;
	saw(flow);
	rewrite(skb, &ip->daddr, target_addr, &tcp->dest, htons(TARGET_PORT),
		&tcp->check, false, false);
	if (sent && !reroute(skb, state)) {
		rewrite(skb, &ip->daddr, match_addr, &tcp->dest,
			htons(MATCH_PORT), &tcp->check, false, true);
		return NF_ACCEPT;
	}
	this_cpu_inc(steered);
	return NF_ACCEPT;
}

static __always_inline unsigned int
request(struct sk_buff *skb, const struct nf_hook_state *state, const bool sent)
{
	if (!is_plain(skb) || ip_of(skb)->daddr != match_addr ||
	    port_of(skb, offsetof(struct udphdr, dest)) != htons(MATCH_PORT))
		return NF_ACCEPT;
	switch (ip_of(skb)->protocol) {
	case IPPROTO_UDP:
		return request_udp(skb, state, sent);
	case IPPROTO_TCP:
		return request_tcp(skb, state, sent);
	default:
		return NF_ACCEPT;
	}
}

static __always_inline unsigned int reply_udp(struct sk_buff *skb)
{
	struct udphdr *udp;
	struct iphdr *ip;
	__be16 port;
	__be32 addr;
	u64 name;

	if (!has_text(skb) || !BEGINS(text_of(skb), "SIP/2.0 ") ||
	    !is_message(skb))
		return NF_ACCEPT;
	ip = ip_of(skb);
	name = (__force u32)ip->daddr;
	if (!read_response(text_of(skb) + 8, &name) || !recall(name, &addr, &port) ||
	    !is_writable(skb, PLAIN_LEN))
		return NF_ACCEPT;
	ip = ip_of(skb);
	udp = (struct udphdr *)(ip + 1);
	rewrite(skb, &ip->saddr, addr, &udp->source, port, &udp->check, true,
		true);
	this_cpu_inc(steered);
	return NF_ACCEPT;
}

static __always_inline unsigned int reply_tcp(struct sk_buff *skb)
{
	struct tcphdr *tcp;
	struct flow *flow;
	struct iphdr *ip;
	u64 client;

	if (!has_headers(skb, sizeof(*ip) + sizeof(*tcp)) ||
	    !is_writable(skb, sizeof(*ip) + sizeof(*tcp)))
		return NF_ACCEPT;
	ip = ip_of(skb);
	tcp = (struct tcphdr *)(ip + 1);
	client = client_of(ip->daddr, tcp->dest);
	flow = find_flow(client);
	if (unlikely(tcp_flag_byte(tcp) & 7))
		flow = change_flow(flow, client, ip, tcp);
	if (!flow)
		return NF_ACCEPT;
	saw(flow);
	rewrite(skb, &ip->saddr, flow->match, &tcp->source, flow->match_port,
		&tcp->check, false, true);
	this_cpu_inc(steered);
	return NF_ACCEPT;
}

static __always_inline unsigned int
reply(struct sk_buff *skb, const struct nf_hook_state *state, const bool taken)
{
	unsigned int verdict;

	if (!is_plain(skb) || ip_of(skb)->saddr != target_addr ||
	    port_of(skb, offsetof(struct udphdr, source)) !=
	    htons(TARGET_PORT) || secpath_exists(skb) ||
	    (!taken && netif_is_l3_master(state->out)) ||
	    (skb_dst(skb) && dst_xfrm(skb_dst(skb))))
		return NF_ACCEPT;
	switch (ip_of(skb)->protocol) {
	case IPPROTO_UDP:
		verdict = reply_udp(skb);
		break;
	case IPPROTO_TCP:
		verdict = reply_tcp(skb);
		break;
	default:
		return NF_ACCEPT;
	}
	/* What has found the socket that is connected to the target. */
	if (taken)
		skb_orphan(skb);
	return verdict;
}

/* Apart from the hooks, whose other packets need no stack. */
static noinline unsigned int
request_received(struct sk_buff *skb, const struct nf_hook_state *state)
{
	return request(skb, state, false);
}

static noinline unsigned int
request_sent(struct sk_buff *skb, const struct nf_hook_state *state)
{
	return request(skb, state, true);
}

static noinline unsigned int
reply_taken(struct sk_buff *skb, const struct nf_hook_state *state)
{
	return reply(skb, state, true);
}

static noinline unsigned int
reply_sent(struct sk_buff *skb, const struct nf_hook_state *state)
{
	return reply(skb, state, false);
}

#define LEAST_HOOK(name, end, port)					\
static unsigned int name##_hook(void *priv, struct sk_buff *skb,	\
				const struct nf_hook_state *state)	\
{									\
	if (may_have_port(skb, offsetof(struct udphdr, end), port))	\
		return name(skb, state);				\
	return NF_ACCEPT;						\
}

LEAST_HOOK(request_received, dest, MATCH_PORT)
LEAST_HOOK(request_sent, dest, MATCH_PORT)
LEAST_HOOK(reply_taken, source, TARGET_PORT)
LEAST_HOOK(reply_sent, source, TARGET_PORT)

#define LEAST_OPS(function, at, prio)	{	\
	.hook = function,			\
	.pf = NFPROTO_IPV4,			\
	.hooknum = at,				\
	.priority = prio,			\
}

static const struct nf_hook_ops least_ops[] = {
	LEAST_OPS(request_received_hook, NF_INET_PRE_ROUTING,
		  NF_IP_PRI_CONNTRACK - 50),
	LEAST_OPS(request_sent_hook, NF_INET_LOCAL_OUT, NF_IP_PRI_CONNTRACK - 50),
	LEAST_OPS(reply_taken_hook, NF_INET_LOCAL_IN, NF_IP_PRI_LAST - 2),
	LEAST_OPS(reply_sent_hook, NF_INET_POST_ROUTING, NF_IP_PRI_LAST - 2),
};

static int __net_init least_net_init(struct net *net)
{
	return nf_register_net_hooks(net, least_ops, ARRAY_SIZE(least_ops));
}

static void __net_exit least_net_exit(struct net *net)
{
	nf_unregister_net_hooks(net, least_ops, ARRAY_SIZE(least_ops));
}

static struct pernet_operations least_net_ops = {
	.init = least_net_init,
	.exit = least_net_exit,
};

static u16 fold(__wsum sum)
{
	return ~(__force u16)csum_fold(sum);
}

static int __init least_init(void)
{
	__wsum addrs = csum_sub((__force __wsum)target_addr,
				(__force __wsum)match_addr);
	__wsum ports = csum_sub((__force __wsum)htons(TARGET_PORT),
				(__force __wsum)htons(MATCH_PORT));

	addr_diff = fold(addrs);
	end_diff = fold(csum_add(addrs, ports));
	key = get_random_u64() | 1;
	return register_pernet_subsys(&least_net_ops);
}

static void __exit least_exit(void)
{
	unregister_pernet_subsys(&least_net_ops);
}

module_init(least_init);
module_exit(least_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("The least that steering takes");

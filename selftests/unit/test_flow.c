// SPDX-License-Identifier: GPL-2.0
/*
 * Connections: what their segments make of them, how long they are remembered,
 * and that each is found from either end.
 */
#include <linux/slab.h>

#include "flow.h"
#include "random.h"
#include "sip_test.h"

#define START		1000
#define OPERATIONS	100000
#define ALL_MAX		64

unsigned int unit_rcu_readers;
void (*unit_interleave)(enum unit_moment moment);
struct rcu_head *unit_rcu_waiting;
bool unit_out_of_memory;
unsigned int unit_allocations;

static u32 seconds;
static struct sipsteer_flows set;

u64 get_jiffies_64(void)
{
	return (u64)seconds * HZ;
}

static void rcu_callbacks(void)
{
	struct rcu_head *rcu;

	while (unit_rcu_waiting) {
		rcu = unit_rcu_waiting;
		unit_rcu_waiting = rcu->next;
		rcu->func(rcu);
	}
}

/* As packets do. */
#define UNDER_RCU(expression) ({ \
	typeof(expression) unit_value; \
	rcu_read_lock(); \
	unit_value = (expression); \
	rcu_read_unlock(); \
	unit_value; \
})

static int setup(void **state)
{
	/* A test that failed did not come to its end. */
	unit_rcu_readers = 0;
	unit_allocations = 0;
	unit_out_of_memory = false;
	seconds = START;
	memset(&set, 0, sizeof(set));
	return sipsteer_flow_cache_init() ?: sipsteer_flows_init(&set);
}

static int teardown(void **state)
{
	unit_interleave = NULL;
	sipsteer_flows_exit(&set);
	assert_false(set.fit.pending);
	rcu_callbacks();
	sipsteer_flow_cache_exit();
	assert_false(set.collect.pending);
	assert_int_equal(unit_rcu_readers, 0);
	assert_int_equal(unit_allocations, 0);
	return 0;
}

static struct sipsteer_endpoint endpoint(unsigned int addr, unsigned int port)
{
	return (struct sipsteer_endpoint){
		.addr.all[0] = htonl(0x0a000000 + addr),
		.port = htons(port),
	};
}

/* From a client's port, to a match, which leads to a target. */
static struct sipsteer_flow config(unsigned int client, unsigned int match,
				   unsigned int target)
{
	return (struct sipsteer_flow){
		.family = NFPROTO_IPV4,
		.client = endpoint(1, client),
		.match = endpoint(2, match),
		.target = endpoint(3, target),
		.mapping = match,
	};
}

/* The same, from another client. */
static struct sipsteer_flow from(unsigned int addr, struct sipsteer_flow config)
{
	config.client = endpoint(addr, ntohs(config.client.port));
	return config;
}

static struct sipsteer_flow direct_config(unsigned int client,
					  unsigned int target)
{
	struct sipsteer_flow flow = config(client, 0, target);

	flow.match = flow.target;
	flow.flags = BIT(SIPSTEER_FLOW_DIRECT);
	return flow;
}

static enum sipsteer_flow_opened open_flow(const struct sipsteer_flow *config,
					   struct sipsteer_flow **flow)
{
	*flow = NULL;
	return UNDER_RCU(sipsteer_flow_open(&set, config, flow));
}

static enum sipsteer_flow_opened open_as(struct sipsteer_flow config)
{
	struct sipsteer_flow *ignored;

	return open_flow(&config, &ignored);
}

static struct sipsteer_flow *opened(struct sipsteer_flow config)
{
	struct sipsteer_flow *flow;

	assert_int_equal(open_flow(&config, &flow), SIPSTEER_FLOW_NEW);
	return flow;
}

static struct sipsteer_flow *of_client(const struct sipsteer_flow *flow)
{
	return UNDER_RCU(sipsteer_flow_of_client(&set, flow->family,
						 &flow->client, &flow->match));
}

static struct sipsteer_flow *of_target(const struct sipsteer_flow *flow)
{
	return UNDER_RCU(sipsteer_flow_of_target(&set, flow->family,
						 &flow->client, &flow->target));
}

static void forget(struct sipsteer_flow *flow)
{
	rcu_read_lock();
	sipsteer_flow_forget(&set, flow);
	rcu_read_unlock();
}

/* Segments of the client as capitals, of the target as small letters. */
static bool saw(struct sipsteer_flow *flow, char letter)
{
	char kind = letter | 0x20;
	u8 segment = 0;

	if (kind == 's')
		segment = SIPSTEER_SEGMENT_SYN;
	else if (kind == 'f')
		segment = SIPSTEER_SEGMENT_FIN | SIPSTEER_SEGMENT_DATA;
	else if (kind == 'r')
		segment = SIPSTEER_SEGMENT_RST;
	else if (kind == 'd')
		segment = SIPSTEER_SEGMENT_DATA;
	return sipsteer_flow_saw(&set, flow, sipsteer_flow_now(),
				 letter != kind, segment);
}

static void saw_all(struct sipsteer_flow *flow, const char *letters)
{
	for (; *letters; letters++)
		saw(flow, *letters);
}

struct row {
	const char *name;
	const char *segments;
	enum sipsteer_flow_state state;
};

#define OPENING		SIPSTEER_FLOW_STATE_OPENING
#define ESTABLISHED	SIPSTEER_FLOW_STATE_ESTABLISHED
#define CLOSING		SIPSTEER_FLOW_STATE_CLOSING

static const struct row rows[] = {
	{ "nothing yet", "", OPENING },
	{ "a SYN", "S", OPENING },
	{ "SYNs only", "SSSS", OPENING },
	{ "an answer", "Sa", OPENING },
	{ "the client goes on before the answer", "SAD", OPENING },
	{ "answered after that", "SADa", OPENING },
	{ "three-way handshake", "SaA", ESTABLISHED },
	{ "its last segment lost", "SaD", ESTABLISHED },
	{ "data", "SaADdDd", ESTABLISHED },
	{ "the client will send no more", "SaADdF", ESTABLISHED },
	{ "the target goes on", "SaADdFddd", ESTABLISHED },
	{ "the target will send no more", "SaADdf", ESTABLISHED },
	{ "both", "SaADdFf", CLOSING },
	{ "both, the target first", "SaADdfF", CLOSING },
	{ "acknowledged", "SaAFfA", CLOSING },
	{ "the last FIN again", "SaAFfFf", CLOSING },
	{ "data after both", "SaAFfD", ESTABLISHED },
	{ "data of the target after both", "SaAFfd", ESTABLISHED },
	{ "the FIN once more after that", "SaAFfDF", CLOSING },
	{ "the other FIN after that", "SaAFfDf", ESTABLISHED },
	{ "refused", "Sr", CLOSING },
	{ "reset by the client", "SaAR", CLOSING },
	{ "reset by the target", "SaAr", CLOSING },
	{ "acknowledged after a reset", "SaArA", CLOSING },
	{ "a forged reset", "SaARD", ESTABLISHED },
	{ "a forged reset to the client", "SaArd", ESTABLISHED },
	{ "data after it was refused", "Srd", OPENING },
	{ "reset after both FINs", "SaAFfR", CLOSING },
	{ "data after that, of the one side", "SaAFfRD", ESTABLISHED },
	{ "SYN again while opening", "SaSaA", ESTABLISHED },
	{ "SYN on an established one", "SaADdS", OPENING },
	{ "answered by a target that is there", "SaADdSaR", CLOSING },
	{ "answered and gone on with", "SaADdSaD", ESTABLISHED },
};

static void check_row(void **state)
{
	const struct row *row = *state;
	struct sipsteer_flow *flow = opened(config(1, 2, 3));

	saw_all(flow, row->segments);
	assert_int_equal(sipsteer_flow_state(flow), row->state);
}

static void the_first_of_the_target_is_told(void **state)
{
	struct sipsteer_flow *flow = opened(config(1, 2, 3));
	static const char segments[] = "SSaaAdDaSdaSSr";
	static const char first[] = "..1......1...1";
	unsigned int i;

	for (i = 0; segments[i]; i++)
		assert_int_equal(saw(flow, segments[i]), first[i] == '1');
}

static void assert_times(struct sipsteer_flow *flow, u32 timeout)
{
	u32 seen = seconds;

	assert_int_equal(sipsteer_flow_expires(&set, flow), timeout);
	seconds = seen + timeout - 1;
	assert_int_equal(sipsteer_flow_expires(&set, flow), 1);
	assert_ptr_equal(of_client(flow), flow);
	assert_ptr_equal(of_target(flow), flow);
	seconds = seen + timeout;
	assert_int_equal(sipsteer_flow_expires(&set, flow), 0);
	assert_null(of_client(flow));
	assert_null(of_target(flow));
	seconds = seen + timeout + 1000000;
	assert_int_equal(sipsteer_flow_expires(&set, flow), 0);
	seconds = seen + 100;
}

static void idle_times(void **state)
{
	const struct sipsteer_flow_limits limits = {
		.max = 10, .established = 700, .transitory = 300,
	};
	struct sipsteer_flow *flow = opened(config(1, 2, 3));

	assert_times(flow, SIPSTEER_FLOW_TRANSITORY);
	saw_all(flow, "Sa");
	assert_times(flow, SIPSTEER_FLOW_TRANSITORY);
	saw_all(flow, "A");
	assert_times(flow, SIPSTEER_FLOW_ESTABLISHED);
	saw_all(flow, "F");
	assert_times(flow, SIPSTEER_FLOW_ESTABLISHED);
	saw_all(flow, "f");
	assert_times(flow, SIPSTEER_FLOW_TRANSITORY);
	sipsteer_flows_limit(&set, &limits);
	saw_all(flow, "a");
	assert_times(flow, 300);
	saw_all(flow, "d");
	assert_times(flow, 700);
}

static void check_ends(struct sipsteer_flow config)
{
	struct sipsteer_flow *flow = opened(config);
	struct sipsteer_flow other[] = { *flow, *flow, *flow, *flow, *flow,
					 *flow, *flow };
	/* The last word that an address has. */
	unsigned int i, last = config.family == NFPROTO_IPV4 ? 0 : 3;

	other[0].family = NFPROTO_IPV4 + NFPROTO_IPV6 - config.family;
	other[1].client.port ^= htons(1);
	other[2].client.addr.all[0] ^= htonl(1);
	other[3].client.addr.all[last] ^= htonl(2);
	for (i = 4; i < COUNT_OF(other); i++) {
		other[i].match = endpoint(2 + i % 2, 2 + i % 3);
		other[i].target = endpoint(3 + i % 2, 3 + i % 3);
	}
	other[6].match.addr.all[last] ^= htonl(2);
	other[6].target.addr.all[last] ^= htonl(2);
	for (i = 0; i < COUNT_OF(other); i++) {
		assert_null(of_client(&other[i]));
		assert_null(of_target(&other[i]));
	}
	assert_ptr_equal(of_client(flow), flow);
	assert_ptr_equal(of_target(flow), flow);
	forget(flow);
}

static void found_by_all_of_its_ends(void **state)
{
	struct sipsteer_flow v6 = config(1, 2, 3);

	check_ends(v6);
	v6.family = NFPROTO_IPV6;
	check_ends(v6);
}

static void families_are_apart(void **state)
{
	struct sipsteer_flow v6 = config(1, 2, 3);

	v6.family = NFPROTO_IPV6;
	opened(config(1, 2, 3));
	opened(v6);
	assert_int_equal(of_client(&v6)->family, NFPROTO_IPV6);
	assert_int_equal(set.count[0], 1);
	assert_int_equal(set.count[1], 1);
	forget(of_target(&v6));
	assert_int_equal(set.count[0], 1);
	assert_int_equal(set.count[1], 0);
}

/* With what has to be freed gone, too. */
static void assert_count(unsigned int count)
{
	struct sipsteer_hash_pos pos = {};
	unsigned int n = 0;

	rcu_callbacks();
	rcu_read_lock();
	while (sipsteer_hash_walk(&set.by_client, &pos))
		n++;
	rcu_read_unlock();
	assert_int_equal(n, count);
	assert_int_equal(sipsteer_flows_count(&set), count);
	/* And the cache, and the table. */
	assert_int_equal(unit_allocations, 2 + count);
}

static void a_syn_again_is_no_second_one(void **state)
{
	struct sipsteer_flow again = config(1, 2, 3), *found, *flow;

	flow = opened(again);
	assert_int_equal(open_flow(&again, &found), SIPSTEER_FLOW_AGAIN);
	assert_ptr_equal(found, flow);
	saw_all(flow, "SaAD");
	assert_int_equal(open_flow(&again, &found), SIPSTEER_FLOW_AGAIN);
	assert_ptr_equal(found, flow);
	assert_count(1);
}

/* The target could not tell them apart. */
static void another_match_clashes(void **state)
{
	struct sipsteer_flow *flow = opened(config(1, 2, 3));

	assert_int_equal(open_as(config(1, 4, 3)), SIPSTEER_FLOW_CLASH);
	assert_int_equal(open_as(direct_config(1, 3)), SIPSTEER_FLOW_CLASH);
	assert_count(1);
	assert_int_equal(open_as(config(5, 4, 3)), SIPSTEER_FLOW_NEW);
	assert_int_equal(open_as(config(1, 4, 6)), SIPSTEER_FLOW_NEW);
	assert_ptr_equal(of_target(flow), flow);
	assert_count(3);
}

static void steered_and_direct_clash(void **state)
{
	opened(direct_config(1, 3));
	assert_int_equal(open_as(config(1, 2, 3)), SIPSTEER_FLOW_CLASH);
	assert_int_equal(open_as(direct_config(1, 3)), SIPSTEER_FLOW_AGAIN);
	assert_count(1);
}

/* The client has not let go of it, wherever the mapping leads now. */
static void answered_it_does_not_move(void **state)
{
	struct sipsteer_flow other = config(1, 2, 4);
	struct sipsteer_flow *flow = opened(config(1, 2, 3));

	saw_all(flow, "Sa");
	assert_false(sipsteer_flow_may_move(&set, flow));
	assert_int_equal(open_as(other), SIPSTEER_FLOW_CLASH);
	assert_null(of_target(&other));
	assert_ptr_equal(of_client(&other), flow);
	assert_count(1);
}

static void unanswered_it_moves(void **state)
{
	struct sipsteer_flow other = config(1, 2, 4), *moved;
	struct sipsteer_flow was = *opened(config(1, 2, 3));

	saw_all(of_client(&was), "SS");
	assert_true(sipsteer_flow_may_move(&set, of_client(&was)));
	assert_int_equal(open_flow(&other, &moved), SIPSTEER_FLOW_REPLACED);
	assert_count(1);
	assert_null(of_target(&was));
	assert_ptr_equal(of_client(&was), moved);
	assert_ptr_equal(of_target(&other), moved);
}

static void a_syn_lets_it_move_unless_answered(void **state)
{
	struct sipsteer_flow *flow = opened(config(1, 2, 3));

	saw_all(flow, "SaADdS");
	assert_true(sipsteer_flow_may_move(&set, flow));
	saw_all(flow, "a");
	assert_false(sipsteer_flow_may_move(&set, flow));
}

static void what_is_over_is_replaced(void **state)
{
	static const struct row over[] = {
		{ .segments = "SaAR" }, { .segments = "SaAFf" },
		{ .segments = "SaA" },
	};
	struct sipsteer_flow again = config(1, 2, 3), *flow;
	struct sipsteer_flow other = config(1, 4, 3);
	unsigned int i;

	opened(again);
	for (i = 0; i < COUNT_OF(over); i++) {
		saw_all(of_client(&again), over[i].segments);
		seconds += i == 2 ? SIPSTEER_FLOW_ESTABLISHED : 0;
		assert_int_equal(open_flow(&again, &flow),
				 SIPSTEER_FLOW_REPLACED);
		assert_int_equal(sipsteer_flow_state(flow), OPENING);
		assert_count(1);
	}
	/* Even from another match. */
	saw_all(of_client(&again), "SaAR");
	assert_int_equal(open_as(other), SIPSTEER_FLOW_REPLACED);
	assert_null(of_client(&again));
	assert_count(1);
}

/* It takes the places of two. */
static void two_are_replaced_by_one(void **state)
{
	opened(config(1, 2, 3));
	saw_all(opened(config(1, 4, 5)), "Sr");
	assert_count(2);
	assert_int_equal(open_as(config(1, 2, 5)), SIPSTEER_FLOW_REPLACED);
	assert_count(1);
}

static void limit(u32 max)
{
	const struct sipsteer_flow_limits limits = {
		.max = max, .established = 1000, .transitory = 100,
	};

	sipsteer_flows_limit(&set, &limits);
}

static void no_more_than_the_limit(void **state)
{
	struct sipsteer_flow replace = config(1, 1, 9);

	limit(3);
	opened(config(1, 1, 1));
	opened(from(12, config(2, 1, 1)));
	opened(from(13, config(3, 1, 1)));
	assert_int_equal(open_as(from(14, config(4, 1, 1))), SIPSTEER_FLOW_FULL);
	assert_count(3);
	/* One whose place it may take. */
	assert_int_equal(open_as(replace), SIPSTEER_FLOW_REPLACED);
	assert_count(3);
	saw_all(of_client(&replace), "Sa");
	assert_int_equal(open_as(config(1, 1, 8)), SIPSTEER_FLOW_CLASH);
	forget(of_client(&replace));
	assert_int_equal(open_as(from(14, config(4, 1, 1))), SIPSTEER_FLOW_NEW);
	assert_count(3);
	limit(0);
	assert_int_equal(open_as(from(15, config(5, 1, 1))), SIPSTEER_FLOW_FULL);
	assert_count(3);
}

static void half_is_for_those_that_are_steered(void **state)
{
	limit(4);
	opened(from(11, direct_config(1, 1)));
	opened(from(12, direct_config(2, 1)));
	assert_int_equal(open_as(from(13, direct_config(3, 1))),
			 SIPSTEER_FLOW_FULL);
	opened(from(13, config(3, 1, 1)));
	opened(from(14, config(4, 1, 1)));
	assert_int_equal(open_as(from(15, config(5, 1, 1))), SIPSTEER_FLOW_FULL);
	assert_count(4);
}

static unsigned int open_many(unsigned int addr)
{
	unsigned int port;

	for (port = 1; port < 1000; port++)
		if (open_as(from(addr, config(port, 1, 1))) != SIPSTEER_FLOW_NEW)
			break;
	return port - 1;
}

static void a_source_leaves_as_much_as_it_has(void **state)
{
	struct sipsteer_flow first = from(101, config(1, 1, 1));

	limit(64);
	assert_int_equal(open_many(101), 32);
	assert_int_equal(open_many(102), 16);
	assert_int_equal(open_many(103), 8);
	assert_int_equal(open_many(101), 0);
	assert_int_equal(open_as(from(104, config(1, 1, 1))), SIPSTEER_FLOW_NEW);
	/* It may try again, and what it has may be taken from it. */
	assert_int_equal(open_as(first), SIPSTEER_FLOW_AGAIN);
	rcu_read_lock();
	sipsteer_flows_flush(&set);
	rcu_read_unlock();
	assert_count(0);
	assert_int_equal(open_many(101), 32);
}

static struct sipsteer_flow ipv6_config(unsigned int net, unsigned int host)
{
	struct sipsteer_flow flow = config(1, 1, 1);

	flow.family = NFPROTO_IPV6;
	flow.client.addr.all[0] = htonl(0x20010db8);
	flow.client.addr.all[1] = htonl(net);
	flow.client.addr.all[3] = htonl(host);
	return flow;
}

static void a_prefix_of_64_bits_is_one_source(void **state)
{
	unsigned int host;

	limit(64);
	for (host = 1; host <= 32; host++)
		opened(ipv6_config(1, host));
	assert_int_equal(open_as(ipv6_config(1, host)), SIPSTEER_FLOW_FULL);
	assert_int_equal(open_as(ipv6_config(2, 1)), SIPSTEER_FLOW_NEW);
}

/* Whatever the outcome, it belongs to the connection, or is gone. */
static struct sipsteer_flow with_hide(struct sipsteer_flow config)
{
	config.hide = kzalloc(1, GFP_ATOMIC);
	return config;
}

static void hide_is_taken_over(void **state)
{
	struct sipsteer_flow *flow = opened(with_hide(config(1, 2, 3)));

	assert_int_equal(unit_allocations, 2 + 2);
	saw_all(flow, "Sa");
	assert_int_equal(open_as(with_hide(config(1, 2, 3))),
			 SIPSTEER_FLOW_AGAIN);
	assert_int_equal(open_as(with_hide(config(1, 4, 3))),
			 SIPSTEER_FLOW_CLASH);
	assert_int_equal(open_as(with_hide(config(1, 2, 4))),
			 SIPSTEER_FLOW_CLASH);
	limit(1);
	assert_int_equal(open_as(with_hide(config(2, 2, 3))),
			 SIPSTEER_FLOW_FULL);
	rcu_callbacks();
	assert_int_equal(unit_allocations, 2 + 2);
	forget(flow);
	assert_count(0);
}

static void without_memory_there_is_none(void **state)
{
	struct sipsteer_flow flow = with_hide(config(1, 2, 3));

	unit_out_of_memory = true;
	assert_int_equal(open_as(flow), SIPSTEER_FLOW_NO_MEMORY);
	unit_out_of_memory = false;
	assert_count(0);
	assert_int_equal(open_as(with_hide(flow)), SIPSTEER_FLOW_NEW);
}

static void without_memory_the_old_one_stays(void **state)
{
	struct sipsteer_flow *flow = opened(config(1, 2, 3));

	saw_all(flow, "Sr");
	unit_out_of_memory = true;
	assert_int_equal(open_as(config(1, 2, 3)), SIPSTEER_FLOW_NO_MEMORY);
	unit_out_of_memory = false;
	assert_ptr_equal(of_client(flow), flow);
	assert_count(1);
}

static void no_memory_at_first_is_an_error(void **state)
{
	struct sipsteer_flows other = {};

	unit_out_of_memory = true;
	assert_int_equal(sipsteer_flows_init(&other), -ENOMEM);
	unit_out_of_memory = false;
}

static void forgotten_once(void **state)
{
	struct sipsteer_flow *flow = opened(config(1, 2, 3));

	opened(config(2, 2, 3));
	rcu_read_lock();
	sipsteer_flow_forget(&set, flow);
	sipsteer_flow_forget(&set, flow);
	rcu_read_unlock();
	assert_null(of_client(flow));
	assert_null(of_target(flow));
	assert_count(1);
}

/* What one port has in a bucket, others of that bucket have to step over. */
static void a_port_has_few(void **state)
{
	unsigned int n;

	for (n = 1; n <= 64; n++)
		opened(config(1, n, n));
	assert_int_equal(open_as(config(1, n, n)), SIPSTEER_FLOW_FULL);
	assert_int_equal(open_as(config(2, n, n)), SIPSTEER_FLOW_NEW);
	assert_count(65);
}

static void run_fit(void)
{
	assert_true(set.fit.pending);
	set.fit.pending = false;
	set.fit.func(&set.fit);
}

static struct sipsteer_flow *watched;

static void look_for_it(enum unit_moment moment)
{
	assert_ptr_equal(of_client(watched), watched);
	assert_ptr_equal(of_target(watched), watched);
}

static void it_is_found_while_the_table_grows(void **state)
{
	unsigned int n;

	watched = opened(from(99, config(1, 2, 3)));
	for (n = 1; n < 1000; n++)
		opened(config(n, 2, 3));
	unit_interleave = look_for_it;
	run_fit();
	unit_interleave = NULL;
	assert_false(sipsteer_hash_is_unfit(&set.by_client));
	assert_count(1000);
	for (n = 1; n < 1000; n++)
		forget(opened(config(n, 4, 5)));
	sipsteer_flows_flush(&set);
	assert_count(0);
	run_fit();
	assert_false(sipsteer_hash_is_unfit(&set.by_client));
}

static void run_collect(void)
{
	assert_true(delayed_work_pending(&set.collect));
	set.collect.pending = false;
	set.collect.work.func(&set.collect.work);
}

static void the_idle_are_collected(void **state)
{
	struct sipsteer_flow *flow;
	unsigned int n;

	assert_false(delayed_work_pending(&set.collect));
	for (n = 0; n < 10; n++) {
		flow = opened(config(n, 2, 3));
		if (n % 2)
			saw_all(flow, "SaA");
	}
	run_collect();
	assert_count(10);
	seconds += SIPSTEER_FLOW_TRANSITORY;
	run_collect();
	assert_count(5);
	seconds += SIPSTEER_FLOW_ESTABLISHED;
	run_collect();
	assert_count(0);
	assert_false(delayed_work_pending(&set.collect));
	opened(config(1, 2, 3));
	assert_true(delayed_work_pending(&set.collect));
}

static void flush_forgets_all(void **state)
{
	unsigned int n;

	for (n = 0; n < 10; n++)
		opened(with_hide(config(n, 2, 3)));
	sipsteer_flows_flush(&set);
	assert_count(0);
	opened(config(1, 2, 3));
}

static unsigned int walk(struct sipsteer_flow **seen)
{
	struct sipsteer_hash_pos pos = {};
	struct sipsteer_flow *flow;
	unsigned int n = 0;

	rcu_read_lock();
	while ((flow = sipsteer_flows_walk(&set, &pos))) {
		assert_true(n < ALL_MAX);
		seen[n++] = flow;
	}
	rcu_read_unlock();
	return n;
}

static void a_walk_sees_the_living(void **state)
{
	struct sipsteer_flow *seen[ALL_MAX];
	unsigned int n;

	assert_int_equal(walk(seen), 0);
	for (n = 0; n < 10; n++)
		if (n % 2)
			saw_all(opened(config(n, 2, 3)), "SaA");
		else
			opened(config(n, 2, 3));
	assert_int_equal(walk(seen), 10);
	seconds += SIPSTEER_FLOW_TRANSITORY;
	n = walk(seen);
	assert_int_equal(n, 5);
	while (n--)
		assert_int_equal(sipsteer_flow_state(seen[n]), ESTABLISHED);
}

/* Few clients, matches and targets, so that all of this happens at once. */
static struct sipsteer_flow random_config(void)
{
	struct sipsteer_flow flow = random_below(4) ?
		config(random_below(3), random_below(3), random_below(3)) :
		direct_config(random_below(3), random_below(3));

	if (!random_below(2))
		flow.family = NFPROTO_IPV6;
	return flow;
}

static void assert_all_are_found(void)
{
	struct sipsteer_flow *seen[ALL_MAX];
	unsigned int n;

	assert_count(sipsteer_flows_count(&set));
	assert_true(sipsteer_flows_count(&set) <= 8);
	for (n = walk(seen); n; n--) {
		assert_ptr_equal(of_client(seen[n - 1]), seen[n - 1]);
		assert_ptr_equal(of_target(seen[n - 1]), seen[n - 1]);
	}
}

static void each_is_found_from_either_end(void **state)
{
	static const char letters[] = "SSADFRadfr";
	unsigned int how[SIPSTEER_FLOW_NO_MEMORY + 1] = {}, i;
	struct sipsteer_flow ends, *flow;

	limit(8);
	for (i = 0; i < OPERATIONS; i++) {
		seconds += random_below(10);
		ends = random_config();
		flow = random_below(2) ? of_client(&ends) : of_target(&ends);
		if (flow && random_below(2)) {
			saw(flow, letters[random_below(sizeof(letters) - 1)]);
		} else if (flow && !random_below(20)) {
			forget(flow);
		} else if (!random_below(20)) {
			seconds += delayed_work_pending(&set.collect) * 2;
			if (delayed_work_pending(&set.collect))
				run_collect();
		} else {
			unit_out_of_memory = !random_below(20);
			how[open_as(ends)]++;
			unit_out_of_memory = false;
		}
		assert_all_are_found();
	}
	for (i = 0; i < COUNT_OF(how); i++)
		assert_true(how[i] > 100);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	static const struct CMUnitTest fixed[] = {
		TEST(the_first_of_the_target_is_told),
		TEST(idle_times),
		TEST(found_by_all_of_its_ends),
		TEST(families_are_apart),
		TEST(a_syn_again_is_no_second_one),
		TEST(another_match_clashes),
		TEST(steered_and_direct_clash),
		TEST(answered_it_does_not_move),
		TEST(unanswered_it_moves),
		TEST(a_syn_lets_it_move_unless_answered),
		TEST(what_is_over_is_replaced),
		TEST(two_are_replaced_by_one),
		TEST(no_more_than_the_limit),
		TEST(half_is_for_those_that_are_steered),
		TEST(a_source_leaves_as_much_as_it_has),
		TEST(a_prefix_of_64_bits_is_one_source),
		TEST(hide_is_taken_over),
		TEST(without_memory_there_is_none),
		TEST(without_memory_the_old_one_stays),
		TEST(no_memory_at_first_is_an_error),
		TEST(forgotten_once),
		TEST(a_port_has_few),
		TEST(it_is_found_while_the_table_grows),
		TEST(the_idle_are_collected),
		TEST(flush_forgets_all),
		TEST(a_walk_sees_the_living),
		TEST(each_is_found_from_either_end),
	};
	struct CMUnitTest tests[COUNT_OF(rows) + COUNT_OF(fixed)];
	size_t i, n = COUNT_OF(rows);

	for (i = 0; i < COUNT_OF(rows); i++) {
		tests[i] = test_of(rows[i].name, check_row, &rows[i]);
		tests[i].setup_func = setup;
		tests[i].teardown_func = teardown;
	}
	for (i = 0; i < COUNT_OF(fixed); i++)
		tests[n++] = fixed[i];
	return run_tap("flow", tests, n);
}

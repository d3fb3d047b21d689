// SPDX-License-Identifier: GPL-2.0
/*
 * What is remembered, for how long, who gives way when there is no room, and
 * that nothing is missed while the table grows under responses.
 */
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "packet.h"
#include "transaction.h"

/* As in kmod/transaction.c: the smallest table, and where growth begins. */
#define WAYS		8
#define CROWDED		6
#define BUCKETS		64

#define START		1000
#define OPERATIONS	50000

unsigned int unit_rcu_readers;
void (*unit_interleave)(enum unit_moment moment);
bool unit_out_of_memory;
unsigned int unit_allocations;
int64_t unit_seconds;

static struct sipsteer_transactions set;

static union nf_inet_addr source(unsigned int n)
{
	return (union nf_inet_addr){ .all[0] = htonl(0x0a000000 + n) };
}

/* An entry of its own for each @n, from @client, in @bucket of any table. */
static struct sipsteer_transaction entry(unsigned int bucket, unsigned int n,
					 unsigned int client)
{
	return (struct sipsteer_transaction){
		.print = (u64)(n + 1) << 32 | bucket,
		.client = source(client),
		.client_port = htons(5060),
		.match = source(0x10000),
		.match_port = htons(5054),
		.target = source(0x20000),
		.target_port = htons(5060),
		.family = NFPROTO_IPV4,
		.mapping = n,
		.cseq = n + 1,
		.udp_len = htons(400 + n),
		.udp_check = htons(1 + n),
	};
}

static enum sipsteer_remembered remember(const struct sipsteer_transaction *t)
{
	enum sipsteer_remembered how;

	rcu_read_lock();
	how = sipsteer_transaction_remember(&set, t);
	rcu_read_unlock();
	return how;
}

static enum sipsteer_remembered remember_new(unsigned int bucket,
					     unsigned int n, unsigned int client)
{
	struct sipsteer_transaction t = entry(bucket, n, client);

	return remember(&t);
}

static bool find(const struct sipsteer_transaction *like,
		 struct sipsteer_transaction *found)
{
	bool is;

	rcu_read_lock();
	is = sipsteer_transaction_find(&set, like, found);
	rcu_read_unlock();
	return is;
}

/* But for when it ends.  There is padding, so field by field. */
static void assert_same(const struct sipsteer_transaction *a,
			const struct sipsteer_transaction *b)
{
	assert_int_equal(a->print, b->print);
	assert_memory_equal(&a->client, &b->client, sizeof(a->client));
	assert_memory_equal(&a->match, &b->match, sizeof(a->match));
	assert_memory_equal(&a->target, &b->target, sizeof(a->target));
	assert_int_equal(a->client_port, b->client_port);
	assert_int_equal(a->match_port, b->match_port);
	assert_int_equal(a->target_port, b->target_port);
	assert_int_equal(a->family, b->family);
	assert_int_equal(a->mapping, b->mapping);
	assert_int_equal(a->cseq, b->cseq);
	assert_int_equal(a->udp_len, b->udp_len);
	assert_int_equal(a->udp_check, b->udp_check);
}

static bool known(const struct sipsteer_transaction *t)
{
	struct sipsteer_transaction found;

	if (!find(t, &found))
		return false;
	assert_same(&found, t);
	return true;
}

static bool known_new(unsigned int bucket, unsigned int n, unsigned int client)
{
	struct sipsteer_transaction t = entry(bucket, n, client);

	return known(&t);
}

static int by_print(const void *a, const void *b)
{
	const struct sipsteer_transaction *left = a, *right = b;

	return left->print < right->print ? -1 : left->print > right->print;
}

/* All that a walk sees, in the order of prints; returns how many. */
static unsigned int walk(struct sipsteer_transaction *seen, unsigned int most)
{
	struct sipsteer_transaction_cursor cursor = {};
	struct sipsteer_transaction found;
	unsigned int n = 0;

	/* As a dump does, which lets go of RCU now and then. */
	for (;;) {
		rcu_read_lock();
		if (!sipsteer_transaction_next(&set, &cursor, &found))
			break;
		rcu_read_unlock();
		assert_true(n < most);
		seen[n++] = found;
	}
	rcu_read_unlock();
	qsort(seen, n, sizeof(*seen), by_print);
	return n;
}

static void run_growth(void)
{
	assert_true(delayed_work_pending(&set.grow));
	set.grow.pending = false;
	set.grow.work.func(&set.grow.work);
}

static int setup(void **state)
{
	/* A test that failed did not come to its end. */
	unit_rcu_readers = 0;
	unit_allocations = 0;
	unit_seconds = START;
	return sipsteer_transactions_init(&set);
}

static int teardown(void **state)
{
	unit_interleave = NULL;
	unit_out_of_memory = false;
	sipsteer_transactions_exit(&set);
	assert_false(set.grow.pending);
	assert_int_equal(unit_rcu_readers, 0);
	assert_int_equal(unit_allocations, 0);
	return 0;
}

static void nothing_is_known_at_first(void **state)
{
	assert_int_equal(sipsteer_transactions_count(&set), 0);
	assert_false(known_new(0, 0, 1));
}

static void no_memory_at_first_is_an_error(void **state)
{
	struct sipsteer_transactions other;

	unit_out_of_memory = true;
	assert_int_equal(sipsteer_transactions_init(&other), -ENOMEM);
}

static void what_is_remembered_is_found_whole(void **state)
{
	assert_int_equal(remember_new(3, 0, 1), SIPSTEER_REMEMBERED_NEW);
	assert_true(known_new(3, 0, 1));
	assert_false(known_new(3, 1, 1));
	assert_false(known_new(4, 0, 1));
	assert_int_equal(sipsteer_transactions_count(&set), 1);
}

static void retransmission_is_no_second_entry(void **state)
{
	struct sipsteer_transaction t = entry(3, 0, 1);

	assert_int_equal(remember(&t), SIPSTEER_REMEMBERED_NEW);
	t.client_port = htons(6000);
	assert_int_equal(remember(&t), SIPSTEER_REMEMBERED_AGAIN);
	assert_int_equal(sipsteer_transactions_count(&set), 1);
	assert_true(known(&t));
}

static void lives_32_seconds_but_not_33(void **state)
{
	remember_new(3, 0, 1);
	unit_seconds = START + SIPSTEER_TRANSACTION_SECONDS;
	assert_true(known_new(3, 0, 1));
	assert_int_equal(sipsteer_transactions_count(&set), 1);
	unit_seconds = START + SIPSTEER_TRANSACTION_SECONDS + 1;
	assert_false(known_new(3, 0, 1));
	assert_int_equal(sipsteer_transactions_count(&set), 0);
}

static void retransmission_makes_it_live_longer(void **state)
{
	remember_new(3, 0, 1);
	unit_seconds = START + 20;
	assert_int_equal(remember_new(3, 0, 1), SIPSTEER_REMEMBERED_AGAIN);
	unit_seconds = START + 20 + SIPSTEER_TRANSACTION_SECONDS;
	assert_true(known_new(3, 0, 1));
	unit_seconds++;
	assert_false(known_new(3, 0, 1));
}

static void the_same_again_after_its_end_is_new(void **state)
{
	remember_new(3, 0, 1);
	unit_seconds += SIPSTEER_TRANSACTION_SECONDS + 1;
	assert_int_equal(remember_new(3, 0, 1), SIPSTEER_REMEMBERED_NEW);
	assert_true(known_new(3, 0, 1));
	assert_int_equal(sipsteer_transactions_count(&set), 1);
}

static void the_dead_make_room_before_the_living(void **state)
{
	unsigned int n;

	for (n = 0; n < WAYS; n++) {
		unit_seconds = START + (n == 5 ? 0 : 10);
		remember_new(3, n, n);
	}
	unit_seconds = START + SIPSTEER_TRANSACTION_SECONDS + 1;
	assert_int_equal(remember_new(3, WAYS, 99), SIPSTEER_REMEMBERED_NEW);
	for (n = 0; n <= WAYS; n++)
		assert_int_equal(known_new(3, n, n == WAYS ? 99 : n), n != 5);
	assert_int_equal(remember_new(3, WAYS + 1, 98),
			 SIPSTEER_REMEMBERED_EVICTED);
}

static void of_different_sources_the_oldest_gives_way(void **state)
{
	static const unsigned int order[WAYS] = { 4, 2, 7, 1, 0, 3, 6, 5 };
	unsigned int n, gone;

	for (n = 0; n < WAYS; n++) {
		unit_seconds = START + order[n];
		assert_int_equal(remember_new(3, n, n), SIPSTEER_REMEMBERED_NEW);
	}
	unit_seconds = START + WAYS;
	for (gone = 0; gone < WAYS; gone++) {
		assert_int_equal(remember_new(3, WAYS + gone, 100 + gone),
				 SIPSTEER_REMEMBERED_EVICTED);
		for (n = 0; n < WAYS; n++)
			assert_int_equal(known_new(3, n, n), order[n] > gone);
	}
}

static void of_a_crowd_its_own_oldest_gives_way(void **state)
{
	/* The others are older, and one of them has two. */
	static const unsigned int client[WAYS] = { 1, 9, 2, 9, 3, 9, 3, 4 };
	static const unsigned int age[WAYS] = { 9, 3, 8, 5, 7, 4, 6, 9 };
	unsigned int n;

	for (n = 0; n < WAYS; n++) {
		unit_seconds = START - age[n];
		remember_new(3, n, client[n]);
	}
	unit_seconds = START;
	assert_int_equal(remember_new(3, WAYS, 5), SIPSTEER_REMEMBERED_EVICTED);
	for (n = 0; n < WAYS; n++)
		assert_int_equal(known_new(3, n, client[n]), n != 3);
}

static void a_source_that_comes_pays_for_its_second(void **state)
{
	unsigned int n;

	for (n = 0; n < WAYS; n++) {
		unit_seconds = START + n;
		remember_new(3, n, n);
	}
	for (; n < WAYS + 5; n++)
		assert_int_equal(remember_new(3, n, 99),
				 SIPSTEER_REMEMBERED_EVICTED);
	assert_false(known_new(3, 0, 0));
	for (n = 1; n < WAYS; n++)
		assert_true(known_new(3, n, n));
	assert_true(known_new(3, WAYS + 4, 99));
}

static void other_buckets_do_not_pay(void **state)
{
	unsigned int bucket, n;

	for (bucket = 0; bucket < BUCKETS; bucket++)
		remember_new(bucket, 0, 1);
	for (n = 1; n < 100; n++)
		remember_new(3, n, 2);
	for (bucket = 0; bucket < BUCKETS; bucket++)
		assert_int_equal(known_new(bucket, 0, 1), true);
	assert_int_equal(sipsteer_transactions_count(&set), BUCKETS + WAYS - 1);
}

/* A registering phone has one or two at a time. */
static void flood(bool hops)
{
	unsigned int bucket, n, evicted = 0;
	struct sipsteer_transaction t;

	for (bucket = 0; bucket < BUCKETS; bucket++)
		for (n = 0; n < 3; n++)
			remember_new(bucket, n, 1 + n / 2);
	unit_seconds += 20;
	for (n = 0; n < 10000; n++) {
		t = entry(random_below(BUCKETS), 10 + n, 666);
		if (hops)
			t.client.all[2 + n % 2] = n;
		evicted += remember(&t) == SIPSTEER_REMEMBERED_EVICTED;
	}
	assert_int_equal(evicted, 10000 - BUCKETS * (WAYS - 3));
	for (bucket = 0; bucket < BUCKETS; bucket++)
		for (n = 0; n < 3; n++)
			assert_true(known_new(bucket, n, 1 + n / 2));
}

static void a_flood_spares_bystanders(void **state)
{
	flood(false);
}

static void a_flood_from_all_over_its_prefix_does_so_too(void **state)
{
	flood(true);
}

/* The policy once more, over a plain list. */
struct model {
	struct sipsteer_transaction entry[BUCKETS * WAYS];
	unsigned int len;
};

static bool same_prefix(const struct sipsteer_transaction *a,
			const struct sipsteer_transaction *b)
{
	return !memcmp(&a->client, &b->client, 8);
}

static unsigned int model_share(const struct model *model,
				const struct sipsteer_transaction *of,
				const struct sipsteer_transaction *newcomer)
{
	unsigned int share = same_prefix(of, newcomer), i;

	for (i = 0; i < model->len; i++)
		share += model->entry[i].print % BUCKETS == of->print % BUCKETS &&
			 same_prefix(&model->entry[i], of);
	return share;
}

static void model_expire(struct model *model)
{
	unsigned int i, left = 0;

	for (i = 0; i < model->len; i++)
		if (model->entry[i].expires > unit_seconds)
			model->entry[left++] = model->entry[i];
	model->len = left;
}

/* The model forgets what the table forgot, if that was its right. */
static void model_evict(struct model *model, unsigned int bucket,
			const struct sipsteer_transaction *newcomer)
{
	struct sipsteer_transaction *e, *gone = NULL, ignored;
	unsigned int share, most = 0, i;

	for (i = 0; i < model->len; i++) {
		e = &model->entry[i];
		if (e->print % BUCKETS != bucket)
			continue;
		share = model_share(model, e, newcomer);
		most = share > most ? share : most;
		if (!find(e, &ignored)) {
			assert_null(gone);
			gone = e;
		}
	}
	assert_non_null(gone);
	assert_int_equal(model_share(model, gone, newcomer), most);
	for (i = 0; i < model->len; i++) {
		e = &model->entry[i];
		if (e->print % BUCKETS == bucket &&
		    model_share(model, e, newcomer) == most)
			assert_true(gone->expires <= e->expires);
	}
	*gone = model->entry[--model->len];
}

static unsigned int model_bucket_len(const struct model *model,
				     unsigned int bucket)
{
	unsigned int len = 0, i;

	for (i = 0; i < model->len; i++)
		len += model->entry[i].print % BUCKETS == bucket;
	return len;
}

static struct sipsteer_transaction *model_find(struct model *model, u64 print)
{
	unsigned int i;

	for (i = 0; i < model->len; i++)
		if (model->entry[i].print == print)
			return &model->entry[i];
	return NULL;
}

static void model_remember(struct model *model,
			   const struct sipsteer_transaction *t)
{
	struct sipsteer_transaction *old = model_find(model, t->print);
	unsigned int bucket = t->print % BUCKETS;
	bool full = model_bucket_len(model, bucket) == WAYS;
	enum sipsteer_remembered how = remember(t);

	assert_int_equal(how, old ? SIPSTEER_REMEMBERED_AGAIN :
			      full ? SIPSTEER_REMEMBERED_EVICTED :
				     SIPSTEER_REMEMBERED_NEW);
	if (how == SIPSTEER_REMEMBERED_EVICTED)
		model_evict(model, bucket, t);
	if (!old)
		old = &model->entry[model->len++];
	*old = *t;
	old->expires = unit_seconds + SIPSTEER_TRANSACTION_SECONDS + 1;
}

static void assert_same_as_model(struct model *model)
{
	static struct sipsteer_transaction seen[BUCKETS * WAYS];
	unsigned int n = walk(seen, COUNT_OF(seen)), i;

	assert_int_equal(n, model->len);
	assert_int_equal(n, sipsteer_transactions_count(&set));
	qsort(model->entry, model->len, sizeof(*seen), by_print);
	for (i = 0; i < n; i++) {
		assert_same(&seen[i], &model->entry[i]);
		assert_int_equal(seen[i].expires, model->entry[i].expires);
	}
}

static void table_agrees_with_the_model(void **state)
{
	static struct model model;
	struct sipsteer_transaction t;
	unsigned int i;

	for (i = 0; i < OPERATIONS; i++) {
		if (!random_below(30)) {
			unit_seconds += random_below(8);
			model_expire(&model);
		}
		/* Few enough to come again, in few enough buckets to be full. */
		t = entry(random_below(4), random_below(20), 0);
		t.client = source(t.cseq % 5 ? t.cseq % 3 : t.cseq);
		t.client.all[3] = t.cseq;
		model_remember(&model, &t);
		if (i % 16 == 0)
			assert_same_as_model(&model);
	}
}

static void a_walk_sees_each_living_entry_once(void **state)
{
	static struct sipsteer_transaction seen[BUCKETS * WAYS];
	unsigned int bucket, n, i = 0;

	for (bucket = 0; bucket < BUCKETS; bucket++) {
		unit_seconds = START + bucket % 2 * 10;
		for (n = 0; n < bucket % (WAYS + 1); n++)
			remember_new(bucket, n, n);
	}
	unit_seconds = START + SIPSTEER_TRANSACTION_SECONDS + 1;
	n = walk(seen, COUNT_OF(seen));
	for (bucket = 1; bucket < BUCKETS; bucket += 2)
		i += bucket % (WAYS + 1);
	assert_int_equal(n, i);
	for (i = 0; i < n; i++) {
		assert_true(i == 0 || seen[i - 1].print < seen[i].print);
		assert_int_equal(seen[i].print % 2, 1);
		assert_true(known(&seen[i]));
	}
}

static void a_crowded_bucket_asks_for_room(void **state)
{
	unsigned int n;

	for (n = 0; n < CROWDED; n++) {
		assert_false(delayed_work_pending(&set.grow));
		remember_new(3, n, n);
	}
	assert_true(delayed_work_pending(&set.grow));
}

static void the_dead_are_no_crowd(void **state)
{
	unsigned int n;

	for (n = 0; n < WAYS; n++)
		remember_new(3, n, n);
	set.grow.pending = false;
	unit_seconds += SIPSTEER_TRANSACTION_SECONDS + 1;
	for (; n < WAYS + CROWDED - 1; n++)
		remember_new(3, n, n);
	assert_false(delayed_work_pending(&set.grow));
	remember_new(3, n, n);
	assert_true(delayed_work_pending(&set.grow));
}

static void growth_makes_room(void **state)
{
	unsigned int n;

	for (n = 0; n < WAYS; n++)
		remember_new(3 + n % 2 * BUCKETS, n, n);
	run_growth();
	/* What shared a bucket is in two now. */
	for (; n < 2 * WAYS; n++)
		assert_int_equal(remember_new(3 + n % 2 * BUCKETS, n, n),
				 SIPSTEER_REMEMBERED_NEW);
	for (n = 0; n < 2 * WAYS; n++)
		assert_true(known_new(3 + n % 2 * BUCKETS, n, n));
	assert_int_equal(unit_allocations, 1);
	assert_null(set.old);
}

static void growth_leaves_the_dead_behind(void **state)
{
	unsigned int n;

	for (n = 0; n < WAYS; n++) {
		unit_seconds = START + (n == 5 ? 0 : 10);
		remember_new(3, n, n);
	}
	unit_seconds = START + SIPSTEER_TRANSACTION_SECONDS + 1;
	run_growth();
	unit_seconds = START;	/* it would be alive again if it were there */
	assert_int_equal(sipsteer_transactions_count(&set), WAYS - 1);
	assert_false(known_new(3, 5, 5));
}

static void without_memory_all_stays_as_it_is(void **state)
{
	unsigned int n;

	for (n = 0; n < WAYS; n++)
		remember_new(3, n, n);
	unit_out_of_memory = true;
	run_growth();
	for (n = 0; n < WAYS; n++)
		assert_true(known_new(3, n, n));
	assert_null(set.old);
	/* Another try, but not at each packet. */
	assert_true(delayed_work_pending(&set.grow));
	assert_true(set.grow.delay >= HZ);
	unit_out_of_memory = false;
	run_growth();
	assert_false(delayed_work_pending(&set.grow));
	for (n = 0; n < WAYS; n++)
		assert_true(known_new(3, n, n));
	assert_int_equal(remember_new(3 + BUCKETS, n, n),
			 SIPSTEER_REMEMBERED_NEW);
}

static void fill(unsigned int per_bucket)
{
	unsigned int bucket, n;

	for (bucket = 0; bucket < BUCKETS; bucket++)
		for (n = 0; n < per_bucket; n++)
			remember_new(bucket + n % 2 * BUCKETS, n, n);
}

static void assert_filled(unsigned int per_bucket)
{
	unsigned int bucket, n;

	for (bucket = 0; bucket < BUCKETS; bucket++)
		for (n = 0; n < per_bucket; n++)
			assert_true(known_new(bucket + n % 2 * BUCKETS, n, n));
}

static unsigned int moments[UNIT_READ + 1];

static void look_for_all(enum unit_moment moment)
{
	moments[moment]++;
	assert_filled(WAYS);
}

static void no_response_is_missed_during_growth(void **state)
{
	fill(WAYS);
	memset(moments, 0, sizeof(moments));
	unit_interleave = look_for_all;
	run_growth();
	unit_interleave = NULL;
	/* Old and new one published, old one withdrawn. */
	assert_int_equal(moments[UNIT_PUBLISHED], 3);
	/* Before the old one is read for good, and before it is freed. */
	assert_int_equal(moments[UNIT_GRACE_PERIOD], 2);
	assert_int_equal(moments[UNIT_UNLOCKED], BUCKETS * WAYS);
	assert_filled(WAYS);
	assert_int_equal(sipsteer_transactions_count(&set), BUCKETS * WAYS);
}

static void free_only_what_nobody_reads(enum unit_moment moment)
{
	moments[moment]++;
	if (moment == UNIT_GRACE_PERIOD)
		assert_int_equal(unit_allocations, 2);
}

static void the_old_table_outlives_its_readers(void **state)
{
	fill(WAYS);
	unit_interleave = free_only_what_nobody_reads;
	run_growth();
	assert_int_equal(unit_allocations, 1);
}

/* A packet that had looked up the table before the larger one came. */
static void add_to_the_old_table(enum unit_moment moment)
{
	struct sipsteer_transactions before = {
		.table = set.old,
		.key = set.key,
	};
	struct sipsteer_transaction t = entry(7, 1000, 1000);

	if (moment != UNIT_GRACE_PERIOD || !set.old)
		return;
	rcu_read_lock();
	sipsteer_transaction_remember(&before, &t);
	rcu_read_unlock();
}

static void a_late_writer_is_not_lost(void **state)
{
	fill(WAYS - 2);
	unit_interleave = add_to_the_old_table;
	run_growth();
	unit_interleave = NULL;
	assert_true(known_new(7, 1000, 1000));
	assert_filled(WAYS - 2);
}

static void retransmit(enum unit_moment moment)
{
	if (moment != UNIT_GRACE_PERIOD || !set.old)
		return;
	unit_seconds = START + 30;
	assert_int_equal(remember_new(7, 0, 0), SIPSTEER_REMEMBERED_AGAIN);
	assert_int_equal(remember_new(8, 1000, 1000), SIPSTEER_REMEMBERED_NEW);
}

static void a_retransmission_during_growth_counts(void **state)
{
	fill(WAYS);
	unit_interleave = retransmit;
	run_growth();
	unit_interleave = NULL;
	assert_filled(WAYS);
	assert_int_equal(sipsteer_transactions_count(&set), BUCKETS * WAYS + 1);
	unit_seconds = START + 30 + SIPSTEER_TRANSACTION_SECONDS;
	assert_int_equal(sipsteer_transactions_count(&set), 2);
	assert_true(known_new(7, 0, 0));
	assert_true(known_new(8, 1000, 1000));
}

static void flush_forgets_all(void **state)
{
	fill(WAYS);
	assert_int_equal(sipsteer_transactions_count(&set), BUCKETS * WAYS);
	assert_int_equal(sipsteer_transactions_flush(&set), 0);
	assert_int_equal(sipsteer_transactions_count(&set), 0);
	assert_false(known_new(3, 0, 0));
	assert_int_equal(remember_new(3, 0, 0), SIPSTEER_REMEMBERED_NEW);
}

static void flush_gives_memory_back(void **state)
{
	struct sipsteer_transaction_cursor cursor = { .table = 1 };
	struct sipsteer_transaction found;
	bool more;

	fill(WAYS);
	run_growth();
	cursor.slot = BUCKETS * WAYS;
	assert_int_equal(sipsteer_transactions_flush(&set), 0);
	assert_int_equal(unit_allocations, 1);
	/* A walk that was far in the larger table is at its end. */
	rcu_read_lock();
	more = sipsteer_transaction_next(&set, &cursor, &found);
	rcu_read_unlock();
	assert_false(more);
	/* In the larger one, these would be no crowd. */
	fill(CROWDED);
	assert_true(delayed_work_pending(&set.grow));
}

static void flush_without_memory_forgets_nothing(void **state)
{
	fill(WAYS);
	unit_out_of_memory = true;
	assert_int_equal(sipsteer_transactions_flush(&set), -ENOMEM);
	assert_filled(WAYS);
}

static void flush_waits_for_readers(void **state)
{
	fill(WAYS);
	memset(moments, 0, sizeof(moments));
	unit_interleave = free_only_what_nobody_reads;
	assert_int_equal(sipsteer_transactions_flush(&set), 0);
	assert_int_equal(moments[UNIT_GRACE_PERIOD], 1);
	assert_int_equal(unit_allocations, 1);
}

/* What was there before, and what only the larger table has. */
static void walk_all(enum unit_moment moment)
{
	static struct sipsteer_transaction seen[2 * BUCKETS * WAYS];
	unsigned int n, i, different = 0;

	if (moment == UNIT_GRACE_PERIOD && set.old)
		remember_new(3, 1000, 1000);
	if (moments[moment]++ % 32 || !moments[UNIT_GRACE_PERIOD])
		return;
	n = walk(seen, COUNT_OF(seen));
	for (i = 0; i < n; i++)
		different += i == 0 || seen[i - 1].print != seen[i].print;
	assert_int_equal(different, BUCKETS * WAYS + 1);
}

static void a_walk_during_growth_misses_nothing(void **state)
{
	fill(WAYS);
	memset(moments, 0, sizeof(moments));
	unit_interleave = walk_all;
	run_growth();
	assert_true(moments[UNIT_UNLOCKED] > 32);
}

static void grow_as_asked(void)
{
	while (delayed_work_pending(&set.grow))
		run_growth();
}

static void the_table_is_bounded(void **state)
{
	struct sipsteer_transaction_table *table;
	struct sipsteer_transaction t;
	unsigned int n, evicted = 0;

	for (n = 0; n < 4 * SIPSTEER_TRANSACTION_MAX; n++) {
		t = entry(0, n, n);
		t.print = (u64)(n + 1) * 0x9e3779b97f4a7c15;
		evicted += remember(&t) == SIPSTEER_REMEMBERED_EVICTED;
		grow_as_asked();
		assert_true(known(&t));
	}
	n = sipsteer_transactions_count(&set);
	assert_int_equal(n, SIPSTEER_TRANSACTION_MAX);
	assert_int_equal(evicted, 3 * SIPSTEER_TRANSACTION_MAX);
	assert_int_equal(unit_allocations, 1);
	/* Nobody asks for more, and it would not be had. */
	t.print++;
	remember(&t);
	assert_false(delayed_work_pending(&set.grow));
	table = set.table;
	set.grow.work.func(&set.grow.work);
	assert_ptr_equal(set.table, table);
}

static void all_of_the_table_can_be_used(void **state)
{
	unsigned int n;

	for (n = 0; n < SIPSTEER_TRANSACTION_MAX; n++) {
		remember_new(n % (SIPSTEER_TRANSACTION_MAX / WAYS), n, n);
		grow_as_asked();
	}
	assert_int_equal(sipsteer_transactions_count(&set),
			 SIPSTEER_TRANSACTION_MAX);
	for (n = 0; n < SIPSTEER_TRANSACTION_MAX; n++)
		assert_true(known_new(n % (SIPSTEER_TRANSACTION_MAX / WAYS), n,
				      n));
}

static void evict_while_reading(enum unit_moment moment)
{
	unsigned int n;

	if (moment != UNIT_READ || moments[UNIT_READ]++)
		return;
	unit_seconds++;
	for (n = 1; n <= WAYS; n++)
		remember_new(0, n, n);
}

static void what_changes_while_read_is_read_again(void **state)
{
	struct sipsteer_transaction_cursor cursor = {};
	struct sipsteer_transaction found;
	bool more;

	memset(moments, 0, sizeof(moments));
	remember_new(0, 0, 0);
	unit_interleave = evict_while_reading;
	assert_false(known_new(0, 0, 0));
	assert_int_equal(moments[UNIT_READ], 2);

	assert_int_equal(sipsteer_transactions_flush(&set), 0);
	remember_new(0, 0, 0);
	moments[UNIT_READ] = 0;
	rcu_read_lock();
	more = sipsteer_transaction_next(&set, &cursor, &found);
	rcu_read_unlock();
	assert_true(more);
	assert_int_not_equal(found.print, entry(0, 0, 0).print);
}

/* What a response has in common with its request, all of it and no more. */
static void found_by_the_whole_key(void **state)
{
	const struct sipsteer_transaction t = entry(3, 0, 1);
	struct sipsteer_transaction other[] = { t, t, t, t, t, t, t, t };
	struct sipsteer_transaction like, found;
	unsigned int i;

	remember(&t);
	other[0].client.all[3] = 1;
	other[1].target.all[0] = source(3).all[0];
	other[2].target.all[3] = 1;
	other[3].target_port = htons(5061);
	other[4].cseq++;
	other[5].method++;
	other[6].family = NFPROTO_IPV6;
	other[7].print ^= 1ULL << 63;
	for (i = 0; i < COUNT_OF(other); i++)
		assert_false(find(&other[i], &found));
	memset(&like, 0xff, sizeof(like));
	like.print = t.print;
	like.client = t.client;
	like.target = t.target;
	like.target_port = t.target_port;
	like.cseq = t.cseq;
	like.method = t.method;
	like.family = t.family;
	assert_true(find(&like, &found));
	assert_same(&found, &t);
}

/* Entries that agree in print alone are two. */
static void print_alone_is_no_key(void **state)
{
	struct sipsteer_transaction a = entry(3, 0, 1), b = a;

	b.cseq++;
	assert_int_equal(remember(&a), SIPSTEER_REMEMBERED_NEW);
	assert_int_equal(remember(&b), SIPSTEER_REMEMBERED_NEW);
	assert_true(known(&a));
	assert_true(known(&b));
}

static u64 print_of(const struct sipsteer_transactions *with, u8 family,
		    const union nf_inet_addr *client, const char *text)
{
	u64 hash = sipsteer_transaction_of(with, family, client);

	hash = sipsteer_transaction_hash(with, hash, text, strlen(text));
	return sipsteer_transaction_print(hash);
}

static void check_spread(u8 family)
{
	union nf_inet_addr client = {};
	unsigned int hits[64] = {};
	unsigned int i;

	for (i = 0; i < 64 * COUNT_OF(hits); i++) {
		client.all[family == NFPROTO_IPV4 ? 0 : i & 2] =
			htonl(0x0a000000 + i);
		hits[print_of(&set, family, &client, "1") % 64]++;
	}
	for (i = 0; i < COUNT_OF(hits); i++)
		assert_in_range(hits[i], 16, 112);
}

/* Clients that number their branches begin with the same. */
static void equal_names_are_spread(void **state)
{
	check_spread(NFPROTO_IPV4);
	check_spread(NFPROTO_IPV6);
}

/* And those of one client differ in their last characters. */
static void numbered_names_are_spread(void **state)
{
	const union nf_inet_addr client = source(1);
	unsigned int i, hits[64];
	char branch[48];
	unsigned int len;

	for (len = 1; len < 40; len++) {
		memset(hits, 0, sizeof(hits));
		for (i = 0; i < 64 * COUNT_OF(hits); i++) {
			sprintf(branch, "%.*s%04u", len,
				"z9hG4bKPj4cf96e2d-3a5f-4c8b-9f0e-0c0f7c8e", i);
			hits[print_of(&set, NFPROTO_IPV4, &client, branch) % 64]++;
		}
		for (i = 0; i < COUNT_OF(hits); i++)
			assert_in_range(hits[i], 16, 112);
	}
}

/* Of all neighbours none shares a bucket more often than by chance. */
static void nobody_aims_at_the_bucket_of_another(void **state)
{
	static unsigned int shared[4096];
	struct sipsteer_transactions other;
	unsigned int i, n, bucket;
	union nf_inet_addr client;

	for (n = 0; n < 512; n++) {
		assert_int_equal(sipsteer_transactions_init(&other), 0);
		client = source(0);
		bucket = print_of(&other, NFPROTO_IPV4, &client, "1") % 64;
		for (i = 1; i < COUNT_OF(shared); i++) {
			client = source(i);
			shared[i] += print_of(&other, NFPROTO_IPV4, &client,
					       "1") % 64 == bucket;
		}
		sipsteer_transactions_exit(&other);
	}
	/* 8 are to be expected. */
	for (i = 1; i < COUNT_OF(shared); i++)
		assert_in_range(shared[i], 0, 32);
}

static void names_are_keyed(void **state)
{
	const union nf_inet_addr client = source(1), neighbour = source(2);
	struct sipsteer_transactions other;
	u64 name = print_of(&set, NFPROTO_IPV4, &client, "branch");

	assert_int_equal(sipsteer_transactions_init(&other), 0);
	assert_int_equal(name, print_of(&set, NFPROTO_IPV4, &client, "branch"));
	assert_int_not_equal(name, print_of(&set, NFPROTO_IPV4, &client,
					    "branch2"));
	assert_int_not_equal(name, print_of(&set, NFPROTO_IPV4, &neighbour,
					    "branch"));
	assert_int_not_equal(name, print_of(&other, NFPROTO_IPV4, &client,
					    "branch"));
	sipsteer_transactions_exit(&other);
}

static int by_value(const void *a, const void *b)
{
	const u64 *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

/* Of as many as there may be, all of one client: 32 bits are too few for that. */
static void names_are_told_apart(void **state)
{
	static u64 seen[SIPSTEER_TRANSACTION_MAX];
	const union nf_inet_addr client = source(1);
	unsigned int i;
	char branch[32];

	for (i = 0; i < COUNT_OF(seen); i++) {
		sprintf(branch, "z9hG4bK-%08u", i);
		seen[i] = print_of(&set, NFPROTO_IPV4, &client, branch);
	}
	qsort(seen, COUNT_OF(seen), sizeof(*seen), by_value);
	for (i = 1; i < COUNT_OF(seen); i++)
		assert_int_not_equal(seen[i - 1], seen[i]);
}

/* A print of 0 says that a place is unused. */
static void print_is_never_zero(void **state)
{
	assert_int_not_equal(sipsteer_transaction_print(0), 0);
}

/* By no more than what an error says of it. */
static bool find_quoted(const struct sipsteer_transaction *t,
			struct sipsteer_transaction *found)
{
	const struct sipsteer_transaction quoted = {
		.client = t->client,
		.client_port = t->client_port,
		.target = t->target,
		.target_port = t->target_port,
		.family = t->family,
		.udp_len = t->udp_len,
		.udp_check = t->udp_check,
	};
	bool is;

	rcu_read_lock();
	is = sipsteer_transaction_quoted(&set, &quoted, found);
	rcu_read_unlock();
	return is;
}

static bool quoted(const struct sipsteer_transaction *t)
{
	struct sipsteer_transaction found;

	if (!find_quoted(t, &found))
		return false;
	assert_same(&found, t);
	return true;
}

static bool quoted_new(unsigned int bucket, unsigned int n, unsigned int client)
{
	struct sipsteer_transaction t = entry(bucket, n, client);

	return quoted(&t);
}

static void what_is_quoted_is_found_whole(void **state)
{
	assert_false(quoted_new(3, 0, 1));
	remember_new(3, 0, 1);
	assert_true(quoted_new(3, 0, 1));
	unit_seconds += SIPSTEER_TRANSACTION_SECONDS;
	assert_true(quoted_new(3, 0, 1));
	unit_seconds++;
	assert_false(quoted_new(3, 0, 1));
}

static void all_that_is_quoted_counts(void **state)
{
	const struct sipsteer_transaction t = entry(3, 0, 1);
	struct sipsteer_transaction other[] = { t, t, t, t, t, t, t, t };
	unsigned int i;

	other[0].client = source(2);
	other[1].client.all[3] = 1;
	other[2].client_port = htons(5061);
	other[3].target = source(2);
	other[4].target_port = htons(5061);
	other[5].family = NFPROTO_IPV6;
	other[6].udp_len = htons(401);
	other[7].udp_check = htons(2);
	remember(&t);
	for (i = 0; i < COUNT_OF(other); i++)
		assert_false(quoted(&other[i]));
	assert_true(quoted(&t));
}

/* The sender left it out, or it was not known yet when the request came by. */
static void an_unknown_checksum_fits_any(void **state)
{
	struct sipsteer_transaction t = entry(3, 0, 1), found;

	remember(&t);
	t.udp_check = 0;
	assert_true(find_quoted(&t, &found));
	assert_int_equal(found.udp_check, htons(1));

	remember(&t);
	t.udp_check = htons(7);
	assert_true(find_quoted(&t, &found));
	assert_int_equal(found.udp_check, 0);
}

/* As a phone has them, which tries one P-CSCF with two requests. */
static void two_at_once_are_both_found(void **state)
{
	remember_new(3, 0, 1);
	remember_new(4, 1, 1);
	assert_true(quoted_new(3, 0, 1));
	assert_true(quoted_new(4, 1, 1));
}

static void of_those_that_fit_the_newest_is_found(void **state)
{
	/* In another order than they are noted in. */
	static const unsigned int order[] = { 2, 0, 3, 1 };
	struct sipsteer_transaction t, found;
	unsigned int i;

	for (i = 0; i < COUNT_OF(order); i++) {
		t = entry(3, order[i], 1);
		t.udp_len = htons(400);
		t.udp_check = 0;
		remember(&t);
		assert_true(find_quoted(&t, &found));
		assert_int_equal(found.print, t.print);
		unit_seconds++;
	}
	/* An old one comes again. */
	t = entry(3, 2, 1);
	t.udp_len = htons(400);
	t.udp_check = 0;
	remember(&t);
	assert_true(find_quoted(&t, &found));
	assert_int_equal(found.print, t.print);
}

static void the_same_checksum_counts_before_age(void **state)
{
	struct sipsteer_transaction old = entry(3, 0, 1), new = entry(3, 1, 1);
	struct sipsteer_transaction found;

	new.udp_len = old.udp_len;
	new.udp_check = 0;
	remember(&old);
	unit_seconds++;
	remember(&new);
	assert_true(find_quoted(&old, &found));
	assert_int_equal(found.print, old.print);
	assert_true(find_quoted(&new, &found));
	assert_int_equal(found.print, new.print);
}

static void what_gave_way_is_not_quoted(void **state)
{
	unsigned int n;

	for (n = 0; n < 2 * WAYS; n++) {
		unit_seconds++;
		remember_new(3, n, n);
	}
	for (n = 0; n < 2 * WAYS; n++)
		assert_int_equal(quoted_new(3, n, n), n >= WAYS);
	assert_int_equal(sipsteer_transactions_flush(&set), 0);
	assert_false(quoted_new(3, n - 1, n - 1));
}

static void look_for_the_quoted(enum unit_moment moment)
{
	unsigned int n;

	moments[moment]++;
	for (n = 0; n < WAYS; n++)
		assert_true(quoted_new(3 + n % 2 * BUCKETS, n, n));
}

static void no_quote_is_missed_during_growth(void **state)
{
	unsigned int n;

	for (n = 0; n < WAYS; n++)
		remember_new(3 + n % 2 * BUCKETS, n, n);
	memset(moments, 0, sizeof(moments));
	unit_interleave = look_for_the_quoted;
	run_growth();
	unit_interleave = NULL;
	assert_int_equal(moments[UNIT_PUBLISHED], 3);
	assert_int_equal(moments[UNIT_UNLOCKED], WAYS);
	look_for_the_quoted(UNIT_READ);
}

static struct sipsteer_transactions larger;

/* What growth does first; the new table is empty then. */
static void publish_larger(enum unit_moment moment)
{
	if (moment != UNIT_DEREFERENCED || set.old)
		return;
	set.old = set.table;
	set.table = larger.table;
}

static void growth_begins_between_two_looks(void **state)
{
	struct sipsteer_transaction t = entry(3, 0, 1);
	bool (*const look[])(const struct sipsteer_transaction *t) = {
		known, quoted,
	};
	unsigned int i;

	remember(&t);
	assert_int_equal(sipsteer_transactions_init(&larger), 0);
	for (i = 0; i < COUNT_OF(look); i++) {
		unit_interleave = publish_larger;
		assert_true(look[i](&t));
		unit_interleave = NULL;
		set.table = set.old;
		set.old = NULL;
	}
	sipsteer_transactions_exit(&larger);
}

/* Of the few that there are, many agree in all that is quoted. */
static struct sipsteer_transaction random_entry(void)
{
	struct sipsteer_transaction t = entry(random_below(4), random_below(40),
					      random_below(5));

	t.client_port = htons(5060 + random_below(2));
	t.udp_len = htons(400 + random_below(2));
	t.udp_check = htons(random_below(3));
	return t;
}

static void quotes_find_what_fits_and_the_last_one(void **state)
{
	struct sipsteer_transaction t, other, found;
	unsigned int i, fits = 0;

	for (i = 0; i < OPERATIONS; i++) {
		unit_seconds += !random_below(10);
		t = random_entry();
		remember(&t);
		assert_true(find_quoted(&t, &found));
		assert_true(found.udp_check == t.udp_check || !t.udp_check);
		assert_int_equal(found.expires,
				 unit_seconds + SIPSTEER_TRANSACTION_SECONDS + 1);

		other = random_entry();
		if (!find_quoted(&other, &found))
			continue;
		fits++;
		assert_true(known(&found));
		assert_memory_equal(&found.client, &other.client,
				    sizeof(found.client));
		assert_int_equal(found.client_port, other.client_port);
		assert_int_equal(found.udp_len, other.udp_len);
		assert_true(found.udp_check == other.udp_check ||
			    !found.udp_check || !other.udp_check);
	}
	assert_true(fits > OPERATIONS / 8);
	assert_true(fits < OPERATIONS - OPERATIONS / 8);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(nothing_is_known_at_first),
		TEST(no_memory_at_first_is_an_error),
		TEST(what_is_remembered_is_found_whole),
		TEST(retransmission_is_no_second_entry),
		TEST(lives_32_seconds_but_not_33),
		TEST(retransmission_makes_it_live_longer),
		TEST(the_same_again_after_its_end_is_new),
		TEST(the_dead_make_room_before_the_living),
		TEST(of_different_sources_the_oldest_gives_way),
		TEST(of_a_crowd_its_own_oldest_gives_way),
		TEST(a_source_that_comes_pays_for_its_second),
		TEST(other_buckets_do_not_pay),
		TEST(a_flood_spares_bystanders),
		TEST(a_flood_from_all_over_its_prefix_does_so_too),
		TEST(table_agrees_with_the_model),
		TEST(a_walk_sees_each_living_entry_once),
		TEST(a_crowded_bucket_asks_for_room),
		TEST(the_dead_are_no_crowd),
		TEST(growth_makes_room),
		TEST(growth_leaves_the_dead_behind),
		TEST(without_memory_all_stays_as_it_is),
		TEST(no_response_is_missed_during_growth),
		TEST(the_old_table_outlives_its_readers),
		TEST(a_late_writer_is_not_lost),
		TEST(a_retransmission_during_growth_counts),
		TEST(a_walk_during_growth_misses_nothing),
		TEST(flush_forgets_all),
		TEST(flush_gives_memory_back),
		TEST(flush_without_memory_forgets_nothing),
		TEST(flush_waits_for_readers),
		TEST(the_table_is_bounded),
		TEST(all_of_the_table_can_be_used),
		TEST(what_changes_while_read_is_read_again),
		TEST(found_by_the_whole_key),
		TEST(print_alone_is_no_key),
		TEST(equal_names_are_spread),
		TEST(numbered_names_are_spread),
		TEST(nobody_aims_at_the_bucket_of_another),
		TEST(names_are_keyed),
		TEST(names_are_told_apart),
		TEST(print_is_never_zero),
		TEST(what_is_quoted_is_found_whole),
		TEST(all_that_is_quoted_counts),
		TEST(an_unknown_checksum_fits_any),
		TEST(two_at_once_are_both_found),
		TEST(of_those_that_fit_the_newest_is_found),
		TEST(the_same_checksum_counts_before_age),
		TEST(what_gave_way_is_not_quoted),
		TEST(no_quote_is_missed_during_growth),
		TEST(growth_begins_between_two_looks),
		TEST(quotes_find_what_fits_and_the_last_one),
	};

	return run_tap("transaction", tests, COUNT_OF(tests));
}

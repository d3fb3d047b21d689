// SPDX-License-Identifier: GPL-2.0
/*
 * The hash table: against an array, and for those who look while it changes.
 */
#include <linux/slab.h>

#include "hash.h"
#include "random.h"
#include "sip_test.h"

#define ALL		600
#define OPERATIONS	20000

unsigned int unit_rcu_readers;
void (*unit_interleave)(enum unit_moment moment);
struct rcu_head *unit_rcu_waiting;
bool unit_out_of_memory;
unsigned int unit_allocations;

struct object {
	struct sipsteer_hash_node node;
	u32 hash;
	bool in;
};

static struct sipsteer_hash table;
static struct object objects[ALL];

static u32 hash_of(const struct sipsteer_hash_node *node, u64 seed)
{
	assert_int_equal(seed, table.seed);
	return container_of(node, struct object, node)->hash;
}

/* Some of them the same, and others that differ in their last bits only. */
static u32 random_hash(void)
{
	switch (random_below(3)) {
	case 0:
		return random_below(4) * 0x55555555;
	case 1:
		return random_below(1000);
	default:
		return random_below(1U << 31) * 2;
	}
}

static int setup(void **state)
{
	unit_rcu_readers = 0;
	unit_allocations = 0;
	unit_out_of_memory = false;
	unit_interleave = NULL;
	memset(&table, 0, sizeof(table));
	memset(objects, 0, sizeof(objects));
	return sipsteer_hash_init(&table, hash_of);
}

static int teardown(void **state)
{
	unit_interleave = NULL;
	sipsteer_hash_exit(&table);
	assert_int_equal(unit_allocations, 0);
	return 0;
}

static bool is_found(const struct sipsteer_hash_buckets *buckets,
		     const struct object *object)
{
	struct sipsteer_hash_node *node;

	sipsteer_hash_for_each(node, buckets, object->hash)
		if (node == &object->node)
			return true;
	return false;
}

static void insert(struct object *object)
{
	object->in = true;
	sipsteer_hash_insert(&table, &object->node);
}

static void take_out(struct object *object)
{
	object->in = false;
	sipsteer_hash_remove(&table, &object->node);
}

static void assert_as_the_array(void)
{
	const struct sipsteer_hash_buckets *buckets =
		sipsteer_hash_buckets(&table);
	struct sipsteer_hash_pos pos = {};
	unsigned int i, in = 0, met = 0;

	for (i = 0; i < ALL; i++) {
		assert_int_equal(is_found(buckets, &objects[i]), objects[i].in);
		in += objects[i].in;
	}
	while (sipsteer_hash_walk(&table, &pos))
		met++;
	assert_int_equal(met, in);
	assert_int_equal(table.count, in);
}

static void as_an_array(void **state)
{
	unsigned int i, grown = 0;
	struct object *object;

	for (i = 0; i < OPERATIONS; i++) {
		object = &objects[random_below(ALL)];
		if (object->in) {
			take_out(object);
		} else if (random_below(4000) > i % 4000) {
			object->hash = random_hash();
			insert(object);
		}
		grown += sipsteer_hash_is_unfit(&table);
		unit_out_of_memory = !random_below(3);
		sipsteer_hash_fit(&table);
		unit_out_of_memory = false;
		if (i % 64 == 0)
			assert_as_the_array();
	}
	assert_true(grown > 20);
}

/* Whoever began in the old buckets ends there, and misses nothing. */
static const struct sipsteer_hash_buckets *begun;
static unsigned int looks;

static void look(enum unit_moment moment)
{
	const struct sipsteer_hash_buckets *now;
	unsigned int i;

	if (moment == UNIT_DEREFERENCED)
		return;
	now = sipsteer_hash_buckets(&table);
	for (i = 0; i < ALL; i++) {
		if (!objects[i].in)
			continue;
		assert_true(is_found(begun, &objects[i]));
		assert_true(is_found(now, &objects[i]));
	}
	looks++;
}

static void resize_seen_by_others(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < ALL; i++) {
		if (i < n && !objects[i].in) {
			objects[i].hash = random_hash();
			insert(&objects[i]);
		} else if (i >= n && objects[i].in) {
			take_out(&objects[i]);
		}
	}
	assert_true(sipsteer_hash_is_unfit(&table));
	begun = sipsteer_hash_buckets(&table);
	looks = 0;
	sipsteer_hash_prepare(&table);
	unit_interleave = look;
	sipsteer_hash_move(&table);
	unit_interleave = NULL;
	assert_true(looks > n);
	assert_ptr_not_equal(sipsteer_hash_buckets(&table), begun);
	sipsteer_hash_finish(&table);
	assert_as_the_array();
}

static void resizing_hides_nothing(void **state)
{
	resize_seen_by_others(100);
	resize_seen_by_others(ALL);
	resize_seen_by_others(20);
	resize_seen_by_others(200);
}

static void assert_second_comes_first(void)
{
	const struct sipsteer_hash_node *node =
		sipsteer_hash_first(sipsteer_hash_buckets(&table), 0);

	assert_ptr_equal(node, &objects[1].node);
}

/* In buckets of whatever number. */
static void the_newest_comes_first(void **state)
{
	unsigned int i;

	insert(&objects[0]);
	insert(&objects[1]);
	assert_second_comes_first();
	for (i = 2; i < ALL; i++) {
		objects[i].hash = 0x10000000 + i * 0x10000;
		insert(&objects[i]);
		sipsteer_hash_fit(&table);
		assert_second_comes_first();
	}
	for (i = 2; i < ALL; i++) {
		take_out(&objects[i]);
		sipsteer_hash_fit(&table);
		assert_second_comes_first();
	}
}

/* Between the steps the table may have become another. */
static void a_walk_through_a_changing_table(void **state)
{
	struct sipsteer_hash_pos pos = {};
	bool met[ALL] = {};
	struct sipsteer_hash_node *node;
	unsigned int i;

	for (i = 0; i < 100; i++) {
		objects[i].hash = random_hash();
		insert(&objects[i]);
	}
	for (i = 0; (node = sipsteer_hash_walk(&table, &pos)); i++) {
		met[container_of(node, struct object, node) - objects] = true;
		if (i == 10)
			sipsteer_hash_fit(&table);
		if (i > 20 && i < 420) {
			objects[80 + i].hash = random_hash();
			insert(&objects[80 + i]);
			sipsteer_hash_fit(&table);
		}
	}
	for (i = 0; i < 100; i++)
		assert_true(met[i]);
}

static void without_memory_it_stays_as_it_is(void **state)
{
	struct sipsteer_hash other = {};
	unsigned int i;

	for (i = 0; i < 100; i++)
		insert(&objects[i]);
	unit_out_of_memory = true;
	sipsteer_hash_fit(&table);
	assert_int_equal(sipsteer_hash_init(&other, hash_of), -ENOMEM);
	unit_out_of_memory = false;
	assert_as_the_array();
	assert_true(sipsteer_hash_is_unfit(&table));
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(as_an_array),
		TEST(resizing_hides_nothing),
		TEST(the_newest_comes_first),
		TEST(a_walk_through_a_changing_table),
		TEST(without_memory_it_stays_as_it_is),
	};

	return run_tap("hash", tests, COUNT_OF(tests));
}

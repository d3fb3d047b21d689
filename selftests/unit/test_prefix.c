// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of address prefixes.
 */
#include <linux/slab.h>

#include "prefix.h"
#include "random.h"
#include "sip_test.h"

#define OTHERS		200

unsigned int unit_rcu_readers;
void (*unit_interleave)(enum unit_moment moment);
struct rcu_head *unit_rcu_waiting;
bool unit_out_of_memory;
unsigned int unit_allocations;

static struct sipsteer_hash table;
static struct sipsteer_prefix_node others[OTHERS];

static int setup(void **state)
{
	memset(&table, 0, sizeof(table));
	unit_allocations = 0;
	return sipsteer_prefix_hash_init(&table);
}

static int teardown(void **state)
{
	sipsteer_hash_exit(&table);
	assert_int_equal(unit_allocations, 0);
	return 0;
}

static struct sipsteer_prefix prefix(u8 family, u32 addr, u16 port, u8 len)
{
	const union nf_inet_addr all = { .all = { htonl(addr), 1, 2, 3 } };

	return sipsteer_prefix_of(family, &all, htons(port), len);
}

static void insert(struct sipsteer_prefix_node *node)
{
	sipsteer_hash_insert(&table, &node->node);
	sipsteer_hash_fit(&table);
}

static void remove_node(struct sipsteer_prefix_node *node)
{
	sipsteer_hash_remove(&table, &node->node);
	sipsteer_hash_fit(&table);
}

/* Enough of them for a larger table. */
static void insert_others(void)
{
	unsigned int i;

	for (i = 0; i < OTHERS; i++) {
		others[i].key = prefix(NFPROTO_IPV4, 0x0b000000 + i, 5054, 32);
		insert(&others[i]);
	}
}

static void remove_others(void)
{
	unsigned int i;

	for (i = 0; i < OTHERS; i++)
		remove_node(&others[i]);
}

static void is_cut_down_to_its_length(void **state)
{
	struct sipsteer_prefix key = prefix(NFPROTO_IPV4, 0x0a0b0c0d, 5054, 20);

	assert_int_equal(key.addr.ip, htonl(0x0a0b0000));
	assert_int_equal(key.end.addr.ip, htonl(0x0a0b0000));
	assert_int_equal(key.end.port, htons(5054));
	key = prefix(NFPROTO_IPV4, 0x0a0b0c0d, 5054, 0);
	assert_int_equal(key.addr.ip, 0);
	key = prefix(NFPROTO_IPV6, 0x20010db8, 5054, 48);
	assert_int_equal(key.addr.all[0], htonl(0x20010db8));
	assert_int_equal(key.addr.all[1], 1 & htonl(0xffff0000));
	assert_int_equal(key.addr.all[2], 0);
	assert_int_equal(key.addr.all[3], 0);
}

static void all_of_it_counts(void **state)
{
	struct sipsteer_prefix_node node = {
		.key = prefix(NFPROTO_IPV4, 0x0a000000, 5054, 24),
	};
	struct sipsteer_prefix other[] = {
		prefix(NFPROTO_IPV4, 0x0a000100, 5054, 24),
		prefix(NFPROTO_IPV4, 0x0a000000, 5055, 24),
		prefix(NFPROTO_IPV4, 0x0a000000, 5054, 25),
		prefix(NFPROTO_IPV6, 0x0a000000, 5054, 24),
	};
	unsigned int i;

	insert(&node);
	assert_ptr_equal(sipsteer_prefix_find(&table, &node.key), &node);
	for (i = 0; i < COUNT_OF(other); i++)
		assert_null(sipsteer_prefix_find(&table, &other[i]));
	remove_node(&node);
	assert_null(sipsteer_prefix_find(&table, &node.key));
}

/*
 * A packet is at one of several while that one is taken out and the table is
 * resized to and fro: it goes on to those that are there.
 */
static void a_walk_goes_on_where_it_was(void **state)
{
	struct sipsteer_prefix_node *gone = calloc(1, sizeof(*gone));
	const struct sipsteer_hash_buckets *buckets;
	struct sipsteer_prefix_node at, stays;

	assert_non_null(gone);
	gone->key = prefix(NFPROTO_IPV4, 0x0a000000, 5054, 32);
	at.key = gone->key;
	stays.key = gone->key;
	insert(&stays);
	insert(gone);
	insert(&at);
	insert_others();
	remove_node(gone);
	free(gone);

	buckets = sipsteer_hash_buckets(&table);
	assert_ptr_equal(sipsteer_prefix_first(&table, buckets, &at.key), &at);
	sipsteer_hash_remove(&table, &at.node);
	sipsteer_hash_prepare(&table);
	sipsteer_hash_move(&table);
	assert_ptr_equal(sipsteer_prefix_next(buckets, &at), &stays);
	assert_null(sipsteer_prefix_next(buckets, &stays));
	sipsteer_hash_finish(&table);
	remove_others();
	remove_node(&stays);
}

static void lengths_come_from_the_longest(void **state)
{
	static const u8 in[] = { 24, 32, 0, 32, 128, 8 };
	static const u8 out[] = { 128, 32, 24, 8, 0, SIPSTEER_PREFIX_LEN_END };
	struct sipsteer_prefix_lens lens = {};
	u8 len = SIPSTEER_PREFIX_LEN_END;
	unsigned int i;

	sipsteer_prefix_lens_init(&lens);
	assert_int_equal(sipsteer_prefix_len_next(&lens, len), len);
	for (i = 0; i < COUNT_OF(in); i++)
		sipsteer_prefix_lens_get(&lens, in[i]);
	/* One of two. */
	sipsteer_prefix_lens_put(&lens, 32);
	for (i = 0; i < COUNT_OF(out); i++) {
		len = sipsteer_prefix_len_next(&lens, len);
		assert_int_equal(len, out[i]);
	}
	sipsteer_prefix_lens_put(&lens, 32);
	assert_int_equal(sipsteer_prefix_len_next(&lens, 128), 24);
}

int main(void)
{
#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(is_cut_down_to_its_length),
		TEST(all_of_it_counts),
		TEST(a_walk_goes_on_where_it_was),
		TEST(lengths_come_from_the_longest),
	};

	return run_tap("prefix", tests, COUNT_OF(tests));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What is remembered of steered requests, so that their responses can be given
 * the source address that the client expects.
 *
 * A table is an array of buckets of a few places each: its memory is bounded,
 * nothing is allocated for a packet, and when a bucket is full its own oldest
 * entry gives way.  The hash is keyed, so nobody can aim at a bucket.  Of a
 * full bucket the source with the most entries pays: one source that floods
 * the table drives out its own.  In IPv6 a source is a /64.
 *
 * A table that fills up is replaced by one of twice the size, up to as many
 * entries as the user allows.  While its entries are carried over, responses
 * look into both.
 *
 * A bucket's lock is taken by packets that add to that bucket; responses read
 * under its sequence count and take no lock.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "transaction.h"

#define BUCKET_WAYS		8
#define BUCKET_CROWDED		6	/* time to look for more room */
#define TABLE_BUCKETS_MIN	64
#define GROW_RETRY		(10 * HZ)

struct transaction_bucket {
	spinlock_t lock;		/* for who writes to the ways */
	seqcount_spinlock_t seq;
	struct sipsteer_transaction way[BUCKET_WAYS];
};

/*
 * An ICMP error quotes too little to tell a branch.  So each entry is noted a
 * second time, as its number plus 1, in one of the few cells that its client's
 * address and port have.  Cells are overwritten without asking: what is
 * looked up is compared in full, and at worst an error goes unrestored.
 */
struct sipsteer_transaction_table {
	u32 buckets;			/* a power of two */
	u32 *cell;			/* BUCKET_WAYS for each bucket */
	struct transaction_bucket bucket[];
};

/**
 * sipsteer_transaction_now() - the clock that transactions expire by
 *
 * Return: seconds since boot, which does not wrap in a machine's life.
 */
u32 sipsteer_transaction_now(void)
{
	return ktime_get_seconds();
}

static bool transaction_alive(const struct sipsteer_transaction *transaction,
			      u32 now)
{
	return transaction->print && transaction->expires > now;
}

static struct sipsteer_transaction_table *table_create(u32 buckets)
{
	struct sipsteer_transaction_table *table;
	u32 i;

	table = kvzalloc(struct_size(table, bucket, buckets) +
			 sizeof(*table->cell) * BUCKET_WAYS * buckets,
			 GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!table)
		return NULL;
	table->buckets = buckets;
	table->cell = (u32 *)&table->bucket[buckets];
	for (i = 0; i < buckets; i++) {
		spin_lock_init(&table->bucket[i].lock);
		seqcount_spinlock_init(&table->bucket[i].seq,
				       &table->bucket[i].lock);
	}
	return table;
}

static u32 table_index(const struct sipsteer_transaction_table *table, u64 print)
{
	return print & (table->buckets - 1);
}

static bool source_same(const struct sipsteer_transaction *a,
			const struct sipsteer_transaction *b)
{
	return sipsteer_addr_source(&a->client) ==
	       sipsteer_addr_source(&b->client);
}

/*
 * Of a full bucket, the oldest entry of the source that has most, with the one
 * that is to come: else a source could have two for each bucket before its own
 * give way.
 */
static noinline struct sipsteer_transaction *
bucket_victim(struct transaction_bucket *bucket,
	      const struct sipsteer_transaction *newcomer)
{
	struct sipsteer_transaction *way, *other, *victim = NULL;
	unsigned int share, most = 0;

	for (way = bucket->way; way < bucket->way + BUCKET_WAYS; way++) {
		share = source_same(newcomer, way);
		for (other = bucket->way; other < bucket->way + BUCKET_WAYS;
		     other++)
			share += source_same(other, way);
		if (share > most ||
		    (share == most && way->expires < victim->expires)) {
			most = share;
			victim = way;
		}
	}
	return victim;
}

/* Are they the same transaction, as far as a response can tell? */
static __always_inline bool
transaction_same(const struct sipsteer_transaction *a,
		 const struct sipsteer_transaction *b)
{
	return a->print == b->print && a->cseq == b->cseq &&
	       a->method == b->method && a->family == b->family &&
	       a->target_port == b->target_port &&
	       nf_inet_addr_cmp(&a->client, &b->client) &&
	       nf_inet_addr_cmp(&a->target, &b->target);
}

/*
 * The place where it is, or else the first one that is free, or NULL if none is.
 * Behind one that was never used, none is.
 */
static __always_inline struct sipsteer_transaction *
bucket_place(struct transaction_bucket *bucket,
	     const struct sipsteer_transaction *like, u32 now)
{
	struct sipsteer_transaction *way, *free = NULL;

	for (way = bucket->way; way < bucket->way + BUCKET_WAYS; way++) {
		if (transaction_alive(way, now)) {
			if (transaction_same(way, like))
				return way;
			continue;
		}
		if (!free)
			free = way;
		if (!way->print)
			break;
	}
	return free;
}

static bool table_may_grow(const struct sipsteer_transactions *set,
			   const struct sipsteer_transaction_table *table)
{
	return table->buckets < READ_ONCE(set->max) / BUCKET_WAYS;
}

/* The cells for what comes from this client. */
static __always_inline u32 *
table_cells(const struct sipsteer_transactions *set,
	    const struct sipsteer_transaction_table *table,
	    const struct sipsteer_transaction *t)
{
	u64 port = (u64)(__force u16)t->client_port << 32;
	u64 hash = t->family == NFPROTO_IPV4 ?
		   sipsteer_mix(set->key, t->client.all[0] | port) :
		   sipsteer_addr_mix(set->key ^ port, &t->client);

	return &table->cell[(hash & (table->buckets - 1)) * BUCKET_WAYS];
}

/* Put it into a place; the bucket's lock is held. */
static __always_inline void
table_put(const struct sipsteer_transactions *set,
	  struct sipsteer_transaction_table *table,
	  struct transaction_bucket *bucket, struct sipsteer_transaction *way,
	  const struct sipsteer_transaction *transaction, u32 expires)
{
	u32 index = table_index(table, transaction->print);
	u32 *cell = table_cells(set, table, transaction);

	write_seqcount_begin(&bucket->seq);
	*way = *transaction;
	way->expires = expires;
	write_seqcount_end(&bucket->seq);
	/* Not by the bits that choose the bucket. */
	cell += (transaction->print >> 32) % BUCKET_WAYS;
	WRITE_ONCE(*cell, index * BUCKET_WAYS + (way - bucket->way) + 1);
}

static __always_inline bool
table_find(const struct sipsteer_transaction_table *table,
	   const struct sipsteer_transaction *like, u32 now,
	   struct sipsteer_transaction *found)
{
	const struct transaction_bucket *bucket =
		&table->bucket[table_index(table, like->print)];
	unsigned int seq, i;
	bool is;

	do {
		seq = read_seqcount_begin(&bucket->seq);
		is = false;
		for (i = 0; i < BUCKET_WAYS && bucket->way[i].print; i++) {
			if (!transaction_same(&bucket->way[i], like))
				continue;
			*found = bucket->way[i];
			is = true;
			break;
		}
	} while (read_seqcount_retry(&bucket->seq, seq));
	return is && transaction_alive(found, now);
}

/* The current table, and the old one or NULL. */
static struct sipsteer_transaction_table *
read_tables(struct sipsteer_transactions *set,
	    struct sipsteer_transaction_table **old)
{
	struct sipsteer_transaction_table *table = rcu_dereference(set->table);

	/* Pairs with rcu_assign_pointer(set->table): see the old one if new. */
	smp_rmb();
	*old = rcu_dereference(set->old);
	/* Pairs with smp_wmb(): without an old one, all is in the new one. */
	smp_rmb();
	return table;
}

/*
 * Is one that is new to the table in the old one, from where it has yet to be
 * carried over?  To who has come before the larger one, they are the same.
 */
static noinline bool is_left_behind(struct sipsteer_transaction_table *table,
				    struct sipsteer_transaction_table *old,
				    const struct sipsteer_transaction *transaction,
				    u32 now)
{
	struct sipsteer_transaction found;

	return old != table && table_find(old, transaction, now, &found);
}

/* Not inline: a table grows a few times in its life. */
static noinline void look_for_room(struct sipsteer_transactions *set,
				   const struct sipsteer_transaction_table *table)
{
	if (table_may_grow(set, table) && !delayed_work_pending(&set->grow))
		schedule_delayed_work(&set->grow, 0);
}

/**
 * sipsteer_transaction_remember() - remember a request, or that it came again
 * @set: the transactions; RCU is held
 * @transaction: what to remember; its @expires is set here
 *
 * Return: whether it was new, and whether another one paid for it.
 */
enum sipsteer_remembered
sipsteer_transaction_remember(struct sipsteer_transactions *set,
			      const struct sipsteer_transaction *transaction)
{
	struct sipsteer_transaction_table *old, *table = read_tables(set, &old);
	struct transaction_bucket *bucket =
		&table->bucket[table_index(table, transaction->print)];
	u32 now = sipsteer_transaction_now();
	struct sipsteer_transaction *way;
	enum sipsteer_remembered how;

	spin_lock_bh(&bucket->lock);
	way = bucket_place(bucket, transaction, now);
	if (unlikely(!way)) {
		how = SIPSTEER_REMEMBERED_EVICTED;
		way = bucket_victim(bucket, transaction);
	} else if (transaction_alive(way, now)) {
		how = SIPSTEER_REMEMBERED_AGAIN;
	} else {
		how = SIPSTEER_REMEMBERED_NEW;
	}
	/* One second more, because the running one has partly gone. */
	table_put(set, table, bucket, way, transaction,
		  now + SIPSTEER_TRANSACTION_SECONDS + 1);
	spin_unlock_bh(&bucket->lock);

	/* All before the first free one were in use; and of a full one, all. */
	if (how != SIPSTEER_REMEMBERED_AGAIN &&
	    unlikely(how == SIPSTEER_REMEMBERED_EVICTED ||
		     way >= &bucket->way[BUCKET_CROWDED - 1]))
		look_for_room(set, table);
	if (unlikely(old) && how == SIPSTEER_REMEMBERED_NEW &&
	    is_left_behind(table, old, transaction, now))
		return SIPSTEER_REMEMBERED_AGAIN;
	return how;
}

/* Bring an entry over from the old table, unless it has come again since. */
static void table_carry(const struct sipsteer_transactions *set,
			struct sipsteer_transaction_table *table,
			const struct sipsteer_transaction *transaction, u32 now)
{
	struct transaction_bucket *bucket =
		&table->bucket[table_index(table, transaction->print)];
	struct sipsteer_transaction *way;

	spin_lock_bh(&bucket->lock);
	way = bucket_place(bucket, transaction, now);
	if (!way)
		way = bucket_victim(bucket, transaction);
	else if (transaction_alive(way, now))
		goto unlock;
	table_put(set, table, bucket, way, transaction, transaction->expires);
unlock:
	spin_unlock_bh(&bucket->lock);
}

/**
 * sipsteer_transaction_find() - find the request that a response answers
 * @set: the transactions; RCU is held
 * @like: what they have in common: see struct sipsteer_transaction
 * @found: where to copy it
 *
 * Return: true if it is remembered.
 */
bool sipsteer_transaction_find(struct sipsteer_transactions *set,
			       const struct sipsteer_transaction *like,
			       struct sipsteer_transaction *found)
{
	struct sipsteer_transaction_table *table, *old;
	u32 now = sipsteer_transaction_now();

	table = read_tables(set, &old);
	if (table_find(table, like, now, found))
		return true;
	/* It may be carried over just between the two looks. */
	return old && (table_find(old, like, now, found) ||
		       table_find(table, like, now, found));
}

static void table_read(const struct sipsteer_transaction_table *table,
		       u32 number, struct sipsteer_transaction *found)
{
	const struct transaction_bucket *bucket =
		&table->bucket[number / BUCKET_WAYS];
	unsigned int seq;

	do {
		seq = read_seqcount_begin(&bucket->seq);
		*found = bucket->way[number % BUCKET_WAYS];
	} while (read_seqcount_retry(&bucket->seq, seq));
}

/*
 * How sure is it that an error is about this request?  Its length and checksum
 * tell, unless the checksum was not known when the request was steered, or the
 * sender left it out.
 */
static unsigned int quote_fits(const struct sipsteer_transaction *quoted,
			       const struct sipsteer_transaction *t)
{
	if (t->family != quoted->family ||
	    t->client_port != quoted->client_port ||
	    t->target_port != quoted->target_port ||
	    t->udp_len != quoted->udp_len ||
	    !nf_inet_addr_cmp(&t->client, &quoted->client) ||
	    !nf_inet_addr_cmp(&t->target, &quoted->target))
		return 0;
	if (t->udp_check && quoted->udp_check)
		return t->udp_check == quoted->udp_check ? 2 : 0;
	return 1;
}

static unsigned int table_quoted(const struct sipsteer_transactions *set,
				 const struct sipsteer_transaction_table *table,
				 const struct sipsteer_transaction *quoted,
				 unsigned int best,
				 struct sipsteer_transaction *found)
{
	const u32 *cell = table_cells(set, table, quoted);
	u32 now = sipsteer_transaction_now();
	struct sipsteer_transaction t;
	unsigned int i, fits;
	u32 number;

	for (i = 0; i < BUCKET_WAYS; i++) {
		number = READ_ONCE(cell[i]);
		if (!number)
			continue;
		table_read(table, number - 1, &t);
		fits = transaction_alive(&t, now) ? quote_fits(quoted, &t) : 0;
		if (!fits || fits < best ||
		    (fits == best && t.expires < found->expires))
			continue;
		best = fits;
		*found = t;
	}
	return best;
}

/**
 * sipsteer_transaction_quoted() - find the request that an ICMP error is about
 * @set: the transactions; RCU is held
 * @quoted: what the error quotes: family, client and target with their ports,
 *	and the UDP header's length and checksum
 * @found: where to copy the transaction; of several that fit, the newest
 *
 * Return: true if it is remembered.
 */
bool sipsteer_transaction_quoted(struct sipsteer_transactions *set,
				 const struct sipsteer_transaction *quoted,
				 struct sipsteer_transaction *found)
{
	struct sipsteer_transaction_table *table, *old;
	unsigned int best;

	table = read_tables(set, &old);
	best = table_quoted(set, table, quoted, 0, found);
	if (old)
		best = table_quoted(set, old, quoted, best, found);
	return best;
}

/* The next entry alive at or after @slot, which is moved behind it. */
static bool table_next(struct sipsteer_transaction_table *table,
		       unsigned long *slot, struct sipsteer_transaction *found)
{
	unsigned long end = (unsigned long)table->buckets * BUCKET_WAYS;
	u32 now = sipsteer_transaction_now();

	while (*slot < end) {
		table_read(table, (*slot)++, found);
		if (transaction_alive(found, now))
			return true;
	}
	return false;
}

/**
 * sipsteer_transaction_next() - walk over all transactions
 * @set: the transactions; RCU is held
 * @cursor: where the walk is, all zero at its start
 * @found: where to copy the next one
 *
 * Return: false at the end.
 */
bool sipsteer_transaction_next(struct sipsteer_transactions *set,
			       struct sipsteer_transaction_cursor *cursor,
			       struct sipsteer_transaction *found)
{
	struct sipsteer_transaction_table *table;

	for (; cursor->table < 2; cursor->table++, cursor->slot = 0) {
		table = cursor->table ? rcu_dereference(set->table) :
					rcu_dereference(set->old);
		if (table && table_next(table, &cursor->slot, found))
			return true;
	}
	return false;
}

/**
 * sipsteer_transactions_count() - how many are remembered now
 * @set: the transactions
 *
 * Return: the number, which packets may be changing.
 */
u32 sipsteer_transactions_count(struct sipsteer_transactions *set)
{
	struct sipsteer_transaction_cursor cursor = {};
	struct sipsteer_transaction found;
	u32 count = 0;

	rcu_read_lock();
	while (sipsteer_transaction_next(set, &cursor, &found))
		count++;
	rcu_read_unlock();
	return count;
}

/**
 * sipsteer_transactions_flush() - forget them all, and what memory they took
 * @set: the transactions
 *
 * Return: 0, or -ENOMEM; then all are still remembered.
 */
int sipsteer_transactions_flush(struct sipsteer_transactions *set)
{
	struct sipsteer_transaction_table *table, *empty;

	empty = table_create(TABLE_BUCKETS_MIN);
	if (!empty)
		return -ENOMEM;
	mutex_lock(&set->resize);
	table = rcu_dereference_protected(set->table,
					  lockdep_is_held(&set->resize));
	rcu_assign_pointer(set->table, empty);
	synchronize_rcu();
	kvfree(table);
	mutex_unlock(&set->resize);
	return 0;
}

/* Carries all over that is alive; no packet adds to the old table any more. */
static void table_carry_all(const struct sipsteer_transactions *set,
			    struct sipsteer_transaction_table *table,
			    struct sipsteer_transaction_table *old)
{
	u32 now = sipsteer_transaction_now();
	struct sipsteer_transaction transaction;
	unsigned long slot = 0;

	while (table_next(old, &slot, &transaction)) {
		table_carry(set, table, &transaction, now);
		cond_resched();
	}
}

static void transactions_grow(struct work_struct *work)
{
	struct sipsteer_transactions *set =
		container_of(to_delayed_work(work), struct sipsteer_transactions,
			     grow);
	struct sipsteer_transaction_table *table, *larger;

	mutex_lock(&set->resize);
	table = rcu_dereference_protected(set->table,
					  lockdep_is_held(&set->resize));
	if (!table_may_grow(set, table))
		goto unlock;
	larger = table_create(table->buckets * 2);
	if (!larger) {
		/* While this is pending, no packet asks for it again. */
		schedule_delayed_work(&set->grow, GROW_RETRY);
		goto unlock;
	}

	rcu_assign_pointer(set->old, table);
	rcu_assign_pointer(set->table, larger);
	synchronize_rcu();
	table_carry_all(set, larger, table);
	/* Whoever sees no old table is to see all that was carried over. */
	smp_wmb();
	RCU_INIT_POINTER(set->old, NULL);
	synchronize_rcu();
	kvfree(table);
unlock:
	mutex_unlock(&set->resize);
}

/**
 * sipsteer_transactions_limit() - say how many there may be
 * @set: the set
 * @max: the number; at least the ways of the smallest table
 *
 * A table that is larger by now stays until it is flushed.
 */
void sipsteer_transactions_limit(struct sipsteer_transactions *set, u32 max)
{
	WRITE_ONCE(set->max, rounddown_pow_of_two(max));
}

/**
 * sipsteer_transactions_init() - make an empty set
 * @set: the set
 *
 * Return: 0 or -ENOMEM.
 */
int sipsteer_transactions_init(struct sipsteer_transactions *set)
{
	struct sipsteer_transaction_table *table;

	table = table_create(TABLE_BUCKETS_MIN);
	if (!table)
		return -ENOMEM;
	RCU_INIT_POINTER(set->table, table);
	set->max = SIPSTEER_TRANSACTION_MAX;
	mutex_init(&set->resize);
	INIT_DELAYED_WORK(&set->grow, transactions_grow);
	get_random_bytes(&set->key, sizeof(set->key));
	get_random_bytes(&set->factor, sizeof(set->factor));
	set->factor |= 1;
	return 0;
}

/**
 * sipsteer_transactions_exit() - forget them all and free the memory
 * @set: the set; no packet can see it any more
 */
void sipsteer_transactions_exit(struct sipsteer_transactions *set)
{
	cancel_delayed_work_sync(&set->grow);
	kvfree(rcu_dereference_protected(set->table, true));
}

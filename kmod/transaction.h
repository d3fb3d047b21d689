/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIPSTEER_TRANSACTION_H
#define SIPSTEER_TRANSACTION_H

#include <linux/bitops.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "addr.h"

/* How long a request may wait for its final response: RFC 3261, timer F. */
#define SIPSTEER_TRANSACTION_SECONDS	32

/* How many transactions a network namespace may hold. */
#define SIPSTEER_TRANSACTION_MAX	65536	/* unless the user says otherwise */

/**
 * struct sipsteer_transaction - a steered request whose responses are awaited
 * @print: sipsteer_transaction_print(); 0 if unused
 * @client: who sent the request: address
 * @match: where the client had written to: address
 * @target: where the request was sent: address
 * @client_port: who sent the request: port
 * @match_port: where the client had written to: port
 * @target_port: where the request was sent: port
 * @mapping: id of the mapping
 * @cseq: CSeq number
 * @expires: in seconds of the boot clock
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @method: enum sip_method of the CSeq
 * @udp_len: the UDP header's length field
 * @udp_check: and its checksum, 0 if it is not known
 *
 * The parts of struct sipsteer_endpoint are apart to keep out the padding.
 *
 * A response has in common with its request the name that @print is of, the
 * client's address, the target, and the CSeq.  Not the client's port: without
 * rport a response goes to the port in the Via (RFC 3261 section 18.2.2).
 */
struct sipsteer_transaction {
	u64 print;
	union nf_inet_addr client;
	union nf_inet_addr match;
	union nf_inet_addr target;
	__be16 client_port;
	__be16 match_port;
	__be16 target_port;
	u8 family;
	u8 method;
	u32 mapping;
	u32 cseq;
	u32 expires;
	__be16 udp_len;
	__sum16 udp_check;
};

/* How remembering a request ended. */
enum sipsteer_remembered {
	SIPSTEER_REMEMBERED_NEW,
	SIPSTEER_REMEMBERED_AGAIN,	/* a retransmission */
	SIPSTEER_REMEMBERED_EVICTED,	/* new, and a live one gave way */
};

struct sipsteer_transaction_table;

/**
 * struct sipsteer_transactions - the transactions of a network namespace
 * @table: where new ones go
 * @old: the smaller table whose entries are being carried over, or NULL
 * @grow: makes a larger table
 * @resize: held by who puts another table in place
 * @max: how many there may be, a power of two
 * @key: secret of this namespace's hashes: where they begin
 * @factor: secret of this namespace's hashes, too; odd
 */
struct sipsteer_transactions {
	struct sipsteer_transaction_table __rcu *table;
	struct sipsteer_transaction_table __rcu *old;
	struct delayed_work grow;
	struct mutex resize;	/* for the pointers */
	u32 max;
	u64 key;
	u64 factor;
};

/**
 * struct sipsteer_transaction_cursor - a place in a walk over all of them
 * @table: 0, the old one; 1, the current one
 * @slot: where in it
 */
struct sipsteer_transaction_cursor {
	unsigned long table;
	unsigned long slot;
};

int sipsteer_transactions_init(struct sipsteer_transactions *set);
void sipsteer_transactions_exit(struct sipsteer_transactions *set);

static __always_inline u64
sipsteer_transaction_mix(const struct sipsteer_transactions *set, u64 hash,
			 u64 word)
{
	return ror64((hash ^ word) * set->factor, 32);
}

/**
 * sipsteer_transaction_of() - begin to hash what names a transaction
 * @set: whose key to use
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6; often a constant
 * @client: the client's address
 *
 * It comes first: what a client then says moves it, and all others, to where
 * nobody can tell without the key.
 *
 * Return: the hash.
 */
static __always_inline u64
sipsteer_transaction_of(const struct sipsteer_transactions *set, u8 family,
			const union nf_inet_addr *client)
{
	u64 hash = sipsteer_transaction_mix(set, set->key,
					    client->all[0] |
					    (u64)client->all[1] << 32);

	if (family == NFPROTO_IPV4)
		return hash;
	return sipsteer_transaction_mix(set, hash, client->all[2] |
						   (u64)client->all[3] << 32);
}

/**
 * sipsteer_transaction_hash() - hash text that names a transaction
 * @set: whose key to use
 * @hash: the hash of what came before
 * @text: the text
 * @len: its length in bytes
 *
 * Of 64 bits: as many transactions of one client as there may be, the same in
 * all else, are not to have two of one hash by chance.
 *
 * It is quick, not strong: a client might find texts of one hash.  All that
 * gains is to have its own responses confused, or its own transactions in one
 * bucket.
 *
 * Return: the hash.
 */
static __always_inline u64
sipsteer_transaction_hash(const struct sipsteer_transactions *set, u64 hash,
			  const char *text, unsigned long len)
{
	const char *last;
	u64 word = 0;

	hash += len;
	if (unlikely(len < sizeof(word))) {
		memcpy(&word, text, len);
		return sipsteer_transaction_mix(set, hash, word);
	}
	last = text + len - sizeof(word);
	for (; text < last; text += sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = sipsteer_transaction_mix(set, hash, word);
	}
	/* It may begin within the one before. */
	memcpy(&word, last, sizeof(word));
	return sipsteer_transaction_mix(set, hash, word);
}

/**
 * sipsteer_transaction_print() - what an entry is looked for by
 * @hash: the hash of its client and its name
 *
 * Its lower bits choose a bucket, and the last characters of a name, by which
 * most names differ, are the upper bits of the last word.  So they are spread
 * once more.
 *
 * Return: the print, never 0, which says that a place is unused.
 */
static inline u64 sipsteer_transaction_print(u64 hash)
{
	return sipsteer_mix(hash, 0) ?: 1;
}

enum sipsteer_remembered
sipsteer_transaction_remember(struct sipsteer_transactions *set,
			      const struct sipsteer_transaction *transaction);
bool sipsteer_transaction_find(struct sipsteer_transactions *set,
			       const struct sipsteer_transaction *like,
			       struct sipsteer_transaction *found);
bool sipsteer_transaction_quoted(struct sipsteer_transactions *set,
				 const struct sipsteer_transaction *quoted,
				 struct sipsteer_transaction *found);
bool sipsteer_transaction_next(struct sipsteer_transactions *set,
			       struct sipsteer_transaction_cursor *cursor,
			       struct sipsteer_transaction *found);
void sipsteer_transactions_limit(struct sipsteer_transactions *set, u32 max);
u32 sipsteer_transactions_count(struct sipsteer_transactions *set);
int sipsteer_transactions_flush(struct sipsteer_transactions *set);
u32 sipsteer_transaction_now(void);

#endif /* SIPSTEER_TRANSACTION_H */

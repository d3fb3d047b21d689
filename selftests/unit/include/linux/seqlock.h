/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_SEQLOCK_H
#define UNIT_LINUX_SEQLOCK_H

#include <linux/spinlock.h>

typedef struct {
	unsigned int sequence;
	spinlock_t *lock;
} seqcount_spinlock_t;

static inline void seqcount_spinlock_init(seqcount_spinlock_t *seq,
					  spinlock_t *lock)
{
	seq->sequence = 0;
	seq->lock = lock;
}

static inline void write_seqcount_begin(seqcount_spinlock_t *seq)
{
	assert(seq->lock->held && !(seq->sequence & 1));
	seq->sequence++;
}

static inline void write_seqcount_end(seqcount_spinlock_t *seq)
{
	assert(seq->lock->held && seq->sequence & 1);
	seq->sequence++;
}

static inline unsigned int read_seqcount_begin(const seqcount_spinlock_t *seq)
{
	assert(!(seq->sequence & 1));
	return seq->sequence;
}

static inline int read_seqcount_retry(const seqcount_spinlock_t *seq,
				      unsigned int start)
{
	unit_interleaved(UNIT_READ);
	return seq->sequence != start;
}

#endif

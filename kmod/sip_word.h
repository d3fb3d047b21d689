/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text by words of eight bytes: the kernel has no vector registers to lend.
 */
#ifndef SIPSTEER_SIP_WORD_H
#define SIPSTEER_SIP_WORD_H

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>

#define WORD_LEN	8

#define EACH(byte)	(0x0101010101010101ULL * (byte))

/*
 * Below this one are quotes, parentheses, commas, white space and line ends,
 * and some rare characters, but no letter or digit and none of . / : = @ _
 */
#define DELIMITER_LIMIT	'-'

/*
 * By pieces that compilers compare without a call, whatever they think of how
 * often it happens.
 */
static __always_inline bool begins(const char *p, const char *text,
				   const unsigned int len)
{
	unsigned int at = len / 8 * 8;

	if (len >= 8 && memcmp(p, text, 8))
		return false;
	if (len >= 16 && memcmp(p + 8, text + 8, 8))
		return false;
	if (len & 4 && memcmp(p + at, text + at, 4))
		return false;
	at += len & 4;
	if (len & 2 && memcmp(p + at, text + at, 2))
		return false;
	at += len & 2;
	return !(len & 1) || p[at] == text[at];
}

/* Does @text, a literal of less than 24 bytes, begin at @p? */
#define BEGINS(p, text)							\
({									\
	static_assert(sizeof(text) <= 24);				\
	begins(p, text, sizeof(text) - 1);				\
})

/* The first byte in memory becomes the lowest on every machine. */
static __always_inline u64 load_word(const char *p)
{
	__le64 word;

	memcpy(&word, p, sizeof(word));
	return le64_to_cpu(word);
}

/*
 * The bytes of @word that are below @limit, or are @also unless that is 0, by
 * their top bits.
 *
 * The top bit of a byte of word - EACH(limit) is set if the byte is below the
 * limit, or well above 127: look again.  A borrow reaches only bytes after the
 * first that is below.
 */
static __always_inline u64 hits(u64 word, const u8 limit, const char also)
{
	u64 hit = word - EACH(limit);

	if (also)
		hit |= (word ^ EACH(also)) - EACH(1);
	return hit & EACH(0x80);
}

/* Which of the bytes is the first hit, if there is one. */
static __always_inline unsigned long first_hit(u64 hit)
{
	/* Not every kernel has __ffs64() inline. */
	return (sizeof(long) == sizeof(u64) ? __ffs(hit) : __ffs64(hit)) / 8;
}

static inline bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool is_line_end(char c)
{
	return c == '\r' || c == '\n';
}

static inline bool is_digit(char c)
{
	return (u8)(c - '0') <= 9;
}

static __always_inline bool is_crlf(const char *p)
{
	return BEGINS(p, "\r\n");
}

#endif /* SIPSTEER_SIP_WORD_H */

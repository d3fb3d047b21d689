/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SIP in plain writing.  Pointer and length in, offsets out, as in sip_msg.h.
 *
 * Every packet that may be ours pays for each instruction here, so this is the
 * short way, for messages as nearly everyone writes them: lines that end in CRLF,
 * names in their usual letters, a Via that is one value on one line, no body.
 * Where anything is otherwise, it is not plain, and sip_msg.h has to be asked,
 * which knows the rules; what is said here is what that would say.
 *
 * Who has seen that a message ends with an empty line need not ask again how
 * much of it is left: no search for what a line ends with runs past that.  What
 * is looked at before it is known to be there, a word or a name, may reach into
 * the SIP_MSG_SLACK bytes behind; whatever these are, nothing depends on them.
 *
 * Inline, for a call and its arguments cost as much as reading two lines.
 */
#ifndef SIPSTEER_SIP_PLAIN_H
#define SIPSTEER_SIP_PLAIN_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

#include "sip_full.h"
#include "sip_msg.h"
#include "sip_word.h"

/**
 * struct sip_key - what names a transaction (RFC 3261 section 17.1.3)
 * @branch: the top Via's branch, which has the magic cookie
 * @branch_len: its length
 * @cseq: the CSeq's number
 * @cseq_method: its method, which has a number here
 */
struct sip_key {
	const char *branch;
	unsigned int branch_len;
	u32 cseq;
	enum sip_method cseq_method;
};

/* What of a parameter's value is below DELIMITER_LIMIT: token's punctuation. */
#define SIP_VALUE_BYTES	(BIT_ULL('!') | BIT_ULL('%') | BIT_ULL('\'') | \
			 BIT_ULL('*') | BIT_ULL('+'))
/* In a Via these separate no values, and hide nothing that would. */
#define SIP_PLAIN_BYTES	(SIP_VALUE_BYTES | BIT_ULL(' ') | BIT_ULL(';'))

/* The empty line, or no line as it should be, as if it were a field. */
#define SIP_FIELD_END	BIT(6)

/* sip_msg.c: what a line may be, by its first bytes, and one that is none */
extern const u8 sip_first_bytes[256];
extern const u8 sip_second_bytes[256];
extern const bool sip_matters[SIP_WANTS][256];
extern const char sip_no_line[WORD_LEN];

enum sip_method sip_plain_take_method(const char **at, char behind);

/* Does the message end with an empty line?  Then it has at least that. */
static __always_inline bool sip_ends_with_empty_line(const char *data,
						     unsigned long len)
{
	return len >= strlen("\r\n\r\n") && len <= SIP_MSG_MAX_LEN &&
	       BEGINS(data + len - strlen("\r\n\r\n"), "\r\n\r\n");
}

/*
 * To the first byte below @limit, or that is @also unless that is 0, if it is
 * in the word that is @at behind.
 */
static __always_inline bool sip_find_in_word(const char **p,
					     const unsigned long at,
					     const u8 limit, const char also)
{
	u64 hit = hits(load_word(*p + at), limit, also);

	if (!hit)
		return false;
	*p += first_hit(hit) + at;
	return true;
}

/*
 * The first one from @p on, for a @limit above a CR.  There is one: @p is not
 * behind the CR before the empty line.
 */
static __always_inline const char *sip_find(const char *p, const u8 limit,
					    const char also)
{
	while (!sip_find_in_word(&p, 0, limit, also) &&
	       !sip_find_in_word(&p, 8, limit, also) &&
	       !sip_find_in_word(&p, 16, limit, also) &&
	       !sip_find_in_word(&p, 24, limit, also))
		p += 32;
	return p;
}

/* Is @c one of @set, which has bytes below 64 only? */
static __always_inline bool sip_is_one_of(u8 c, u64 set)
{
	return c < 64 && set >> c & 1;
}

/*
 * Steps over a method that has a number here, and that @behind follows.  Most of
 * what is steered is of one.
 */
static __always_inline enum sip_method sip_take_method(const char **at,
						       char behind)
{
	if (likely(BEGINS(*at, "REGISTER") &&
		   (*at)[strlen("REGISTER")] == behind)) {
		*at += strlen("REGISTER");
		return SIP_METHOD_REGISTER;
	}
	return sip_plain_take_method(at, behind);
}

/* Over a Request-URI. */
static __always_inline bool sip_take_uri(const char **at)
{
	const char *uri = *at;

	*at = sip_find(uri, ' ' + 1, 0);
	return *at != uri;
}

/* Over what a request line ends with. */
static __always_inline bool sip_take_version(const char **at)
{
	if (!BEGINS(*at, " SIP/2.0\r\n"))
		return false;
	*at += strlen(" SIP/2.0\r\n");
	return true;
}

/* Over the start line of a response, whatever its status and reason. */
static __always_inline bool sip_take_status_line(const char **at)
{
	const char *p = *at;

	if (!BEGINS(p, "SIP/2.0 ") || !is_digit(p[8]) || !is_digit(p[9]) ||
	    !is_digit(p[10]) || p[11] != ' ')
		return false;
	p = sip_find(p + strlen("SIP/2.0 200 "), ' ', 0);
	if (!is_crlf(p))
		return false;
	*at = p + 2;
	return true;
}

/*
 * To the line behind the line end at @at.  What folds this one is left for who
 * looks at it next: it is no field.
 */
static __always_inline bool sip_take_line_end(const char **at)
{
	if (!is_crlf(*at))
		return false;
	*at += 2;
	return true;
}

/* From a line to where its Via says who has sent this; false if unsure. */
static __always_inline bool sip_take_via_protocol(const char **at)
{
	const char *p = *at;

	if (likely(BEGINS(p, "Via: SIP/2.0/UDP "))) {
		*at += strlen("Via: SIP/2.0/UDP ");
		return true;
	}
	if (BEGINS(p, "Via:"))
		p += strlen("Via:");
	else if (BEGINS(p, "v:"))
		p += strlen("v:");
	else
		return false;
	if (BEGINS(p, " SIP/2.0/UDP "))
		p += strlen(" SIP/2.0/UDP");
	*at = p + 1;
	return *p == ' ' && (u8)p[1] >= DELIMITER_LIMIT;
}

/* Over the rest of a Via, if it is of one value, without quotes and comments. */
static __always_inline bool sip_take_via_rest(const char **at)
{
	const char *p = sip_find(*at, DELIMITER_LIMIT, 0);

	while (*p != '\r') {
		if (!sip_is_one_of(*p, SIP_PLAIN_BYTES))
			return false;
		p = sip_find(p + 1, DELIMITER_LIMIT, 0);
	}
	*at = p;
	return sip_take_line_end(at);
}

/* A Via of one value on one line, without quotes and comments. */
static __always_inline bool sip_take_via(const char **at)
{
	return sip_take_via_protocol(at) && sip_take_via_rest(at);
}

/* The same, with a branch that has the cookie. */
static __always_inline bool sip_take_top_via(const char **at,
					     struct sip_key *key)
{
	const char *p, *rest;

	if (!sip_take_via_protocol(at))
		return false;
	for (p = *at;;) {
		p = sip_find(p, DELIMITER_LIMIT, ';');
		if (*p++ != ';') {
			if (!sip_is_one_of(p[-1], SIP_PLAIN_BYTES))
				return false;
			continue;
		}
		if (BEGINS(p, "branch=z9hG4bK"))
			break;
		/* White space, or this in other letters. */
		if ((u8)*p <= ' ' || (*p | 0x20) == 'b')
			return false;
	}
	key->branch = p + strlen("branch=");
	rest = key->branch + strlen("z9hG4bK");
	p = sip_find(rest, DELIMITER_LIMIT, ';');
	while (*p != ';' && *p != '\r') {
		if (!sip_is_one_of(*p, SIP_VALUE_BYTES))
			return false;
		p = sip_find(p + 1, DELIMITER_LIMIT, ';');
	}
	key->branch_len = p - key->branch;
	*at = p;
	return p != rest && sip_take_via_rest(at);
}

/* Does the line at @p end the header, or is none at all? */
static __always_inline bool sip_is_end(const char *p)
{
	return (u8)*p <= ' ';
}

/*
 * The number of a word of digits, of their values and the first in the lowest
 * byte: by two of them, by two of those, and by both of these.
 */
static __always_inline u32 sip_number_of(u64 digits)
{
	digits = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ffULL;
	digits = (digits * 100 + (digits >> 16)) & 0x0000ffff0000ffffULL;
	return digits * 10000 + (digits >> 32);
}

/* Over what is before the method in a CSeq of a number of few digits. */
static __always_inline bool sip_take_cseq_number(const char **at,
						 struct sip_key *key)
{
	const char *p = *at;
	unsigned long len;
	u64 digits, end;

	if (!BEGINS(p, "CSeq:"))
		return false;
	p += strlen("CSeq:");
	if (*p == ' ')
		p++;
	/* A space is below them; of what is not, the top bit is clear. */
	digits = load_word(p) - EACH('0');
	end = digits & EACH(0x80);
	if (!end)
		return false;
	len = first_hit(end);
	p += len;
	if (!len || *p++ != ' ')
		return false;
	/* As the last ones of a word, behind zeros; no other is above 9. */
	digits <<= 8 * (WORD_LEN - len);
	if ((digits + EACH(0x7f - 9)) & EACH(0x80))
		return false;
	key->cseq = sip_number_of(digits);
	*at = p;
	return true;
}

/* Such a CSeq of a method that has a number here, and that nothing folds. */
static __always_inline bool sip_take_cseq(const char **at, struct sip_key *key)
{
	if (!sip_take_cseq_number(at, key))
		return false;
	key->cseq_method = sip_take_method(at, '\r');
	return key->cseq_method != SIP_METHOD_OTHER && sip_take_line_end(at) &&
	       !sip_is_end(*at);
}

/* That of a REGISTER. */
static __always_inline bool sip_take_register_cseq(const char **at,
						   struct sip_key *key)
{
	if (!sip_take_cseq_number(at, key) || !BEGINS(*at, "REGISTER\r\n"))
		return false;
	*at += strlen("REGISTER\r\n");
	key->cseq_method = SIP_METHOD_REGISTER;
	return !sip_is_end(*at);
}

/* To the next line, if this one ends in the word @at behind its first byte. */
static __always_inline bool sip_ends_in_word(const char **line,
					     const unsigned long at)
{
	u64 hit = hits(load_word(*line + 1 + at), ' ', 0);

	if (likely(!hit))
		return false;
	*line += first_hit(hit) + at + 3;
	if (unlikely(!is_crlf(*line - 2)))
		*line = sip_no_line;
	return true;
}

/* The fields that matter behind the top Via, whose branch has the cookie. */
static __always_inline u8 sip_plain_fields(const enum sip_want want)
{
	switch (want) {
	case SIP_WANT_GUARD:
		return SIP_FIELDS_GUARD | SIP_FIELD_END;
	case SIP_WANT_KEY:
		return SIP_FIELD_CSEQ | SIP_FIELD_END;
	default:
		return SIP_FIELDS_GUARD | SIP_FIELD_CSEQ | SIP_FIELD_END;
	}
}

/* What a line may be, of what is wanted; 0 if it does not matter. */
static __always_inline u8 sip_field_of(const char *p, const enum sip_want want)
{
	return sip_first_bytes[(u8)p[0]] & sip_second_bytes[(u8)p[1]] &
	       sip_plain_fields(want);
}

/*
 * From a line to the next one that matters, or to sip_no_line, which says that it
 * is the end.  The first byte of the line at @at is none that ends a line.
 * Returns what it may be.
 */
static __always_inline u8 sip_next_field(const char **at,
					 const enum sip_want want)
{
	const char *p = *at;
	u8 field;

	for (;;) {
		while (sip_ends_in_word(&p, 0) || sip_ends_in_word(&p, 8) ||
		       sip_ends_in_word(&p, 16) || sip_ends_in_word(&p, 24) ||
		       sip_ends_in_word(&p, 32) || sip_ends_in_word(&p, 40) ||
		       sip_ends_in_word(&p, 48) || sip_ends_in_word(&p, 56)) {
			/* Of most lines, this is all that is asked. */
			if (likely(!sip_matters[want][(u8)*p]))
				continue;
			field = sip_field_of(p, want);
			if (!field)
				continue;
			*at = p;
			return field;
		}
		p += 64;
	}
}

/* May a line be one that no UE writes, or a second Via? */
static __always_inline bool sip_is_foreign(const char *p, u8 field)
{
	if (!(field & SIP_FIELDS_GUARD))
		return false;
	/* There are many that begin with "P-". */
	return field != SIP_FIELD_VISITED || (p[2] | 0x20) == 'v';
}

/* @key is for SIP_WANT_ALL. */
static __always_inline bool sip_is_own(const char *data, unsigned int len,
				       const enum sip_want want,
				       struct sip_key *key)
{
	const char *p = data + strlen("REGISTER ");
	bool has_cseq = false;
	u8 field;

	if (!sip_ends_with_empty_line(data, len) ||
	    data[strlen("REGISTER")] != ' ' ||
	    !sip_take_uri(&p) || !sip_take_version(&p))
		return false;
	if (!(want == SIP_WANT_ALL ? sip_take_top_via(&p, key) :
				     sip_take_via(&p)))
		return false;
	field = sip_field_of(p, want);
	while (field != SIP_FIELD_END) {
		if (sip_is_foreign(p, field))
			return false;
		if (field == SIP_FIELD_CSEQ) {
			if (has_cseq || !sip_take_register_cseq(&p, key))
				return false;
			has_cseq = true;
			field = sip_field_of(p, want);
		} else {
			field = sip_next_field(&p, want);
		}
	}
	return is_crlf(p) && (want == SIP_WANT_GUARD || has_cseq);
}

/**
 * sip_plain_is_own() - has a UE itself written this REGISTER?
 * @data: the datagram, which begins with "REGISTER"; SIP_MSG_SLACK bytes behind
 *	it can be read
 * @len: its length
 *
 * Return: true if sip_msg_start() and sip_msg_headers_guard() would say so;
 * false if these have to be asked.
 */
static __always_inline bool sip_plain_is_own(const char *data, unsigned int len)
{
	struct sip_key unused;

	return sip_is_own(data, len, SIP_WANT_GUARD, &unused);
}

/**
 * sip_plain_own_key() - sip_plain_is_own(), and what names its transaction
 * @data: the datagram, which begins with "REGISTER"; SIP_MSG_SLACK bytes behind
 *	it can be read
 * @len: its length
 * @key: filled in
 *
 * Return: as sip_plain_is_own().
 */
static __always_inline bool sip_plain_own_key(const char *data, unsigned int len,
					      struct sip_key *key)
{
	return sip_is_own(data, len, SIP_WANT_ALL, key);
}

/**
 * sip_plain_response_key() - what names the transaction of a response
 * @data: the datagram; SIP_MSG_SLACK bytes behind it can be read
 * @len: its length
 * @key: filled in
 *
 * Return: true if it is a response in plain writing; false if sip_msg_start()
 * and sip_msg_headers_key() have to be asked.
 */
static __always_inline bool sip_plain_response_key(const char *data,
						   unsigned int len,
						   struct sip_key *key)
{
	const char *p = data;
	u8 field;

	if (!sip_ends_with_empty_line(data, len) || !sip_take_status_line(&p) ||
	    !sip_take_top_via(&p, key))
		return false;
	field = sip_field_of(p, SIP_WANT_KEY) ?:
		sip_next_field(&p, SIP_WANT_KEY);
	return field == SIP_FIELD_CSEQ && sip_take_cseq(&p, key);
}

#endif /* SIPSTEER_SIP_PLAIN_H */

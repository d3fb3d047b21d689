// SPDX-License-Identifier: GPL-2.0
/*
 * Finds Route header fields in a TCP stream, byte by byte and without a buffer,
 * so that it does not matter how the stream is cut into segments.
 *
 * Lines are what they are for sip_msg.c.  Over a stream a message ends where its
 * Content-Length says (RFC 3261 section 18.3), so whatever makes that doubtful
 * loses the stream, and nothing more is found in it: better a Route that stays
 * than a byte changed in somebody's body.
 */
#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "sip_msg.h"
#include "sip_stream.h"
#include "sip_word.h"

/* What comes next. */
enum state {
	STATE_LOST,
	STATE_BETWEEN,		/* messages; line ends are keep-alives here */
	STATE_FIRST_WORD,
	STATE_URI_START,
	STATE_URI,
	STATE_VERSION,		/* of a request */
	STATE_VERSION_END,
	STATE_RESPONSE,		/* the version, but for its first word */
	STATE_STATUS,
	STATE_STATUS_END,
	STATE_REASON,
	STATE_LINE,		/* the start of a header line */
	STATE_NAME,
	STATE_ROUTE,		/* after that name */
	STATE_LENGTH_NAME,	/* after that of Content-Length */
	STATE_LENGTH_COLON,	/* after white space behind it */
	STATE_LENGTH_START,	/* white space before its number */
	STATE_LENGTH,
	STATE_LENGTH_END,	/* white space after it */
	STATE_VALUE,		/* what does not matter of a header line */
	STATE_LF,		/* of a line's end */
	STATE_EMPTY_LF,		/* of the empty line's end */
	STATE_BODY,
};

enum word {
	WORD_NONE,
	WORD_REGISTER,
	WORD_SIP,
	WORD_RESPONSE,
	WORD_VERSION,
	WORD_ROUTE,
	WORD_LENGTH,
	WORD_LENGTH_COMPACT,	/* RFC 3261 section 7.3.3 */
	WORD_MAX
};

/* What is in lower case counts in any case. */
static const char *const words[WORD_MAX] = {
	[WORD_NONE] = "",
	[WORD_REGISTER] = "REGISTER ",
	[WORD_SIP] = "sip/",
	[WORD_RESPONSE] = "2.0 ",
	[WORD_VERSION] = "sip/2.0",
	[WORD_ROUTE] = "route",
	[WORD_LENGTH] = "content-length",
	[WORD_LENGTH_COMPACT] = "l",
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool is_letter_of(char word, char c)
{
	return c == word || lower(c) == word;
}

/* RFC 3261 section 25.1, token. */
static bool is_token(char c)
{
	return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
	       (c && strchr("-.!%*_+`'~", c));
}

static enum state expect_word(struct sip_stream *s, enum state state,
			      unsigned int candidates)
{
	s->at = 0;
	s->words = candidates;
	return state;
}

/*
 * Takes a byte of a word: who does not go on like this is no candidate any more.
 * Returns the word that ends here.
 */
static enum word match_word(struct sip_stream *s, char c)
{
	enum word ended = WORD_NONE;
	unsigned int i;

	for (i = 0; s->words >> i; i++) {
		if (!(s->words & BIT(i)))
			continue;
		if (!is_letter_of(words[i][s->at], c))
			s->words &= ~BIT(i);
		else if (!words[i][s->at + 1])
			ended = i;
	}
	s->at++;
	return ended;
}

/*
 * What follows a line end is known from the next line: the header line that
 * @folded belongs to, if it begins with white space (RFC 3261 section 7.3.1).
 */
static enum state line_end(struct sip_stream *s, char c, enum state folded)
{
	s->folded = folded;
	return c == '\n' ? STATE_LINE : STATE_LF;
}

static enum state value(struct sip_stream *s, char c)
{
	return is_line_end(c) ? line_end(s, c, STATE_VALUE) : STATE_VALUE;
}

/* Methods count as they are written (RFC 3261 section 7.1), versions do not. */
static enum state first_word(struct sip_stream *s, char c)
{
	switch (match_word(s, c)) {
	case WORD_SIP:
		return expect_word(s, STATE_RESPONSE, BIT(WORD_RESPONSE));
	case WORD_REGISTER:
		s->is_register = true;
		return STATE_URI_START;
	default:
		if (c == ' ')
			return STATE_URI_START;
		return is_token(c) ? STATE_FIRST_WORD : STATE_LOST;
	}
}

static enum state between(struct sip_stream *s, char c)
{
	if (is_line_end(c))
		return STATE_BETWEEN;
	if (!is_token(c))
		return STATE_LOST;
	s->is_register = false;
	s->has_length = false;
	expect_word(s, STATE_FIRST_WORD, BIT(WORD_REGISTER) | BIT(WORD_SIP));
	return first_word(s, c);
}

static enum state uri(struct sip_stream *s, char c)
{
	if (c == ' ')
		return expect_word(s, STATE_VERSION, BIT(WORD_VERSION));
	return (u8)c > ' ' ? STATE_URI : STATE_LOST;
}

/* Where only one word may stand. */
static enum state only_word(struct sip_stream *s, char c, enum state next)
{
	if (match_word(s, c))
		return expect_word(s, next, 0);
	return s->words ? s->state : STATE_LOST;
}

static enum state status(struct sip_stream *s, char c)
{
	if (!is_digit(c))
		return STATE_LOST;
	return ++s->at == 3 ? STATE_STATUS_END : STATE_STATUS;
}

static enum state reason(struct sip_stream *s, char c)
{
	return is_line_end(c) ? line_end(s, c, STATE_LOST) : STATE_REASON;
}

static enum state header_end(const struct sip_stream *s)
{
	return s->body ? STATE_BODY : STATE_BETWEEN;
}

static enum state name(struct sip_stream *s, char c)
{
	switch (match_word(s, c)) {
	case WORD_ROUTE:
		return STATE_ROUTE;
	case WORD_LENGTH:
	case WORD_LENGTH_COMPACT:
		return STATE_LENGTH_NAME;
	default:
		return s->words ? STATE_NAME : value(s, c);
	}
}

/* Some send it twice; as long as they agree, all readers do. */
static bool take_length(struct sip_stream *s)
{
	if (s->has_length && s->body != s->number)
		return false;
	s->has_length = true;
	s->body = s->number;
	return true;
}

/* Behind a line end: the line goes on, or it is over and another begins. */
static enum state line(struct sip_stream *s, char c)
{
	if (is_space(c))
		return s->folded;
	if (s->folded == STATE_LENGTH_START)
		return STATE_LOST;
	if (s->folded == STATE_LENGTH_END && !take_length(s))
		return STATE_LOST;
	if (c == '\r')
		return STATE_EMPTY_LF;
	if (c == '\n')
		return header_end(s);
	expect_word(s, STATE_NAME, BIT(WORD_ROUTE) | BIT(WORD_LENGTH) |
				   BIT(WORD_LENGTH_COMPACT));
	return name(s, c);
}

/* HCOLON, RFC 3261 section 25.1; for sip_msg.c it is on the same line, too. */
static enum state length_colon(struct sip_stream *s, char c)
{
	if (is_space(c))
		return STATE_LENGTH_COLON;
	if (c != ':')
		return STATE_LOST;
	s->number = 0;
	return STATE_LENGTH_START;
}

static enum state length_name(struct sip_stream *s, char c)
{
	if (is_space(c) || is_line_end(c) || c == ':')
		return length_colon(s, c);
	return STATE_VALUE;
}

static enum state length_space(struct sip_stream *s, char c)
{
	if (is_space(c))
		return s->state;
	return is_line_end(c) ? line_end(s, c, s->state) : STATE_LOST;
}

static enum state length(struct sip_stream *s, char c)
{
	u64 number = s->number * 10ULL + (c - '0');

	if (is_space(c))
		return STATE_LENGTH_END;
	if (is_line_end(c))
		return line_end(s, c, STATE_LENGTH_END);
	if (!is_digit(c) || number > S32_MAX)
		return STATE_LOST;
	s->number = number;
	return STATE_LENGTH;
}

/* What comes after a byte of a start line or header. */
static enum state next_state(struct sip_stream *s, char c)
{
	switch (s->state) {
	case STATE_BETWEEN:
		return between(s, c);
	case STATE_FIRST_WORD:
		return first_word(s, c);
	case STATE_URI_START:
		return c == ' ' ? STATE_LOST : uri(s, c);
	case STATE_URI:
		return uri(s, c);
	case STATE_VERSION:
		return only_word(s, c, STATE_VERSION_END);
	case STATE_VERSION_END:
		return is_line_end(c) ? line_end(s, c, STATE_LOST) : STATE_LOST;
	case STATE_RESPONSE:
		return only_word(s, c, STATE_STATUS);
	case STATE_STATUS:
		return status(s, c);
	case STATE_STATUS_END:
		return c == ' ' || is_line_end(c) ? reason(s, c) : STATE_LOST;
	case STATE_REASON:
		return reason(s, c);
	case STATE_LINE:
		return line(s, c);
	case STATE_NAME:
		return name(s, c);
	case STATE_LENGTH_NAME:
		return length_name(s, c);
	case STATE_LENGTH_COLON:
		return length_colon(s, c);
	case STATE_LENGTH_START:
		return is_digit(c) ? length(s, c) : length_space(s, c);
	case STATE_LENGTH:
		return length(s, c);
	case STATE_LENGTH_END:
		return length_space(s, c);
	case STATE_LF:
		return c == '\n' ? STATE_LINE : STATE_LOST;
	case STATE_EMPTY_LF:
		return c == '\n' ? header_end(s) : STATE_LOST;
	default:
		return value(s, c);
	}
}

/* May the name that ended before @p be one?  Where @p ends nobody knows yet. */
static bool is_name(const char *p, const char *end)
{
	while (p < end && is_space(*p))
		p++;
	return p == end || *p == ':';
}

/**
 * sip_stream_init() - begin at the start of a stream
 * @s: the stream
 */
void sip_stream_init(struct sip_stream *s)
{
	*s = (struct sip_stream){ .state = STATE_BETWEEN };
}

/**
 * sip_stream_feed() - find the Route header fields of REGISTER requests
 * @s: the stream
 * @data: what comes next in it
 * @len: its length
 * @at: set to the offsets of the last letters of their names
 * @max: how many there is room for, at least 1
 * @count: set to how many were found
 *
 * Messages may follow each other, with line ends between them that keep the
 * connection alive (RFC 5626 section 3.5.1); bodies are skipped, and one without
 * a Content-Length is empty.  A stream is lost where anything else than a start
 * line begins, where a start line and header are longer than SIP_MSG_MAX_LEN,
 * where a CR stands without LF, and where a Content-Length is no number below
 * 2^31 or there are two different ones.
 *
 * A letter is to be changed before it is sent on, so a name where @data ends
 * counts, with white space behind it or without, though more might follow that
 * makes it another one: "Route-X".
 *
 * Return: how many bytes were taken: all of them, unless @at is full or there
 * are more than SIP_MSG_MAX_LEN.
 */
unsigned int sip_stream_feed(struct sip_stream *s, const char *data,
			     unsigned int len, u16 *at, unsigned int max,
			     unsigned int *count)
{
	const unsigned int n = min_t(unsigned int, len, SIP_MSG_MAX_LEN);
	unsigned int i = 0, body;

	*count = 0;
	while (i < n && *count < max) {
		if (s->state == STATE_LOST)
			return n;
		if (s->state == STATE_BODY) {
			body = min_t(unsigned int, s->body, n - i);
			i += body;
			s->body -= body;
			if (!s->body)
				s->state = STATE_BETWEEN;
			continue;
		}
		if (s->state == STATE_BETWEEN)
			s->head = 0;
		s->state = s->head < SIP_MSG_MAX_LEN ?
			   next_state(s, data[i]) : STATE_LOST;
		s->head++;
		if (s->state == STATE_ROUTE && s->is_register &&
		    is_name(data + i + 1, data + len))
			at[(*count)++] = i;
		i++;
	}
	return i;
}

/**
 * sip_stream_is_lost() - ask whether anything more can be found
 * @s: the stream
 *
 * Return: true if it cannot, until sip_stream_resync().
 */
bool sip_stream_is_lost(const struct sip_stream *s)
{
	return s->state == STATE_LOST;
}

/**
 * sip_stream_resync() - begin anew if this looks like a REGISTER
 * @s: the stream, lost or with a hole in it
 * @data: what comes next in it: what its sender has sent in one piece, for in
 *	the midst of a body the same may stand
 * @len: its length
 *
 * Return: whether it does; if not, nothing has changed.
 */
bool sip_stream_resync(struct sip_stream *s, const char *data,
		       unsigned int len)
{
	static const char start[] = "REGISTER sip";
	unsigned int i;

	if (len < sizeof(start) - 1)
		return false;
	for (i = 0; i < sizeof(start) - 1; i++)
		if (!is_letter_of(start[i], data[i]))
			return false;
	sip_stream_init(s);
	return true;
}

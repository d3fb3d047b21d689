// SPDX-License-Identifier: GPL-2.0
#include "random.h"
#include "sip_test.h"
#include "stream_check.h"

void feed(struct found *found, const char *data, size_t len, size_t at,
	  unsigned int room)
{
	unsigned int done, count, i;
	u16 offset[FOUND_MAX];

	for (; len; data += done, at += done, len -= done) {
		done = sip_stream_feed(&found->stream, data, len, offset, room,
				       &count);
		assert_true(done && done <= len);
		assert_true(count <= room);
		for (i = 0; i < count; i++) {
			assert_true(offset[i] < done);
			assert_true(found->len < FOUND_MAX);
			found->at[found->len++] = at + offset[i];
		}
	}
}

void assert_found(const struct found *found, const struct found *want)
{
	assert_int_equal(found->len, want->len);
	assert_memory_equal(found->at, want->at,
			    found->len * sizeof(*found->at));
}

/* What is found too much where a piece ends is a name, but for what follows. */
static void assert_name_till(const char *text, size_t at, size_t end)
{
	assert_true(at >= 5 && text[at - 5] == '\n');
	assert_int_equal(strncasecmp(text + at - 4, "Route", 5), 0);
	while (++at < end)
		assert_true(text[at] == ' ' || text[at] == '\t');
}

/* Drops what follows from the end of a piece, from @from on. */
static void drop_names_till(struct found *found, unsigned int from,
			    const struct found *want, const char *text,
			    size_t end)
{
	unsigned int i, left = from;

	for (i = from; i < found->len; i++) {
		if (left < want->len && found->at[i] == want->at[left])
			found->at[left++] = found->at[i];
		else
			assert_name_till(text, found->at[i], end);
	}
	assert_true(found->len - left <= 1);
	found->len = left;
}

void check_pieces(const char *text, size_t len, size_t most,
		  const struct found *whole)
{
	struct found found = {};
	size_t at, piece;
	unsigned int before;
	char *data;

	sip_stream_init(&found.stream);
	for (at = 0; at < len; at += piece) {
		piece = 1 + random_below(most);
		if (piece > len - at)
			piece = len - at;
		data = exact_copy(text + at, piece);
		before = found.len;
		feed(&found, data, piece, at, 1 + random_below(4));
		drop_names_till(&found, before, whole, text, at + piece);
		exact_free(data, piece);
	}
	assert_found(&found, whole);
	assert_memory_equal(&found.stream, &whole->stream,
			    sizeof(found.stream));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A stream: the same Route fields have to be found however it is cut into
 * segments, and the same that the unit tests' reference finds, message after
 * message.
 */
#include "random.h"
#include "sip_reference.h"
#include "sip_test.h"
#include "stream_check.h"

#define CUTS	4

/*
 * One message at @at: adds what is to be found in it.  Returns where the next
 * one begins, or 0 if that is unknown: the reference sees no message whose end
 * it knows.  From @end on nothing may be found.
 */
static size_t read_message(const char *data, size_t len, size_t at,
			   struct found *want, size_t *end)
{
	char *message = exact_copy(data + at, len - at);
	struct routes routes = {};
	struct sip_start start;
	unsigned int i;
	size_t next = 0;

	switch (reference_start(message, len - at, &start)) {
	case SIP_KIND_REQUEST:
	case SIP_KIND_RESPONSE:
		reference_routes(message, len - at, &start, &routes);
		if (!routes.knows_length && routes.headers_end)
			*end = at + routes.headers_end;
		if (!routes.knows_length)
			break;
		if (start.method == SIP_METHOD_REGISTER)
			for (i = 0; i < routes.len; i++)
				want->at[want->len++] = at + routes.at[i];
		if (routes.headers_end)
			next = at + routes.headers_end + routes.body;
		break;
	default:
		break;
	}
	exact_free(message, len - at);
	return next;
}

/* What the reference did not get to see, the scanner may have. */
static void check_messages(const char *data, size_t len,
			   const struct found *whole)
{
	size_t at = 0, end = len, next;
	struct found want = {};

	while (at < len && want.len < FOUND_MAX - ROUTES_MAX) {
		next = read_message(data, len, at, &want, &end);
		if (!next)
			break;
		at = next;
	}
	assert_true(whole->len >= want.len);
	assert_memory_equal(whole->at, want.at, want.len * sizeof(*want.at));
	if (at >= len)
		assert_int_equal(whole->len, want.len);
	if (whole->len)
		assert_true(whole->at[whole->len - 1] < end);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	const char *text = (const char *)data;
	struct found whole = {};
	unsigned int i;

	if (!len || len > FOUND_MAX * strlen("Route\n"))
		return 0;
	random_seed(data, len);
	sip_stream_init(&whole.stream);
	feed(&whole, text, len, 0, FOUND_MAX);
	check_messages(text, len, &whole);
	check_pieces(text, len, 1, &whole);
	for (i = 0; i < CUTS; i++)
		check_pieces(text, len, 1 + random_below(len), &whole);
	return 0;
}

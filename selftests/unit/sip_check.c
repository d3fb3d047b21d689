// SPDX-License-Identifier: GPL-2.0
#include "sip_check.h"
#include "sip_full.h"
#include "sip_plain.h"
#include "sip_reference.h"
#include "sip_stream.h"
#include "sip_test.h"

#define FAIL_WITH(data, len, ...) do { \
	print_error(__VA_ARGS__); \
	dump(data, len); \
	fail(); \
} while (0)

static void dump(const char *data, size_t len)
{
	size_t i;

	for (i = 0; i < len && i < 2000; i++) {
		if (data[i] >= ' ' && data[i] < 127)
			print_error("%c", data[i]);
		else
			print_error("\\x%02x%s", (unsigned char)data[i],
				    data[i] == '\n' ? "\n# " : "");
	}
	print_error("\n");
}

/*
 * A copy of a message with what may be read behind it, and nothing after that.
 * What is there is another thing each time.
 */
static char *slack_copy(const char *data, size_t len)
{
	static const char *const behind[] = {
		"\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n",
		"Via: SIP/2.0/UDP",
		" SIP/2.0\r\n\r\n\r\n\r",
		";branch=z9hG4bKa",
		"\xff\xff\xff\xff\xff\xff\xff\xff",
	};
	static unsigned int n;
	char *copy = malloc(len + SIP_MSG_SLACK);

	if (!copy)
		abort();
	memcpy(copy, data, len);
	memcpy(copy + len, behind[n++ % (sizeof(behind) / sizeof(*behind))], SIP_MSG_SLACK);
	return copy;
}

enum sip_kind ask_start(const char *data, size_t len, struct sip_start *start)
{
	/* Too long to be looked at at all. */
	char *copy = len > SIP_MSG_MAX_LEN ? NULL : slack_copy(data, len);
	enum sip_kind kind = sip_msg_start(copy, len, start);

	free(copy);
	return kind;
}

int ask_headers(const char *data, size_t len, const struct sip_start *start,
		enum sip_want want, struct sip_headers *h)
{
	char *copy = slack_copy(data, len);
	int ret = sip_msg_headers(copy, len, start, want, h);

	free(copy);
	return ret;
}

/* What else is known of it, who asks whether a UE has written it. */
static bool begins_with_register(const char *data, size_t len)
{
	return len >= strlen("REGISTER") &&
	       !memcmp(data, "REGISTER", strlen("REGISTER"));
}

bool ask_is_own(const char *data, size_t len)
{
	char *copy = slack_copy(data, len);
	bool own = begins_with_register(copy, len) && sip_plain_is_own(copy, len);

	free(copy);
	return own;
}

/* The key as sip_msg_headers() would tell it. */
static void set_key(const char *data, const struct sip_key *key,
		    struct sip_headers *h)
{
	*h = (struct sip_headers){
		.branch = sip_span(data, key->branch,
				   key->branch + key->branch_len),
		.branch_cookie = true,
		.cseq = key->cseq,
		.cseq_method = key->cseq_method,
	};
}

bool ask_own_key(const char *data, size_t len, struct sip_headers *h)
{
	char *copy = slack_copy(data, len);
	struct sip_key key;
	bool own = begins_with_register(copy, len) &&
		   sip_plain_own_key(copy, len, &key);

	if (own)
		set_key(copy, &key, h);
	free(copy);
	return own;
}

bool ask_response_key(const char *data, size_t len, struct sip_headers *h)
{
	char *copy = slack_copy(data, len);
	struct sip_key key;
	bool response = sip_plain_response_key(copy, len, &key);

	if (response)
		set_key(copy, &key, h);
	free(copy);
	return response;
}

enum sip_method ask_plain_method(const char *data, size_t len)
{
	char *copy = slack_copy(data, len);
	enum sip_method method = sip_msg_plain_method(copy, len);

	free(copy);
	return method;
}

bool same_span(struct sip_span a, struct sip_span b)
{
	return a.len == b.len && (!a.len || a.off == b.off);
}

static bool same_guard(const struct sip_headers *a, const struct sip_headers *b)
{
	return a->via_count == b->via_count && a->has_path == b->has_path &&
	       a->has_visited == b->has_visited && a->complete == b->complete;
}

bool same_headers(const struct sip_headers *a, const struct sip_headers *b)
{
	return same_guard(a, b) &&
	       a->branch_cookie == b->branch_cookie &&
	       a->has_cseq == b->has_cseq && a->cseq == b->cseq &&
	       a->cseq_method == b->cseq_method &&
	       (a->cseq_method != SIP_METHOD_OTHER ||
		same_span(a->cseq_method_text, b->cseq_method_text)) &&
	       same_span(a->branch, b->branch) &&
	       same_span(a->call_id, b->call_id) &&
	       same_span(a->from_tag, b->from_tag);
}

static unsigned int next_routes(const char *data, size_t len,
				const struct sip_start *start, u16 *at)
{
	unsigned int pos = start->headers, n = 0;

	while (n < ROUTES_MAX && sip_full_next_route(data, len, &pos, &at[n]))
		n++;
	return n;
}

/* Of a stream that ends with @data. */
static unsigned int stream_routes(const char *data, size_t len, u16 *at,
				  bool *lost)
{
	unsigned int n;
	struct sip_stream s;

	sip_stream_init(&s);
	sip_stream_feed(&s, data, len, at, ROUTES_MAX, &n);
	*lost = sip_stream_is_lost(&s);
	return n;
}

/*
 * A stream can be understood before the end of a line is seen, so there may be
 * one more in it; and less, where it does not tell how long the body is.
 */
static void check_routes(const char *data, size_t len,
			 const struct sip_start *start)
{
	u16 in_message[ROUTES_MAX], in_stream[ROUTES_MAX];
	unsigned int n, streamed;
	struct routes want = {};
	bool lost;

	if (start->kind == SIP_KIND_REQUEST ||
	    start->kind == SIP_KIND_RESPONSE) {
		reference_routes(data, len, start, &want);
		n = next_routes(data, len, start, in_message);
		if (n != want.len ||
		    memcmp(in_message, want.at, n * sizeof(*want.at)))
			FAIL_WITH(data, len, "Route fields differ\n");
	}
	if (start->method != SIP_METHOD_REGISTER)
		want.len = 0;
	streamed = stream_routes(data, want.headers_end ?: len, in_stream,
				 &lost);
	n = streamed < want.len ? streamed : want.len;
	if (memcmp(in_stream, want.at, n * sizeof(*want.at)))
		FAIL_WITH(data, len, "Route fields of the stream differ\n");
	if (want.headers_end && lost == want.knows_length)
		FAIL_WITH(data, len, "lost: %d\n", lost);
	if (!lost && streamed < want.len)
		FAIL_WITH(data, len, "too few in the stream\n");
	if (streamed > want.len + (start->method == SIP_METHOD_REGISTER &&
				   !want.headers_end))
		FAIL_WITH(data, len, "too many in the stream\n");
}

static void check_start(const char *data, size_t len, const char *who,
			const struct sip_start *start,
			const struct sip_start *want)
{
	if (start->kind != want->kind || start->method != want->method ||
	    start->status != want->status || start->off != want->off ||
	    start->method_len != want->method_len ||
	    start->headers != want->headers)
		FAIL_WITH(data, len, "%s: start lines differ\n", who);
}

static void check_headers(const char *data, size_t len, const char *who,
			  enum sip_want want, int ret,
			  const struct sip_headers *h, int want_ret,
			  const struct sip_headers *want_h)
{
	if (ret != want_ret)
		FAIL_WITH(data, len, "%s, want %d: %d, reference %d\n", who,
			  want, ret, want_ret);
	if (!ret && !(want == SIP_WANT_GUARD ? same_guard(h, want_h) :
					       same_headers(h, want_h)))
		FAIL_WITH(data, len, "%s, want %d: fields differ\n", who, want);
}

static bool is_own(const char *data, size_t len, const struct sip_start *start,
		   enum sip_want want, struct sip_headers *h)
{
	return start->kind == SIP_KIND_REQUEST &&
	       start->method == SIP_METHOD_REGISTER &&
	       !reference_headers(data, len, start, want, h) &&
	       h->via_count == 1 && !h->has_path && !h->has_visited &&
	       h->complete;
}

static bool same_key(const struct sip_headers *key, const struct sip_headers *h)
{
	return h->branch_cookie && same_span(key->branch, h->branch) &&
	       key->cseq == h->cseq && key->cseq_method == h->cseq_method;
}

/* Who sees only plain writing may be unsure, but not wrong. */
static void check_plain(const char *data, size_t len,
			const struct sip_start *start)
{
	enum sip_method method = ask_plain_method(data, len);
	struct sip_headers h, key;

	if (method != SIP_METHOD_OTHER &&
	    (start->kind != SIP_KIND_REQUEST || start->method != method))
		FAIL_WITH(data, len, "sip_msg_plain_method: %d\n", method);
	if (ask_is_own(data, len) && !is_own(data, len, start, SIP_WANT_GUARD, &h))
		FAIL_WITH(data, len, "sip_plain_is_own: it is not\n");
	if (ask_own_key(data, len, &key) &&
	    (!is_own(data, len, start, SIP_WANT_ALL, &h) || !same_key(&key, &h)))
		FAIL_WITH(data, len, "sip_plain_own_key: it is not\n");
	if (ask_response_key(data, len, &key) &&
	    (start->kind != SIP_KIND_RESPONSE ||
	     reference_headers(data, len, start, SIP_WANT_KEY, &h) ||
	     !same_key(&key, &h)))
		FAIL_WITH(data, len, "sip_plain_response_key: it is not\n");
}

/*
 * @data must end where its memory does.  The whole parser is asked, too, where
 * the short way would have answered.
 */
void check_against_reference(const char *data, size_t len)
{
	struct sip_start start, want_start;
	struct sip_headers h, want_h;
	int want, ret, want_ret;

	reference_start(data, len, &want_start);
	sip_full_start(data, len, &start);
	check_start(data, len, "sip_full_start", &start, &want_start);
	ask_start(data, len, &start);
	check_start(data, len, "sip_msg_start", &start, &want_start);
	check_plain(data, len, &start);
	check_routes(data, len, &start);
	if (start.kind != SIP_KIND_REQUEST && start.kind != SIP_KIND_RESPONSE)
		return;

	for (want = SIP_WANT_GUARD; want <= SIP_WANT_ALL; want++) {
		want_ret = reference_headers(data, len, &start, want, &want_h);
		ret = sip_full_headers(data, len, &start, want, &h);
		check_headers(data, len, "sip_full_headers", want, ret, &h,
			      want_ret, &want_h);
		ret = ask_headers(data, len, &start, want, &h);
		check_headers(data, len, "sip_msg_headers", want, ret, &h,
			      want_ret, &want_h);
	}
}

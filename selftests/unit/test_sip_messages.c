// SPDX-License-Identifier: GPL-2.0
/* Whole messages: each is understood, or refused, as a whole. */
#include "sip_check.h"
#include "sip_test.h"
#include "sip_corpus.h"

static void check_message(void **state)
{
	const struct sip_message *m = *state;
	char *data = exact_copy(m->data, m->len);
	struct sip_start start;
	struct sip_headers h;

	assert_int_equal(ask_start(data, m->len, &start), m->kind);
	assert_int_equal(start.kind, m->kind);
	assert_int_equal(start.method, m->method);
	if (m->kind == SIP_KIND_NONE)
		goto out;

	assert_int_equal(ask_headers(data, m->len, &start, SIP_WANT_ALL,
					 &h), m->ret);
	if (m->ret)
		goto out;
	assert_true(h.complete);
	assert_int_equal(h.via_count, m->vias);
	assert_span(data, h.branch, m->branch);
	assert_int_equal(h.branch_cookie, m->cookie);
	assert_int_equal(h.cseq, m->cseq);
	assert_int_equal(h.cseq_method, m->cseq_method);
	assert_span(data, h.call_id, m->call_id);
	assert_span(data, h.from_tag, m->from_tag);
	assert_int_equal(h.has_path, m->path);
	assert_int_equal(h.has_visited, m->visited);
out:
	exact_free(data, m->len);
}

int main(void)
{
	struct CMUnitTest tests[sip_corpus_len];
	size_t i;

	for (i = 0; i < sip_corpus_len; i++)
		tests[i] = test_of(sip_corpus[i].name, check_message,
				   &sip_corpus[i]);
	return run_tap("sip_messages", tests, sip_corpus_len);
}

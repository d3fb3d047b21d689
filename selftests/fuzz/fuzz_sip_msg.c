// SPDX-License-Identifier: GPL-2.0
/*
 * A datagram: the parser against the unit tests' reference, and against an
 * independent one, GNU oSIP.
 *
 * oSIP is a stack's parser: it refuses, and normalizes, more than ours looks
 * at.  So only what both accept is compared, and only in what decides about
 * steering: the method, how many Vias there are, the top one's branch, and what
 * else names the transaction.
 */
#include <osipparser2/osip_parser.h>

#include "sip_check.h"
#include "sip_reference.h"
#include "sip_test.h"

static void fail_with(const char *what, const char *ours, int len,
		      const char *theirs)
{
	fprintf(stderr, "%s: \"%.*s\", oSIP: \"%s\"\n", what, len, ours,
		theirs ?: "(none)");
	abort();
}

static void compare_number(const char *what, unsigned long ours,
			   unsigned long theirs)
{
	if (ours == theirs)
		return;
	fprintf(stderr, "%s: %lu, oSIP: %lu\n", what, ours, theirs);
	abort();
}

static void compare_text(const char *what, const char *data,
			 struct sip_span ours, const char *theirs)
{
	if (strlen(theirs ?: "") != ours.len ||
	    memcmp(data + ours.off, theirs ?: "", ours.len))
		fail_with(what, data + ours.off, ours.len, theirs);
}

/* The byte that follows @at, but for white space; 0 at the field's end. */
static char next_in_field(const char *data, size_t at)
{
	for (;; at++) {
		if (data[at] == '\n' && !strchr(" \t", data[at + 1]))
			return 0;
		if (!strchr(" \t\r\n", data[at]))
			return data[at];
	}
}

/*
 * Known: to us a parameter's value is over where neither a token nor what stacks
 * put into branches goes on; to oSIP only where something else may follow.  And
 * to oSIP there is none if it begins with '='.
 */
static void compare_param(const char *what, const char *data,
			  struct sip_span ours,
			  const osip_generic_param_t *theirs)
{
	const char next = next_in_field(data, ours.off + ours.len);

	if (ours.off && ((next && !strchr(";,", next)) ||
			 data[ours.off] == '='))
		return;
	compare_text(what, data, ours, theirs ? theirs->gvalue : NULL);
}

/* Of a method that has a number, the text may be absent. */
static void compare_cseq_method(const char *data, const struct sip_headers *h,
				const char *theirs)
{
	const char *ours = reference_method(h->cseq_method);

	if (!ours)
		compare_text("CSeq method", data, h->cseq_method_text, theirs);
	else if (strcmp(ours, theirs ?: ""))
		fail_with("CSeq method", ours, strlen(ours), theirs);
}

static void compare(const char *data, const struct sip_start *start,
		    const struct sip_headers *h, osip_message_t *sip)
{
	struct sip_span method = { start->off, start->method_len };
	osip_generic_param_t *branch = NULL, *tag = NULL;

	if (start->kind == SIP_KIND_REQUEST)
		compare_text("method", data, method, sip->sip_method);
	else
		compare_number("status", start->status, sip->status_code);
	compare_number("Vias", h->via_count, osip_list_size(&sip->vias));
	osip_via_param_get_byname((osip_via_t *)osip_list_get(&sip->vias, 0),
				  (char *)"branch", &branch);
	compare_param("branch", data, h->branch, branch);
	compare_number("CSeq", h->cseq, strtoul(sip->cseq->number, NULL, 10));
	compare_cseq_method(data, h, sip->cseq->method);
	if (h->branch_cookie)
		return;
	osip_from_get_tag(sip->from, &tag);
	compare_param("From tag", data, h->from_tag, tag);
}

static void check_against_osip(const char *data, size_t len)
{
	struct sip_start start;
	struct sip_headers h;
	osip_message_t *sip;
	enum sip_kind kind;

	/* Known: to oSIP, a NUL ends a message. */
	if (memchr(data, '\0', len))
		return;
	kind = ask_start(data, len, &start);
	if (kind != SIP_KIND_REQUEST && kind != SIP_KIND_RESPONSE)
		return;
	if (ask_headers(data, len, &start, SIP_WANT_ALL, &h))
		return;
	if (osip_message_init(&sip))
		abort();
	if (!osip_message_parse(sip, data, len) && sip->cseq && sip->from)
		compare(data, &start, &h, sip);
	osip_message_free(sip);
}

/* What it refuses it would report at length. */
static void say_nothing(const char *file, int line, osip_trace_level_t level,
			const char *format, va_list args)
{
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	osip_trace_initialize_func(TRACE_LEVEL0, say_nothing);
	parser_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	check_against_reference((const char *)data, len);
	check_against_osip((const char *)data, len);
	return 0;
}

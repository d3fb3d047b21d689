// SPDX-License-Identifier: GPL-2.0
/* One rule of the grammar at a time, each both ways. */
#include "sip_check.h"
#include "sip_reference.h"
#include "sip_test.h"

struct start_case {
	const char *name;
	const char *data;
	size_t len;
	enum sip_kind kind;
	enum sip_method method;
	unsigned int status;
	unsigned int off;
};

#define START(what, text, k, ...) \
	{ .name = (what), .data = (text), .len = sizeof(text) - 1, \
	  .kind = SIP_KIND_##k, .method = SIP_METHOD_OTHER, __VA_ARGS__ }
#define METHOD(m) \
	START("method " #m, #m " sip:a SIP/2.0\r\n", REQUEST, \
	      .method = SIP_METHOD_##m)
#define IS(m)		.method = SIP_METHOD_##m

static const struct start_case start_cases[] = {
	METHOD(INVITE), METHOD(ACK), METHOD(OPTIONS), METHOD(BYE),
	METHOD(CANCEL), METHOD(REGISTER), METHOD(PRACK), METHOD(SUBSCRIBE),
	METHOD(NOTIFY), METHOD(PUBLISH), METHOD(INFO), METHOD(REFER),
	METHOD(MESSAGE), METHOD(UPDATE),

	START("shortest request", "A b SIP/2.0\n", REQUEST),
	START("one byte less", "A  SIP/2.0\n", NONE),
	START("no method", " sip:a SIP/2.0\r\n", NONE),
	START("REGISTERX is another method", "REGISTERX sip:a SIP/2.0\r\n",
	      REQUEST),
	START("REGISTE is another method", "REGISTE sip:a SIP/2.0\r\n", REQUEST),
	START("register is another method", "register sip:a SIP/2.0\r\n",
	      REQUEST),
	START("Register is another method", "Register sip:a SIP/2.0\r\n",
	      REQUEST),
	START("each method length has others",
	      "ABC sip:a SIP/2.0\r\n", REQUEST),
	START("others of four", "ABCD sip:a SIP/2.0\r\n", REQUEST),
	START("others of five", "ABCDE sip:a SIP/2.0\r\n", REQUEST),
	START("others of six", "ABCDEF sip:a SIP/2.0\r\n", REQUEST),
	START("others of seven", "ABCDEFG sip:a SIP/2.0\r\n", REQUEST),
	START("others of eight", "ABCDEFGH sip:a SIP/2.0\r\n", REQUEST),
	START("others of nine", "ABCDEFGHI sip:a SIP/2.0\r\n", REQUEST),
	START("REGISTER after a tab is no method", "\tREGISTER sip:a SIP/2.0\r\n",
	      NONE),
	START("REGISTER, then a tab", "REGISTER\tsip:a SIP/2.0\r\n", NONE),
	START("REGISTER, then a colon", "REGISTER: sip:a SIP/2.0\r\n", NONE),
	START("method of no token", "REG(STER sip:a SIP/2.0\r\n", NONE),
	START("method with a byte above 127", "R\xc9GISTER sip:a SIP/2.0\r\n",
	      NONE),
	START("method with NUL", "REGISTER\0 sip:a SIP/2.0\r\n", NONE),
	START("two spaces before the URI", "REGISTER  sip:a SIP/2.0\r\n", NONE),
	START("two spaces after the URI", "REGISTER sip:a  SIP/2.0\r\n", NONE),
	START("tab after the URI", "REGISTER sip:a\tSIP/2.0\r\n", NONE),
	START("no URI", "REGISTER SIP/2.0\r\n", NONE),
	START("empty URI", "REGISTER  SIP/2.0\r\n", NONE),
	START("line end in the URI", "REGISTER sip:a\r\n SIP/2.0\r\n", NONE),
	START("byte above 127 in the URI", "REGISTER sip:\xe4@b SIP/2.0\r\n",
	      REQUEST, IS(REGISTER)),
	START("version in lower case", "REGISTER sip:a sip/2.0\r\n", REQUEST,
	      IS(REGISTER)),
	START("version in mixed case", "REGISTER sip:a SiP/2.0\r\n", REQUEST,
	      IS(REGISTER)),
	START("version 2.1", "REGISTER sip:a SIP/2.1\r\n", NONE),
	START("version 2.00", "REGISTER sip:a SIP/2.00\r\n", NONE),
	START("version 12.0", "REGISTER sip:a SIP/12.0\r\n", NONE),
	START("version without dot", "REGISTER sip:a SIP/2\x0e" "0\r\n", NONE),
	START("version that differs by bit 5 only",
	      "REGISTER sip:a SIP\x0f" "2.0\r\n", NONE),
	START("HTTP", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", NONE),
	START("RTSP", "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", NONE),
	START("no version", "REGISTER sip:a\r\n", NONE),
	START("space after the version", "REGISTER sip:a SIP/2.0 \r\n", NONE),
	START("bare LF ends the line", "REGISTER sip:a SIP/2.0\nVia: x\n",
	      REQUEST, IS(REGISTER)),
	START("bare CR does not", "REGISTER sip:a SIP/2.0\rVia: x\r\n", NONE),
	START("CR CR LF does not", "REGISTER sip:a SIP/2.0\r\r\n", NONE),
	START("no line end", "REGISTER sip:a SIP/2.0", NONE),
	START("line end cut in two", "REGISTER sip:a SIP/2.0\r", NONE),

	START("one leading CRLF", "\r\nREGISTER sip:a SIP/2.0\r\n", REQUEST,
	      IS(REGISTER), .off = 2),
	START("three leading CRLFs", "\r\n\r\n\r\nREGISTER sip:a SIP/2.0\r\n",
	      REQUEST, IS(REGISTER), .off = 6),
	START("leading LF", "\nREGISTER sip:a SIP/2.0\r\n", REQUEST,
	      IS(REGISTER), .off = 1),
	START("leading space", " REGISTER sip:a SIP/2.0\r\n", NONE),
	START("leading CRLF and space", "\r\n REGISTER sip:a SIP/2.0\r\n", NONE),
	START("leading NUL", "\0REGISTER sip:a SIP/2.0\r\n", NONE),
	START("leading CRLF before a response", "\r\nSIP/2.0 200 OK\r\n",
	      RESPONSE, .status = 200, .off = 2),

	START("response", "SIP/2.0 200 OK\r\n", RESPONSE, .status = 200),
	START("response in lower case", "sip/2.0 401 no\r\n", RESPONSE,
	      .status = 401),
	START("response, reason of several words",
	      "SIP/2.0 503 Service Unavailable\r\n", RESPONSE, .status = 503),
	START("response, reason with tab and UTF-8",
	      "SIP/2.0 200 \t\xd0\xb4\xd0\xb0\r\n", RESPONSE, .status = 200),
	START("response, reason empty", "SIP/2.0 100 \r\n", RESPONSE,
	      .status = 100),
	START("response, reason and its space missing", "SIP/2.0 100\r\n",
	      RESPONSE, .status = 100),
	START("shortest response", "SIP/2.0 100\n", RESPONSE, .status = 100),
	START("response, reason ends in a bare LF", "SIP/2.0 200 OK\nVia: x\n",
	      RESPONSE, .status = 200),
	START("response, bare CR in the reason", "SIP/2.0 200 O\rK\r\n", NONE),
	START("response without line end", "SIP/2.0 200 OK", NONE),
	START("response, line end cut in two", "SIP/2.0 200 OK\r", NONE),
	START("status of two digits", "SIP/2.0 20 OK   \r\n", NONE),
	START("status of four digits", "SIP/2.0 2000 OK\r\n", NONE),
	START("status with a letter", "SIP/2.0 2x0 OK\r\n", NONE),
	START("status with a character after 9", "SIP/2.0 2:0 OK\r\n", NONE),
	START("two spaces before the status", "SIP/2.0  200 OK\r\n", NONE),
	START("tab before the status", "SIP/2.0\t200 OK\r\n", NONE),
	START("response of version 3.0", "SIP/3.0 200 OK\r\n", NONE),
	START("response without version", "SIP 200 OKAY\r\n", NONE),
	START("SIP as a method is no response", "SIP a SIP/2.0\r\n", REQUEST),

	START("nothing at all", "", KEEPALIVE),
	START("CRLF", "\r\n", KEEPALIVE),
	START("CRLF CRLF, the ping of RFC 5626", "\r\n\r\n", KEEPALIVE),
	START("LF", "\n", KEEPALIVE),
	START("one NUL", "\0", KEEPALIVE),
	START("four NULs, as Kamailio pings", "\0\0\0\0", KEEPALIVE),
	START("CRLF and NUL", "\r\n\0", KEEPALIVE),
	START("NUL and something", "\0x", NONE),
	START("NULs and CRLF", "\0\0\r\n", NONE),
	START("space", " ", NONE),
	START("jaK, as X-Lite once pinged", "jaK", NONE),
	START("STUN binding request",
	      "\0\1\0\0\x21\x12\xa4\x42" "abcdefghijkl", NONE),
	START("DNS query", "\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1", NONE),
	START("long text without a line end",
	      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NONE),
	START("long binary",
	      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	      NONE),
};

/* With enough behind, the short way may be gone to the end. */
#define REST_OF_IT \
	"------------------------------------------------------------------"

static void check_start_of(const struct start_case *c, const char *rest)
{
	size_t len = c->len + strlen(rest);
	struct sip_start start;
	char buffer[256], *data;

	assert_true(len <= sizeof(buffer));
	memcpy(buffer, c->data, c->len);
	memcpy(buffer + c->len, rest, strlen(rest));
	data = exact_copy(buffer, len);

	assert_int_equal(ask_start(data, len, &start), c->kind);
	assert_int_equal(start.kind, c->kind);
	assert_int_equal(start.method, c->method);
	assert_int_equal(start.status, c->status);
	assert_int_equal(start.off, c->off);
	if (c->kind == SIP_KIND_REQUEST) {
		assert_int_equal(data[start.off + start.method_len], ' ');
		assert_int_equal(data[start.headers - 1], '\n');
	}
	exact_free(data, len);
}

static void check_start(void **state)
{
	const struct start_case *c = *state;

	check_start_of(c, "");
	if (c->kind != SIP_KIND_KEEPALIVE)
		check_start_of(c, REST_OF_IT);
}

/* What follows a REGISTER's or a 200's start line. */
struct header_case {
	const char *name;
	const char *data;
	size_t len;
	bool response;
	bool key_only;
	int ret;
	unsigned int vias;
	const char *branch;
	bool cookie;
	u32 cseq;
	enum sip_method cseq_method;
	const char *call_id;
	const char *from_tag;
	bool path;
	bool visited;
	bool incomplete;
};

#define L(line)		line "\r\n"
#define VIA		L("Via: SIP/2.0/UDP a;branch=z9hG4bKx")
#define CSEQ		L("CSeq: 1 REGISTER")
#define IDS		L("Call-ID: id") L("From: <sip:a@b>;tag=t")
#define REST		CSEQ IDS L("")

#define HEADER(what, text, ...) \
	{ .name = (what), .data = (text), .len = sizeof(text) - 1, \
	  .cseq_method = SIP_METHOD_REGISTER, __VA_ARGS__ }
/* A Via of interest, in an else ordinary message. */
#define VIA_CASE(what, vias_text, n, br, ...) \
	HEADER(what, vias_text REST, .vias = (n), .branch = (br), \
	       .cookie = true, .cseq = 1, __VA_ARGS__)
/* The same, where the branch has no cookie. */
#define OLD_CASE(what, vias_text, n, br, ...) \
	HEADER(what, vias_text REST, .vias = (n), .branch = (br), \
	       .cseq = 1, .call_id = "id", .from_tag = "t", __VA_ARGS__)
#define FROM_CASE(what, from, want, ...) \
	HEADER(what, L("Via: SIP/2.0/UDP a") CSEQ L("i: id") from L(""), \
	       .vias = 1, .cseq = 1, .call_id = "id", .from_tag = (want), \
	       __VA_ARGS__)
#define CSEQ_CASE(what, text, n, ...) \
	HEADER(what, VIA text IDS L(""), .vias = 1, .branch = "z9hG4bKx", \
	       .cookie = true, .cseq = (n), __VA_ARGS__)
/* A line that changes nothing. */
#define OTHER_CASE(what, text, ...) \
	HEADER(what, VIA text REST, .vias = 1, .branch = "z9hG4bKx", \
	       .cookie = true, .cseq = 1, __VA_ARGS__)
#define BAD(what, text, why) \
	HEADER(what, text, .ret = -SIP_ERR_##why)

static const struct header_case header_cases[] = {
	VIA_CASE("one Via", VIA, 1, "z9hG4bKx"),
	VIA_CASE("two Via lines", VIA VIA, 2, "z9hG4bKx"),
	VIA_CASE("comma list", L("Via: a;branch=z9hG4bKx, b"), 2, "z9hG4bKx"),
	VIA_CASE("comma list without spaces", L("Via: a;branch=z9hG4bKx,b,c"), 3,
		 "z9hG4bKx"),
	VIA_CASE("comma before a branch ends the top value",
		 VIA L("Via: a,b;branch=z9hG4bKno"), 3, "z9hG4bKx"),
	OLD_CASE("the second value's branch is not the top's",
		 L("Via: a, b;branch=z9hG4bKno"), 2, NULL),
	OLD_CASE("nor is the second line's",
		 L("Via: a") L("Via: b;branch=z9hG4bKno"), 2, NULL),
	VIA_CASE("compact name", L("v:a;branch=z9hG4bKx"), 1, "z9hG4bKx"),
	VIA_CASE("compact name in upper case", L("V:a;branch=z9hG4bKx"), 1,
		 "z9hG4bKx"),
	VIA_CASE("any case", L("vIa:a;branch=z9hG4bKx"), 1, "z9hG4bKx"),
	VIA_CASE("space before the colon", L("Via :a;branch=z9hG4bKx"), 1,
		 "z9hG4bKx"),
	VIA_CASE("spaces and tabs around the colon",
		 L("Via \t : \t a;branch=z9hG4bKx"), 1, "z9hG4bKx"),
	VIA_CASE("folded after the colon", L("Via:") L(" a;branch=z9hG4bKx"), 1,
		 "z9hG4bKx"),
	VIA_CASE("folded with a tab", L("Via:") L("\ta;branch=z9hG4bKx"), 1,
		 "z9hG4bKx"),
	VIA_CASE("folded with a bare LF", "Via: a\n ;branch=z9hG4bKx\n", 1,
		 "z9hG4bKx"),
	VIA_CASE("folded comma", L("Via: a;branch=z9hG4bKx") L(" ,b"), 2,
		 "z9hG4bKx"),
	VIA_CASE("folded through a blank line", L("Via: a") L(" ")
		 L(" ;branch=z9hG4bKx"), 1, "z9hG4bKx"),
	VIA_CASE("comma in a quoted string", L("Via: a;x=\"b, c\";branch=z9hG4bKx"),
		 1, "z9hG4bKx"),
	VIA_CASE("comma after an escaped quote",
		 L("Via: a;x=\"b\\\", c\";branch=z9hG4bKx"), 1, "z9hG4bKx"),
	VIA_CASE("comma after an escaped backslash",
		 L("Via: a;x=\"b\\\\\", c;branch=z9hG4bKno") VIA, 3, NULL,
		 .cookie = false, .call_id = "id", .from_tag = "t"),
	VIA_CASE("branch in a quoted string",
		 L("Via: a;x=\";branch=z9hG4bKno\";branch=z9hG4bKx"), 1,
		 "z9hG4bKx"),
	VIA_CASE("comma in a quoted string after the branch",
		 L("Via: a;branch=z9hG4bKx;x=\"b, c\""), 1, "z9hG4bKx"),
	VIA_CASE("comma in a comment", L("Via: a (b, c);branch=z9hG4bKx"), 1,
		 "z9hG4bKx"),
	VIA_CASE("comma in a nested comment",
		 L("Via: a ((b), c);branch=z9hG4bKx"), 1, "z9hG4bKx"),
	VIA_CASE("escaped parenthesis in a comment",
		 L("Via: a (b\\), c);branch=z9hG4bKx"), 1, "z9hG4bKx"),
	VIA_CASE("quote in a comment", L("Via: a (\");branch=z9hG4bKx"), 1,
		 "z9hG4bKx"),
	VIA_CASE("parenthesis in a quoted string",
		 L("Via: a;x=\"(\";branch=z9hG4bKx"), 1, "z9hG4bKx"),
	VIA_CASE("comment after the branch",
		 L("Via: a;branch=z9hG4bKx(b, c)"), 1, "z9hG4bKx"),
	VIA_CASE("IPv6 reference",
		 L("Via: SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bKx"), 1,
		 "z9hG4bKx"),
	VIA_CASE("spaces everywhere",
		 L("Via: SIP / 2.0 / UDP a : 5060 ; rport ; branch = z9hG4bKx "),
		 1, "z9hG4bKx"),
	VIA_CASE("branch folded at each side of =", L("Via: a;branch")
		 L(" =") L(" z9hG4bKx") L(" ;rport"), 1, "z9hG4bKx"),
	VIA_CASE("branch in any case", L("Via: a;BrAnCh=z9hG4bKx"), 1,
		 "z9hG4bKx"),
	VIA_CASE("cookie in any case", L("Via: a;branch=Z9HG4BKx"), 1,
		 "Z9HG4BKx"),
	VIA_CASE("other parameters first",
		 L("Via: a;ttl=1;maddr=b;received=c;rport;branch=z9hG4bKx"), 1,
		 "z9hG4bKx"),
	VIA_CASE("parameter that starts like branch",
		 L("Via: a;branchx=z9hG4bKno;branch=z9hG4bKx"), 1, "z9hG4bKx"),
	VIA_CASE("parameter that ends like branch",
		 L("Via: a;xbranch=z9hG4bKno;branch=z9hG4bKx"), 1, "z9hG4bKx"),
	VIA_CASE("branch without value", L("Via: a;branch;branch=z9hG4bKx"), 1,
		 "z9hG4bKx"),
	VIA_CASE("two branches: the first, be it behind a space",
		 L("Via: a; branch=z9hG4bKx;branch=z9hG4bKy"), 1, "z9hG4bKx"),
	VIA_CASE("two branches: the first",
		 L("Via: a;branch=z9hG4bKx;branch=z9hG4bKno"), 1, "z9hG4bKx"),
	VIA_CASE("every token character",
		 L("Via: a;branch=z9hG4bK-.!%*_+`'~;x"), 1,
		 "z9hG4bK-.!%*_+`'~"),
	VIA_CASE("characters that are none, but sent",
		 L("Via: a;branch=z9hG4bK=/@:|{};x"), 1, "z9hG4bK=/@:|{}"),
	VIA_CASE("branch ends at a space", L("Via: a;branch=z9hG4bKx y"), 1,
		 "z9hG4bKx"),
	VIA_CASE("branch ends at a comma", L("Via: a;branch=z9hG4bKx,b"), 2,
		 "z9hG4bKx"),
	VIA_CASE("branch ends at a quote", L("Via: a;branch=z9hG4bKx\"y\""), 1,
		 "z9hG4bKx"),
	VIA_CASE("branch of one letter past the cookie",
		 L("Via: a;branch=z9hG4bK1"), 1, "z9hG4bK1"),
	OLD_CASE("branch is the cookie alone", L("Via: a;branch=z9hG4bK"), 1,
		 "z9hG4bK"),
	OLD_CASE("branch without cookie", L("Via: a;branch=1"), 1, "1"),
	OLD_CASE("cookie not in front", L("Via: a;branch=xz9hG4bK1"), 1,
		 "xz9hG4bK1"),
	OLD_CASE("cookie with one letter changed", L("Via: a;branch=z9hG4bJ1"),
		 1, "z9hG4bJ1"),
	OLD_CASE("cookie with a bit changed", L("Via: a;branch=z\x19hG4bK1"), 1,
		 "z"),
	OLD_CASE("branch is empty", L("Via: a;branch="), 1, NULL),
	OLD_CASE("branch is empty, more follows", L("Via: a;branch=;rport"), 1,
		 NULL),
	OLD_CASE("branch is quoted", L("Via: a;branch=\"z9hG4bKx\""), 1, NULL),
	OLD_CASE("no parameters", L("Via: a"), 1, NULL),
	OLD_CASE("branch in the host is none", L("Via: branch=z9hG4bKno"), 1,
		 NULL),
	OLD_CASE("semicolon at the end", L("Via: a;"), 1, NULL),
	OLD_CASE("UTF-8 in Via", L("Via: a;x=\xd0\xb4\xd0\xb0\xd0\xb4"), 1, NULL),
	VIA_CASE("UTF-8 before the branch",
		 L("Via: a;x=\xd0\xb4\xd0\xb0\xd0\xb4\xbb\xac;branch=z9hG4bKx"), 1,
		 "z9hG4bKx"),
	VIA_CASE("Via-Proxy is another header", L("Via-Proxy: a, b") VIA, 1,
		 "z9hG4bKx"),
	VIA_CASE("Vi is another header", L("Vi: a, b") VIA, 1, "z9hG4bKx"),
	VIA_CASE("Viaa is another header", L("Viaa: a") VIA, 1, "z9hG4bKx"),
	VIA_CASE("X-Via is another header", L("X-Via: a") VIA, 1, "z9hG4bKx"),
	VIA_CASE("Via after everything else",
		 L("Max-Forwards: 70") CSEQ IDS VIA L("") "ignored: ", 1,
		 "z9hG4bKx"),
	BAD("empty Via", L("Via:") REST, VIA),
	BAD("blank Via", L("Via:  \t ") REST, VIA),
	BAD("blank folded Via", L("Via:") L(" ") REST, VIA),
	BAD("empty second Via", VIA L("Via: ") REST, VIA),
	BAD("comma alone", L("Via: ,") REST, VIA),
	BAD("comma in front", L("Via: ,a") REST, VIA),
	BAD("comma at the end", L("Via: a,") REST, VIA),
	BAD("comma and space at the end", L("Via: a, ") REST, VIA),
	BAD("two commas", L("Via: a,,b") REST, VIA),
	BAD("two commas, a fold between", L("Via: a,") L(" ,b") REST, VIA),
	BAD("open quote", L("Via: a;x=\"b;branch=z9hG4bKx") REST, VIA),
	BAD("open quote, escape at the end", L("Via: a;x=\"b\\") REST, VIA),
	BAD("open comment", L("Via: a (b;branch=z9hG4bKx") REST, VIA),
	BAD("comment open at the outer level", L("Via: a (b (c)") REST, VIA),
	BAD("open quote in the second Via", VIA L("v: a;x=\"") REST, VIA),
	BAD("Via without colon", L("Via a") VIA REST, LINE),
	BAD("Via and nothing", L("Via") VIA REST, LINE),
	BAD("Via and a space", L("Via ") VIA REST, LINE),
	BAD("compact Via and nothing", L("v") VIA REST, LINE),
	BAD("line folded before the colon", L("Via") L(" : a") VIA REST, LINE),
	BAD("no Via", REST, MISSING),

	CSEQ_CASE("CSeq", L("CSeq: 1 REGISTER"), 1),
	CSEQ_CASE("CSeq in any case", L("cSEQ:1 REGISTER"), 1),
	CSEQ_CASE("CSeq 0", L("CSeq: 0 REGISTER"), 0),
	CSEQ_CASE("largest CSeq", L("CSeq: 2147483647 REGISTER"), 2147483647),
	CSEQ_CASE("leading zeros", L("CSeq: 0000000000000000000000007 REGISTER"),
		  7),
	CSEQ_CASE("folded CSeq", L("CSeq:") L(" 1") L("\tREGISTER") L(" "), 1),
	CSEQ_CASE("spaces around", L("CSeq  :  1  \t REGISTER \t "), 1),
	CSEQ_CASE("CSeqs is another header", L("CSeqs: 9 BYE") CSEQ, 1),
	CSEQ_CASE("CSe is another header", L("CSe: 9 BYE") CSEQ, 1),
	BAD("CSeq 2^31", VIA L("CSeq: 2147483648 REGISTER") IDS L(""), CSEQ),
	BAD("CSeq 2^32 + 1", VIA L("CSeq: 4294967297 REGISTER") IDS L(""), CSEQ),
	BAD("CSeq 2^64 + 1",
	    VIA L("CSeq: 18446744073709551617 REGISTER") IDS L(""), CSEQ),
	BAD("CSeq negative", VIA L("CSeq: -1 REGISTER") IDS L(""), CSEQ),
	BAD("CSeq with sign", VIA L("CSeq: +1 REGISTER") IDS L(""), CSEQ),
	BAD("CSeq hexadecimal", VIA L("CSeq: 0x1 REGISTER") IDS L(""), CSEQ),
	BAD("CSeq without number", VIA L("CSeq: REGISTER") IDS L(""), CSEQ),
	BAD("CSeq without method", VIA L("CSeq: 1") IDS L(""), CSEQ),
	BAD("CSeq without method but space", VIA L("CSeq: 1 ") IDS L(""), CSEQ),
	BAD("CSeq without space", VIA L("CSeq: 1REGISTER") IDS L(""), CSEQ),
	BAD("CSeq empty", VIA L("CSeq:") IDS L(""), CSEQ),
	BAD("CSeq with more", VIA L("CSeq: 1 REGISTER x") IDS L(""), CSEQ),
	BAD("CSeq with a parameter", VIA L("CSeq: 1 REGISTER;x") IDS L(""),
	    CSEQ),
	BAD("CSeq of another method", VIA L("CSeq: 1 OPTIONS") IDS L(""), CSEQ),
	BAD("CSeq of the method in lower case",
	    VIA L("CSeq: 1 register") IDS L(""), CSEQ),
	BAD("two CSeqs", VIA CSEQ L("CSeq: 2 REGISTER") IDS L(""), DUPLICATE),
	BAD("two equal CSeqs", VIA CSEQ CSEQ IDS L(""), DUPLICATE),
	BAD("CSeq without colon", VIA L("CSeq 1 REGISTER") CSEQ IDS L(""), LINE),
	BAD("no CSeq", VIA IDS L(""), MISSING),
	HEADER("a response may have any CSeq method",
	       VIA L("CSeq: 2 INVITE") IDS L(""), .response = true, .vias = 1,
	       .branch = "z9hG4bKx", .cookie = true, .cseq = 2,
	       .cseq_method = SIP_METHOD_INVITE),
	HEADER("a response may have an unknown one",
	       VIA L("CSeq: 2 FOO") IDS L(""), .response = true, .vias = 1,
	       .branch = "z9hG4bKx", .cookie = true, .cseq = 2,
	       .cseq_method = SIP_METHOD_OTHER),
	HEADER("but no other than a token",
	       VIA L("CSeq: 2 F(O") IDS L(""), .response = true,
	       .ret = -SIP_ERR_CSEQ),

	FROM_CASE("tag", L("From: <sip:a@b>;tag=x"), "x"),
	FROM_CASE("compact From", L("f:<sip:a@b>;tag=x"), "x"),
	FROM_CASE("no angle brackets", L("From: sip:a@b;tag=x"), "x"),
	FROM_CASE("no tag", L("From: <sip:a@b>"), NULL),
	FROM_CASE("empty tag", L("From: <sip:a@b>;tag="), NULL),
	FROM_CASE("spaces around", L("From: <sip:a@b> ; tag = x ;y"), "x"),
	FROM_CASE("folded", L("From: <sip:a@b>") L(" ;tag") L(" =") L(" x"), "x"),
	FROM_CASE("tag in any case", L("From: <sip:a@b>;TaG=x"), "x"),
	FROM_CASE("tag in angle brackets is the URI's",
		  L("From: <sip:a@b;tag=no>;tag=x"), "x"),
	FROM_CASE("tag in angle brackets only", L("From: <sip:a@b;tag=no>"),
		  NULL),
	FROM_CASE("tag in the display name",
		  L("From: \";tag=no\" <sip:a@b>;tag=x"), "x"),
	FROM_CASE("angle bracket in the display name",
		  L("From: \"<\" <sip:a@b>;tag=x"), "x"),
	FROM_CASE("escaped quote in the display name",
		  L("From: \"\\\";tag=no\" <sip:a@b>;tag=x"), "x"),
	FROM_CASE("tag in another parameter's quotes",
		  L("From: <sip:a@b>;y=\";tag=no\";tag=x"), "x"),
	FROM_CASE("parameter that starts like tag",
		  L("From: <sip:a@b>;tags=no;tag=x"), "x"),
	FROM_CASE("tag of nine letters at the end",
		  L("From: <sip:a@b>;tag=123456789"), "123456789"),
	FROM_CASE("unquoted display name", L("From: A B <sip:a@b>;tag=x"), "x"),
	FROM_CASE("Fromage is another header",
		  L("Fromage: <sip:a@b>;tag=no") L("From: <sip:a@b>;tag=x"), "x"),
	BAD("open quote in From",
	    L("Via: a") CSEQ L("i: id") L("From: \"a <sip:a@b>;tag=x") L(""),
	    FROM),
	BAD("open angle bracket in From",
	    L("Via: a") CSEQ L("i: id") L("From: <sip:a@b;tag=x") L(""), FROM),
	BAD("two Froms", L("Via: a") CSEQ IDS L("f: <sip:c@d>;tag=x") L(""),
	    DUPLICATE),
	HEADER("two Froms where none is needed",
	       VIA CSEQ IDS L("f: <sip:c@d>;tag=x") L(""), .vias = 1,
	       .branch = "z9hG4bKx", .cookie = true, .cseq = 1),
	BAD("From without colon", L("Via: a") L("From <sip:a@b>") REST, LINE),
	BAD("no From where it is needed", L("Via: a") CSEQ L("i: id") L(""),
	    MISSING),
	HEADER("no From where it is not", VIA CSEQ L("i: id") L(""), .vias = 1,
	       .branch = "z9hG4bKx", .cookie = true, .cseq = 1),
	HEADER("open quote in From where it is not needed",
	       VIA CSEQ L("f: \"a") L(""), .vias = 1, .branch = "z9hG4bKx",
	       .cookie = true, .cseq = 1),

	HEADER("Call-ID", L("Via: a") CSEQ L("Call-ID: a b@c ")
	       L("f: <sip:a@b>") L(""), .vias = 1, .cseq = 1,
	       .call_id = "a b@c"),
	HEADER("compact Call-ID", L("Via: a") CSEQ L("I:x") L("f: <sip:a@b>")
	       L(""), .vias = 1, .cseq = 1, .call_id = "x"),
	HEADER("folded Call-ID", L("Via: a") CSEQ L("CALL-id:") L(" x") L(" ")
	       L("f: <sip:a@b>") L(""), .vias = 1, .cseq = 1, .call_id = "x"),
	HEADER("Call-Info and In-Reply-To are others",
	       L("Via: a") CSEQ L("Call-Info: <x>") L("In-Reply-To: no")
	       L("Call-ID: x") L("f: <sip:a@b>") L(""), .vias = 1, .cseq = 1,
	       .call_id = "x"),
	BAD("two Call-IDs", L("Via: a") CSEQ IDS L("i: x") L(""), DUPLICATE),
	HEADER("two Call-IDs where none is needed",
	       VIA CSEQ IDS L("i: x") L(""), .vias = 1, .branch = "z9hG4bKx",
	       .cookie = true, .cseq = 1),
	BAD("empty Call-ID where it is needed",
	    L("Via: a") CSEQ L("i:  ") L("f: <sip:a@b>") L(""), MISSING),
	BAD("no Call-ID where it is needed",
	    L("Via: a") CSEQ L("f: <sip:a@b>") L(""), MISSING),

	OTHER_CASE("Path", L("Path: <sip:x;lr>"), .path = true),
	OTHER_CASE("Path in any case, with spaces", L("pATH : <sip:x;lr>"),
		   .path = true),
	OTHER_CASE("empty Path", L("Path:"), .path = true),
	OTHER_CASE("two Paths", L("Path: <sip:x>") L("Path: <sip:y>"),
		   .path = true),
	OTHER_CASE("Paths is another header", L("Paths: x")),
	OTHER_CASE("Supported: path is no Path", L("Supported: path")),
	BAD("Path without colon", VIA L("Path <sip:x>") REST, LINE),
	OTHER_CASE("P-Visited-Network-ID", L("P-Visited-Network-ID: x"),
		   .visited = true),
	OTHER_CASE("P-Visited-Network-ID in any case",
		   L("p-vISITED-nETWORK-id\t: x"), .visited = true),
	OTHER_CASE("one letter less", L("P-Visited-Network-I: x")),
	OTHER_CASE("one letter more", L("P-Visited-Network-IDs: x")),
	OTHER_CASE("one letter changed, past the eighth",
		   L("P-Visited-Netvork-ID: x")),
	OTHER_CASE("cut within the name", L("P-Visited")),
	OTHER_CASE("P-Access-Network-Info", L("P-Access-Network-Info: x")),

	OTHER_CASE("unknown header", L("Foo: bar")),
	OTHER_CASE("unknown compact headers", L("c: x") L("l: 0") L("m: <x>")
		   L("s:") L("t: <x>") L("k: path")),
	OTHER_CASE("header with bytes above 127",
		   L("Foo: \xff\xfe\xd0\xb0\xa0\x80\x9f\xff\xff\xff\xff\xff")),
	OTHER_CASE("header with NUL, tab and controls",
		   L("Foo: \0\t\1\2\3\x1f\x7f bar")),
	OTHER_CASE("name with bytes above 127",
		   L("\xd0\xb0\xf6\xe3\xe6: \xe9\xf0")),
	OTHER_CASE("line without colon", L("foo bar")),
	OTHER_CASE("line of a colon", L(":")),
	OTHER_CASE("line of a quote", L("\"")),
	OTHER_CASE("line of digits that look like our letters, bit 5 apart",
		   L("6: a, b") L("#: x") L("&: x") L(")") L("0: x")),
	OTHER_CASE("Via in another header's folded line",
		   L("Foo: x") L(" Via: a, b") L("\tPath: x")),
	OTHER_CASE("bare LFs", "Foo: x\nBar: y\n z\n"),
	OTHER_CASE("very long line",
		   L("Foo: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
	VIA_CASE("all lines end in LF",
		 "Via: a;branch=z9hG4bKx\nCSeq: 1 REGISTER\n\n", 1, "z9hG4bKx"),
	BAD("bare CR in a line", VIA L("Foo: a\rb") REST, LINE),
	BAD("bare CR before a Via", VIA "Foo: a\rVia: b\r\n" REST, LINE),
	BAD("bare CR starts a line", VIA "\rFoo: a\r\n" REST, LINE),
	BAD("CR CR LF", VIA "Foo: a\r\r\n" REST, LINE),
	BAD("bare CR in a folded line", VIA L("Foo: a") L(" b\rc") REST, LINE),
	BAD("space before the first header", " " VIA REST, LINE),
	BAD("tab before the first header", "\t" VIA REST, LINE),
	BAD("LF CR is no line end", VIA "Foo: a\n\r" REST, LINE),

	BAD("no header at all", L(""), MISSING),
	BAD("nothing", "", TRUNCATED),
	BAD("CR", "\r", TRUNCATED),
	BAD("no empty line", VIA CSEQ IDS, TRUNCATED),
	BAD("empty line cut in two", VIA CSEQ IDS "\r", TRUNCATED),
	BAD("cut within a line", VIA CSEQ "From: <si", TRUNCATED),
	HEADER("nothing counts past the empty line",
	       VIA REST VIA L("Path: x") "\r", .vias = 1, .branch = "z9hG4bKx",
	       .cookie = true, .cseq = 1),
	HEADER("empty line of LF, and a body with CRs", VIA CSEQ IDS "\n\r\r\r",
	       .vias = 1, .branch = "z9hG4bKx", .cookie = true, .cseq = 1),
	HEADER("a body that starts with a space", VIA REST " x", .vias = 1,
	       .branch = "z9hG4bKx", .cookie = true, .cseq = 1),

	HEADER("key: stops at the CSeq", VIA CSEQ "garbage\r",
	       .key_only = true, .vias = 1, .branch = "z9hG4bKx",
	       .cookie = true, .cseq = 1, .incomplete = true),
	HEADER("key: stops at the Via", CSEQ VIA "Via", .key_only = true,
	       .vias = 1, .branch = "z9hG4bKx", .cookie = true, .cseq = 1,
	       .incomplete = true),
	HEADER("key: needs the line after, which might be folded", VIA CSEQ,
	       .key_only = true, .ret = -SIP_ERR_TRUNCATED),
	HEADER("key: without cookie goes on to Call-ID and From",
	       L("Via: a") CSEQ IDS "garbage\r", .key_only = true, .vias = 1,
	       .cseq = 1, .call_id = "id", .from_tag = "t",
	       .incomplete = true),
	HEADER("key: without cookie nor From", L("Via: a") CSEQ L("i: id") L(""),
	       .key_only = true, .ret = -SIP_ERR_MISSING),
	HEADER("key: the top Via's values are counted, no more",
	       L("Via: a;branch=z9hG4bKx, b") CSEQ VIA REST, .key_only = true,
	       .vias = 2, .branch = "z9hG4bKx", .cookie = true, .cseq = 1,
	       .incomplete = true),
	HEADER("key: to the empty line if it must", VIA IDS L(""),
	       .key_only = true, .ret = -SIP_ERR_MISSING),
};

static void check_headers_of(const struct header_case *c, const char *body)
{
	static const char request[] = "REGISTER sip:a SIP/2.0\r\n";
	static const char response[] = "SIP/2.0 200 OK\r\n";
	const char *line = c->response ? response : request;
	size_t line_len = strlen(line), len = line_len + c->len + strlen(body);
	struct sip_start start;
	struct sip_headers h;
	char buffer[1024];
	char *data;
	int ret;

	assert_true(len <= sizeof(buffer));
	memcpy(buffer, line, line_len);
	memcpy(buffer + line_len, c->data, c->len);
	memcpy(buffer + line_len + c->len, body, strlen(body));
	data = exact_copy(buffer, len);

	assert_int_equal(ask_start(data, len, &start),
			 c->response ? SIP_KIND_RESPONSE : SIP_KIND_REQUEST);
	assert_int_equal(start.headers, line_len);
	ret = ask_headers(data, len, &start,
			  c->key_only ? SIP_WANT_KEY : SIP_WANT_ALL, &h);
	assert_int_equal(ret, c->ret);
	if (ret)
		goto out;
	assert_int_equal(h.via_count, c->vias);
	assert_span(data, h.branch, c->branch);
	assert_int_equal(h.branch_cookie, c->cookie);
	assert_true(h.has_cseq);
	assert_int_equal(h.cseq, c->cseq);
	assert_int_equal(h.cseq_method, c->cseq_method);
	if (h.cseq_method_text.len && c->cseq_method != SIP_METHOD_OTHER)
		assert_span(data, h.cseq_method_text,
			    reference_method(c->cseq_method));
	assert_span(data, h.call_id, c->call_id);
	assert_span(data, h.from_tag, c->from_tag);
	assert_int_equal(h.has_path, c->path);
	assert_int_equal(h.has_visited, c->visited);
	assert_int_equal(h.complete, !c->incomplete);
out:
	exact_free(data, len);
}

static void check_headers(void **state)
{
	const struct header_case *c = *state;

	check_headers_of(c, "");
	if (c->ret != -SIP_ERR_TRUNCATED)
		check_headers_of(c, REST_OF_IT);
}

#define OWN_CSEQ	"CSeq: 1 REGISTER\r\nMax-Forwards: 70\r\n"
#define OWN_VIA	"Via: SIP/2.0/UDP 10.45.0.2:5060;branch=z9hG4bKa\r\n"

static const struct own_case {
	const char *name;
	const char *headers;
	bool own;
} own_cases[] = {
	{ "own: as a UE writes it", OWN_VIA "Call-ID: a\r\n", true },
	{ "own: with header fields of 3GPP",
	  OWN_VIA "P-Access-Network-Info: 3GPP-E-UTRAN-FDD\r\n"
	  "P-Preferred-Identity: <sip:a@b>\r\nPrivacy: id\r\n", true },
	{ "own: two Vias", OWN_VIA OWN_VIA },
	{ "own: two Vias, one compact", OWN_VIA "v: SIP/2.0/UDP a\r\n" },
	{ "own: two Vias, one in capitals", OWN_VIA "VIA: SIP/2.0/UDP a\r\n" },
	{ "own: two Vias in one line",
	  "Via: SIP/2.0/UDP a;branch=z9hG4bKa, SIP/2.0/UDP b\r\n" },
	{ "own: Path", OWN_VIA "Path: <sip:a>\r\n" },
	{ "own: Path in small letters", OWN_VIA "path: <sip:a>\r\n" },
	{ "own: P-Visited-Network-ID", OWN_VIA "P-Visited-Network-ID: a\r\n" },
	{ "own: p-visited-network-id", OWN_VIA "p-visited-network-id: a\r\n" },
	{ "own: a folded Via", "Via: SIP/2.0/UDP a\r\n ;branch=z9hG4bKa\r\n" },
	{ "own: no CR", OWN_VIA "Call-ID: a\nTo: b\r\n" },
	{ "own: no Via", "Call-ID: a\r\n" },
};

static bool is_own(const char *line, const char *headers, const char *end)
{
	char data[1024];
	int len;

	len = snprintf(data, sizeof(data), "%s%s%s", line, headers, end);
	assert_in_range(len, 0, sizeof(data) - 1);
	check_against_reference(data, len);
	return ask_is_own(data, len);
}

static bool has_key(const char *line, const char *headers, const char *end)
{
	struct sip_headers h;
	char data[1024];
	int len;

	len = snprintf(data, sizeof(data), "%s%s%s", line, headers, end);
	assert_in_range(len, 0, sizeof(data) - 1);
	check_against_reference(data, len);
	return ask_own_key(data, len, &h);
}

/* Of a response, nothing behind the CSeq matters. */
static void a_response_is_read_to_its_cseq(void **state)
{
	static const char answer[] = "SIP/2.0 401 Unauthorized\r\n" OWN_VIA
		"From: <sip:a>\r\nCSeq: 31 REGISTER\r\nVia: x\r\n\r\n";
	static const char question[] = "REGISTER sip:a SIP/2.0\r\n" OWN_VIA
		OWN_CSEQ "\r\n";
	static const char nameless[] = "SIP/2.0 200 OK\r\n" OWN_VIA "\r\n";
	struct sip_headers h;

	assert_true(ask_response_key(answer, strlen(answer), &h));
	assert_span(answer, h.branch, "z9hG4bKa");
	assert_int_equal(h.cseq, 31);
	assert_int_equal(h.cseq_method, SIP_METHOD_REGISTER);
	assert_false(ask_response_key(question, strlen(question), &h));
	assert_false(ask_response_key(nameless, strlen(nameless), &h));
	assert_false(ask_response_key(answer, strlen(answer) - 2, &h));
}

static void check_own(void **state)
{
	static const char request[] = "REGISTER sip:a SIP/2.0\r\n";
	const struct own_case *c = *state;

	assert_int_equal(is_own(request, c->headers, "\r\n"), c->own);
	assert_false(has_key(request, c->headers, "\r\n"));
	assert_int_equal(has_key(request, c->headers, OWN_CSEQ "\r\n"), c->own);
	assert_false(has_key(request, c->headers, OWN_CSEQ OWN_CSEQ "\r\n"));
	assert_false(is_own(request, c->headers, ""));
	assert_false(is_own(request, c->headers, "\r\nbody"));
	assert_false(is_own("OPTIONS sip:a SIP/2.0\r\n", c->headers, "\r\n"));
	assert_false(is_own("SIP/2.0 200 OK\r\n", c->headers, "\r\n"));
}

static void plain_method_is_the_method(void **state)
{
	static const char rest[] = " sip:a SIP/2.0\r\n\r\n";
	char data[64];
	int method;

	for (method = 0; method < SIP_METHOD_OTHER; method++) {
		snprintf(data, sizeof(data), "%s%s", reference_method(method),
			 rest);
		assert_int_equal(ask_plain_method(data, strlen(data)), method);
		assert_int_equal(ask_plain_method(data, strlen(data) - 2),
				 SIP_METHOD_OTHER);
	}
	assert_int_equal(ask_plain_method("OPTIONS sip:a\r\n\r\n", 17),
			 SIP_METHOD_OTHER);
}

static void method_names_and_numbers_agree(void **state)
{
	const char *name;
	char other[16];
	int method;
	size_t i;

	for (method = 0; method < SIP_METHOD_OTHER; method++) {
		name = reference_method(method);
		assert_non_null(name);
		assert_int_equal(sip_method_parse(name, strlen(name)), method);
		for (i = 0; i < strlen(name); i++) {
			strcpy(other, name);
			other[i] ^= 0x20;
			assert_int_equal(sip_method_parse(other, strlen(name)),
					 SIP_METHOD_OTHER);
		}
	}
	assert_int_equal(sip_method_parse("", 0), SIP_METHOD_OTHER);
}

int main(void)
{
	struct CMUnitTest tests[COUNT_OF(start_cases) +
				COUNT_OF(header_cases) +
				COUNT_OF(own_cases) + 3] = {
		cmocka_unit_test(method_names_and_numbers_agree),
		cmocka_unit_test(plain_method_is_the_method),
		cmocka_unit_test(a_response_is_read_to_its_cseq),
	};
	size_t i, n = 3;

	for (i = 0; i < COUNT_OF(start_cases); i++)
		tests[n++] = test_of(start_cases[i].name, check_start,
				     &start_cases[i]);
	for (i = 0; i < COUNT_OF(header_cases); i++)
		tests[n++] = test_of(header_cases[i].name, check_headers,
				     &header_cases[i]);
	for (i = 0; i < COUNT_OF(own_cases); i++)
		tests[n++] = test_of(own_cases[i].name, check_own,
				     &own_cases[i]);
	return run_tap("sip_rules", tests, n);
}

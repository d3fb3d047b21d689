// SPDX-License-Identifier: GPL-2.0
/*
 * Whole messages: what phones and proxies send, the examples of RFC 3261, and
 * those of the torture messages of RFC 4475 that say something to a parser that
 * reads start line, Via, CSeq, Call-ID and From.
 */
#include "sip_corpus.h"

#define L(line)		line "\r\n"
#define MSG(text)	.data = (text), .len = sizeof(text) - 1

#define MISDIRECTED \
	L("REGISTER sip:ims.mnc001.mcc001.3gppnetwork.org SIP/2.0") \
	L("Via: SIP/2.0/UDP 10.45.0.2:5060;rport;branch=z9hG4bKPj0b1c2d3e") \
	L("Route: <sip:scscf.example.org:5054;transport=TCP;lr;orig>") \
	L("Max-Forwards: 70") \
	L("From: <sip:alice@ims.example.org>;tag=5f6e7d8c") \
	L("To: <sip:alice@ims.example.org>") \
	L("Call-ID: 4c5d6e7f8a9b0c1d") \
	L("CSeq: 41903 REGISTER") \
	L("User-Agent: ims-phone 2.17") \
	L("Supported: path, gruu") \
	L("P-Access-Network-Info: 3GPP-E-UTRAN-FDD; utran-cell-id-3gpp=001") \
	L("Contact: <sip:alice@10.45.0.2:5060;ob>") \
	L("Expires: 300") \
	L("Authorization: Digest username=\"alice@ims.example.org\", " \
	  "realm=\"ims.example.org\", nonce=\"\", uri=\"sip:ims.example.org\", " \
	  "response=\"\"") \
	L("Content-Length:  0") L("")

const char misdirected_register[] = MISDIRECTED;
const size_t misdirected_register_len = sizeof(misdirected_register) - 1;

#define RELAYED(vias, more) \
	L("REGISTER sip:ims.example.org SIP/2.0") vias \
	L("Max-Forwards: 69") \
	L("From: <sip:alice@ims.example.org>;tag=5f6e7d8c") \
	L("To: <sip:alice@ims.example.org>") \
	L("Call-ID: 4c5d6e7f8a9b0c1d") \
	L("CSeq: 41903 REGISTER") more \
	L("Content-Length: 0") L("")

#define IS_RELAYED \
	.kind = SIP_KIND_REQUEST, .method = SIP_METHOD_REGISTER, \
	.branch = "z9hG4bKpcscf1", .cookie = true, .cseq = 41903, \
	.cseq_method = SIP_METHOD_REGISTER

#define SDP \
	L("v=0") L("o=mhandley 29739 7272939 IN IP4 192.0.2.3") L("s=-") \
	L("c=IN IP4 192.0.2.4") L("t=0 0") L("m=audio 49217 RTP/AVP 0 12") \
	L("m=video 3227 RTP/AVP 31") L("a=rtpmap:31 LPC")

#define IS_REQUEST(m) \
	.kind = SIP_KIND_REQUEST, .method = SIP_METHOD_##m, \
	.cseq_method = SIP_METHOD_##m
#define IS_RESPONSE(m) \
	.kind = SIP_KIND_RESPONSE, .method = SIP_METHOD_OTHER, \
	.cseq_method = SIP_METHOD_##m
#define IS_NONE \
	.kind = SIP_KIND_NONE, .method = SIP_METHOD_OTHER

const struct sip_message sip_corpus[] = {
	{
		.name = "misdirected REGISTER of a phone",
		MSG(MISDIRECTED),
		IS_REQUEST(REGISTER), .vias = 1, .cseq = 41903,
		.branch = "z9hG4bKPj0b1c2d3e", .cookie = true,
	}, {
		.name = "relayed REGISTER, one Via a line, Path, visited network",
		MSG(RELAYED(L("Via: SIP/2.0/UDP 203.0.113.1:5060;"
			      "branch=z9hG4bKpcscf1")
			    L("Via: SIP/2.0/UDP 10.45.0.2:5060;rport=5060;"
			      "received=10.45.0.2;branch=z9hG4bKPj0b1c2d3e"),
			    L("Path: <sip:term@pcscf.example.org;lr>")
			    L("P-Visited-Network-ID: \"example.org\""))),
		IS_RELAYED, .vias = 2, .path = true, .visited = true,
	}, {
		.name = "relayed REGISTER, Vias in a comma list",
		MSG(RELAYED(L("Via: SIP/2.0/UDP 203.0.113.1;branch=z9hG4bKpcscf1,"
			      "SIP/2.0/UDP 10.45.0.2;branch=z9hG4bKx"), "")),
		IS_RELAYED, .vias = 2,
	}, {
		.name = "relayed REGISTER, compact Vias",
		MSG(RELAYED(L("v: SIP/2.0/UDP 203.0.113.1;branch=z9hG4bKpcscf1")
			    L("v: SIP/2.0/UDP 10.45.0.2;branch=z9hG4bKx"), "")),
		IS_RELAYED, .vias = 2,
	}, {
		.name = "relayed REGISTER, Vias on folded lines",
		MSG(RELAYED(L("Via:") L(" SIP/2.0/UDP 203.0.113.1")
			    L("\t;branch=z9hG4bKpcscf1 ,")
			    L("  SIP/2.0/UDP 10.45.0.2;branch=z9hG4bKx"), "")),
		IS_RELAYED, .vias = 2,
	}, {
		.name = "relayed REGISTER, second Via at the very end",
		MSG(RELAYED(L("Via: SIP/2.0/UDP 203.0.113.1;branch=z9hG4bKpcscf1"),
			    L("VIA : SIP/2.0/UDP 10.45.0.2;branch=z9hG4bKx"))),
		IS_RELAYED, .vias = 2,
	}, {
		.name = "relayed REGISTER, three Vias in three spellings",
		MSG(RELAYED(L("vIA:SIP/2.0/UDP 203.0.113.1;branch=z9hG4bKpcscf1")
			    L("V\t: SIP / 2.0 / TLS [2001:db8::1]:5061"),
			    L("Via: SIP/2.0/UDP 10.45.0.2;branch=z9hG4bKx"))),
		IS_RELAYED, .vias = 3,
	}, {
		.name = "401 to a REGISTER",
		MSG(L("SIP/2.0 401 Unauthorized")
		    L("Via: SIP/2.0/UDP 10.45.0.2:5060;rport=5060;"
		      "received=10.45.0.2;branch=z9hG4bKPj0b1c2d3e")
		    L("From: <sip:alice@ims.example.org>;tag=5f6e7d8c")
		    L("To: <sip:alice@ims.example.org>;tag=b27e1a1d")
		    L("Call-ID: 4c5d6e7f8a9b0c1d")
		    L("CSeq: 41903 REGISTER")
		    L("WWW-Authenticate: Digest realm=\"ims.example.org\", "
		      "nonce=\"Via: x\"")
		    L("Content-Length: 0") L("")),
		IS_RESPONSE(REGISTER), .vias = 1, .cseq = 41903,
		.branch = "z9hG4bKPj0b1c2d3e", .cookie = true,
	}, {
		.name = "200 with Service-Route and Path",
		MSG(L("SIP/2.0 200 OK")
		    L("v: SIP/2.0/UDP 10.45.0.2;branch=z9hG4bKPj0b1c2d3e")
		    L("Path: <sip:term@pcscf.example.org;lr>")
		    L("Service-Route: <sip:scscf.example.org:5054;lr;orig>")
		    L("f: <sip:alice@ims.example.org>;tag=5f6e7d8c")
		    L("t: <sip:alice@ims.example.org>;tag=b27e1a1d")
		    L("i: 4c5d6e7f8a9b0c1d")
		    L("CSeq: 41904 REGISTER") L("l: 0") L("")),
		IS_RESPONSE(REGISTER), .vias = 1, .cseq = 41904, .path = true,
		.branch = "z9hG4bKPj0b1c2d3e", .cookie = true,
	}, {
		.name = "OPTIONS that allows REGISTER",
		MSG(L("OPTIONS sip:REGISTER@ims.example.org SIP/2.0")
		    L("Allow: REGISTER")
		    L("Via: SIP/2.0/UDP 10.45.0.2;branch=z9hG4bKopt")
		    L("From: \"REGISTER sip:x SIP/2.0\" <sip:a@b>;tag=1")
		    L("To: <sip:alice@ims.example.org>")
		    L("Call-ID: REGISTER") L("CSeq: 7 OPTIONS")
		    L("Content-Length: 0") L("")),
		IS_REQUEST(OPTIONS), .vias = 1, .cseq = 7,
		.branch = "z9hG4bKopt", .cookie = true,
	}, {
		.name = "headers in the body are no headers",
		MSG(L("MESSAGE sip:bob@example.org SIP/2.0")
		    L("Via: SIP/2.0/UDP 10.45.0.2;branch=z9hG4bKmsg")
		    L("From: <sip:a@b>;tag=1") L("To: <sip:c@d>")
		    L("Call-ID: 1") L("CSeq: 1 MESSAGE")
		    L("Content-Length: 54") L("")
		    L("Via: SIP/2.0/UDP x") L("Path: <sip:x>")
		    L("CSeq: 9 INVITE") L("")),
		IS_REQUEST(MESSAGE), .vias = 1, .cseq = 1,
		.branch = "z9hG4bKmsg", .cookie = true,
	}, {
		.name = "RFC 3261 24.1: F1 REGISTER",
		MSG(L("REGISTER sip:registrar.biloxi.com SIP/2.0")
		    L("Via: SIP/2.0/UDP bobspc.biloxi.com:5060;"
		      "branch=z9hG4bKnashds7")
		    L("Max-Forwards: 70") L("To: Bob <sip:bob@biloxi.com>")
		    L("From: Bob <sip:bob@biloxi.com>;tag=456248")
		    L("Call-ID: 843817637684230@998sdasdh09")
		    L("CSeq: 1826 REGISTER") L("Contact: <sip:bob@192.0.2.4>")
		    L("Expires: 7200") L("Content-Length: 0") L("")),
		IS_REQUEST(REGISTER), .vias = 1, .cseq = 1826,
		.branch = "z9hG4bKnashds7", .cookie = true,
	}, {
		.name = "RFC 3261 24.2: F4 INVITE through two proxies",
		MSG(L("INVITE sip:bob@192.0.2.4 SIP/2.0")
		    L("Via: SIP/2.0/UDP server10.biloxi.com;"
		      "branch=z9hG4bK4b43c2ff8.1")
		    L("Via: SIP/2.0/UDP bigbox3.site3.atlanta.com;"
		      "branch=z9hG4bK77ef4c2312983.1;received=192.0.2.2")
		    L("Via: SIP/2.0/UDP pc33.atlanta.com;"
		      "branch=z9hG4bKnashds8;received=192.0.2.1")
		    L("Max-Forwards: 68") L("To: Bob <sip:bob@biloxi.com>")
		    L("From: Alice <sip:alice@atlanta.com>;tag=1928301774")
		    L("Call-ID: a84b4c76e66710") L("CSeq: 314159 INVITE")
		    L("Contact: <sip:alice@pc33.atlanta.com>")
		    L("Content-Type: application/sdp")
		    L("Content-Length: 142") L("") SDP),
		IS_REQUEST(INVITE), .vias = 3, .cseq = 314159,
		.branch = "z9hG4bK4b43c2ff8.1", .cookie = true,
	}, {
		.name = "RFC 3261 20.42: spaces inside Via",
		MSG(L("OPTIONS sip:a@example.com SIP/2.0")
		    L("Via: SIP / 2.0 / UDP first.example.com: 4000;ttl=16")
		    L("  ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1")
		    L("From: <sip:a@b>;tag=1") L("To: <sip:c@d>")
		    L("Call-ID: 1") L("CSeq: 1 OPTIONS") L("")),
		IS_REQUEST(OPTIONS), .vias = 1, .cseq = 1,
		.branch = "z9hG4bKa7c6a8dlze.1", .cookie = true,
	}, {
		.name = "RFC 3261 7.3.1: Vias as rows, list and mixed case names",
		MSG(L("OPTIONS sip:a@example.com SIP/2.0")
		    L("Via: SIP/2.0/UDP erlang.bell-telephone.com:5060;"
		      "branch=z9hG4bK87asdks7, SIP/2.0/UDP "
		      "192.0.2.1:5060 ;received=192.0.2.207")
		    L("      ;branch=z9hG4bK77asjd")
		    L("f: <sip:a@b>;tag=1") L("To: <sip:c@d>")
		    L("CALL-ID: 1") L("CsEq: 1 OPTIONS") L("")),
		IS_REQUEST(OPTIONS), .vias = 2, .cseq = 1,
		.branch = "z9hG4bK87asdks7", .cookie = true,
	}, {
		.name = "RFC 2543: no branch, a comment with commas, no From tag",
		MSG(L("REGISTER sip:bell-tel.com SIP/2.0")
		    L("Via: SIP/2.0/UDP saturn.bell-tel.com "
		      "(Acme (server, big), v1; branch=z9hG4bKno)")
		    L("From: <sip:watson@bell-tel.com>")
		    L("To: sip:watson@bell-tel.com")
		    L("Call-ID: 70710@saturn.bell-tel.com")
		    L("CSeq: 1 REGISTER") L("Content-Length: 0") L("")),
		IS_REQUEST(REGISTER), .vias = 1, .cseq = 1,
		.call_id = "70710@saturn.bell-tel.com",
	}, {
		.name = "RFC 4475 3.1.1.1: a short tortuous INVITE",
		MSG(L("INVITE sip:vivekg@chair-dnrc.example.com;unknownparam "
		      "SIP/2.0")
		    L("TO :") L(" sip:vivekg@chair-dnrc.example.com ;"
				"   tag    = 1918181833n")
		    L("from   : \"J Rosenberg \\\\\\\"\""
		      "       <sip:jdrosen@example.com>")
		    L("  ;") L("  tag = 98asjd8") L("MaX-fOrWaRdS: 0068")
		    L("Call-ID: wsinv.ndaksdj@192.0.2.1")
		    L("Content-Length   : 150") L("cseq: 0009") L("  INVITE")
		    L("Via  : SIP  /   2.0") L(" /UDP")
		    L("    192.0.2.2;branch=390skdjuw") L("s :")
		    L("NewFangledHeader:   newfangled value")
		    L(" continued newfangled value")
		    L("UnknownHeaderWithUnusualValue: ;;,,;;,;")
		    L("Content-Type: application/sdp") L("Route:")
		    L(" <sip:services.example.com;lr;unknownwith=value;"
		      "unknown-no-value>")
		    L("v:  SIP  / 2.0  / TCP     spindle.example.com   ;")
		    L("  branch  =   z9hG4bK9ikj8  ,")
		    L(" SIP  /    2.0   / UDP  192.168.255.111   ; branch=")
		    L(" z9hG4bK30239")
		    L("m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ;"
		      " newparam =")
		    L("      newvalue ;") L("  secondparam ; q = 0.33") L("")
		    SDP),
		IS_REQUEST(INVITE), .vias = 3, .cseq = 9,
		.branch = "390skdjuw", .call_id = "wsinv.ndaksdj@192.0.2.1",
		.from_tag = "98asjd8",
	}, {
		.name = "RFC 4475 3.1.1.2: wide range of valid characters",
		MSG(L("!interesting-Method0123456789_*+`.%indeed'~ "
		      "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
		      ":&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com "
		      "SIP/2.0")
		    L("Via: SIP/2.0/TCP host1.example.com;"
		      "branch=z9hG4bK-.!%66*_+`'~")
		    L("To: \"BEL:\\\a NUL:\\\0 DEL:\\\x7f\" "
		      "<sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
		      "@example.com>")
		    L("From: token1~` token2'+_ token3*%!.- "
		      "<sip:mundane@example.com>;fromParam''~+*_!.-%=\"\xd1\x80"
		      "\xd0\xb0\xd0\xb1\xd0\xbe\xd1\x82\xd0\xb0\xd1\x8e\xd1\x89"
		      "\xd0\xb8\xd0\xb9\";tag=_token~1'+`*%!-.")
		    L("Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{")
		    L("CSeq: 139122385 "
		      "!interesting-Method0123456789_*+`.%indeed'~")
		    L("Max-Forwards: 255")
		    L("extensionHeader-!.%*+_`'~:\xef\xbb\xbf\xe5\xa4\xa7"
		      "\xe5\x81\x9c\xe9\x9b\xbb")
		    L("Content-Length: 0") L("")),
		IS_REQUEST(OTHER), .vias = 1, .cseq = 139122385,
		.branch = "z9hG4bK-.!%66*_+`'~", .cookie = true,
	}, {
		.name = "RFC 4475 3.1.1.3: escapes in URIs",
		MSG(L("INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0")
		    L("To: sip:%75se%72@example.com")
		    L("From: <sip:I%20have%20spaces@example.net>;tag=938")
		    L("Max-Forwards: 87")
		    L("i: esc01.239409asdfakjkn23onasd0-3234")
		    L("CSeq: 234234 INVITE")
		    L("Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bKkdjuw")
		    L("C: application/sdp") L("Contact:")
		    L("  <sip:cal%6Cer@host5.example.net;%6C%72;"
		      "n%61me=v%61lue%25%34%31>")
		    L("Content-Length: 150") L("") SDP),
		IS_REQUEST(INVITE), .vias = 1, .cseq = 234234,
		.branch = "z9hG4bKkdjuw", .cookie = true,
	}, {
		.name = "RFC 4475 3.1.1.4: escaped NULs in a REGISTER",
		MSG(L("REGISTER sip:example.com SIP/2.0")
		    L("To: sip:null-%00-null@example.com")
		    L("From: sip:null-%00-null@example.com;tag=839923423")
		    L("Max-Forwards: 70")
		    L("Call-ID: escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd")
		    L("CSeq: 14398234 REGISTER")
		    L("Via: SIP/2.0/UDP host5.example.com;branch=z9hG4bKkdjuw")
		    L("Contact: <sip:%00@host5.example.com>")
		    L("Contact: <sip:%00%00@host5.example.com>")
		    L("L:0") L("")),
		IS_REQUEST(REGISTER), .vias = 1, .cseq = 14398234,
		.branch = "z9hG4bKkdjuw", .cookie = true,
	}, {
		.name = "RFC 4475 3.1.1.5: RE%47IST%45R is no REGISTER",
		MSG(L("RE%47IST%45R sip:registrar.example.com SIP/2.0")
		    L("To: \"%Z%45\" <sip:resource@example.com>")
		    L("From: \"%Z%45\" <sip:resource@example.com>;"
		      "tag=f232jadfj23")
		    L("Call-ID: esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf")
		    L("Via: SIP/2.0/TCP host.example.com;"
		      "branch=z9hG4bK209%fzsnel234")
		    L("CSeq: 29344 RE%47IST%45R") L("Max-Forwards: 70")
		    L("Contact: <sip:alias1@host1.example.com>")
		    L("C%6Fntact: <sip:alias2@host2.example.com>")
		    L("Contact: <sip:alias3@host3.example.com>")
		    L("l: 0") L("")),
		IS_REQUEST(OTHER), .vias = 1, .cseq = 29344,
		.branch = "z9hG4bK209%fzsnel234", .cookie = true,
	}, {
		.name = "RFC 4475 3.1.1.6: no space before the angle bracket",
		MSG(L("OPTIONS sip:user@example.com SIP/2.0")
		    L("To: sip:user@example.com")
		    L("From: caller<sip:caller@example.com>;tag=323")
		    L("Max-Forwards: 70")
		    L("Call-ID: lwsdisp.1234abcd@funky.example.com")
		    L("CSeq: 60 OPTIONS")
		    L("Via: SIP/2.0/UDP funky.example.com;branch=z9hG4bKkdjuw")
		    L("l: 0") L("")),
		IS_REQUEST(OPTIONS), .vias = 1, .cseq = 60,
		.branch = "z9hG4bKkdjuw", .cookie = true,
	}, {
		.name = "RFC 4475 3.1.1.7: long values, Vias in every spelling",
		MSG(L("INVITE sip:user@example.com SIP/2.0")
		    L("To: \"I have a user name of "
		      "extremeextremeextremeextremeextremeextreme proportion\""
		      "<sip:user@example.com:6000;unknownparam1="
		      "verylonglonglonglonglonglonglonglonglongvalue>")
		    L("F: sip:amazinglylongcallernameamazinglylongcallername"
		      "@example.net;tag=12982982982982982982982982424;"
		      "unknownheaderparamnamenamenamename=unknownvaluevalue;"
		      "unknownValuelessparamnameparamname")
		    L("Call-ID: longreq.onereallyreallyreallylongcallid")
		    L("CSeq: 3882340 INVITE")
		    L("Unknown-LongLongLongLong-Name: unknown-longlong-value;"
		      " unknown-long-parameter-name = unknown-long-value")
		    L("Via: SIP/2.0/TCP sip33.example.com")
		    L("v: SIP/2.0/TCP sip32.example.com")
		    L("V: SIP/2.0/TCP sip31.example.com")
		    L("Via: SIP/2.0/TCP sip30.example.com")
		    L("ViA: SIP/2.0/TCP sip29.example.com")
		    L("VIa: SIP/2.0/TCP sip28.example.com")
		    L("VIA: SIP/2.0/TCP sip27.example.com")
		    L("via: SIP/2.0/TCP sip26.example.com")
		    L("viA: SIP/2.0/TCP sip25.example.com")
		    L("vIa: SIP/2.0/TCP sip24.example.com")
		    L("vIA: SIP/2.0/TCP sip23.example.com")
		    L("V :  SIP/2.0/TCP sip22.example.com")
		    L("v :  SIP/2.0/TCP sip21.example.com")
		    L("V  : SIP/2.0/TCP sip20.example.com")
		    L("v  : SIP/2.0/TCP sip19.example.com")
		    L("Via : SIP/2.0/TCP sip18.example.com")
		    L("Via  : SIP/2.0/TCP sip17.example.com")
		    L("Via: SIP/2.0/TCP host.example.com;received=192.0.2.5;"
		      "branch=verylonglonglonglonglonglonglongbranchvalue")
		    L("Max-Forwards: 70")
		    L("Contact: <sip:amazinglylongcallername@host5.example.net>")
		    L("Content-Type: application/sdp") L("l: 150") L("") SDP),
		IS_REQUEST(INVITE), .vias = 18, .cseq = 3882340,
		.call_id = "longreq.onereallyreallyreallylongcallid",
		.from_tag = "12982982982982982982982982424",
	}, {
		.name = "RFC 4475 3.1.1.8: what follows the message",
		MSG(L("REGISTER sip:example.com SIP/2.0")
		    L("To: sip:j.user@example.com")
		    L("From: sip:j.user@example.com;tag=43251j3j324")
		    L("Max-Forwards: 8") L("I: dblreq.0ha0isndaksdj99sdfafnl3lk"
					   "233412")
		    L("Contact: sip:j.user@host.example.com")
		    L("CSeq: 8 REGISTER")
		    L("Via: SIP/2.0/UDP 192.0.2.125;branch=z9hG4bKkdjuw23492")
		    L("Content-Length: 0") L("") L("")
		    L("INVITE sip:joe@example.com SIP/2.0")
		    L("t: sip:joe@example.com")
		    L("From: sip:caller@example.net;tag=141334")
		    L("Via: SIP/2.0/UDP 192.0.2.15;branch=z9hG4bKkdjuw234") L("")),
		IS_REQUEST(REGISTER), .vias = 1, .cseq = 8,
		.branch = "z9hG4bKkdjuw23492", .cookie = true,
	}, {
		.name = "RFC 4475 3.1.1.9: semicolon in a user part",
		MSG(L("OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0")
		    L("To: sip:j_user@example.com")
		    L("From: sip:caller@example.org;tag=33242")
		    L("Max-Forwards: 3")
		    L("Call-ID: semiuri.0ha0isndaksdj") L("CSeq: 8 OPTIONS")
		    L("Accept: application/sdp, application/pkcs7-mime,")
		    L("        multipart/mixed, multipart/signed,")
		    L("        message/sip, message/sipfrag")
		    L("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKkdjuw")
		    L("l: 0") L("")),
		IS_REQUEST(OPTIONS), .vias = 1, .cseq = 8,
		.branch = "z9hG4bKkdjuw", .cookie = true,
	}, {
		.name = "RFC 4475 3.1.1.10: unknown transports in Via",
		MSG(L("OPTIONS sip:user@example.com SIP/2.0")
		    L("To: sip:user@example.com")
		    L("From: <sip:caller@example.com>;tag=323")
		    L("Max-Forwards: 70")
		    L("Call-ID:  transports.kijh4akdnaqjkwendsasfdj")
		    L("Accept: application/sdp") L("CSeq: 60 OPTIONS")
		    L("Via: SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw")
		    L("Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf")
		    L("Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj")
		    L("Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en")
		    L("Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee")
		    L("l: 0") L("")),
		IS_REQUEST(OPTIONS), .vias = 5, .cseq = 60,
		.branch = "z9hG4bKkdjuw", .cookie = true,
	}, {
		.name = "RFC 4475 3.1.1.12: unusual reason phrase",
		MSG(L("SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe\xd1\x81\xd1"
		      "\x82\xd0\xbe \xd0\xb4\xd0\xb5\xd0\xb2\xd1\x8f")
		    L("Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923")
		    L("Call-ID: unreason.1234ksdfak3j2erwedfsASdf")
		    L("CSeq: 35 INVITE")
		    L("From: sip:user@example.com;tag=11141343")
		    L("To: sip:user@example.edu;tag=2229")
		    L("Content-Length: 154") L("") SDP),
		IS_RESPONSE(INVITE), .vias = 1, .cseq = 35,
		.branch = "z9hG4bK1324923", .cookie = true,
	}, {
		.name = "RFC 4475 3.1.1.13: empty reason phrase",
		MSG(L("SIP/2.0 100 ")
		    L("Via: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe")
		    L("Call-ID: noreason.asndj203insdf99223ndf")
		    L("CSeq: 35 INVITE")
		    L("From: <sip:user@example.com>;tag=39ansfi3")
		    L("To: <sip:user@example.edu>;tag=902jndnke3")
		    L("Content-Length: 0") L("")),
		IS_RESPONSE(INVITE), .vias = 1, .cseq = 35,
		.branch = "z9hG4bK2398ndaoe", .cookie = true,
	}, {
		.name = "RFC 4475 3.1.2.1: extraneous separators are nobody's here",
		MSG(L("INVITE sip:user@example.com SIP/2.0")
		    L("To: sip:j.user@example.com")
		    L("From: sip:caller@example.net;tag=134161461246")
		    L("Max-Forwards: 7")
		    L("Call-ID: badinv01.0ha0isndaksdjasdf3234nas")
		    L("CSeq: 8 INVITE")
		    L("Via: SIP/2.0/UDP 192.0.2.15;;,;,,")
		    L("Contact: \"Joe\" <sip:joe@example.org>;;;;")
		    L("Content-Length: 152") L("") SDP),
		IS_REQUEST(INVITE), .ret = -SIP_ERR_VIA,
	}, {
		.name = "RFC 4475 3.1.2.4: CSeq number out of range",
		MSG(L("REGISTER sip:example.com SIP/2.0")
		    L("Via: SIP/2.0/TCP host129.example.com;"
		      "branch=z9hG4bK342sdfoi3")
		    L("To: <sip:user@example.com>")
		    L("From: <sip:user@example.com>;tag=239232jh3")
		    L("CSeq: 36893488147419103232 REGISTER")
		    L("Call-ID: scalar02.23o0pd9vanlq3wnrlnewofjas9ui32")
		    L("Max-Forwards: 300")
		    L("Expires: 1000000000000000000000000000000000000")
		    L("Contact: <sip:user@host129.example.com>")
		    L("Content-Length: 0") L("")),
		IS_REQUEST(REGISTER), .ret = -SIP_ERR_CSEQ,
	}, {
		.name = "RFC 4475 3.1.2.5: response with big numbers",
		MSG(L("SIP/2.0 503 Service Unavailable")
		    L("Via: SIP/2.0/TCP host129.example.com;"
		      "branch=z9hG4bKzzxdiwo34sw;received=192.0.2.129")
		    L("To: <sip:user@example.com>")
		    L("From: <sip:other@example.net>;tag=2easdjfejw")
		    L("CSeq: 9292394834772304023312 OPTIONS")
		    L("Call-ID: scalarlg.noase0of0234hn2qofoaf0232aewf2394r")
		    L("Retry-After: 949302838503028349304023988")
		    L("Warning: 1812 overture \"In Progress\"")
		    L("Content-Length: 0") L("")),
		IS_RESPONSE(OPTIONS), .ret = -SIP_ERR_CSEQ,
	}, {
		.name = "RFC 4475 3.1.2.6: unterminated quote in To is nobody's here",
		MSG(L("INVITE sip:user@example.com SIP/2.0")
		    L("To: \"Mr. J. User <sip:j.user@example.com>")
		    L("From: sip:caller@example.net;tag=93334")
		    L("Max-Forwards: 10") L("Call-ID: quotbal.aksdj")
		    L("Contact: <sip:caller@host59.example.net>")
		    L("CSeq: 8 INVITE")
		    L("Via: SIP/2.0/UDP 192.0.2.59:5050;"
		      "branch=z9hG4bKkdjuw39234")
		    L("Content-Type: application/sdp")
		    L("Content-Length: 152") L("") SDP),
		IS_REQUEST(INVITE), .vias = 1, .cseq = 8,
		.branch = "z9hG4bKkdjuw39234", .cookie = true,
	}, {
		.name = "RFC 4475 3.1.2.7: brackets around the Request-URI",
		MSG(L("INVITE <sip:user@example.com> SIP/2.0")
		    L("To: sip:user@example.com")
		    L("From: sip:caller@example.net;tag=39291")
		    L("Max-Forwards: 23") L("Call-ID: ltgtruri.1@192.0.2.5")
		    L("CSeq: 1 INVITE") L("Via: SIP/2.0/UDP 192.0.2.5")
		    L("Contact: <sip:caller@host5.example.net>")
		    L("Content-Length: 159") L("") SDP),
		IS_REQUEST(INVITE), .vias = 1, .cseq = 1,
		.call_id = "ltgtruri.1@192.0.2.5", .from_tag = "39291",
	}, {
		.name = "RFC 4475 3.1.2.8: spaces within the Request-URI",
		MSG(L("INVITE sip:user@example.com; lr SIP/2.0")
		    L("To: sip:user@example.com;tag=3xfe-9921883-z9f")
		    L("From: sip:caller@example.net;tag=231413434")
		    L("Call-ID: lwsruri.asdfasdoeoi2323") L("CSeq: 2130706432 INVITE")
		    L("Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKkdjuw23492")
		    L("Content-Length: 0") L("")),
		IS_NONE,
	}, {
		.name = "RFC 4475 3.1.2.9: more than one space in the request line",
		MSG(L("INVITE  sip:user@example.com  SIP/2.0")
		    L("To: sip:user@example.com") L("Max-Forwards: 8")
		    L("From: sip:user@example.com;tag=8814") L("Call-ID: lwsstart.")
		    L("CSeq: 1893884 INVITE")
		    L("Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bKkdjuw3923")
		    L("Content-Length: 0") L("")),
		IS_NONE,
	}, {
		.name = "RFC 4475 3.1.2.10: space after the request line",
		MSG(L("OPTIONS sip:remote-target@example.com SIP/2.0  ")
		    L("Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK299342093")
		    L("To: <sip:remote-target@example.com>")
		    L("From: <sip:local-resource@example.com>;tag=329429089")
		    L("Call-ID: trws.oicu34958239neffasdhr2345r")
		    L("CSeq: 238923 OPTIONS") L("Content-Length: 0") L("")),
		IS_NONE,
	}, {
		.name = "RFC 4475 3.1.2.16: unknown protocol version",
		MSG(L("OPTIONS sip:t1@example.com SIP/7.0")
		    L("Via: SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw")
		    L("Call-ID: badvers.31417@c.example.com")
		    L("From: <sip:caller@example.com>;tag=323")
		    L("CSeq: 60 OPTIONS") L("l: 0") L("")),
		IS_NONE,
	}, {
		.name = "RFC 4475 3.1.2.17: start line and CSeq disagree",
		MSG(L("OPTIONS sip:user@example.com SIP/2.0")
		    L("To: sip:j.user@example.com")
		    L("From: sip:caller@example.net;tag=34525")
		    L("Max-Forwards: 6")
		    L("Call-ID: mismatch01.dj0234sxdfl3") L("CSeq: 8 INVITE")
		    L("Via: SIP/2.0/UDP host.example.com;branch=z9hG4bKkdjuw")
		    L("l: 0") L("")),
		IS_REQUEST(OPTIONS), .ret = -SIP_ERR_CSEQ,
	}, {
		.name = "RFC 4475 3.1.2.18: unknown methods that disagree",
		MSG(L("NEWMETHOD sip:user@example.com SIP/2.0")
		    L("To: sip:j.user@example.com")
		    L("From: sip:caller@example.net;tag=34525")
		    L("Max-Forwards: 6")
		    L("Call-ID: mismatch02.dj0234sxdfl3")
		    L("CSeq: 8 INVITE") L("Contact: <sip:caller@host.example.net>")
		    L("Via: SIP/2.0/UDP host.example.net;branch=z9hG4bKkdjuw")
		    L("Content-Length: 0") L("")),
		IS_REQUEST(OTHER), .ret = -SIP_ERR_CSEQ,
	}, {
		.name = "RFC 4475 3.1.2.19: overlarge response code",
		MSG(L("SIP/2.0 4294967301 better not break the receiver")
		    L("Via: SIP/2.0/UDP 192.0.2.105;branch=z9hG4bK2398ndaoe")
		    L("Call-ID: bigcode.asdof3uj203asdnf3429uasdhfas3ehjasdfas9i")
		    L("CSeq: 353494 INVITE")
		    L("From: <sip:user@example.com>;tag=39ansfi3")
		    L("To: <sip:user@example.edu>;tag=902jndnke3")
		    L("Content-Length: 0") L("")),
		IS_NONE,
	}, {
		.name = "RFC 4475 3.2.1: branch is the cookie alone",
		MSG(L("OPTIONS sip:user@example.com SIP/2.0")
		    L("To: sip:user@example.com")
		    L("From: sip:caller@example.org;tag=33242")
		    L("Max-Forwards: 3")
		    L("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK")
		    L("Accept: application/sdp")
		    L("Call-ID: badbranch.sadonfo23i420jv0as0derf3j3n")
		    L("CSeq: 8 OPTIONS") L("l: 0") L("")),
		IS_REQUEST(OPTIONS), .vias = 1, .cseq = 8, .branch = "z9hG4bK",
		.call_id = "badbranch.sadonfo23i420jv0as0derf3j3n",
		.from_tag = "33242",
	}, {
		.name = "RFC 4475 3.3.1: required fields missing",
		MSG(L("INVITE sip:user@example.com SIP/2.0")
		    L("CSeq: 193942 INVITE")
		    L("Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf")
		    L("Content-Type: application/sdp") L("l: 152") L("") SDP),
		/* Not ours to refuse: the key is all there. */
		IS_REQUEST(INVITE), .vias = 1, .cseq = 193942,
		.branch = "z9hG4bKkdj.insuf", .cookie = true,
	}, {
		.name = "RFC 4475 3.3.8: single-valued fields more than once",
		MSG(L("INVITE sip:user@company.com SIP/2.0")
		    L("Contact: <sip:caller@host25.example.net>")
		    L("Via: SIP/2.0/UDP 192.0.2.25;branch=z9hG4bKkdjuw")
		    L("Max-Forwards: 70") L("CSeq: 5 INVITE")
		    L("Call-ID: multi01.98asdh@192.0.2.1") L("CSeq: 59 INVITE")
		    L("Call-ID: multi01.98asdh@192.0.2.2")
		    L("From: sip:caller@example.com;tag=3413415")
		    L("To: sip:user@example.com") L("To: sip:other@example.net")
		    L("From: sip:caller@example.net;tag=2923420123")
		    L("Content-Type: application/sdp") L("l: 154") L("") SDP),
		IS_REQUEST(INVITE), .ret = -SIP_ERR_DUPLICATE,
	}, {
		.name = "RFC 4475 3.4.1: RFC 2543 INVITE without To tag and branch",
		MSG(L("INVITE sip:UserB@example.com SIP/2.0")
		    L("Via: SIP/2.0/UDP iftgw.example.com")
		    L("From: <sip:+13035551111@ift.client.example.net;user=phone>")
		    L("Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>")
		    L("To: sip:+16505552222@ss1.example.net;user=phone")
		    L("Call-ID: inv2543.1717@ift.client.example.com")
		    L("CSeq: 56 INVITE") L("Content-Type: application/sdp")
		    L("") SDP),
		IS_REQUEST(INVITE), .vias = 1, .cseq = 56,
		.call_id = "inv2543.1717@ift.client.example.com",
	},
};

const size_t sip_corpus_len = sizeof(sip_corpus) / sizeof(sip_corpus[0]);

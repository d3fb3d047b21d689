// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer doctor: what the module and this host's sockets tell
 */

#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "doctor.h"
#include "sipsteer.h"

/*
 * Of 100, so much is nearly all. Transactions are in buckets, where the old give
 * way to the new long before all of them are full.
 */
#define NEARLY_ALL_TRANSACTIONS	60
#define NEARLY_ALL_FLOWS	80
/* The states of sockets in /proc/net: waiting for connections, or anyone. */
#define STATE_LISTEN	0x0a
#define STATE_UNCONNECTED 0x07

static const struct illness unguarded = {
	"tcp-unguarded", SEVERITY_HINT,
	"Nothing tells a client's TCP connection from one of the core's own, so none that arrives from the network is steered. Tell who the clients are, or who is not."
};

static const struct illness listener = {
	"listener", SEVERITY_HINT,
	"It does not get the requests that are steered. That is as it should be on the S-CSCF's host, where the guard lets those pass that a proxy has relayed; a registrar that clients are meant to reach there loses them."
};

static const struct illness transactions_full = {
	"transactions-full", SEVERITY_WARNING,
	"Once there is no room, requests are steered all the same, but older ones are forgotten: their replies come from the target's address."
};

static const struct illness flows_full = {
	"flows-full", SEVERITY_WARNING,
	"Once there is no room, new TCP connections are not steered."
};

/* Each a hint: it may have happened long ago. */
static const struct {
	enum sipsteer_counter counter;
	struct illness illness;
	const char *cure;
} troubles[] = {
	{ SIPSTEER_COUNTER_NO_ROUTE, { "counter-no-route", SEVERITY_HINT,
	  "They were sent as the client wanted, for want of a way to the target."
	}, "ip route get TARGET" },
	{ SIPSTEER_COUNTER_NOT_FORWARDING, { "counter-not-forwarding", SEVERITY_HINT,
	  "They passed, as the target is another host and this one did not forward."
	}, "sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1" },
	{ SIPSTEER_COUNTER_FRAGMENT, { "counter-fragment", SEVERITY_HINT,
	  "A fragment has no ports of its own; something took it apart, or let it by, before it could be reassembled."
	}, NULL },
	{ SIPSTEER_COUNTER_REPLY_FRAGMENT, { "counter-reply-fragment", SEVERITY_HINT,
	  "They kept the target's address. A smaller MTU toward clients, or replies by TCP, may help."
	}, NULL },
	{ SIPSTEER_COUNTER_XFRM, { "counter-xfrm", SEVERITY_HINT,
	  "IPsec protects them, or would on the way to the target; what it protects is not steered."
	}, "ip xfrm policy" },
	{ SIPSTEER_COUNTER_REPLY_XFRM, { "counter-reply-xfrm", SEVERITY_HINT,
	  "IPsec protects them; their source stayed as it was."
	}, "ip xfrm policy" },
	{ SIPSTEER_COUNTER_AGGREGATED_PASSED, { "counter-aggregated-passed", SEVERITY_HINT,
	  "Several datagrams in one buffer could not be taken apart; an interface that does not merge them avoids it."
	}, "ethtool -K INTERFACE rx-udp-gro-forwarding off rx-gro-list off" },
	{ SIPSTEER_COUNTER_NO_MEMORY, { "counter-no-memory", SEVERITY_HINT,
	  "They passed for want of memory."
	}, NULL },
	{ SIPSTEER_COUNTER_TRANSACTION_EVICTED, { "counter-transaction-evicted", SEVERITY_HINT,
	  "There were more requests at once than there is room for; replies to the forgotten ones kept the target's address."
	}, NULL },
	{ SIPSTEER_COUNTER_TCP_UNGUARDED, { "counter-tcp-unguarded", SEVERITY_HINT,
	  "They passed, as nothing told them from the core's own connections."
	},
	  "sipsteer exempt add PREFIX    # the core's own; or give the mapping \"from\"" },
	{ SIPSTEER_COUNTER_TCP_FULL, { "counter-tcp-full", SEVERITY_HINT,
	  "They passed, because no more connections may be remembered."
	}, "sipsteer set flow-max NUMBER" },
};

static bool is_unguarded(const struct host *host, const struct host_mapping *m)
{
	const struct mapping *mapping = &m->mapping;
	unsigned char size = mapping->match.addr.size;

	if (!(mapping->proto & SIPSTEER_PROTO_TCP) || !mapping->guard ||
	    mapping->from.addr.size || host->exempts[size == 16])
		return false;
	/* On a phone the mapping is for this host's own connections. */
	return *mapping->iif || m->to_match.is_local ||
	       host_forwards(host, size, "");
}

/**
 * check_unguarded() - would TCP from the network be steered?
 * @host: this host
 * @doctor: hears it
 */
void check_unguarded(struct host *host, struct doctor *doctor)
{
	for (size_t i = 0; i < host->count; i++) {
		const struct host_mapping *m = &host->mappings[i];
		struct finding *finding;

		if (!is_unguarded(host, m))
			continue;
		finding = doctor_finds(doctor, &unguarded,
				       "TCP is steered for this host's own connections only");
		finding_about(finding, &m->mapping);
		finding_cure(finding,
			     "sipsteer exempt add PREFIX    # the core's own hosts; or give the mapping \"from\" or \"proto udp\"");
	}
}

/* "0500000A", or four such words: as many numbers in the host's order. */
static bool read_addr(const char *text, size_t len, struct addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (len != 8 && len != 32)
		return false;
	addr->size = (unsigned char)(len / 2);
	for (size_t i = 0; i < len / 8; i++) {
		char word[9] = "";
		uint32_t value;

		memcpy(word, text + 8 * i, 8);
		value = (uint32_t)strtoul(word, NULL, 16);
		memcpy(addr->bytes + 4 * i, &value, sizeof(value));
	}
	return true;
}

static bool is_any(const struct addr *addr)
{
	static const unsigned char zeros[sizeof(addr->bytes)];

	return !memcmp(addr->bytes, zeros, addr->size);
}

/* Whether a socket is one that a mapping's match reaches. */
static bool takes_match(const struct host *host, const struct mapping *m,
			const struct endpoint *socket)
{
	struct prefix own = {
		.addr = socket->addr,
		.len = m->match.len,
	};

	if (socket->port != m->match_port)
		return false;
	/* The IPv6 one takes IPv4, too. */
	if (is_any(&socket->addr))
		return (socket->addr.size == m->match.addr.size ||
			socket->addr.size == 16) &&
		       host_has_addr_in(host, &m->match);
	if (own.addr.size != m->match.addr.size)
		return false;
	prefix_cut(&own);
	return prefix_equal(&own, &m->match);
}

static void blame_listener(struct host *host, struct doctor *doctor,
			   const char *proto, uint8_t flag,
			   const struct endpoint *socket)
{
	for (size_t i = 0; i < host->count; i++) {
		const struct mapping *m = &host->mappings[i].mapping;
		struct finding *finding;
		char text[ADDR_TEXT];

		if (!(m->proto & flag) || !takes_match(host, m, socket))
			continue;
		finding = doctor_finds(doctor, &listener,
				       "a program here waits for %s at %s", proto,
				       endpoint_text(socket, text));
		finding_about(finding, m);
		finding_cure(finding, "ss -lnp%c sport = :%u", *proto == 'U' ?
			     'u' : 't', socket->port);
	}
}

/* One line of /proc/net/udp and the like. */
static bool read_socket(const char *line, unsigned int state,
			struct endpoint *socket)
{
	char local[33], remote[33];
	unsigned int port, remote_port, is_state;

	if (sscanf(line, " %*u: %32[0-9A-F]:%x %32[0-9A-F]:%x %x", local, &port,
		   remote, &remote_port, &is_state) != 5 ||
	    is_state != state || port > UINT16_MAX)
		return false;
	socket->port = (uint16_t)port;
	return read_addr(local, strlen(local), &socket->addr);
}

/**
 * check_listeners() - does a program here wait where clients write to?
 * @host: this host
 * @doctor: hears it
 */
void check_listeners(struct host *host, struct doctor *doctor)
{
	static const struct {
		const char *path, *proto;
		uint8_t flag;
		unsigned int state;
	} tables[] = {
		{ "/proc/net/udp", "UDP", SIPSTEER_PROTO_UDP, STATE_UNCONNECTED },
		{ "/proc/net/udp6", "UDP", SIPSTEER_PROTO_UDP, STATE_UNCONNECTED },
		{ "/proc/net/tcp", "TCP", SIPSTEER_PROTO_TCP, STATE_LISTEN },
		{ "/proc/net/tcp6", "TCP", SIPSTEER_PROTO_TCP, STATE_LISTEN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		FILE *file = fopen(tables[i].path, "re");
		struct endpoint socket;
		char line[512];

		while (file && fgets(line, sizeof(line), file))
			if (read_socket(line, tables[i].state, &socket))
				blame_listener(host, doctor, tables[i].proto,
					       tables[i].flag, &socket);
		if (file)
			fclose(file);
	}
}

static bool is_nearly_full(uint32_t used, uint32_t max, unsigned int percent)
{
	return max && (uint64_t)used * 100 >= (uint64_t)max * percent;
}

/**
 * check_room() - is there room for what is to be remembered?
 * @host: this host
 * @doctor: hears it
 */
void check_room(struct host *host, struct doctor *doctor)
{
	struct finding *finding;

	if (is_nearly_full(host->transactions, host->transaction_max,
			   NEARLY_ALL_TRANSACTIONS))
		doctor_finds(doctor, &transactions_full,
			     "%u transactions are remembered, with room for %u",
			     host->transactions, host->transaction_max);
	if (!is_nearly_full(host->flows, host->flow_max, NEARLY_ALL_FLOWS))
		return;
	finding = doctor_finds(doctor, &flows_full,
			       "%u TCP connections are remembered, with room for %u",
			       host->flows, host->flow_max);
	finding_cure(finding, "sipsteer set flow-max %llu",
		     host->flow_max * 2ull);
}

/**
 * check_counters() - do counters speak of trouble?
 * @host: this host
 * @doctor: hears it
 */
void check_counters(struct host *host, struct doctor *doctor)
{
	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++) {
		enum sipsteer_counter id = troubles[i].counter;
		char name[COUNTER_TEXT];
		struct finding *finding;

		if (!host->counters[id])
			continue;
		finding = doctor_finds(doctor, &troubles[i].illness,
				       "%llu packets were counted as %s",
				       host->counters[id],
				       counter_name(id, name));
		if (troubles[i].cure)
			finding_cure(finding, "%s", troubles[i].cure);
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer monitor
 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <linux/sipsteer.h>

#include "exempts.h"
#include "genl.h"
#include "limits.h"
#include "mapping.h"
#include "parse.h"
#include "print.h"
#include "sipsteer.h"

#define TIME_TEXT	64

/**
 * struct event - what the kernel has to tell
 * @text: how its line begins
 * @group: name of the group that it is sent to, for JSON; NULL if it is not
 *	   the kernel's
 * @name: its name, for JSON
 * @show: prints it, with its attributes; returns an &enum exit_code
 */
struct event {
	const char *text;
	const char *group;
	const char *name;
	int (*show)(const struct event *event, const struct genl_attrs *attrs);
};

/* As ip(8) has it. */
static const char *time_text(char text[TIME_TEXT])
{
	struct timeval now;
	char second[32];
	struct tm tm;

	gettimeofday(&now, NULL);
	localtime_r(&now.tv_sec, &tm);
	strftime(second, sizeof(second), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, TIME_TEXT, "%s.%06ld", second, (long)now.tv_usec);
	return text;
}

static void begin_line(const struct event *event)
{
	char text[TIME_TEXT];

	if (options.timestamp)
		printf("[%s] ", time_text(text));
	fputs(event->text, stdout);
}

/* Takes @body, which is NULL if there was no memory for it. */
static int print_object(const struct event *event, json_t *body)
{
	json_t *object = json_object();
	char text[TIME_TEXT];
	int lost;

	if (options.timestamp)
		json_object_set_new(object, "timestamp",
				    json_string(time_text(text)));
	if (event->group)
		json_object_set_new(object, "group",
				    json_string(event->group));
	json_object_set_new(object, "event", json_string(event->name));
	lost = json_object_update(object, body);
	json_decref(body);
	if (lost) {
		json_decref(object);
		object = NULL;
	}
	return print_json(object);
}

static int bad_event(void)
{
	return fail(EXIT_KERNEL, "the kernel's event makes no sense");
}

static int show_mapping(const struct event *event,
			const struct genl_attrs *attrs)
{
	struct mapping mapping;

	if (mapping_get(&mapping, attrs))
		return bad_event();
	if (options.json)
		return print_object(event, mapping_json(&mapping));
	begin_line(event);
	printf(" %u: ", mapping.id);
	mapping_print(&mapping, stdout);
	putchar('\n');
	return EXIT_OK;
}

static int show_exempt(const struct event *event,
		       const struct genl_attrs *attrs)
{
	struct prefix prefix;
	char text[ADDR_TEXT];

	if (exempt_get(&prefix, attrs))
		return bad_event();
	if (options.json)
		return print_object(event, json_prefix(&prefix));
	begin_line(event);
	printf(" %s\n", prefix_text(&prefix, text));
	return EXIT_OK;
}

static int show_limits(const struct event *event,
		       const struct genl_attrs *attrs)
{
	struct limits limits;

	limits_get(&limits, attrs);
	if (options.json)
		return print_object(event, limits_json(&limits));
	begin_line(event);
	limits_print(&limits, " ", "", stdout);
	putchar('\n');
	return EXIT_OK;
}

static int show_table(const struct event *event,
		      const struct genl_attrs *attrs)
{
	uint32_t mappings = genl_get_u32(attrs, SIPSTEER_A_STATS_MAPPINGS, 0);

	if (options.json)
		return print_object(event, json_pack("{s:I}", "mappings",
						     (json_int_t)mappings));
	begin_line(event);
	printf(" %u now\n", mappings);
	return EXIT_OK;
}

/**
 * struct steered - a request, or a connection, that was steered
 * @proto: a SIPSTEER_PROTO_*
 * @client: who has sent it
 * @match: where the client wrote to
 * @target: where it was sent instead
 * @mapping: by which mapping
 * @lost: how many events before it were not told
 */
struct steered {
	uint8_t proto;
	struct endpoint client;
	struct endpoint match;
	struct endpoint target;
	uint32_t mapping;
	uint32_t lost;
};

static int get_steered(struct steered *s, const struct genl_attrs *attrs)
{
	if (genl_get_endpoint(attrs, SIPSTEER_A_EVENT_CLIENT_ADDR,
			      SIPSTEER_A_EVENT_CLIENT_PORT, &s->client) ||
	    genl_get_endpoint(attrs, SIPSTEER_A_EVENT_MATCH_ADDR,
			      SIPSTEER_A_EVENT_MATCH_PORT, &s->match) ||
	    genl_get_endpoint(attrs, SIPSTEER_A_EVENT_TARGET_ADDR,
			      SIPSTEER_A_EVENT_TARGET_PORT, &s->target))
		return -EBADMSG;
	s->proto = genl_get_u8(attrs, SIPSTEER_A_EVENT_PROTO, 0);
	s->mapping = genl_get_u32(attrs, SIPSTEER_A_EVENT_MAPPING, 0);
	s->lost = genl_get_u32(attrs, SIPSTEER_A_EVENT_LOST, 0);
	return 0;
}

static json_t *json_steered(const struct steered *s)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:I, s:I}",
			 "proto", proto_name(s->proto),
			 "client", json_endpoint(&s->client),
			 "match", json_endpoint(&s->match),
			 "target", json_endpoint(&s->target),
			 "mapping", (json_int_t)s->mapping,
			 "lost", (json_int_t)s->lost);
}

static int show_steered(const struct event *event,
			const struct genl_attrs *attrs)
{
	char text[ADDR_TEXT];
	struct steered s;

	if (get_steered(&s, attrs))
		return bad_event();
	if (options.json)
		return print_object(event, json_steered(&s));
	begin_line(event);
	printf(" %s %s > ", proto_name(s.proto),
	       endpoint_text(&s.client, text));
	print_color(stdout, COLOR_MATCH, "%s", endpoint_text(&s.match, text));
	fputs(" to ", stdout);
	print_color(stdout, COLOR_TARGET, "%s",
		    endpoint_text(&s.target, text));
	printf(" id %u", s.mapping);
	if (s.lost)
		printf(" lost %u", s.lost);
	putchar('\n');
	return EXIT_OK;
}

static const struct event events[] = {
	[SIPSTEER_CMD_MAPPING_NEW_NTF] = {
		"[config] added", "config", "mapping-added", show_mapping
	},
	[SIPSTEER_CMD_MAPPING_DEL_NTF] = {
		"[config] deleted", "config", "mapping-deleted", show_mapping
	},
	[SIPSTEER_CMD_EXEMPT_NEW_NTF] = {
		"[config] added exempt", "config", "exempt-added", show_exempt
	},
	[SIPSTEER_CMD_EXEMPT_DEL_NTF] = {
		"[config] deleted exempt", "config", "exempt-deleted",
		show_exempt
	},
	[SIPSTEER_CMD_LIMITS_NTF] = {
		"[config] set", "config", "limits-set", show_limits
	},
	[SIPSTEER_CMD_TABLE_NTF] = {
		"[config] replaced all mappings:", "config", "table-replaced",
		show_table
	},
	[SIPSTEER_CMD_STEERED_NTF] = {
		"[traffic] steered", "traffic", "steered", show_steered
	},
};

static const struct event mapping_changed = {
	"[config] changed", "config", "mapping-changed", show_mapping
};

static const struct event overrun = {
	"events were lost: they come faster than they are read, or memory ran out", NULL,
	"overrun"
};

/* A newer kernel may have events that are unknown here. */
static void take_event(uint8_t command, bool replaced,
		       const struct genl_attrs *attrs, void *data)
{
	const struct event *event;
	int *ret = data;

	if (command >= ARRAY_SIZE(events) || !events[command].show)
		return;
	event = &events[command];
	if (replaced && command == SIPSTEER_CMD_MAPPING_NEW_NTF)
		event = &mapping_changed;
	*ret = event->show(event, attrs);
}

static int show_overrun(void)
{
	if (options.json)
		return print_object(&overrun, json_object());
	begin_line(&overrun);
	putchar('\n');
	return EXIT_OK;
}

/* Returns when nobody reads the output any more, or something is wrong. */
static int watch(struct genl *genl)
{
	struct pollfd wait[] = {
		{ .fd = STDOUT_FILENO },
		{ .fd = genl_fd(genl), .events = POLLIN },
	};
	int ret = EXIT_OK, err = 0;

	while (!ret && !err && !ferror(stdout)) {
		if (poll(wait, ARRAY_SIZE(wait), -1) < 0)
			return fail(EXIT_KERNEL, "cannot wait: %s",
				    strerror(errno));
		if (wait[0].revents)
			return EXIT_OK;
		err = genl_events(genl, take_event, &ret);
		if (err == -ENOBUFS) {
			ret = show_overrun();
			err = 0;
		}
	}
	return ret ? ret : genl_result(genl, err);
}

/* Each line has been written when it was complete. */
static void end(int signal)
{
	(void)signal;
	_exit(EXIT_OK);
}

static int monitor(const char *const *groups)
{
	struct genl *genl = genl_open();
	int ret;

	if (!genl)
		return EXIT_KERNEL;
	ret = genl_result(genl, genl_join(genl, groups));
	if (!ret) {
		setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
		signal(SIGINT, end);
		signal(SIGTERM, end);
		ret = watch(genl);
	}
	genl_close(genl);
	return ret;
}

static int run(int count, char **words)
{
	static const char *const groups[] = {
		SIPSTEER_MCGRP_CONFIG, SIPSTEER_MCGRP_TRAFFIC, NULL
	};
	int choice;

	if (!count)
		return monitor(groups);
	choice = parse_choice(groups, words[0]);
	if (choice < 0)
		return fail(EXIT_USAGE, "unknown word \"%s\": config or traffic",
			    words[0]);
	if (count > 1)
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[1]);
	return monitor((const char *const []){ groups[choice], NULL });
}

const struct verb monitor_verb = {
	.name = "monitor",
	.summary = "tell what is changed, and what is steered, when it happens",
	.usage =
	"Usage: sipsteer [ -t ] [ -j [ -p ] ] monitor [ config | traffic ]\n",
	.colors = true,
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * The rules of this host: nftables' and legacy iptables'
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nft.h"
#include "rules.h"
#include "rules_live.h"
#include "rules_nft.h"
#include "rules_text.h"

static bool is_empty(const char *path)
{
	FILE *file = fopen(path, "re");
	int c = file ? fgetc(file) : EOF;

	if (file)
		fclose(file);
	return c == EOF;
}

/* All that a command prints, to be freed; NULL if it fails. */
static char *output_of(const char *command, size_t *size)
{
	FILE *pipe = popen(command, "re");
	char *text = NULL;
	size_t room = 0;
	ssize_t len;

	if (!pipe)
		return NULL;
	/* There is no NUL in it, so this is all. */
	len = getdelim(&text, &room, '\0', pipe);
	if (pclose(pipe) || len < 0) {
		free(text);
		return NULL;
	}
	*size = (size_t)len;
	return text;
}

static const char *read_program(struct ruleset *set, const char *program,
				const char *suffix)
{
	const struct text_source source = { program, suffix };
	const char *reason = NULL;
	struct text_error err;
	size_t size;
	char *text;

	text = output_of(ruleset_printf(set, "%s 2>/dev/null", program),
			 &size);
	if (!text)
		return ruleset_printf(set, "%s does not run", program);
	if (!*suffix && strstr(text, "(nf_tables)"))
		reason = ruleset_printf(set, "%s prints others", program);
	else if (text_read(set, &source, text, size, &err))
		reason = ruleset_printf(set, "%s:%u:%u: %s", program, err.line,
					err.column, err.text);
	free(text);
	return reason;
}

/* Where only one iptables is installed, it may lack the suffix. */
static const char *read_family(struct ruleset *set, const char *family)
{
	const char *legacy = ruleset_printf(set, "%s-legacy-save", family);
	const char *plain = ruleset_printf(set, "%s-save", family);

	if (system(ruleset_printf(set, "command -v %s >/dev/null", legacy)))
		return read_program(set, plain, "");
	return read_program(set, legacy, "-legacy");
}

/*
 * NULL, or why not all could be read. The program that prints them would load
 * modules, so it runs only where those are in use.
 */
static const char *legacy_read(struct ruleset *set)
{
	const char *reason = NULL;

	if (!is_empty("/proc/net/ip_tables_names"))
		reason = read_family(set, "iptables");
	if (!reason && !is_empty("/proc/net/ip6_tables_names"))
		reason = read_family(set, "ip6tables");
	return reason;
}

/**
 * live_read() - read the rules of this host
 * @set: where they go
 * @legacy: NULL, or why not all rules of legacy iptables could be read
 *
 * Return: 0, or a negative errno: those of nftables could not be read.
 */
int live_read(struct ruleset *set, const char **legacy)
{
	struct nft_ruleset nft = {};
	int err;

	err = nft_read(&nft, set);
	if (!err)
		nft_rules(set, &nft);
	nft_close(&nft);
	*legacy = legacy_read(set);
	/* These say that the kernel has no nftables. */
	return err == -EPROTONOSUPPORT || err == -EAFNOSUPPORT ||
	       err == -EINVAL || err == -EOPNOTSUPP ? 0 : err;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * sipsteer save
 */

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/sipsteer.h>

#include "exempts.h"
#include "genl.h"
#include "limits.h"
#include "mapping.h"
#include "print.h"
#include "sipsteer.h"

#define READ_TRIES	5

/**
 * struct saved - all that "restore" would put in place
 * @limits: the limits
 * @exempts: the exempt prefixes
 * @mappings: the mappings, printed
 */
struct saved {
	struct limits limits;
	struct exempts exempts;
	struct list mappings;
};

static int save_mapping(const struct genl_attrs *attrs, void *data)
{
	struct list *list = data;
	struct mapping mapping;
	int err;

	err = mapping_get(&mapping, attrs);
	if (err)
		return err;
	if (options.json)
		return list_json(list, mapping_json(&mapping));
	fputs("add ", list->out);
	mapping_print(&mapping, list->out);
	fputc('\n', list->out);
	return 0;
}

/* Read all but the mappings again. Sets @same if they are as they were. */
static int read_again(struct saved *saved, struct genl *genl, bool *same)
{
	struct exempts exempts = {};
	struct limits limits;
	int err = limits_read(&limits, genl);

	if (!err)
		err = exempts_read(&exempts, genl);
	*same = !err && limits_equal(&limits, &saved->limits) &&
		exempts_equal(&exempts, &saved->exempts);
	exempts_drop(&saved->exempts);
	saved->limits = limits;
	saved->exempts = exempts;
	return err;
}

/*
 * Three dumps of one table: what came before the mappings must still be so
 * after them.
 */
static int read_all(struct saved *saved, struct genl *genl)
{
	static const struct genl_dump dump = { list_begin, save_mapping };
	bool same;
	int err;

	err = read_again(saved, genl, &same);
	for (int i = 0; i < READ_TRIES && !err; i++) {
		err = genl_dump(genl, SIPSTEER_CMD_MAPPING_GET, &dump,
				&saved->mappings);
		if (!err)
			err = read_again(saved, genl, &same);
		if (!err && same)
			return 0;
	}
	return err ? err : -EAGAIN;
}

static int print_lines(struct saved *saved, FILE *out)
{
	char text[ADDR_TEXT];
	int ret = list_end(&saved->mappings);

	if (ret)
		return ret;
	fputs("# Written by \"sipsteer save\"; sipsteer.conf(5) tells what may be here.\n",
	      out);
	fputs("set", out);
	limits_print(&saved->limits, " ", "", out);
	fputc('\n', out);
	for (size_t i = 0; i < saved->exempts.count; i++)
		fprintf(out, "exempt add %s\n",
			prefix_text(&saved->exempts.prefix[i], text));
	fwrite(saved->mappings.text, 1, saved->mappings.size, out);
	return EXIT_OK;
}

static int list_exempts(const struct exempts *exempts, struct list *list)
{
	int err = list_begin(list);

	for (size_t i = 0; i < exempts->count && !err; i++)
		err = list_json(list, json_prefix(&exempts->prefix[i]));
	return err;
}

static int print_object(struct saved *saved, FILE *out)
{
	struct list exempts = {};
	int ret = EXIT_KERNEL;

	fputc('{', out);
	if (print_member("limits", limits_json(&saved->limits), out) ||
	    fputc(',', out) == EOF || list_exempts(&saved->exempts, &exempts))
		fail(ret, "out of memory");
	else
		ret = list_print_member(&exempts, "exempts", out);
	fputc(',', out);
	if (!ret)
		ret = list_print_member(&saved->mappings, "mappings", out);
	fputs(options.pretty ? "\n}\n" : "}\n", out);
	list_drop(&exempts);
	return ret;
}

static int print_saved(struct saved *saved, FILE *out)
{
	return options.json ? print_object(saved, out) :
			      print_lines(saved, out);
}

static int cannot_write(const char *name)
{
	return fail(EXIT_KERNEL, "cannot write \"%s\": %s", name,
		    strerror(errno));
}

/* Print to a file that is open, and close it. */
static int write_to(struct saved *saved, int fd, const char *name)
{
	FILE *out = fdopen(fd, "w");
	int ret;

	if (!out) {
		cannot_write(name);
		close(fd);
		return EXIT_KERNEL;
	}
	ret = print_saved(saved, out);
	if (!ret && (fflush(out) || (fsync(fd) && errno != EINVAL)))
		ret = cannot_write(name);
	if (fclose(out) && !ret)
		ret = cannot_write(name);
	return ret;
}

/* Its owner too, where that is allowed. */
static int copy_mode(int fd, const struct stat *old)
{
	if (fchown(fd, old->st_uid, old->st_gid) && errno != EPERM)
		return -1;
	return fchmod(fd, old->st_mode & 07777);
}

/* The name is in a folder that has to know the file, too. */
static int sync_folder(const char *path)
{
	char folder[PATH_MAX];
	int fd, err;

	snprintf(folder, sizeof(folder), "%s", path);
	fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	err = fsync(fd);
	close(fd);
	return err && errno != EINVAL ? -1 : 0;
}

/* Whoever reads the file meanwhile, or after a crash, sees the old or the new. */
static int replace_file(struct saved *saved, const char *path,
			const struct stat *old)
{
	char name[PATH_MAX];
	int ret, fd;

	if (snprintf(name, sizeof(name), "%s.XXXXXX", path) >= (int)sizeof(name)) {
		errno = ENAMETOOLONG;
		return cannot_write(path);
	}
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return cannot_write(path);
	ret = copy_mode(fd, old) ? cannot_write(path) : EXIT_OK;
	if (ret)
		close(fd);
	else
		ret = write_to(saved, fd, path);
	if (!ret && (rename(name, path) || sync_folder(path)))
		ret = cannot_write(path);
	if (ret)
		unlink(name);
	return ret;
}

static int save_to(struct saved *saved, const char *name)
{
	char path[PATH_MAX];
	struct stat old;
	mode_t mask;
	int fd;

	/* Behind a symbolic link is the file that is meant. */
	if (realpath(name, path) && !stat(path, &old)) {
		if (S_ISREG(old.st_mode))
			return replace_file(saved, path, &old);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		return fd < 0 ? cannot_write(name) : write_to(saved, fd, name);
	}
	mask = umask(0);
	umask(mask);
	old = (struct stat){
		.st_uid = geteuid(),
		.st_gid = getegid(),
		.st_mode = 0666 & ~mask,
	};
	return replace_file(saved, name, &old);
}

static int run(int count, char **words)
{
	struct saved saved = {};
	struct genl *genl;
	int ret;

	if (count > 1)
		return fail(EXIT_USAGE, "unknown word \"%s\"", words[1]);
	genl = genl_open();
	if (!genl)
		return EXIT_KERNEL;
	ret = genl_result(genl, read_all(&saved, genl));
	genl_close(genl);
	if (!ret)
		ret = count && strcmp(words[0], "-") ?
		      save_to(&saved, words[0]) : print_saved(&saved, stdout);
	exempts_drop(&saved.exempts);
	list_drop(&saved.mappings);
	return ret;
}

const struct verb save_verb = {
	.name = "save",
	.summary = "print all that \"restore\" would put in place",
	.usage =
	"Usage: sipsteer [ -j [ -p ] ] save [ FILE ]\n"
	"\n"
	"FILE := name of a file, which is replaced at once; - for standard output\n",
	.run = run,
};

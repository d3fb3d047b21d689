// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration: lines, the words in them, and what they mean
 *
 * Nothing here prints or asks the kernel. What the words after "add" mean is
 * the business of those who read a command line, too.
 */

#include <errno.h>
#include <glob.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "exempts.h"
#include "parse.h"
#include "sipsteer.h"

/**
 * struct config_name - name of a file; lines point to it
 * @next: another one, or NULL
 * @text: the name
 */
struct config_name {
	struct config_name *next;
	char text[];
};

static const char *keep_name(struct config *config, const char *text)
{
	size_t size = strlen(text) + 1;
	struct config_name *name = malloc(sizeof(*name) + size);

	if (!name)
		return NULL;
	memcpy(name->text, text, size);
	name->next = config->names;
	config->names = name;
	return name->text;
}

/**
 * config_drop() - forget what a configuration has remembered
 * @config: the configuration; its lines are not to be used any more
 */
void config_drop(struct config *config)
{
	struct config_name *next;

	for (; config->names; config->names = next) {
		next = config->names->next;
		free(config->names);
	}
}

static void write_error(struct config *config, const char *file,
			struct config_place place, const char *what,
			const char *format, va_list args)
{
	size_t size = sizeof(config->error);
	int len = snprintf(config->error, size, "%s:%u:%u: %s", file,
			   place.line, place.column, what);

	if (len >= 0 && (size_t)len < size)
		vsnprintf(config->error + len, size - (size_t)len, format,
			  args);
	/* A file may have anything in it, a terminal should not get it. */
	for (char *c = config->error; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
}

/**
 * config_fail_at() - note what is wrong at a place
 * @config: the configuration
 * @file: name of the file
 * @place: where in it
 * @format: a sentence
 *
 * Return: EXIT_USAGE, for the caller to return.
 */
int config_fail_at(struct config *config, const char *file,
		   struct config_place place, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_error(config, file, place, "", format, args);
	va_end(args);
	return EXIT_USAGE;
}

/**
 * config_fail() - note what is wrong with a word
 * @config: the configuration
 * @line: the line
 * @word: index of the word; the first one's if there is none
 * @format: a sentence
 *
 * Return: EXIT_USAGE, for the caller to return.
 */
int config_fail(struct config *config, const struct config_line *line,
		unsigned int word, const char *format, ...)
{
	const struct config_place *place =
		&line->places[word < line->count ? word : 0];
	char what[64] = "";
	size_t len = 0;
	va_list args;

	if (line->list)
		len = (size_t)snprintf(what, sizeof(what), "%s", line->list);
	if (line->list && line->index >= 0)
		len += (size_t)snprintf(what + len, sizeof(what) - len, "[%d]",
					line->index);
	if (line->list)
		snprintf(what + len, sizeof(what) - len, "%s%s: ",
			 place->key ? "." : "", place->key ? place->key : "");
	va_start(args, format);
	write_error(config, line->file, *place, what, format, args);
	va_end(args);
	return EXIT_USAGE;
}

/**
 * config_source_start() - begin to read a file
 * @source: where the next character goes
 * @in: the file
 * @name: its name
 * @from: the file that includes it, or NULL
 */
void config_source_start(struct config_source *source, FILE *in,
			 const char *name, const struct config_source *from)
{
	*source = (struct config_source){
		.in = in,
		.name = name,
		.from = from,
		.here = { .line = 1, .column = 1 },
		.c = getc_unlocked(in),
	};
}

/**
 * config_source_next() - go on to the next character
 * @source: the file
 */
void config_source_next(struct config_source *source)
{
	bool newline = source->c == '\n';

	source->c = getc_unlocked(source->in);
	if (newline) {
		source->here.line++;
		source->here.column = 1;
	} else if ((source->c & 0xc0) != 0x80) {
		/* The rest of a UTF-8 character has no column of its own. */
		source->here.column++;
	}
}

/**
 * config_source_end() - whether a file was read to its end
 * @config: the configuration
 * @source: the file
 *
 * Return: an &enum exit_code.
 */
int config_source_end(struct config *config, struct config_source *source)
{
	if (!ferror(source->in))
		return EXIT_OK;
	config_fail_at(config, source->name, source->here, "cannot read on: %s",
		       strerror(errno));
	return EXIT_KERNEL;
}

/**
 * config_line_start() - begin a line
 * @line: the line
 * @file: name of the file
 */
void config_line_start(struct config_line *line, const char *file)
{
	line->file = file;
	line->list = NULL;
	line->index = -1;
	line->count = 0;
	line->size = 0;
	line->is_full = false;
}

/**
 * config_word_start() - begin a word
 * @line: the line
 * @place: where the word is
 */
void config_word_start(struct config_line *line, struct config_place place)
{
	if (line->count == CONFIG_WORDS_MAX || line->is_full) {
		line->is_full = true;
		return;
	}
	line->words[line->count] = line->text + line->size;
	line->places[line->count++] = place;
}

/**
 * config_word_add() - add a character to a word
 * @line: the line
 * @c: the character
 */
void config_word_add(struct config_line *line, int c)
{
	if (line->size == sizeof(line->text))
		line->is_full = true;
	else
		line->text[line->size++] = (char)c;
}

/**
 * config_word_end() - end a word
 * @line: the line
 */
void config_word_end(struct config_line *line)
{
	config_word_add(line, '\0');
}

static int read_add(struct config_item *item, unsigned int count,
		    char *const *words, struct parse_error *err)
{
	item->kind = CONFIG_MAPPING;
	return mapping_parse_new(&item->mapping, count, words, err);
}

static int read_set(struct config_item *item, unsigned int count,
		    char *const *words, struct parse_error *err)
{
	item->kind = CONFIG_LIMITS;
	return limits_parse(&item->limits, count, words, err);
}

static int read_exempt(struct config_item *item, unsigned int count,
		       char *const *words, struct parse_error *err)
{
	int ret;

	item->kind = CONFIG_EXEMPT;
	err->word = 0;
	if (!count || strcmp(words[0], "add"))
		return parse_fail(err, "only \"exempt add PREFIX\" has a place here");
	ret = exempt_parse(&item->exempt, count - 1, words + 1, err);
	err->word++;
	return ret;
}

static const struct {
	const char *name;
	int (*read)(struct config_item *item, unsigned int count,
		    char *const *words, struct parse_error *err);
} statements[] = {
	{ "add", read_add },
	{ "exempt", read_exempt },
	{ "set", read_set },
};

/**
 * config_line_end() - all words of a line are there: take what it means
 * @config: the configuration
 *
 * Return: an &enum exit_code.
 */
int config_line_end(struct config *config)
{
	const struct config_line *line = config->line;
	struct parse_error err = { .word = 0 };
	struct config_item item;
	size_t i = 0;

	if (line->is_full)
		return config_fail(config, line, 0,
				   "more than %d words or %d bytes in a line",
				   CONFIG_WORDS_MAX, CONFIG_TEXT_MAX);
	while (i < ARRAY_SIZE(statements) &&
	       strcmp(statements[i].name, line->words[0]))
		i++;
	if (i == ARRAY_SIZE(statements))
		return config_fail(config, line, 0,
				   "unknown word \"%s\": add, exempt, set or include",
				   line->words[0]);
	if (!statements[i].read(&item, line->count - 1, line->words + 1, &err))
		return config->take(config, &item);
	return config_fail(config, line, err.word + 1, "%s", err.text);
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_end(int c)
{
	return c == '\n' || c == EOF;
}

/* Up to the next word or the end of the line. */
static int skip_blanks(struct config *config, struct config_source *source)
{
	for (;;) {
		struct config_place place = source->here;
		bool goes_on = source->c == '\\';

		if (source->c == '#')
			while (!is_end(source->c))
				config_source_next(source);
		if (!goes_on && !is_blank(source->c))
			return EXIT_OK;
		config_source_next(source);
		if (!goes_on)
			continue;
		if (source->c == '\r')
			config_source_next(source);
		if (!is_end(source->c))
			return config_fail_at(config, source->name, place,
					      "\"\\\" is not the last of its line, nor in double quotes");
		config_source_next(source);
	}
}

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What print_word() makes of a character that a shell might not leave alone. */
static int read_escape(struct config *config, struct config_source *source)
{
	struct config_place place = source->here;
	int high, low;

	config_source_next(source);
	if (source->c > 0 && strchr("\"\\$`", source->c)) {
		config_word_add(config->line, source->c);
		config_source_next(source);
		return EXIT_OK;
	}
	if (source->c != 'x')
		goto bad;
	config_source_next(source);
	high = hex_digit(source->c);
	if (high < 0)
		goto bad;
	config_source_next(source);
	low = hex_digit(source->c);
	if (low < 0 || !(high | low))
		goto bad;
	config_word_add(config->line, high << 4 | low);
	config_source_next(source);
	return EXIT_OK;
bad:
	return config_fail_at(config, source->name, place,
			      "bad escape; in double quotes there are \\\", \\\\, \\$, \\` and \\xNN");
}

static int check_character(struct config *config,
			   const struct config_source *source)
{
	if (source->c >= ' ' && source->c != '\x7f')
		return EXIT_OK;
	return config_fail_at(config, source->name, source->here,
			      "control character %#x", (unsigned int)source->c);
}

static int read_quoted(struct config *config, struct config_source *source)
{
	struct config_place place = source->here;
	int ret = EXIT_OK;

	config_source_next(source);
	while (source->c != '"') {
		if (is_end(source->c))
			return config_fail_at(config, source->name, place,
					      "no double quote ends this word");
		if (source->c == '\\') {
			ret = read_escape(config, source);
		} else {
			ret = check_character(config, source);
			config_word_add(config->line, source->c);
			config_source_next(source);
		}
		if (ret)
			return ret;
	}
	config_source_next(source);
	if (is_end(source->c) || is_blank(source->c))
		return EXIT_OK;
	return config_fail_at(config, source->name, source->here,
			      "no blank after a word in double quotes");
}

static int read_plain(struct config *config, struct config_source *source)
{
	while (!is_end(source->c) && !is_blank(source->c) &&
	       source->c != '#' && source->c != '\\') {
		if (source->c == '"')
			return config_fail_at(config, source->name,
					      source->here,
					      "a double quote inside of a word");
		if (check_character(config, source))
			return EXIT_USAGE;
		config_word_add(config->line, source->c);
		config_source_next(source);
	}
	return EXIT_OK;
}

/* The words of one line, and all that continues it. */
static int read_words(struct config *config, struct config_source *source)
{
	int ret;

	config_line_start(config->line, source->name);
	for (;;) {
		ret = skip_blanks(config, source);
		if (ret || is_end(source->c))
			break;
		config_word_start(config->line, source->here);
		ret = source->c == '"' ? read_quoted(config, source) :
					 read_plain(config, source);
		if (ret)
			break;
		config_word_end(config->line);
	}
	if (source->c == '\n')
		config_source_next(source);
	return ret;
}

static int read_file(struct config *config, FILE *in, const char *name,
		     const struct config_source *from);

static bool same_file(FILE *a, FILE *b)
{
	struct stat of_a, of_b;

	return !fstat(fileno(a), &of_a) && !fstat(fileno(b), &of_b) &&
	       of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

/* Whether a file may be included; says why not. */
static int check_include(struct config *config,
			 const struct config_source *source,
			 struct config_place place, FILE *in, const char *name)
{
	const struct config_source *from = source;

	for (int depth = 1; from; from = from->from, depth++) {
		if (same_file(from->in, in))
			return config_fail_at(config, source->name, place,
					      "\"%s\" includes itself", name);
		if (depth == CONFIG_INCLUDES_MAX)
			return config_fail_at(config, source->name, place,
					      "more than %d files include each other",
					      CONFIG_INCLUDES_MAX);
	}
	return EXIT_OK;
}

static int include_file(struct config *config,
			const struct config_source *source,
			struct config_place place, const char *path)
{
	const char *name = keep_name(config, path);
	FILE *in = name ? fopen(name, "re") : NULL;
	int ret;

	if (!in)
		return config_fail_at(config, source->name, place,
				      "cannot open \"%s\": %s", path,
				      strerror(errno));
	ret = check_include(config, source, place, in, name);
	if (!ret)
		ret = read_file(config, in, name, source);
	fclose(in);
	return ret;
}

/*
 * The path of what is included, relative to the including file, whose own
 * folder is no pattern. To be freed.
 */
static char *include_path(const char *file, const char *word, bool is_pattern)
{
	const char *slash = *word == '/' ? NULL : strrchr(file, '/');
	size_t folder = slash ? (size_t)(slash + 1 - file) : 0;
	char *path = malloc(2 * folder + strlen(word) + 1);
	char *end = path;

	if (!path)
		return NULL;
	for (size_t i = 0; i < folder; i++) {
		if (is_pattern && strchr("*?[\\", file[i]))
			*end++ = '\\';
		*end++ = file[i];
	}
	memcpy(end, word, strlen(word) + 1);
	return path;
}

static int include_pattern(struct config *config,
			   const struct config_source *source,
			   struct config_place place, const char *pattern)
{
	glob_t found;
	int ret = glob(pattern, 0, NULL, &found);

	/* Of a folder for additions it is no fault to be empty. */
	if (ret == GLOB_NOMATCH)
		return EXIT_OK;
	if (ret)
		return config_fail_at(config, source->name, place,
				      "cannot look for \"%s\"", pattern);
	for (size_t i = 0; i < found.gl_pathc && !ret; i++)
		ret = include_file(config, source, place, found.gl_pathv[i]);
	globfree(&found);
	return ret;
}

static int read_include(struct config *config,
			const struct config_source *source)
{
	const struct config_line *line = config->line;
	struct config_place place;
	bool is_pattern;
	char *path;
	int ret;

	if (line->is_full || line->count != 2)
		return config_fail(config, line, line->count > 2 ? 2 : 0,
				   "\"include\" needs one word: a file");
	place = line->places[1];
	is_pattern = strpbrk(line->words[1], "*?[");
	path = include_path(source->name, line->words[1], is_pattern);
	if (!path)
		return config_fail(config, line, 1, "out of memory");
	ret = is_pattern ? include_pattern(config, source, place, path) :
			   include_file(config, source, place, path);
	free(path);
	return ret;
}

static int read_file(struct config *config, FILE *in, const char *name,
		     const struct config_source *from)
{
	struct config_source source;
	int ret = EXIT_OK;

	config_source_start(&source, in, name, from);
	while (source.c != EOF && !ret) {
		ret = read_words(config, &source);
		if (ret || !config->line->count)
			continue;
		ret = strcmp(config->line->words[0], "include") ?
		      config_line_end(config) :
		      read_include(config, &source);
	}
	return ret ? ret : config_source_end(config, &source);
}

/**
 * config_read() - read a configuration
 * @config: @take and @line are set, the rest is zeroed
 * @in: where from
 * @name: name of that, for messages and to find what it includes
 *
 * The first error ends it; some items may have been taken by then.
 *
 * Return: an &enum exit_code. If it is not %EXIT_OK there is a message in
 * @config.
 */
int config_read(struct config *config, FILE *in, const char *name)
{
	return read_file(config, in, name, NULL);
}

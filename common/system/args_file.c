/*
 * args_file.c - options from a file, one a line.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/args_inside.h"
#include "system/io.h"
#include "system/log.h"
#include "system/path.h"

struct place {
	const char *path;
	size_t line;
};

static _Noreturn void
refuse(const struct place *at, struct slice word, const char *why)
{
	die(EXIT_CONFIG, "%s:%zu: %.*s: %s", at->path, at->line, (int)word.n,
	    word.n > 0 ? word.p : "", why);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A comment begins with a # at the beginning of a word. */
static struct slice
without_comment(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '#' && (i == 0 || is_blank(text.p[i - 1])))
			text.n = i;
	return slice_trim(text);
}

/* The value: in quotes as it is, else up to a comment.  p NULL: none. */
static struct slice
value_of(const struct place *at, struct slice text)
{
	const char *end;
	struct slice in;

	text = slice_trim(text);
	if (text.n == 0 || (text.p[0] != '\'' && text.p[0] != '"')) {
		text = without_comment(text);
		return text.n > 0 ? text : (struct slice){ NULL, 0 };
	}
	in = slice_from(text, 1);
	end = slice_find(in, text.p[0]);
	if (end == NULL)
		refuse(at, text, "the quote is not closed");
	in.n = (size_t)(end - in.p);
	if (without_comment(slice_from(text, in.n + 2)).n > 0)
		refuse(at, text, "something stands behind the quotes");
	return in;
}

/*
 * Cut the name off a line: up to a blank or an =, which may have blanks around
 * it; with dashes before it or not.
 */
static struct args_row *
cut_name(const struct place *at, struct slice *line)
{
	struct args_rows *rows = args_gathered();
	struct slice word = *line, name;
	struct args_row *r;
	char text[ARGS_MAX_GUESS], why[ARGS_MAX_GUESS + 40];
	size_t n = 0;

	while (n < word.n && !is_blank(word.p[n]) && word.p[n] != '=')
		n++;
	word.n = n;
	*line = slice_trim(slice_from(*line, n));
	if (line->n > 0 && line->p[0] == '=')
		*line = slice_from(*line, 1);
	name = word;
	if (slice_starts(name, "--"))
		name = slice_from(name, 2);
	if (name.n == 2 && name.p[0] == '-')
		r = args_find_letter(rows, name.p[1]);
	else
		r = args_find(rows, name);
	if (r == NULL) {
		strcpy(why, "unknown option");
		strcat(why, args_guess(rows, name, "", text));
		refuse(at, word, why);
	}
	if (r->is->arg->line_only)
		refuse(at, word, "only for the command line");
	return r;
}

/* The text of a value, for good: options point to it. */
static const char *
keep(const struct place *at, struct slice value)
{
	static struct kept {
		struct kept *before;
		char text[];
	} * last;
	struct kept *k = malloc(sizeof(*k) + value.n + 1);

	if (k == NULL)
		die(EXIT_OSERR, "no memory");
	if (slice_copy(value, k->text, value.n + 1) < 0)
		refuse(at, value, "a byte of value 0");
	k->before = last;
	last = k;
	return k->text;
}

static void
take_line(const struct place *at, struct slice line)
{
	struct args_row *r;
	struct slice value;

	line = slice_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return;
	r = cut_name(at, &line);
	value = value_of(at, line);
	if (value.p != NULL && !args_takes_value(r))
		refuse(at, slice_of(r->shown), "takes no value");
	if (value.p == NULL && args_takes_value(r) && r->kind != ARG_MAYBE)
		refuse(at, slice_of(r->shown), "wants a value");
	if (r->is->origin == BY_LINE)
		return;
	r->is->origin = BY_FILE;
	r->is->file = at->path;
	r->is->line = at->line;
	args_store(r, value.p != NULL ? keep(at, value) : NULL);
}

/*
 * A file that happens to lie here must not be able to say what we do, unless
 * it is from somebody whom we trust anyway.
 */
static void
check_owner(const char *path, const struct stat *st)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		die(EXIT_CONFIG,
		    "%s belongs to another user; say --config %s if it shall "
		    "be read",
		    path, path);
	if ((st->st_mode & S_IWOTH) != 0)
		die(EXIT_CONFIG,
		    "%s can be written by everybody; say --config %s if it "
		    "shall be read",
		    path, path);
}

/* The whole file, to be freed; false when there is none. */
static bool
read_all(const char *path, bool named, char **all, size_t *length)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd = named ? open(path, flags) : path_open_trusted(path, flags, 0);
	struct stat st;
	char *text;
	ssize_t n;

	if (fd < 0 && errno == ENOENT && !named)
		return false;
	if (fd < 0 || fstat(fd, &st) < 0)
		die(EXIT_CONFIG, "%s: %s", path, path_why(errno));
	if (!named)
		check_owner(path, &st);
	text = malloc(ARGS_FILE_MAX);
	if (text == NULL)
		die(EXIT_OSERR, "no memory");
	n = io_read_all(fd, text, ARGS_FILE_MAX);
	if (n < 0)
		die(EXIT_CONFIG, "%s: %s", path, strerror(errno));
	if (n == ARGS_FILE_MAX)
		die(EXIT_CONFIG, "%s: more than %d bytes", path, ARGS_FILE_MAX);
	close(fd);
	*all = text;
	*length = (size_t)n;
	return true;
}

bool
args_file(const char *path, bool named)
{
	struct place at = { path, 0 };
	struct slice all, line;
	size_t length;
	char *text;

	if (!read_all(path, named, &text, &length))
		return false;
	all = (struct slice){ text, length };
	if (slice_starts(all, "\xef\xbb\xbf"))
		all = slice_from(all, 3); /* a byte order mark */
	while (all.n > 0) {
		at.line++;
		line = slice_cut(&all, '\n');
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		take_line(&at, line);
	}
	free(text);
	return true;
}

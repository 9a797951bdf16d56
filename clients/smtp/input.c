/*
 * input.c - standard input as a file, and where its header is.
 *
 * A header is found however long it is, with CRLF or LF, without a body, and
 * without a line end at its end.
 */
#include "smtp.h"
#include "message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>

#include "system/log.h"

#define HEAD_MAX ((size_t)1 << 30)

static _Noreturn void
fail(const char *what)
{
	die(EXIT_OSERR, "%s: %s", what, strerror(errno));
}

/* A line that is a dot alone, as sendmail without -i takes it. */
static bool
is_end(const char *line, ssize_t n)
{
	return (n == 2 && memcmp(line, ".\n", 2) == 0) ||
	    (n == 3 && memcmp(line, ".\r\n", 3) == 0);
}

static void
copy_lines(FILE *in, FILE *to)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, in)) > 0 && !is_end(line, n))
		if (fwrite(line, 1, (size_t)n, to) != (size_t)n)
			fail("temporary file");
	free(line);
}

FILE *
input_file(void)
{
	FILE *file = tmpfile();
	int fd;

	if (file != NULL)
		return file;
	fd = memfd_create("message", MFD_CLOEXEC);
	return fd < 0 ? NULL : fdopen(fd, "w+");
}

FILE *
input_read(FILE *in, bool dots)
{
	FILE *to = input_file();
	char piece[16384];
	size_t n;

	if (to == NULL)
		fail("temporary file");
	if (dots)
		copy_lines(in, to);
	while (!dots && (n = fread(piece, 1, sizeof(piece), in)) > 0)
		if (fwrite(piece, 1, n, to) != n)
			fail("temporary file");
	if (ferror(in))
		fail("standard input");
	if (fflush(to) != 0)
		fail("temporary file");
	rewind(to);
	return to;
}

/* "Name: value", and the old "Name : value" (RFC 5322 4.5.8). */
bool
field_split(struct slice line, struct field *f)
{
	size_t n = 0, colon;

	while (n < line.n && line.p[n] > ' ' && line.p[n] <= '~' &&
	    line.p[n] != ':')
		n++;
	for (colon = n; colon < line.n; colon++)
		if (line.p[colon] != ' ' && line.p[colon] != '\t')
			break;
	if (n == 0 || colon == line.n || line.p[colon] != ':')
		return false;
	f->name = (struct slice){ line.p, n };
	f->text = line;
	f->value = slice_from(line, colon + 1);
	return true;
}

static bool
is_folded(struct slice line)
{
	return line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t');
}

/* Without BOM, and without the line of an mbox before a field. */
static ssize_t
first_line(char **line, size_t *size, FILE *in, struct head *h)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct field unused;
	ssize_t n = getline(line, size, in);
	off_t begin = 0;

	if (n >= 3 && memcmp(*line, bom, 3) == 0) {
		begin = 3;
		n -= 3;
		memmove(*line, *line + 3, (size_t)n + 1);
	}
	h->begin = h->body = begin;
	if (n < 5 || strncmp(*line, "From ", 5) != 0)
		return n;
	h->body = begin + n;
	n = getline(line, size, in);
	if (n > 0 && field_split((struct slice){ *line, (size_t)n }, &unused))
		return n;
	/* It was a text that begins so. */
	h->body = begin;
	fseeko(in, begin, SEEK_SET);
	return getline(line, size, in);
}

/* Where the fields are in the text that is whole now. */
static void
split(struct head *h)
{
	struct slice rest = buf_slice(&h->text);
	struct field f;

	for (const char *lf; rest.n > 0;) {
		struct slice line = rest;

		if ((lf = slice_find(rest, '\n')) != NULL)
			line.n = (size_t)(lf + 1 - rest.p);
		rest = slice_from(rest, line.n);
		if (h->count > 0 && is_folded(line)) {
			h->fields[h->count - 1].text.n += line.n;
			h->fields[h->count - 1].value.n += line.n;
			continue;
		}
		field_split(line, &f);
		h->fields =
		    reallocarray(h->fields, h->count + 1, sizeof(*h->fields));
		if (h->fields == NULL)
			die(EXIT_OSERR, "no memory");
		h->fields[h->count++] = f;
	}
}

void
head_read(struct head *h, FILE *in)
{
	char *line = NULL;
	size_t size = 0;
	struct field f;
	ssize_t n;

	*h = (struct head){ .count = 0 };
	buf_init(&h->text, HEAD_MAX);
	for (n = first_line(&line, &size, in, h); n > 0;
	     n = getline(&line, &size, in)) {
		struct slice s = { line, (size_t)n };

		h->ended = line[0] == '\n' ||
		    (n == 2 && line[0] == '\r' && line[1] == '\n');
		if (h->ended) {
			h->body += n;
			break;
		}
		if (!field_split(s, &f) && (h->text.n == 0 || !is_folded(s)))
			break;
		buf_adds(&h->text, s);
		h->body += n;
	}
	h->last = n <= 0;
	free(line);
	if (h->text.failed)
		die(EXIT_USAGE, "a header of more than a gigabyte");
	split(h);
}

void
head_free(struct head *h)
{
	buf_free(&h->text);
	free(h->fields);
}

const struct field *
head_find(const struct head *h, const char *name)
{
	for (size_t i = 0; i < h->count; i++)
		if (slice_iis(h->fields[i].name, name))
			return &h->fields[i];
	return NULL;
}

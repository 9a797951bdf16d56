/*
 * sink.c - where a body goes: a file, or standard output.
 */
#include "http.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "system/clock.h"
#include "system/io.h"

int
sink_choose(struct task *t, size_t nth, char name[OUTPUT_MAX])
{
	struct slice path = t->url.path, last;
	const char *slash = slice_rfind(path, '/');

	t->output = NULL;
	if (nth < t->opt->output.n) {
		t->output = t->opt->output.item[nth];
		if (strcmp(t->output, "-") == 0)
			t->output = NULL;
	} else if (t->opt->remote_name) {
		last = slash == NULL ?
		    path :
		    slice_from(path, (size_t)(slash - path.p) + 1);
		/* The name is taken as it is written: %2f stays %2f. */
		if (last.n == 0 || slice_is(last, ".") ||
		    slice_is(last, "..") ||
		    slice_copy(last, name, OUTPUT_MAX) < 0)
			return fail(EXIT_WRITE,
			    "%s: the URL ends in no name for a file",
			    buf_str(&t->text));
		t->output = name;
	}
	return 0;
}

int
sink_open(struct sink *s, const struct task *t, bool append)
{
	int flags = (append ? O_RDWR : O_WRONLY) | O_CREAT | O_CLOEXEC;

	if (s->fd >= 0)
		return 0;
	s->name = t->output != NULL ? t->output : "standard output";
	s->fd = STDOUT_FILENO;
	if (t->output != NULL)
		s->fd = open(
		    t->output, flags | (append ? O_APPEND : O_TRUNC), 0666);
	if (s->fd < 0)
		return fail(
		    EXIT_WRITE, "write %s: %s", s->name, strerror(errno));
	s->start = append ? t->offset : 0;
	s->began = clock_ms();
	/* Not across the text on the same terminal, and not into a log. */
	s->bar = !silent && !t->opt->verbose && isatty(STDERR_FILENO) &&
	    !isatty(s->fd);
	return 0;
}

/*
 * What is added to a file begins with the last byte that it has.  So there is
 * something to send even when nothing is missing (a server may say 416 to
 * that, without a word about the size), and a file that has changed shows,
 * more often than not.
 */
static int
check_overlap(struct sink *s, struct slice *data)
{
	char last;

	if (pread(s->fd, &last, 1, (off_t)s->start - 1) != 1)
		return fail(
		    EXIT_WRITE, "read %s: %s", s->name, strerror(errno));
	if (last != data->p[0])
		return fail(EXIT_RANGE,
		    "%s: not the beginning of what the server has", s->name);
	*data = slice_from(*data, 1);
	s->overlaps = false;
	if (s->expected != UINT64_MAX)
		s->expected--;
	return 0;
}

int
sink_write(struct sink *s, struct slice data)
{
	int code = s->overlaps ? check_overlap(s, &data) : 0;

	if (code != 0)
		return code;
	if (io_write_all(s->fd, data.p, data.n) < 0)
		return fail(
		    EXIT_WRITE, "write %s: %s", s->name, strerror(errno));
	s->got += data.n;
	if (s->bar)
		bar_draw(s);
	return 0;
}

int
sink_close(struct sink *s)
{
	int fd = s->fd;

	if (fd < 0)
		return 0;
	if (s->bar)
		bar_end(s);
	s->fd = -1;
	/* A full disk may be told as late as here. */
	if (fd != STDOUT_FILENO && close(fd) < 0)
		return fail(
		    EXIT_WRITE, "write %s: %s", s->name, strerror(errno));
	return 0;
}

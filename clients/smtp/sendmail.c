/*
 * sendmail.c - called as sendmail: the options that programs which send mail
 * have used since the eighties.
 */
#include "smtp.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/date.h"
#include "grammar/mail_word.h"
#include "system/clock.h"
#include "system/log.h"

#define HEADER_MAX (1 << 20)
#define TO_MAX     10000

/* What the header says. */
struct header {
	struct buf text; /* without Bcc, lines as they came */
	bool from, date;
};

static const char **to;
static size_t to_count;

static void
add_to(struct slice address)
{
	char *copy = strndup(address.p, address.n);

	if (to == NULL)
		to = calloc(TO_MAX, sizeof(*to));
	if (to == NULL || copy == NULL)
		die(EXIT_OSERR, "no memory");
	if (to_count == TO_MAX)
		die(EXIT_USAGE, "more than %d recipients", TO_MAX);
	to[to_count++] = copy;
}

static bool
is_field(struct slice field, const char *name)
{
	return slice_iis(slice_trim(slice_cut(&field, ':')), name);
}

/* A whole field with its folded lines: take what it says, keep or drop it. */
static void
take_field(struct header *h, struct slice field, bool want_to)
{
	bool bcc = is_field(field, "Bcc");
	struct slice value = field, one;

	slice_cut(&value, ':');
	if (want_to && (bcc || is_field(field, "To") || is_field(field, "Cc")))
		while ((one = mail_list_next(&value)).n > 0)
			add_to(one);
	h->from = h->from || is_field(field, "From");
	h->date = h->date || is_field(field, "Date");
	if (!bcc)
		buf_adds(&h->text, field);
}

/* Read fields up to the line that is none, which is left in *line. */
static ssize_t
read_header(struct header *h, bool want_to, char **line, size_t *size)
{
	struct buf field;
	ssize_t n;

	buf_init(&field, HEADER_MAX);
	while ((n = getline(line, size, stdin)) > 0) {
		bool folded = **line == ' ' || **line == '\t';
		size_t name = strcspn(*line, ": \t\r\n");

		if (!folded && field.n > 0) {
			take_field(h, buf_slice(&field), want_to);
			buf_clear(&field);
		}
		if (!folded && (name == 0 || (*line)[name] != ':'))
			break;
		buf_add(&field, *line, (size_t)n);
	}
	if (field.n > 0)
		take_field(h, buf_slice(&field), want_to);
	if (field.failed || h->text.failed)
		die(EXIT_USAGE, "a header of more than a megabyte");
	buf_free(&field);
	return n;
}

static void
read_message(
    struct message *l, const struct options *o, bool want_to, bool dots)
{
	struct header h = { .from = false };
	char date[DATE_MAX_TEXT], *line = NULL;
	size_t size = 0;
	ssize_t n;

	buf_init(&h.text, HEADER_MAX);
	n = read_header(&h, want_to, &line, &size);
	if (!h.from)
		buf_addf(&h.text, "From: %s\n", o->from);
	date_mail(clock_wall_s(), date);
	if (!h.date)
		buf_addf(&h.text, "Date: %s\n", date);
	/* A first line that is neither field nor empty: a body without one. */
	if (n <= 0 || (line[0] != '\n' && line[0] != '\r'))
		buf_addc(&h.text, '\n');
	if (n > 0 && !(dots && line[0] == '.' && line[1] == '\n'))
		buf_add(&h.text, line, (size_t)n);
	message_begin(l);
	message_read(l, buf_slice(&h.text), stdin, dots);
	message_end(l);
	buf_free(&h.text);
	free(line);
}

static const char *
own_address(void)
{
	static char text[600];
	char host[256] = "localhost";
	const struct passwd *p = getpwuid(getuid());

	gethostname(host, sizeof(host) - 1);
	snprintf(text, sizeof(text), "%s@%s", p == NULL ? "nobody" : p->pw_name,
	    host);
	return text;
}

void
sendmail_read(int argc, char **argv, struct options *o, struct message *l)
{
	const char *server = "localhost:25";
	bool want_to = false, dots = true;
	int message;

	log_init("sendmail", SAY_INFO);
	o->from = own_address();
	while (
	    (message = getopt(argc, argv, "tif:r:S:o:B:F:N:R:V:vO:")) != -1) {
		if (message == 't')
			want_to = true;
		else if (message == 'i' ||
		    (message == 'o' && strcmp(optarg, "i") == 0))
			dots = false;
		else if (message == 'f' || message == 'r')
			o->from = strcmp(optarg, "<>") == 0 ? "" : optarg;
		else if (message == 'S')
			server = optarg;
		else if (message == 'v')
			o->verbose = true;
		else if (message == '?')
			exit(EXIT_USAGE);
	}
	split_server(o, server);
	for (int i = optind; i < argc; i++)
		add_to(slice_of(argv[i]));
	read_message(l, o, want_to, dots);
	o->to = to;
	o->to_count = to_count;
	if (to_count == 0)
		die(EXIT_USAGE, "no recipients");
}

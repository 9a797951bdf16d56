/*
 * transcript.c - the dialogue of a session, as a JSON file.
 */
#include "smtpd/transcript.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bytes/buf.h"
#include "bytes/date.h"
#include "grammar/escape.h"
#include "grammar/smtp_command.h"
#include "mail/index.h"
#include "mail/maildir_open.h"
#include "system/clock.h"
#include "system/io.h"
#include "system/pages.h"

#define MESSAGES_MAX  16384 /* bytes of the list of ids */
#define MAILBOXES_MAX 16384 /* bytes of the list of names */
#define FILE_MAX      (TRANSCRIPT_LINES_MAX + MESSAGES_MAX + MAILBOXES_MAX + 16384)

static PAGES_TOGETHER int dir = -1;

static PAGES_TOGETHER struct {
	bool on;
	char id[64], client[64];
	int64_t began_us, began_wall_us;
	bool secret; /* the client's next line is one */
	bool cut;    /* there was more than is kept */
	bool news;   /* a message that is not written down yet */
	int64_t kept_ms;
	struct buf lines, messages, mailboxes;
} t;

void
transcript_begin(int root, struct slice client)
{
	dir =
	    maildir_open_beneath(root, INDEX_SESSIONS, O_RDONLY | O_DIRECTORY);
	t.on = dir >= 0;
	if (!t.on)
		return;
	t.secret = t.cut = t.news = false;
	t.kept_ms = 0;
	t.began_us = clock_us();
	t.began_wall_us = clock_wall_us();
	snprintf(t.id, sizeof(t.id), "%lld.M%06dP%d",
	    (long long)(t.began_wall_us / 1000000),
	    (int)(t.began_wall_us % 1000000), (int)getpid());
	snprintf(t.client, sizeof(t.client), "%.*s", SLICE_FMT(client));
	buf_init(&t.lines, TRANSCRIPT_LINES_MAX);
	buf_init(&t.messages, MESSAGES_MAX);
	buf_init(&t.mailboxes, MAILBOXES_MAX);
}

static void
add(const char *who, struct slice text, const char *behind)
{
	size_t before = t.lines.n;

	if (!t.on || t.cut)
		return;
	buf_addf(&t.lines, "%s{\"At\":%lld,\"From\":\"%s\",\"Text\":\"",
	    before > 0 ? "," : "",
	    (long long)((clock_us() - t.began_us) / 1000), who);
	escape_json(&t.lines, text);
	buf_addf(&t.lines, "%s\"}", behind);
	if (!t.lines.failed)
		return;
	/* What did not fit whole goes; the rest of the session is left out. */
	t.lines.n = before;
	t.lines.failed = false;
	t.cut = true;
}

/*
 * "AUTH PLAIN secret": how much of it may be shown.  As commands are read, with
 * blanks before it and tabs for blanks.
 */
static size_t
harmless(struct slice line)
{
	struct smtp_command c;
	size_t n = 0;

	smtp_command_parse(line, &c);
	if (c.row->verb != SMTP_V_AUTH)
		return line.n;
	while (n < c.args.n && c.args.p[n] != ' ' && c.args.p[n] != '\t')
		n++;
	return n == c.args.n ? line.n : (size_t)(c.args.p - line.p) + n + 1;
}

void
transcript_line(char who, struct slice line)
{
	size_t n = line.n;
	const char *behind = "";

	if (who == 'C') {
		n = t.secret ? 0 : harmless(line);
		behind = t.secret || n < line.n ? "****" : "";
	}
	if (n > TRANSCRIPT_LINE_MAX) {
		n = TRANSCRIPT_LINE_MAX;
		behind = " ...";
	}
	/* 334 is AUTH's, and what is said to it is nobody else's business. */
	t.secret = who == 'S' && slice_starts(line, "334");
	add(who == 'C' ? "C" : "S", (struct slice){ line.p, n }, behind);
}

void
transcript_bytes(uint64_t n)
{
	char text[48];

	snprintf(text, sizeof(text), "(%llu bytes)", (unsigned long long)n);
	add("C", slice_of(text), "");
}

void
transcript_message(struct slice id)
{
	size_t before = t.messages.n;

	if (!t.on)
		return;
	t.news = true;
	buf_addf(
	    &t.messages, "%s\"%.*s\"", before > 0 ? "," : "", SLICE_FMT(id));
	if (t.messages.failed) {
		t.messages.n = before;
		t.messages.failed = false;
	}
}

/* Each once, however often it is named; what does not fit is left out. */
void
transcript_mailbox(struct slice name)
{
	size_t before = t.mailboxes.n, begin;
	struct slice one;

	if (!t.on || name.n == 0)
		return;
	if (before > 0)
		buf_addc(&t.mailboxes, ',');
	begin = t.mailboxes.n;
	buf_addc(&t.mailboxes, '"');
	escape_json(&t.mailboxes, name);
	buf_addc(&t.mailboxes, '"');
	one = slice_from(buf_slice(&t.mailboxes), begin);
	if (!t.mailboxes.failed &&
	    (before == 0 ||
		memmem(t.mailboxes.p, before, one.p, one.n) == NULL))
		return;
	t.mailboxes.n = before;
	t.mailboxes.failed = false;
}

bool
transcript_is_due(void)
{
	return t.on && t.news &&
	    (t.kept_ms == 0 || clock_ms() - t.kept_ms >= TRANSCRIPT_EACH_MS);
}

static void
add_time(struct buf *b, const char *name, int64_t wall_us)
{
	char text[DATE_MAX_TEXT];

	date_iso(wall_us / 1000000, text);
	buf_addf(
	    b, ",\"%s\":\"%.19s.%06dZ\"", name, text, (int)(wall_us % 1000000));
}

static void
add_text(struct buf *b, const char *name, struct slice text)
{
	buf_addf(b, ",\"%s\":\"", name);
	escape_json(b, text);
	buf_addc(b, '"');
}

/* Whole or not at all: a reader never sees half a file. */
static void
write_down(struct slice all)
{
	char name[80], hidden[80];
	int fd;

	snprintf(name, sizeof(name), "%s.json", t.id);
	snprintf(hidden, sizeof(hidden), ".%s", t.id);
	fd = openat(dir, hidden,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	if (io_write_all(fd, all.p, all.n) != (ssize_t)all.n ||
	    renameat(dir, hidden, dir, name) < 0)
		unlinkat(dir, hidden, 0);
	close(fd);
}

void
transcript_keep(struct slice helo, struct slice user, int code, bool over)
{
	struct buf b;

	if (!t.on)
		return;
	buf_init(&b, FILE_MAX);
	buf_addf(&b, "{\"ID\":\"%s\"", t.id);
	add_text(&b, "Client", slice_of(t.client));
	add_text(&b, "Helo", helo);
	add_text(&b, "User", user);
	add_time(&b, "Started", t.began_wall_us);
	if (over)
		add_time(&b, "Ended", clock_wall_us());
	else
		add_text(&b, "Ended", (struct slice){ NULL, 0 });
	buf_addf(&b, ",\"Code\":%d,\"Cut\":%s,\"Messages\":[", code,
	    t.cut ? "true" : "false");
	buf_adds(&b, buf_slice(&t.messages));
	buf_addz(&b, "],\"Mailboxes\":[");
	buf_adds(&b, buf_slice(&t.mailboxes));
	buf_addz(&b, "],\"Lines\":[");
	buf_adds(&b, buf_slice(&t.lines));
	buf_addz(&b, "]}\n");
	if (!b.failed)
		write_down(buf_slice(&b));
	buf_free(&b);
	t.news = false;
	t.kept_ms = clock_ms();
	if (!over)
		return;
	t.on = false;
	close(dir);
	buf_free(&t.lines);
	buf_free(&t.messages);
	buf_free(&t.mailboxes);
}

/*
 * store.c - the proof of smtpd/store.h: an id in a 250 is exactly one readable
 * message, whatever fails, wherever the process is killed.
 *
 * A whole session runs in a process of its own over a socket pair, with
 * system calls of ours under the store.  The k-th of them fails, or kills the
 * process before or after it is done; k goes from the first to past the last.
 * Then we look at what the client was told and what is in the Maildir.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "grammar/mail_folder.h"
#include "grammar/mail_trace.h"
#include "rig/rig.h"
#include "conn/conn.h"
#include "smtpd/serve.h"
#include "smtpd/smtpd.h"
#include "smtpd/store.h"
#include "smtpd/store_dirs.h"
#include "store_faulty.h"
#include "system/clock.h"

#define BODY 150000 /* a few writes */
#define LAST 200    /* no session makes as many calls */

static char message[BODY];
static const char *place;
static int said; /* what sessions write to standard error; a file */

/* The other end may be killed at any time: that is heard elsewhere. */
static void
say(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t put = send(fd, p, n, MSG_NOSIGNAL);

		if (put <= 0)
			return;
		p += put;
		n -= (size_t)put;
	}
}

static void
say_all(int fd)
{
	static const char head[] = "EHLO x\r\nMAIL FROM:<a@b>\r\n"
				   "RCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\n"
				   "DATA\r\n";

	say(fd, head, sizeof(head) - 1);
	say(fd, message, BODY);
	say(fd, ".\r\nQUIT\r\n", 9);
	shutdown(fd, SHUT_WR);
}

/* What there is to read; quietly, for the other end may be killed. */
static bool
more(int fd, struct buf *b)
{
	char *to = buf_room(b, 4096);
	ssize_t n = to == NULL ? -1 : recv(fd, to, 4096, 0);

	if (n > 0)
		buf_grew(b, (size_t)n);
	return n > 0;
}

/* A session in a process that never returns here. */
static pid_t
serve(int ends[2])
{
	pid_t pid = fork();
	struct conn c;

	if (pid != 0)
		return pid;
	close(ends[0]);
	dup2(said, STDERR_FILENO);
	signal(SIGPIPE, SIG_IGN);
	store_ops = faulty;
	conn_init(&c, ends[1], SOCK_STREAM, NULL, clock_us());
	serve_mail(&c, &mail_service);
	_exit(step < at ? 100 : 0); /* 100: never came so far */
}

/* What was stored with LF is as it was sent. */
static void
change_ends(struct buf *b)
{
	static char out[MAIL_ENDS_ROOM(2 * BODY)];
	struct mail_ends e = { 0 };
	size_t n = mail_ends_put(&e, buf_slice(b), out);

	n += mail_ends_end(&e, out + n);
	buf_clear(b);
	buf_adds(b, (struct slice){ out, n });
}

/* Messages in a new/; each must be whole.  The name of the last to name. */
static size_t
whole_messages(const char *dir, char *name, const char *what)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	struct mail_trace t;
	struct buf b;
	size_t n = 0;
	int head;

	if (d == NULL)
		return 0; /* a folder that was never made */
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		n++;
		snprintf(name, 256, "%s", e->d_name);
		buf_init(&b, RIG_BUF_MAX);
		cr_assert_eq(rig_slurp(rig_in(dir, name), &b), 0);
		if (smtpd_options.line_ends == SMTPD_LF)
			change_ends(&b);
		head = mail_trace_read(buf_slice(&b), &t);
		cr_assert_gt(head, 0, "%s: no trace block", what);
		buf_eat(&b, (size_t)head);
		cr_expect(
		    slice_eq(buf_slice(&b), (struct slice){ message, BODY }),
		    "%s: half written", what);
		buf_free(&b);
	}
	closedir(d);
	return n;
}

/* What the client was told: the id in a 250, or "". */
static void
told(struct slice replies, char id[STORE_ID_MAX])
{
	id[0] = '\0';
	while (replies.n > 0) {
		struct slice line = slice_cut(&replies, '\n');

		if (!slice_starts(line, "250 2.0.0 ") ||
		    !slice_ends(line, "accepted for delivery\r"))
			continue;
		line = slice_from(line, strlen("250 2.0.0 "));
		slice_copy(slice_cut(&line, ' '), id, STORE_ID_MAX);
	}
}

/* What the session said, a sanitizer's words above all. */
static const char *
words(void)
{
	static char text[4096];
	ssize_t n = pread(said, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* Another Maildir; returns its path. */
static const char *
open_another(void)
{
	static int count;
	static char mail[300];

	snprintf(mail, sizeof(mail), "%s/mail%d", place, ++count);
	close(store_dirs.root);
	close(store_dirs.tmp);
	close(store_dirs.new);
	store_open(mail, "host", NULL, true);
	smtpd_options.maildir = mail;
	return mail;
}

/* Is in a folder what was said, by the id (empty: no 250) or by a reply? */
static void
expect_stored(const char *folder, const char *id, const char *replies,
    bool killed, const char *what)
{
	char name[256] = "";
	size_t n = whole_messages(folder, name, what);

	if (id[0] != '\0') {
		cr_expect_eq(n, 1, "%s: 250, and %zu messages", what, n);
		cr_expect(slice_starts(slice_of(name), id), "%s", what);
	} else if (!killed) {
		/* Row "disk full / write error". */
		cr_expect_not_null(
		    strstr(
			replies, fault == NO_SPACE ? "452 4.3.1" : "451 4.3.0"),
		    "%s: %s", what, replies);
		cr_expect_eq(n, 0, "%s: no 250, and a message", what);
	} else {
		cr_expect_leq(n, 1, "%s: twice", what);
	}
}

/* One session with the fault at its k-th call.  False: it has fewer. */
static bool
one(enum fault f, int k, const char *const *folders)
{
	const char *mail;
	char id[STORE_ID_MAX], what[64];
	struct buf replies;
	int ends[2], status;
	pid_t pid;

	fault = f;
	at = k;
	step = 0;
	snprintf(what, sizeof(what), "%s at call %d", fault_names[f], k);
	mail = open_another();
	cr_assert_eq(ftruncate(said, 0), 0);
	rig_pair(ends);
	pid = serve(ends);
	close(ends[1]);
	say_all(ends[0]);
	buf_init(&replies, 1 << 20);
	while (more(ends[0], &replies))
		;
	close(ends[0]);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	told(buf_slice(&replies), id);
	for (; *folders != NULL; folders++)
		expect_stored(rig_in(mail, *folders), id, buf_str(&replies),
		    WIFSIGNALED(status), what);
	buf_free(&replies);
	cr_expect(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL :
					WEXITSTATUS(status) % 100 == 0,
	    "%s: ended with %x, saying %s", what, status, words());
	return WIFSIGNALED(status) || WEXITSTATUS(status) != 100;
}

static int
all_faults(const char *const *folders, int durability, int by)
{
	int runs = 0;

	real = store_ops;
	place = rig_place();
	said = open(rig_in(place, "said"), O_RDWR | O_CREAT | O_APPEND, 0600);
	cr_assert_geq(said, 0);
	smtpd_options.hostname = "host";
	smtpd_options.timeout_ms = 20000;
	smtpd_options.durability = durability;
	smtpd_options.mailbox_by = by;
	for (size_t i = 0; i < BODY; i++)
		message[i] = i % 78 == 76 ? '\r' : i % 78 == 77 ? '\n' : 'm';
	memcpy(message + BODY - 2, "\r\n", 2);
	for (int f = 0; f < FAULTS; f++) {
		int k = 1;

		while (k < LAST && one((enum fault)f, k, folders))
			k++;
		cr_expect_gt(k, 4, "%s was never tried", fault_names[f]);
		cr_expect_lt(k, LAST, "%s has no end", fault_names[f]);
		runs += k;
	}
	return runs;
}

Test(store, every_call_fails_once)
{
	static const char *const folders[] = { "new", NULL };

	cr_log_info("%d sessions", all_faults(folders, STORE_FULL, 0));
}

Test(store, every_call_fails_once_with_lf)
{
	static const char *const folders[] = { "new", NULL };

	smtpd_options.line_ends = SMTPD_LF;
	cr_log_info("%d sessions", all_faults(folders, STORE_FULL, 0));
}

Test(store, every_call_fails_once_without_durability)
{
	static const char *const folders[] = { "new", NULL };

	cr_log_info("%d sessions", all_faults(folders, STORE_NONE, 0));
}

Test(store, every_call_fails_once_with_folders)
{
	static const char *const folders[] = { ".c/new", ".e/new", NULL };

	cr_log_info(
	    "%d sessions", all_faults(folders, STORE_FULL, MAIL_BY_USER));
}

/* Kernels where the sandbox refuses what other kernels allow. */
Test(store, every_call_fails_once_in_an_old_sandbox)
{
	static const char *const folders[] = { ".c/new", ".e/new", NULL };
	static const char *const one_folder[] = { "new", NULL };

	old_sandbox = true;
	cr_log_info("%d sessions", all_faults(one_folder, STORE_FULL, 0));
	cr_log_info(
	    "%d sessions", all_faults(folders, STORE_FULL, MAIL_BY_USER));
}

/* A file in tmp/, so many seconds old. */
static void
leave(const char *mail, const char *name, int64_t age_s)
{
	const char *path = rig_file(mail, name, "half of a message");
	struct timespec when[2];

	when[0] = when[1] =
	    (struct timespec){ (time_t)(clock_wall_s() - age_s), 0 };
	cr_assert_eq(utimensat(AT_FDCWD, path, when, 0), 0);
}

/* Row "Storing", 5: at the start, what is older than 36 h goes from tmp/. */
Test(store, sweeps_what_is_old)
{
	const char *mail = rig_in(rig_place(), "mail");

	leave(mail, "tmp/old", STORE_OLD_S + 60);
	leave(mail, "tmp/young", STORE_OLD_S - 60);
	leave(mail, "new/old", STORE_OLD_S + 60);
	store_open(mail, "a/host:name", NULL, true);
	cr_expect_eq(access(rig_in(mail, "tmp/old"), F_OK), -1);
	cr_expect_eq(access(rig_in(mail, "tmp/young"), F_OK), 0);
	cr_expect_eq(access(rig_in(mail, "new/old"), F_OK), 0);
	cr_expect_str_eq(store_dirs.host, "a_host_name");
}

/*
 * rules.c - mail that goes on by itself: what comes for a recipient whom a rule
 * names goes to that one, and to nobody else.
 *
 * Each recipient is a sending of its own, so that one who cannot have it now
 * does not bring it to another one twice.  Unlike a release this is what RFC
 * 5321 4.4 calls relaying: the field Received that our own server has put
 * before the message goes with it, and who has too many of them goes round in
 * a circle.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "grammar/mail_trace.h"
#include "mail/courier.h"
#include "mail/maildir.h"
#include "relay/relay.h"
#include "system/clock.h"
#include "system/log.h"

#define POSITION "relayed"     /* in .berth/ */
#define OLD_MS   (4 * 3600000) /* received so long ago: not tried again */
#define HEAD_MAX 262144
#define HOPS_MAX 30 /* fields Received */

struct rules {
	struct follow *follow;
	struct maildir *maildir;
	struct maildir_file at; /* the message */
	char id[MAILDIR_ID_MAX];
	size_t next; /* the recipient that is next */
	size_t sent; /* those who have it */
	int file;
	struct relay_ask ask;
	struct job job;
	char head[HEAD_MAX];
};

static struct rules rules;

/* ---- one message ---- */

static void
take(void *own, const struct index_row *row, struct slice document)
{
	struct rules *r = own;

	(void)document;
	if (strcmp(r->id, row->id) != 0)
		r->next = r->sent = 0; /* not the one that was tried */
	snprintf(r->id, sizeof(r->id), "%s", row->id);
	r->at = row->file;
}

/* Where the last field of the block begins, which is Received. */
static size_t
received_at(struct slice block)
{
	static const char name[] = "Received:";
	size_t n = sizeof(name) - 1;

	for (size_t at = block.n; at-- > 0;)
		if ((at == 0 || block.p[at - 1] == '\n') && block.n - at > n &&
		    strncasecmp(block.p + at, name, n) == 0)
			return at;
	return block.n;
}

/* In the header of it all. */
static int
count_hops(struct slice head)
{
	int hops = 0;

	while (head.n > 0) {
		struct slice line = slice_cut(&head, '\n');

		if (line.n == 0 || (line.n == 1 && line.p[0] == '\r'))
			break;
		hops += line.n > 9 && strncasecmp(line.p, "Received:", 9) == 0;
	}
	return hops;
}

/* The recipient with this number, of those whom a rule names: 1, or 0. */
static int
find_recipient(struct rules *r, struct slice rcpts)
{
	const struct relay_options *o = &relay_options;
	size_t n = 0;

	while (rcpts.n > 0) {
		struct slice params, to = mail_trace_rcpt(&rcpts, &params);

		if (to.n == 0 ||
		    slice_copy(to, r->ask.to, sizeof(r->ask.to)) < 0 ||
		    !relay_may(r->ask.to, o->rules.item, o->rules.n) ||
		    !relay_may(r->ask.to, o->to.item, o->to.n))
			continue;
		if (n++ == r->next)
			return 1;
	}
	return 0;
}

static enum courier_end
open_message(struct rules *r, struct mail_trace *trace)
{
	struct stat st;
	ssize_t n;
	int block;

	r->file = maildir_open_message(r->maildir, &r->at, &st);
	if (r->file < 0)
		return COURIER_NOTHING;
	n = pread(r->file, r->head, sizeof(r->head), 0);
	block = n < 0 ?
	    -1 :
	    mail_trace_read((struct slice){ r->head, (size_t)n }, trace);
	if (block <= 0)
		return COURIER_NOTHING; /* our server has not received it */
	if (lseek(r->file,
		(off_t)received_at((struct slice){ r->head, (size_t)block }),
		SEEK_SET) < 0)
		return COURIER_LATER;
	return count_hops((struct slice){ r->head, (size_t)n }) > HOPS_MAX ?
	    COURIER_REFUSED :
	    COURIER_ON;
}

/* ---- on its way ---- */

static void
close_file(struct rules *r)
{
	if (r->file >= 0)
		close(r->file);
	r->file = -1;
}

/* The next of its recipients, if there is one. */
static enum courier_end
send_next(struct rules *r, int *fd, int64_t *deadline, const char **why)
{
	struct mail_trace trace;
	enum courier_end end = open_message(r, &trace);

	*why = end == COURIER_REFUSED ? "it goes round in a circle" :
					strerror(errno);
	r->ask.count = 1;
	if (end == COURIER_ON && find_recipient(r, trace.rcpts) == 0)
		end = r->sent == 0 ? COURIER_NOTHING : COURIER_DONE;
	if (end == COURIER_ON &&
	    slice_copy(trace.from, r->ask.from, sizeof(r->ask.from)) < 0)
		end = COURIER_REFUSED;
	if (end == COURIER_ON && (*why = job_refuses(&r->ask)) != NULL)
		end = COURIER_REFUSED;
	if (end == COURIER_ON && job_begin(&r->job, &r->ask, r->file) < 0) {
		*why = strerror(errno);
		end = COURIER_LATER;
	}
	close_file(r);
	*fd = r->job.words_fd;
	*deadline = r->job.deadline;
	return end;
}

static enum courier_end
begin(void *own, int *fd, int64_t *deadline, const char **why)
{
	return send_next(own, fd, deadline, why);
}

static enum courier_end
hear(void *own, int *fd, int64_t *deadline, const char **why)
{
	static char words[RELAY_WORDS_MAX];
	struct rules *r = own;
	struct relay_answer a;

	*why = "it took too long";
	if (clock_ms() >= r->job.deadline) {
		job_end(&r->job);
		return COURIER_LATER;
	}
	if (!job_hear(&r->job, &a))
		return COURIER_ON;
	memcpy(words, a.words, sizeof(words));
	*why = words;
	if (a.end == RELAY_LATER)
		return COURIER_LATER;
	if (a.end == RELAY_REFUSED)
		log_warn("%s: %s: %s; given up", r->id, r->ask.to, a.words);
	r->sent += a.end == RELAY_SENT;
	r->next++;
	return send_next(r, fd, deadline, why);
}

static void
leave(void *own)
{
	struct rules *r = own;

	job_end(&r->job);
}

static const struct courier courier = {
	.done = "sent on",
	.old_ms = OLD_MS,
	.take = take,
	.begin = begin,
	.hear = hear,
	.leave = leave,
};

int
rules_open(int root)
{
	rules.file = -1;
	rules.maildir = maildir_open_at(root);
	if (rules.maildir == NULL)
		return -1;
	rules.follow = follow_open(root, POSITION);
	return rules.follow == NULL ? -1 : 0;
}

int
rules_serve(void)
{
	courier_work(&courier, rules.follow, &rules);
	follow_close(rules.follow);
	maildir_close(rules.maildir);
	return 0;
}

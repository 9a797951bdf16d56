/*
 * berth-webhook - tells a program of each message that comes.
 *
 * A helper of an inbox with --webhook, started by its master.  What it tells
 * comes from the index; it has no part in receiving mail, which nobody there
 * waits for.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grammar/url.h"
#include "sandbox/outward.h"
#include "system/beside.h"
#include "system/helper_main.h"
#include "system/image.h"
#include "system/io.h"
#include "system/log.h"
#include "webhook/webhook.h"

#define POSITION "webhook" /* in .berth/ */
#define OLD_MS   600000    /* received so long ago: not tried again */
#define BODY_MAX 8388608   /* bytes of a summary */

static bool quiet, bare;
static const char *cacert;

static const struct arg own[] = {
	{ "cacert", "FILE",
	    "trust the certificates in FILE (PEM), and not the system's",
	    .text = &cacert },
	{ "no-sandbox", NULL, "no sandbox, for debugging", .flag = &bare },
	{ "quiet", NULL, "say only what is wrong", .letter = 'q',
	    .flag = &quiet },
	{ 0 },
};

static const struct arg_table table = { .options = own };
static const struct arg_table *const tables[] = { &table, NULL };

static const struct args args = {
	.program = "berth-webhook",
	.synopsis = "[OPTION]... URL",
	.about = "Tells the program at this URL of each message that comes, "
		 "for an inbox.  Servers\nstart it by themselves.",
	.examples =
	    "  berth-inboxd --webhook http://localhost:3000/mail ./mail\n",
	.tables = tables,
};

struct hook {
	struct post_to to;
	struct buf body;
	struct post post;
};

static void
take(void *with, const struct index_row *row, struct slice document)
{
	struct hook *h = with;

	(void)document;
	buf_free(&h->body);
	buf_init(&h->body, BODY_MAX);
	index_summary(row, &h->body);
}

static enum courier_end
begin(void *with, int *fd, int64_t *deadline, const char **why)
{
	struct hook *h = with;

	*why = "it says too much";
	if (h->body.failed)
		return COURIER_REFUSED;
	if (post_begin(&h->post, &h->to, buf_slice(&h->body)) < 0) {
		*why = strerror(errno);
		return COURIER_LATER;
	}
	*fd = h->post.words_fd;
	*deadline = h->post.deadline;
	return COURIER_ON;
}

static enum courier_end
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is courier's */
hear(void *with, int *fd, int64_t *deadline, const char **why)
{
	struct hook *h = with;

	(void)fd;
	(void)deadline;
	return post_hear(&h->post, why);
}

static void
leave(void *with)
{
	struct hook *h = with;

	post_end(&h->post);
}

static const struct courier courier = {
	.done = "told of",
	.old_ms = OLD_MS,
	.take = take,
	.begin = begin,
	.hear = hear,
	.leave = leave,
};

int
main(int argc, char **argv)
{
	struct hook hook = { .post.words_fd = -1 };
	struct url url;
	struct follow *f;
	int first;

	first = helper_begin(&args, &quiet, argc, argv);
	helper_is_started();
	if (argc - first != 1 || url_parse(slice_of(argv[first]), &url) != 0 ||
	    url.port == 0)
		die(EXIT_USAGE, "whom to tell, please: a URL");
	io_fill_standard();
	beside_close_from(IMAGE_HELPER_FD + 1, 0);
	fcntl(IMAGE_HELPER_FD, F_SETFD, FD_CLOEXEC);
	f = follow_open(IMAGE_HELPER_FD, POSITION);
	if (f == NULL)
		die(EXIT_OSERR, "the Maildir: %s", strerror(errno));
	if (!bare && sandbox_outward_to((uint16_t)url.port) < 0)
		die(EXIT_OSERR, "sandbox: %s", strerror(errno));
	hook.to = (struct post_to){ argv[first], cacert };
	buf_init(&hook.body, BODY_MAX);
	courier_work(&courier, f, &hook);
	buf_free(&hook.body);
	follow_close(f);
	return 0;
}

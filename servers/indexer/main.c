/*
 * berth-indexer - keeps the index of a Maildir.
 *
 * A helper of the inbox: it alone writes the index that berth-inboxd reads.
 * Started by the master, or by hand to make the index anew.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/indexer.h"
#include "indexer/keep.h"
#include "indexer/rights.h"
#include "system/args.h"
#include "system/io.h"
#include "system/log.h"

static struct indexer_options options = {
	.path = "./mail", .fd = -1, .notify = -1
};
static const char *user, *max_age;
static uint64_t notify_fd, maildir_fd;
static int louder;
static bool quiet;

static const struct arg own[] = {
	{ "once", NULL, "index what is there and end", .flag = &options.once },
	{ "max-messages", "N",
	    "keep so many messages, delete the oldest (no end)",
	    .number = &options.max_messages, .min = 1, .max = 1000000000 },
	{ "max-age", "TIME",
	    "delete messages older than so many seconds, or 10m, 36h, 30d, "
	    "2w (no end)",
	    .text = &max_age },
	{ "user", "NAME",
	    "become this user (as root: the owner of the Maildir)",
	    .letter = 'u', .text = &user },
	{ "notify-fd", "N",
	    "write a byte to this descriptor when all has been looked at once",
	    .number = &notify_fd, .min = 3, .max = 1000000 },
	{ "maildir-fd", "N",
	    "the Maildir is open as this descriptor; MAILDIR is only its name",
	    .number = &maildir_fd, .min = 3, .max = 1000000 },
	{ "no-sandbox", NULL, "no sandbox, for debugging",
	    .flag = &options.bare },
	{ "quiet", NULL, "say only what is wrong", .letter = 'q',
	    .flag = &quiet },
	{ "verbose", NULL, "say more", .letter = 'v', .count = &louder },
	{ 0 },
};

static const struct arg_table table = { .options = own };
static const struct arg_table *const tables[] = { &table, NULL };

static const struct args args = {
	.program = "berth-indexer",
	.synopsis = "[options] [MAILDIR]",
	.about = "Keeps the index of a Maildir (./mail), which the inbox "
		 "reads: watches the\nMaildir and writes "
		 "MAILDIR/.berth/index.db.",
	.examples = "  berth-indexer ./mail\n"
		    "  berth-indexer --once ./mail\n"
		    "  berth-indexer --max-messages 500 --max-age 30d ./mail\n",
	.tables = tables,
};

int
main(int argc, char **argv)
{
	int first;

	log_init("berth-indexer", SAY_INFO);
	log_helper();
	first = args_parse(&args, argc, argv);
	if (argc - first > 1)
		die(EXIT_USAGE, "one MAILDIR at most (see --help)");
	if (first < argc)
		options.path = argv[first];
	if (max_age != NULL && keep_age(max_age, &options.max_age_s) < 0)
		die(EXIT_USAGE,
		    "--max-age %s: not a time, such as 3600, 36h or 30d",
		    max_age);
	log_init("berth-indexer",
	    quiet          ? SAY_WARN :
		louder > 0 ? SAY_DEBUG :
			     SAY_INFO);
	if (notify_fd != 0) {
		options.notify = (int)notify_fd;
		if (fcntl(options.notify, F_SETFD, FD_CLOEXEC) < 0)
			die(EXIT_USAGE, "--notify-fd %d: it is not open",
			    options.notify);
	}
	if (maildir_fd != 0) {
		options.fd = (int)maildir_fd;
		if (fcntl(options.fd, F_SETFD, FD_CLOEXEC) < 0)
			die(EXIT_USAGE, "--maildir-fd %d: it is not open",
			    options.fd);
	}
	io_fill_standard();
	umask(077);
	rights_take(user, options.path, options.fd);
	if (!options.once)
		return indexer_live(&options);
	first = indexer_work(&options);
	fflush(NULL);
	/* No exit(3): a sanitizer's search for leaks needs what is given up. */
	_exit(first);
}

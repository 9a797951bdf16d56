/*
 * indexer_watch.c - berth-indexer sees what others do to a Maildir.
 */
#include <fcntl.h>
#include <signal.h>

#include "indexer_start.h"

Test(indexer_watch, sees_a_new_message)
{
	struct rig *r;
	int64_t began;

	open_mail();
	deliver("new/1.before", "early");
	r = start_indexer();
	cr_expect_eq(found("subject:early"), 1);
	began = clock_ms();
	deliver("new/2.after", "late");
	cr_expect(finds("subject:late", 1));
	cr_expect_leq(clock_ms() - began, rig_slower_ms(5000));
	cr_expect_eq(found("is:unread"), 2);
	cr_expect_eq(rig_stop(r), 0);
	cr_expect_str_empty(rig_out(r));
	cr_expect_str_empty(rig_err(r));
}

static bool
is_started(void *r)
{
	return rig_is_named(rig_pid(r), "berth-indexer");
}

/* However soon that comes after its start: it has two processes to begin. */
Test(indexer_watch, ends_when_it_is_asked)
{
	open_mail();
	deliver("new/1.a", "one");
	for (useconds_t us = 0; us < 20000; us += 200) {
		struct rig *r = rig_spawn(
		    &(struct rig_how){ .argv = RIG("berth-indexer", mail) });
		int code;

		cr_assert(rig_until("it is started", is_started, r));
		usleep(us);
		rig_signal(r, SIGTERM);
		code = rig_wait(r);
		/* Before it has begun a signal ends it. */
		cr_assert(code == 0 || code == 128 + SIGTERM, "after %d us: %d",
		    (int)us, code);
	}
}

Test(indexer_watch, sees_flags_of_a_mail_reader)
{
	struct rig *r;

	open_mail();
	deliver("new/1.a", "one");
	r = start_indexer();
	move("new/1.a", "cur/1.a:2,");
	move("cur/1.a:2,", "cur/1.a:2,S");
	cr_expect(finds("is:read", 1));
	cr_expect_eq(found(""), 1);
	move("cur/1.a:2,S", "cur/1.a:2,RS");
	move("cur/1.a:2,RS", "cur/1.a:2,R");
	cr_expect(finds("is:unread", 1));
	/* As some do it: a link first, then the old name goes. */
	cr_assert_eq(
	    link(rig_in(mail, "cur/1.a:2,R"), rig_in(mail, "cur/1.a:2,RS")), 0);
	cr_assert_eq(unlink(rig_in(mail, "cur/1.a:2,R")), 0);
	cr_expect(finds("is:read", 1));
	/* Back to new/, which nobody should do. */
	move("cur/1.a:2,RS", "new/1.a");
	cr_expect(finds("is:unread", 1));
	cr_expect_eq(found(""), 1);
	cr_expect_eq(rig_stop(r), 0);
}

Test(indexer_watch, sees_keywords)
{
	struct rig *r;

	open_mail();
	r = start_indexer();
	rig_file(mail, "dovecot-keywords", "0 $Work\n1 Later on\n");
	deliver("cur/1.a:2,Sab", "one");
	cr_expect(finds("tag:$work", 1));
	cr_expect_eq(found("tag:\"later ON\""), 1);
	cr_expect_eq(found("tag:later"), 0);
	move("cur/1.a:2,Sab", "cur/1.a:2,Sb");
	cr_expect(finds("tag:$work", 0));
	cr_expect_eq(found("is:tagged"), 1);
	rig_file(mail, "dovecot-keywords", "0 $Work\n1 Sooner\n");
	cr_expect(finds("tag:sooner", 1));
	cr_expect_eq(found("tag:\"later on\""), 0);
	cr_expect_eq(rig_stop(r), 0);
}

Test(indexer_watch, sees_what_is_removed)
{
	struct rig *r;

	open_mail();
	deliver("new/1.a", "one");
	deliver("cur/2.a:2,S", "two");
	r = start_indexer();
	cr_assert_eq(unlink(rig_in(mail, "new/1.a")), 0);
	cr_expect(finds("", 1));
	/* A move out of the Maildir is a removal as well. */
	move("cur/2.a:2,S", "elsewhere");
	cr_expect(finds("", 0));
	cr_expect_eq(rig_stop(r), 0);
}

/* cp does not rename: the file is there before its bytes are. */
Test(indexer_watch, takes_a_dropped_file_when_it_is_whole)
{
	static const char head[] = "Subject: dropped\r\n\r\nthe first half, ";
	static const char rest[] = "the second half";
	struct rig *r;
	int fd;

	open_mail();
	r = start_indexer();
	fd = open(rig_in(mail, "new/dropped"),
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	cr_assert_eq(write(fd, head, sizeof(head) - 1), sizeof(head) - 1);
	deliver("new/2.a", "another");
	cr_expect(finds("another", 1));
	cr_expect_eq(found("dropped"), 0);
	cr_assert_eq(write(fd, rest, sizeof(rest) - 1), sizeof(rest) - 1);
	close(fd);
	cr_expect(finds("\"first half, the second half\"", 1));
	/* Written to again, which mail should never be. */
	rig_file(mail, "new/dropped", "Subject: changed\r\n\r\nother text\r\n");
	cr_expect(finds("changed", 1));
	cr_expect_eq(found("dropped"), 0);
	cr_expect_eq(found(""), 2);
	cr_expect_eq(rig_stop(r), 0);
}

Test(indexer_watch, sees_folders_that_come_later)
{
	struct rig *r;

	open_mail();
	r = start_indexer();
	make_maildir(rig_in(mail, ".bob@example%2Ecom"));
	deliver(".bob@example%2Ecom/new/1.a", "for bob");
	cr_expect(finds("mailbox:bob@example.com", 1));
	deliver(".bob@example%2Ecom/new/2.a", "for bob");
	cr_expect(finds("mailbox:bob@example.com", 2));
	/* One that was filled elsewhere. */
	make_maildir(rig_in(mail, "other"));
	deliver("other/new/3.a", "for eve");
	move("other", ".eve");
	cr_expect(finds("mailbox:eve", 1));
	move(".eve", ".adam");
	cr_expect(finds("mailbox:adam", 1));
	cr_expect(finds("mailbox:eve", 0));
	move(".adam", "other");
	cr_expect(finds("", 2));
	/* A user called berth has the folder in which the index lives. */
	make_maildir(rig_in(mail, ".berth"));
	deliver(".berth/new/4.a", "for berth");
	cr_expect(finds("mailbox:berth", 1));
	deliver(".berth/new/5.a", "for berth");
	cr_expect(finds("mailbox:berth", 2));
	cr_expect_eq(rig_stop(r), 0);
}

/* Somebody is just making one when it begins. */
Test(indexer_watch, sees_a_folder_that_is_half_made)
{
	struct rig *r;

	open_mail();
	cr_assert_eq(mkdir(rig_in(mail, ".bob"), 0700), 0);
	r = start_indexer();
	cr_assert_eq(mkdir(rig_in(mail, ".bob/new"), 0700), 0);
	deliver(".bob/new/1.a", "for bob");
	cr_expect(finds("\"for bob\"", 1));
	cr_expect_eq(rig_stop(r), 0);
	cr_expect_str_empty(rig_err(r));
}

Test(indexer_watch, a_message_in_two_folders_is_one)
{
	struct rig *r;
	struct index_scope bob = { .folder = ".bob" };
	struct index_counts c;

	open_mail();
	make_maildir(rig_in(mail, ".ann"));
	make_maildir(rig_in(mail, ".bob"));
	deliver(".ann/new/1700000000.M1P2Q3.host", "for both");
	cr_assert_eq(link(rig_in(mail, ".ann/new/1700000000.M1P2Q3.host"),
			 rig_in(mail, ".bob/new/1700000000.M1P2Q3.host")),
	    0);
	r = start_indexer();
	cr_expect_eq(found(""), 1);
	cr_expect_eq(found("mailbox:ann"), 1);
	cr_expect_eq(found("mailbox:bob"), 1);
	cr_expect_eq(index_count(about, &bob, &c), 0);
	cr_expect_eq(c.total, 1);
	cr_assert_eq(
	    unlink(rig_in(mail, ".ann/new/1700000000.M1P2Q3.host")), 0);
	cr_expect(finds("mailbox:ann", 0));
	cr_expect_eq(found(""), 1);
	cr_expect_eq(rig_stop(r), 0);
}

/* More than the kernel keeps for us, and more than the news have room for. */
/* Of so much that the kernel tells only that there was more; what is made then
 * is watched, too. */
Test(indexer_watch, survives_a_flood)
{
	struct rig *r;
	pid_t worker;

	open_mail();
	r = start_indexer();
	cr_assert_eq(rig_children(rig_pid(r), &worker, 1), 1);
	cr_assert_eq(kill(worker, SIGSTOP), 0);
	for (int i = 0; i < 1200; i++) {
		char name[64];

		snprintf(name, sizeof(name), "new/%d.a", i);
		deliver(name, i == 1199 ? "last" : "flood");
		if (i % 2 == 0)
			cr_assert_eq(unlink(rig_in(mail, name)), 0);
	}
	for (int i = 0; i < 6000; i++) {
		move("new/1199.a", "cur/1199.a:2,S");
		move("cur/1199.a:2,S", "new/1199.a");
	}
	make_maildir(rig_in(mail, ".bob"));
	cr_assert_eq(kill(worker, SIGCONT), 0);
	cr_expect(finds("", 600));
	cr_expect(finds("last", 1));
	deliver(".bob/new/2000.a", "for bob");
	cr_expect(finds("\"for bob\"", 1));
	cr_expect_eq(rig_stop(r), 0);
}

Test(indexer_watch, follows_no_links)
{
	const char *secret;
	struct rig *r;

	open_mail();
	secret =
	    rig_file(rig_place(), "secret", "Subject: secret\r\n\r\nx\r\n");
	cr_assert_eq(symlink(secret, rig_in(mail, "new/1.a")), 0);
	make_maildir(rig_in(rig_place(), "box"));
	rig_file(
	    rig_place(), "outside/new/2.a", "Subject: secret\r\n\r\nx\r\n");
	cr_assert_eq(symlink("/", rig_in(mail, ".root")), 0);
	cr_assert_eq(mkfifo(rig_in(mail, "new/3.a"), 0600), 0);
	r = start_indexer();
	cr_assert_eq(symlink(secret, rig_in(mail, "new/4.a")), 0);
	deliver("new/5.a", "honest");
	cr_expect(finds("honest", 1));
	cr_expect_eq(found(""), 1);
	cr_expect_eq(rig_stop(r), 0);
}

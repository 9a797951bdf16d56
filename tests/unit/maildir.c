/*
 * maildir.c - tests of mail/maildir.h.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/maildir.h"
#include "rig/rig.h"

static const char *place;
static struct maildir *m;

static void
begin(void)
{
	place = rig_place();
	mkdir(rig_in(place, "new"), 0700);
	mkdir(rig_in(place, "cur"), 0700);
	m = maildir_open(place);
	cr_assert_not_null(m);
}

static struct maildir_file
file_at(const char *folder, enum maildir_part part, const char *name)
{
	struct maildir_file f = { .part = part };

	snprintf(f.folder, sizeof(f.folder), "%s", folder);
	snprintf(f.name, sizeof(f.name), "%s", name);
	return f;
}

static int
count(void *with, const char *name)
{
	(void)name;
	++*(int *)with;
	return 0;
}

static int
stop_at_once(void *with, const char *name)
{
	(void)with;
	(void)name;
	return 7;
}

Test(maildir, lists_folders_and_messages)
{
	int n = 0;

	begin();
	cr_expect_eq(maildir_folders(m, count, &n), 0);
	cr_expect_eq(n, 0);
	rig_file(place, ".a/new/1.a", "x");
	rig_file(place, ".b/cur/1.a:2,S", "x");
	rig_file(place, ".none/other/1.a", "x");
	rig_file(place, "plain/new/1.a", "x");
	rig_file(place, ".file", "x");
	cr_assert_eq(symlink(".a", rig_in(place, ".link")), 0);
	cr_expect_eq(maildir_folders(m, count, &n), 0);
	cr_expect_eq(n, 2);
	n = 0;
	rig_file(place, "new/1.a", "x");
	rig_file(place, "new/.hidden", "x");
	cr_expect_eq(maildir_list(m, "", MAILDIR_NEW, count, &n), 0);
	cr_expect_eq(n, 1);
	cr_expect_eq(maildir_list(m, ".b", MAILDIR_CUR, count, &n), 0);
	cr_expect_eq(n, 2);
	cr_expect_eq(maildir_list(m, ".b", MAILDIR_NEW, count, &n), -1);
	cr_expect_eq(errno, ENOENT);
	cr_expect_eq(maildir_list(m, "", MAILDIR_NEW, stop_at_once, NULL), 7);
	/* A folder's name leads nowhere else. */
	cr_expect_eq(maildir_list(m, ".link", MAILDIR_NEW, count, &n), -1);
	cr_expect_eq(maildir_list(m, "..", MAILDIR_NEW, count, &n), -1);
	cr_expect_eq(maildir_list(m, "../new", MAILDIR_NEW, count, &n), -1);
	cr_expect_eq(n, 2);
	maildir_close(m);
}

Test(maildir, opens_a_message_wherever_it_is)
{
	struct maildir_file f = file_at("", MAILDIR_NEW, "1.a");
	struct stat st;
	int fd;

	begin();
	rig_file(place, "cur/1.a:2,RS", "text");
	fd = maildir_open_message(m, &f, &st);
	cr_assert_geq(fd, 0);
	cr_expect_eq(st.st_size, 4);
	cr_expect_str_eq(f.name, "1.a:2,RS");
	cr_expect_eq(f.part, MAILDIR_CUR);
	close(fd);
	f = file_at("", MAILDIR_NEW, "2.a");
	cr_expect_eq(maildir_open_message(m, &f, &st), -1);
	cr_expect_eq(errno, ENOENT);
	/* Bytes that are no text. */
	rig_file(place, "new/\xff\x01 \n%s", "odd");
	f = file_at("", MAILDIR_CUR, "\xff\x01 \n%s:2,S");
	fd = maildir_open_message(m, &f, &st);
	cr_assert_geq(fd, 0);
	cr_expect_str_eq(f.name, "\xff\x01 \n%s");
	close(fd);
	/* Removed while it is open: what is open can be read. */
	fd = maildir_open_message(m, &f, &st);
	cr_assert_eq(maildir_remove(m, &f), 0);
	cr_expect_eq(lseek(fd, 0, SEEK_END), 3);
	close(fd);
	cr_expect_eq(maildir_remove(m, &f), -1);
	cr_expect_eq(errno, ENOENT);
	maildir_close(m);
}

Test(maildir, opens_nothing_but_messages)
{
	const char *secret = rig_file(rig_place(), "secret", "x");
	struct maildir_file f;
	struct stat st;

	begin();
	cr_assert_eq(symlink(secret, rig_in(place, "new/1.a")), 0);
	cr_assert_eq(mkfifo(rig_in(place, "new/2.a"), 0600), 0);
	cr_assert_eq(mkdir(rig_in(place, "new/3.a"), 0700), 0);
	f = file_at("", MAILDIR_NEW, "1.a");
	cr_expect_eq(maildir_open_message(m, &f, &st), -1);
	cr_expect_eq(errno, ELOOP);
	f = file_at("", MAILDIR_NEW, "2.a");
	cr_expect_eq(maildir_open_message(m, &f, &st), -1);
	cr_expect_eq(errno, EINVAL);
	f = file_at("", MAILDIR_NEW, "3.a");
	cr_expect_eq(maildir_open_message(m, &f, &st), -1);
	f = file_at("", MAILDIR_NEW, "../../secret");
	cr_expect_eq(maildir_open_message(m, &f, &st), -1);
	/* new/ itself is a link. */
	cr_assert_eq(rename(rig_in(place, "new"), rig_in(place, "old")), 0);
	rig_file(place, "other/5.a", "x");
	cr_assert_eq(symlink("other", rig_in(place, "new")), 0);
	f = file_at("", MAILDIR_NEW, "5.a");
	cr_expect_eq(maildir_open_message(m, &f, &st), -1);
	cr_expect_eq(maildir_remove(m, &f), -1);
	cr_expect_eq(maildir_set_flags(m, &f, "S", ""), -1);
	cr_expect_eq(access(rig_in(place, "other/5.a"), F_OK), 0);
	maildir_close(m);
}

Test(maildir, sets_flags)
{
	struct maildir_file f = file_at("", MAILDIR_NEW, "1.a");
	struct maildir_file longest;
	char name[MAILDIR_NAME_MAX];

	begin();
	rig_file(place, "new/1.a", "x");
	cr_expect_eq(maildir_set_flags(m, &f, "", "S"), 0);
	cr_expect_eq(f.part, MAILDIR_NEW); /* nothing to change */
	cr_expect_eq(maildir_set_flags(m, &f, "S", ""), 0);
	cr_expect_str_eq(f.name, "1.a:2,S");
	cr_expect_eq(f.part, MAILDIR_CUR);
	cr_expect_eq(maildir_set_flags(m, &f, "aR", ""), 0);
	cr_expect_str_eq(f.name, "1.a:2,RSa");
	cr_expect_eq(maildir_set_flags(m, &f, "F", "Sa"), 0);
	cr_expect_str_eq(f.name, "1.a:2,FR");
	cr_expect_eq(access(rig_in(place, "cur/1.a:2,FR"), F_OK), 0);
	/* Another one changed them meanwhile: theirs are kept. */
	cr_assert_eq(rename(rig_in(place, "cur/1.a:2,FR"),
			 rig_in(place, "cur/1.a:2,FT")),
	    0);
	cr_expect_eq(maildir_set_flags(m, &f, "S", ""), 0);
	cr_expect_str_eq(f.name, "1.a:2,FST");
	f = file_at("", MAILDIR_NEW, "2.a");
	cr_expect_eq(maildir_set_flags(m, &f, "S", ""), -1);
	cr_expect_eq(errno, ENOENT);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	longest = file_at("", MAILDIR_NEW, name);
	rig_file(place, "new/short", "x");
	cr_assert_eq(renameat(AT_FDCWD, rig_in(place, "new/short"),
			 maildir_open_part(m, "", MAILDIR_NEW), name),
	    0);
	cr_expect_eq(maildir_set_flags(m, &longest, "S", ""), -1);
	cr_expect_eq(errno, ENAMETOOLONG);
	cr_expect_eq(maildir_remove(m, &longest), 0);
	maildir_close(m);
}

static atomic_bool moving = true;

static void *
move_about(void *with)
{
	char from[4096], to[4096];

	(void)with;
	snprintf(from, sizeof(from), "%s/new/1.a", place);
	snprintf(to, sizeof(to), "%s/cur/1.a:2,S", place);
	while (moving) {
		rename(from, to);
		rename(to, from);
	}
	return NULL;
}

/* It is there all the time, under one name or the other. */
Test(maildir, finds_what_is_moved_meanwhile)
{
	int opened = 0;
	pthread_t mover;

	begin();
	rig_file(place, "new/1.a", "x");
	cr_assert_eq(pthread_create(&mover, NULL, move_about, NULL), 0);
	for (int i = 0; i < 2000; i++) {
		struct maildir_file f = file_at("", MAILDIR_NEW, "1.a");
		struct stat st;
		int fd = maildir_open_message(m, &f, &st);

		opened += fd >= 0;
		if (fd >= 0)
			close(fd);
		else
			cr_expect_eq(errno, ENOENT);
	}
	moving = false;
	pthread_join(mover, NULL);
	/* Who moves it without rest may win a few times. */
	cr_expect_geq(opened, 1900, "%d", opened);
	maildir_close(m);
}

Test(maildir, keywords)
{
	struct maildir_keywords k;

	begin();
	maildir_keywords(m, "", &k);
	cr_expect_str_empty(k.name[0]);
	rig_file(place, "dovecot-keywords",
	    "0 $Work\r\n3 Later on\nrubbish\n26 beyond\n-1 x\n4\n");
	maildir_keywords(m, "", &k);
	cr_expect_str_eq(k.name[0], "$Work");
	cr_expect_str_eq(k.name[3], "Later on");
	cr_expect_str_empty(k.name[4]);
	cr_expect_eq(maildir_keyword(m, "", "Later on"), 'd');
	cr_expect_eq(maildir_keyword(m, "", "another"), 'b');
	cr_expect_eq(maildir_keyword(m, "", "another"), 'b');
	cr_expect_eq(maildir_keyword(m, "", "a\nb"), 0);
	cr_expect_eq(maildir_keyword(m, "", ""), 0);
	for (int i = 0; i < 23; i++) {
		char name[16];

		snprintf(name, sizeof(name), "tag%d", i);
		cr_expect_neq(maildir_keyword(m, "", name), 0);
	}
	cr_expect_eq(maildir_keyword(m, "", "one too many"), 0);
	cr_expect_eq(errno, ENOSPC);
	/* A link is no such file, and is not written through. */
	rig_file(place, "victim", "0 stolen\n");
	unlink(rig_in(place, "dovecot-keywords"));
	cr_assert_eq(symlink("victim", rig_in(place, "dovecot-keywords")), 0);
	maildir_keywords(m, "", &k);
	cr_expect_str_empty(k.name[0]);
	maildir_close(m);
}

Test(maildir, a_hundred_thousand)
{
	struct maildir_file f = file_at("", MAILDIR_NEW, "99999.a");
	int n = 0, dir;

	begin();
	dir = maildir_open_part(m, "", MAILDIR_CUR);
	for (int i = 0; i < 100000; i++) {
		char name[32];
		int fd;

		snprintf(name, sizeof(name), "%d.a:2,S", i);
		fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		cr_assert_geq(fd, 0);
		close(fd);
	}
	cr_expect_eq(maildir_list(m, "", MAILDIR_CUR, count, &n), 0);
	cr_expect_eq(n, 100000);
	cr_expect_eq(maildir_find(m, &f), 0);
	cr_expect_str_eq(f.name, "99999.a:2,S");
	close(dir);
	maildir_close(m);
}

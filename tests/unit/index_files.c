/*
 * index_files.c - tests of mail/index.h and mail/index_write.h: the index as a
 * file that is not there, or not ours.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/index_filled.h"

Test(index_files, is_absent_busy_or_broken)
{
	struct index_scope all = { .folder = NULL };
	struct index_counts c;
	const char *why;

	mail = rig_place();
	root = open(mail, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_expect_null(index_open(rig_in(mail, "nowhere")));
	x = index_open(mail);
	cr_assert_not_null(x);
	cr_expect_eq(index_count(x, &all, &c), INDEX_ABSENT);
	rig_file(mail, INDEX_FILE,
	    "rubbish that is long enough to be a header"
	    "................................"
	    "................................");
	cr_expect_eq(index_count(x, &all, &c), INDEX_BROKEN);
	w = index_writer_open(root, &why);
	cr_assert_not_null(w);
	cr_expect_not_null(why);
	cr_expect_eq(index_count(x, &all, &c), 0);
	cr_expect(index_is_sound(w));
	errno = 0;
	cr_expect_null(index_writer_open(root, &why));
	cr_expect_eq(errno, EWOULDBLOCK);
	cr_assert_eq(unlink(rig_in(mail, INDEX_FILE)), 0);
	cr_expect_eq(index_count(x, &all, &c), INDEX_ABSENT);
	cr_expect_not(index_is_sound(w));
	cr_expect_eq(index_renew(w, INDEX_BROKEN), 0);
	cr_expect_eq(index_count(x, &all, &c), 0);
	end();
}

/* Nobody has us write elsewhere. */
Test(index_files, follows_no_links)
{
	const char *why, *other = rig_place();

	mail = rig_place();
	root = open(mail, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_eq(symlink(other, rig_in(mail, INDEX_DIR)), 0);
	cr_expect_null(index_writer_open(root, &why));
	cr_expect_neq(access(rig_in(other, "index.db"), F_OK), 0);
	cr_assert_eq(unlink(rig_in(mail, INDEX_DIR)), 0);
	cr_assert_eq(mkdir(rig_in(mail, INDEX_DIR), 0700), 0);
	rig_file(other, "victim", "precious");
	cr_assert_eq(
	    symlink(rig_in(other, "victim"), rig_in(mail, INDEX_FILE)), 0);
	cr_assert_eq(
	    symlink(rig_in(other, "victim"), rig_in(mail, INDEX_FILE ".new")),
	    0);
	w = index_writer_open(root, &why);
	cr_assert_not_null(w);
	index_writer_close(w);
	{
		struct buf b;

		buf_init(&b, 100);
		cr_assert_eq(rig_slurp(rig_in(other, "victim"), &b), 0);
		cr_expect(slice_is(buf_slice(&b), "precious"));
	}
}

static void
copy(const char *from, const char *to)
{
	struct buf b;
	int fd;

	buf_init(&b, 16 << 20);
	cr_assert_eq(rig_slurp(rig_in(mail, from), &b), 0);
	fd = open(
	    rig_in(mail, to), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, b.p, b.n), (ssize_t)b.n);
	close(fd);
	buf_free(&b);
}

/* A process that may move files, and write some, has put its own there. */
Test(index_files, is_what_the_indexer_has_made)
{
	struct index_counts c;
	struct index_scope all = { .folder = NULL };
	const char *why = NULL;
	struct index *by_root;

	begin();
	add_all();
	by_root = index_open_at(root);
	cr_assert_eq(index_count(by_root, &all, &c), 0);
	copy(INDEX_FILE, INDEX_DIR "/theirs");
	cr_assert_eq(
	    rename(rig_in(mail, INDEX_DIR "/theirs"), rig_in(mail, INDEX_FILE)),
	    0);
	cr_expect_eq(index_count(by_root, &all, &c), INDEX_ABSENT);
	cr_expect_not(index_is_sound(w));
	cr_expect_eq(index_renew(w, INDEX_BROKEN), 0);
	cr_expect(index_is_sound(w));
	cr_assert_eq(index_count(by_root, &all, &c), 0);
	cr_expect_eq(c.total, 0); /* it is filled again */
	/* One that a new indexer finds. */
	index_writer_close(w);
	copy(INDEX_FILE, INDEX_DIR "/theirs");
	cr_assert_eq(
	    rename(rig_in(mail, INDEX_DIR "/theirs"), rig_in(mail, INDEX_FILE)),
	    0);
	w = index_writer_open(root, &why);
	cr_assert_not_null(w);
	cr_expect_not_null(why);
	index_close(by_root);
	end();
}

/* A journal that would put other pages into it. */
Test(index_files, plays_no_journal_of_others)
{
	struct stat st;

	begin();
	add_all();
	rig_file(mail, INDEX_FILE "-journal",
	    "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\xff\xff\xff\xff and so on");
	cr_assert_eq(index_begin(w), 0);
	cr_assert_eq(index_complete(w), 0);
	cr_assert_eq(index_commit(w), 0);
	cr_expect(index_is_sound(w));
	cr_expect_eq(count(NULL, "order").total, 2);
	cr_expect_neq(stat(rig_in(mail, INDEX_FILE "-journal"), &st), 0);
	end();
}

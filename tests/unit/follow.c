/*
 * follow.c - tests of mail/follow.h.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mail/follow.h"
#include "mail/index_write.h"
#include "rig/rig.h"
#include "system/clock.h"

static const char *mail;
static int root;
static int64_t now; /* microseconds: when the Maildir was made, or later */
static struct index_writer *w;
static struct follow *f;
static char given[MAILDIR_ID_MAX];

static void
open_writer(void)
{
	const char *why;

	w = index_writer_open(root, &why);
	cr_assert_not_null(w);
}

static void
open_follow(void)
{
	f = follow_open(root, "test");
	cr_assert_not_null(f, "%s", strerror(errno));
}

static void
begin(void)
{
	mail = rig_place();
	root = open(mail, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	open_writer();
	open_follow();
	now = clock_wall_us();
}

static void
end(void)
{
	follow_close(f);
	index_writer_close(w);
	close(root);
}

/* A message received us after now, whose ID is as its base. */
static void
add(const char *folder, const char *base, int64_t us)
{
	static const struct maildir_keywords none;
	struct maildir_file file = { .part = MAILDIR_NEW };
	struct index_new new = { .file = &file,
		.keywords = &none,
		.document = SLICE("{\"Subject\":\"x\"}"),
		.created = now + us };

	snprintf(file.folder, sizeof(file.folder), "%s", folder);
	snprintf(file.name, sizeof(file.name), "%s.M0P1Q1.h", base);
	cr_assert_eq(index_begin(w), 0);
	cr_assert_eq(index_add(w, &new), 0);
	cr_assert_eq(index_commit(w), 0);
}

static void
remove_message(int64_t n)
{
	cr_assert_eq(index_begin(w), 0);
	cr_assert_eq(index_remove(w, n), 0);
	cr_assert_eq(index_commit(w), 0);
}

static void
take(void *with, const struct index_row *row, struct slice document)
{
	(void)with;
	cr_expect(slice_is(document, "{\"Subject\":\"x\"}"));
	snprintf(
	    given, sizeof(given), "%.*s", (int)strcspn(row->id, "."), row->id);
}

/* The next one is this; NULL: there is none. */
static void
next_is(const char *base)
{
	int status;

	given[0] = '\0';
	status = follow_next(f, take, NULL);
	cr_expect_eq(status, base != NULL);
	cr_expect_str_eq(given, base == NULL ? "" : base);
}

static void
done_is(const char *base)
{
	next_is(base);
	follow_done(f);
}

Test(follow, each_comes_once_in_the_order_of_coming)
{
	begin();
	next_is(NULL);
	add("", "1", 2);
	add("", "2", 1);
	next_is("1");
	next_is("1"); /* it is not done */
	done_is("1");
	add("", "3", 3);
	done_is("2");
	done_is("3");
	next_is(NULL);
	end();
}

Test(follow, what_was_there_before_is_not_new)
{
	begin();
	add("", "1", -60000000);
	add("", "2", 1);
	add("", "3", -60000000);
	done_is("2");
	next_is(NULL);
	end();
}

Test(follow, another_process_goes_on_there)
{
	begin();
	add("", "1", 1);
	add("", "2", 2);
	add("", "3", 3);
	done_is("1");
	next_is("2");
	follow_close(f);
	open_follow();
	done_is("2");
	follow_close(f);
	open_follow();
	done_is("3");
	next_is(NULL);
	end();
}

Test(follow, one_in_several_folders_comes_once)
{
	begin();
	add(".a", "1", 1);
	add(".b", "1", 1);
	add("", "2", 2);
	done_is("1");
	/* Now the other one stands for it. */
	remove_message(1);
	done_is("2");
	next_is(NULL);
	end();
}

Test(follow, what_goes_meanwhile_is_passed_over)
{
	begin();
	add("", "1", 1);
	add("", "2", 2);
	next_is("1");
	remove_message(1);
	done_is("2");
	remove_message(2);
	next_is(NULL);
	add("", "3", 3);
	done_is("3");
	end();
}

Test(follow, an_index_that_is_made_anew_brings_nothing_twice)
{
	begin();
	add("", "1", 1);
	add("", "2", 2);
	done_is("1");
	done_is("2");
	index_writer_close(w);
	cr_assert_eq(unlink(rig_in(mail, INDEX_FILE)), 0);
	open_writer();
	add("", "3", 3); /* which is the first number of the new one */
	add("", "2", 2);
	add("", "1", 1);
	done_is("3");
	next_is(NULL);
	end();
}

Test(follow, the_file_may_say_anything)
{
	static const char *const texts[] = { "", "x", "1", "1 2 3", "1 2 3 x",
		"99999999999999999999999 1 1 1" };

	begin();
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		follow_close(f);
		rig_file(mail, ".berth/test", texts[i]);
		open_follow();
		next_is(NULL);
	}
	add("", "1", 60000000);
	done_is("1");
	end();
}

Test(follow, it_wakes)
{
	struct pollfd p = { .events = POLLIN };

	begin();
	next_is(NULL);
	p.fd = follow_fd(f);
	cr_expect_eq(poll(&p, 1, 0), 0);
	add("", "1", 1);
	cr_expect_eq(poll(&p, 1, (int)rig_patience_ms()), 1);
	done_is("1");
	next_is(NULL);
	cr_expect_eq(poll(&p, 1, 0), 0);
	end();
}

Test(follow, without_a_maildir_or_with_a_link_in_the_way)
{
	int fd;

	cr_expect_null(follow_open(-1, "test"));
	mail = rig_place();
	cr_assert_eq(symlink("/tmp", rig_in(mail, ".berth")), 0);
	fd = open(mail, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_expect_null(follow_open(fd, "test"));
	close(fd);
}

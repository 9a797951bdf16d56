/*
 * indexer_mend.c - an index that is deleted, damaged, locked or left half
 * written is made anew, and loses nothing.
 */
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "indexer_start.h"

#define MESSAGES 30

static struct rig *indexer;

static void
begin(void)
{
	open_mail();
	for (int i = 0; i < MESSAGES; i++) {
		char name[64];

		snprintf(name, sizeof(name), "new/%d.a", i);
		deliver(name, "something");
	}
	indexer = start_indexer();
	cr_assert_eq(found("something"), MESSAGES);
}

static bool
is_whole_again(void *arg)
{
	(void)arg;
	return is_complete(NULL) && found("something") == MESSAGES;
}

static bool
stands_still(void *arg)
{
	(void)arg;
	return rig_state(rig_pid(indexer)) == 'T';
}

static bool
is_beside_it(void *arg)
{
	(void)arg;
	return access(rig_in(mail, INDEX_SYNC), F_OK) == 0 &&
	    access(rig_in(mail, INDEX_SESSIONS), F_OK) == 0;
}

static bool
is_gone(void *path)
{
	return access(path, F_OK) < 0;
}

/* A directory that was made a moment ago may not be watched yet: who puts
 * something there and waits in vain tries again. */
static bool
is_let_go(void *name)
{
	char *path = strdup(rig_in(rig_in(mail, INDEX_SYNC), name));
	int fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	bool gone = false;

	if (fd >= 0)
		close(fd);
	for (int i = 0; i < 20 && !gone; i++) {
		rig_pause_ms(10);
		gone = is_gone(path);
	}
	unlink(path);
	free(path);
	return gone;
}

static void
expect_released(const char *name)
{
	cr_expect(rig_until("who waits is let go", is_let_go, (void *)name));
}

/* All is there again, and it still watches. */
static void
end(void)
{
	cr_expect(rig_until("it is whole again", is_whole_again, NULL));
	deliver("new/last.a", "the last");
	cr_expect(finds("\"the last\"", 1));
	cr_expect_eq(rig_stop(indexer), 0);
	cr_expect_eq(found("something"), MESSAGES);
}

static void
overwrite(off_t at, size_t n)
{
	char rubbish[4096];
	int fd = open(rig_in(mail, INDEX_FILE), O_WRONLY | O_CLOEXEC);

	memset(rubbish, 0x5a, sizeof(rubbish));
	cr_assert_geq(fd, 0);
	for (; n > 0; n -= sizeof(rubbish), at += (off_t)sizeof(rubbish))
		cr_assert_eq(
		    pwrite(fd, rubbish, sizeof(rubbish), at), sizeof(rubbish));
	close(fd);
}

Test(indexer_mend, deleted_while_running)
{
	begin();
	cr_assert_eq(unlink(rig_in(mail, INDEX_FILE)), 0);
	end();
}

Test(indexer_mend, deleted_with_its_directory)
{
	begin();
	/* Or it is faster than we are. */
	cr_assert_eq(kill(-rig_pid(indexer), SIGSTOP), 0);
	cr_assert(rig_until("it stands still", stands_still, NULL));
	unlink(rig_in(mail, INDEX_CHANGED));
	unlink(rig_in(mail, INDEX_DIR "/lock"));
	unlink(rig_in(mail, INDEX_FILE));
	unlink(rig_in(mail, INDEX_FILE "-journal"));
	rmdir(rig_in(mail, INDEX_SYNC));
	rmdir(rig_in(mail, INDEX_SESSIONS));
	cr_assert_eq(rmdir(rig_in(mail, INDEX_DIR)), 0);
	cr_assert_eq(kill(-rig_pid(indexer), SIGCONT), 0);
	cr_expect(rig_until("it is whole again", is_whole_again, NULL));
	cr_expect(rig_until("all that belongs to it", is_beside_it, NULL));
	expect_released("a");
	end();
}

/* What waits there for the index is let go. */
Test(indexer_mend, what_lies_beside_it_is_made_again)
{
	begin();
	cr_assert_eq(rmdir(rig_in(mail, INDEX_SYNC)), 0);
	cr_assert_eq(rmdir(rig_in(mail, INDEX_SESSIONS)), 0);
	cr_expect(rig_until("all that belongs to it", is_beside_it, NULL));
	expect_released("b");
	end();
}

Test(indexer_mend, moved_away_with_its_directory)
{
	begin();
	move(INDEX_DIR, "away");
	end();
}

Test(indexer_mend, damaged_while_running)
{
	begin();
	overwrite(4096, 65536);
	end();
}

Test(indexer_mend, truncated_while_running)
{
	begin();
	cr_assert_eq(truncate(rig_in(mail, INDEX_FILE), 8192), 0);
	overwrite(0, 0);
	end();
}

Test(indexer_mend, emptied_while_running)
{
	begin();
	cr_assert_eq(truncate(rig_in(mail, INDEX_FILE), 0), 0);
	overwrite(0, 0);
	end();
}

Test(indexer_mend, replaced_while_running)
{
	begin();
	rig_file(mail, "other", "this is no database at all");
	move("other", INDEX_FILE);
	end();
}

/* What a start finds. */
Test(indexer_mend, damaged_before_the_start)
{
	static const struct {
		off_t at;
		size_t n;
	} damage[] = { { 0, 4096 }, { 4096, 4096 }, { 40960, 65536 } };

	begin();
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		cr_assert_eq(rig_stop(indexer), 0);
		overwrite(damage[i].at, damage[i].n);
		indexer = rig_spawn(
		    &(struct rig_how){ .argv = RIG("berth-indexer", mail) });
		cr_expect(rig_until("whole again", is_whole_again, NULL));
		cr_expect(rig_hear(indexer, "it is made anew"));
	}
	cr_assert_eq(rig_stop(indexer), 0);
	rig_file(mail, INDEX_FILE, "");
	indexer =
	    rig_spawn(&(struct rig_how){ .argv = RIG("berth-indexer", mail) });
	end();
}

Test(indexer_mend, of_another_version)
{
	sqlite3 *db;

	begin();
	cr_assert_eq(rig_stop(indexer), 0);
	cr_assert_eq(sqlite3_open(rig_in(mail, INDEX_FILE), &db), SQLITE_OK);
	cr_assert_eq(
	    sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(db);
	index_close(about);
	about = index_open(mail);
	cr_expect_eq(found(""), -1);
	indexer =
	    rig_spawn(&(struct rig_how){ .argv = RIG("berth-indexer", mail) });
	end();
}

/* A reader that never ends what it has begun. */
Test(indexer_mend, goes_on_without_a_reader_that_hangs)
{
	sqlite3 *db;

	begin();
	cr_assert_eq(sqlite3_open_v2(rig_in(mail, INDEX_FILE), &db,
			 SQLITE_OPEN_READONLY, NULL),
	    SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	cr_assert_eq(sqlite3_exec(db, "BEGIN; SELECT count(*) FROM message",
			 NULL, NULL, NULL),
	    SQLITE_OK);
	deliver("new/during.a", "during");
	cr_expect(finds("during", 1));
	cr_expect_eq(found("something"), MESSAGES);
	sqlite3_close(db);
	end();
}

Test(indexer_mend, goes_on_without_a_stranger_that_locks)
{
	sqlite3 *db;

	begin();
	cr_assert_eq(sqlite3_open(rig_in(mail, INDEX_FILE), &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	cr_assert_eq(
	    sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	deliver("new/during.a", "during");
	cr_expect(finds("during", 1));
	sqlite3_close(db);
	end();
}

Test(indexer_mend, killed_in_the_middle)
{
	open_mail();
	for (int i = 0; i < 400; i++) {
		char name[64];

		snprintf(name, sizeof(name), "new/%d.a", i);
		deliver(name, "something");
	}
	for (int i = 0; i < 12; i++) {
		struct rig *r = rig_spawn(
		    &(struct rig_how){ .argv = RIG("berth-indexer", mail) });

		rig_pause_ms(5 + 12 * i);
		rig_kill(r);
	}
	indexer = start_indexer();
	cr_expect_eq(found("something"), 400);
	cr_expect_eq(found("is:unread"), 400);
	deliver("new/last.a", "the last");
	cr_expect(finds("\"the last\"", 1));
	cr_expect_eq(rig_stop(indexer), 0);
}

Test(indexer_mend, the_maildir_goes_and_comes_again)
{
	begin();
	move("", "../away");
	make_maildir(mail);
	deliver("new/1.b", "second life");
	cr_expect(finds("\"second life\"", 1));
	cr_expect(finds("", 1));
	deliver("new/2.b", "second life");
	cr_expect(finds("", 2));
	cr_expect_eq(rig_stop(indexer), 0);
}

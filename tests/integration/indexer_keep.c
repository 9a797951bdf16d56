/*
 * indexer_keep.c - options of berth-indexer: how many messages are kept and
 * for how long, whose rights it works with, how it ends.
 */
#include <fcntl.h>
#include <pwd.h>
#include <utime.h>

#include "indexer_start.h"

static void
fill(int n)
{
	for (int i = 0; i < n; i++) {
		char name[64];

		snprintf(name, sizeof(name), "new/%d.M0P1Q%d.host",
		    1700000000 + i, i + 1);
		deliver(name, "kept");
	}
}

static bool
exists(const char *name)
{
	return access(rig_in(mail, name), F_OK) == 0;
}

Test(indexer_keep, the_newest)
{
	struct rig *r;

	open_mail();
	fill(20);
	r = rig_run(
	    RIG("berth-indexer", "--once", "--max-messages", "5", mail));
	cr_assert_eq(rig_wait(r), 0);
	cr_expect_eq(found(""), 5);
	cr_expect(exists("new/1700000019.M0P1Q20.host"));
	cr_expect(exists("new/1700000015.M0P1Q16.host"));
	cr_expect_not(exists("new/1700000014.M0P1Q15.host"));
	r = rig_spawn(&(struct rig_how){
	    .argv = RIG("berth-indexer", "--max-messages", "5", mail) });
	cr_expect(rig_until("complete", is_complete, NULL));
	deliver("new/1700000100.M0P1Q1.host", "one more");
	cr_expect(finds("\"one more\"", 1));
	cr_expect(finds("", 5));
	cr_expect_not(exists("new/1700000015.M0P1Q16.host"));
	cr_expect_eq(rig_stop(r), 0);
}

Test(indexer_keep, the_young)
{
	struct utimbuf old = { clock_wall_s() - 7200, clock_wall_s() - 7200 };
	struct rig *r;

	open_mail();
	deliver("new/1.old", "old");
	deliver("new/2.young", "young");
	cr_assert_eq(utime(rig_in(mail, "new/1.old"), &old), 0);
	r = rig_run(RIG("berth-indexer", "--once", mail));
	cr_expect_eq(found(""), 2);
	r = rig_run(RIG("berth-indexer", "--once", "--max-age", "1h", mail));
	cr_assert_eq(rig_wait(r), 0);
	cr_expect_eq(found("young"), 1);
	cr_expect_eq(found(""), 1);
	cr_expect_not(exists("new/1.old"));
	/* And while it runs, when the time has come. */
	old.modtime = clock_wall_s() - 3599;
	cr_assert_eq(utime(rig_in(mail, "new/2.young"), &old), 0);
	unlink(rig_in(mail, INDEX_FILE));
	r = rig_spawn(&(struct rig_how){
	    .argv = RIG("berth-indexer", "--max-age", "1h", mail) });
	cr_expect(rig_until("complete", is_complete, NULL));
	cr_expect(finds("", 0));
	cr_expect_not(exists("new/2.young"));
	cr_expect_eq(rig_stop(r), 0);
}

Test(indexer_keep, says_when_it_has_looked_at_all)
{
	int ends[2];
	char byte;
	struct rig *r;

	open_mail();
	fill(10);
	rig_pair(ends);
	r = rig_spawn(&(struct rig_how){
	    .argv = RIG("berth-indexer", "--notify-fd", "3", mail),
	    .fds = &ends[1],
	    .fd_count = 1 });
	close(ends[1]);
	cr_assert_eq(rig_receive(ends[0], &byte, 1), 1);
	cr_expect_eq(found(""), 10);
	cr_expect_eq(rig_receive(ends[0], &byte, 1), 0);
	cr_expect_eq(rig_stop(r), 0);
}

Test(indexer_keep, one_line_for_each_fault)
{
	static const struct {
		const char *options;
		int code;
		const char *says;
	} faults[] = {
		{ "--max-age soon .", 64, "--max-age soon: not a time" },
		{ "--max-messages 0 .", 64, "--max-messages" },
		{ "--notify-fd 99 .", 64, "--notify-fd 99: it is not open" },
		{ "--nonsense", 64, "nonsense" },
		{ "a b", 64, "one MAILDIR" },
		{ "--once nowhere", 78, "nowhere: No such file" },
		{ "--once /etc/passwd", 78, "/etc/passwd: Not a directory" },
		{ "-u no-such-user .", 78, "no such user" },
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		char line[256];

		snprintf(
		    line, sizeof(line), "berth-indexer %s", faults[i].options);
		cr_expect(rig_sh(0, line, faults[i].code, "", faults[i].says));
	}
}

Test(indexer_keep, only_one_at_a_time)
{
	struct rig *first, *second;

	open_mail();
	first = start_indexer();
	second = rig_run(RIG("berth-indexer", "--once", mail));
	cr_expect_eq(rig_wait(second), 69);
	cr_expect(rig_hear(second, "another indexer is at work there"));
	cr_expect_eq(rig_stop(first), 0);
}

static uid_t
owner_of(const char *name)
{
	struct stat st;

	return lstat(rig_in(mail, name), &st) < 0 ? (uid_t)-1 : st.st_uid;
}

/* The rest is for root: it must not use its rights on the files of others. */
Test(indexer_keep, as_root_it_becomes_the_owner)
{
	const struct passwd *pw = getpwnam("nobody");
	static const char *const names[] = { "", "tmp", "new", "cur",
		"new/1.a" };
	struct rig *r;

	if (geteuid() != 0 || pw == NULL)
		return;
	open_mail();
	deliver("new/1.a", "theirs");
	for (size_t i = 0; i < 5; i++)
		cr_assert_eq(
		    chown(rig_in(mail, names[i]), pw->pw_uid, pw->pw_gid), 0);
	/* Of root, and for nobody else. */
	deliver("new/2.a", "not theirs");
	cr_assert_eq(chmod(rig_in(mail, "new/2.a"), 0600), 0);
	r = rig_run(RIG("berth-indexer", "--once", mail));
	cr_assert_eq(rig_wait(r), 0);
	cr_expect_eq(found(""), 1);
	cr_expect(rig_hear(r, "new/2.a: Permission denied; it is left out"));
	cr_expect_eq(owner_of(".berth"), pw->pw_uid);
	cr_expect_eq(owner_of(INDEX_FILE), pw->pw_uid);
	cr_expect_eq(owner_of("new/2.a"), 0);
	/* By name, likewise; who may not write there says so. */
	r = rig_run(RIG("berth-indexer", "--once", "-u", "nobody", mail));
	cr_expect_eq(rig_wait(r), 0);
	r = rig_run(RIG("berth-indexer", "--once", "-u", "daemon", mail));
	cr_expect_eq(rig_wait(r), 78);
	cr_expect(rig_hear(r, "Permission denied"));
}

Test(indexer_keep, as_root_it_follows_no_link_to_a_maildir)
{
	struct rig *r;

	if (geteuid() != 0)
		return;
	open_mail();
	cr_assert_eq(symlink("mail", rig_in(mail, "../link")), 0);
	r = rig_run(RIG("berth-indexer", "--once", rig_in(mail, "../link")));
	cr_expect_eq(rig_wait(r), 78);
	cr_expect(rig_hear(r, "a link leads there; as root, say -u USER"));
	cr_expect_not(exists(".berth"));
}

/* What belongs to another is as far away as from anybody. */
Test(indexer_keep, as_root_of_its_own_maildir_it_has_no_powers)
{
	struct rig *r;

	if (geteuid() != 0)
		return;
	open_mail();
	deliver("new/1.a", "theirs");
	cr_assert_eq(chown(rig_in(mail, "new/1.a"), 65534, 65534), 0);
	cr_assert_eq(chmod(rig_in(mail, "new/1.a"), 0600), 0);
	r = rig_run(RIG("berth-indexer", "--once", mail));
	cr_expect_eq(rig_wait(r), 0);
	cr_expect_eq(found(""), 0);
	cr_expect(rig_hear(r, "Permission denied; it is left out"));
}

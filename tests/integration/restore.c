/*
 * restore.c - --isolation restore: every client meets a pristine process,
 * whatever the client before it has done to it.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/faulty.h"
#include "rig/main.h"
#include "rig/persist.h"
#include "rig/restored.h"
#include "rig/rig.h"
#include "rig/shell.h"
#include "rig/state.h"
#include "system/clock.h"

Test(restore, one_process_serves_one_client_after_the_other)
{
	struct rig *r;
	int64_t until = rig_deadline();
	pid_t first;
	int again = 0;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	first = restored_who(r);
	while (again < 20 && clock_ms() < until)
		again += restored_who(r) == first;
	cr_assert_eq(again, 20);
	cr_assert_eq(rig_stop(r), 0);
}

/* Only root may look into a process that is not dumpable. */
static bool
sees(void)
{
	return geteuid() == 0;
}

/* Does the next client of this process, if it lives, find it as it was? */
static bool
is_pristine_for_the_next(struct rig *r, pid_t pid)
{
	int64_t until = rig_deadline();

	while (clock_ms() < until) {
		if (sees() && !rig_is_gone(pid) && !state_is_idle(pid))
			continue;
		if (strcmp(restored_ask(r, "registers\n"), "pristine\n") != 0)
			return false;
		if (rig_is_gone(pid) || restored_who(r) == pid)
			return true;
	}
	return false;
}

/* Returns whether the process that may have been attacked lives. */
static bool
attempt(struct rig *r, const char *name, bool ends)
{
	pid_t pid = restored_idle(r);
	char *before = NULL, line[64];
	bool lives;

	for (int i = 0; sees() && i < 1000 && before == NULL; i++) {
		before = state_of(pid);
		if (before == NULL)
			pid = restored_idle(r);
	}
	cr_assert(!sees() || before != NULL, "what is in /proc of an idle one");
	snprintf(line, sizeof(line), "persist %s\n", name);
	/* It is the next client of this process, or of another one. */
	restored_ask(r, line);
	cr_expect(is_pristine_for_the_next(r, pid), "%s", name);
	if (!sees())
		return !ends;
	lives = state_becomes(pid, before) >= 0;
	if (lives)
		cr_expect_eq(state_becomes(pid, before), 1, "%s", name);
	free(before);
	return lives && !ends;
}

/* What is tried to be found again can be found, by who has left it. */
Test(restore, a_client_has_its_memory_while_it_is_there)
{
	static const char keep[] = "keep 1122334455667788\n",
			  scan[] = "scan 1122334455667788\n";
	struct rig *r;
	int fd;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	fd = rig_open(r, FAULTY);
	cr_assert(rig_send(fd, keep) && rig_expect(fd, "kept\n"));
	cr_assert(rig_send(fd, scan) && rig_expect(fd, "found\n"));
	close(fd);
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * Several times, for who is attacked is not always the one that is observed;
 * and the pool may do without that one at any time, so it cannot be said of
 * each attempt that it lives.
 */
Test(restore, nothing_that_a_client_does_lasts)
{
	struct rig *r;
	const char *name;
	unsigned lived = 0, might = 0;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	for (unsigned i = 0; (name = persist_name(i)) != NULL; i++)
		for (int times = 0; times < 3; times++) {
			might += !persist_ends(i);
			lived += attempt(r, name, persist_ends(i));
		}
	cr_assert_gt(lived, might / 2, "%u of %u", lived, might);
	cr_assert_eq(rig_stop(r), 0);
}

/* Says a line that the process does not survive, if its first bytes are not
 * answered; then everybody else is served. */
static void
assert_ends(struct rig *r, const char *line)
{
	pid_t pid = restored_idle(r);

	restored_ask(r, line);
	cr_assert(restored_who(r) > 0, "after %s", line);
	if (!rig_is_gone(pid))
		cr_assert(state_is_idle(pid) || rig_is_gone(pid));
}

Test(restore, who_dies_or_lies_takes_nobody_along)
{
	static const char *const lines[] = { "segv\n", "abort\n", "stack\n",
		"oom\n", "sys\n", "say i\n", "say iiiiiiii\n", "lie\n",
		"exit 0\n", "exit 10\n" };
	struct rig *r;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_ends(r, lines[i]);
	cr_assert_eq(rig_stop(r), 0);
}

/*
 * Behind a proxy a child asks whether its client may come in.  An answer that
 * it leaves in its control socket is not what the next client is lost by, nor
 * is its place: each order of the two is met in so many rounds.
 */
Test(restore, who_asks_and_does_not_hear_takes_nobody_along)
{
	static const char header[] = "PROXY UNKNOWN\r\n";
	struct rig *r;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(
	    RESTORED, "--max-children", "2", "--proxy-from", "127.0.0.1"));
	for (int i = 0; i < 40; i++) {
		char line[16] = "";
		int fd = rig_open(r, FAULTY);

		cr_assert(rig_send(fd, header));
		cr_assert(rig_send(fd, i % 2 == 0 ? "name\n" : "pid\n"));
		cr_assert_gt(rig_receive(fd, line, sizeof(line) - 1), 0,
		    "a client was lost in round %d", i);
		if (i % 2 == 0)
			cr_assert_str_eq(line, "named\n");
		close(fd);
	}
	cr_expect_null(strstr(rig_err(r), "crashed"), "%s", rig_err(r));
	cr_assert_eq(rig_stop(r), 0);
}

/* A process is stopped, or killed, while it is put back. */
Test(restore, killed_at_any_moment)
{
	struct rig *r;
	pid_t list[64];

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	for (int i = 0; i < 40; i++) {
		pid_t pid = restored_who(r);

		/* Never one that has been given to somebody. */
		kill(pid, i % 4 == 0 ? SIGSTOP : SIGKILL);
		rig_pause_ms(i % 3);
		kill(pid, SIGKILL);
		cr_assert(rig_all_gone(&pid, 1, rig_patience_ms()));
	}
	cr_assert(restored_who(r) > 0);
	cr_assert_gt(rig_children(rig_pid(r), list, 64), 0);
	cr_assert_eq(rig_stop(r), 0);
}

Test(restore, without_the_restorer_nobody_is_lost)
{
	struct rig *r;
	pid_t restorer, next = 0;
	int64_t until = rig_deadline();

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	/* It has its name a little later than its process. */
	do {
		restored_who(r);
		restorer = rig_restorer(rig_pid(r));
	} while (restorer <= 0 && clock_ms() < until);
	cr_assert_gt(restorer, 0);
	kill(restorer, SIGKILL);
	for (int i = 0; i < 50; i++)
		cr_assert_gt(restored_who(r), 0);
	cr_assert(rig_hear(r, "the restorer ended"));
	while ((next == 0 || next == restorer) && clock_ms() < until) {
		cr_assert_gt(restored_who(r), 0);
		next = rig_restorer(rig_pid(r));
	}
	cr_assert_gt(next, 0);
	cr_assert_eq(rig_stop(r), 0);
}

static bool
is_put_back(void *r)
{
	pid_t first = restored_who(r);

	return restored_who(r) == first;
}

static bool
has_another_zygote(void *arg)
{
	const pid_t *old = ((void **)arg)[1];
	pid_t now = rig_zygote(rig_pid(((void **)arg)[0]));

	return now != 0 && now != *old;
}

/* It is known to the children of the next zygote; without any the master
 * forks children that are put back, too. */
Test(restore, after_the_restorer_and_after_the_zygote_they_are_put_back)
{
	struct rig *r;
	pid_t old;
	void *them[2] = { NULL, &old };

	ONLY_WHERE_RESTORED;
	them[0] = r = faulty_start(RESTORED_OPTIONS(RESTORED));
	for (int i = 0; i < 2; i++) {
		old = 0;
		cr_assert(rig_until("a zygote", has_another_zygote, them));
		old = rig_zygote(rig_pid(r));
		cr_assert(rig_until("put back", is_put_back, r));
		if (i == 0)
			kill(rig_restorer(rig_pid(r)), SIGKILL);
		else
			kill(old, SIGKILL);
		cr_assert(rig_hear(
		    r, i == 0 ? "the restorer ended" : "the zygote ended"));
		if (i > 0)
			cr_assert(rig_until("put back", is_put_back, r));
		cr_assert(rig_until("the next", has_another_zygote, them));
		cr_assert(rig_until("put back", is_put_back, r));
	}
	cr_assert_eq(rig_stop(r), 0);
}

/* Of small pages alone every kernel knows exactly who has them. */
Test(restore, it_has_no_huge_pages)
{
	struct rig *r;
	char *state;

	ONLY_WHERE_RESTORED;
	r = faulty_start(RESTORED_OPTIONS(RESTORED));
	state = state_of(restored_idle(r));
	cr_assert_not_null(state);
	cr_assert_not_null(strstr(state, "THP_enabled:\t0"), "%s", state);
	free(state);
	cr_assert_eq(rig_stop(r), 0);
}

/* Mails from the same process have names of their own. */
Test(restore, a_process_takes_mail_after_mail)
{
	struct rig *r = rig_start(RIG("berth-smtpd", "-q", "-l", "127.0.0.1:0",
	    RESTORED, rig_in(rig_sh_place(), "mail")));

	cr_expect(rig_sh(rig_port(r, "smtp"),
	    "for i in $(seq 30); do echo x | berth-smtp --text "
	    "127.0.0.1:$P a@b.example c@d.example || exit 1; done;"
	    "ls mail/new | wc -l",
	    0, "30\n", NULL));
	cr_assert_eq(rig_stop(r), 0);
}

RIG_MAIN int
main(int argc, char **argv)
{
	return faulty_or_tests(argc, argv);
}

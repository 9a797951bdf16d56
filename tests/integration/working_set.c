/*
 * working_set.c - how many pages an ordinary request and an ordinary mail touch
 * in the child that serves them (the working set, Denning 1968).
 *
 * A processor that has served two hundred other processes meanwhile knows none
 * of them any more, and each costs a walk of the page table.
 */
#include <unistd.h>

#include "child_counts.h"
#include "rig/http.h"
#include "rig/smtp.h"

#define REQUEST_KIB 272 /* 340 without hot.ld */
#define MAIL_KIB    336 /* 360 */

TestSuite(working_set, .init = start_counting);

#define CHILDREN 64
#define VISITS   15

/* Those that are there when it begins. */
static pid_t child[CHILDREN];
static size_t children;

static bool
tell(const char *path, const char *what)
{
	FILE *f = fopen(path, "w");

	return f != NULL && fputs(what, f) >= 0 && fclose(f) == 0;
}

/*
 * From now on the kernel notes which pages they touch (1).  What a processor
 * still knows of them goes, too: that comes with another word (4).
 */
static void
forget(pid_t master)
{
	char path[64];

	children = rig_children(master, child, CHILDREN);
	cr_assert_leq(children, CHILDREN);
	for (size_t i = 0; i < children; i++) {
		snprintf(
		    path, sizeof(path), "/proc/%d/clear_refs", (int)child[i]);
		if (!tell(path, "1") || !tell(path, "4"))
			cr_skip_test("the kernel tells nobody, or not us");
	}
}

/* The most that any of them has touched since, in KiB. */
static unsigned long long
touched(pid_t master)
{
	uint64_t most = 0;

	for (size_t i = 0; i < children; i++) {
		uint64_t kib = is_helper(master, child[i]) ?
		    0 :
		    rollup(child[i], "Referenced:");

		most = kib > most ? kib : most;
	}
	return most;
}

struct visit {
	struct rig *rig;
	int fd;
	void (*once)(int fd);
	unsigned long long limit, median; /* KiB */
};

static int
compare(const void *a, const void *b)
{
	unsigned long long x = *(const unsigned long long *)a,
			   y = *(const unsigned long long *)b;

	return (x > y) - (x < y);
}

/* The median: while others come to life they touch more. */
static bool
is_small(void *arg)
{
	struct visit *v = arg;
	unsigned long long kib[VISITS];

	for (size_t i = 0; i < VISITS; i++) {
		forget(rig_pid(v->rig));
		v->once(v->fd);
		kib[i] = touched(rig_pid(v->rig));
	}
	qsort(kib, VISITS, sizeof(kib[0]), compare);
	v->median = kib[VISITS / 2];
	return v->median > 0 && v->median <= v->limit;
}

static void
check(struct visit *v)
{
	v->once(v->fd);
	cr_expect(
	    rig_within(rig_patience_ms(), is_small, v), "%llu KiB", v->median);
	fprintf(stderr, "%llu KiB\n", v->median);
	close(v->fd);
	cr_expect_eq(rig_stop(v->rig), 0);
}

static void
get_page(int fd)
{
	struct rig_reply reply;

	cr_assert(rig_get_on(fd, "/page.txt", &reply));
	cr_expect(slice_is(reply.body, "Here I am"));
	rig_reply_free(&reply);
}

Test(working_set, of_a_request)
{
	const char *dir = rig_place();
	struct visit v = { .once = get_page, .limit = REQUEST_KIB };

	rig_file(dir, "page.txt", "Here I am");
	v.rig = rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", dir));
	v.fd = rig_open(v.rig, "http 127");
	check(&v);
}

static void
send_mail(int fd)
{
	cr_assert(rig_smtp(fd, "MAIL FROM:<a@b.example>", "250"));
	cr_assert(rig_smtp(fd, "RCPT TO:<c@d.example>", "250"));
	cr_assert(rig_smtp(fd, "DATA", "354"));
	cr_assert(rig_smtp(fd, "Subject: x\r\n\r\nHello\r\n.", "250"));
}

Test(working_set, of_a_mail)
{
	struct visit v = { .once = send_mail, .limit = MAIL_KIB };

	v.rig = rig_start(RIG(
	    "berth-smtpd", "-l", "127.0.0.1:0", rig_in(rig_place(), "mail")));
	v.fd = rig_open(v.rig, "smtp 127");
	cr_assert(rig_smtp_expect(v.fd, "220"));
	cr_assert(rig_smtp(v.fd, "EHLO me.example", "250"));
	check(&v);
}

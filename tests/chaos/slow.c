/*
 * slow.c - chaos by patience: 500 clients at a time who are slow, each in the
 * same way.  Each holds one process, until its deadline and no longer; all
 * along an ordinary client gets its page.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "chaos/judge.h"
#include "rig/crowd.h"
#include "rig/http.h"
#include "rig/rig.h"

#define CROWD     500
#define SPARE     24    /* idle children, and the ordinary client's */
#define TIMEOUT   "6"   /* longer than all of them need to come */
#define IDLE_MS   6000  /* for a request to come, and for a head */
#define PATIENCE  12000 /* for a body, and for a reply */
#define HALF_HEAD "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
#define HALF_BODY                                                    \
	"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: " \
	"100\r\n\r\nabc"
#define PAGE  "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define LARGE "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"

struct fault {
	const char *name;
	const char *words; /* are said at once */
	int64_t deadline_ms;
	enum rig_crowd_habit habit;
	bool narrow;  /* with a small window */
	bool answer;  /* the words are answered with a page first */
	bool vanish;  /* and then the client's host is gone */
	bool unaware; /* clients cannot see the end, for they do not read */
};

static struct rig *
start(void)
{
	const char *dir = rig_place();

	rig_file(dir, "index.html", "<p>the page ends here");
	rig_file_pattern(dir, "large", 8 << 20);
	return rig_start(RIG("berth-httpd", "-l", "127.0.0.1:0", "--access-log",
	    "off", "--max-children", "1000", "--timeout", TIMEOUT, "--echo",
	    "/echo", dir));
}

static int
come(const char *address, const struct fault *f)
{
	int fd = f->narrow ? rig_connect_narrow(address) : rig_connect(address);
	struct rig_reply reply;

	cr_assert_geq(fd, 0);
	if (f->words != NULL)
		cr_assert(rig_send(fd, f->words));
	if (f->answer) {
		cr_assert(rig_reply(fd, &reply, false));
		cr_assert_eq(reply.status, 200);
		rig_reply_free(&reply);
	}
	return fd;
}

static void
hold(const struct fault *f)
{
	struct rig *r = start();
	const char *address = rig_address(r, "http");
	struct rig_pulse *p = rig_pulse_get(address, "/", "the page ends here");
	struct rig_crowd c;
	size_t held;

	rig_crowd_open(&c, CROWD, f->habit);
	for (int i = 0; i < CROWD; i++)
		rig_crowd_add(&c, come(address, f));
	for (int i = 0; f->vanish && i < CROWD; i++)
		rig_vanish(c.fd[i]);
	held = rig_crowd_outlast(&c, rig_pid(r), SPARE, f->deadline_ms);
	if (!f->vanish && !f->unaware)
		cr_expect_eq(rig_crowd_ended(&c), CROWD, "%s: %zu know it",
		    f->name, rig_crowd_ended(&c));
	judge(f->name, CROWD, held, p);
	rig_crowd_leave(&c);
	cr_expect_eq(rig_stop(r), 0);
}

#define HOLD(test, what, said, ms, ...)                   \
	Test(chaos_slow, test)                            \
	{                                                 \
		hold(&(const struct fault){ .name = what, \
		    .words = said,                        \
		    .deadline_ms = ms,                    \
		    __VA_ARGS__ });                       \
	}

HOLD(silent, "slow: connected, silent", NULL, IDLE_MS)
HOLD(silent_after_a_page, "slow: silent after a page", PAGE, IDLE_MS,
    .answer = true)
HOLD(half_a_head, "slow: half a head, then nothing", HALF_HEAD, IDLE_MS)
HOLD(a_head_by_bytes, "slow: a head, one byte a second", HALF_HEAD, IDLE_MS,
    .habit = RIG_CROWD_SENDS)
HOLD(half_a_body, "slow: half a body, then nothing", HALF_BODY, PATIENCE)
HOLD(a_body_by_bytes, "slow: a body, one byte a second", HALF_BODY, PATIENCE,
    .habit = RIG_CROWD_SENDS)
HOLD(not_read, "slow: 8 MiB, not read", LARGE, PATIENCE, .narrow = true,
    .unaware = true)
HOLD(read_by_bytes, "slow: 8 MiB, one byte a second read", LARGE, PATIENCE,
    .habit = RIG_CROWD_READS, .narrow = true, .unaware = true)
HOLD(gone_in_the_head, "gone: half-open in a head", HALF_HEAD, IDLE_MS,
    .vanish = true)
HOLD(gone_in_a_reply, "gone: half-open in 8 MiB", LARGE, PATIENCE,
    .narrow = true, .vanish = true)

/*
 * tls_hello_half.c - half of a client's hello: who hangs up behind it is not
 * waited for, and who stays is not waited for any longer than the handshake
 * may take, however it is that he does not come to its end.
 */
#include <unistd.h>

#include "rig/hello.h"
#include "tls_start.h"

#define PAUSE_MS 50 /* of who dribbles */

/* Where half of a hello ends: before, in and behind what has a length. */
static const size_t halves[] = { 1, 4, 5, 6, 9, 11, 43, 44, 76, 90, 130 };

#define HALVES (sizeof(halves) / sizeof(halves[0]))

static void
say_half(int fd, size_t n)
{
	struct buf b;

	buf_init(&b, HELLO_BUF_MAX);
	hello_add(&b, (struct slice){ NULL, 0 }, HELLO_RECORD_MAX);
	cr_assert_lt(n, b.n);
	cr_expect(rig_send_bytes(fd, b.p, n));
	buf_free(&b);
}

/* Who hangs up is not waited for. */
Test(tls_hello_half, half_of_one_and_good_bye)
{
	struct rig *r = tls_start(TLS_SERVER);

	for (size_t i = 0; i < HALVES; i++) {
		int fd = rig_open(r, "https");

		say_half(fd, halves[i]);
		rig_half_close(fd);
		cr_expect(rig_expect_end(fd), "%zu bytes", halves[i]);
		close(fd);
		fd = rig_open(r, "https");
		say_half(fd, halves[i]);
		rig_reset(fd);
	}
	tls_goes_on(r);
}

/* Who stays has as long as a handshake may take; who dribbles, no longer. */
Test(tls_hello_half, half_of_one_and_silence)
{
	struct rig *r = tls_start(TLS_SERVER);
	struct buf b;
	int fd[HALVES], slow;
	size_t at = 0;
	char byte;

	for (size_t i = 0; i < HALVES; i++) {
		fd[i] = rig_open(r, "https");
		say_half(fd[i], halves[i]);
	}
	slow = rig_open(r, "https");
	buf_init(&b, HELLO_BUF_MAX);
	hello_add(&b, (struct slice){ NULL, 0 }, 1);
	while (at < b.n && rig_send_bytes(slow, b.p + at, 1)) {
		at++;
		if (rig_receive_ms(slow, &byte, 1, PAUSE_MS) >= 0)
			break;
	}
	cr_expect_lt(at, b.n, "it was heard to its end");
	close(slow);
	buf_free(&b);
	for (size_t i = 0; i < HALVES; i++)
		cr_expect(rig_expect_end(fd[i]), "%zu bytes", halves[i]);
	cr_expect(rig_hear_times(r, "was not complete in time", HALVES + 1));
	tls_goes_on(r);
}

/*
 * inbox_large.c - a large attachment is handed on as it is decoded: it costs a
 * process no more memory than a small one.
 */
#include "inbox_start.h"
#include "rig/look.h"

#define MIB    ((size_t)1 << 20)
#define LARGE  100  /* MiB, decoded */
#define GROWTH 4096 /* KiB: buffers, some luck */
#define LINE   57   /* bytes in a line of base64 */

TestSuite(inbox_large, .init = start, .fini = stop, .timeout = 120);

/* An attachment of zeros; how many bytes it has, decoded. */
static size_t
put(void)
{
	char *tmp = strdup(rig_in(mail, "tmp/large"));
	FILE *f = fopen(tmp, "w");
	size_t lines = LARGE * MIB / LINE + 1;
	char line[78 + 1];

	cr_assert_not_null(f);
	memset(line, 'A', 76);
	memcpy(line + 76, "\r\n", 3);
	fputs("From: a@b.example\r\nSubject: large\r\n"
	      "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
	      "--x\r\nContent-Type: text/plain\r\n\r\nsee there\r\n"
	      "--x\r\nContent-Type: application/octet-stream; name=z\r\n"
	      "Content-Disposition: attachment\r\n"
	      "Content-Transfer-Encoding: base64\r\n\r\n",
	    f);
	for (size_t i = 0; i < lines; i++)
		cr_assert_eq(fwrite(line, 1, 78, f), 78);
	fputs("--x--\r\n", f);
	cr_assert_eq(fclose(f), 0);
	cr_assert_eq(chmod(tmp, 0644), 0);
	cr_assert_eq(rename(tmp, rig_in(mail, "new/large.a.b")), 0);
	free(tmp);
	return lines * LINE;
}

static bool
is_listed(void *arg)
{
	(void)arg;
	return count("/api/v1/messages") == 1;
}

/* Read n bytes, which are kept nowhere; how many came. */
static size_t
take(int fd, size_t n)
{
	static char waste[65536];
	size_t got = 0;

	while (got < n) {
		size_t most = n - got < sizeof(waste) ? n - got : sizeof(waste);
		ssize_t one = rig_receive(fd, waste, most);

		if (one <= 0)
			break;
		got += (size_t)one;
	}
	return got;
}

static void
expect_flat(const char *path, size_t bytes)
{
	int fd = rig_open(inbox, "inbox");
	long small, large;
	size_t got;
	pid_t child;

	cr_assert(rig_send(fd,
	    at("GET %s HTTP/1.1\r\nHost: localhost\r\n"
	       "Connection: close\r\n\r\n",
		path)));
	got = take(fd, MIB);
	child = rig_server_of(fd, rig_pid(inbox));
	cr_assert_neq(child, 0);
	small = rig_private_kib(child);
	got += take(fd, (LARGE - 10) * MIB);
	large = rig_private_kib(child);
	cr_expect_lt(large - small, GROWTH, "%s: %ld KiB at first, then %ld",
	    path, small, large);
	got += take(fd, 2 * bytes);
	cr_expect_gt(got, bytes, "%s: %zu of %zu", path, got, bytes);
	close(fd);
}

Test(inbox_large, streams_in_little_memory)
{
	size_t bytes = put();

	cr_assert(rig_until("it is listed", is_listed, NULL));
	expect_flat("/api/v1/message/latest/part/2", bytes);
	expect_flat("/api/v1/message/latest/raw", bytes * 4 / 3);
	expect_flat("/api/v1/message/latest/sent", bytes * 4 / 3);
}

/*
 * reader_sandbox.c - tests of indexer/reader.h: what the true reader can do in
 * its sandbox, and what it makes of messages there.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "reader_ask.h"

static int
open_ones(void)
{
	int n = 0;

	for (int i = 3; i < 1000; i++)
		n += fcntl(i, F_GETFL) >= 0;
	return n;
}

static bool
has_no_room(void)
{
	char *volatile p = malloc((size_t)1 << 30); /* or clang makes none */

	free(p);
	return p == NULL;
}

/* Nothing of ours is open in it, and what it tries is refused. */
static int
try(int fd, struct buf *json)
{
	char what = '?';
	pid_t child;

	cr_assert_eq(pread(fd, &what, 1, 0), 1);
	switch (what) {
	case 'o':
		errno = 0;
		buf_addf(json, "{\"o\":%d}",
		    open("/etc/passwd", O_RDONLY) < 0 ? errno : 0);
		return 0;
	case 'd':
		buf_addf(json, "{\"d\":%d}", open_ones());
		return 0;
	case 'm':
		buf_addf(json, "{\"m\":%d}", has_no_room());
		return 0;
	case 's':
		socket(AF_INET, SOCK_STREAM, 0);
		break;
	case 'f':
		child = fork();
		if (child == 0)
			_exit(0);
		break;
	case 'e':
		execl("/bin/true", "true", (char *)NULL);
		break;
	case 'k':
		kill(getppid(), SIGTERM);
		break;
	default:
		break;
	}
	buf_addz(json, "{}");
	return 0;
}

Test(reader, the_sandbox)
{
	static const char *const deadly[] = { "s", "f", "e", "k" };
	const struct reader_wish wish = { .work = try };
	struct reader *r = reader_new(&wish);
	struct buf json;
	int extra = open("/dev/null", O_RDONLY); /* without close-on-exec */

	cr_assert(extra >= 0);
	buf_init(&json, READER_ANSWER_MAX);
	cr_expect_eq(ask(r, "o", &json), 0);
	cr_expect(
	    slice_is(buf_slice(&json), "{\"o\":13}"), "%.*s", SLICE_FMT(json));
	/* The socket, the pipe, the message. */
	cr_expect_eq(ask(r, "d", &json), 0);
	cr_expect(
	    slice_is(buf_slice(&json), "{\"d\":3}"), "%.*s", SLICE_FMT(json));
	cr_expect_eq(ask(r, "m", &json), 0);
	cr_expect(ASAN || slice_is(buf_slice(&json), "{\"m\":1}"), "%.*s",
	    SLICE_FMT(json));
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
		cr_expect_eq(ask(r, deadly[i], &json), -1, "%s", deadly[i]);
		cr_expect_str_eq(reader_why(r),
		    "died of signal 31 (Bad system call)", "%s: %s", deadly[i],
		    reader_why(r));
	}
	reader_free(r);
	buf_free(&json);
}

/* The true one: in its sandbox it says what it says outside. */
Test(reader, reads_the_same_in_the_sandbox)
{
	/* clang-format off */
	static const char *const mails[] = {
		"From: a@b\nSubject: s\n\ntext\n",
		"Subject: =?iso-2022-jp?B?GyRCRnwbKEI=?= =?euc-kr?Q?=C7=D1?= "
		"=?koi8-r?Q?=F0?= =?big5?B?pOk=?= =?gb2312?B?yNU=?=\n"
		"Content-Type: text/plain; charset=shift_jis\n\n\x93\xfa\n",
		"Subject: =?shift_jis?Q?=93=FA?= =?euc-jp?Q?=C6=FC?= "
		"=?gbk?B?yNU=?= =?gb18030?B?yNU=?= =?ks_c_5601-1987?B?x9E=?= "
		"=?windows-1251?Q?=CF?= =?iso-8859-9?Q?=FD?= "
		"=?iso-8859-1?Q?=FC?= =?windows-1258?Q?e=EC?= =?utf-7?Q?+AOQ-?= "
		"=?tis-620?Q?=A1?= =?macintosh?Q?=8A?= =?ibm850?Q?=81?=\n\n",
		("Content-Type: image/png\n"
		 "Content-Transfer-Encoding: base64\n\n"
		 "iVBORw0KGgo=\n"),
		"Content-Type: text/plain; charset=utf-7\n\n+AOQ-\n",
		"Content-Type: text/plain; charset=no-such-thing\n\n\xfc\n",
		"",
	};
	/* clang-format on */
	struct reader *r = reader_new(NULL);
	struct buf here, there;
	pid_t pid = 0;

	buf_init(&here, MESSAGE_JSON_MAX);
	buf_init(&there, READER_ANSWER_MAX);
	for (size_t i = 0; i < sizeof(mails) / sizeof(mails[0]); i++) {
		int fd = mail_file(slice_of(mails[i]));

		buf_clear(&here);
		cr_expect_eq(message_read(fd, &here), 0);
		cr_expect_eq(
		    reader_read(r, fd, &there), 0, "%zu: %s", i, reader_why(r));
		cr_expect(slice_eq(buf_slice(&here), buf_slice(&there)),
		    "%.*s\n%.*s", SLICE_FMT(here), SLICE_FMT(there));
		cr_expect(pid == 0 || pid == reader_pid(r), "%zu", i);
		pid = reader_pid(r);
		close(fd);
	}
	reader_free(r);
	buf_free(&here);
	buf_free(&there);
}

/*
 * GMime goes down into groups of groups until its stack is full: a true crash
 * by a true message.
 */
Test(reader, a_message_that_overflows_the_stack)
{
	struct reader *r = reader_new(NULL);
	struct buf mail, json;

	buf_init(&mail, 1000000);
	buf_init(&json, READER_ANSWER_MAX);
	buf_addz(&mail, "Subject: s\nFrom: ");
	while (mail.n < 900000)
		buf_addz(&mail, "a: ");
	buf_addz(&mail, "\n\nbody\n");
	cr_expect_eq(ask(r, buf_str(&mail), &json), -1);
	cr_expect(ASAN ||
		strcmp(reader_why(r),
		    "died of signal 11 (Segmentation fault)") == 0,
	    "%s", reader_why(r));
	cr_expect_eq(ask(r, "Subject: next\n\n", &json), 0);
	reader_free(r);
	buf_free(&mail);
	buf_free(&json);
}

/* An attachment of 100 MiB, in a few MiB of memory. */
Test(reader, a_large_attachment_is_streamed)
{
	static const char head[] = "Content-Type: application/x-large\n"
				   "Content-Transfer-Encoding: base64\n\n";
	const size_t size = (size_t)100 << 20;
	struct reader *r = reader_new(NULL);
	struct rusage used;
	struct buf json, line;
	json_t *root, *part;
	int fd = mail_file(slice_of(head));

	buf_init(&line, 77 * 20000);
	buf_init(&json, READER_ANSWER_MAX);
	while (line.n < line.max)
		buf_addz(&line,
		    "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"
		    "F"
		    "BQUFBQUFBQUFBQUFB\n");
	for (size_t n = 0; n < size; n += line.n)
		cr_assert_eq(io_write_all(fd, line.p, line.n), (ssize_t)line.n);
	cr_expect_eq(reader_read(r, fd, &json), 0, "%s", reader_why(r));
	root = json_loadb(json.p, json.n, 0, NULL);
	part = json_array_get(json_object_get(root, "Attachments"), 0);
	cr_expect_geq(mail_number(part, "Size"), (json_int_t)(size / 77 * 57));
	cr_expect_eq(strlen(mail_say(part, "Checksums.SHA256")), 64);
	cr_expect_eq(reader_pid(r), 0, "it is renewed after a large one");
	getrusage(RUSAGE_CHILDREN, &used);
	cr_expect(
	    ASAN || used.ru_maxrss < 64 * 1024, "%ld KiB", used.ru_maxrss);
	json_decref(root);
	reader_free(r);
	buf_free(&json);
	buf_free(&line);
	close(fd);
}

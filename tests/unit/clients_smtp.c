/*
 * clients_smtp.c - tests of rooms of berth-smtp that no server sees.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "smtp/dialogue.h"
#include "smtp/message.h"
#include "smtp/sending.h"
#include "smtp/smtp.h"
#include "system/log.h"

/* The last gate: whatever was let in before, one command is one line. */
Test(clients_smtp, a_command_is_one_line)
{
	static const char *const bad[] = { "a@b>\r\nRSET", "a\nb", "a\rb" };
	struct options o = { .host = "h", .port = "25" };

	for (size_t i = 0; i < 3; i++) {
		struct dialogue l = { .o = &o };

		buf_init(&l.out, 1000);
		dialogue_say(&l, NULL, "MAIL FROM:<%s>", "x@y");
		cr_expect_eq(l.fault, 0);
		dialogue_say(&l, NULL, "RCPT TO:<%s>", bad[i]);
		cr_expect_eq(l.fault, EXIT_USAGE);
		cr_expect_str_eq(buf_str(&l.out), "MAIL FROM:<x@y>\r\n");
		cr_expect_eq(dialogue_hear(&l, 1), -1, "nothing is sent");
		buf_free(&l.out);
	}
}

Test(clients_smtp, a_byte_zero_ends_no_command)
{
	struct options o = { .host = "h", .port = "25" };
	struct dialogue l = { .o = &o };

	buf_init(&l.out, 1000);
	dialogue_say(&l, NULL, "NOOP %c", '\0');
	cr_expect_eq(l.fault, EXIT_USAGE);
	cr_expect_eq(l.out.n, 0);
	buf_free(&l.out);
}

/* clang-format off */
static const struct {
	const char *text;
	bool ended, last, whole;
	size_t count;
} heads[] = {
	{ "", false, true, false, 0 },
	{ "a text\n", false, false, false, 0 },
	{ "Subject: x\n\nbody", true, false, true, 1 },
	{ "Subject: x\r\n\r\nbody", true, false, true, 1 },
	{ "Subject: x", false, true, true, 1 },
	{ "Subject: x\n", false, true, true, 1 },
	{ "subject : x\n folded\n", false, true, true, 1 },
	{ "note: buy milk\n", false, true, false, 1 },
	{ "note: buy milk\n\nand bread\n", true, false, true, 1 },
	{ "note: buy milk\nand bread\n", false, false, false, 1 },
	{ "\xef\xbb\xbfTo: x\n\n", true, false, true, 1 },
	{ "From a@b Mon\nTo: x\nX-Y: z\n\n", true, false, true, 2 },
	{ "From here on\nit is text\n", false, false, false, 0 },
	{ "From a@b Mon\r\nTo: x\r\n", false, true, true, 1 },
	{ " To: x\n\n", false, false, false, 0 },
	{ ": x\n\n", false, false, false, 0 },
};
/* clang-format on */

Test(clients_smtp, heads)
{
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		FILE *f = tmpfile();
		struct head h;

		fputs(heads[i].text, f);
		rewind(f);
		head_read(&h, f);
		cr_expect_eq(h.ended, heads[i].ended, "%s", heads[i].text);
		cr_expect_eq(h.last, heads[i].last, "%s", heads[i].text);
		cr_expect_eq(h.count, heads[i].count, "%s", heads[i].text);
		cr_expect_eq(whole_is(&h), heads[i].whole, "%s", heads[i].text);
		head_free(&h);
		fclose(f);
	}
}

/* Connections in processes of their own share the file and its position. */
Test(clients_smtp, ascii_without_moving_in_the_file)
{
	struct message m, seven;
	char out[1000];
	ssize_t n;

	message_begin(&m);
	message_add(&m, slice_of("Subject: \xc3\xbc\n\n\xc3\xbc\n"));
	message_end(&m);
	cr_assert_eq(lseek(fileno(m.file), 5, SEEK_SET), 5);
	cr_assert(seven_bit(&m, &seven));
	cr_expect_eq(lseek(fileno(m.file), 0, SEEK_CUR), 5);
	n = pread(fileno(seven.file), out, sizeof(out) - 1, 0);
	cr_assert(n > 0);
	out[n] = '\0';
	cr_expect_not_null(strstr(out, "Subject: =?"), "%s", out);
	cr_expect_not_null(
	    strstr(out, "Content-Transfer-Encoding: "), "%s", out);
	fclose(m.file);
	fclose(seven.file);
}

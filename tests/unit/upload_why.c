/*
 * upload_why.c - what a client is told when its file cannot be put: whose fault
 * it is, and what may help.
 */
#include "httpd/upload_why.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

Test(upload_why, each_fault_has_its_words)
{
	static const struct {
		int error, status;
		const char *word;
	} table[] = {
		{ EEXIST, 409, "--overwrite" },
		{ EISDIR, 409, "folder" },
		{ ENOTEMPTY, 409, "folder" },
		{ ENOENT, 409, "no such folder" },
		{ EFBIG, 413, "--upload-max" },
		{ EACCES, 403, "permission" },
		{ EPERM, 403, "permission" },
		{ EROFS, 403, "read-only" },
		{ ENAMETOOLONG, 414, "too long" },
		{ ENOSPC, 507, "no room" },
		{ EDQUOT, 507, "no room" },
		{ EMFILE, 503, "at present" },
		{ ENFILE, 503, "at present" },
		{ ENOMEM, 503, "at present" },
		{ EIO, 500, "cannot write" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *why = "";

		cr_expect_eq(upload_why(table[i].error, &why), table[i].status,
		    "%s", strerror(table[i].error));
		cr_expect_not_null(strstr(why, table[i].word), "%s: %s",
		    strerror(table[i].error), why);
	}
}

Test(upload_why, names_that_the_server_obeys_cannot_be_put)
{
	static const char *const bad[] = { "", ".htaccess", "a~", "berth.conf",
		"_headers", "_redirects" };
	char longest[257];
	const char *why;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(
		    upload_why_not(slice_of(bad[i]), &why), 403, "%s", bad[i]);
	memset(longest, 'x', sizeof(longest));
	longest[256] = '\0';
	cr_expect_eq(upload_why_not(slice_of(longest), &why), 414);
	longest[255] = '\0';
	cr_expect_eq(upload_why_not(slice_of(longest), &why), 0);
}

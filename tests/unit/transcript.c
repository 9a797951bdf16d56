/*
 * transcript.c - what is kept of a dialogue, and what is not.
 */
#include "smtpd/transcript.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/index.h"
#include "rig/rig.h"

static const char *mail, *place;
static int root;
static char text[TRANSCRIPT_LINES_MAX * 2];

static struct slice
z(const char *s)
{
	return slice_of(s);
}

static void
begin(void)
{
	mail = strdup(rig_place());
	root = open(mail, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_geq(root, 0);
	cr_assert_eq(mkdir(rig_in(mail, INDEX_DIR), 0700), 0);
	place = strdup(rig_in(mail, INDEX_SESSIONS));
	cr_assert_eq(mkdir(place, 0700), 0);
	transcript_begin(root, z("192.0.2.1"));
}

TestSuite(transcript, .init = begin);

/* The only file there, into text; its name must not be hidden. */
static void
read_it(void)
{
	DIR *d = opendir(place);
	const struct dirent *e;
	char path[4096] = "";
	ssize_t n;
	int fd, files = 0;

	cr_assert_not_null(d);
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		cr_expect_neq(e->d_name[0], '.', "%s is left", e->d_name);
		snprintf(path, sizeof(path), "%s/%s", place, e->d_name);
		files++;
	}
	closedir(d);
	cr_assert_eq(files, 1, "%d files", files);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	cr_assert(n > 0);
	text[n] = '\0';
}

#define HAS(what) \
	cr_expect(strstr(text, what) != NULL, "no %s in %s", what, text)
#define NOT(what) cr_expect(strstr(text, what) == NULL, "%s in %s", what, text)

Test(transcript, holds_the_dialogue)
{
	transcript_line('S', z("220 host ESMTP"));
	transcript_line('C', z("EHLO \"x\\\xff"));
	transcript_bytes(1234);
	transcript_message(z("1.M2P3Q4"));
	transcript_keep(z("he\"lo"), z(""), 250, false);
	read_it();
	HAS("\"Client\":\"192.0.2.1\"");
	HAS("\"Helo\":\"he\\\"lo\"");
	HAS("\"From\":\"S\",\"Text\":\"220 host ESMTP\"}");
	HAS("\"From\":\"C\",\"Text\":\"EHLO \\\"x\\\\\xef\xbf\xbd\"}");
	HAS("(1234 bytes)");
	HAS("\"Messages\":[\"1.M2P3Q4\"]");
	HAS("\"Ended\":\"\"");
	HAS("\"Cut\":false");
	/* Written again at the end, in the same place. */
	transcript_line('S', z("221 bye"));
	transcript_keep(z("helo"), z("bob"), 221, true);
	read_it();
	HAS("221 bye");
	HAS("\"User\":\"bob\"");
	HAS("\"Code\":221");
	NOT("\"Ended\":\"\"");
}

/* Each once, and a name is no way out of its quotes. */
Test(transcript, names_the_mailboxes)
{
	transcript_mailbox(z("ann"));
	transcript_mailbox(z(""));
	transcript_mailbox(z("an"));
	transcript_mailbox(z("ann"));
	transcript_mailbox(z("b\"],\n"));
	transcript_keep(z(""), z(""), 250, true);
	read_it();
	HAS("\"Mailboxes\":[\"ann\",\"an\",\"b\\\"],\\n\"]");
}

Test(transcript, keeps_no_secret)
{
	transcript_line('C', z("AUTH PLAIN c2VjcmV0"));
	transcript_line('C', z("auth login c2VjcmV0"));
	transcript_line('S', z("334 UGFzc3dvcmQ6"));
	transcript_line('C', z("c2VjcmV0"));
	transcript_line('S', z("235 fine"));
	transcript_line('C', z(" AUTH PLAIN c2VjcmV0"));
	transcript_line('C', z("AUTH\tLOGIN\tc2VjcmV0"));
	transcript_line('C', z("AUTH  \t PLAIN c2VjcmV0"));
	transcript_line('C', z("AUTH PLAIN"));
	transcript_line('C', z("NOOP c2hvd24="));
	transcript_keep(z(""), z(""), 250, true);
	read_it();
	NOT("c2VjcmV0");
	HAS("AUTH PLAIN ****");
	HAS("auth login ****");
	HAS("\"Text\":\"****\"");
	HAS("\"Text\":\"AUTH PLAIN\"");
	HAS("NOOP c2hvd24=");
}

Test(transcript, is_bounded)
{
	static char line[TRANSCRIPT_LINE_MAX * 2];

	memset(line, 'x', sizeof(line));
	for (int i = 0; i < 1000; i++) {
		transcript_line('C', (struct slice){ line, sizeof(line) });
		transcript_message(z("1795460103.M657915P10541Q1"));
		snprintf(line, 30, "mailbox number %d", i);
		transcript_mailbox(z(line));
	}
	transcript_keep(z(""), z(""), 421, true);
	read_it();
	cr_expect(strlen(text) < sizeof(text) - 1);
	HAS(" ...");
	HAS("\"Cut\":true");
	HAS("]}\n");
}

Test(transcript, a_folder_that_is_gone_costs_nothing)
{
	cr_assert_eq(rmdir(place), 0);
	transcript_line('S', z("220 host"));
	transcript_keep(z(""), z(""), 220, true);
	/* And the next session is held as usual. */
	transcript_begin(root, z("192.0.2.2"));
	transcript_keep(z(""), z(""), 220, true);
}

Test(transcript, a_link_is_no_folder)
{
	const char *other = rig_place();

	transcript_keep(z(""), z(""), 220, true);
	cr_assert_eq(rename(place, rig_in(mail, "away")), 0);
	cr_assert_eq(symlink(other, place), 0);
	transcript_begin(root, z("192.0.2.3"));
	transcript_keep(z(""), z(""), 220, true);
	cr_expect_eq(rmdir(other), 0, "something was written there");
}

Test(transcript, the_first_message_is_due_and_the_next_is_not)
{
	cr_expect_not(transcript_is_due());
	transcript_message(z("1.M2P3Q4"));
	cr_expect(transcript_is_due());
	transcript_keep(z(""), z(""), 250, false);
	transcript_message(z("1.M2P3Q5"));
	cr_expect_not(transcript_is_due());
}

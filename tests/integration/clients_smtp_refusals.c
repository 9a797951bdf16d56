/*
 * clients_smtp_refusals.c - exit codes of berth-smtp tell the cause, with
 * servers that refuse, that are strict, and that are broken.
 */
#include "clients_smtp.h"

#define SEND   "printf 'S: x\\n\\nhi\\n' | berth-smtp --raw localhost:$P a@b c@d"
#define SEND_2 SEND " e@f"
#define LIKE_SENDMAIL                                \
	"ln -sf $(command -v berth-smtp) sendmail; " \
	"printf 'S: x\\n\\nhi\\n' | ./sendmail -f a@b -S localhost:$P c@d"
#define NO_LATER "451 4.3.0 later\r\n"
#define ECHO     "503 5.5.1 MAIL first\r\n"
#define FULL     "452 4.5.3 too many\r\n"
#define CHUNKS   "250-x\r\n250 CHUNKING\r\n"

/* clang-format off */
static const struct row causes[] = {
	/* The first refusal decides; what echoes it is not shown. */
	{ SEND, 75, "MAIL: 451 4.3.0 later\n", { HI, EHLO_OK, NO_LATER, ECHO, ECHO, OK, BYE }, "RSET\r\nQUIT", NULL },
	{ SEND " 2>err; code=$?; wc -l <err >&2; exit $code", 75, "1\n", { HI, EHLO_OK, NO_LATER, ECHO, ECHO, OK, BYE }, "", NULL },
	{ SEND, 65, "MAIL: 550 no", { HI, EHLO_OK, "550 no\r\n", "451 x\r\n", "451 x\r\n", OK, BYE }, "", NULL },
	{ SEND " --no-pipelining", 75, "MAIL: 451", { HI, EHLO_OK, NO_LATER, OK, BYE }, "", "RCPT" },
	{ SEND, 75, "<c@d>: 451", { HI, EHLO_OK, OK, NO_LATER, "503 5.5.1 RCPT first\r\n", OK, BYE }, "", NULL },
	{ SEND_2, 75, "<c@d>: 451", { HI, EHLO_OK, OK, NO_LATER, "550 no\r\n", "503 x\r\n", OK, BYE }, "", NULL },
	{ SEND, 75, "DATA: 451", { HI, EHLO_OK, OK, OK, NO_LATER, OK, BYE }, "", NULL },
	{ SEND, 75, "the message: 451", { HI, EHLO_OK, OK, OK, GO, NO_LATER, OK, BYE }, "", NULL },
	{ SEND " --bdat", 75, "the message: 451", { HI, CHUNKS, OK, OK, "", "", "", NO_LATER, OK, BYE }, "BDAT", NULL },
	{ SEND " --bdat", 75, "MAIL: 451", { HI, CHUNKS, NO_LATER, OK, BYE }, "", "BDAT" },
	{ SEND " -n 3 >out", 75, "MAIL: 451", { HI, EHLO_OK, NO_LATER, ECHO, ECHO, OK, NO_LATER, ECHO, ECHO, OK, NO_LATER, ECHO, ECHO, OK, BYE }, "", NULL },
	{ LIKE_SENDMAIL, 75, "sendmail: MAIL: 451", { HI, EHLO_OK, NO_LATER, ECHO, ECHO, OK, BYE }, "", NULL },
	/* LMTP names the recipient whose copy was refused after the dot. */
	{ SEND_2 " --lmtp", 75, "<e@f>: 451", { HI, "250 x\r\n", OK, OK, OK, GO, "250 ok\r\n" NO_LATER, OK, BYE }, "LHLO", NULL },
	{ SEND_2 " --lmtp", 65, "<c@d>: 552 full", { HI, "250 x\r\n", OK, OK, OK, GO, "552 full\r\n250 ok\r\n", OK, BYE }, "LHLO", NULL },

	/* Any reply of the class is one (RFC 5321 4.2). */
	{ SEND, 0, "", { "250 hi\r\n", "251-x\r\n251 8BITMIME\r\n", "299 ok\r\n", "251 forwarded\r\n", "350 go\r\n", "200 ok\r\n", "250 bye\r\n" }, "DATA\r\n", NULL },
	{ SEND, 65, "<c@d>: 599 no", { HI, EHLO_OK, OK, "599 no\r\n", "503 x\r\n", OK, BYE }, "", NULL },
	{ SEND, 75, "<c@d>: 499 no", { HI, EHLO_OK, OK, "499 no\r\n", "503 x\r\n", OK, BYE }, "", NULL },
	{ SEND " --auth u:p", 0, "", { HI, "250-x\r\n250 AUTH PLAIN\r\n", "250 ok\r\n", OK, OK, GO, OK, BYE }, "", NULL },
	{ SEND " --auth u:p", 0, "", { HI, "250-x\r\n250 AUTH LOGIN\r\n", "321 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "254 ok\r\n", OK, OK, GO, OK, BYE }, "", NULL },
	{ SEND " --auth u:p", 0, "", { HI, "250-x\r\n250 AUTH=LOGIN PLAIN\r\n", "235 ok\r\n", OK, OK, GO, OK, BYE }, "AUTH PLAIN", NULL },
	{ SEND " --auth u:p", 76, "AUTH: 334 more", { HI, "250-x\r\n250 AUTH PLAIN\r\n", "334 more\r\n" }, "", NULL },
	{ SEND, 76, "MAIL: 354 what", { HI, EHLO_OK, "354 what\r\n", "", "" }, "", NULL },
	{ SEND, 76, "354 early", { "354 early\r\n" }, "", NULL },

	/* Who hangs up at QUIT has taken the mail all the same: not a word. */
	{ SEND " 2>err; code=$?; wc -c <err >&2; exit $code", 0, "0\n", { HI, EHLO_OK, OK, OK, GO, OK, NULL }, "QUIT", NULL },

	/* Where descriptors are closed, what we tell goes nowhere: not to the server, nor into the message. */
	{ SEND " -v >&-", 0, "", { HI, EHLO_OK, OK, OK, GO, OK, BYE }, "QUIT\r\n", "S: 250" },
	{ SEND_2 " 2>&-", 65, "", { HI, OLD_OK, OK, OK, "550 no\r\n", GO, OK, OK, BYE }, "RSET\r\nQUIT\r\n", "550" },
	{ "berth-smtp --raw -v localhost:$P a@b c@d <&- >&- 2>&-", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "DATA\r\n.\r\nQUIT\r\n", NULL },

	/* More recipients than it takes at once (RFC 5321 4.5.3.1.10). */
	{ SEND_2 " g@h", 0, "", { HI, OLD_OK, OK, OK, FULL, GO, OK, OK, OK, OK, GO, OK, BYE }, ".\r\nMAIL FROM:<a@b>\r\nRCPT TO:<e@f>\r\nRCPT TO:<g@h>\r\nDATA\r\n", NULL },
	{ SEND_2 " g@h", 0, "", { HI, EHLO_OK, OK, OK, FULL, FULL, GO, OK, OK, OK, OK, GO, OK, BYE }, ".\r\nMAIL FROM:<a@b> SIZE=12\r\nRCPT TO:<e@f>\r\nRCPT TO:<g@h>\r\nDATA\r\n", NULL },
	{ SEND_2, 0, "", { HI, OLD_OK, OK, OK, "552 5.5.3 too many\r\n", GO, OK, OK, OK, GO, OK, BYE }, "RCPT TO:<e@f>\r\nDATA\r\n", NULL },
	{ SEND_2, 0, "", { HI, OLD_OK, OK, OK, "552 too many\r\n", GO, OK, OK, OK, GO, OK, BYE }, "RCPT TO:<e@f>\r\nDATA\r\n", NULL },
	{ SEND_2, 65, "<e@f>: 552 full", { HI, OLD_OK, OK, OK, "552 full\r\n", GO, OK, OK, "552 full\r\n", OK, BYE }, "RCPT TO:<e@f>\r\nRSET\r\n", NULL },
	/* A mailbox that is full is another thing, and so is the first one. */
	{ SEND_2, 65, "<e@f>: 552 5.2.2", { HI, OLD_OK, OK, OK, "552 5.2.2 full\r\n", GO, OK, OK, BYE }, "", NULL },
	{ SEND, 75, "<c@d>: 452", { HI, OLD_OK, OK, FULL, OK, BYE }, "RCPT TO:<c@d>\r\nRSET\r\n", NULL },
	/* Refused once, the message is not carried to the others. */
	{ SEND_2, 65, "1 more recipients were not tried", { HI, OLD_OK, OK, OK, FULL, GO, "554 spam\r\n", OK, BYE }, ".\r\nRSET\r\n", NULL },
	/* One that is refused does not keep the rest from theirs. */
	{ SEND_2 " g@h", 65, "<c@d>: 550", { HI, OLD_OK, OK, "550 no\r\n", OK, FULL, GO, OK, OK, OK, GO, OK, OK, BYE }, "RCPT TO:<g@h>\r\nDATA\r\n", NULL },
};
/* clang-format on */

Test(clients_smtp_refusals, causes)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		expect_dialogue(i, &causes[i]);
}

/* clang-format off */
static const struct {
	const char *line;
	int code;
	const char *err;
} ports[] = {
	{ "echo hi | berth-smtp '[::1' a@b c@d", 64, "[::1: not [IPV6] or [IPV6]:PORT" },
	{ "echo hi | berth-smtp '[::1]25' a@b c@d", 64, "[::1]25: not [IPV6]" },
	{ "berth-smtp localhost:0 a@b c@d </dev/null", 64, "0 is no port" },
	{ "berth-smtp localhost:65536 a@b c@d </dev/null", 64, "65536 is no port" },
	{ "berth-smtp localhost:25x a@b c@d </dev/null", 64, "25x is no port" },
	{ "berth-smtp localhost:no-such a@b c@d </dev/null", 64, "no-such is no port" },
	{ "berth-smtp localhost: a@b c@d </dev/null", 64, "not HOST[:PORT]" },
	{ "berth-smtp '[::1]:99999' a@b c@d </dev/null", 64, "99999 is no port" },
};
/* clang-format on */

Test(clients_smtp_refusals, ports_that_are_none)
{
	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		cr_expect(
		    rig_sh(0, ports[i].line, ports[i].code, "", ports[i].err),
		    "%s", ports[i].line);
}

/* A reply as long as it likes: many lines, and one line that is long. */
static void
talkative(int fd, void *with)
{
	static char line[100000];
	struct script hear = { .n = 0 };

	(void)with;
	memset(line, 'x', sizeof(line));
	memcpy(line, "250 ", 4);
	memcpy(line + sizeof(line) - 2, "\r\n", 2);
	for (int i = 0; i < 20000; i++)
		rig_try(fd, "220-and another thing\r\n", 23);
	rig_try(fd, HI, strlen(HI));
	hear_until(fd, &hear, "\n");
	rig_try(fd, "250-x\r\n250-", 11);
	rig_try(fd, line + 4, sizeof(line) - 4);
	rig_try(fd, "250 8BITMIME\r\n", 14);
	for (int i = 0; i < 2; i++) {
		hear_until(fd, &hear, "\n");
		rig_try(fd, line, sizeof(line));
	}
	hear_until(fd, &hear, "\n");
	rig_try(fd, GO, strlen(GO));
	hear_until(fd, &hear, "\r\n.\r\n");
	line[0] = '5';
	rig_try(fd, line, sizeof(line));
	hear_until(fd, &hear, "\n");
	rig_try(fd, OK, strlen(OK));
	hear_until(fd, &hear, "\n");
	rig_try(fd, BYE, strlen(BYE));
}

Test(clients_smtp_refusals, replies_of_any_length)
{
	cr_expect(rig_sh(rig_stand_in(talkative, NULL), SEND, 65, NULL,
	    "the message: 550 xxx"));
}

/* It says no in the middle of a large message, and hangs up. */
static void
no_more(int fd, void *with)
{
	const char *const *say = with;
	struct script *hear = calloc(1, sizeof(*hear));
	static const char *const before[] = { HI, OLD_OK, OK, OK, GO };

	for (size_t i = 0; i < 5; i++) {
		rig_try(fd, before[i], strlen(before[i]));
		hear_until(fd, hear, "\n");
	}
	rig_try(fd, *say, strlen(*say));
	free(hear);
}

#define LARGE                                            \
	"head -c 30000000 /dev/zero | tr '\\0' '\\n' | " \
	"berth-smtp --raw localhost:$P a@b c@d"

Test(clients_smtp_refusals, a_word_in_the_middle_of_a_message)
{
	static const struct {
		const char *say;
		int code;
		const char *err;
	} ends[] = {
		{ "552 5.3.4 too large\r\n", 65, "the message: 552 5.3.4" },
		{ "451 4.3.0 disk\r\n", 75, "the message: 451 4.3.0" },
		{ "421 4.3.2 going down\r\n", 75, "the message: 421" },
		{ "", 75, "it has closed the connection" },
	};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *say = ends[i].say;

		cr_expect(rig_sh(rig_stand_in(no_more, &say), LARGE,
			      ends[i].code, NULL, ends[i].err),
		    "%s", say);
	}
}

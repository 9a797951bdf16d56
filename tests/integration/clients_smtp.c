/*
 * clients_smtp.c - berth-smtp against a server that says what we like, and
 * against our own.
 */
#include <criterion/criterion.h>
#include "clients_smtp.h"

#define SEND   "printf 'S: x\\n\\nhi\\n' | berth-smtp --raw localhost:$P a@b c@d"
#define SEND_2 SEND " e@f"

/* clang-format off */
static const struct row rows[] = {
	{ SEND, 0, "", { HI, EHLO_OK, OK, OK, GO, OK, BYE }, "RCPT TO:<c@d>\r\nDATA\r\nS: x\r\n\r\nhi\r\n.\r\nQUIT\r\n", NULL },
	{ SEND, 0, "", { HI, EHLO_OK, OK, OK, GO, OK, BYE }, "MAIL FROM:<a@b> SIZE=12\r\n", NULL },
	{ SEND, 0, "", { "220-a\r\n220-b\r\n220 c\r\n", "500 what\r\n", OK, OK, OK, GO, OK, BYE }, "HELO ", NULL },
	{ SEND " --helo me", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "EHLO me\r\nMAIL FROM:<a@b>\r\n", NULL },
	{ SEND_2, 65, "<c@d>: 550 5.1.1 nobody", { HI, EHLO_OK, OK, "550 5.1.1 nobody\r\n", OK, GO, OK, OK, BYE }, "hi\r\n.\r\n", NULL },
	{ SEND_2, 75, "<e@f>: 450 later", { HI, EHLO_OK, OK, OK, "450 later\r\n", GO, OK, OK, BYE }, "hi\r\n.\r\n", NULL },
	/* All are refused, and yet it says 354 (RFC 2920 3.1). */
	{ SEND, 65, "550 no", { HI, EHLO_OK, OK, "550 no\r\n", GO, "554 nobody\r\n", OK, BYE }, "DATA\r\n.\r\nRSET\r\n", NULL },
	{ SEND, 65, "550 no", { HI, OLD_OK, OK, "550 no\r\n", OK, BYE }, "RCPT TO:<c@d>\r\nRSET\r\nQUIT\r\n", NULL },
	{ SEND, 65, "552 too big", { HI, EHLO_OK, "552 too big\r\n", "503 x\r\n", "503 x\r\n", OK, BYE }, "RSET\r\n", NULL },
	{ SEND, 75, "451 disk", { HI, EHLO_OK, OK, OK, GO, "451 disk\r\n", OK, BYE }, ".\r\n", NULL },
	{ SEND, 75, "closed the connection", { HI, EHLO_OK, OK, OK, NULL }, "", NULL },
	{ SEND, 75, "421 busy", { "421 busy\r\n", BYE }, "", NULL },
	{ SEND, 65, "554 go away", { "554 go away\r\n", BYE }, "", NULL },
	{ SEND, 76, "not SMTP", { "HTTP/1.1 200 OK\r\n" }, "", NULL },
	{ SEND, 76, "disagree", { HI, "250-a\r\n550 b\r\n" }, "", NULL },
	{ SEND " --no-pipelining", 0, "", { HI, EHLO_OK, OK, OK, GO, OK, BYE }, "DATA\r\n", NULL },
	{ SEND " --auth u:p", 65, "no login", { HI, EHLO_OK, BYE }, "", NULL },
	{ SEND " --auth u:p", 0, "", { HI, "250-x\r\n250 AUTH PLAIN\r\n", "235 ok\r\n", OK, OK, GO, OK, BYE }, "AUTH PLAIN AHUAcA==\r\n", NULL },
	{ "echo u:p >f; " SEND " --auth-file f", 0, "", { HI, "250-x\r\n250 AUTH PLAIN\r\n", "235 ok\r\n", OK, OK, GO, OK, BYE }, "AUTH PLAIN AHUAcA==\r\n", NULL },
	{ "echo u:p >f; exec 5<f; " SEND " --auth-file fd:5", 0, "", { HI, "250-x\r\n250 AUTH PLAIN\r\n", "235 ok\r\n", OK, OK, GO, OK, BYE }, "AUTH PLAIN AHUAcA==\r\n", NULL },
	{ SEND " --auth u:p", 65, "535 no", { HI, "250-x\r\n250 AUTH PLAIN\r\n", "535 no\r\n", BYE }, "", NULL },
	{ SEND " --auth u:p", 0, "", { HI, "250-x\r\n250 AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "235 ok\r\n", OK, OK, GO, OK, BYE }, "AUTH LOGIN\r\ndQ==\r\ncA==\r\n", NULL },
	{ SEND " --lmtp", 0, "", { HI, "250 x\r\n", OK, OK, GO, OK, BYE }, "LHLO ", NULL },
	{ SEND_2 " --lmtp", 65, "554 full", { HI, "250 x\r\n", OK, OK, OK, GO, "250 ok\r\n554 full\r\n", OK, BYE }, "LHLO ", NULL },
	{ SEND " --bdat", 0, "", { HI, "250-x\r\n250 CHUNKING\r\n", OK, OK, "", "", "", OK, BYE }, "BDAT 12 LAST\r\nS: x\r\n\r\nhi\r\nQUIT", NULL },
	{ SEND " --stop-after rcpt", 0, "", { HI, EHLO_OK, OK, OK, BYE }, "RCPT TO:<c@d>\r\nQUIT\r\n", NULL },
	{ SEND " --stop-after connect", 0, "", { HI, BYE }, "QUIT\r\n", NULL },
	{ SEND " --drop-after ehlo", 0, "", { HI, EHLO_OK }, "EHLO ", NULL },
	{ "head -c 2000 /dev/zero | tr '\\0' x | berth-smtp localhost:$P a@b c@d", 65, "takes 1000", { HI, EHLO_OK, BYE }, "", NULL },
	{ "echo x | berth-smtp localhost:$P a@b 'j\xc3\xb6@d'", 65, "SMTPUTF8", { HI, EHLO_OK, BYE }, "", NULL },
	{ "echo x | berth-smtp localhost:$P a@b 'j\xc3\xb6@d'", 0, "", { HI, "250-x\r\n250 SMTPUTF8\r\n", OK, OK, GO, OK, BYE }, "MAIL FROM:<a@b> SMTPUTF8\r\nRCPT TO:<j\xc3\xb6@d>\r\n", NULL },
	{ "printf 'S: x\\n\\n\xc3\xb6\\n' | berth-smtp localhost:$P a@b c@d", 0, "", { HI, EHLO_OK, OK, OK, GO, OK, BYE }, "BODY=8BITMIME", NULL },
	{ "printf '.\\n..\\nx\\n.y' | berth-smtp --raw localhost:$P '<>' c@d", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "MAIL FROM:<>\r\nRCPT TO:<c@d>\r\nDATA\r\n..\r\n...\r\nx\r\n..y\r\n.\r\n", NULL },
	{ "echo hi | berth-smtp -s 'Gr\xc3\xbc\xc3\x9f" "e' -H 'X-A: b' localhost:$P a@b c@d", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\nX-A: b\r\n", NULL },
	{ "ln -sf $(command -v berth-smtp) sendmail; printf 'To: A <a@x>, b@x (B)\\nBcc: c@x\\nSubject: s\\n\\nhi\\n.\\nrest\\n' | ./sendmail -t -f me@y -S localhost:$P", 0, "", { HI, OLD_OK, OK, OK, OK, OK, GO, OK, BYE }, "MAIL FROM:<me@y>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\nRCPT TO:<c@x>\r\nDATA\r\nDate: ", NULL },
	{ "printf 'To: A <a@x>, b@x (B)\\nBcc: c@x\\nSubject: s\\n\\nhi\\n.\\nrest\\n' | ./sendmail -t -f me@y -S localhost:$P", 0, "", { HI, OLD_OK, OK, OK, OK, OK, GO, OK, BYE }, "@x>, b@x (B)\r\nSubject: s\r\n\r\nhi\r\n.\r\nQUIT", NULL },
	{ "printf 'From: q@r\\n\\n.\\nrest\\n' | ./sendmail -i -oi -f me@y -S localhost:$P z@z", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "\r\n\r\n..\r\nrest\r\n.\r\n", NULL },
};
/* clang-format on */

Test(clients_smtp, dialogues)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_dialogue(i, &rows[i]);
}

/* clang-format off */
static const struct {
	const char *line;
	int code;
	const char *err;
} faults[] = {
	{ "berth-smtp </dev/null", 64, "wanted" },
	{ "berth-smtp localhost a@b </dev/null", 64, "wanted" },
	{ "berth-smtp localhost 'a b' c@d </dev/null", 64, "not a mail address" },
	{ "berth-smtp localhost a@b '<c@d' </dev/null", 64, "not a mail address: '<' without its '>', at character 1" },
	{ "berth-smtp localhost a@b \"$(printf 'c@d\\nRSET')\" </dev/null", 64, "not a mail address" },
	{ "berth-smtp -H 'no field' localhost a@b c@d </dev/null", 64, "Name: value" },
	{ "berth-smtp --attach nowhere localhost a@b c@d </dev/null", 64, "nowhere" },
	{ "berth-smtp --auth u localhost a@b c@d </dev/null", 64, "USER:PASSWORD" },
	{ "berth-smtp --auth-file /nowhere localhost a@b c@d </dev/null", 64, "No such file" },
	{ "echo u >f && berth-smtp --auth-file f localhost a@b c@d </dev/null", 64, "USER:PASSWORD" },
	{ "berth-smtp --auth-file fd:77 localhost a@b c@d </dev/null", 64, "Bad file descriptor" },
	{ "echo u:p >f && berth-smtp --auth u:p --auth-file f localhost a@b c@d </dev/null", 64, "one or the other" },
	{ "berth-smtp --stop-after lunch localhost a@b c@d </dev/null", 64, "stop-after" },
	{ "berth-smtp no-such-host.invalid a@b c@d </dev/null", 68, "no-such-host" },
	{ "berth-smtp localhost:1 a@b c@d </dev/null", 69, "refused" },
	{ "ln -sf $(command -v berth-smtp) sendmail; ./sendmail -t -S localhost:1 </dev/null", 64, "no recipients" },
};
/* clang-format on */

Test(clients_smtp, faults_of_the_command_line)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		cr_expect(rig_sh(0, faults[i].line, faults[i].code, "",
			      faults[i].err),
		    "%s", faults[i].line);
}

/* A reply without an end must not fill our memory. */
static void
babble(int fd, void *with)
{
	(void)with;
	while (rig_try(fd, "220-and another thing\r\n", 23))
		;
}

Test(clients_smtp, a_reply_without_an_end)
{
	cr_expect(rig_sh(
	    rig_stand_in(babble, NULL), SEND, 76, NULL, "without an end"));
}

Test(clients_smtp, load)
{
	struct rig *r = rig_start(RIG("berth-smtpd", "-l", "127.0.0.1:0",
	    "--durability", "none", rig_in(rig_place(), "mail")));
	unsigned port = rig_port(r, "smtp");

	cr_expect(rig_sh(port,
	    SEND " -n 50 -j 4 | grep -c '^50 messages in .* 0 failed$'", 0,
	    "1\n", ""));
	cr_expect(rig_sh(port,
	    SEND " -n 20 -j 3 --reconnect | grep -c '^latency ms: min'", 0,
	    "1\n", ""));
	cr_expect_eq(rig_stop(r), 0);
}

/* Lines of sh that send to our own server, and look at what it stored. */
/* clang-format off */
static const char *const to_ours[] = {
	/* In several chunks, to the byte. */
	"head -c 2500000 /dev/urandom | base64 -w 998 | sed 's/$/\r/' >text; "
	    "berth-smtp --raw --bdat localhost:$P a@b c@d <text && "
	    "tail -c $(wc -c <text) $M/new/* | cmp - text",
	"printf '.\r\n..\r\n.x\r\n' >text; "
	    "berth-smtp --raw localhost:$P a@b c@d <text && "
	    "tail -c $(wc -c <text) $M/new/* | cmp - text",
	/* An attachment comes back, whatever its name. */
	"head -c 300000 /dev/urandom >'gr\303\274n \"a\".bin'; "
	    "echo hi | berth-smtp --attach 'gr\303\274n \"a\".bin' localhost:$P a@b c@d && "
	    "sed -n '/^Content-Disp/,/^--berth/p' $M/new/* | tr -d '\r' | "
	    "sed '1,2d;$d' | base64 -d | cmp - 'gr\303\274n \"a\".bin' && "
	    "grep -q \"filename\\*=UTF-8''gr%C3%BCn%20%22a%22.bin\" $M/new/*",
	"echo '<p>' >a.html; echo hi | berth-smtp --attach a.html localhost:$P a@b c@d && "
	    "grep -q 'Content-Type: text/html' $M/new/*",
	/* A name that says nothing: libmagic looks at the bytes. */
	"printf '%%PDF-1.4\n' >thing; echo hi | berth-smtp --attach thing localhost:$P a@b c@d && "
	    "grep -q 'Content-Type: application/pdf' $M/new/*",
	"echo hi | berth-smtp --auth you:tanstaaftanstaaf localhost:$P a@b c@d && "
	    "grep -q 'X-Berth-User: you' $M/new/*",
	"echo hi | berth-smtp --auth you:wrong localhost:$P a@b c@d; "
	    "[ $? = 65 ] && ! ls $M/new/* 2>/dev/null",
	"for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do to=\"$to u${i}0@x u${i}1@x u${i}2@x "
	    "u${i}3@x u${i}4@x u${i}5@x u${i}6@x u${i}7@x u${i}8@x u${i}9@x\"; done; "
	    "echo hi | berth-smtp localhost:$P a@b $to && [ $(grep -c ^Delivered-To $M/new/*) = 150 ]",
};
/* clang-format on */

Test(clients_smtp, to_our_own_server)
{
	for (size_t i = 0; i < sizeof(to_ours) / sizeof(to_ours[0]); i++) {
		const char *dir = rig_place();
		const char *users =
		    rig_file(dir, "users", "you:{PLAIN}tanstaaftanstaaf\n");
		bool login = strstr(to_ours[i], "--auth") != NULL;
		struct rig *r = rig_start(RIG("berth-smtpd", "-l", "0",
		    "--auth", login ? users : "any", rig_in(dir, "mail")));
		char line[2000];

		snprintf(line, sizeof(line), "M=%s; %s", rig_in(dir, "mail"),
		    to_ours[i]);
		cr_expect(rig_sh(rig_port(r, "smtp"), line, 0, "", NULL), "%s",
		    to_ours[i]);
		cr_expect_eq(rig_stop(r), 0);
	}
}

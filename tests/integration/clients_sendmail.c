/*
 * clients_sendmail.c - berth-smtp called as sendmail, with the flags that
 * scripts use.
 */
#include "clients_smtp.h"

#define LINK "ln -sf $(command -v berth-smtp) sendmail; "
#define HIM                                                                    \
	LINK "printf 'Subject: s\\n\\nhi\\n' | ./sendmail -S localhost:$P -f " \
	     "a@b "
#define ONE                                     \
	{                                       \
		HI, OLD_OK, OK, OK, GO, OK, BYE \
	}
#define BODY "Subject: s\r\n\r\nhi\r\n.\r\nQUIT"
#define DSN                                                     \
	{                                                       \
		HI, "250-x\r\n250 DSN\r\n", OK, OK, GO, OK, BYE \
	}

/* clang-format off */
static const struct row flags[] = {
	/* As cron, at and mailx, PHP, git, debconf and old scripts call it. */
	{ HIM "-i -FCronDaemon -B8BITMIME -oem c@d", 0, "", ONE, BODY, NULL },
	{ HIM "-FCronDaemon -odi -oem -oi -or0s c@d", 0, "", ONE, "From: CronDaemon <a@b>\r\n", NULL },
	{ HIM "-F 'Jo \"J\" Doe, Jr.' c@d", 0, "", ONE, "From: \"Jo \\\"J\\\" Doe, Jr.\" <a@b>\r\n", NULL },
	{ HIM "-F 'J\xc3\xb6rg' c@d", 0, "", ONE, "From: =?UTF-8?b?SsO2cmc=?= <a@b>\r\n", NULL },
	{ HIM "-bm -em -ee -m -n -U -G -A c@d", 0, "", ONE, BODY, NULL },
	{ HIM "-A c -A m -Am -h 5 -h7 -L tag -Ltag -X /dev/null -C /etc/x -C/etc/x -d -d0.1 -q -q30m c@d", 0, "", ONE, "RCPT TO:<c@d>\r\nDATA", NULL },
	{ HIM "-o i -oi -o em -O DeliveryMode=b -p SMTP -r e@f c@d", 0, "", ONE, "MAIL FROM:<e@f>\r\nRCPT TO:<c@d>\r\n", NULL },
	{ HIM "-itv c@d", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, BODY, NULL },
	{ HIM "-ivt -- c@d -x@y", 0, "", { HI, OLD_OK, OK, OK, OK, GO, OK, BYE }, "RCPT TO:<c@d>\r\nRCPT TO:<-x@y>\r\n", NULL },
	/* Notices of delivery, where the server knows them. */
	{ HIM "-N failure,delay -R hdrs -V 'a+b c' c@d", 0, "", DSN, "MAIL FROM:<a@b> RET=hdrs ENVID=a+2Bb+20c\r\nRCPT TO:<c@d> NOTIFY=failure,delay\r\n", NULL },
	{ HIM "-N never -R full c@d", 0, "", ONE, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n", "NOTIFY" },
	{ HIM "-N nonsense -Rnone c@d", 0, "sendmail: -N nonsense: not known: passed over\nsendmail: -R none: not known", DSN, "RCPT TO:<c@d>\r\n", NULL },
	/* What nobody knows. */
	{ HIM "-Zoo c@d", 0, "sendmail: -Zoo: not known: passed over\n", ONE, BODY, NULL },
	{ HIM "--no-such=3 -\xff c@d", 0, "sendmail: --no-such=3: not known: passed over\n", ONE, BODY, NULL },
	/* As msmtp's users write it. */
	{ LINK "printf 'From: A <a@b>\\nTo: c@d\\n\\nhi\\n' | ./sendmail --host=localhost --port=$P --read-envelope-from --read-recipients", 0, "", ONE, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n", NULL },
	{ LINK "printf 'X: y\\n\\nhi\\n' | ./sendmail --host=localhost --port=$P --from=e@f -- c@d", 0, "", ONE, "MAIL FROM:<e@f>\r\n", NULL },
	/* A dot alone ends it, but with -i. */
	{ LINK "printf 'X: y\\n\\nhi\\n.\\nno\\n' | ./sendmail -S localhost:$P -f a@b c@d", 0, "", ONE, "hi\r\n.\r\nQUIT", "no\r\n" },
	{ LINK "printf 'X: y\\n\\nhi\\n.\\nyes\\n' | ./sendmail -O IgnoreDots=true -S localhost:$P -f a@b c@d", 0, "", ONE, "hi\r\n..\r\nyes\r\n.\r\nQUIT", NULL },
	{ LINK "printf 'X: y\\n\\nhi\\n.' | ./sendmail -S localhost:$P -f a@b c@d", 0, "", ONE, "hi\r\n..\r\n.\r\nQUIT", NULL },
	/* The header: what is missing, given, sent again, and secret. */
	{ LINK "printf 'a text\\n' | ./sendmail -S localhost:$P -f a@b c@d", 0, "", ONE, ">\r\n\r\na text\r\n.\r\n", NULL },
	{ LINK "printf 'From: me@x\\nDate: d\\nMessage-ID: <i@x>\\n\\nhi\\n' | ./sendmail -S localhost:$P -f a@b -F Not c@d", 0, "", ONE, "DATA\r\nFrom: me@x\r\nDate: d\r\nMessage-ID: <i@x>\r\n\r\nhi\r\n.", "Not" },
	{ LINK "printf 'Resent-To: r@x\\nResent-Bcc: s@x\\nResent-From: u@v\\nTo: t@x\\n\\nhi\\n' | ./sendmail -t -S localhost:$P -f a@b", 0, "", { HI, OLD_OK, OK, OK, OK, GO, OK, BYE }, "RCPT TO:<r@x>\r\nRCPT TO:<s@x>\r\nDATA\r\nResent-Date: ", "Resent-Bcc" },
	{ LINK "printf 'To: t@x\\nBcc : u@x\\n\\nhi\\n' | ./sendmail -t -S localhost:$P -f a@b c@d", 0, "", { HI, OLD_OK, OK, OK, OK, OK, GO, OK, BYE }, "RCPT TO:<c@d>\r\nRCPT TO:<t@x>\r\nRCPT TO:<u@x>\r\nDATA", "Bcc" },
};
/* clang-format on */

Test(clients_sendmail, flags_of_scripts)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		expect_dialogue(i, &flags[i]);
}

/* clang-format off */
static const struct {
	const char *line;
	int code;
	const char *out, *err;
} alone[] = {
	{ LINK "./sendmail -bp </dev/null", 0, "Mail queue is empty\n", "" },
	{ LINK "./sendmail -bi </dev/null", 0, "", "" },
	{ LINK "./sendmail -q </dev/null", 0, "", "" },
	{ LINK "./sendmail -q30m -bm </dev/null", 0, "", "" },
	{ LINK "./sendmail -bd </dev/null", 64, "", "-bd: this is no mail server" },
	{ LINK "./sendmail </dev/null", 64, "", "no recipients" },
	{ LINK "./sendmail -i -f </dev/null", 64, "", "-f: its value is missing" },
	{ LINK "./sendmail -S localhost:99999 c@d </dev/null", 64, "", "99999 is no port" },
	{ LINK "./sendmail -t -S localhost:1 </dev/null", 64, "", "To, Cc and Bcc have none" },
	{ LINK "./sendmail -S localhost:1 c@d </dev/null", 69, "", "sendmail: localhost:1: Connection refused" },
	{ LINK "./sendmail -bs -S localhost:1 </dev/null", 69, "421 4.4.1 localhost: Connection refused\r\n", "sendmail: localhost:1: Connection refused" },
};
/* clang-format on */

Test(clients_sendmail, without_a_server)
{
	for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
		cr_expect(rig_sh(0, alone[i].line, alone[i].code, alone[i].out,
			      alone[i].err),
		    "%s", alone[i].line);
}

/* -bs: SMTP on standard input, with lines as scripts end them. */
/* clang-format off */
static const struct row spoken[] = {
	{ LINK "printf 'EHLO x\\nMAIL FROM:<a@b>\\nRCPT TO:<c@d>\\nDATA\\nX: y\\n\\nhi\\n.\\nQUIT\\n' | ./sendmail -bs -S localhost:$P >out; code=$?; grep -c '^[235]' out >&2; exit $code", 0, "7\n", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nX: y\r\n\r\nhi\r\n.\r\nQUIT\r\n", NULL },
	/* Without QUIT the end of the input is the end. */
	{ LINK "printf 'NOOP\\r\\nRSET' | ./sendmail -bs -S localhost:$P", 0, "", { HI, OK, NULL }, "NOOP\r\nRSET", NULL },
	/* It hangs up before we do. */
	{ LINK "mkfifo open; exec 9<>open; echo NOOP >&9; ./sendmail -bs -S localhost:$P <&9", 75, "it has closed the connection", { HI, NULL }, "NOOP\r\n", NULL },
};
/* clang-format on */

Test(clients_sendmail, smtp_on_standard_input)
{
	for (size_t i = 0; i < sizeof(spoken) / sizeof(spoken[0]); i++)
		expect_dialogue(i, &spoken[i]);
}

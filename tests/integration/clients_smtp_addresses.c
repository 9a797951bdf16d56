/*
 * clients_smtp_addresses.c - every address that enters is read by RFC 5322,
 * sent once, and never carries a command.
 */
#include "clients_smtp.h"

#define HIM "echo hi | berth-smtp localhost:$P a@b "
#define LIKE                                         \
	"ln -sf $(command -v berth-smtp) sendmail; " \
	"echo hi | ./sendmail -S localhost:$P "
#define TAKES(n) HI, OLD_OK, OK, n, GO, OK, BYE
#define BUECHER     \
	"b\xc3\xbc" \
	"cher.example"

/* clang-format off */
static const struct row sent[] = {
	{ "echo hi | berth-smtp localhost:$P 'Bob <a@b>' 'c@d, e@f' 'X: g@h, \"i j\"@k;'", 0, "", { HI, OLD_OK, OK, OK, OK, OK, OK, GO, OK, BYE }, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nRCPT TO:<g@h>\r\nRCPT TO:<\"i j\"@k>\r\nDATA\r\nDate: ", NULL },
	{ "echo hi | berth-smtp localhost:$P 'Bob B. <a@b>' c@d", 0, "", { TAKES(OK) }, "\r\nFrom: \"Bob B.\" <a@b>\r\nTo: c@d\r\n", NULL },
	{ HIM "'c@d (Bob, (the) one)' 'C@d' 'c@D' '<c@d>'", 0, "", { HI, OLD_OK, OK, OK, OK, GO, OK, BYE }, "RCPT TO:<c@d>\r\nRCPT TO:<C@d>\r\nDATA", NULL },
	{ HIM "c@" BUECHER " c@B\xc3\x9c" "CHER.example c@xn--bcher-kva.example", 0, "", { TAKES(OK) }, "RCPT TO:<c@xn--bcher-kva.example>\r\nDATA", NULL },
	/* Not legal without quotes, and somebody's for all that. */
	{ HIM "d..c.@d", 0, "", { TAKES(OK) }, "RCPT TO:<\"d..c.\"@d>\r\n", NULL },
	{ HIM "'' c@d", 0, "'': nobody is in this operand", { TAKES(OK) }, "RCPT TO:<c@d>\r\nDATA", NULL },
	{ HIM "'<@x,@y:c@d>' '\"q\".r . s@t'", 0, "", { HI, OLD_OK, OK, OK, OK, GO, OK, BYE }, "RCPT TO:<c@d>\r\nRCPT TO:<q.r.s@t>\r\nDATA", NULL },
	{ HIM "'c@[IPv6:2001:db8::1]' 'e@[192.0.2.1]'", 0, "", { HI, OLD_OK, OK, OK, OK, GO, OK, BYE }, "RCPT TO:<c@[IPv6:2001:db8::1]>\r\nRCPT TO:<e@[192.0.2.1]>\r\n", NULL },
	{ "echo hi | berth-smtp localhost:$P '<>' c@d", 0, "", { TAKES(OK) }, "MAIL FROM:<>\r\n", "From: \r\n" },

	/* Domains of any script, for who does not know SMTPUTF8. */
	{ HIM "c@" BUECHER, 0, "", { TAKES(OK) }, "RCPT TO:<c@xn--bcher-kva.example>\r\n", NULL },
	{ "echo hi | berth-smtp localhost:$P a@" BUECHER " c@d", 0, "", { TAKES(OK) }, "MAIL FROM:<a@xn--bcher-kva.example>\r\n", "\xc3" },
	{ HIM "c@" BUECHER, 0, "", { HI, "250-x\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n", OK, OK, GO, OK, BYE }, " SMTPUTF8\r\nRCPT TO:<c@" BUECHER ">\r\n", NULL },
	/* In a local part nothing can be done. */
	{ HIM "'j\xc3\xb6@d'", 65, "does not know SMTPUTF8, which it needs", { HI, OLD_OK, BYE }, "", "MAIL" },
	{ "echo hi | berth-smtp localhost:$P 'j\xc3\xb6@d' c@d", 65, "does not know SMTPUTF8, which it needs", { HI, OLD_OK, BYE }, "", "MAIL" },
	{ "printf 'S: x\\n\\nhi\\n' | berth-smtp --raw localhost:$P a@b 'j\xc3\xb6@d' c@d", 65, "SMTPUTF8", { HI, OLD_OK, OK, OK, GO, OK, OK, BYE }, "RCPT TO:<c@d>\r\nDATA", NULL },

	/* As sendmail: operands and -f too. */
	{ LIKE "-f a@b 'b,c' '<b>' 'Bob <d>'", 0, "", { HI, OLD_OK, OK, OK, OK, OK, GO, OK, BYE }, "MAIL FROM:<a@b>\r\nRCPT TO:<b>\r\nRCPT TO:<c>\r\nRCPT TO:<d>\r\nDATA", NULL },
	{ LIKE "-f 'Al <a@b>' c@d", 0, "", { TAKES(OK) }, "MAIL FROM:<a@b>\r\n", NULL },
	{ LIKE "-f 'Al <a@b>' c@d", 0, "", { TAKES(OK) }, "\r\nFrom: Al <a@b>\r\n", NULL },
	{ LIKE "-f '<>' c@d", 0, "", { TAKES(OK) }, "MAIL FROM:<>\r\n", "From: \r\n" },
	{ "printf 'To: A <c@d>,\\n \"E, F\" <e@f>\\nCc: g: h@i, c@d;\\nBcc: undisclosed-recipients:;\\n\\nhi\\n' | ./sendmail -t -S localhost:$P -f a@b", 0, "", { HI, OLD_OK, OK, OK, OK, OK, GO, OK, BYE }, "RCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nRCPT TO:<h@i>\r\nDATA\r\n", "undisclosed" },
};

/* What is wrong is told with its place, and nobody hears of it. */
static const struct row refused[] = {
	{ HIM "'c d@e'", 64, "c d@e: not a mail address: two words without a dot or a comma between them, at character 3: d@e\n", { HI }, "", NULL },
	{ HIM "c@d 'e@f g@h'", 64, "this does not belong to an address, at character 5: g@h\n", { HI }, "", NULL },
	{ HIM "'c@d;e@f'", 64, "',' separates addresses, at character 4: ;e@f\n", { HI }, "", NULL },
	{ HIM "c@", 64, "c@: not a mail address: a domain is missing, at its end\n", { HI }, "", NULL },
	{ HIM "'<>'", 64, "nobody is in '<>'", { HI }, "", NULL },
	{ HIM "''", 64, "no recipients", { HI }, "", NULL },
	{ "echo hi | berth-smtp localhost:$P a@b,x@y c@d", 64, "more than one sender", { HI }, "", NULL },
	{ "ln -sf $(command -v berth-smtp) sendmail; printf 'To: c@d\\nCc: e@f, g h@i\\n\\nhi\\n' | ./sendmail -t -S localhost:$P", 64, "sendmail: Cc: not a mail address: two words", { HI }, "", NULL },
	{ LIKE "-f b,c d@e", 64, "-f: not a mail address: more than one sender", { HI }, "", NULL },
	/* Commands in addresses. */
	{ LIKE "-f \"$(printf 'a@b>\\r\\nRCPT TO:<x@y')\" c@d", 64, "-f: not a mail address", { HI }, "", "x@y" },
	{ LIKE "-f a@b \"$(printf 'c@d>\\r\\nDATA\\r\\n')\"", 64, "not a mail address", { HI }, "", "DATA" },
	{ LIKE "-f a@b \"$(printf '\"c\\nd\"@e')\"", 64, "a line break, at character 3", { HI }, "", NULL },
	{ LIKE "-f a@b \"$(printf 'c@d\\r\\n e@f')\"", 64, "does not belong", { HI }, "", NULL },
	{ HIM "\"$(printf 'c@d\\nRSET')\"", 64, "a line break, at character 4: \\x0aRSET", { HI }, "", "RSET" },
	{ HIM "c@d --helo \"$(printf 'x\\r\\nRSET')\"", 64, "not a name", { HI }, "", "RSET" },
	{ HIM "c@d -H 'Bcc : x@y'", 64, "Bcc : x@y: it would show whom it hides", { HI }, "", NULL },
	{ HIM "c@d -H 'Subject: x' -H 'subject: y'", 64, "subject: y: given twice", { HI }, "", NULL },
	{ HIM "c@d -H \"$(printf 'X: y\\n\\nbody')\"", 64, "not 'Name: value'", { HI }, "", NULL },
};
/* clang-format on */

Test(clients_smtp_addresses, as_people_write_them)
{
	for (size_t i = 0; i < sizeof(sent) / sizeof(sent[0]); i++)
		expect_dialogue(i, &sent[i]);
}

Test(clients_smtp_addresses, faults_show_their_place)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		expect_dialogue(i, &refused[i]);
}

/*
 * clients_smtp_message.c - a message is found and kept whole, and what is
 * composed is legal.
 */
#include "clients_smtp.h"

/* Lines of sh that send to our own server, and look at what it stored. */
/* clang-format off */
static const char *const kept[] = {
	/* A header of any length. */
	"{ for i in $(seq 3000); do echo \"X-Number-$i: some words that fill a line of a header up\"; done; "
	    "printf 'Subject: last\\n\\nbody\\n'; } >m; wc -c <m | grep -q ...... && "
	    "berth-smtp localhost:$P a@b c@d <m && tail -c $(sed 's/$/\\r/' m | wc -c) $M/new/* | tr -d '\\r' | cmp - m",
	"head -c 2000000 /dev/zero | tr '\\0' x >long; { printf 'X-Long: '; cat long; printf '\\n\\nbody\\n'; } >m; "
	    "berth-smtp localhost:$P a@b c@d <m && tail -c $(sed 's/$/\\r/' m | wc -c) $M/new/* | tr -d '\\r' | cmp - m",
	/* Only a header, without a last line end. */
	"printf 'Subject: x' | berth-smtp localhost:$P a@b c@d && tail -2 $M/new/* | tr -d '\\r' | cmp - <<-.\nSubject: x\n\n.\n",
	"printf 'Subject: x\\n\\nbody' | berth-smtp localhost:$P a@b c@d && tail -3 $M/new/* | tr -d '\\r' | cmp - <<-.\nSubject: x\n\nbody\n.\n",
	"printf 'Subject: x\\r\\n\\r\\nbody\\r\\n' | berth-smtp localhost:$P a@b c@d && tail -3 $M/new/* | tr -d '\\r' | cmp - <<-.\nSubject: x\n\nbody\n.\n",
	/* What is no part of it. */
	"printf '\\357\\273\\277Subject: x\\n\\nb\\n' | berth-smtp localhost:$P a@b c@d && ! grep -q $(printf '\\357') $M/new/* && grep -q ^Subject: $M/new/*",
	"printf 'From a@b Mon Jan  1 00:00:00 2024\\nSubject: x\\n\\nb\\n' | berth-smtp localhost:$P a@b c@d && ! grep -q 'Mon Jan' $M/new/* && grep -q ^Subject: $M/new/*",
	"printf '\\357\\273\\277a text\\n' | berth-smtp localhost:$P a@b c@d && tail -1 $M/new/* | grep -q '^a text'",
	/* A text that begins like a field. */
	"printf 'note: buy milk\\n' | berth-smtp localhost:$P a@b c@d && tail -2 $M/new/* | tr -d '\\r' | cmp - <<-.\n\nnote: buy milk\n.\n",
	"printf 'note: buy milk\\n\\nand bread\\n' | berth-smtp --text localhost:$P a@b c@d && tail -4 $M/new/* | tr -d '\\r' | cmp - <<-.\n\nnote: buy milk\n\nand bread\n.\n",
	"printf 'Subject: y\\n\\nhi\\n' | berth-smtp --text -s x localhost:$P a@b c@d && cat $M/new/* | tr -d '\\r' | grep -c '^Subject:' | grep -q 2 && tail -3 $M/new/* | head -1 | grep -q 'Subject: y'",
	/* A given field wins. */
	"printf 'subject : old\\n and folded\\nX: y\\n\\nhi\\n' | berth-smtp -s new localhost:$P a@b c@d && ! grep -Eq 'old|folded' $M/new/* && grep -q '^Subject: new' $M/new/*",
	"printf 'From: old@x\\nX: y\\n\\nhi\\n' | berth-smtp -H 'From: new@x' localhost:$P a@b c@d && ! grep -q old $M/new/* && grep -c ^From: $M/new/* | grep -q '^1$'",
	"echo hi | berth-smtp -H 'From: New <new@x>' -H 'To: all:;' -H 'Date: Fri, 1 Jan 2021 00:00:00 +0000' localhost:$P a@b c@d && "
	    "grep -c ^From: $M/new/* | grep -q '^1$' && grep -q '^To: all:;' $M/new/* && grep -c ^Date: $M/new/* | grep -q '^1$'",
	"echo '<p>' | berth-smtp -H 'Content-Type: text/html; charset=us-ascii' localhost:$P a@b c@d && grep -c ^Content-Type $M/new/* | grep -q '^1$' && grep -q text/html $M/new/*",
	"echo SGk= | berth-smtp -H 'Content-Transfer-Encoding: base64' localhost:$P a@b c@d && grep -q '^Content-Transfer-Encoding: base64' $M/new/* && tail -1 $M/new/* | grep -q '^SGk='",
	/* With an attachment it is the part's. */
	"echo x >a.bin; echo '<p>' | berth-smtp -H 'Content-Type: text/html' --attach a.bin localhost:$P a@b c@d && "
	    "sed -n '/^--berth/,/^--berth/p' $M/new/* | grep -q '^Content-Type: text/html' && sed '/^--berth/,$d' $M/new/* | grep -q '^Content-Type: multipart/mixed'",
	"echo x >a.bin; echo SGk= | berth-smtp -H 'Content-Transfer-Encoding: base64' --attach a.bin localhost:$P a@b c@d && "
	    "sed '/^--berth/,$d' $M/new/* | grep -c Content-Transfer | grep -q 0 && grep -q '^SGk=' $M/new/*",
	/* Lines that strict servers refuse: a body is encoded, base64 without line ends once more, a field folded. */
	"{ printf 'From: a@b\\nContent-Type: text/html\\n\\n'; head -c 5000 /dev/zero | tr '\\0' x; echo; } | berth-smtp localhost:$P a@b c@d && [ $(cat $M/new/* | wc -L) -lt 999 ] && grep -q '^Content-Transfer-Encoding: quoted-printable' $M/new/* && "
	    "grep -c ^Content-Type $M/new/* | grep -q '^1$'",
	"head -c 5000 /dev/urandom >f; { printf 'From: a@b\\nContent-Type: application/x\\nContent-Transfer-Encoding: base64\\n\\n'; base64 -w0 f; } | berth-smtp localhost:$P a@b c@d && "
	    "[ $(cat $M/new/* | wc -L) -lt 999 ] && sed '1,/^\\r$/d' $M/new/* | base64 -di | cmp - f",
	"{ printf 'Content-Transfer-Encoding: binary\\nSubject: x\\n\\n'; head -c 5000 /dev/zero; } | berth-smtp localhost:$P a@b c@d && sed '1,/^\\r$/d' $M/new/* | base64 -di | head -c 5000 | tr -d '\\0' | cmp - /dev/null",
	"{ printf 'To: c@d'; for i in $(seq 200); do printf ', somebody%d@somewhere.example' $i; done; printf '\\n\\nhi\\n'; } >m; berth-smtp localhost:$P a@b c@d <m && "
	    "[ $(cat $M/new/* | wc -L) -lt 999 ] && sed -n '/^To:/,/^\\r$/p' $M/new/* | tr -d '\\r\\n' >got && head -1 m | tr -d '\\n' | cmp - got",
	/* Missing fields, and empty ones. */
	"printf 'X: y\\n\\nhi\\n' | berth-smtp localhost:$P a@b c@d && for f in Date From Message-ID; do grep -c \"^$f: .\" $M/new/* | grep -q '^1$' || exit 1; done",
	"printf 'From:\\nMessage-Id: <x@y>\\nDATE: now\\n\\nhi\\n' | berth-smtp localhost:$P a@b c@d && grep -ci '^From:' $M/new/* | grep -q '^1$' && grep -q '^From: a@b' $M/new/* && "
	    "grep -ci '^Message-ID:' $M/new/* | grep -q '^1$' && grep -ci '^Date:' $M/new/* | grep -q '^1$'",
	"printf 'From: <>\\nMessage-Id:\\nDate: \\n\\nhi\\n' | berth-smtp -H From: localhost:$P a@b c@d && for f in Date From Message-ID; do grep -ci \"^$f: .\" $M/new/* | grep -q '^1$' || exit 1; done; grep -q '^From: a@b' $M/new/*",
	"printf 'X: y\\n\\nhi\\n' | berth-smtp localhost:$P '<>' c@d && grep -q '^From: MAILER-DAEMON@' $M/new/*",
	/* Bcc never leaves, however it is written; nor does Resent-Bcc. */
	"printf 'Bcc : e@f\\nbcc:\\n g@h\\nRESENT-BCC: i@j\\nX: y\\n\\nBcc: stays\\n' | berth-smtp localhost:$P a@b c@d && ! grep -Eq 'e@f|g@h|i@j' $M/new/* && grep -q '^Bcc: stays' $M/new/*",
	/* As it is: to the byte. */
	"printf '\\357\\273\\277Bcc: x\\r\\n\\r\\nb' | berth-smtp --raw localhost:$P a@b c@d && tail -c 15 $M/new/* >got; printf '\\357\\273\\277Bcc: x\\r\\n\\r\\nb\\r\\n' | tail -c 15 | cmp - got",
};

static const char *const composed[] = {
	/* Lines of more than 998, bytes 0, and what is no UTF-8. */
	"head -c 5000 /dev/zero | tr '\\0' x >t; echo >>t; berth-smtp localhost:$P a@b c@d <t && [ $(cat $M/new/* | wc -L) -lt 999 ] && grep -Eq '^Content-Transfer-Encoding: (quoted-printable|base64)' $M/new/*",
	"printf 'a\\0b\\n' >t; berth-smtp localhost:$P a@b c@d <t && tail -1 $M/new/* | base64 -di | cmp - t",
	"printf 'Gr\\374\\337e\\n' | berth-smtp localhost:$P a@b c@d && grep -q 'charset=ISO-8859-1' $M/new/*",
	"printf 'Gr\\303\\274\\303\\237e\\n' | berth-smtp localhost:$P a@b c@d && grep -q 'charset=UTF-8' $M/new/* && grep -q '^Content-Transfer-Encoding: 8bit' $M/new/*",
	"printf 'a\\r\\nb\\rc\\n' | berth-smtp localhost:$P a@b c@d && tail -3 $M/new/* | cmp - <<-.\na\r\nb\r\nc\r\n.\n",
	/* Fields are folded at 78 and encoded. */
	("s=$(printf 'a subject of many words %.0s' 1 2 3 4 5 6 7 8 9); echo hi | berth-smtp -s \"$s\" localhost:$P a@b c@d && [ $(cat $M/new/* | wc -L) -lt 80 ] && "
	    "cat $M/new/* | tr -d '\\r' | sed -n '/^Subject/,/^Date/p' | sed '$d' | tr -d '\\n' | grep -qF \"Subject: ${s% }\""),
	"s=$(printf 'Gr\\303\\274\\303\\237e %.0s' 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9); echo hi | berth-smtp -s \"$s\" localhost:$P a@b c@d && [ $(cat $M/new/* | wc -L) -lt 80 ] && ! grep -q $(printf '\\303') $M/new/*",
	"for i in 1 2 3 4 5 6 7 8 9; do to=\"$to somebody$i@somewhere.example\"; done; echo hi | berth-smtp localhost:$P a@b $to && [ $(sed '1,/^Date/d' $M/new/* | wc -L) -lt 80 ]",
	"echo hi | berth-smtp -s '=?UTF-8?Q?no?=' localhost:$P a@b c@d && ! grep -q '?no?' $M/new/* && grep -q '^Subject: =?UTF-8?B?' $M/new/*",
	"echo hi | berth-smtp -s \"$(printf 'a\\r\\nBcc: x@y')\" localhost:$P a@b c@d && ! grep -q '^Bcc' $M/new/*",
	"echo hi | berth-smtp localhost:$P \"$(printf 'J\\303\\266rg M\\303\\274ller <a@b>')\" c@d && grep -q '^From: =?UTF-8?' $M/new/*",
	/* What is longer than a line and no text for people stays as it is; what no line can hold does not. */
	"u=https://e.example/$(head -c 150 /dev/zero | tr '\\0' x); echo hi | berth-smtp -H \"List-Unsubscribe: <$u>\" -H \"X-Words: a  b $u $u\" localhost:$P a@b c@d && "
	    "grep -qF \"List-Unsubscribe: <$u>\" $M/new/* && tr -d '\\r\\n' <$(echo $M/new/*) | grep -qF \"X-Words: a  b $u $u\" && ! grep -qF '=?' $M/new/*",
	"echo hi | berth-smtp -H \"X-Token: $(head -c 2000 /dev/zero | tr '\\0' x)\" localhost:$P a@b c@d && [ $(cat $M/new/* | wc -L) -lt 999 ]",
	/* What cannot be encoded already, as the field says, is encoded so. */
	"printf 'Gr\\303\\274\\303\\237e\\n' | berth-smtp -H 'Content-Transfer-Encoding: quoted-printable' localhost:$P a@b c@d && tail -1 $M/new/* | grep -q '^Gr=C3=BC=C3=9Fe'",
	/* A message that is attached is not encoded as a whole (RFC 2046 5.2.1). */
	"printf 'Subject: in\\n\\nhi\\n' >in.eml; echo hi | berth-smtp --attach in.eml localhost:$P a@b c@d && grep -q '^Content-Type: message/rfc822' $M/new/* && ! grep -q base64 $M/new/* && grep -q '^Subject: in' $M/new/*",
	"printf 'Subject: in\\n\\nGr\\303\\274n\\n' >in.eml; echo hi | berth-smtp --attach in.eml localhost:$P a@b c@d && grep -q '^Content-Transfer-Encoding: 8bit' $M/new/* && ! grep -q base64 $M/new/* && grep -q \"$(printf '^Gr\\303\\274n')\" $M/new/*",
	/* A pipe and an empty file can be attached. */
	": >none; echo hi | berth-smtp --attach none localhost:$P a@b c@d && grep -q 'filename=none' $M/new/*",
};
/* clang-format on */

static void
check(const char *const *lines, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *dir = rig_place();
		struct rig *r = rig_start(RIG("berth-smtpd", "-l", "0",
		    "--durability", "none", rig_in(dir, "mail")));
		char line[3000];

		snprintf(line, sizeof(line), "M=%s; %s", rig_in(dir, "mail"),
		    lines[i]);
		cr_expect(rig_sh(rig_port(r, "smtp"), line, 0, NULL, NULL),
		    "%s", lines[i]);
		cr_expect_eq(rig_stop(r), 0);
	}
}

Test(clients_smtp_message, found_and_kept_whole)
{
	check(kept, sizeof(kept) / sizeof(kept[0]));
}

Test(clients_smtp_message, composed_legally)
{
	check(composed, sizeof(composed) / sizeof(composed[0]));
}

#define TEN_S      "ssssssssss"
#define NAME_OF_70 TEN_S TEN_S TEN_S TEN_S TEN_S TEN_S TEN_S

/* Servers that offer nothing get ASCII. */
/* clang-format off */
static const struct row seven[] = {
	{ "printf 'Gr\xc3\xbc\xc3\x9f" "e\\n' | berth-smtp -s 'Gr\xc3\xbc\xc3\x9f" "e' localhost:$P a@b c@d", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "Content-Transfer-Encoding: ", "\xc3" },
	{ "printf 'Subject: Gr\xc3\xbc\xc3\x9f" "e\\n\\nGr\xc3\xbc\xc3\x9f" "e\\n' | berth-smtp localhost:$P a@b c@d", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "Content-Type: text/plain; charset=UTF-8\r\n", "\xc3" },
	/* The charset that it has stays the only one. */
	{ "printf 'Subject: x\\nContent-Type: text/plain; charset=iso-8859-1\\n\\nGr\374\\n' | berth-smtp localhost:$P a@b c@d", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "Content-Type: text/plain; charset=iso-8859-1\r\n", "UTF-8" },
	{ "printf 'Gr\xc3\xbc\\n' | berth-smtp -H 'Content-Type: text/html; charset=x-own' localhost:$P a@b c@d", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "Content-Type: text/html; charset=x-own\r\n", "UTF-8" },
	{ "printf 'Content-Type: multipart/mixed; boundary=x\\n\\n--x\\nContent-Type: message/rfc822\\n\\nSubject: \xc3\xbc\\n\\n\xc3\xbc\xc3\xbc\\n--x--\\n' | berth-smtp localhost:$P a@b c@d", 0, "", { HI, "250-x\r\n250 CHUNKING\r\n", OK, OK, GO, OK, BYE }, "message/rfc822\r\n", "\xc3" },
	{ "printf 'Subject: \xc3\xbc\\n\\n\xc3\xbc\xc3\xbc\\n' >in.eml; echo hi | berth-smtp --attach in.eml localhost:$P a@b c@d", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "message/rfc822\r\nContent-Disposition: attachment; filename=in.eml\r\n\r\nSubject: =?", "\xc3" },
	{ "printf 'Content-Type: multipart/mixed; boundary=x\\nContent-Transfer-Encoding: 8bit\\n\\n--x\\n\\n\xc3\xbc\xc3\xbc\\n--x--\\n' | berth-smtp localhost:$P a@b c@d", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "--x\r\n", "8bit" },
	/* GMime, writing such a parameter, comes to no end: it is left out. */
	{ "printf 'Content-Type: text/plain; " NAME_OF_70 "=\xc3\xbc; charset=utf-8\\n\\n\xc3\xbc\\n' | berth-smtp localhost:$P a@b c@d", 0, "", { HI, OLD_OK, OK, OK, GO, OK, BYE }, "text/plain; charset=utf-8\r\n", NAME_OF_70 },
	{ "printf 'Subject: x\\n\\nGr\xc3\xbc\xc3\x9f" "e\\n' | berth-smtp --raw localhost:$P a@b c@d", 65, "does not know 8BITMIME, which the message needs", { HI, OLD_OK, BYE }, "", "MAIL" },
	{ "printf 'Subject: x\\n\\nGr\xc3\xbc\xc3\x9f" "e\\n' | berth-smtp localhost:$P a@b c@d", 0, "", { HI, "250-x\r\n250 8BITMIME\r\n", OK, OK, GO, OK, BYE }, "BODY=8BITMIME\r\n", NULL },
};
/* clang-format on */

Test(clients_smtp_message, ascii_for_who_offers_nothing)
{
	for (size_t i = 0; i < sizeof(seven) / sizeof(seven[0]); i++)
		expect_dialogue(i, &seven[i]);
}

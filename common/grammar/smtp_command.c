/*
 * smtp_command.c - the commands of SMTP.
 */
#include "grammar/smtp_command.h"

#include "bytes/ascii.h"
#include "bytes/num.h"
#include "grammar/mail_address.h"

#define INSIDE (SMTP_MAIL | SMTP_RCPT)

/* clang-format off */
static const struct smtp_row rows[] = {
	/* name      verb             where                    argument    last */
	{ "EHLO",     SMTP_V_EHLO,     SMTP_ANY,                SMTP_A_SOME, true },
	{ "HELO",     SMTP_V_HELO,     SMTP_ANY,                SMTP_A_SOME, true },
	{ "LHLO",     SMTP_V_LHLO,     SMTP_ANY,                SMTP_A_SOME, true },
	{ "MAIL",     SMTP_V_MAIL,     SMTP_READY,              SMTP_A_SOME, false },
	{ "RCPT",     SMTP_V_RCPT,     INSIDE,                  SMTP_A_SOME, false },
	{ "DATA",     SMTP_V_DATA,     SMTP_RCPT,               SMTP_A_NONE, true },
	{ "BDAT",     SMTP_V_BDAT,     SMTP_RCPT | SMTP_CHUNK,  SMTP_A_SOME, false },
	{ "RSET",     SMTP_V_RSET,     SMTP_ANY,                SMTP_A_NONE, false },
	{ "NOOP",     SMTP_V_NOOP,     SMTP_ANY,                SMTP_A_FREE, true },
	{ "QUIT",     SMTP_V_QUIT,     SMTP_ANY,                SMTP_A_NONE, true },
	{ "VRFY",     SMTP_V_VRFY,     SMTP_ANY,                SMTP_A_SOME, true },
	{ "HELP",     SMTP_V_HELP,     SMTP_ANY,                SMTP_A_FREE, true },
	{ "AUTH",     SMTP_V_AUTH,     SMTP_READY,              SMTP_A_SOME, true },
	{ "STARTTLS", SMTP_V_STARTTLS, SMTP_START | SMTP_READY, SMTP_A_NONE, true },
	{ "EXPN",     SMTP_V_OTHER,    SMTP_ANY,                SMTP_A_FREE, true },
	{ "TURN",     SMTP_V_OTHER,    SMTP_ANY,                SMTP_A_FREE, true },
	{ "ATRN",     SMTP_V_OTHER,    SMTP_ANY,                SMTP_A_FREE, true },
	{ "ETRN",     SMTP_V_OTHER,    SMTP_ANY,                SMTP_A_FREE, true },
	{ "SEND",     SMTP_V_OTHER,    SMTP_ANY,                SMTP_A_FREE, true },
	{ "SOML",     SMTP_V_OTHER,    SMTP_ANY,                SMTP_A_FREE, true },
	{ "SAML",     SMTP_V_OTHER,    SMTP_ANY,                SMTP_A_FREE, true },
	{ "BURL",     SMTP_V_OTHER,    SMTP_ANY,                SMTP_A_FREE, true },
	{ "GET",      SMTP_V_HTTP,     SMTP_ANY,                SMTP_A_FREE, true },
	{ "HEAD",     SMTP_V_HTTP,     SMTP_ANY,                SMTP_A_FREE, true },
	{ "POST",     SMTP_V_HTTP,     SMTP_ANY,                SMTP_A_FREE, true },
	{ "PUT",      SMTP_V_HTTP,     SMTP_ANY,                SMTP_A_FREE, true },
	{ "DELETE",   SMTP_V_HTTP,     SMTP_ANY,                SMTP_A_FREE, true },
	{ "OPTIONS",  SMTP_V_HTTP,     SMTP_ANY,                SMTP_A_FREE, true },
	{ "PATCH",    SMTP_V_HTTP,     SMTP_ANY,                SMTP_A_FREE, true },
	{ "TRACE",    SMTP_V_HTTP,     SMTP_ANY,                SMTP_A_FREE, true },
	{ "CONNECT",  SMTP_V_HTTP,     SMTP_ANY,                SMTP_A_FREE, true },
	{ "PRI",      SMTP_V_HTTP,     SMTP_ANY,                SMTP_A_FREE, true },
	{ "",         SMTP_V_UNKNOWN,  SMTP_ANY,                SMTP_A_FREE, true },
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* A header field, "Host:" or "Content-Type:", and not "MAIL:". */
static bool
is_field_name(struct slice word)
{
	if (word.n < 2 || word.p[word.n - 1] != ':')
		return false;
	for (size_t i = 0; i + 1 < word.n; i++)
		if (!ascii_is(word.p[i], ASCII_TCHAR))
			return false;
	return true;
}

const struct smtp_row *
smtp_row(enum smtp_verb verb)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].verb == verb)
			return &rows[i];
	return &rows[ROWS - 1];
}

void
smtp_command_parse(struct slice line, struct smtp_command *c)
{
	size_t n = 0;

	line = slice_trim(line);
	while (n < line.n && line.p[n] != ' ' && line.p[n] != '\t')
		n++;
	c->word = (struct slice){ line.p, n };
	c->args = slice_trim(slice_from(line, n));
	c->row = smtp_row(SMTP_V_UNKNOWN);
	for (size_t i = 0; i + 1 < ROWS; i++)
		if (slice_iis(c->word, rows[i].name))
			c->row = &rows[i];
	if (c->row->verb == SMTP_V_UNKNOWN && is_field_name(c->word))
		c->row = smtp_row(SMTP_V_HTTP);
}

int
smtp_line_check(struct slice line)
{
	int high = 0;

	for (size_t i = 0; i < line.n; i++) {
		if (ascii_is(line.p[i], ASCII_CTL) && line.p[i] != '\t')
			return SMTP_LINE_CONTROL;
		high |= (unsigned char)line.p[i] > 127;
	}
	return mail_is_utf8(line) ? high : SMTP_LINE_UTF8;
}

int
smtp_bdat(struct slice args, uint64_t *size, bool *last)
{
	struct slice number = slice_cut(&args, ' ');
	int status = num_decimal(number, size) == NUM_BAD ? -1 : 0;

	if (status < 0)
		*size = UINT64_MAX;
	*last = args.p != NULL;
	return *last && !slice_iis(slice_trim(args), "LAST") ? -1 : status;
}

/*
 * smtp_command.c - fuzz a command line: the verb, the path, the parameters.
 *
 * Properties: every slice lies inside the line; a path that is taken is taken
 * again, and the same, when it is written between brackets; a quoted local
 * part equals itself; xtext that passes can be decoded and, made again, means
 * the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/smtp_command.h"
#include "grammar/smtp_params.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct slice line;

static void
inside(struct slice s)
{
	if (s.n > 0 && (s.p < line.p || s.p + s.n > line.p + line.n))
		abort();
}

static void
address(const struct mail_address *a)
{
	struct mail_address again;
	struct buf text;

	inside(a->text);
	inside(a->local);
	inside(a->domain);
	buf_init(&text, 2 * MAIL_ADDRESS_MAX);
	buf_addc(&text, '<');
	buf_adds(&text, a->text);
	buf_addc(&text, '>');
	if (mail_path(buf_slice(&text), &again) != (int)text.n)
		abort();
	if (!slice_eq(a->text, again.text) ||
	    !slice_eq(a->local, again.local) ||
	    !slice_eq(a->domain, again.domain))
		abort();
	buf_free(&text);
}

static void
xtext(struct slice s)
{
	struct buf made;

	inside(s);
	smtp_is_xtext(s);
	buf_init(&made, 1 << 20);
	smtp_xtext_make(s, &made);
	if (!made.failed && !smtp_is_xtext(buf_slice(&made)))
		abort();
	buf_free(&made);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtp_command c;
	struct smtp_mail m;
	struct smtp_rcpt r;
	struct smtp_why why;
	uint64_t n;
	bool last;

	line = (struct slice){ (const char *)data, size };
	smtp_line_check(line);
	smtp_command_parse(line, &c);
	inside(c.word);
	inside(c.args);
	smtp_bdat(c.args, &n, &last);
	if (smtp_mail(c.args, &m, &why) == SMTP_OK) {
		address(&m.from);
		xtext(m.envid);
		xtext(m.auth);
	} else {
		inside(why.what);
	}
	if (smtp_rcpt(c.args, true, &r, &why) == SMTP_OK) {
		address(&r.to);
		inside(r.orcpt);
	} else {
		inside(why.what);
	}
	xtext(c.args);
	return 0;
}

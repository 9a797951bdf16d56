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
	if (!slice_eq(a->text, again.text) || !mail_same(a, &again))
		abort();
	buf_free(&text);
}

static void
xtext(struct slice s)
{
	struct buf bytes, made, back;

	inside(s);
	buf_init(&bytes, 1 << 20);
	buf_init(&made, 1 << 20);
	buf_init(&back, 1 << 20);
	if (smtp_is_xtext(s) != (smtp_xtext_add(s, &bytes) == 0))
		abort();
	if (smtp_is_xtext(s)) {
		smtp_xtext_make(buf_slice(&bytes), &made);
		if (smtp_xtext_add(buf_slice(&made), &back) < 0 ||
		    !slice_eq(buf_slice(&bytes), buf_slice(&back)))
			abort();
	}
	buf_free(&bytes);
	buf_free(&made);
	buf_free(&back);
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

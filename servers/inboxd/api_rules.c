/*
 * api_rules.c - faults on purpose, read and set while the mail server runs.
 *
 *	GET PUT DELETE /api/v1/rules?mailbox=NAME
 *
 * The text is that of a file of rules, see berth-smtpd(8).  With mailbox= it
 * is about the rules of that mailbox only, so that tests which run side by
 * side, each with a mailbox of its own, do not disturb each other.  The mail
 * server looks at them when a conversation begins.
 */
#include <errno.h>
#include <string.h>

#include "inboxd/api.h"
#include "inboxd/rules_file.h"

#define TEXT "text/plain; charset=utf-8"

int
api_rules_scope(
    struct exchange *x, char name[MAILDIR_NAME_MAX], struct rules_scope *s)
{
	ssize_t n = web_query(x, "mailbox", name, MAILDIR_NAME_MAX);

	s->mailbox = NULL;
	if (n == -1 || n == 0)
		return 0;
	for (ssize_t i = 0; i < n; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == 127)
			n = -2;
	if (n < 0)
		return inbox_error(x, 400,
			   "mailbox: too long, or with blanks, so no rule can "
			   "name it") +
		    1;
	s->mailbox = name;
	return 0;
}

const char *
api_rules_fault(int why)
{
	return why == EFBIG ? "more rules than there may be" :
	    why == EBUSY    ? "the rules are being changed by others" :
			      "the rules cannot be changed";
}

static void
add_plain(void *with, const struct rule *r, struct slice line)
{
	(void)r;
	rules_file_plain(with, line);
}

static int
answer_rules(struct exchange *x, const struct rules_scope *scope)
{
	struct buf text, out;

	buf_init(&text, RULES_FILE_MAX);
	buf_init(&out, RULES_FILE_MAX + 256);
	if (rules_file_read(&text) < 0)
		inbox_error(x, 500, "the rules cannot be read");
	else if (scope->mailbox == NULL)
		web_made(x, 200, TEXT, &text);
	else {
		rules_file_each(buf_slice(&text), scope, add_plain, &out);
		web_made(x, 200, TEXT, &out);
	}
	web_fieldz(x, "X-Content-Type-Options", "nosniff");
	buf_free(&text);
	buf_free(&out);
	return 0;
}

static int
change(struct exchange *x, const struct rules_scope *scope, struct slice text)
{
	struct buf why;

	buf_init(&why, 512);
	if (!rules_file_check(text, scope->mailbox, &why)) {
		web_made(x, 400, TEXT, &why);
		x->why = "a rule is wrong";
	} else if (rules_file_change(scope, text) < 0) {
		inbox_error(
		    x, errno == EFBIG ? 400 : 500, api_rules_fault(errno));
	} else {
		inbox_ok(x);
	}
	buf_free(&why);
	return 0;
}

int
api_rules(struct exchange *x, const char *part)
{
	char name[MAILDIR_NAME_MAX];
	struct rules_scope scope = { NULL, NULL };
	struct buf body;
	int status = 0;

	(void)part;
	if (api_rules_scope(x, name, &scope) != 0)
		return 0;
	if (web_reads(x))
		return answer_rules(x, &scope);
	buf_init(&body, RULES_FILE_MAX);
	status = web_body_read(x, &body);
	if (status == 1)
		web_refuse(x, 413, "more rules than there may be");
	else if (status == 0)
		change(x, &scope,
		    x->r->method == HTTP_DELETE ? (struct slice){ NULL, 0 } :
						  buf_slice(&body));
	buf_free(&body);
	return status < 0 ? status : 0;
}

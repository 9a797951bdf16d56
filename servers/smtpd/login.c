/*
 * login.c - AUTH: the conversation of each mechanism.
 */
#include "smtpd/login.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "grammar/base64.h"
#include "grammar/smtp_cram.h"
#include "smtpd/faults.h"
#include "smtpd/lines.h"
#include "smtpd/report.h"
#include "smtpd/session.h"
#include "system/clock.h"
#include "system/passwords.h"

static enum { NOBODY, ANYBODY, LISTED } who = ANYBODY;
static struct passwords *users; /* LISTED */

void
login_load(const char *text)
{
	passwords_free(users);
	users = NULL;
	if (strcmp(text, "off") == 0) {
		who = NOBODY;
	} else if (strcmp(text, "any") == 0) {
		who = ANYBODY;
	} else {
		who = LISTED;
		users = passwords_load(text);
	}
}

/* How many of the mechanisms, in the order of the table below. */
static size_t
offered(void)
{
	switch (who) {
	case NOBODY:
		return 0;
	case ANYBODY:
		return 5;
	default:
		return passwords_have_plain(users) ? 3 : 2;
	}
}

const char *
login_mechanisms(void)
{
	switch (offered()) {
	case 0:
		return "";
	case 2:
		return "PLAIN LOGIN";
	case 3:
		return "PLAIN LOGIN CRAM-MD5";
	default:
		return "PLAIN LOGIN CRAM-MD5 XOAUTH2 OAUTHBEARER";
	}
}

bool
login_required(void)
{
	return who == LISTED;
}

static bool
is_right(struct slice user, struct slice password)
{
	return who == ANYBODY ||
	    (who == LISTED && passwords_check(users, user, password));
}

static void
accept_user(struct session *s, struct slice user)
{
	s->logged_in = true;
	buf_clear(&s->user);
	smtp_xtext_make(user, &s->user);
	s->errors = 0;
	lines_reply(s, "235 2.7.0 Authentication successful");
}

static void
decide(struct session *s, struct slice user, bool right)
{
	if (faults_ask(s, RULES_AUTH, user, NULL))
		return;
	if (right) {
		accept_user(s, user);
		return;
	}
	s->errors++;
	if (conn_wrong_password(s->c)) {
		lines_reply(s,
		    "421 4.7.0 %s too many wrong passwords, closing connection",
		    s->o->hostname);
		s->over = true;
		return;
	}
	lines_reply(s, "535 5.7.8 Authentication credentials invalid");
	report_refused(s, "login of", user, 0);
}

/*
 * Decode what the client gave, "=" standing for nothing (RFC 4954 4), into
 * out.  Returns false when that is answered already.
 */
static bool
decode(struct session *s, struct slice text, struct buf *out)
{
	buf_clear(out);
	if (slice_is(text, "*")) {
		lines_reply(s, "501 5.7.0 Authentication cancelled");
		return false;
	}
	if (slice_is(text, "=") || base64_decode(text, out) == 0)
		return true;
	lines_reply(s, "501 5.5.2 Cannot decode: this is not base64");
	return false;
}

/* Ask with a challenge (not yet in base64) and decode the answer. */
static bool
ask(struct session *s, const char *challenge, struct buf *out)
{
	struct buf text;
	int status;

	buf_init(&text, 1024);
	base64_encode(slice_of(challenge), &text);
	lines_reply(s, "334 %.*s", (int)text.n, text.n > 0 ? text.p : "");
	buf_free(&text);
	status = lines_next(s, SMTP_AUTH_MAX);
	if (status == 0)
		lines_reply(s, "500 5.5.6 Authentication line too long");
	return status > 0 && decode(s, slice_trim(buf_slice(&s->line)), out);
}

/* What the client gave with the command, or gives when asked. */
static bool
first_answer(struct session *s, struct slice initial, const char *challenge,
    struct buf *out)
{
	return initial.n > 0 ? decode(s, initial, out) : ask(s, challenge, out);
}

/* RFC 4616 2: authorize-id NUL authenticate-id NUL password. */
static void
plain(struct session *s, struct slice initial, struct buf *a, struct buf *b)
{
	struct slice rest, user;

	(void)b;
	if (!first_answer(s, initial, "", a))
		return;
	rest = buf_slice(a);
	slice_cut(&rest, '\0');
	user = slice_cut(&rest, '\0');
	if (rest.p == NULL || slice_find(rest, '\0') != NULL) {
		lines_reply(s, "501 5.5.2 Not a PLAIN response");
		return;
	}
	decide(s, user, is_right(user, rest));
}

static void
login(struct session *s, struct slice initial, struct buf *a, struct buf *b)
{
	if (!first_answer(s, initial, "Username:", a) ||
	    !ask(s, "Password:", b))
		return;
	decide(s, buf_slice(a), is_right(buf_slice(a), buf_slice(b)));
}

/* RFC 2195 2: the user, a blank, and the digest of the challenge. */
static void
cram(struct session *s, struct slice initial, struct buf *a, struct buf *b)
{
	char challenge[300], digest[SMTP_CRAM_TEXT];
	struct slice user, answer, password = { NULL, 0 };
	const char *blank;
	bool right = who == ANYBODY;

	(void)b;
	if (initial.n > 0) {
		lines_reply(s, "501 5.7.0 CRAM-MD5 begins with a challenge");
		return;
	}
	snprintf(challenge, sizeof(challenge), "<%d.%lld@%s>", (int)getpid(),
	    (long long)clock_wall_us(), s->o->hostname);
	if (!ask(s, challenge, a))
		return;
	blank = slice_rfind(buf_slice(a), ' ');
	if (blank == NULL) {
		lines_reply(s, "501 5.5.2 Not a CRAM-MD5 response");
		return;
	}
	user = slice_between(a->p, blank);
	answer = slice_between(blank + 1, a->p + a->n);
	if (who == LISTED) {
		password = passwords_plain(users, user);
		/* Who is not there takes as long. */
		smtp_cram_answer(password, slice_of(challenge), digest);
		right = password.p != NULL && slice_iis(answer, digest);
	}
	decide(s, user, right);
}

/*
 * A bearer token, which is right where everybody is: the name stands behind
 * "user=" (XOAUTH2) or "a=" (OAUTHBEARER, RFC 7628 3.1).
 */
static void
bearer(struct session *s, struct slice initial, struct buf *a, struct buf *b)
{
	struct slice rest, user = { NULL, 0 };

	(void)b;
	if (!first_answer(s, initial, "", a))
		return;
	rest = buf_slice(a);
	while (rest.n > 0) {
		struct slice part = slice_cut(&rest, '\001'), word;

		while (part.n > 0) {
			word = slice_cut(&part, ',');
			if (slice_starts(word, "user="))
				user = slice_from(word, 5);
			else if (slice_starts(word, "a="))
				user = slice_from(word, 2);
		}
	}
	decide(s, user, who == ANYBODY);
}

void
login_command(struct session *s, struct slice args)
{
	static const struct {
		const char *name;
		void (*talk)(
		    struct session *, struct slice, struct buf *, struct buf *);
	} mechanisms[] = {
		{ "PLAIN", plain },
		{ "LOGIN", login },
		{ "CRAM-MD5", cram },
		{ "XOAUTH2", bearer },
		{ "OAUTHBEARER", bearer },
	};
	struct slice name = slice_cut(&args, ' ');
	struct buf a, b, initial;

	for (size_t i = 0; i < offered(); i++) {
		if (!slice_iis(name, mechanisms[i].name))
			continue;
		buf_init(&a, SMTP_AUTH_MAX);
		buf_init(&b, SMTP_AUTH_MAX);
		buf_init(&initial, SMTP_AUTH_MAX);
		/* args points into the line, which the next one replaces. */
		buf_adds(&initial, slice_trim(args));
		mechanisms[i].talk(s, buf_slice(&initial), &a, &b);
		buf_free(&a);
		buf_free(&b);
		buf_free(&initial);
		return;
	}
	lines_reply(s, "504 5.5.4 Unknown authentication mechanism");
}

/*
 * smtp_params.c - what stands behind MAIL and RCPT.
 *
 * One table says what each parameter is called, where it may stand and which
 * function judges its value.
 */
#include "grammar/smtp_params.h"

#include "bytes/ascii.h"
#include "bytes/num.h"

/* What a value is read into: one of the two is NULL. */
struct into {
	struct smtp_mail *mail;
	struct smtp_rcpt *rcpt;
};

struct param {
	const char *name;
	bool of_rcpt;
	/* Returns SMTP_OK or SMTP_BAD_VALUE; no "=" is value.p == NULL. */
	int (*take)(struct slice value, struct into *);
};

static int
take_size(struct slice value, struct into *to)
{
	/* RFC 1870 6: at most 20 digits; 0 means that it is not known. */
	if (value.n > 20 || num_decimal(value, &to->mail->size) == NUM_BAD)
		return SMTP_BAD_VALUE;
	return SMTP_OK;
}

static int
take_body(struct slice value, struct into *to)
{
	if (slice_iis(value, "7BIT"))
		to->mail->body = SMTP_7BIT;
	else if (slice_iis(value, "8BITMIME"))
		to->mail->body = SMTP_8BITMIME;
	else if (slice_iis(value, "BINARYMIME"))
		to->mail->body = SMTP_BINARYMIME;
	else
		return SMTP_BAD_VALUE;
	return SMTP_OK;
}

static int
take_utf8(struct slice value, struct into *to)
{
	to->mail->utf8 = true;
	return value.p == NULL ? SMTP_OK : SMTP_BAD_VALUE;
}

static int
take_ret(struct slice value, struct into *to)
{
	if (slice_iis(value, "FULL"))
		to->mail->ret = SMTP_RET_FULL;
	else if (slice_iis(value, "HDRS"))
		to->mail->ret = SMTP_RET_HDRS;
	else
		return SMTP_BAD_VALUE;
	return SMTP_OK;
}

static int
take_envid(struct slice value, struct into *to)
{
	to->mail->envid = value;
	return value.n > 0 && value.n <= SMTP_ENVID_MAX &&
		smtp_is_xtext(value) ?
	    SMTP_OK :
	    SMTP_BAD_VALUE;
}

static int
take_auth(struct slice value, struct into *to)
{
	to->mail->auth = value;
	return value.n > 0 && smtp_is_xtext(value) ? SMTP_OK : SMTP_BAD_VALUE;
}

static int
take_notify(struct slice value, struct into *to)
{
	static const char *const names[] = { "NEVER", "SUCCESS", "FAILURE",
		"DELAY" };
	unsigned all = 0;

	do {
		struct slice word = slice_cut(&value, ',');
		unsigned bit = 0;

		for (unsigned i = 0; i < 4; i++)
			if (slice_iis(word, names[i]))
				bit = 1U << i;
		if (bit == 0 || (all & bit) != 0)
			return SMTP_BAD_VALUE;
		all |= bit;
	} while (value.p != NULL);
	/* NEVER stands alone (RFC 3461 4.1). */
	if ((all & SMTP_NOTIFY_NEVER) != 0 && all != SMTP_NOTIFY_NEVER)
		return SMTP_BAD_VALUE;
	to->rcpt->notify = all;
	return SMTP_OK;
}

static int
take_orcpt(struct slice value, struct into *to)
{
	struct slice type, rest = value;

	type = slice_cut(&rest, ';');
	if (value.n > SMTP_ORCPT_MAX || type.n == 0 || rest.n == 0)
		return SMTP_BAD_VALUE;
	for (size_t i = 0; i < type.n; i++)
		if (!ascii_is(type.p[i], ASCII_ATEXT))
			return SMTP_BAD_VALUE;
	/* RFC 6533 3: utf-8;ADDRESS has forms of its own. */
	if (!slice_iis(type, "utf-8") && !smtp_is_xtext(rest))
		return SMTP_BAD_VALUE;
	to->rcpt->orcpt = value;
	return SMTP_OK;
}

static const struct param params[] = {
	{ "SIZE", false, take_size },
	{ "BODY", false, take_body },
	{ "SMTPUTF8", false, take_utf8 },
	{ "RET", false, take_ret },
	{ "ENVID", false, take_envid },
	{ "AUTH", false, take_auth },
	{ "NOTIFY", true, take_notify },
	{ "ORCPT", true, take_orcpt },
};

#define PARAMS (sizeof(params) / sizeof(params[0]))

/* esmtp-keyword, and esmtp-value if there is an "=". */
static bool
is_word(struct slice name, struct slice value)
{
	if (name.n == 0 || name.p[0] == '-')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_is(name.p[i], ASCII_ALPHA | ASCII_DIGIT) &&
		    name.p[i] != '-')
			return false;
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] == '=' || ascii_is(value.p[i], ASCII_CTL))
			return false;
	return true;
}

static int
take_one(struct slice word, struct into *to, unsigned *seen)
{
	struct slice value = word, name = slice_cut(&value, '=');

	if (!is_word(name, value))
		return SMTP_BAD_WORD;
	for (size_t i = 0; i < PARAMS; i++) {
		if (!slice_iis(name, params[i].name) ||
		    params[i].of_rcpt != (to->rcpt != NULL))
			continue;
		if ((*seen & 1U << i) != 0)
			return SMTP_TWICE;
		*seen |= 1U << i;
		return params[i].take(value, to);
	}
	return SMTP_UNKNOWN;
}

static int
take_all(struct slice rest, struct into *to, struct smtp_why *why)
{
	unsigned seen = 0;

	for (rest = slice_trim(rest); rest.n > 0; rest = slice_trim(rest)) {
		int status;

		why->what = slice_cut(&rest, ' ');
		status = take_one(why->what, to, &seen);
		if (status < 0)
			return status;
	}
	return SMTP_OK;
}

/* "FROM:" or "TO:", leniently blanks, the path; *rest is what follows. */
static int
take_path(struct slice args, const char *word, struct mail_address *a,
    struct slice *rest, struct smtp_why *why)
{
	struct slice head;

	*rest = args;
	head = slice_cut(rest, ':');
	*why = (struct smtp_why){ .what = args };
	if (rest->p == NULL || !slice_iis(slice_trim(head), word))
		return SMTP_NO_PATH;
	*rest = slice_trim(*rest);
	why->what = *rest;
	if (rest->n == 0)
		return SMTP_NO_PATH;
	why->path = mail_path(*rest, a);
	if (why->path < 0)
		return SMTP_BAD_PATH;
	*rest = slice_trim(slice_from(*rest, (size_t)why->path));
	return SMTP_OK;
}

int
smtp_mail(struct slice args, struct smtp_mail *m, struct smtp_why *why)
{
	struct into to = { .mail = m };
	int status;

	*m = (struct smtp_mail){ .size = 0 };
	status = take_path(args, "FROM", &m->from, &m->params, why);
	if (status == SMTP_OK)
		status = take_all(m->params, &to, why);
	if (status == SMTP_OK && m->from.utf8 && !m->utf8) {
		why->what = m->from.text;
		status = SMTP_NEEDS_UTF8;
	}
	return status;
}

int
smtp_rcpt(
    struct slice args, bool utf8, struct smtp_rcpt *r, struct smtp_why *why)
{
	struct into to = { .rcpt = r };
	int status;

	*r = (struct smtp_rcpt){ .notify = 0 };
	status = take_path(args, "TO", &r->to, &r->params, why);
	if (status == SMTP_OK && r->to.text.n == 0)
		return SMTP_NULL_PATH;
	if (status == SMTP_OK)
		status = take_all(r->params, &to, why);
	if (status == SMTP_OK && r->to.utf8 && !utf8) {
		why->what = r->to.text;
		status = SMTP_NEEDS_UTF8;
	}
	return status;
}

/*
 * hello.c - who are you, what can you do, and logging in.
 */
#include "smtp.h"
#include "dialogue.h"

#include <string.h>
#include <unistd.h>

#include "bytes/num.h"
#include "grammar/base64.h"
#include "grammar/mail_address.h"
#include "grammar/smtp_cram.h"
#include "system/log.h"

static const char *
own_name(const struct dialogue *l)
{
	static char name[256];

	if (l->o->helo != NULL)
		return l->o->helo;
	if (gethostname(name, sizeof(name) - 1) < 0 ||
	    mail_domain(slice_of(name)) < 0)
		return "localhost";
	return name;
}

static void
note_logins(struct dialogue *l, struct slice words)
{
	while (words.n > 0) {
		struct slice word = slice_cut(&words, ' ');

		if (slice_iis(word, "PLAIN"))
			l->offers |= OFFER_AUTH_PLAIN;
		else if (slice_iis(word, "LOGIN"))
			l->offers |= OFFER_AUTH_LOGIN;
		else if (slice_iis(word, "CRAM-MD5"))
			l->offers |= OFFER_AUTH_CRAM;
	}
}

/* A line of the answer to EHLO: a keyword and its parameters. */
static void
note_offer(struct dialogue *l, struct slice line)
{
	static const struct {
		const char *word;
		unsigned offer;
	} known[] = {
		{ "PIPELINING", OFFER_PIPELINING },
		{ "SIZE", OFFER_SIZE },
		{ "8BITMIME", OFFER_8BITMIME },
		{ "SMTPUTF8", OFFER_SMTPUTF8 },
		{ "CHUNKING", OFFER_CHUNKING },
		{ "DSN", OFFER_DSN },
		{ "STARTTLS", OFFER_STARTTLS },
	};
	struct slice word = slice_cut(&line, ' ');

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (slice_iis(word, known[i].word))
			l->offers |= known[i].offer;
	if (slice_iis(word, "SIZE"))
		num_decimal(slice_trim(line), &l->max_size);
	if (slice_iis(word, "AUTH"))
		note_logins(l, line);
	/* As it was said before there was a standard, and still is. */
	if (word.n > 5 && slice_iis((struct slice){ word.p, 5 }, "AUTH=")) {
		note_logins(l, slice_from(word, 5));
		note_logins(l, line);
	}
}

/* Base64 of bytes, good until the next call. */
static const char *
text_of(struct slice bytes)
{
	static struct buf text;

	buf_free(&text);
	buf_init(&text, 100000);
	base64_encode(bytes, &text);
	return text.failed ? "" : buf_str(&text);
}

/* The challenge of a 334 (any 3xx), decoded to out. */
static bool
challenge(struct dialogue *l, struct buf *out)
{
	struct slice rest = l->r.text;

	return l->r.code / 100 == 3 &&
	    base64_decode(smtp_reply_line(&rest), out) == 0;
}

static void
answer_cram(struct dialogue *l, struct slice user, struct slice password)
{
	char digest[SMTP_CRAM_TEXT];
	struct buf b;

	dialogue_ask(l, WAIT_COMMAND, "AUTH CRAM-MD5");
	buf_init(&b, SMTP_REPLY_MAX);
	if (l->fault == 0 && challenge(l, &b)) {
		smtp_cram_answer(password, buf_slice(&b), digest);
		buf_clear(&b);
		buf_adds(&b, user);
		buf_addf(&b, " %s", digest);
		dialogue_say(l, NULL, "%s", text_of(buf_slice(&b)));
		dialogue_hear(l, WAIT_COMMAND);
	}
	buf_free(&b);
}

static void
answer_plain(struct dialogue *l, struct slice user, struct slice password)
{
	struct buf b;

	buf_init(&b, 10000);
	buf_addc(&b, '\0');
	buf_adds(&b, user);
	buf_addc(&b, '\0');
	buf_adds(&b, password);
	dialogue_say(
	    l, "AUTH PLAIN ****", "AUTH PLAIN %s", text_of(buf_slice(&b)));
	dialogue_hear(l, WAIT_COMMAND);
	buf_free(&b);
}

static void
answer_login(struct dialogue *l, struct slice user, struct slice password)
{
	if (dialogue_ask(l, WAIT_COMMAND, "AUTH LOGIN") / 100 != 3)
		return;
	dialogue_say(l, NULL, "%s", text_of(user));
	if (dialogue_hear(l, WAIT_COMMAND) / 100 != 3)
		return;
	dialogue_say(l, "****", "%s", text_of(password));
	dialogue_hear(l, WAIT_COMMAND);
}

/* The way that shows the least of the password. */
static int
log_in(struct dialogue *l)
{
	struct slice password = slice_of(l->o->auth);
	struct slice user = slice_cut(&password, ':');

	if ((l->offers & OFFER_AUTH_CRAM) != 0) {
		answer_cram(l, user, password);
	} else if ((l->offers & OFFER_AUTH_PLAIN) != 0) {
		answer_plain(l, user, password);
	} else if ((l->offers & OFFER_AUTH_LOGIN) != 0) {
		answer_login(l, user, password);
	} else {
		log_error("%s: offers no login that is known here", l->o->host);
		return EXIT_REFUSED;
	}
	return dialogue_judge(l, 2, "AUTH");
}

/* EHLO, and what it offers. */
static int
greet(struct dialogue *l)
{
	const char *verb = l->o->lmtp ? "LHLO" :
	    l->o->helo_only           ? "HELO" :
					"EHLO";
	struct slice rest;
	int code;

	l->offers = 0;
	l->max_size = 0;
	code = dialogue_ask(l, WAIT_COMMAND, "%s %s", verb, own_name(l));
	if (code >= 500 && code != 554 && !l->o->lmtp && !l->o->helo_only) {
		/* RFC 5321 3.2: an old one. */
		dialogue_ask(l, WAIT_COMMAND, "HELO %s", own_name(l));
	} else if (code / 100 == 2 && !l->o->helo_only) {
		rest = l->r.text;
		smtp_reply_line(&rest);
		while (rest.n > 0)
			note_offer(l, smtp_reply_line(&rest));
	}
	return dialogue_judge(l, 2, verb);
}

int
hello(struct dialogue *l)
{
	bool secured;
	int code = greet(l);

	if (code == 0)
		code = secure_starttls(l, &secured);
	if (code == 0 && secured)
		code = greet(l); /* what was said before counts no more */
	if (code != 0 || l->o->auth == NULL)
		return code;
	return log_in(l);
}

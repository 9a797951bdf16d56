/*
 * sendmail_flags.c - sendmail's command line, which programs that send mail
 * have used since the eighties.
 *
 * The options about queues, logs and configuration have nothing to do here;
 * those that nobody knows are passed over with a warning.
 */
#include "sendmail.h"

#include <string.h>
#include <strings.h>

#include "bytes/buf.h"
#include "system/log.h"

/* What stands behind a letter. */
enum value {
	UNKNOWN,
	ALONE,    /* nothing: another letter may */
	VALUE,    /* its value, there or in the next argument */
	ATTACHED, /* perhaps its value, there */
};

static enum value
kind_of(char letter)
{
	if (strchr("GIQTUcimntvx", letter) != NULL)
		return ALONE;
	if (strchr("BCDFLMNORSVXbefhopr", letter) != NULL)
		return VALUE;
	return strchr("Adq", letter) != NULL ? ATTACHED : UNKNOWN;
}

/* A list of these words, as RFC 3461 4.1 has it, or nothing. */
static const char *
notify_of(const char *text)
{
	struct slice rest = slice_of(text);
	bool never = strcasecmp(text, "never") == 0;

	while (rest.n > 0 && !never) {
		struct slice word = slice_cut(&rest, ',');

		if (!slice_iis(word, "success") &&
		    !slice_iis(word, "failure") && !slice_iis(word, "delay")) {
			log_warn("-N %s: not known: passed over", text);
			return NULL;
		}
	}
	return text;
}

static const char *
ret_of(const char *text)
{
	if (strcasecmp(text, "full") == 0 || strcasecmp(text, "hdrs") == 0)
		return text;
	log_warn("-R %s: not known: passed over", text);
	return NULL;
}

/* Text as RFC 3461 4 wants it: xtext. */
static const char *
envid_of(const char *text)
{
	static struct buf b;

	buf_init(&b, 100);
	for (; *text != '\0'; text++)
		if (*text > ' ' && *text <= '~' && *text != '+' && *text != '=')
			buf_addc(&b, *text);
		else
			buf_addf(&b, "+%02X", (unsigned char)*text);
	if (!b.failed)
		return buf_str(&b);
	log_warn("-V: longer than 100 characters: passed over");
	return NULL;
}

/* A letter that is all there is to it. */
static void
take_alone(struct wish *w, char letter)
{
	switch (letter) {
	case 't':
		w->want_to = true;
		break;
	case 'i':
		w->dots = false;
		break;
	case 'v':
		w->o->verbose = true;
		break;
	default:
		break;
	}
}

/* -oi and -OIgnoreDots=true are other words for -i. */
static bool
is_ignore_dots(char letter, const char *value)
{
	if (letter == 'o')
		return strcmp(value, "i") == 0;
	return strcasecmp(value, "IgnoreDots=true") == 0 ||
	    strcasecmp(value, "IgnoreDots") == 0;
}

/* A letter and its value, which is empty where it may be left out and is. */
static void
take(struct wish *w, char letter, const char *value)
{
	switch (letter) {
	case 'q':
		w->queue = true;
		break;
	case 'S':
		w->server = value;
		break;
	case 'F':
		w->name = value[0] == '\0' ? NULL : value;
		break;
	case 'b':
		w->mode = value[0];
		break;
	case 'N':
		w->o->notify = notify_of(value);
		break;
	case 'R':
		w->o->ret = ret_of(value);
		break;
	case 'V':
		w->o->envid = envid_of(value);
		break;
	case 'f':
	case 'r':
		take_sender(w->o, letter == 'f' ? "-f" : "-r", slice_of(value));
		break;
	case 'o':
	case 'O':
		if (is_ignore_dots(letter, value))
			w->dots = false;
		break;
	default:
		break;
	}
}

/* What msmtp's users write. */
static void
take_long(struct wish *w, const char *word)
{
	const char *equals = strchr(word, '=');
	struct slice rest = slice_of(word), name = slice_cut(&rest, '=');

	if (slice_is(name, "read-recipients"))
		w->want_to = true;
	else if (slice_is(name, "read-envelope-from"))
		w->want_from = true;
	else if (slice_is(name, "from") && equals != NULL)
		take_sender(w->o, "--from", slice_of(equals + 1));
	else if (slice_is(name, "host") && equals != NULL)
		w->host = equals + 1;
	else if (slice_is(name, "port") && equals != NULL)
		w->port = equals + 1;
	else
		log_warn("--%s: not known: passed over", word);
}

/* The letters of one argument; returns whether it took the next one too. */
static bool
take_letters(struct wish *w, const char *letter, const char *next)
{
	for (; *letter != '\0'; letter++) {
		enum value kind = kind_of(*letter);
		const char *value = letter[1] != '\0' ? letter + 1 : next;

		if (kind == ALONE) {
			take_alone(w, *letter);
			continue;
		}
		if (kind == UNKNOWN)
			log_warn("-%s: not known: passed over", letter);
		else if (kind == ATTACHED)
			take(w, *letter, letter + 1);
		else if (value == NULL)
			die(EXIT_USAGE, "-%c: its value is missing", *letter);
		else
			take(w, *letter, value);
		if (letter[1] != '\0' || next == NULL)
			return false;
		/* "-A c" and "-A m" stand for one thing each. */
		return kind == VALUE ||
		    (*letter == 'A' &&
			(strcmp(next, "c") == 0 || strcmp(next, "m") == 0));
	}
	return false;
}

void
sendmail_flags(struct wish *w, int argc, char **argv)
{
	bool ended = false;

	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];

		if (ended || a[0] != '-' || a[1] == '\0')
			take_operand(w->o, a);
		else if (strcmp(a, "--") == 0)
			ended = true;
		else if (a[1] == '-')
			take_long(w, a + 2);
		else if (take_letters(w, a + 1, argv[i + 1]))
			i++;
	}
}

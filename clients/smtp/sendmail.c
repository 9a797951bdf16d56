/*
 * sendmail.c - called as sendmail: the command line that programs which send
 * mail have used since the eighties.
 *
 * There is no queue here: what cannot be sent now is said with the exit code,
 * and the options about queues, logs and configuration have nothing to do.
 */
#include "smtp.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "grammar/mail_address.h"
#include "system/log.h"

/* What stands behind a letter. */
enum value {
	UNKNOWN,
	ALONE,    /* nothing: another letter may */
	VALUE,    /* its value, there or in the next argument */
	ATTACHED, /* perhaps its value, there */
};

static const unsigned char letters[128] = {
	['G'] = ALONE,
	['I'] = ALONE,
	['Q'] = ALONE,
	['T'] = ALONE,
	['U'] = ALONE,
	['c'] = ALONE,
	['i'] = ALONE,
	['m'] = ALONE,
	['n'] = ALONE,
	['t'] = ALONE,
	['v'] = ALONE,
	['x'] = ALONE,
	['B'] = VALUE,
	['C'] = VALUE,
	['D'] = VALUE,
	['F'] = VALUE,
	['L'] = VALUE,
	['M'] = VALUE,
	['N'] = VALUE,
	['O'] = VALUE,
	['R'] = VALUE,
	['S'] = VALUE,
	['V'] = VALUE,
	['X'] = VALUE,
	['b'] = VALUE,
	['e'] = VALUE,
	['f'] = VALUE,
	['h'] = VALUE,
	['o'] = VALUE,
	['p'] = VALUE,
	['r'] = VALUE,
	['A'] = ATTACHED,
	['d'] = ATTACHED,
	['q'] = ATTACHED,
};

/* What the options say. */
struct wish {
	struct options *o;
	const char *server, *name, *host, *port;
	bool want_to, want_from, dots, queue;
	char mode; /* of -b */
};

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

static void
take(struct wish *w, char letter, const char *value)
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
	case 'q':
		w->queue = true;
		break;
	case 'S':
		w->server = value;
		break;
	case 'F':
		w->name = value;
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
		w->dots = w->dots && strcmp(value, "i") != 0;
		break;
	case 'O':
		w->dots = w->dots &&
		    strcasecmp(value, "IgnoreDots=true") != 0 &&
		    strcasecmp(value, "IgnoreDots") != 0;
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
		enum value kind = (unsigned char)*letter > 127 ?
		    UNKNOWN :
		    (enum value)letters[(unsigned char)*letter];
		const char *value = letter[1] != '\0' ? letter + 1 : next;

		if (kind == ALONE) {
			take(w, *letter, NULL);
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
		return kind == VALUE && letter[1] == '\0';
	}
	return false;
}

static void
take_all(struct wish *w, int argc, char **argv)
{
	bool ended = false;

	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];

		if (ended || a[0] != '-' || a[1] == '\0')
			take_recipients(w->o, a, slice_of(a));
		else if (strcmp(a, "--") == 0)
			ended = true;
		else if (a[1] == '-')
			take_long(w, a + 2);
		else if (take_letters(w, a + 1, argv[i + 1]))
			i++;
	}
}

/* The user at this machine. */
static void
own_address(struct options *o)
{
	char text[600], host[256] = "localhost";
	const struct passwd *p = getpwuid(getuid());

	if (gethostname(host, sizeof(host) - 1) < 0 ||
	    mail_domain(slice_of(host)) < 0)
		strcpy(host, "localhost");
	snprintf(text, sizeof(text), "\"%s\"@%s",
	    p == NULL ? "nobody" : p->pw_name, host);
	take_sender(o, "the name of the user", slice_of(text));
}

/* -t: To, Cc and Bcc; or those of who sends it again (RFC 5322 3.6.6). */
static void
read_recipients(struct options *o, const struct head *h)
{
	static const char *const names[] = { "To", "Cc", "Bcc" };
	static const char *const again[] = { "Resent-To", "Resent-Cc",
		"Resent-Bcc" };
	const char *const *wanted = names;

	for (size_t i = 0; i < 3; i++)
		if (head_find(h, again[i]) != NULL)
			wanted = again;
	for (size_t i = 0; i < h->count; i++)
		for (size_t k = 0; k < 3; k++)
			if (slice_iis(h->fields[i].name, wanted[k]))
				take_recipients(
				    o, wanted[k], h->fields[i].value);
}

static void
read_sender(struct options *o, const struct head *h)
{
	const struct field *f = head_find(h, "Sender");

	if (f == NULL)
		f = head_find(h, "From");
	if (f != NULL)
		take_sender(o, "From", f->value);
}

/* What is no sending, and done at once. */
static void
other_modes(const struct wish *w)
{
	bool nobody = w->o->to_count == 0 && !w->want_to;

	switch (w->mode) {
	case 's':
		exit(relay(w->o));
	case 'p':
		puts("Mail queue is empty");
		exit(0);
	case 'i':
		exit(0);
	case 'm':
	case 'a':
		break;
	default:
		die(EXIT_USAGE,
		    "-b%c: this is no mail server (see "
		    "berth-smtpd(8))",
		    w->mode);
	}
	if (w->queue && nobody)
		exit(0); /* nothing is ever queued */
	if (nobody)
		die(EXIT_USAGE, "no recipients: name them, or use -t");
}

static void
find_server(struct wish *w)
{
	char text[600];

	if (w->host != NULL || w->port != NULL) {
		snprintf(text, sizeof(text), "%s:%s",
		    w->host == NULL ? "localhost" : w->host,
		    w->port == NULL ? "25" : w->port);
		w->server = text;
	}
	split_server(w->o, w->server);
}

void
sendmail_read(int argc, char **argv, struct options *o, struct message *l)
{
	struct wish w = {
		.o = o, .server = "localhost:25", .dots = true, .mode = 'm'
	};
	struct head h;
	FILE *in;

	log_init("sendmail", SAY_INFO);
	take_all(&w, argc, argv);
	find_server(&w);
	other_modes(&w);
	in = input_read(stdin, w.dots);
	head_read(&h, in);
	if (w.want_to)
		read_recipients(o, &h);
	if (o->to_count == 0)
		die(EXIT_USAGE, "no recipients: To, Cc and Bcc have none");
	if (o->from == NULL && w.want_from)
		read_sender(o, &h);
	if (o->from == NULL)
		own_address(o);
	if (w.name != NULL)
		o->from_name = w.name;
	whole(l, in, &h, o);
	head_free(&h);
	fclose(in);
}

/*
 * addresses.c - every address that enters: operands, -f, and, for sendmail
 * -t, what the header says.
 */
#include "smtp.h"
#include "idn.h"

#include <stdlib.h>
#include <string.h>

#include "grammar/mail_list.h"
#include "system/log.h"

#define SHOWN 40 /* bytes of what is wrong */

/* Say what is wrong with it, and at which place. */
static _Noreturn void
refuse(const char *where, const char *why, struct slice text, size_t at)
{
	struct slice rest = slice_from(text, at);

	while (rest.n > 0 && strchr("\r\n", rest.p[rest.n - 1]) != NULL)
		rest.n--;
	if (slice_trim(rest).n == 0)
		die(EXIT_USAGE, "%s: not a mail address: %s, at its end", where,
		    why);
	if (rest.n > SHOWN)
		rest.n = SHOWN;
	die(EXIT_USAGE, "%s: not a mail address: %s, at character %zu: %.*s",
	    where, why, at + 1, SLICE_FMT(rest));
}

static char *
copy(const struct buf *b)
{
	char *s = strndup(b->n == 0 ? "" : b->p, b->n);

	if (s == NULL)
		die(EXIT_OSERR, "no memory");
	return s;
}

/*
 * The same mailbox?  Only a domain knows no capitals (RFC 5321 2.4), and has
 * two spellings if it is not ASCII.
 */
static bool
is_same(const char *a, const char *b)
{
	const char *at = strrchr(a, '@');
	size_t local = at == NULL ? strlen(a) : (size_t)(at - a);

	return strncmp(a, b, local) == 0 &&
	    (strcasecmp(a + local, b + local) == 0 ||
		(at != NULL && b[local] == '@' &&
		    idn_same_domain(at + 1, b + local + 1)));
}

static void
add(struct options *o, const struct buf *address)
{
	char *one = copy(address);

	for (size_t i = 0; i < o->to_count; i++)
		if (is_same(o->to[i], one)) {
			free(one);
			return;
		}
	if (o->to_count == o->to_room) {
		o->to_room = o->to_room == 0 ? 16 : 2 * o->to_room;
		o->to = reallocarray(o->to, o->to_room, sizeof(*o->to));
		if (o->to == NULL)
			die(EXIT_OSERR, "no memory");
	}
	o->to[o->to_count++] = one;
}

void
take_recipients(struct options *o, const char *where, struct slice text)
{
	struct buf address, name;
	struct mail_list l;
	int status;

	buf_init(&address, MAIL_LIST_MAX);
	buf_init(&name, MAIL_LIST_MAX);
	mail_list_init(&l, text);
	while ((status = mail_list_read(&l, &address, &name)) == 1) {
		if (address.n == 0)
			refuse(where, "nobody is in '<>'", text, l.at);
		add(o, &address);
	}
	if (status < 0)
		refuse(where, l.why, text, l.where);
	buf_free(&address);
	buf_free(&name);
}

void
take_operand(struct options *o, const char *text)
{
	if (slice_trim(slice_of(text)).n == 0)
		log_warn("'%s': nobody is in this operand", text);
	take_recipients(o, text, slice_of(text));
}

void
take_sender(struct options *o, const char *where, struct slice text)
{
	struct buf address, name, more;
	struct mail_list l;
	size_t end;
	int status;

	buf_init(&address, MAIL_LIST_MAX);
	buf_init(&name, MAIL_LIST_MAX);
	buf_init(&more, MAIL_LIST_MAX);
	mail_list_init(&l, text);
	status = mail_list_read(&l, &address, &name);
	/* The last -f counts. */
	free(o->sender);
	free(o->sender_name);
	o->from = o->sender = copy(&address);
	o->from_name = o->sender_name = name.n > 0 ? copy(&name) : NULL;
	end = l.at;
	if (status == 1)
		status = mail_list_read(&l, &more, &name);
	if (status < 0)
		refuse(where, l.why, text, l.where);
	if (status == 1)
		refuse(where, "more than one sender", text, end);
	buf_free(&address);
	buf_free(&name);
	buf_free(&more);
}

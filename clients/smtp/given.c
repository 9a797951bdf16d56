/*
 * given.c - the fields that options give: -s, and -H once for each.
 */
#include "smtp.h"
#include "message.h"

#include <string.h>
#include <strings.h>

#include "system/log.h"

/* Fields of MIME, which say what a part is (RFC 2045 1). */
bool
given_is_part(struct slice name)
{
	return name.n > 8 && strncasecmp(name.p, "Content-", 8) == 0;
}

/* Fields that there may be but one of (RFC 5322 3.6, RFC 2045). */
static const char *const once[] = { "From", "Sender", "Reply-To", "To", "Cc",
	"Date", "Subject", "Message-ID", "In-Reply-To", "References",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding",
	"Content-Disposition", "Content-ID", "Content-Description" };

bool
given_is_once(struct slice name)
{
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		if (slice_iis(name, once[i]))
			return true;
	return false;
}

/* Without a word between the blanks, and, for an address, the brackets. */
bool
given_is_nothing(const struct field *f)
{
	bool from = slice_iis(f->name, "From");

	if (!from && !slice_iis(f->name, "Date") &&
	    !slice_iis(f->name, "Message-ID"))
		return false;
	for (size_t i = 0; i < f->value.n; i++)
		if (strchr(from ? " \t\r\n<>" : " \t\r\n", f->value.p[i]) ==
			NULL ||
		    f->value.p[i] == '\0')
			return false;
	return true;
}

/* Can this one be sent, beside those before it? */
static void
check_field(const struct options *o, size_t i, const struct field *f)
{
	struct field other;

	if (slice_iis(f->name, "Bcc") || slice_iis(f->name, "Resent-Bcc"))
		die(EXIT_USAGE,
		    "--header %s: it would show whom it hides: name them as "
		    "operands",
		    o->headers.item[i]);
	for (size_t k = 0; k < i && given_is_once(f->name); k++)
		if (field_split(slice_of(o->headers.item[k]), &other) &&
		    slice_ieq(other.name, f->name))
			die(EXIT_USAGE,
			    "--header %s: given twice, and there may be but "
			    "one",
			    o->headers.item[i]);
}

/* No break of the line may slip in, and no byte 0 can. */
void
given_check(const struct options *o)
{
	for (size_t i = 0; i < o->headers.n; i++) {
		struct slice s = slice_of(o->headers.item[i]);
		struct field f;

		if (!field_split(s, &f) || slice_find(s, '\n') != NULL ||
		    slice_find(s, '\r') != NULL)
			die(EXIT_USAGE, "--header %s: not 'Name: value'", s.p);
		check_field(o, i, &f);
	}
}

bool
given_has(const struct options *o, const char *name)
{
	struct field f;

	if (o->subject != NULL && slice_iis(slice_of("Subject"), name))
		return true;
	for (size_t i = 0; i < o->headers.n; i++)
		if (field_split(slice_of(o->headers.item[i]), &f) &&
		    slice_iis(f.name, name) && !given_is_nothing(&f))
			return true;
	return false;
}

void
given_add(struct buf *out, const struct options *o, enum given which)
{
	struct field f;
	char name[256];

	if (o->subject != NULL && (which & GIVEN_OTHERS) != 0)
		mime_field(out, "Subject", slice_of(o->subject));
	for (size_t i = 0; i < o->headers.n; i++) {
		if (!field_split(slice_of(o->headers.item[i]), &f) ||
		    given_is_nothing(&f) ||
		    (o->subject != NULL && slice_iis(f.name, "Subject")))
			continue;
		if ((which &
			(given_is_part(f.name) ? GIVEN_PART : GIVEN_OTHERS)) ==
		    0)
			continue;
		if (slice_copy(f.name, name, sizeof(name)) < 0)
			die(EXIT_USAGE, "--header: a name that is too long");
		mime_field(out, name, f.value);
	}
}

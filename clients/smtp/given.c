/*
 * given.c - the fields that options give: -s, and -H once for each.
 */
#include "smtp.h"

#include <strings.h>

#include "system/log.h"

/* Fields of MIME, which say what a part is (RFC 2045 1). */
bool
given_is_part(struct slice name)
{
	return name.n > 8 && strncasecmp(name.p, "Content-", 8) == 0;
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
		    slice_iis(f.name, name))
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

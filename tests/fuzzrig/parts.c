/*
 * parts.c - is it what the file holds?
 */
#include "fuzzrig/parts.h"

#include <stdio.h>
#include <string.h>

#include "bytes/num.h"
#include "fuzzrig/must.h"
#include "fuzzrig/shelf.h"

static struct slice page_tag; /* behind each page of HTML */

/* What stands behind a file of this type. */
static struct slice
tag_of(struct slice type)
{
	static const struct slice none = { NULL, 0 };

	return slice_starts(type, "text/html") ? page_tag : none;
}

/* Bytes of the file of this size, and of the tag behind it. */
static void
check_bytes(uint64_t size, uint64_t from, struct slice bytes, struct slice tag)
{
	struct slice own = bytes, added;

	if (from > size)
		own.n = 0;
	else if (own.n > size - from)
		own.n = (size_t)(size - from);
	must(shelf_holds(size, own.n > 0 ? from : 0, own));
	added = slice_from(bytes, own.n);
	tag = slice_from(tag, from > size ? (size_t)(from - size) : 0);
	must(added.n <= tag.n);
	must(slice_eq(added, (struct slice){ tag.p, added.n }));
}

/* "bytes FIRST-LAST/SIZE": this part of the file of that size. */
static void
check_part(struct slice range, struct slice part, struct slice tag)
{
	struct slice rest = range, unit = slice_cut(&rest, ' '),
		     first = slice_cut(&rest, '-'),
		     last = slice_cut(&rest, '/');
	uint64_t from = 0, to = 0, size = 0;

	must(slice_is(unit, "bytes"));
	must(num_decimal(first, &from) == 0 && num_decimal(last, &to) == 0);
	must(num_decimal(rest, &size) == 0);
	must(from <= to && to < size && part.n == to - from + 1);
	check_bytes(size - tag.n, from, part, tag);
}

/* Take a line, which ends in CRLF. */
static struct slice
line_of(struct slice *rest)
{
	struct slice line = slice_cut(rest, '\n');

	must(rest->p != NULL && line.n > 0 && line.p[line.n - 1] == '\r');
	line.n--;
	return line;
}

/* multipart/byteranges: each part says what it is. */
static void
check_parts(const struct answer *a)
{
	struct slice type = http_get(&a->r.fields, "Content-Type"), end;
	struct slice rest = a->body, boundary, range, part, kind;
	char before[80];

	must(slice_starts(type, "multipart/byteranges; boundary="));
	boundary = type;
	slice_cut(&boundary, '=');
	snprintf(before, sizeof(before), "\r\n--%.*s", SLICE_FMT(boundary));
	must(slice_starts(rest, before));
	for (;;) {
		rest = slice_from(rest, strlen(before));
		if (slice_is(rest, "--\r\n"))
			return;
		must(line_of(&rest).n == 0);
		kind = line_of(&rest);
		must(slice_starts(kind, "Content-Type: "));
		range = line_of(&rest);
		must(slice_starts(range, "Content-Range: "));
		must(line_of(&rest).n == 0);
		end.p = memmem(rest.p, rest.n, before, strlen(before));
		must(end.p != NULL);
		part = slice_between(rest.p, end.p);
		check_part(
		    slice_from(range, 15), part, tag_of(slice_from(kind, 14)));
		rest = slice_from(rest, part.n);
	}
}

/* A file, whole. */
static void
check_whole(const struct answer *a, bool to_head)
{
	struct slice tag = tag_of(http_get(&a->r.fields, "Content-Type"));
	uint64_t size;

	must(num_decimal(http_get(&a->r.fields, "Content-Length"), &size) == 0);
	must(a->body.n == (to_head ? 0 : size));
	check_bytes(size - tag.n, 0, a->body, tag);
}

void
parts_check(const struct answer *a, bool to_head, struct slice tag)
{
	struct slice range = http_get(&a->r.fields, "Content-Range");

	page_tag = tag;
	if (a->r.status != 206)
		check_whole(a, to_head);
	else if (range.p == NULL)
		check_parts(a);
	else
		check_part(range, a->body,
		    tag_of(http_get(&a->r.fields, "Content-Type")));
}

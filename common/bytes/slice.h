/*
 * slice.h - bytes that someone else owns.
 *
 * A slice points into memory that lives elsewhere and carries its length, so
 * no function below looks for a NUL and a NUL inside is a byte like any
 * other.  Slices are passed by value and never freed.  {NULL, 0} is the empty
 * slice and is valid everywhere.
 *
 * What is compared with a literal some dozens of times in each request is
 * inline: its length is known then, and tells most of them apart.
 */
#ifndef SLICE_H
#define SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *p;
	size_t n;
};

/* A slice of a string literal, usable in initialisers of static tables. */
#define SLICE(literal)                         \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

/* For printf: printf("%.*s", SLICE_FMT(s)); at most INT_MAX bytes. */
#define SLICE_FMT(s) (int)(s).n, (s).p

/*
 * The bytes of a NUL-terminated string, without the NUL.  NULL gives the
 * empty slice.
 */
static inline struct slice
slice_of(const char *s)
{
	return (struct slice){ s, s == NULL ? 0 : strlen(s) };
}

/*
 * The bytes from begin up to, not including, end.
 */
static inline struct slice
slice_between(const char *begin, const char *end)
{
	return (struct slice){ begin, (size_t)(end - begin) };
}

/*
 * Are they equal?  slice_is compares with a string, slice_ieq and slice_iis
 * take ASCII letters of either case as equal (and no other bytes: there is
 * no locale here).
 */
bool slice_ieq(struct slice, struct slice);

static inline bool
slice_eq(struct slice a, struct slice b)
{
	/* What has bytes is somewhere, which an analyzer cannot know. */
	return a.n == b.n &&
	    (a.n == 0 ||
		(a.p != NULL && b.p != NULL && memcmp(a.p, b.p, a.n) == 0));
}

static inline bool
slice_is(struct slice a, const char *s)
{
	return slice_eq(a, slice_of(s));
}

static inline bool
slice_iis(struct slice a, const char *s)
{
	struct slice b = slice_of(s);

	return a.n == b.n && slice_ieq(a, b);
}

/*
 * Does it begin, or end, with these bytes?
 */
bool slice_starts(struct slice, const char *);
bool slice_ends(struct slice, const char *);

/*
 * Where the first, or the last, byte c is, or NULL.
 */
const char *slice_find(struct slice, char c);
const char *slice_rfind(struct slice, char c);

/*
 * Without its first n bytes (all of them if it has fewer).
 */
static inline struct slice
slice_from(struct slice a, size_t n)
{
	if (n > a.n)
		n = a.n;
	return n == 0 ? a : (struct slice){ a.p + n, a.n - n };
}

/*
 * Without SP and HTAB at both ends: the OWS of RFC 9110 5.6.3, and nothing
 * that isspace() would add.
 */
struct slice slice_trim(struct slice);

/*
 * Cut *rest at the first byte c: returns what stood before it and leaves in
 * *rest what stands behind it.  Without c the whole is returned and *rest
 * becomes {NULL, 0}; so "a,b," gives "a", "b", "" and then rest.p is NULL.
 */
struct slice slice_cut(struct slice *rest, char c);

/*
 * Copy to a NUL-terminated string of size bytes, for a system call.  Returns
 * 0, or -1 with errno ENAMETOOLONG (it does not fit) or EINVAL (a NUL
 * inside would silently shorten it); to is then the empty string.
 */
int slice_copy(struct slice, char *to, size_t size);

#endif

/*
 * slice.h - bytes that someone else owns.
 *
 * A slice points into memory that lives elsewhere and carries its length, so
 * no function below looks for a NUL and a NUL inside is a byte like any
 * other.  Slices are passed by value and never freed.  {NULL, 0} is the empty
 * slice and is valid everywhere.
 */
#ifndef SLICE_H
#define SLICE_H

#include <stdbool.h>
#include <stddef.h>

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
struct slice slice_of(const char *);

/*
 * The bytes from begin up to, not including, end.
 */
struct slice slice_between(const char *begin, const char *end);

/*
 * Are they equal?  slice_is compares with a string, slice_ieq and slice_iis
 * take ASCII letters of either case as equal (and no other bytes: there is
 * no locale here).
 */
bool slice_eq(struct slice, struct slice);
bool slice_ieq(struct slice, struct slice);
bool slice_is(struct slice, const char *);
bool slice_iis(struct slice, const char *);

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
struct slice slice_from(struct slice, size_t n);

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

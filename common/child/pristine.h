/*
 * pristine.h - pages of pristine memory where children can read them and
 * nobody but the restorer can write: what a child that is put back copies from
 * by itself (restore_point.h).
 *
 * It is memory that the master has mapped before it forks the restorer and the
 * children, so it has one address in all of them; sealed (memfd_create(2)), so
 * that no process can get the right to write in it that has it not yet.  In it
 * are pages of the first child as it was before its first client, which are
 * the other children's, too: nothing that a child does not have anyway.
 */
#ifndef PRISTINE_H
#define PRISTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pristine {
	char *write;      /* the restorer's own, else NULL */
	const char *read; /* or NULL: there is none */
	size_t used;      /* pages */
};

/*
 * Map it in the master, which drops the right to write when it has forked the
 * restorer.  Returns 0, or -1 with errno, and then store is empty: all is
 * written from outside.
 */
int pristine_open(struct pristine *);
void pristine_only_read(struct pristine *);
void pristine_close(struct pristine *);

/*
 * Add a page.  Returns where a child reads it, or 0: there is no room.
 */
uint64_t pristine_add(struct pristine *, const char *page);

#endif

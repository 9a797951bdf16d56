/*
 * cids.h - which part of a message has which Content-ID (RFC 2392).
 *
 * A stranger's message may name thousands, and refer to them as often: looking
 * one up takes no walk over all.
 */
#ifndef CIDS_H
#define CIDS_H

#include <jansson.h>
#include <stddef.h>

#include "bytes/slice.h"

struct cids {
	struct cid *at; /* in order */
	size_t n;
};

/*
 * Take them from a message's "Parts"; they point into it.  Without memory there
 * are none.
 */
void cids_read(struct cids *, const json_t *parts);
void cids_free(struct cids *);

/*
 * The part whose Content-ID text begins with, the longest of them; *used is its
 * length.  Or NULL, and 0.
 */
const char *cids_find(const struct cids *, struct slice text, size_t *used);

#endif

/*
 * represent.h - the form in which a file is sent: as it is, or compressed.
 */
#ifndef REPRESENT_H
#define REPRESENT_H

#include "httpd/cached_file.h"
#include "web/web.h"

/*
 * Answer with a file, which is released in time, in the form that suits the
 * client: a compressed file as what is in it (precompressed.h), a compressed
 * copy that lies beside it, one that is made now (compressed.h), or itself.
 */
int represent_answer(struct exchange *, struct cached_file *);

#endif

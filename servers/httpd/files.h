/*
 * files.h - GET and HEAD for what lies in the directory.
 */
#ifndef FILES_H
#define FILES_H

#include "web/web.h"

/*
 * Answer with a file, a listing, a redirect or an error page.
 */
int files_answer(struct exchange *);

#endif

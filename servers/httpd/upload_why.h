/*
 * upload_why.h - why a file could not be put there, in the words of HTTP and of
 * people.
 */
#ifndef UPLOAD_WHY_H
#define UPLOAD_WHY_H

#include "bytes/slice.h"

/*
 * The status for an errno of upload_file.h, with the reason for it, a constant.
 */
int upload_why(int error, const char **why);

/*
 * May a file have this name?  Returns 0 or a status with *why: what is hidden,
 * or obeyed by the server itself, cannot be put.
 */
int upload_why_not(struct slice name, const char **why);

#endif

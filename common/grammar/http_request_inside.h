/*
 * http_request_inside.h - what the two files of a request share.  Nobody else
 * includes it.
 */
#ifndef HTTP_REQUEST_INSIDE_H
#define HTTP_REQUEST_INSIDE_H

#include "grammar/http_request.h"

/*
 * http_request_judge.c: the method by its name; a fault of the target, or 0; a
 * fault of the fields, or 0, with what they say of host, body and connection
 * in the request.
 */
enum http_method http_method_of(struct slice);
int http_judge_target(struct http_request *);
int http_judge_fields(struct http_request *);

#endif

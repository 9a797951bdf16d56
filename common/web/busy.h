/*
 * busy.h - what the master tells clients of HTTP for a service that is full:
 * struct service, busy.
 */
#ifndef BUSY_H
#define BUSY_H

#include "bytes/slice.h"

#define WEB_BUSY                                            \
	SLICE("HTTP/1.1 503 Service Unavailable\r\n"        \
	      "Server: berth\r\n"                           \
	      "Retry-After: 1\r\n"                          \
	      "Content-Type: text/plain; charset=utf-8\r\n" \
	      "Content-Length: 50\r\n"                      \
	      "Connection: close\r\n"                       \
	      "\r\n"                                        \
	      "The server is full; please try again in a moment.\n")

#endif

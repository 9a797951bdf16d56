/*
 * httpd.h - berth-httpd as others see it: a service, its options, and how to
 * finish them.
 *
 * berth-httpd itself (main.c) and the suite (servers/berth.c) use nothing
 * else of this folder.
 */
#ifndef HTTPD_H
#define HTTPD_H

#include "service/server.h"
#include "service/service.h"
#include "system/args.h"

/*
 * The service "http".
 */
extern struct service site_service;

/*
 * Its own options.
 */
extern const struct arg_table site_args;

/*
 * To be called from a struct server's configure(): check the options and take
 * what concerns us from s->options.  dir is the directory to serve; NULL: www
 * if it exists, else the current one.  s->folder is set to it.  A fault ends
 * the program.
 */
void site_configure(struct server *s, const char *dir);

#endif

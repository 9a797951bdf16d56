/*
 * inboxd.h - the inbox as others see it: a service, its options, the indexer
 * that it needs beside it, and how to finish them.
 *
 * The inbox shows a Maildir: a page for people, and for programs the JSON
 * routes that Mailpit's and MailHog's clients speak.  What it knows of
 * messages comes from the index (mail/index.h), which berth-indexer keeps;
 * what it changes it changes in the Maildir, and the indexer notices.
 */
#ifndef INBOXD_H
#define INBOXD_H

#include <stdbool.h>

#include "service/server.h"
#include "service/service.h"
#include "system/args.h"

extern struct service inbox_service;
extern const struct arg_table inboxd_args;

/*
 * The indexer and what else runs beside, for struct server's helpers: complete
 * after inboxd_configure(), and then so many.
 */
#define INBOXD_HELPERS_MAX 3
extern struct helper_offer inboxd_helpers[INBOXD_HELPERS_MAX];
extern size_t inboxd_helper_count;

/*
 * To be called from a struct server's configure(): check the options.  smtp
 * is the address where mail is caught, to be shown to people (NULL: unknown).
 * A fault ends the program.
 */
void inboxd_configure(
    const struct server *, const char *maildir, const char *smtp);

/*
 * What is sent by the API is stored with the ends of lines that the mail server
 * beside it stores with: LF, or as it is.
 */
void inboxd_line_ends(bool lf);

#endif

/*
 * card.h - the start card: what somebody who starts a server on a terminal
 * wants to know.  Where it can be reached, also from a telephone, what it
 * serves, and how to stop it.
 *
 * Goes to standard error, and only to a terminal: the ready lines on standard
 * output are for programs.
 */
#ifndef CARD_H
#define CARD_H

#include "master/listeners.h"
#include "service/server.h"

/*
 * Make it, before there is anything to serve: a process that ends with that
 * draws it, for the library that draws codes is nobody else's business.  Then
 * card_show() shows it.
 */
void card_make(const struct server *, const struct listeners *);

/*
 * Show it, if one was made.
 */
void card_show(void);

#endif

/*
 * idn.h - addresses of any script.
 */
#ifndef IDN_H
#define IDN_H

#include <stdbool.h>

struct dialogue;

/*
 * An address as this server can take it, good until the next call, or
 * NULL; will it be sent with SMTPUTF8?  Refuse the recipients who cannot be
 * spelled: is anybody left?  Are these two spellings of one domain?
 */
bool idn_same_domain(const char *, const char *);
const char *idn_spelled(const struct dialogue *, const char *address);
bool idn_is_needed(const struct dialogue *);

#endif

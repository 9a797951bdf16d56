/*
 * faults.h - faults on purpose, carried out: rules.h says which, this does it
 * to a conversation.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes/slice.h"
#include "smtpd/rules.h"

struct session;

/*
 * If a rule speaks up at this stage, do as it says.  to is the recipient; at
 * RULES_AUTH, who logs in.  Returns true when the
 * command has been answered, or the session is over, by it.  With body, a
 * drop after so many bytes of the body is left to the caller: it is put
 * there (UINT64_MAX: none).
 */
bool faults_ask(
    struct session *, enum rules_stage, struct slice to, uint64_t *body);

#endif

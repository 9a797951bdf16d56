/*
 * mock.h - a slow or failing file, for who tests what a page does then:
 * --delay and --status-for.
 */
#ifndef MOCK_H
#define MOCK_H

#include "web/web.h"

#define MOCK_DELAY_MAX 60000 /* ms */

/*
 * Check the options.  A fault ends the program.
 */
void mock_prepare(void);

/*
 * Is the answer to this a status that was asked for?  Make it.
 */
bool mock_wants(const struct exchange *);
int mock_answer(struct exchange *);

/*
 * How long is this answer to wait: ms, 0 for not at all.
 */
int64_t mock_delay_ms(const struct exchange *);

#endif

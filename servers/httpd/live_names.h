/*
 * live_names.h - which names matter to --live, and how much?
 *
 * What editors and compilers leave behind, what no page loads and what is not
 * served is no news.
 */
#ifndef LIVE_NAMES_H
#define LIVE_NAMES_H

#include <stdbool.h>

#include "system/args.h"

/* What a change asks of a page, the greater including the lesser. */
enum live_change { LIVE_NOTHING, LIVE_STYLE, LIVE_PAGE };

/*
 * Names that match one of these globs are no news, nor what is below them.
 */
void live_names_ignore(const struct arg_list *globs);

/*
 * What does a change of a file with this name ask for?
 */
enum live_change live_names_file(const char *name);

/*
 * Is a folder of this name to be looked into?
 */
bool live_names_folder(const char *name);

/*
 * The greater.
 */
enum live_change live_names_more(enum live_change, enum live_change);

#endif

/*
 * listing_readme.h - what a folder says of itself: its README, below the
 * listing.
 */
#ifndef LISTING_README_H
#define LISTING_README_H

#include "httpd/listing_read.h"

#define LISTING_README_MAX 65536 /* bytes of it are shown */

/*
 * Add the README of the folder of this name, as text and nothing but text, if
 * there is one that is text.
 */
void listing_readme(struct buf *, const struct listing *, const char *dir);

#endif

/*
 * sniff_inside.h - what sniff.c asks of files that hold others, and of markup;
 * for it alone.
 */
#ifndef SNIFF_INSIDE_H
#define SNIFF_INSIDE_H

#include "bytes/slice.h"

/*
 * The type of a ZIP, MP4, Matroska, Ogg or MPEG file; NULL: none of these, or
 * one of a kind that libmagic knows better.
 */
const char *sniff_container(struct slice);

/*
 * The type of text that begins with a tag: HTML, SVG, another XML; or NULL.
 */
const char *sniff_markup(struct slice);

#endif

/*
 * sniff.h - the common kinds of files, told by their first bytes.
 *
 * The tables are those of the WHATWG MIME Sniffing standard (images, audio and
 * video, fonts, archives, HTML, XML, PDF), and a few of the same kind that
 * came later (AVIF, wasm, Zstandard ...).  What is text is text, though: words
 * that a signature is made of do not make an image.  Pure, and quick: whoever
 * asks needs libmagic for the rest alone.
 */
#ifndef SNIFF_H
#define SNIFF_H

#include <stdbool.h>

#include "bytes/slice.h"

/*
 * The media type, without a charset, of a file that begins so; cut: there is
 * more of it.  NULL: another kind, and it is not text.
 */
const char *sniff(struct slice first, bool cut);

#endif

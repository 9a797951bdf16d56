/*
 * card_code.h - a URL as a QR code, drawn with characters.
 */
#ifndef CARD_CODE_H
#define CARD_CODE_H

#include <stdbool.h>

#include "bytes/buf.h"

/*
 * Draw it.  Returns false, and adds nothing, where libqrencode is not
 * installed.  It is loaded by this call and stays: for a process that ends
 * soon.
 */
bool card_code(struct buf *, const char *url, bool colour);

#endif

/*
 * card_code.c - a URL as a QR code, drawn with characters.
 *
 * Two rows of the code to a line: the upper half of a character and the lower.
 * Black on white wherever there are colours; without them what is light is
 * drawn, as on a dark terminal.
 */
#include "program/card_code.h"

#include <dlfcn.h>
#include <qrencode.h>

#define LIBRARY "libqrencode.so.4"
#define QUIET   2 /* modules around it; 4 by the book, readers do with less */

typedef QRcode *encode(const char *, int version, QRecLevel, QRencodeMode, int);

static bool
is_dark(const QRcode *code, int x, int y)
{
	return x >= 0 && y >= 0 && x < code->width && y < code->width &&
	    (code->data[y * code->width + x] & 1) != 0;
}

static void
draw(struct buf *b, const QRcode *code, bool colour)
{
	/* By which halves are dark: none, the upper, the lower, both. */
	static const char *const inked[] = { " ", "\xe2\x96\x80",
		"\xe2\x96\x84", "\xe2\x96\x88" };

	for (int y = -QUIET; y < code->width + QUIET; y += 2) {
		buf_addz(b, colour ? "  \033[97;40m" : "  ");
		for (int x = -QUIET; x < code->width + QUIET; x++) {
			int light =
			    !is_dark(code, x, y) + 2 * !is_dark(code, x, y + 1);

			buf_addz(b, inked[light]);
		}
		buf_addz(b, colour ? "\033[0m\n" : "\n");
	}
}

bool
card_code(struct buf *b, const char *url, bool colour)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	encode *make;
	QRcode *code;

	if (library == NULL)
		return false;
	*(void **)&make = dlsym(library, "QRcode_encodeString");
	code = make == NULL ? NULL : make(url, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
	if (code == NULL)
		return false;
	draw(b, code, colour);
	return true;
}

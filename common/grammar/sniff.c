/*
 * sniff.c - the common kinds of files, told by their first bytes.
 */
#include "grammar/sniff.h"

#include <string.h>

#include "grammar/sniff_inside.h"
#include "grammar/text_kind.h"

/* MIME Sniffing 6.1, 6.2, 6.3, 6.4: bytes at a place. */
struct signature {
	const char *type;
	struct slice bytes;
	size_t at;
	struct slice begin; /* and these at 0, or nothing */
};

#define WORD 6 /* letters of a signature are no word */

#define AT(n, s)   .bytes = SLICE(s), .at = (n)
#define FROM_0(s)  AT(0, s)
#define IN_RIFF(s) AT(8, s), .begin = SLICE("RIFF")

static const struct signature signatures[] = {
	{ "image/png", FROM_0("\x89PNG\r\n\x1a\n") },
	{ "image/jpeg", FROM_0("\xff\xd8\xff") },
	{ "image/gif", FROM_0("GIF87a") },
	{ "image/gif", FROM_0("GIF89a") },
	{ "image/webp", IN_RIFF("WEBPVP") },
	{ "image/bmp", AT(6, "\0\0\0\0"), .begin = SLICE("BM") },
	{ "image/x-icon", FROM_0("\0\0\1\0") },
	{ "image/x-icon", FROM_0("\0\0\2\0") },
	{ "image/tiff", FROM_0("II*\0") },
	{ "image/tiff", FROM_0("MM\0*") },
	{ "audio/wav", IN_RIFF("WAVE") },
	{ "video/x-msvideo", IN_RIFF("AVI ") },
	{ "audio/aiff", AT(8, "AIFF"), .begin = SLICE("FORM") },
	{ "audio/mpeg", FROM_0("ID3") },
	{ "audio/midi", FROM_0("MThd\0\0\0\6") },
	{ "audio/basic", FROM_0(".snd") },
	{ "audio/flac", FROM_0("fLaC") },
	{ "font/woff2", FROM_0("wOF2") },
	{ "font/woff", FROM_0("wOFF") },
	{ "font/otf", FROM_0("OTTO") },
	{ "font/ttf", FROM_0("\0\1\0\0") },
	{ "font/collection", FROM_0("ttcf") },
	{ "application/gzip", FROM_0("\x1f\x8b\x08") },
	{ "application/x-bzip2", FROM_0("BZh") },
	{ "application/x-xz",
	    FROM_0("\xfd"
		   "7zXZ\0") },
	{ "application/zstd", FROM_0("\x28\xb5\x2f\xfd") },
	{ "application/x-7z-compressed", FROM_0("7z\xbc\xaf\x27\x1c") },
	{ "application/vnd.rar", FROM_0("Rar!\x1a\x07") },
	{ "application/wasm", FROM_0("\0asm") },
};

static bool
holds_at(struct slice s, size_t at, struct slice bytes)
{
	return s.n >= at + bytes.n && memcmp(s.p + at, bytes.p, bytes.n) == 0;
}

/* A few letters that are a signature are a word in what is text. */
static const char *
by_signature(struct slice s, bool text)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++) {
		const struct signature *g = &signatures[i];

		if (text && g->bytes.n < WORD && text_is_plain(g->bytes))
			continue;
		if (holds_at(s, g->at, g->bytes) &&
		    (g->begin.n == 0 || holds_at(s, 0, g->begin)))
			return g->type;
	}
	return NULL;
}

/* PDF is to be found before anything else: its first bytes may be all text. */
static const char *
by_first_words(struct slice s)
{
	if (slice_starts(s, "%PDF-"))
		return "application/pdf";
	if (slice_starts(s, "%!PS-Adobe-"))
		return "application/postscript";
	if (slice_starts(s, "{\\rtf"))
		return "application/rtf";
	return NULL;
}

/* Its mark says that it is text of two bytes a character. */
static bool
is_utf16(struct slice s)
{
	return s.n % 2 == 0 &&
	    (slice_starts(s, "\xfe\xff") || slice_starts(s, "\xff\xfe"));
}

const char *
sniff(struct slice s, bool cut)
{
	bool plain = text_is_plain(s), text = plain && text_is_utf8(s, cut);
	const char *type = by_first_words(s);

	if (type == NULL)
		type = by_signature(s, text);
	if (type == NULL && !plain)
		type = sniff_container(s);
	if (type == NULL && (plain || is_utf16(s)))
		type = sniff_markup(s);
	if (type == NULL && text_is_json(s, cut))
		type = "application/json";
	if (type == NULL && (plain || is_utf16(s)))
		type = "text/plain";
	return type;
}

/*
 * sniff.c - tests of grammar/sniff.h: samples of the common kinds, and that
 * libmagic says the same of them.
 */
#include "grammar/sniff.h"

#include <criterion/criterion.h>
#include <magic.h>
#include <string.h>

#define NUL4    "\0\0\0\0"
#define NUL16   NUL4 NUL4 NUL4 NUL4
#define FRAME16 "UUUUUUUUUUUUUUUU"

/* A frame of 104 bytes: MPEG 1, layer III, 32 kbit/s, 44.1 kHz. */
#define FRAME                                                              \
	"\xff\xfb\x10\xc4" FRAME16 FRAME16 FRAME16 FRAME16 FRAME16 FRAME16 \
	"UUUU"

#define OGG                                                             \
	"OggS\0\2" NUL4 NUL4 "\x21\x43\x65\x07" NUL4 "\x36\x57\x13\x41" \
	"\1\x1e"

/* Name, and its length. */
#define ZIP(name, n) \
	"PK\3\4\x14\0\0\0\0\0\0\0\x21\x52" NUL4 NUL4 NUL4 n "\0\0\0" name

/* Behind the directory of an icon, what it points to. */
#define DIB "\x28\0\0\0\x10\0\0\0\x20\0\0\0\1\0\x20\0"

struct sample {
	const char *type;
	struct slice bytes;
	const char *magic; /* libmagic's word, where it is another one */
};

/* clang-format off */
static const struct sample samples[] = {
	{ "image/png", SLICE("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\6\0\0\0"), NULL },
	{ "image/jpeg", SLICE("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"), NULL },
	{ "image/gif", SLICE("GIF89a\1\0\1\0\x80\0\0\0\0\0"), NULL },
	{ "image/gif", SLICE("GIF87a\1\0\1\0\x80\0\0\0\0\0"), NULL },
	{ "image/webp", SLICE("RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\1\0\x9d\1\x2a\1\0\1\0"), NULL },
	{ "image/bmp", SLICE("BM\x3a\0\0\0" NUL4 "\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0\1\0\x18\0" NUL16 NUL4 NUL4), NULL },
	{ "image/x-icon", SLICE("\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\x68\4\0\0\x16\0\0\0" DIB), "image/vnd.microsoft.icon" },
	{ "image/x-icon", SLICE("\0\0\2\0\1\0\x20\x20\0\0\0\0\0\0\x30\1\0\0\x16\0\0\0" DIB), "image/x-win-bitmap" },
	{ "image/tiff", SLICE("II*\0\x08\0\0\0\1\0\0\1\3\0\1\0\0\0\1\0\0\0" NUL4), NULL },
	{ "image/tiff", SLICE("MM\0*\0\0\0\x08\0\1\1\0\0\3\0\0\0\1\0\1\0\0" NUL4), NULL },
	{ "image/avif", SLICE("\0\0\0\x1c" "ftypavif" NUL4 "avifmif1miaf"), NULL },
	{ "audio/wav", SLICE("RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x44\xac\0\0\x88\x58\1\0\2\0\x10\0data" NUL4), "audio/x-wav" },
	{ "video/x-msvideo", SLICE("RIFF\x24\x10\0\0AVI LIST\xec\1\0\0hdrlavih"), NULL },
	{ "audio/aiff", SLICE("FORM\0\0\0\x2e" "AIFFCOMM\0\0\0\x12\0\1" NUL4), "audio/x-aiff" },
	{ "audio/mpeg", SLICE("ID3\3\0\0\0\0\0\x0aTIT2\0\0\0\0\0\0" FRAME FRAME), NULL },
	{ "audio/mpeg", SLICE(FRAME FRAME), NULL },
	{ "audio/midi", SLICE("MThd\0\0\0\6\0\1\0\2\1\xe0MTrk"), NULL },
	{ "audio/basic", SLICE(".snd\0\0\0\x18\0\0\0\x10\0\0\0\1\0\0\x1f\x40\0\0\0\1"), NULL },
	{ "audio/flac", SLICE("fLaC\0\0\0\x22\x10\0\x10\0\0\0\x0f\0\0\x0f\x0a\xc4\x42\xf0"), NULL },
	{ "audio/ogg", SLICE(OGG "\1vorbis" NUL4 "\2\x44\xac\0\0" NUL16), NULL },
	{ "audio/ogg", SLICE(OGG "OpusHead\1\2\x38\1\x80\xbb\0\0\0\0\0"), NULL },
	{ "video/ogg", SLICE(OGG "\x80theora\3\2\1\0\x14\0\x0f" NUL16), NULL },
	{ "video/mp4", SLICE("\0\0\0\x20" "ftypisom\0\0\2\0isomiso2avc1mp41"), NULL },
	{ "video/mp4", SLICE("\0\0\0\x18" "ftypmp42\0\0\0\0mp42isom"), NULL },
	{ "audio/mp4", SLICE("\0\0\0\x1c" "ftypM4A \0\0\2\0M4A mp42isom"), "audio/x-m4a" },
	{ "video/quicktime", SLICE("\0\0\0\x14" "ftypqt  \0\0\2\0qt  "), NULL },
	{ "video/3gpp", SLICE("\0\0\0\x18" "ftyp3gp4\0\0\2\0isom3gp4"), NULL },
	{ "video/webm", SLICE("\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\xf7\x81\1\x42\xf2\x81\4\x42\xf3\x81\x08\x42\x82\x84webm\x42\x87\x81\2"), NULL },
	{ "video/x-matroska", SLICE("\x1a\x45\xdf\xa3\xa3\x42\x86\x81\1\x42\xf7\x81\1\x42\xf2\x81\4\x42\xf3\x81\x08\x42\x82\x88matroska\x42\x87\x81\2"), NULL },
	{ "font/woff2", SLICE("wOF2\0\1\0\0\0\0\x04\x28\0\x0a\0\0"), NULL },
	{ "font/woff", SLICE("wOFF\0\1\0\0\0\0\x04\x28\0\x0a\0\0"), NULL },
	{ "font/otf", SLICE("OTTO\0\x0b\0\x80\0\3\0\x30" "CFF "), "application/vnd.ms-opentype" },
	{ "font/ttf", SLICE("\0\1\0\0\0\x0b\0\x80\0\3\0\x30" "FFTM" NUL16), "font/sfnt" },
	{ "font/collection", SLICE("ttcf\0\1\0\0\0\0\0\2\0\0\0\x14\0\0\1\0"), "font/ttf" },
	{ "application/gzip", SLICE("\x1f\x8b\x08\0" NUL4 "\0\3\x4b\4\0"), NULL },
	{ "application/x-bzip2", SLICE("BZh91AY&SY\x19\x31\x65\x3d\0\0\0\x81"), NULL },
	{ "application/x-xz", SLICE("\xfd" "7zXZ\0\0\4\xe6\xd6\xb4\x46\2\0\x21\1"), NULL },
	{ "application/zstd", SLICE("\x28\xb5\x2f\xfd\x04\x58\x29\0\0hello"), NULL },
	{ "application/x-7z-compressed", SLICE("7z\xbc\xaf\x27\x1c\0\4" NUL16), NULL },
	{ "application/vnd.rar", SLICE("Rar!\x1a\7\1\0\x33\x92\xb5\xe5\x0a\1\5\6"), "application/x-rar" },
	{ "application/zip", SLICE(ZIP("a.txt", "\5") "hello" NUL16 NUL4), NULL },
	{ "application/wasm", SLICE("\0asm\1\0\0\0"), NULL },
	{ "application/pdf", SLICE("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"), NULL },
	{ "application/pdf", SLICE("%PDF-1.4\n1 0 obj\n<< >>\n"), NULL },
	{ "application/postscript", SLICE("%!PS-Adobe-3.0\n%%Pages: 1\n"), NULL },
	{ "application/rtf", SLICE("{\\rtf1\\ansi hello}\n"), "text/rtf" },
	{ "application/json", SLICE("{\"a\": [1, 2, null]}\n"), NULL },
	{ "text/html", SLICE("<!DOCTYPE html>\n<html><p>x</p></html>\n"), NULL },
	{ "text/html", SLICE("\n <html lang=de>\n<head></head></html>\n"), NULL },
	{ "image/svg+xml", SLICE("<?xml version=\"1.0\"?>\n<!-- a -->\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n"), NULL },
	{ "image/svg+xml", SLICE("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>\n"), NULL },
	{ "text/xml", SLICE("<?xml version=\"1.0\"?>\n<a><b/></a>\n"), NULL },
	{ "text/plain", SLICE("plain words\n"), NULL },
	{ "text/plain", SLICE("gr\xc3\xbc\xc3\x9f dich, Welt\n"), NULL },
	{ "text/plain", SLICE("gr\xfc\xdf dich, Welt\n"), NULL },
	{ "text/plain", SLICE("\xff\xfeh\0i\0\n\0"), NULL },
};

/* What libmagic has another opinion of, and is not asked. */
static const struct sample own_opinion[] = {
	{ "text/plain", SLICE("BMW is a car\n"), NULL },
	{ "text/plain", SLICE("ID3 tags are a mess\n"), NULL },
	{ "text/plain", SLICE("OTTO, find ich gut\n"), NULL },
	{ "text/plain", SLICE("RIFF is a WAVE of AVI \n"), NULL },
	{ "text/plain", SLICE("#!/bin/sh\necho\n"), NULL },
	{ "text/plain", SLICE("From: a@b\nSubject: x\n\nhi\n"), NULL },
	{ "text/plain", SLICE("<abbr>\n"), NULL },
	{ "text/plain", SLICE("a <html> b\n"), NULL },
	{ "text/plain", SLICE("[section]\na=b\n"), NULL },
	{ "text/html", SLICE("\xef\xbb\xbf<p>x"), NULL },
	{ "text/html", SLICE("<!-- a comment --><b>x</b>"), NULL },
	{ "text/html", SLICE("<a\thref=x>"), NULL },
	{ "image/svg+xml", SLICE("<!-- a --><!DOCTYPE svg PUBLIC \"x\"><svg>"), NULL },
	{ "application/json", SLICE("[]"), NULL },
	{ "image/gif", SLICE("GIF89a"), NULL },
};

/* What only libmagic knows. */
static const struct slice others[] = {
	SLICE("\0\0\0\0"), SLICE("\1\2\3\4\5\6\7"), SLICE(ZIP("mimetypeapplication/epub+zip", "\x08")),
	SLICE("\x7f" "ELF\2\1\1\0"), SLICE("\xca\xfe\xba\xbe\0\0\0\x34"), SLICE("\xff\xfb\x10\xc4 once only \0"),
	SLICE("\0\0\0\x18" "ftypheic\0\0\0\0mif1heic"), SLICE("SQLite format 3\0\x10"), SLICE("OggS\0"), SLICE("\x1a\x45\xdf\xa3"),
	SLICE("\0\0\0\x18" "ftyp"), SLICE("BM\x01\x02"), SLICE("\xff\xfe\x00"),
};
/* clang-format on */

static void
check(const struct sample *s, size_t row)
{
	const char *type = sniff(s->bytes, false);

	cr_expect_str_eq(type == NULL ? "nothing" : type, s->type,
	    "row %zu (%s): %s", row, s->type, type == NULL ? "" : type);
}

Test(sniff, samples)
{
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		check(&samples[i], i);
	for (size_t i = 0; i < sizeof(own_opinion) / sizeof(*samples); i++)
		check(&own_opinion[i], i);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		cr_expect_null(sniff(others[i], false), "row %zu", i);
}

Test(sniff, libmagic_says_the_same)
{
	magic_t magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS);

	cr_assert_eq(magic_load(magic, NULL), 0);
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		const struct sample *s = &samples[i];
		const char *said = magic_buffer(magic, s->bytes.p, s->bytes.n);

		cr_expect_str_eq(said, s->magic != NULL ? s->magic : s->type,
		    "row %zu (%s): %s", i, s->type, said);
	}
	magic_close(magic);
}

/* However short it is cut, there is an answer, and no byte behind is read. */
Test(sniff, every_prefix)
{
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		for (size_t n = 0; n < samples[i].bytes.n; n++) {
			char *copy = malloc(n + 1);
			const char *type;

			memcpy(copy, samples[i].bytes.p, n);
			type = sniff((struct slice){ copy, n }, true);
			cr_expect(type == NULL || strchr(type, '/') != NULL);
			free(copy);
		}
}

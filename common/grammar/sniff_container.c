/*
 * sniff_container.c - files that hold others, or streams.
 */
#include <stdint.h>
#include <string.h>

#include "grammar/sniff_inside.h"

#define ZIP_NAME   30 /* where the first file's name stands */
#define OGG_PACKET 28 /* where the first stream's first packet begins */
#define EBML_MOST  64 /* bytes in which Matroska's name must stand */

/* A document that is a ZIP file says so in its first name. */
static const char *
zip(struct slice s)
{
	static const char *const documents[] = { "mimetype",
		"[Content_Types].xml", "_rels/", "META-INF/", "docProps/",
		"word/", "xl/", "ppt/", "AndroidManifest.xml", "classes.dex" };

	if (!slice_starts(s, "PK\3\4"))
		return NULL;
	for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++)
		if (slice_starts(slice_from(s, ZIP_NAME), documents[i]))
			return NULL;
	return "application/zip";
}

/* MIME Sniffing 6.2.1, and what other brands are. */
static const char *
mp4(struct slice s)
{
	static const char *const brands[][2] = {
		{ "mp4", "video/mp4" },
		{ "iso", "video/mp4" },
		{ "avc1", "video/mp4" },
		{ "dash", "video/mp4" },
		{ "M4V", "video/mp4" },
		{ "M4A", "audio/mp4" },
		{ "avif", "image/avif" },
		{ "avis", "image/avif" },
		{ "qt  ", "video/quicktime" },
		{ "3gp", "video/3gpp" },
	};

	if (s.n < 12 || !slice_starts(slice_from(s, 4), "ftyp"))
		return NULL;
	for (size_t i = 0; i < sizeof(brands) / sizeof(*brands); i++)
		if (slice_starts(slice_from(s, 8), brands[i][0]))
			return brands[i][1];
	return NULL;
}

/* EBML, whose head names what is in it. */
static const char *
matroska(struct slice s)
{
	if (!slice_starts(s, "\x1a\x45\xdf\xa3"))
		return NULL;
	for (size_t at = 4; at < EBML_MOST && at + 3 < s.n; at++) {
		struct slice id = slice_from(s, at);

		if (!slice_starts(id, "\x42\x82"))
			continue;
		if (slice_starts(slice_from(id, 3), "webm"))
			return "video/webm";
		if (slice_starts(slice_from(id, 3), "matroska"))
			return "video/x-matroska";
	}
	return NULL;
}

static const char *
ogg(struct slice s)
{
	struct slice packet = slice_from(s, OGG_PACKET);

	if (s.n < OGG_PACKET || memcmp(s.p, "OggS\0", 5) != 0)
		return NULL;
	if (slice_starts(packet, "\x01vorbis") ||
	    slice_starts(packet, "OpusHead") ||
	    slice_starts(packet, "Speex  ") ||
	    slice_starts(packet,
		"\x7f"
		"FLAC"))
		return "audio/ogg";
	if (slice_starts(packet, "\x80theora"))
		return "video/ogg";
	return "application/ogg";
}

/* The bytes of a frame of MPEG audio layer III, its head included, or 0. */
static size_t
frame(struct slice s)
{
	static const unsigned short rates[2][15] = {
		{ 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144,
		    160 },
		{ 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256,
		    320 },
	};
	static const unsigned short samples[4][3] = {
		{ 11025, 12000, 8000 },
		{ 0, 0, 0 },
		{ 22050, 24000, 16000 },
		{ 44100, 48000, 32000 },
	};
	unsigned char b[3];
	unsigned version, rate, sample;

	if (s.n < 4 || (unsigned char)s.p[0] != 0xff)
		return 0;
	memcpy(b, s.p + 1, 3);
	version = b[0] >> 3 & 3;
	rate = b[1] >> 4;
	sample = b[1] >> 2 & 3;
	if ((b[0] & 0xe6) != 0xe2 || version == 1 || rate == 0 || rate == 15 ||
	    sample == 3)
		return 0;
	return (version == 3 ? 144U : 72U) * rates[version == 3][rate] * 1000U /
	    samples[version][sample] +
	    (b[1] >> 1 & 1);
}

/* MIME Sniffing 6.2.3: two frames, for one may be chance. */
static const char *
mp3(struct slice s)
{
	size_t n = frame(s);

	return n > 0 && n < s.n && frame(slice_from(s, n)) > 0 ? "audio/mpeg" :
								 NULL;
}

const char *
sniff_container(struct slice s)
{
	static const char *(*const kinds[])(
	    struct slice) = { zip, mp4, matroska, ogg, mp3 };
	const char *type = NULL;

	for (size_t i = 0; type == NULL && i < sizeof(kinds) / sizeof(*kinds);
	     i++)
		type = kinds[i](s);
	return type;
}

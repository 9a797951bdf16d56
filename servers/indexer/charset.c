/*
 * charset.c - text of any charset as UTF-8 that is always valid.
 *
 * The C library's iconv does the work; names as they occur in mail are known
 * to GMime.  Only charsets of the table below are asked for, sandbox or not,
 * for some of the rarer ones of the C library were found to hang.
 */
#include "indexer/charset.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <iconv.h>
#include <string.h>

#include "grammar/mail_address.h"

#define NAME_MAX_BYTES 40
#define INSTEAD        "\xef\xbf\xbd" /* U+FFFD, for what means nothing */

/* As the C library calls them. */
static const char *const known[] = { "iso-8859-1", "iso-8859-2", "iso-8859-3",
	"iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-8",
	"iso-8859-9", "iso-8859-10", "iso-8859-11", "iso-8859-13",
	"iso-8859-14", "iso-8859-15", "iso-8859-16", "windows-1250",
	"windows-1251", "windows-1252", "windows-1253", "windows-1254",
	"windows-1255", "windows-1256", "windows-1257", "windows-1258",
	"cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256",
	"cp1257", "cp1258", "koi8-r", "koi8-u", "ibm437", "cp437", "cp850",
	"ibm850", "cp866", "ibm866", "cp874", "ibm874", "tis-620", "macintosh",
	"big5", "big5-hkscs", "gb2312", "gbk", "gb18030", "euc-cn", "cp936",
	"euc-jp", "shift_jis", "sjis", "cp932", "windows-31j", "iso-2022-jp",
	"euc-kr", "uhc", "cp949", "iso-2022-kr", "utf-7", "utf-16", "utf-16be",
	"utf-16le", "utf-32", "utf-32be", "utf-32le" };

#define KNOWN (sizeof(known) / sizeof(known[0]))

/* Never closed: what is open need not be loaded. */
static iconv_t kept[KNOWN];

/*
 * How long is the sequence at the beginning?  0 when it is none.
 */
static size_t
sequence(struct slice s)
{
	unsigned char first = (unsigned char)s.p[0];
	size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	if (first == 0 || n > s.n)
		return 0;
	return n == 1 || mail_is_utf8((struct slice){ s.p, n }) ? n : 0;
}

static size_t
room(const struct buf *b)
{
	return b->failed ? 0 : b->max - b->n;
}

/* How many bytes at the beginning need no change? */
static size_t
good(struct slice s, size_t most)
{
	size_t at = 0;

	while (at < s.n) {
		size_t n = sequence(slice_from(s, at));

		if (n == 0 || at + n > most)
			break;
		at += n;
	}
	return at;
}

bool
charset_add_utf8(struct slice s, struct buf *out)
{
	while (s.n > 0) {
		size_t n = good(s, room(out));

		buf_add(out, s.p, n);
		s = slice_from(s, n);
		if (s.n == 0)
			break;
		if (sequence(s) > 0 || room(out) < strlen(INSTEAD))
			return false;
		buf_addz(out, INSTEAD);
		s = slice_from(s, 1);
	}
	return true;
}

/*
 * The converter of a charset, or -1.  What is said to be Latin 1 is
 * windows-1252 more often than not, which has all of it.
 */
static iconv_t
converter(struct slice charset)
{
	char name[NAME_MAX_BYTES];
	const char *as;

	if (slice_copy(slice_trim(charset), name, sizeof(name)) < 0 ||
	    name[0] == '\0')
		return (iconv_t)-1;
	as = g_mime_charset_iconv_name(name);
	if (as == NULL || strcasecmp(as, "iso-8859-1") == 0)
		as = "windows-1252";
	for (size_t i = 0; i < KNOWN; i++)
		if (strcasecmp(as, known[i]) == 0)
			return iconv_open("UTF-8", as);
	return (iconv_t)-1;
}

/* One call of iconv; with no text the end of it.  Returns false when out is
 * full. */
static bool
convert_some(iconv_t with, struct slice *s, struct buf *out)
{
	char piece[4096];
	char *from = (char *)s->p, *to = piece;
	size_t space = sizeof(piece);
	size_t done = iconv(with, s->n > 0 ? &from : NULL,
	    s->n > 0 ? &s->n : NULL, &to, &space);
	bool bad = done == (size_t)-1 && errno != E2BIG;

	s->p = from;
	if (!charset_add_utf8(slice_between(piece, to), out))
		return false;
	/* Replaced byte by byte. */
	if (bad)
		*s = slice_from(*s, 1);
	return !bad || charset_add_utf8((struct slice){ "", 1 }, out);
}

static bool
convert(iconv_t with, struct slice s, struct buf *out)
{
	while (s.n > 0)
		if (!convert_some(with, &s, out))
			return false;
	return convert_some(with, &s, out);
}

static bool
is_utf8_name(struct slice charset)
{
	return charset.n == 0 || slice_iis(charset, "utf-8") ||
	    slice_iis(charset, "utf8") || slice_iis(charset, "us-ascii") ||
	    slice_iis(charset, "ascii");
}

bool
charset_add(struct slice charset, struct slice text, struct buf *out)
{
	iconv_t with = (iconv_t)-1;
	bool all;

	charset = slice_trim(charset);
	if (slice_starts(text, "\xef\xbb\xbf")) {
		charset = (struct slice){ NULL, 0 };
		text = slice_from(text, 3);
	}
	if (!is_utf8_name(charset))
		with = converter(charset);
	/* Who says UTF-8 is believed, also when it is not. */
	if (with == (iconv_t)-1 && !slice_iis(charset, "utf-8") &&
	    !mail_is_utf8(text))
		with = iconv_open("UTF-8", "windows-1252");
	if (with == (iconv_t)-1)
		return charset_add_utf8(text, out);
	all = convert(with, text, out);
	iconv_close(with);
	return all;
}

struct slice
charset_cut(struct slice text, size_t n)
{
	if (text.n <= n)
		return text;
	while (n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	return (struct slice){ text.p, n };
}

void
charset_prepare(void)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (kept[i] == NULL)
			kept[i] = iconv_open("UTF-8", known[i]);
}

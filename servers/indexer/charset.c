/*
 * charset.c - text of any charset as UTF-8 that is always valid.
 *
 * The C library's iconv does the work.  Only charsets of the table below are
 * asked for, sandbox or not: some of its rarer ones were found to hang, or
 * worse.
 */
#include "indexer/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "bytes/ascii.h"
#include "grammar/mail_address.h"

#define INSTEAD "\xef\xbf\xbd" /* U+FFFD, for what means nothing */

/*
 * Names as they occur in mail, in lower case and without "-", "_", ":" and
 * blanks; and what the C library has for it.  As browsers do, a charset that
 * is often said for a larger one is taken for that (Encoding Standard 4.2).
 */
/* clang-format off */
static const struct known {
	const char *said, *name;
} known[] = {
	{ "iso88591", "windows-1252" }, { "latin1", "windows-1252" },
	{ "iso88592", "iso-8859-2" }, { "latin2", "iso-8859-2" },
	{ "iso88593", "iso-8859-3" }, { "iso88594", "iso-8859-4" },
	{ "iso88595", "iso-8859-5" }, { "iso88596", "iso-8859-6" },
	{ "iso88597", "iso-8859-7" }, { "iso88598", "iso-8859-8" },
	{ "iso88598i", "iso-8859-8" }, { "iso88599", "windows-1254" },
	{ "iso885910", "iso-8859-10" }, { "iso885911", "iso-8859-11" },
	{ "iso885913", "iso-8859-13" }, { "iso885914", "iso-8859-14" },
	{ "iso885915", "iso-8859-15" }, { "iso885916", "iso-8859-16" },
	{ "windows874", "cp874" }, { "cp874", "cp874" }, { "tis620", "cp874" },
	{ "cp437", "cp437" }, { "ibm437", "cp437" }, { "cp850", "cp850" },
	{ "ibm850", "cp850" }, { "cp866", "cp866" }, { "ibm866", "cp866" },
	{ "koi8r", "koi8-r" }, { "koi8u", "koi8-u" },
	{ "macintosh", "macintosh" }, { "xmacroman", "macintosh" },
	{ "big5", "big5-hkscs" }, { "big5hkscs", "big5-hkscs" },
	{ "gb2312", "gb18030" }, { "gbk", "gb18030" }, { "xgbk", "gb18030" },
	{ "cp936", "gb18030" }, { "windows936", "gb18030" },
	{ "euccn", "gb18030" }, { "gb18030", "gb18030" },
	{ "eucjp", "euc-jp" }, { "shiftjis", "cp932" }, { "sjis", "cp932" },
	{ "xsjis", "cp932" }, { "cp932", "cp932" }, { "windows31j", "cp932" },
	{ "iso2022jp", "iso-2022-jp" }, { "euckr", "cp949" },
	{ "ksc56011987", "cp949" }, { "ksc5601", "cp949" },
	{ "cp949", "cp949" }, { "windows949", "cp949" }, { "uhc", "cp949" },
	{ "iso2022kr", "iso-2022-kr" }, { "utf7", "utf-7" },
	{ "unicode11utf7", "utf-7" }, { "utf16", "utf-16" },
	{ "utf16be", "utf-16be" }, { "utf16le", "utf-16le" },
	{ "utf32", "utf-32" }, { "utf32be", "utf-32be" },
	{ "utf32le", "utf-32le" }, { "windows1250", "windows-1250" },
	{ "cp1250", "windows-1250" }, { "windows1251", "windows-1251" },
	{ "cp1251", "windows-1251" }, { "windows1252", "windows-1252" },
	{ "cp1252", "windows-1252" }, { "windows1253", "windows-1253" },
	{ "cp1253", "windows-1253" }, { "windows1254", "windows-1254" },
	{ "cp1254", "windows-1254" }, { "windows1255", "windows-1255" },
	{ "cp1255", "windows-1255" }, { "windows1256", "windows-1256" },
	{ "cp1256", "windows-1256" }, { "windows1257", "windows-1257" },
	{ "cp1257", "windows-1257" }, { "windows1258", "windows-1258" },
	{ "cp1258", "windows-1258" },
};
/* clang-format on */

#define KNOWN (sizeof(known) / sizeof(known[0]))

/* What GMime has instead of some of these, for words in headers. */
static const char *const also[] = { "iso-8859-1", "iso-8859-9", "tis-620",
	"euc-kr", "big5", "gbk", "gb2312", "shift-jis", "iso-2022-cn", "viscii",
	"us-ascii" };

#define ALSO (sizeof(also) / sizeof(also[0]))

/* Never closed: what is open need not be loaded. */
static iconv_t kept[KNOWN + ALSO];

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

/* Is it the same name?  said comes as in the table. */
static bool
is_said(struct slice charset, const char *said)
{
	for (size_t i = 0; i < charset.n; i++) {
		char c = ascii_lower(charset.p[i]);

		if (c == '-' || c == '_' || c == ':' || c == ' ')
			continue;
		if (c == '\0' || c != *said++)
			return false;
	}
	return *said == '\0';
}

/* NULL: there is none. */
static iconv_t
open_named(const char *name)
{
	iconv_t with = iconv_open("UTF-8", name);

	return (intptr_t)with == -1 ? NULL : with;
}

static iconv_t
converter(struct slice charset)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (is_said(charset, known[i].said))
			return open_named(known[i].name);
	return NULL;
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

bool
charset_add(struct slice charset, struct slice text, struct buf *out)
{
	iconv_t with;
	bool utf8, all;

	charset = slice_trim(charset);
	utf8 = is_said(charset, "utf8");
	if (slice_starts(text, "\xef\xbb\xbf")) {
		utf8 = true;
		text = slice_from(text, 3);
	}
	with = utf8 ? NULL : converter(charset);
	/* Who says UTF-8 is believed, also when it is not. */
	if (with == NULL && !utf8 && !mail_is_utf8(text))
		with = open_named("windows-1252");
	if (with == NULL)
		return charset_add_utf8(text, out);
	all = convert(with, text, out);
	iconv_close(with);
	return all;
}

void
charset_prepare(void)
{
	for (size_t i = 0; i < KNOWN + ALSO; i++)
		if (kept[i] == NULL)
			kept[i] = open_named(
			    i < KNOWN ? known[i].name : also[i - KNOWN]);
}

/*
 * tls_hello.c - the first bytes of a client, as they should not be: each such
 * connection comes to its end, in order, with the alert that says why where
 * TLS was spoken at all, and the server goes on.
 */
#include <unistd.h>

#include "rig/hello.h"
#include "tls_start.h"

#define ASKED "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

/* ---- what is said ---- */

struct row {
	const char *name;
	void (*say)(struct buf *, const struct row *);
	struct slice what;
	enum hello_extension type;
	size_t times;
	int alert; /* the answer, or one of those below */
};

enum { HELLO = -1, NOTHING = -2, PAGE_400 = -3 };

/* What it is, so often. */
static void
say_bytes(struct buf *b, const struct row *r)
{
	for (size_t i = 0; i < r->times; i++)
		buf_adds(b, r->what);
}

/* A hello with this extension, so often. */
static void
say_extension(struct buf *b, const struct row *r)
{
	struct buf all;

	buf_init(&all, HELLO_BUF_MAX);
	for (size_t i = 0; i < r->times; i++)
		hello_extension(&all, r->type, r->what);
	hello_add(b, buf_slice(&all), HELLO_RECORD_MAX);
	buf_free(&all);
}

/* A hello with a list of one name, which is what, so often. */
static void
say_server(struct buf *b, const struct row *r)
{
	struct buf name, entry, list, all;

	buf_init(&name, HELLO_BUF_MAX);
	buf_init(&entry, HELLO_BUF_MAX);
	buf_init(&list, HELLO_BUF_MAX);
	buf_init(&all, HELLO_BUF_MAX);
	say_bytes(&name, r);
	hello_number(&entry, 0, 1);
	hello_counted(&entry, 2, buf_slice(&name));
	hello_counted(&list, 2, buf_slice(&entry));
	hello_extension(&all, HELLO_SERVER, buf_slice(&list));
	hello_add(b, buf_slice(&all), HELLO_RECORD_MAX);
	buf_free(&name);
	buf_free(&entry);
	buf_free(&list);
	buf_free(&all);
}

/* A hello with so many protocols that nobody knows, and then what. */
static void
say_protocols(struct buf *b, const struct row *r)
{
	struct buf names, list, all;

	buf_init(&names, HELLO_BUF_MAX);
	buf_init(&list, HELLO_BUF_MAX);
	buf_init(&all, HELLO_BUF_MAX);
	for (size_t i = 0; i < r->times; i++)
		hello_counted(&names, 1, (struct slice)SLICE("a"));
	buf_adds(&names, r->what);
	hello_counted(&list, 2, buf_slice(&names));
	hello_extension(&all, HELLO_ALPN, buf_slice(&list));
	hello_add(b, buf_slice(&all), HELLO_RECORD_MAX);
	buf_free(&names);
	buf_free(&list);
	buf_free(&all);
}

static void
say_small_records(struct buf *b, const struct row *r)
{
	hello_add(b, r->what, r->times);
}

/* A hello as it should be, and something that must not follow. */
static void
say_more(struct buf *b, const struct row *r)
{
	hello_add(b, (struct slice){ NULL, 0 }, HELLO_RECORD_MAX);
	say_bytes(b, r);
}

/* A message that says it has 16 MiB, and begins. */
static void
say_large(struct buf *b, const struct row *r)
{
	hello_number(b, 0x1603014000, 5);
	hello_number(b, 0x01ffffff, 4);
	say_bytes(b, r);
}

/* Data before the handshake is over, of a session that there never was. */
static void
say_early(struct buf *b, const struct row *r)
{
	struct buf early;

	buf_init(&early, HELLO_BUF_MAX);
	hello_extension(&early, HELLO_EARLY, (struct slice){ NULL, 0 });
	hello_add(b, buf_slice(&early), HELLO_RECORD_MAX);
	buf_free(&early);
	for (size_t i = 0; i < r->times; i++) {
		hello_number(b, 0x1703034000, 5);
		for (size_t n = 0; n < HELLO_RECORD_MAX; n++)
			buf_addc(b, (char)(n * 7 + i));
	}
}

static const struct row rows[] = {
	{ "as it should be", say_more, SLICE(""), 0, 0, HELLO },
	{ "a server's name", say_server, SLICE("localhost"), 0, 1, HELLO },
	{ "a name that is a format and a path", say_server, SLICE("%s%n/../.."),
	    0, 1, HELLO },
	{ "a name with a NUL", say_server, SLICE("localhost\0.evil.test"), 0, 1,
	    112 },
	{ "a name of 256 bytes", say_server, SLICE("a"), 0, 256, 112 },
	{ "a name of 65000 bytes", say_server, SLICE("a"), 0, 65000, 112 },
	{ "two lists of names", say_extension, SLICE("\0\4\0\0\1a"),
	    HELLO_SERVER, 2, 47 },
	{ "a list of names that ends behind the hello", say_extension,
	    SLICE("\xff\xff\0\0\3abc"), HELLO_SERVER, 1, 50 },
	{ "a protocol that is spoken", say_protocols, SLICE("\2h2"), 0, 0,
	    HELLO },
	{ "one behind 30000 that are not", say_protocols, SLICE("\2h2"), 0,
	    30000, HELLO },
	{ "30000 protocols, none of them ours", say_protocols, SLICE(""), 0,
	    30000, 120 },
	{ "no list of protocols", say_extension, SLICE("\0\0"), HELLO_ALPN, 1,
	    50 },
	{ "a protocol without a name", say_extension, SLICE("\0\1\0"),
	    HELLO_ALPN, 1, 50 },
	{ "a protocol that ends behind its list", say_extension,
	    SLICE("\0\3\xffh2"), HELLO_ALPN, 1, 50 },
	{ "protocols that end behind the hello", say_extension,
	    SLICE("\xff\xff\2h2"), HELLO_ALPN, 1, 50 },
	{ "a byte in each record", say_small_records, SLICE(""), 0, 1, HELLO },
	{ "records of 100 bytes", say_small_records, SLICE(""), 0, 100, HELLO },
	{ "data in early, of no session", say_early, SLICE(""), 0, 1, HELLO },
	{ "and more of it than there may be", say_early, SLICE(""), 0, 4,
	    HELLO },
	{ "a heartbeat behind it", say_more, SLICE("\x18\3\3\0\3\1\x40\0"), 0,
	    1, HELLO },
	{ "records of nothing", say_bytes, SLICE("\x16\3\1\0\0"), 0, 1000, 10 },
	{ "a message of 16 MiB", say_large, SLICE("a"), 0, HELLO_RECORD_MAX - 4,
	    47 },
	{ "a record of 65535 bytes", say_bytes, SLICE("\x16\3\1\xff\xff\1\0"),
	    0, 1, 22 },
	{ "nothing but alerts", say_bytes, SLICE("\x15\3\1\0\2\1\x5a"), 0, 1000,
	    10 },
	{ "data first", say_bytes, SLICE("\x17\3\3\0\1a"), 0, 1, 10 },
	/* It had no alert for a version. */
	{ "SSL 3", say_bytes,
	    SLICE("\x16\3\0\0\x2f\1\0\0\x2b\3\0rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
		  "\0\0\4\0\x0a\0\x2f\1\0"),
	    0, 1, 40 },
	{ "SSL 2", say_bytes,
	    SLICE("\x80\x1c\1\0\2\0\3\0\0\0\x10\1\0\x80rrrrrrrrrrrrrrrr"), 0, 1,
	    70 },
	{ "SSL 2 that offers more", say_bytes,
	    SLICE("\x80\x1c\1\3\3\0\3\0\0\0\x10\0\0\x2frrrrrrrrrrrrrrrr"), 0, 1,
	    40 },
	{ "HTTP", say_bytes, SLICE(ASKED), 0, 1, PAGE_400 },
	{ "the beginning of HTTP/2", say_bytes,
	    SLICE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 0, 1, PAGE_400 },
	{ "NULs", say_bytes, SLICE("\0"), 0, 5000, NOTHING },
	{ "all ones", say_bytes, SLICE("\xff"), 0, 5000, NOTHING },
};

/* ---- what comes of it ---- */

static bool
is_answer(int should, struct slice s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	switch (should) {
	case HELLO:
		return s.n > 6 && p[0] == 22 && p[5] == 2;
	case NOTHING:
		return s.n == 0;
	case PAGE_400:
		return slice_starts(s, "HTTP/1.1 400 ");
	default: /* a fatal alert, and nothing else */
		return s.n == 7 && p[0] == 21 && p[5] == 2 && p[6] == should;
	}
}

/* Hear it to its end, which comes in order. */
static bool
hears(int fd, int should)
{
	struct buf heard;
	bool ended, is;

	buf_init(&heard, HELLO_BUF_MAX);
	ended = rig_read_all(fd, &heard);
	is = is_answer(should, buf_slice(&heard));
	for (size_t i = 0; !is && i < heard.n && i < 40; i++)
		fprintf(stderr, " %02x%s", (unsigned char)heard.p[i],
		    i == 39 || i + 1 == heard.n ? "\n" : "");
	buf_free(&heard);
	close(fd);
	return ended && is;
}

Test(tls_hello, each_has_an_end_and_the_server_none)
{
	struct rig *r = tls_start(TLS_SERVER);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = rig_open(r, "https");
		struct buf said;

		buf_init(&said, HELLO_BUF_MAX);
		rows[i].say(&said, &rows[i]);
		cr_assert(!said.failed);
		cr_expect(rig_send_bytes(fd, said.p, said.n));
		rig_half_close(fd);
		cr_expect(hears(fd, rows[i].alert), "%s", rows[i].name);
		buf_free(&said);
	}
	cr_expect(rig_hear(r, "no handshake: too much early data"));
	cr_expect(rig_hear(r, "no handshake: bad extension"));
	tls_goes_on(r);
}

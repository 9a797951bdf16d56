/*
 * message.c - one message file as a JSON document: the order of the steps, and
 * where in the file what begins.
 */
#include "indexer/message.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/charset.h"
#include "indexer/message_inside.h"
#include "system/mime.h"

/* What leaks between these two is known to. */
#if defined(__SANITIZE_ADDRESS__)
#define LSAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LSAN
#endif
#endif
#ifdef LSAN
#include <sanitizer/lsan_interface.h>
#define LEAKS(on) ((on) ? __lsan_disable() : __lsan_enable())
#else
#define LEAKS(on) ((void)(on))
#endif

/* Of what is searched for: people, names of files, messages inside. */
#define WORDS_MAX ((size_t)256 << 10)

static int
read_head(struct message *m)
{
	size_t n =
	    m->size < MESSAGE_HEAD_MAX ? (size_t)m->size : MESSAGE_HEAD_MAX;
	char *to = buf_room(&m->head, n + 1);

	if (to == NULL) {
		errno = ENOMEM;
		return -1;
	}
	while (m->head.n < n) {
		ssize_t got = pread(m->fd, m->head.p + m->head.n, n - m->head.n,
		    (off_t)m->head.n);

		if (got < 0 && errno != EINTR)
			return -1;
		if (got == 0)
			break;
		if (got > 0)
			buf_grew(&m->head, (size_t)got);
	}
	if (m->head.n < n) /* it has shrunk since */
		m->size = m->head.n;
	return 0;
}

/* What other programs put before a header: a mark of UTF-8, an mbox's line. */
static void
find_begin(struct message *m)
{
	struct slice s = slice_from(buf_slice(&m->head), m->sent);

	if (m->sent == 0 && slice_starts(s, "\xef\xbb\xbf"))
		s = slice_from(s, 3);
	if (m->sent == 0 && slice_starts(s, "From "))
		slice_cut(&s, '\n');
	m->begin = s.p == NULL ? m->head.n : (uint64_t)(s.p - m->head.p);
}

/* Behind the first empty line; a header that is too long is all there is. */
static void
find_body(struct message *m)
{
	struct slice rest = slice_from(buf_slice(&m->head), m->begin);

	m->end = m->size;
	while (rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');

		if (rest.p != NULL && (line.n == 0 || slice_is(line, "\r"))) {
			m->body = (uint64_t)(rest.p - m->head.p);
			return;
		}
	}
	if (m->size > m->head.n) {
		document_trouble(&m->doc,
		    "the header is too long: what comes behind its first part "
		    "is left out");
		m->end = m->head.n;
	}
	m->body = m->end;
}

/* Lines that end in CR alone: GMime would take them for one. */
static bool
has_no_lines(const struct message *m)
{
	struct slice s = slice_from(buf_slice(&m->head), m->begin);

	return slice_find(s, '\n') == NULL && slice_find(s, '\r') != NULL;
}

static void
read_all(struct message *m)
{
	json_t *root = m->doc.root;

	message_trace(m);
	find_begin(m);
	find_body(m);
	if (!has_no_lines(m))
		m->mime = message_parse(m, m->begin, m->end - m->begin);
	if (m->mime == NULL)
		m->body = m->begin;
	json_object_set_new(root, "Size", json_integer((json_int_t)m->size));
	json_object_set_new(
	    root, "SentOffset", json_integer((json_int_t)m->sent));
	message_people(m);
	message_head(m);
	message_parts(m);
	message_words(m);
}

static void
begin(struct message *m, const struct stat *st)
{
	static const char *fallback[] = { "utf-8", "windows-1252", NULL };

	m->size = (uint64_t)st->st_size;
	m->mtime = st->st_mtime;
	m->options = g_mime_parser_options_new();
	g_mime_parser_options_set_fallback_charsets(m->options, fallback);
	document_begin(&m->doc);
	buf_init(&m->head, MESSAGE_HEAD_MAX + 1);
	buf_init(&m->text, MESSAGE_BODY_MAX);
	buf_init(&m->html, MESSAGE_BODY_MAX);
	buf_init(&m->people, WORDS_MAX);
	buf_init(&m->files, WORDS_MAX);
	buf_init(&m->inside, WORDS_MAX);
}

static void
end(struct message *m)
{
	if (m->mime != NULL)
		g_object_unref(m->mime);
	if (m->received != NULL)
		g_date_time_unref(m->received);
	g_mime_parser_options_free(m->options);
	document_free(&m->doc);
	buf_free(&m->head);
	buf_free(&m->text);
	buf_free(&m->html);
	buf_free(&m->people);
	buf_free(&m->files);
	buf_free(&m->inside);
}

/* GMime complains of what is bad in a message; nobody should read that. */
static void
say_nothing(
    const char *domain, GLogLevelFlags level, const char *text, void *arg)
{
	(void)domain;
	(void)level;
	(void)text;
	(void)arg;
}

/*
 * Messages inside a message are parts like others: they are offered as files,
 * and GMime need not follow them down.  It forgets its own entry for each and
 * never frees it.
 */
static void
register_types(void)
{
	static const char *const subtypes[] = { "rfc822", "rfc2822", "global",
		"news", "partial", "external-body" };

	LEAKS(true);
	g_mime_init();
	for (size_t i = 0; i < sizeof(subtypes) / sizeof(subtypes[0]); i++)
		g_mime_object_register_type(
		    "message", subtypes[i], GMIME_TYPE_PART);
	LEAKS(false);
}

void
message_prepare(void)
{
	static bool prepared;

	if (prepared)
		return;
	prepared = true;
	g_log_set_default_handler(say_nothing, NULL);
	register_types();
	charset_prepare();
	mime_prepare(MIME_NOW);
}

int
message_read(int fd, struct buf *json)
{
	struct message m = { .fd = fd };
	struct stat st;
	int status;

	if (fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	begin(&m, &st);
	status = read_head(&m);
	if (status == 0) {
		read_all(&m);
		status = document_write(&m.doc, json);
	}
	end(&m);
	return status;
}

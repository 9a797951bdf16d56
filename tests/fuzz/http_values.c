/*
 * http_values.c - any bytes as the value of a field, and as text to escape.
 *
 * The first byte chooses the field, a NUL divides its value over two fields of
 * that name.  Properties: members of a list are not empty, lie in a value, and
 * are the same when the values stand in one field; weights are weights; only
 * who reads can have it already (304); text that was escaped can end nothing
 * around it, and is UTF-8, or ASCII for a log.
 */
#include <stdint.h>
#include <string.h>

#include "bytes/ascii.h"
#include "fuzzrig/must.h"
#include "grammar/escape.h"
#include "grammar/http_accept.h"
#include "grammar/http_condition.h"

#define INPUT_MAX 4096

static const char *const names[] = { "Accept", "Accept-Encoding", "If-Match",
	"If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range",
	"Connection" };

static void
check_list(const char *name, const struct http_fields *f, struct slice joined)
{
	struct http_list l = { 0 };
	struct slice member, other, rest, key, value;

	while (http_next(f, name, &l, &member)) {
		must(member.n > 0);
		must(http_next_member(&joined, &other));
		must(slice_eq(member, other));
		must(http_before_params(member, &rest).n <= member.n);
		for (size_t n = 0; http_next_param(&rest, &key, &value); n++)
			must(key.n > 0 && n < member.n);
	}
	must(!http_next_member(&joined, &other));
}

static void
check_meaning(const struct http_fields *f)
{
	static const struct http_validators v = { SLICE("\"a-b\""), 1000000000,
		2000000000 };
	static const char *const codings[] = { "br", "gzip", "identity" };
	int status;

	for (size_t i = 0; i < 3; i++) {
		int weight = http_accepts_coding(f, codings[i]);

		must(weight >= 0 && weight <= 1000);
	}
	status = http_accepts_type(f, "text/html");
	must(status >= 0 && status <= 1000);
	for (int safe = 0; safe < 2; safe++) {
		status = (int)http_condition(f, safe, &v);
		must(status == HTTP_GO_ON || status == HTTP_NOT_MODIFIED ||
		    status == HTTP_PRECONDITION_FAILED);
		must(safe || status != HTTP_NOT_MODIFIED);
	}
	http_if_range(f, &v);
}

static void
must_be_utf8(struct slice s)
{
	while (s.n > 0) {
		must(escape_utf8(s) > 0);
		s = slice_from(s, escape_utf8(s));
	}
}

/* Behind a backslash there is always something, and no bare quote. */
static void
check_quoted(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		must(!ascii_is(s.p[i], ASCII_CTL) && s.p[i] != '"');
		if (s.p[i] == '\\')
			must(++i < s.n);
	}
}

static void
check_escapes(struct slice text)
{
	struct buf b;

	buf_init(&b, INPUT_MAX * 8);
	escape_html(&b, text);
	for (size_t i = 0; i < b.n; i++)
		must(strchr("<>\"'\r\x1b\x7f", b.p[i]) == NULL);
	must_be_utf8(buf_slice(&b));
	buf_clear(&b);
	escape_json(&b, text);
	check_quoted(buf_slice(&b));
	must_be_utf8(buf_slice(&b));
	buf_clear(&b);
	escape_log(&b, text);
	check_quoted(buf_slice(&b));
	for (size_t i = 0; i < b.n; i++)
		must((unsigned char)b.p[i] < 127);
	must(!b.failed);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct http_fields f;
	struct slice rest = { (const char *)data + 1, size - 1 }, first;
	const char *name;
	struct buf joined;

	if (size == 0 || size > INPUT_MAX)
		return 0;
	check_escapes(rest);
	name = names[data[0] % (sizeof(names) / sizeof(names[0]))];
	first = slice_cut(&rest, '\0');
	f.n = 0;
	f.at[f.n++] = (struct http_field){ slice_of(name), slice_trim(first) };
	if (rest.p != NULL)
		f.at[f.n++] =
		    (struct http_field){ slice_of(name), slice_trim(rest) };
	check_meaning(&f);
	/* A quoted string that has no end would go on in the next field. */
	if (slice_find(first, '"') != NULL)
		return 0;
	buf_init(&joined, INPUT_MAX + 2);
	buf_adds(&joined, f.at[0].value);
	buf_addz(&joined, ", ");
	buf_adds(&joined, rest);
	check_list(name, &f, buf_slice(&joined));
	buf_free(&joined);
	return 0;
}

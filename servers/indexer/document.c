/*
 * document.c - a JSON document that is made of strings by strangers.
 */
#include "indexer/document.h"

#include <errno.h>
#include <string.h>

#include "indexer/charset.h"
#include "indexer/message.h"

/* For what is no string by a stranger: names, numbers, brackets. */
#define APART       ((size_t)1 << 20)
#define ERROR_MAX   1000
#define ENTRY_COSTS 40 /* bytes of a key, quotes, a comma */

void
document_begin(struct document *d)
{
	d->root = json_object();
	d->left = MESSAGE_JSON_MAX - APART;
	buf_init(&d->error, ERROR_MAX);
}

void
document_free(struct document *d)
{
	json_decref(d->root);
	buf_free(&d->error);
}

void
document_trouble(struct document *d, const char *what)
{
	size_t n = strlen(what);

	if (d->error.n > 0 && memmem(d->error.p, d->error.n, what, n) != NULL)
		return;
	if (d->error.n + n + 2 > ERROR_MAX)
		return;
	if (d->error.n > 0)
		buf_addz(&d->error, "; ");
	buf_add(&d->error, what, n);
}

/* How much is it as a JSON string? */
static size_t
as_json(struct slice s)
{
	size_t n = s.n + 2;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\' ||
		    (c >= '\b' && c <= '\r' && c != 11))
			n++;
		else if (c < ' ')
			n += 5;
	}
	return n;
}

bool
document_take_room(struct document *d, size_t n)
{
	if (n <= d->left) {
		d->left -= n;
		return true;
	}
	document_trouble(d, "more text than an answer holds: some is left out");
	return false;
}

json_t *
document_string(struct document *d, struct slice text, size_t most)
{
	struct buf clean;
	json_t *string = NULL;
	size_t costs;

	buf_init(&clean, most);
	if (!charset_add_utf8(text, &clean))
		document_trouble(d, "a text that is too long is cut");
	costs = as_json(buf_slice(&clean)) + ENTRY_COSTS;
	if (document_take_room(d, costs))
		string = json_stringn_nocheck(
		    clean.p != NULL ? clean.p : "", clean.n);
	buf_free(&clean);
	return string != NULL ? string : json_string("");
}

void
document_set(struct document *d, json_t *object, const char *key,
    struct slice text, size_t most)
{
	json_object_set_new(object, key, document_string(d, text, most));
}

static int
take(const char *text, size_t n, void *arg)
{
	buf_add(arg, text, n);
	return ((struct buf *)arg)->failed ? -1 : 0;
}

int
document_write(struct document *d, struct buf *json)
{
	if (d->error.n > 0)
		json_object_set_new(
		    d->root, "Error", json_stringn(d->error.p, d->error.n));
	if (json_dump_callback(d->root, take, json, JSON_COMPACT) < 0) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

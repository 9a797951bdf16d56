/*
 * document.h - a JSON document that is made of strings by strangers: each is
 * made valid UTF-8 and cut, and all together stay within MESSAGE_JSON_MAX.
 *
 * What does not fit is left out and said in Error.  Called by message*.c only.
 */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>

#include "bytes/buf.h"
#include "bytes/slice.h"

/* Bytes of a name, a file's name, an address ...; of a field's value. */
#define DOCUMENT_NAME_MAX  1000
#define DOCUMENT_VALUE_MAX ((size_t)64 << 10)

struct document {
	json_t *root;
	size_t left; /* bytes of JSON text that may still be added */
	struct buf error;
};

/*
 * Begin an empty document, and throw one away.
 */
void document_begin(struct document *);
void document_free(struct document *);

/*
 * A string, or object[key] as a string: at most most bytes of text.
 */
json_t *document_string(struct document *, struct slice text, size_t most);
void document_set(struct document *, json_t *object, const char *key,
    struct slice text, size_t most);

/*
 * Take room for n bytes of JSON that are added by other means.  Returns false,
 * and says so in Error, when there is none.
 */
bool document_take_room(struct document *, size_t n);

/*
 * Something is not as it should be: add it to Error, once.
 */
void document_trouble(struct document *, const char *what);

/*
 * Add the text of the document to json.  Returns 0, or -1 with errno.
 */
int document_write(struct document *, struct buf *json);

#endif

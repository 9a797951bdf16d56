/*
 * mail_file.h - a mail file of some bytes, and its document.
 */
#ifndef MAIL_FILE_H
#define MAIL_FILE_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bytes/slice.h"
#include "indexer/message.h"
#include "system/io.h"

/* An open file that holds them. */
static inline int
mail_file(struct slice bytes)
{
	int fd = memfd_create("mail", MFD_CLOEXEC);

	cr_assert(fd >= 0);
	cr_assert_eq(io_write_all(fd, bytes.p, bytes.n), (ssize_t)bytes.n);
	return fd;
}

/* Read it here, in this process. */
static inline json_t *
mail_read(struct slice bytes)
{
	int fd = mail_file(bytes);
	struct buf json;
	json_t *root;
	json_error_t error;

	message_prepare();
	buf_init(&json, MESSAGE_JSON_MAX);
	cr_assert_eq(message_read(fd, &json), 0);
	root = json_loadb(json.p, json.n, 0, &error);
	cr_assert(root != NULL, "%s", error.text);
	buf_free(&json);
	close(fd);
	return root;
}

/* A string, by a path of keys and numbers: "From.Address", "To.0.Name"; "?" when
 * there is none. */
static inline const char *
mail_say(const json_t *json, const char *path)
{
	struct slice rest = slice_of(path);
	const char *text;

	while (rest.p != NULL) {
		char key[64];

		slice_copy(slice_cut(&rest, '.'), key, sizeof(key));
		json = json_is_array(json) ?
		    json_array_get(json, (size_t)atoi(key)) :
		    json_object_get(json, key);
	}
	text = json_string_value(json);
	return text == NULL ? "?" : text;
}

static inline json_int_t
mail_number(const json_t *part, const char *key)
{
	return json_integer_value(json_object_get(part, key));
}

#endif

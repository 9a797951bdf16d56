/*
 * api_find.c - one message: found, opened, changed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "inboxd/api.h"
#include "inboxd/barrier.h"

#define SUMMARY_MAX (1 << 20)

struct finding {
	struct found *f;
	bool document;
};

static void
take(void *with, const struct index_row *row, struct slice document)
{
	struct finding *g = with;
	struct found *f = g->f;
	size_t n = strnlen(row->id, sizeof(f->id) - 1);

	f->n = row->n;
	memcpy(f->id, row->id, n);
	f->id[n] = '\0';
	f->file = row->file;
	f->seen = row->seen;
	f->created = row->created;
	f->size = row->size;
	buf_adds(&f->tags, row->tags);
	buf_adds(&f->summary, row->summary);
	if (g->document)
		f->document = json_loadb(document.p, document.n, 0, NULL);
}

int
api_find(struct exchange *x, const char *id, struct found *f, bool document)
{
	struct finding g = { f, document };
	struct scope s;
	int status;

	memset(f, 0, sizeof(*f));
	buf_init(&f->tags, SUMMARY_MAX);
	buf_init(&f->summary, SUMMARY_MAX);
	/* Somebody may ask for what has only just been accepted. */
	barrier_wait();
	if (scope_read(x, &s) != 0) {
		scope_free(&s);
		api_found_free(f);
		return 1;
	}
	status = index_message(inbox.index, &s.index, id, take, &g);
	scope_free(&s);
	if (status == 1 && (!document || f->document != NULL))
		return 0;
	api_found_free(f);
	if (status < 0)
		return inbox_failed(x, status) + 1;
	return inbox_error(x, 404, "there is no such message") + 1;
}

void
api_found_free(struct found *f)
{
	buf_free(&f->tags);
	buf_free(&f->summary);
	json_decref(f->document);
	f->document = NULL;
}

int
api_open(struct exchange *x, struct found *f, int64_t *offset, int64_t *size)
{
	struct stat st;
	int fd = maildir_open_message(inbox.maildir, &f->file, &st);

	if (fd < 0) {
		inbox_error(x, 404, "the message has just been deleted");
		return -1;
	}
	*size = st.st_size;
	*offset =
	    json_integer_value(json_object_get(f->document, "SentOffset"));
	if (*offset < 0 || *offset > *size)
		*offset = 0;
	return fd;
}

/* with: is it to be read? */
static int
set_seen(void *with, struct maildir_file *f)
{
	return *(const bool *)with ?
	    maildir_set_flags(inbox.maildir, f, "S", "") :
	    maildir_set_flags(inbox.maildir, f, "", "S");
}

static int
remove_it(void *with, struct maildir_file *f)
{
	(void)with;
	return maildir_remove(inbox.maildir, f);
}

int
api_set_seen(const struct ids *ids, const char *folder, bool seen)
{
	return ids_places(ids, folder, set_seen, &seen);
}

int
api_remove(const struct ids *ids, const char *folder)
{
	return ids_places(ids, folder, remove_it, NULL);
}

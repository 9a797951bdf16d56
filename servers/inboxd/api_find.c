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
#define PLACES_MAX  1024 /* folders that one message may be in; see do_all() */

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

static int
note_id(void *with, const struct index_row *row)
{
	snprintf(with, MAILDIR_ID_MAX, "%s", row->id);
	return 0;
}

int
api_which(const char *id, const char *folder, char to[MAILDIR_ID_MAX])
{
	struct index_scope newest = { .folder = folder };

	snprintf(to, MAILDIR_ID_MAX, "%s", id);
	return strcmp(id, "latest") == 0 ?
	    index_glance(inbox.index, &newest, 1, note_id, to) :
	    0;
}

/* The places are gathered first: what is changed is not being read. */
struct places {
	struct maildir_file at[PLACES_MAX];
	size_t n;
};

static int
add_place(void *with, const struct index_row *row)
{
	struct places *p = with;

	p->at[p->n++] = row->file;
	return p->n == PLACES_MAX;
}

static int
set_seen(struct maildir_file *f)
{
	return maildir_set_flags(inbox.maildir, f, "S", "");
}

static int
set_unseen(struct maildir_file *f)
{
	return maildir_set_flags(inbox.maildir, f, "", "S");
}

static int
remove_it(struct maildir_file *f)
{
	return maildir_remove(inbox.maildir, f);
}

static int
do_all(const char *id, const char *folder, int (*act)(struct maildir_file *))
{
	static struct places p; /* large */
	int status;

	p.n = 0;
	status = index_places(inbox.index, id, folder, add_place, &p);
	if (status < 0) {
		errno = EAGAIN;
		return -1;
	}
	for (size_t i = 0; i < p.n; i++)
		if (act(&p.at[i]) < 0 && errno != ENOENT)
			return -1;
	return 0;
}

int
api_set_seen(const char *id, const char *folder, bool seen)
{
	return do_all(id, folder, seen ? set_seen : set_unseen);
}

int
api_remove(const char *id, const char *folder)
{
	return do_all(id, folder, remove_it);
}

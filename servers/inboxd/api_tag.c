/*
 * api_tag.c - one tag: given another name, or taken away, everywhere.
 *
 *	PUT /api/v1/tags/TAG {"Name":"other"}, DELETE /api/v1/tags/TAG
 *
 * Flags are changed on each message that has it; the name stays known to the
 * folder (dovecot-keywords), as other mail readers expect.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inboxd/api.h"
#include "inboxd/barrier.h"
#include "inboxd/ids.h"
#include "inboxd/member.h"

/* All places of all messages that have the tag, before any is changed. */
struct places {
	struct maildir_file *at;
	size_t n, room;
};

static int
add_place(void *with, const struct index_row *row)
{
	struct places *p = with;

	if (p->n == p->room) {
		size_t room = p->room == 0 ? 64 : p->room * 2;
		void *more = reallocarray(p->at, room, sizeof(*p->at));

		if (more == NULL)
			return INDEX_FAILED;
		p->at = more;
		p->room = room;
	}
	p->at[p->n++] = row->file;
	return 0;
}

/* The messages are there once; their places are asked for one by one. */
static int
find_places(
    struct exchange *x, struct scope *s, const char *tag, struct places *p)
{
	char query[SCOPE_QUERY_MAX];
	struct ids ids = { NULL, 0, 0 };
	int status;

	snprintf(query, sizeof(query), "tag:\"%s\"", tag);
	scope_search(x, s, query);
	status = ids_find(&ids, &s->index);
	for (size_t i = 0; status == 0 && i < ids.n; i++)
		status = index_places(
		    inbox.index, ids.at[i], s->index.folder, add_place, p);
	ids_free(&ids);
	return status;
}

/* The letter that a tag has in a folder already, or 0. */
static char
known(const char *folder, const char *tag)
{
	static struct maildir_keywords k; /* large */

	maildir_keywords(inbox.maildir, folder, &k);
	for (int i = 0; i < MAILDIR_KEYWORDS; i++)
		if (strcasecmp(k.name[i], tag) == 0)
			return (char)('a' + i);
	return 0;
}

static int
change_one(struct maildir_file *f, const char *tag, const char *name)
{
	char add[2] = "", remove[2] = "";

	remove[0] = known(f->folder, tag);
	if (name != NULL)
		add[0] = maildir_keyword(inbox.maildir, f->folder, name);
	if (remove[0] == 0 || (name != NULL && add[0] == 0))
		return remove[0] == 0 ? 0 : -1;
	if (add[0] == remove[0])
		return 0;
	return maildir_set_flags(inbox.maildir, f, add, remove) < 0 &&
		errno != ENOENT ?
	    -1 :
	    0;
}

/* name is the other one, or NULL: there is to be none. */
static int
change(struct exchange *x, struct scope *s, const char *tag, const char *name)
{
	struct places p = { NULL, 0, 0 };
	int status = find_places(x, s, tag, &p), done = 0;

	for (size_t i = 0; status == 0 && done == 0 && i < p.n; i++)
		done = change_one(&p.at[i], tag, name);
	free(p.at);
	if (status < 0 || done < 0)
		return api_tag_fault(x, status);
	barrier_wait();
	return inbox_ok(x);
}

int
api_tag_rename(struct exchange *x, const char *part)
{
	struct scope s;
	json_t *body;
	const char *name;
	int status = scope_body(x, &body);

	if (status != 0)
		return status < 0 ? status : 0;
	barrier_wait();
	name = json_string_value(member_get(body, "Name"));
	if (scope_read(x, &s) == 0) {
		if (name == NULL || name[0] == '\0')
			inbox_error(x, 400, "Name: what it is to be called");
		else if (strchr(part, '"') != NULL)
			inbox_error(x, 404, "there is no such tag");
		else
			change(x, &s, part, name);
	}
	scope_free(&s);
	json_decref(body);
	return 0;
}

int
api_tag_delete(struct exchange *x, const char *part)
{
	struct scope s;

	barrier_wait();
	if (scope_read(x, &s) == 0) {
		if (strchr(part, '"') != NULL)
			inbox_error(x, 404, "there is no such tag");
		else
			change(x, &s, part, NULL);
	}
	scope_free(&s);
	return 0;
}

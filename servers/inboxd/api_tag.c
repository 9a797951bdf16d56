/*
 * api_tag.c - one tag: given another name, or taken away, everywhere.
 *
 *	PUT /api/v1/tags/TAG {"Name":"other"}, DELETE /api/v1/tags/TAG
 *
 * Flags are changed on each message that has it; the name stays known to the
 * folder (dovecot-keywords), as other mail readers expect.
 */
#include <string.h>

#include "inboxd/api.h"
#include "inboxd/barrier.h"
#include "inboxd/member.h"

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

struct change {
	const char *tag, *name; /* name: the other one, or NULL for none */
};

static int
change_one(void *with, struct maildir_file *f)
{
	const struct change *c = with;
	char add[2] = "", remove[2] = "";

	remove[0] = known(f->folder, c->tag);
	if (c->name != NULL)
		add[0] = maildir_keyword(inbox.maildir, f->folder, c->name);
	if (remove[0] == 0 || (c->name != NULL && add[0] == 0))
		return remove[0] == 0 ? 0 : -1;
	if (add[0] == remove[0])
		return 0;
	return maildir_set_flags(inbox.maildir, f, add, remove);
}

static int
change(struct exchange *x, struct scope *s, const char *tag, const char *name)
{
	struct change c = { tag, name };
	char query[SCOPE_QUERY_MAX];
	struct ids ids = { NULL, 0, 0 };
	int status;

	snprintf(query, sizeof(query), "tag:\"%s\"", tag);
	scope_search(x, s, query);
	status = ids_find(&ids, &s->index);
	if (status == 0)
		status = ids_places(&ids, s->index.folder, change_one, &c);
	ids_free(&ids);
	if (status != 0)
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

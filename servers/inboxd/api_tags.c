/*
 * api_tags.c - tags and mailboxes.
 *
 * A tag is a keyword of the Maildir: a flag in a message's name, and the name
 * of that flag in the folder's dovecot-keywords, where mail readers see it.
 */
#include <errno.h>
#include <string.h>

#include "inboxd/api.h"
#include "inboxd/barrier.h"
#include "inboxd/member.h"

#define LIST_MAX (1 << 20)
#define TAGS_MAX (4 * MAILDIR_KEYWORDS) /* in a request, some of them twice */

struct names {
	struct buf *out;
	int64_t n;
};

static int
add_name(void *with, const char *name, int64_t count)
{
	struct names *l = with;

	(void)count;
	if (l->n++ > 0)
		buf_addc(l->out, ',');
	record_string(l->out, slice_of(name));
	return 0;
}

int
api_add_tags(struct buf *out, const char *folder)
{
	struct names names = { .out = out };
	int status;

	buf_addc(out, '[');
	status = index_tags(inbox.index, folder, add_name, &names);
	buf_addc(out, ']');
	return status;
}

int
api_tags(struct exchange *x, const char *part)
{
	struct buf out;
	struct scope s;
	int status;

	(void)part;
	barrier_wait();
	if (scope_read(x, &s) == 0) {
		buf_init(&out, LIST_MAX);
		status = api_add_tags(&out, s.index.folder);
		if (status < 0)
			inbox_failed(x, status);
		else
			web_json(x, 200, &out);
		buf_free(&out);
	}
	scope_free(&s);
	return 0;
}

static int
add_mailbox(void *with, const char *name, struct slice mailbox,
    const struct index_counts *c)
{
	struct names *l = with;

	(void)name;
	if (l->n++ > 0)
		buf_addc(l->out, ',');
	buf_addz(l->out, "{\"Name\":");
	record_string(l->out, mailbox);
	buf_addf(l->out, ",\"Total\":%lld,\"Unread\":%lld}",
	    (long long)c->total, (long long)c->unread);
	return 0;
}

int
api_mailboxes(struct exchange *x, const char *part)
{
	struct buf out;
	struct names names = { .out = &out };
	int status;

	(void)part;
	barrier_wait();
	buf_init(&out, LIST_MAX);
	buf_addz(&out, "{\"mailboxes\":[");
	status = index_folders(inbox.index, add_mailbox, &names);
	buf_addz(&out, "]}");
	if (status < 0)
		inbox_failed(x, status);
	else
		web_json(x, 200, &out);
	buf_free(&out);
	return 0;
}

int
api_tag_flags(
    const char *folder, const json_t *tags, char flags[MAILDIR_KEYWORDS + 1])
{
	const json_t *tag;
	size_t i;
	bool on[MAILDIR_KEYWORDS] = { false };

	json_array_foreach(tags, i, tag)
	{
		const char *name = json_string_value(tag);
		char flag;

		if (name == NULL || name[0] == '\0')
			continue;
		flag = maildir_keyword(inbox.maildir, folder, name);
		if (flag == 0)
			return -1;
		on[flag - 'a'] = true;
	}
	for (i = 0; i < MAILDIR_KEYWORDS; i++)
		if (on[i])
			*flags++ = (char)('a' + i);
	*flags = '\0';
	return 0;
}

/* All others. */
static void
turn_round(const char *flags, char others[MAILDIR_KEYWORDS + 1])
{
	for (int c = 'a'; c < 'a' + MAILDIR_KEYWORDS; c++)
		if (strchr(flags, c) == NULL)
			*others++ = (char)c;
	*others = '\0';
}

static int
tag_one(void *with, struct maildir_file *f)
{
	char add[MAILDIR_KEYWORDS + 1], remove[MAILDIR_KEYWORDS + 1];

	if (api_tag_flags(f->folder, with, add) < 0)
		return -1;
	turn_round(add, remove);
	return maildir_set_flags(inbox.maildir, f, add, remove);
}

int
api_tag_fault(struct exchange *x, int status)
{
	if (status < 0)
		return inbox_failed(x, status);
	if (errno == ENOSPC)
		return inbox_error(x, 400,
		    "a Maildir has room for 26 tags, and they are taken");
	if (errno == EINVAL)
		return inbox_error(
		    x, 400, "a tag is a word or two, without line breaks");
	return inbox_error(x, 500, "the Maildir cannot be changed");
}

/* What is no list of tags is not taken for none: all would go. */
static bool
is_list(const json_t *value)
{
	return value == NULL || json_is_null(value) || json_is_array(value);
}

/* status: that of the IDs. */
static int
tag_all(struct exchange *x, const struct ids *ids, const char *folder,
    json_t *tags, int status)
{
	if (json_array_size(tags) > TAGS_MAX) {
		errno = ENOSPC;
		status = 1;
	}
	if (status == 0)
		status = ids_places(ids, folder, tag_one, tags);
	if (status != 0)
		return api_tag_fault(x, status);
	barrier_wait();
	return inbox_ok(x);
}

int
api_tag_messages(struct exchange *x, const char *part)
{
	struct ids ids = { NULL, 0, 0 };
	struct scope s;
	json_t *body = NULL, *tags;
	int status = scope_body(x, &body);

	(void)part;
	if (status != 0)
		return status < 0 ? status : 0;
	barrier_wait();
	tags = member_get(body, "Tags");
	if (scope_read(x, &s) == 0) {
		status =
		    ids_read(&ids, member_get(body, "IDs"), s.index.folder);
		if (!is_list(tags) || status == 1)
			inbox_error(x, 400, "Tags and IDs are lists of texts");
		else
			tag_all(x, &ids, s.index.folder, tags, status);
	}
	ids_free(&ids);
	scope_free(&s);
	json_decref(body);
	return 0;
}

/*
 * api_sessions.c - the dialogues that the mail server has kept (transcripts),
 * those that brought no message too.
 *
 *	GET /api/v1/sessions?message=ID&client=ADDRESS&mailbox=NAME&start=N&limit=N
 *
 * Of a mailbox are those that named one of its recipients, refused or not.
 * Newest first.  They are files that somebody's server wrote: what is no JSON
 * is left out.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grammar/mail_folder.h"
#include "inboxd/api.h"
#include "mail/maildir_open.h"
#include "system/io.h"

#define SESSIONS_MAX 10000     /* looked at */
#define FILE_MAX     (1 << 20) /* bytes of one */
#define OUT_MAX      ((size_t)64 << 20)

struct names {
	char (*at)[64];
	size_t n;
};

static int
newest_first(const void *a, const void *b)
{
	return strcmp(b, a);
}

/* The names begin with the time, so they sort by it. */
static int
read_names(int dir, struct names *l)
{
	DIR *d = fdopendir(dir);
	const struct dirent *e;

	l->at = calloc(SESSIONS_MAX, sizeof(*l->at));
	if (d == NULL || l->at == NULL) {
		if (d != NULL)
			closedir(d);
		else
			close(dir);
		return -1;
	}
	while ((e = readdir(d)) != NULL && l->n < SESSIONS_MAX)
		if (e->d_name[0] != '.' && strlen(e->d_name) < 64)
			strcpy(l->at[l->n++], e->d_name);
	closedir(d);
	qsort(l->at, l->n, sizeof(*l->at), newest_first);
	return 0;
}

static json_t *
read_session(const char *name)
{
	static char text[FILE_MAX]; /* large */
	char path[160];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), INDEX_SESSIONS "/%s", name);
	fd = maildir_open_beneath(maildir_root(inbox.maildir), path, O_RDONLY);
	if (fd < 0)
		return NULL;
	n = io_read_all(fd, text, sizeof(text));
	close(fd);
	return n > 0 ? json_loadb(text, (size_t)n, 0, NULL) : NULL;
}

/* Is it in that list of the session's? */
static bool
is_in(const json_t *list, const char *what)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *one = json_string_value(json_array_get(list, i));

		if (one != NULL && strcasecmp(one, what) == 0)
			return true;
	}
	return false;
}

/* A mailbox by its name or its folder's; "" is where there are none. */
static bool
is_of_mailbox(const json_t *session, const char *mailbox)
{
	const json_t *list = json_object_get(session, "Mailboxes");
	struct buf text;
	bool is;

	if (mailbox[0] == '\0' || strcasecmp(mailbox, "INBOX") == 0)
		return json_array_size(list) == 0;
	buf_init(&text, MAILDIR_NAME_MAX);
	is = is_in(list, mailbox) ||
	    (mail_folder_text(slice_of(mailbox), &text) == 0 &&
		is_in(list, buf_str(&text)));
	buf_free(&text);
	return is;
}

/* The last refusal in it, or 0: the very last reply may be to QUIT. */
static int
refusal(const json_t *session)
{
	int code = 0;
	json_t *line;
	size_t i;

	json_array_foreach(json_object_get(session, "Lines"), i, line)
	{
		const char *text =
		    json_string_value(json_object_get(line, "Text"));
		const char *from =
		    json_string_value(json_object_get(line, "From"));

		if (text != NULL && from != NULL && from[0] == 'S' &&
		    (text[0] == '4' || text[0] == '5'))
			code = atoi(text);
	}
	return code;
}

/* What came of it, in a word or two. */
static void
add_outcome(json_t *session)
{
	const char *ended =
	    json_string_value(json_object_get(session, "Ended"));
	int code = refusal(session);
	char text[32] = "no message";

	if (json_array_size(json_object_get(session, "Messages")) > 0)
		snprintf(text, sizeof(text), "accepted");
	else if (ended == NULL || ended[0] == '\0')
		snprintf(text, sizeof(text), "going on");
	else if (code > 0)
		snprintf(text, sizeof(text), "refused (%d)", code);
	json_object_set_new(session, "Outcome", json_string(text));
}

struct wish {
	char message[MAILDIR_ID_MAX], client[64], mailbox[MAILDIR_NAME_MAX];
	bool scoped; /* to the mailbox */
	int64_t start, limit;
};

static bool
is_wanted(const json_t *session, const struct wish *w)
{
	const char *client =
	    json_string_value(json_object_get(session, "Client"));

	if (!json_is_object(session))
		return false;
	if (w->message[0] != '\0' &&
	    !is_in(json_object_get(session, "Messages"), w->message))
		return false;
	if (w->scoped && !is_of_mailbox(session, w->mailbox))
		return false;
	return w->client[0] == '\0' ||
	    (client != NULL && strcmp(client, w->client) == 0);
}

static int
add_json(const char *text, size_t n, void *out)
{
	buf_add(out, text, n);
	return ((struct buf *)out)->failed ? -1 : 0;
}

static void
add_sessions(const struct names *names, const struct wish *w, struct buf *out)
{
	int64_t found = 0, shown = 0;

	for (size_t i = 0; i < names->n && shown < w->limit; i++) {
		json_t *s = read_session(names->at[i]);

		if (is_wanted(s, w) && found++ >= w->start) {
			if (shown++ > 0)
				buf_addc(out, ',');
			add_outcome(s);
			json_dump_callback(s, add_json, out, JSON_COMPACT);
		}
		json_decref(s);
	}
}

/* Returns 0, or -1 when it is not what it should be. */
static int
read_wish(struct exchange *x, struct wish *w)
{
	ssize_t n = web_query(x, "mailbox", w->mailbox, sizeof(w->mailbox));

	w->scoped = n >= 0;
	if (n == -2 ||
	    web_query(x, "message", w->message, sizeof(w->message)) == -2 ||
	    web_query(x, "client", w->client, sizeof(w->client)) == -2 ||
	    scope_number(x, "start", &w->start) < 0)
		return -1;
	return scope_number(x, "limit", &w->limit);
}

int
api_sessions(struct exchange *x, const char *part)
{
	struct wish w = { .limit = SCOPE_LIMIT };
	struct names names = { NULL, 0 };
	struct buf out;
	int dir;

	(void)part;
	if (read_wish(x, &w) < 0)
		return inbox_error(x, 400,
		    "message, client, mailbox, start or limit: "
		    "not what it should be");
	buf_init(&out, OUT_MAX);
	buf_addz(&out, "{\"sessions\":[");
	dir = maildir_open_beneath(maildir_root(inbox.maildir), INDEX_SESSIONS,
	    O_RDONLY | O_DIRECTORY);
	if (dir >= 0 && read_names(dir, &names) == 0)
		add_sessions(&names, &w, &out);
	free(names.at);
	buf_addz(&out, "]}");
	web_json(x, 200, &out);
	buf_free(&out);
	return 0;
}

/*
 * read.c - list and show.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "inbox.h"
#include "system/args.h"
#include "system/log.h"

/* The messages of the scope, the newest first. */
static int
ask_list(uint64_t limit, struct reply *r)
{
	struct buf target;
	int code;

	target_begin(&target,
	    inbox_options.query != NULL ? "/api/v1/search" :
					  "/api/v1/messages");
	target_add_scope(&target, true);
	target_add_number(&target, "limit", limit);
	*r = (struct reply){ .to = -1 };
	code = ask_well("GET", buf_str(&target), (struct slice){ NULL, 0 }, r);
	buf_free(&target);
	return code;
}

int
command_list(int n, char **operand)
{
	struct reply r;
	json_t *value = NULL;
	int code;

	if (n > 0)
		die(EXIT_USAGE, "%s: list takes no operand", operand[0]);
	code = ask_list(inbox_options.count > 0 ? inbox_options.count : 50, &r);
	if (code == 0 && (value = ask_json(&r)) == NULL)
		code = EXIT_NO_HTTP;
	if (code == 0 && inbox_options.json)
		printf("%.*s\n", (int)r.body.n, r.body.p);
	else if (code == 0)
		print_messages(stdout, json_object_get(value, "messages"));
	json_decref(value);
	buf_free(&r.body);
	return code != 0 ? code : print_end();
}

int
find_latest(char *id, size_t size)
{
	struct reply r;
	int code = ask_list(1, &r);
	json_t *value = NULL;
	const char *found;

	if (code == 0 && (value = ask_json(&r)) == NULL)
		code = EXIT_NO_HTTP;
	if (code == 0) {
		found = json_string_value(json_object_get(
		    json_array_get(json_object_get(value, "messages"), 0),
		    "ID"));
		if (found == NULL)
			code = complain(EXIT_NO_MESSAGE, "there is no message");
		else
			snprintf(id, size, "%s", found);
	}
	json_decref(value);
	buf_free(&r.body);
	return code;
}

/* One message as a person reads it. */
static void
print_one(const json_t *m)
{
	const json_t *text = json_object_get(m, "Text");
	size_t i;
	json_t *a;

	print_people(stdout, "From", json_object_get(m, "From"));
	print_people(stdout, "To", json_object_get(m, "To"));
	print_people(stdout, "Cc", json_object_get(m, "Cc"));
	print_people(stdout, "Bcc", json_object_get(m, "Bcc"));
	fputs("Subject: ", stdout);
	print_line(stdout, json_object_get(m, "Subject"));
	fputs("Date: ", stdout);
	print_line(stdout, json_object_get(m, "Date"));
	json_array_foreach(json_object_get(m, "Attachments"), i, a)
	{
		fputs("Attachment: ", stdout);
		print_line(stdout, json_object_get(a, "FileName"));
	}
	putchar('\n');
	print_text(stdout,
	    json_string_length(text) > 0 ? text : json_object_get(m, "HTML"));
}

static int
show_bytes(struct buf *target)
{
	struct reply r = { .to = STDOUT_FILENO };
	int code;

	buf_addz(target, inbox_options.as == AS_RAW ? "/raw" : "/sent");
	target_add_scope(target, true);
	code = ask_well("GET", buf_str(target), (struct slice){ NULL, 0 }, &r);
	buf_free(&r.body);
	return code;
}

static int
show(const char *id)
{
	struct buf target;
	struct reply r = { .to = -1 };
	json_t *m = NULL;
	int code;

	target_begin(&target, "/api/v1/message/");
	uri_encode(&target, slice_of(id));
	if (inbox_options.as == AS_RAW || inbox_options.as == AS_SENT) {
		code = show_bytes(&target);
		buf_free(&target);
		return code;
	}
	target_add_scope(&target, true);
	code = ask_well("GET", buf_str(&target), (struct slice){ NULL, 0 }, &r);
	if (code == 0 && (m = ask_json(&r)) == NULL)
		code = EXIT_NO_HTTP;
	if (code == 0 && inbox_options.json)
		printf("%.*s\n", (int)r.body.n, r.body.p);
	else if (code == 0 && inbox_options.as == AS_HTML)
		print_text(stdout, json_object_get(m, "HTML"));
	else if (code == 0)
		print_one(m);
	json_decref(m);
	buf_free(&r.body);
	buf_free(&target);
	return code != 0 ? code : print_end();
}

static int
show_each(const char *id, void *with)
{
	(void)with;
	return show(id);
}

int
command_show(int n, char **operand)
{
	return n == 0 ? show(LATEST) : each_id(n, operand, show_each, NULL);
}

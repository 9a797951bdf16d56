/*
 * api_chaos.c - faults by chance as Mailpit sets them, which here are rules:
 * a share of all, evenly spread, so that a test sees the same each time.
 *
 *	GET PUT /api/v1/chaos?mailbox=NAME
 *	{"Sender":{"ErrorCode":451,"Probability":0}, "Recipient":...,
 *	 "Authentication":...}
 *
 * Of a mailbox nothing is known before its recipient is named, so there a
 * sender is refused by the answer to RCPT, and nobody's password is.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inboxd/api.h"
#include "inboxd/member.h"
#include "inboxd/rules_file.h"

#define LABEL "chaos-"

struct trigger {
	json_int_t code, percent;
};

static const struct {
	const char *key, *stage, *label, *words;
	int code;
} triggers[] = {
	{ "Sender", "mail", LABEL "sender", "Chaos sender error", 451 },
	{ "Recipient", "rcpt", LABEL "recipient", "Chaos recipient error",
	    451 },
	{ "Authentication", "auth", LABEL "authentication",
	    "Chaos authentication error", 535 },
};

#define TRIGGERS (sizeof(triggers) / sizeof(triggers[0]))

static int
tell_error(struct exchange *x, const char *why)
{
	struct buf out;

	buf_init(&out, 512);
	buf_addz(&out, "{\"Error\":");
	record_string(&out, slice_of(why));
	buf_addc(&out, '}');
	web_json(x, 400, &out);
	x->why = why;
	return 0;
}

/* A rule of ours as a trigger. */
static void
take(void *with, const struct rule *r, struct slice line)
{
	struct trigger *t = with;

	(void)line;
	for (size_t i = 0; i < TRIGGERS; i++) {
		if (strcmp(r->label, triggers[i].label) != 0)
			continue;
		t[i].code = r->reply == NULL ? triggers[i].code :
					       strtol(r->reply, NULL, 10);
		t[i].percent = r->percent == 0 ? 100 : (json_int_t)r->percent;
	}
}

static int
answer(struct exchange *x, const struct trigger *t)
{
	struct buf out;

	buf_init(&out, 4096);
	for (size_t i = 0; i < TRIGGERS; i++)
		buf_addf(&out,
		    "%s\"%s\":{\"ErrorCode\":%lld,\"Probability\":%lld}",
		    i == 0 ? "{" : ",", triggers[i].key, (long long)t[i].code,
		    (long long)t[i].percent);
	buf_addc(&out, '}');
	return web_json(x, 200, &out);
}

static void
begin(struct trigger t[TRIGGERS])
{
	for (size_t i = 0; i < TRIGGERS; i++)
		t[i] = (struct trigger){ triggers[i].code, 0 };
}

static int
get(struct exchange *x, const struct rules_scope *scope)
{
	struct trigger t[TRIGGERS];
	struct buf text;
	int status;

	begin(t);
	buf_init(&text, RULES_FILE_MAX);
	status = rules_file_read(&text);
	if (status == 0)
		rules_file_each(buf_slice(&text), scope, take, t);
	buf_free(&text);
	if (status < 0)
		return inbox_error(x, 500, "the rules cannot be read");
	return answer(x, t);
}

/* A number in these bounds; what is not there stays as it was. */
static bool
read_number(const json_t *from, const char *key, json_int_t min, json_int_t max,
    json_int_t *n)
{
	const json_t *value = member_get(from, key);

	if (value == NULL)
		return true;
	if (!json_is_integer(value))
		return false;
	*n = json_integer_value(value);
	return *n >= min && *n <= max;
}

static const char *
read_triggers(const json_t *body, struct trigger t[TRIGGERS])
{
	begin(t);
	for (size_t i = 0; i < TRIGGERS; i++) {
		const json_t *one = member_get(body, triggers[i].key);

		if (!read_number(one, "ErrorCode", 400, 599, &t[i].code))
			return "ErrorCode: not from 400 to 599";
		if (!read_number(one, "Probability", 0, 100, &t[i].percent))
			return "Probability: not from 0 to 100";
	}
	return NULL;
}

static int
put(struct exchange *x, const struct rules_scope *scope, const json_t *body)
{
	struct trigger t[TRIGGERS];
	const char *why = read_triggers(body, t);
	struct buf text;
	int status;

	if (why != NULL)
		return tell_error(x, why);
	if (scope->mailbox != NULL && t[2].percent > 0)
		return tell_error(x,
		    "Authentication: who logs in has not named a mailbox yet");
	buf_init(&text, RULES_FILE_MAX);
	for (size_t i = 0; i < TRIGGERS; i++)
		if (t[i].percent > 0)
			buf_addf(&text,
			    "%s percent=%lld label=%s reply %lld %s\n",
			    scope->mailbox != NULL ? "rcpt" : triggers[i].stage,
			    (long long)t[i].percent, triggers[i].label,
			    (long long)t[i].code, triggers[i].words);
	status = rules_file_change(scope, buf_slice(&text));
	buf_free(&text);
	if (status < 0)
		return tell_error(x, api_rules_fault(errno));
	return answer(x, t);
}

int
api_chaos(struct exchange *x, const char *part)
{
	char name[MAILDIR_NAME_MAX];
	struct rules_scope scope = { NULL, LABEL };
	json_t *body;
	int status;

	(void)part;
	if (api_rules_scope(x, name, &scope) != 0)
		return 0;
	if (web_reads(x))
		return get(x, &scope);
	status = scope_body(x, &body);
	if (status != 0)
		return status < 0 ? status : 0;
	put(x, &scope, body);
	json_decref(body);
	return 0;
}

/*
 * hog_jim.c - Jim, MailHog's chaos monkey, which here is rules: he is on as
 * long as there are rules of his.
 *
 *	GET POST PUT DELETE /api/v2/jim
 *	{"DisconnectChance":0.005,"AcceptChance":0.99,"LinkSpeedAffect":0,
 *	 "LinkSpeedMin":0,"LinkSpeedMax":0,"RejectSenderChance":0.05,
 *	 "RejectRecipientChance":0.05,"RejectAuthChance":0.05}
 *
 * Chances are rounded to a hundredth, but not to nothing, and evenly spread
 * over what comes.  He does not slow anybody down.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inboxd/api.h"
#include "inboxd/hog.h"
#include "inboxd/member.h"
#include "inboxd/rules_file.h"

#define LABEL "jim-"

static const struct {
	const char *key, *label, *rule, *action;
	bool inverse;
	double usual;
} habits[] = {
	{ "AcceptChance", LABEL "accept", "connect", "drop", true, 0.99 },
	{ "DisconnectChance", LABEL "disconnect", "mail", "drop", false,
	    0.005 },
	{ "RejectSenderChance", LABEL "sender", "mail",
	    "reply 451 4.3.0 Jim does not like this sender", false, 0.05 },
	{ "RejectRecipientChance", LABEL "recipient", "rcpt",
	    "reply 451 4.3.0 Jim does not like this recipient", false, 0.05 },
	{ "RejectAuthChance", LABEL "auth", "auth",
	    "reply 535 5.7.8 Jim does not believe this", false, 0.05 },
};

#define HABITS (sizeof(habits) / sizeof(habits[0]))

static const struct rules_scope his = { NULL, LABEL };

struct jim {
	bool on;
	double chance[HABITS]; /* that something happens */
};

static void
take(void *with, const struct rule *r, struct slice line)
{
	struct jim *jim = with;

	(void)line;
	jim->on = true;
	for (size_t i = 0; i < HABITS; i++)
		if (strcmp(r->label, habits[i].label) == 0)
			jim->chance[i] =
			    r->percent == 0 ? 1 : (double)r->percent / 100;
}

/* Returns 0, or 1 when a reply about a fault has been made. */
static int
look(struct exchange *x, struct jim *jim)
{
	struct buf text;
	int status;

	*jim = (struct jim){ .on = false };
	buf_init(&text, RULES_FILE_MAX);
	status = rules_file_read(&text);
	if (status == 0)
		rules_file_each(buf_slice(&text), &his, take, jim);
	buf_free(&text);
	if (status < 0)
		return hog_error(x, 500, "the rules cannot be read") + 1;
	return 0;
}

static int
answer(struct exchange *x, const struct jim *jim)
{
	json_t *all = json_object();
	struct buf out;
	char *text;

	for (size_t i = 0; i < HABITS; i++)
		json_object_set_new(all, habits[i].key,
		    json_real(habits[i].inverse ? 1 - jim->chance[i] :
						  jim->chance[i]));
	json_object_set_new(all, "LinkSpeedAffect", json_integer(0));
	json_object_set_new(all, "LinkSpeedMin", json_integer(0));
	json_object_set_new(all, "LinkSpeedMax", json_integer(0));
	text = json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(4));
	json_decref(all);
	buf_init(&out, 4096);
	buf_addz(&out, text == NULL ? "{}" : text);
	free(text);
	web_made(x, 200, "text/json", &out);
	buf_free(&out);
	return 0;
}

static int
done(struct exchange *x, int status)
{
	return web_bytes(x, status, "text/json", (struct slice){ "", 0 });
}

/* What the body says; what it does not say stays as it is. */
static bool
read_habits(const json_t *body, struct jim *jim)
{
	for (size_t i = 0; i < HABITS; i++) {
		const json_t *value = member_get(body, habits[i].key);
		double chance = json_number_value(value);

		if (value == NULL)
			continue;
		if (!json_is_number(value) || chance < 0 || chance > 1)
			return false;
		jim->chance[i] = habits[i].inverse ? 1 - chance : chance;
	}
	return true;
}

static void
write_rules(const struct jim *jim, struct buf *text)
{
	for (size_t i = 0; i < HABITS; i++) {
		int percent = (int)(jim->chance[i] * 100 + 0.5);

		if (percent == 0 && jim->chance[i] > 0.0005)
			percent = 1;
		if (percent > 0)
			buf_addf(text, "%s percent=%d label=%s %s\n",
			    habits[i].rule, percent, habits[i].label,
			    habits[i].action);
	}
}

static int
change(struct exchange *x, struct jim *jim, int status)
{
	struct buf text;
	int failed;

	buf_init(&text, RULES_FILE_MAX);
	if (jim != NULL)
		write_rules(jim, &text);
	failed = rules_file_change(&his, buf_slice(&text));
	buf_free(&text);
	if (failed < 0)
		return hog_error(x, 500, api_rules_fault(errno));
	return done(x, status);
}

static int
change_habits(struct exchange *x, struct jim *jim)
{
	bool begins = x->r->method == HTTP_POST;
	json_t *body;
	int status = scope_body(x, &body);

	if (status != 0)
		return status < 0 ? status : 0;
	for (size_t i = 0; begins && i < HABITS; i++)
		jim->chance[i] =
		    habits[i].inverse ? 1 - habits[i].usual : habits[i].usual;
	if (begins && jim->on)
		hog_error(x, 400, "Jim is there already");
	else if (!read_habits(body, jim))
		hog_error(x, 400, "a chance is a number from 0 to 1");
	else
		change(x, jim, begins ? 201 : 200);
	json_decref(body);
	return 0;
}

int
hog_jim(struct exchange *x, const char *part)
{
	struct jim jim;

	(void)part;
	if (look(x, &jim) != 0)
		return 0;
	if (!jim.on && x->r->method != HTTP_POST)
		return hog_error(x, 404, "Jim is not there");
	if (web_reads(x))
		return answer(x, &jim);
	if (x->r->method == HTTP_DELETE)
		return change(x, NULL, 200);
	return change_habits(x, &jim);
}

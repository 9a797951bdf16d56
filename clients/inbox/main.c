/*
 * berth-inbox - the inbox from a shell or from CI, over HTTP and JSON: which
 * mail is there, what stands in it, and has the one come that a test waits
 * for?
 */
#include <string.h>

#include "inbox.h"
#include "system/args.h"
#include "system/io.h"
#include "system/log.h"

#define COUNT_MAX   1000000
#define TIMEOUT_MAX 3600

static const struct arg own[] = {
	{ "url", "URL", "where the inbox is (http://localhost:8025)",
	    .text = &inbox_options.url, .letter = 'u' },
	{ "mailbox", "NAME", "only this mailbox (berth-smtpd --mailbox-by)",
	    .text = &inbox_options.mailbox, .letter = 'm' },
	{ "query", "QUERY", "only what matches: subject:welcome to:ann@",
	    .text = &inbox_options.query, .letter = 'q' },
	{ "count", "N", "list so many at most (50); wait for so many (1)",
	    .number = &inbox_options.count, .min = 1, .max = COUNT_MAX,
	    .letter = 'n' },
	{ "after", "ID", "wait: only for what came after this message",
	    .text = &inbox_options.after },
	{ "timeout", "SECONDS", "wait: so long at most (30)",
	    .number = &inbox_options.timeout, .max = TIMEOUT_MAX,
	    .letter = 't' },
	{ "as", "text|html|raw|sent",
	    "show: its text, its HTML, the file, or the bytes as they were "
	    "sent (text)",
	    .choice = &inbox_options.as },
	{ "json", NULL, "print what the server answers, for programs",
	    .flag = &inbox_options.json },
	{ "all", NULL, "delete: everything (in the mailbox)",
	    .flag = &inbox_options.all },
	{ "clear", NULL, "rules: remove them (of the mailbox)",
	    .flag = &inbox_options.clear },
	{ "auth", "USER:PASSWORD", "who asks", .text = &inbox_options.auth },
	{ 0 },
};

static const struct arg_table table = { .options = own };
static const struct arg_table *const tables[] = { &table, NULL };

static const struct args args = {
	.program = "berth-inbox",
	.synopsis = "[options] list | show [ID...] | wait | delete [ID...] | "
		    "rules [FILE]",
	.about =
	    "Lists, shows, waits for and deletes the mail that was caught.  "
	    "The exit code\nsays whether the mail came: 0 it did, 75 not in "
	    "time.",
	.examples =
	    "  berth-inbox list\n"
	    "  berth-inbox wait -q 'to:ann@example.org subject:welcome' -t 10\n"
	    "  berth-inbox show latest\n"
	    "  berth-inbox list -q is:read | berth-inbox delete -\n"
	    "  berth-inbox rules faults.txt\n",
	.tables = tables,
};

static const struct {
	const char *name;
	int (*go)(int n, char **operand);
} commands[] = {
	{ "list", command_list },
	{ "show", command_show },
	{ "wait", command_wait },
	{ "delete", command_delete },
	{ "rules", command_rules },
};

static void
settle_url(void)
{
	struct url *u = &inbox_options.where;
	int code;

	if (strncmp(inbox_options.url, "unix:", 5) == 0)
		return;
	code = url_parse(slice_of(inbox_options.url), u);
	if (code == 0 && u->secure)
		die(EXIT_USAGE, "--url %s: https is not spoken here",
		    inbox_options.url);
	if (code == 0 && u->port == 0)
		code = URI_BAD_HOST;
	if (code != 0)
		die(EXIT_USAGE, "--url %s: bad URL: %s", inbox_options.url,
		    uri_why(code));
}

int
main(int argc, char **argv)
{
	int first;

	io_fill_standard();
	log_init("berth-inbox", SAY_INFO);
	first = args_parse(&args, argc, argv);
	if (first == argc)
		die(EXIT_USAGE,
		    "say list, show, wait, delete or rules (see --help)");
	settle_url();
	if (inbox_options.auth != NULL &&
	    strchr(inbox_options.auth, ':') == NULL)
		die(EXIT_USAGE, "--auth: not USER:PASSWORD");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[first], commands[i].name) == 0)
			return commands[i].go(
			    argc - first - 1, argv + first + 1);
	die(EXIT_USAGE, "%s: not list, show, wait, delete or rules",
	    argv[first]);
}

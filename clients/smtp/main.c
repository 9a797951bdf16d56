/*
 * berth-smtp - send a message to a mail server (RFC 5321).
 *
 * The conversation in one breath: connect, hear the greeting, EHLO, MAIL
 * FROM, RCPT TO, DATA, the message and a dot, QUIT; after each of them the
 * server answers with a code that says how it goes on.
 */
#include "smtp.h"
#include "dialogue.h"
#include "message.h"
#include "sending.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/num.h"
#include "system/io.h"
#include "system/log.h"
#include "system/login_file.h"
#include "system/narrate.h"

#define STAGES "connect|ehlo|mail|rcpt|data|body|dot|none"

static struct options opt = {
	.stop_after = STAGE_NONE,
	.drop_after = STAGE_NONE,
	.count = 1,
	.parallel = 1,
};
static const char *auth_file;
static int stop_after = STAGE_NONE, drop_after = STAGE_NONE;

static const struct arg own[] = {
	{ "subject", "TEXT", "the subject, in any script", .text = &opt.subject,
	    .letter = 's' },
	{ "attach", "FILE", "attach FILE; repeatable", .list = &opt.attach },
	{ "header", "LINE", "add 'Name: value'; repeatable",
	    .list = &opt.headers, .letter = 'H' },
	{ "text", NULL, "standard input is a text, however it begins",
	    .flag = &opt.text },
	{ "raw", NULL, "send standard input as it is, and nothing else",
	    .flag = &opt.raw },
	{ "helo", "NAME", "who we say we are (the host's name)",
	    .text = &opt.helo },
	{ "auth", "USER:PASSWORD", "log in", .text = &opt.auth },
	{ "auth-file", "FILE",
	    "log in as the first line of FILE says (fd:N: what is open as N)",
	    .text = &auth_file },
	{ "tls", NULL, "TLS from the start (port 465)", .flag = &opt.tls },
	{ "starttls", "may", "TLS by STARTTLS; may: if the server offers it",
	    .maybe = &opt.starttls },
	{ "cacert", "FILE",
	    "trust the certificates in FILE (PEM), and not the system's",
	    .text = &opt.ca_file },
	{ "insecure", NULL, "whoever the server is: do not check certificates",
	    .flag = &opt.insecure, .letter = 'k' },
	{ "lmtp", NULL, "speak LMTP", .flag = &opt.lmtp },
	{ "bdat", NULL, "send by BDAT if the server can", .flag = &opt.bdat },
	{ "no-pipelining", NULL, "wait for each reply",
	    .flag = &opt.no_pipelining },
	{ "helo-only", NULL,
	    "HELO instead of EHLO, as in a textbook: no extension is used",
	    .flag = &opt.helo_only },
	{ "narrate", NULL, "tell each socket call as it happens",
	    .flag = &narrate_on },
	{ "verbose", NULL, "show the dialogue", .flag = &opt.verbose,
	    .letter = 'v' },
	{ "stop-after", STAGES, "QUIT after this stage",
	    .choice = &stop_after },
	{ "drop-after", STAGES, "hang up after this stage",
	    .choice = &drop_after },
	{ "count", "COUNT", "send it so many times", .number = &opt.count,
	    .letter = 'n', .min = 1, .max = 100000000 },
	{ "parallel", "PARALLEL", "over so many connections",
	    .number = &opt.parallel, .letter = 'j', .min = 1, .max = 1000 },
	{ "reconnect", NULL, "with -n: a new connection for each message",
	    .flag = &opt.reconnect },
	{ 0 },
};

static const struct arg_table table = { .options = own };
static const struct arg_table *const tables[] = { &table, NULL };

static const struct args args = {
	.program = "berth-smtp",
	.synopsis = "[options] HOST[:PORT] FROM TO...",
	.about = "Sends standard input, a whole message or just its text, to "
		 "a mail server.",
	.examples =
	    "  echo Hi | berth-smtp -v localhost:1025 alice@crepes.fr "
	    "bob@hamburger.edu\n"
	    "  berth-smtp -s 'Grüße' --attach photo.jpg mx a@b c@d <text\n"
	    "  berth-smtp -n 1000 -j 8 localhost:1025 a@b c@d <message\n"
	    "  berth-smtp --drop-after body localhost:1025 a@b c@d <message\n",
	.tables = tables,
};

/* One word: who tests servers may want to be anybody. */
static bool
is_name(const char *s)
{
	for (const char *c = s; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 127)
			return false;
	return *s != '\0';
}

static void
read_auth_file(void)
{
	static char line[LOGIN_FILE_MAX];
	uint64_t n;
	int fd;

	if (opt.auth != NULL)
		die(EXIT_USAGE, "--auth and --auth-file: one or the other");
	if (strncmp(auth_file, "fd:", 3) == 0 &&
	    num_within(slice_of(auth_file + 3), 0, INT_MAX, &n) == NUM_OK)
		fd = (int)n;
	else
		fd = open(auth_file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || login_file_read(fd, line) < 0)
		die(EXIT_USAGE, "--auth-file %s: %s", auth_file,
		    errno == EINVAL ? "its first line is not USER:PASSWORD" :
				      strerror(errno));
	close(fd);
	opt.auth = line;
}

static void
check_options(int operands, char **operand)
{
	if (operands < 3)
		die(EXIT_USAGE, "HOST[:PORT] FROM TO... wanted (see --help)");
	if (opt.starttls != NULL && opt.starttls[0] != '\0' &&
	    strcmp(opt.starttls, "may") != 0)
		die(EXIT_USAGE, "--starttls=%s: only may is known",
		    opt.starttls);
	if (opt.tls && opt.starttls != NULL)
		die(EXIT_USAGE, "--tls and --starttls: one or the other");
	split_server(&opt, operand[0]);
	take_sender(&opt, operand[1], slice_of(operand[1]));
	for (int i = 2; i < operands; i++)
		take_operand(&opt, operand[i]);
	if (opt.to_count == 0)
		die(EXIT_USAGE, "no recipients");
	opt.stop_after = (enum stage)stop_after;
	opt.drop_after = (enum stage)drop_after;
	given_check(&opt);
	if (auth_file != NULL)
		read_auth_file();
	if (opt.auth != NULL && strchr(opt.auth, ':') == NULL)
		die(EXIT_USAGE, "--auth %s: not USER:PASSWORD", opt.auth);
	if (opt.helo != NULL && !is_name(opt.helo))
		die(EXIT_USAGE, "--helo %s: not a name", opt.helo);
	if (opt.helo_only && (opt.lmtp || opt.auth != NULL || opt.bdat))
		die(EXIT_USAGE,
		    "--helo-only: not with --%s, which needs an extension",
		    opt.lmtp             ? "lmtp" :
			opt.auth != NULL ? "auth" :
					   "bdat");
	if (opt.raw && opt.text)
		die(EXIT_USAGE, "--raw: not with --text");
	if (opt.raw &&
	    (opt.subject != NULL || opt.headers.n > 0 || opt.attach.n > 0))
		die(EXIT_USAGE, "--raw: not with -s, -H or --attach");
}

/* Is this where it shall end? */
static bool
ends(struct dialogue *l, enum stage stage)
{
	l->stopped = opt.stop_after == stage || opt.drop_after == stage;
	return l->stopped;
}

/* Hang up without a word: when asked to, or in the middle of a message. */
static bool
drops(void)
{
	return opt.drop_after != STAGE_NONE || opt.stop_after == STAGE_DATA ||
	    opt.stop_after == STAGE_BODY;
}

static int
send_one(const struct message *message)
{
	struct dialogue l;
	int code = dialogue_open(&l, &opt);

	if (code == 0 && !ends(&l, STAGE_CONNECT)) {
		code = hello(&l);
		if (code == 0 && !ends(&l, STAGE_EHLO))
			code = send_message(&l, message);
	}
	if (l.stopped && drops())
		dialogue_drop(&l);
	else
		dialogue_close(&l);
	return code;
}

int
main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	struct message message;
	int first, code;

	signal(SIGPIPE, SIG_IGN);
	io_fill_standard();
	log_init("berth-smtp", SAY_INFO);
	if (strcmp(slash == NULL ? argv[0] : slash + 1, "sendmail") == 0) {
		sendmail_read(argc, argv, &opt, &message);
	} else {
		first = args_parse(&args, argc, argv);
		check_options(argc - first, argv + first);
		compose(&message, stdin, &opt);
	}
	code = opt.count > 1 || opt.parallel > 1 ? load(&opt, &message) :
						   send_one(&message);
	fclose(message.file);
	free(opt.host_copy);
	return code;
}

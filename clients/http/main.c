/*
 * berth-http - fetch what a URL names (RFC 9110, RFC 9112).
 *
 * The conversation in one breath: connect a TCP socket to the host and port
 * of the URL, send a request (a line, fields, an empty line), read the answer
 * (a line, fields, an empty line, a body whose end the fields tell).
 */
#include "http.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grammar/http_fields.h"
#include "system/clock.h"
#include "system/io.h"
#include "system/log.h"
#include "system/narrate.h"

static struct options opt = { .connect_ms = 30000, .most_redirects = 20 };

static const struct arg own[] = {
	{ "head", NULL, "ask for the head only (HEAD)", .flag = &opt.head,
	    .letter = 'I' },
	{ "include", NULL, "show the head of the answer too",
	    .flag = &opt.show_head, .letter = 'i' },
	{ "narrate", NULL, "tell each socket call as it happens",
	    .flag = &narrate_on },
	{ "verbose", NULL, "show both ends of the connection and both heads",
	    .flag = &opt.verbose, .letter = 'v' },
	{ "silent", NULL, "no bar and no words about faults", .flag = &silent,
	    .letter = 's' },
	{ "output", "FILE",
	    "write to FILE (- is standard output); one for each URL",
	    .list = &opt.output, .letter = 'o' },
	{ "remote-name", NULL,
	    "write to a file named as the last part of the URL",
	    .flag = &opt.remote_name, .letter = 'O' },
	{ "continue", NULL, "fetch the part that FILE lacks",
	    .flag = &opt.resume, .letter = 'C' },
	{ "range", "RANGE", "ask for these bytes: 0-99, 500-, -5",
	    .text = &opt.range, .letter = 'r' },
	{ "header", "LINE", "add 'Name: value'; 'Name:' takes a usual one away",
	    .list = &opt.headers, .letter = 'H' },
	{ "request", "METHOD", "use this method", .text = &opt.method,
	    .letter = 'X' },
	{ "data", "DATA", "send DATA, or @FILE (@- is standard input); POST",
	    .list = &opt.data, .letter = 'd' },
	{ "location", NULL, "follow redirects", .flag = &opt.follow,
	    .letter = 'L' },
	{ "max-redirects", "N", "follow so many at most (20)",
	    .number = &opt.most_redirects, .max = 1000 },
	{ "fail", NULL, "exit 22 on a status of 400 or above, without the body",
	    .flag = &opt.fail, .letter = 'f' },
	{ "max-time", "SECONDS", "give up on a URL after so long",
	    .seconds = &opt.most_ms, .letter = 'm' },
	{ "connect-timeout", "SECONDS", "give up connecting after so long (30)",
	    .seconds = &opt.connect_ms },
	{ "http2", NULL, "speak HTTP/2; in clear the server must be known to",
	    .flag = &opt.http2 },
	{ "cacert", "FILE",
	    "trust the certificates in FILE (PEM), and not the system's",
	    .text = &opt.ca_file },
	{ "insecure", NULL, "whoever the server is: do not check certificates",
	    .flag = &opt.insecure, .letter = 'k' },
	{ "unix-socket", "PATH", "connect to this socket instead",
	    .text = &opt.socket_path },
	{ 0 },
};

static const struct arg_table table = { .options = own };
static const struct arg_table *const tables[] = { &table, NULL };

static const struct args args = {
	.program = "berth-http",
	.synopsis = "[options] URL...",
	.about = "Fetches what each URL names.  Several URLs of one origin "
		 "share a connection.",
	.examples = "  berth-http http://localhost:8080/\n"
		    "  berth-http -v -o page.html localhost:8080\n"
		    "  berth-http -C -O http://[::1]:8080/big.iso\n"
		    "  berth-http -d 'a=1&b=2' localhost:8080/echo\n"
		    "  berth-http https://localhost:8443/\n"
		    "  berth-http -r 0-99 -i localhost:8080/index.html\n",
	.tables = tables,
};

/* Add a whole file to what -d sends. */
static void
add_file(const char *path)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO :
					  open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;
	char *to;

	if (fd < 0)
		die(EXIT_USAGE, "--data @%s: %s", path, strerror(errno));
	while ((to = buf_room(&opt.body, CONN_READ_SIZE)) != NULL) {
		n = read(fd, to, CONN_READ_SIZE);
		if (n <= 0)
			break;
		buf_grew(&opt.body, (size_t)n);
	}
	if (n < 0)
		die(EXIT_USAGE, "--data @%s: %s", path,
		    strerror(to == NULL ? EFBIG : errno));
	if (fd != STDIN_FILENO)
		close(fd);
}

/* Several -d are one form: they are joined by "&". */
static void
gather_body(void)
{
	buf_init(&opt.body, BODY_MAX);
	for (size_t i = 0; i < opt.data.n; i++) {
		const char *item = opt.data.item[i];

		if (i > 0)
			buf_addc(&opt.body, '&');
		if (item[0] == '@')
			add_file(item + 1);
		else
			buf_addz(&opt.body, item);
	}
	if (opt.body.failed)
		die(EXIT_USAGE, "--data: more than %zu bytes", BODY_MAX);
}

/* No line break and no odd name may slip into the head that we send. */
static void
check_header(const char *line)
{
	struct slice rest = slice_of(line), name = slice_cut(&rest, ':');

	if (rest.p == NULL || !http_is_token(name))
		die(EXIT_USAGE, "--header %s: not 'Name: value'", line);
	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] == '\r' || rest.p[i] == '\n')
			die(EXIT_USAGE, "--header %.*s: a line break inside",
			    SLICE_FMT(name));
}

static void
check_options(int urls)
{
	if (urls == 0)
		die(EXIT_USAGE, "no URL (see --help)");
	if (opt.resume && opt.output.n == 0 && !opt.remote_name)
		die(EXIT_USAGE,
		    "--continue: only with --output or "
		    "--remote-name");
	if (opt.resume && (opt.range != NULL || opt.show_head || opt.head))
		die(EXIT_USAGE,
		    "--continue: not with --range, --include or --head");
	if (opt.method != NULL && !http_is_token(slice_of(opt.method)))
		die(EXIT_USAGE, "--request %s: not a method", opt.method);
	if (opt.method != NULL && strcmp(opt.method, "CONNECT") == 0)
		die(EXIT_USAGE,
		    "--request CONNECT: asks for a tunnel, not "
		    "for an answer");
	for (size_t i = 0; opt.range != NULL && opt.range[i] != '\0'; i++)
		if (strchr("0123456789-,", opt.range[i]) == NULL)
			die(EXIT_USAGE, "--range %s: not FIRST-LAST",
			    opt.range);
	for (size_t i = 0; i < opt.headers.n; i++)
		check_header(opt.headers.item[i]);
}

static int
fetch_one(const char *text, size_t nth, struct connection *call)
{
	struct task t = { .opt = &opt };
	char name[OUTPUT_MAX];
	struct stat st;
	int code;

	buf_init(&t.text, URL_MAX);
	buf_addz(&t.text, text);
	code =
	    t.text.failed ? URI_TOO_LONG : url_parse(slice_of(text), &t.origin);
	if (code == 0 && t.origin.port == 0)
		code = URI_BAD_HOST;
	if (code != 0) {
		buf_free(&t.text);
		return fail(code == URI_BAD_SCHEME ? EXIT_SCHEME : EXIT_URL,
		    "%s: bad URL: %s", text, uri_why(code));
	}
	t.url = t.origin;
	t.with_body = opt.data.n > 0;
	t.method = opt.method != NULL ? opt.method :
	    opt.head                  ? "HEAD" :
	    t.with_body               ? "POST" :
					"GET";
	t.deadline = CLOCK_NEVER;
	if (opt.most_ms > 0)
		t.deadline = clock_ms() + opt.most_ms;
	code = sink_choose(&t, nth, name);
	if (code == 0 && opt.resume && t.output != NULL &&
	    stat(t.output, &st) == 0 && st.st_size > 0)
		t.offset = (uint64_t)st.st_size;
	if (code == 0)
		code = fetch_url(&t, call);
	buf_free(&t.text);
	return code;
}

int
main(int argc, char **argv)
{
	struct connection call = { 0 };
	int first, i, code, worst = 0;

	io_fill_standard();
	log_init("berth-http", SAY_INFO);
	first = args_parse(&args, argc, argv);
	check_options(argc - first);
	opt.show_head |= opt.head;
	gather_body();
	for (i = first; i < argc; i++) {
		code = fetch_one(argv[i], (size_t)(i - first), &call);
		if (worst == 0)
			worst = code; /* the first fault is the one to tell */
	}
	connection_close(&call);
	buf_free(&opt.body);
	return worst;
}

/*
 * faulty.c - the server with planted faults.
 */
#include "rig/faulty.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/persist.h"
#include "rig/wait.h"
#include "child/child.h"
#include "conn/conn.h"
#include "grammar/log_line.h"
#include "program/program.h"
#include "system/fdpass.h"

#define ASKED "BERTH_FAULTY"
#define MASK  0x55
#define MOST  64   /* bytes of a secret */
#define LONG  8192 /* of words */
#ifdef BERTH_ASAN  /* it has large ones */
#define RANGE_MAX ((size_t)1 << 20)
#else
#define RANGE_MAX ((size_t)64 << 20)
#endif
#define RANGES      256
#define PATIENCE_MS 30000
#define FLOOD       20000 /* lines: more than all that waits for a reader */

static struct {
	uintptr_t from, to;
} range[RANGES];
static size_t ranges;
static char kept[MOST];
static sigjmp_buf no_memory;
static bool stays;

bool
faulty_is_asked(void)
{
	return getenv(ASKED) != NULL;
}

/*
 * Where is there memory to write?  Asked before the sandbox is entered.
 */
static void
find_memory(struct service *s)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[512], mode[8];
	unsigned long from, to;

	(void)s;
	ranges = 0;
	while (f != NULL && ranges < RANGES &&
	    fgets(line, sizeof line, f) != NULL) {
		/* NOLINTNEXTLINE(cert-err34-c): the kernel's own numbers */
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
		    mode[1] != 'w' || to - from > RANGE_MAX)
			continue;
		range[ranges].from = from;
		range[ranges++].to = to;
	}
	if (f != NULL)
		fclose(f);
	if (ranges < RANGES) {
		/* What the heap may grow by later. */
		range[ranges].from = (uintptr_t)sbrk(0);
		range[ranges++].to = (uintptr_t)sbrk(0) + ((size_t)1 << 22);
	}
}

static void
give_up_range(int sig)
{
	(void)sig;
	siglongjmp(no_memory, 1);
}

__attribute__((no_sanitize_address)) static bool
is_at(const volatile char *p, const char *masked, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != (char)(masked[i] ^ MASK))
			return false;
	return true;
}

static bool
scan_range(uintptr_t from, uintptr_t to, const char *masked, size_t n)
{
	if (sigsetjmp(no_memory, 1) != 0)
		return false;
	for (uintptr_t at = from; at + n <= to; at++)
		/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
		if (is_at((const volatile char *)at, masked, n))
			return true;
	return false;
}

static const char *
scan(const char *masked, size_t n)
{
	const char *answer = "none\n";

	signal(SIGSEGV, give_up_range);
	signal(SIGBUS, give_up_range);
	for (size_t i = 0; i < ranges; i++)
		if (scan_range(range[i].from, range[i].to, masked, n))
			answer = "found\n";
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	return answer;
}

static const char *
keep(const char *masked, size_t n)
{
	volatile char stack[MOST];
	char *heap = malloc(4096);

	for (size_t i = 0; i < n; i++) {
		stack[i] = (char)(masked[i] ^ MASK);
		kept[i] = stack[i];
		if (heap != NULL)
			((volatile char *)heap)[1024 + i] = stack[i];
	}
	free(heap);
	return "kept\n";
}

static size_t
unhex(const char *text, char *bytes, size_t most)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (; n < most && text[2 * n] > ' '; n++)
		bytes[n] = (char)((strchr(digits, text[2 * n]) - digits) << 4 |
		    (strchr(digits, text[2 * n + 1]) - digits));
	return n;
}

static size_t
from_hex(const char *text, char bytes[MOST])
{
	return unhex(text, bytes, MOST);
}

/* Ways to end. */

__attribute__((no_sanitize("undefined", "address"))) static void
fault(void)
{
	volatile char *volatile nowhere = NULL;

	/* cppcheck-suppress nullPointer ; this is the point */
	*nowhere = 1; /* NOLINT */
}

static int
/* NOLINTNEXTLINE(misc-no-recursion): this is the point */
overflow(volatile int depth)
{
	volatile char much[4096];

	much[0] = (char)depth;
	if (depth < 0)
		return 0; /* never, but compilers cannot know */
	return overflow(depth + 1) + much[0];
}

static void
use_stack(void)
{
	overflow(0);
}

static void
use_memory(void)
{
	void *last = NULL;

	for (int mib = 0; mib < 1024; mib++) {
		void **one = malloc(1 << 20);

		if (one == NULL)
			abort(); /* what a program without memory does */
		*one = last;
		last = one;
	}
}

static void
call_forbidden(void)
{
	socket(AF_INET, SOCK_STREAM, 0);
}

static void
spin(void)
{
	const struct rlimit second = { 1, 2 };
	struct rlimit sandboxed;

	/* Sooner than the sandbox would, if it would. */
	if (getrlimit(RLIMIT_CPU, &sandboxed) == 0 &&
	    sandboxed.rlim_cur != RLIM_INFINITY)
		setrlimit(RLIMIT_CPU, &second);
	for (volatile unsigned n = 0;; n++)
		;
}

static void
hang(void)
{
	/* Sooner than the conn would, if it would. */
	if (alarm(1) == 0)
		alarm(0);
	for (;;)
		sleep(1000);
}

/*
 * Which of its descriptors leads to the master a child that was taken over
 * would soon find out.
 */
static int
find_control(void)
{
	for (int fd = STDERR_FILENO + 1; fd < 1024; fd++) {
		socklen_t len = sizeof(int);
		int type;

		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
		    type == SOCK_SEQPACKET)
			return fd;
	}
	return -1;
}

static _Noreturn void
wait_for_ever(void)
{
	for (;;)
		poll(NULL, 0, -1);
}

static void
say(const char *words)
{
	for (; *words > ' '; words++)
		send(find_control(), words, 1, MSG_NOSIGNAL);
}

/* As introduce.c does, but for the answer, which stays where it is. */
static const char *
name_client(void)
{
	struct child_client say = { .word = WORD_CLIENT,
		.client = { .len = sizeof(say.client.in),
		    .in = { .sin_family = AF_INET,
			.sin_addr.s_addr = htonl(0xc0000209) } } };

	return send(find_control(), &say, sizeof(say), MSG_NOSIGNAL) ==
		sizeof(say) ?
	    "named\n" :
	    "refused\n";
}

static void
lie(void)
{
	say("?");
	wait_for_ever();
}

/*
 * Get as many clients as the master gives.
 */
static void
steal(void)
{
	struct hand_over h;
	int fd;

	for (;;) {
		say("i");
		if (fdpass_receive(find_control(), &h, sizeof(h), &fd) <= 0)
			wait_for_ever();
		send(fd, "stolen\n", 7, MSG_NOSIGNAL);
		close(fd);
	}
}

/*
 * Nothing that was agreed on ends this process.
 */
static void
hold_on(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	alarm(0);
	stays = true;
}

/* To standard error, which is all that a child has of the log. */
static const char *
write_words(const char *hex, const char *begin)
{
	char bytes[LONG];
	size_t n = strlen(begin);

	memcpy(bytes, begin, n);
	n += unhex(hex, bytes + n, sizeof(bytes) - n);
	return write(STDERR_FILENO, bytes, n) == (ssize_t)n ? "written\n" :
							      "refused\n";
}

/* What finds no room in the channel is lost here, and no flood. */
static const char *
flood(void)
{
	struct pollfd room = { .fd = STDERR_FILENO, .events = POLLOUT };

	for (int said = 0; said < FLOOD;) {
		if (write(STDERR_FILENO, "flood flood flood flood", 23) == 23)
			said++;
		else if (poll(&room, 1, (int)rig_patience_ms()) <= 0)
			return "nobody hears\n";
	}
	return "flooded\n";
}

static const char *
forge(const char *hex)
{
	char bytes[LONG];
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control = { 0 };
	struct iovec iov = { bytes, unhex(hex, bytes, sizeof(bytes)) };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct ucred master = { getppid(), getuid(), getgid() };
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_CREDENTIALS;
	head->cmsg_len = CMSG_LEN(sizeof(master));
	memcpy(CMSG_DATA(head), &master, sizeof(master));
	return sendmsg(STDERR_FILENO, &msg, 0) < 0 ? strerrorname_np(errno) :
						     "sent";
}

static const char *
descriptors(void)
{
	static char text[64];
	struct stat st[3], null;

	if (stat("/dev/null", &null) < 0)
		return "cannot look\n";
	text[0] = '\0';
	for (int i = 0; i < 3; i++) {
		if (fstat(i, &st[i]) < 0)
			return "closed\n";
		strcat(text,
		    st[i].st_rdev == null.st_rdev && S_ISCHR(st[i].st_mode) ?
			"null " :
			S_ISSOCK(st[i].st_mode) ? "socket " :
						  "other ");
	}
	strcat(text, "\n");
	return text;
}

/* Whatever it comes to: what is asked is what others notice of it. */
static const char *
spoil(void)
{
	static const int flags[] = { O_DIRECT, O_NONBLOCK, O_ASYNC };
	char byte;

	for (int fd = 0; fd < 3; fd++) {
		for (size_t i = 0; i < 3; i++)
			fcntl(fd, F_SETFL, flags[i]);
		ioctl(fd, FIONBIO, &(int){ 1 });
		lseek(fd, 0, SEEK_SET);
		shutdown(fd, SHUT_RDWR);
	}
	if (read(STDIN_FILENO, &byte, 1) > 0 ||
	    read(STDERR_FILENO, &byte, 1) > 0)
		return "heard somebody\n";
	return "spoilt\n";
}

static const struct {
	const char *word;
	void (*act)(void);
} ends[] = { { "segv\n", fault }, { "abort\n", abort },
	{ "stack\n", use_stack }, { "oom\n", use_memory },
	{ "sys\n", call_forbidden }, { "spin\n", spin }, { "hang\n", hang },
	{ "lie\n", lie }, { "steal\n", steal } };

static const char *
answer(char *line)
{
	static char number[16];
	char bytes[MOST];

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (strcmp(line, ends[i].word) == 0)
			ends[i].act();
	if (strncmp(line, "exit ", 5) == 0)
		_exit((int)strtol(line + 5, NULL, 10));
	if (strncmp(line, "keep ", 5) == 0)
		return keep(bytes, from_hex(line + 5, bytes));
	if (strncmp(line, "scan ", 5) == 0)
		return scan(bytes, from_hex(line + 5, bytes));
	if (strncmp(line, "echo ", 5) == 0)
		return line + 5;
	if (strncmp(line, "persist ", 8) == 0) {
		const char *done = persist_try(line + 8);

		return done != NULL ? done : "what?\n";
	}
	if (strcmp(line, "registers\n") == 0)
		return persist_registers();
	if (strncmp(line, "words ", 6) == 0)
		return write_words(line + 6, "");
	if (strncmp(line, "log ", 4) == 0)
		return write_words(line + 4, (char[]){ LOG_ACCESS, '\0' });
	if (strncmp(line, "forge ", 6) == 0)
		return forge(line + 6);
	if (strcmp(line, "name\n") == 0)
		return name_client();
	if (strcmp(line, "descriptors\n") == 0)
		return descriptors();
	if (strcmp(line, "flood\n") == 0)
		return flood();
	if (strcmp(line, "spoil\n") == 0)
		return spoil();
	if (strncmp(line, "say ", 4) == 0) {
		say(line + 4);
		hold_on();
		return "said\n";
	}
	if (strcmp(line, "stay\n") == 0) {
		hold_on();
		return "staying\n";
	}
	if (strcmp(line, "pid\n") == 0) {
		snprintf(number, sizeof(number), "%d\n", (int)getpid());
		return number;
	}
	return "what?\n";
}

static int
serve(struct conn *c, const struct service *s)
{
	(void)s;
	for (;;) {
		ssize_t n;

		conn_deadline(c, PATIENCE_MS);
		n = conn_fill(c);
		if (n <= 0)
			return CONDUCT_FINE;
		if (c->in.p[c->in.n - 1] != '\n')
			continue;
		if (conn_sayz(c, answer((char *)buf_str(&c->in))) < 0)
			return CONDUCT_GONE;
		if (stays)
			wait_for_ever();
		buf_clear(&c->in);
	}
}

int
faulty_main(int argc, char **argv)
{
	struct service service = { .name = FAULTY,
		.prepare = find_memory,
		.serve = serve,
		.yields = getenv(FAULTY_YIELDS) != NULL };
	struct offer offer = { .service = &service,
		.option = "--listen",
		.otherwise = "0",
		.datagrams = getenv(FAULTY_DATAGRAMS) != NULL };
	const char *longest = getenv(FAULTY_LONGEST_MS),
		   *rests = getenv(FAULTY_RESTS);
	const char *const line[] = { FAULTY_SHELL, "-c", getenv(FAULTY_HELPER),
		NULL };
	const struct helper_offer helper = {
		.name = "helper", .argv = line, .restart = HELPER_ON_FAILURE
	};
	struct server server = { .program = "faulty",
		.offers = &offer,
		.offer_count = 1,
		.helpers = &helper,
		.helper_count = line[2] != NULL,
		.one_listen_option = true };

	if (longest != NULL)
		service.longest_ms = strtol(longest, NULL, 10);
	if (rests != NULL)
		service.rests_ms = strtol(rests, NULL, 10);
	return server_main(&server, argc, argv);
}

struct rig *
faulty_start(const char *const *options)
{
	return faulty_start_on(0, options);
}

struct rig *
faulty_start_on(int err, const char *const *options)
{
	const char *argv[16] = { "/proc/self/exe", "-l", "127.0.0.1:0" };
	const char *const env[] = { ASKED "=1", "BXFI_MAP", NULL };
	size_t n = 3;

	if (*rig_no_sandbox() != '\0')
		argv[n++] = rig_no_sandbox();
	for (size_t i = 0; options != NULL && options[i] != NULL; i++) {
		if (n == 15)
			rig_die("faulty: too many options");
		argv[n++] = options[i];
	}
	return rig_start_how(
	    &(struct rig_how){ .argv = argv, .env = env, .err = err });
}

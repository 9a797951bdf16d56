/*
 * card.c - the start card.
 */
#include "program/card.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "grammar/escape.h"
#include "program/card_code.h"
#include "system/io.h"
#include "system/terminal.h"

#define CARD_MAX    65536
#define PLACES_MAX  32
#define PLACE_MAX   (ADDR_MAX_TEXT + 16)
#define LABEL_WIDTH 8

/* Where one service is reached, in the words for it. */
struct places {
	size_t n;
	char text[PLACES_MAX][PLACE_MAX];
	const char *distant; /* the first that others can reach, or NULL */
};

static struct buf card;

static void
add_place(struct places *p, const struct service *s, bool secure,
    const char *place, bool distant)
{
	char *to;

	if (p->n == PLACES_MAX)
		return;
	to = p->text[p->n];
	if (s->scheme != NULL && strncmp(place, "unix:", 5) != 0)
		snprintf(to, PLACE_MAX, "%s%s://%s/", s->scheme,
		    secure ? "s" : "", place);
	else
		snprintf(to, PLACE_MAX, "%s%s", place, secure ? " (TLS)" : "");
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->text[i], to) == 0)
			return;
	if (distant && p->distant == NULL)
		p->distant = to;
	p->n++;
}

static void
add_local(struct places *p, const struct service *s, bool secure, unsigned port)
{
	char text[32];

	snprintf(text, sizeof(text), "localhost:%u", port);
	add_place(p, s, secure, text, false);
}

static bool
is_any(const struct addr *a)
{
	return a->sa.sa_family == AF_INET6 ?
	    IN6_IS_ADDR_UNSPECIFIED(&a->in6.sin6_addr) :
	    a->in.sin_addr.s_addr == htonl(INADDR_ANY);
}

/* An address of this machine's that others know: of this family, at work. */
static bool
is_known(const struct ifaddrs *i, sa_family_t family, struct addr *a)
{
	if (i->ifa_addr == NULL || i->ifa_addr->sa_family != family ||
	    (i->ifa_flags & IFF_UP) == 0)
		return false;
	*a = (struct addr){ .len = family == AF_INET ? sizeof(a->in) :
						       sizeof(a->in6) };
	memcpy(&a->sa, i->ifa_addr, a->len);
	return !addr_is_loopback(a) &&
	    (family == AF_INET || !IN6_IS_ADDR_LINKLOCAL(&a->in6.sin6_addr));
}

static void
add_own(struct places *p, const struct service *s, bool secure,
    const struct addr *any)
{
	char text[ADDR_MAX_TEXT];
	struct ifaddrs *all;
	struct addr a;

	add_local(p, s, secure, addr_port(any));
	if (getifaddrs(&all) < 0)
		return;
	for (struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
		if (is_known(i, any->sa.sa_family, &a)) {
			addr_set_port(&a, addr_port(any));
			add_place(p, s, secure, addr_text(&a, text), true);
		}
	freeifaddrs(all);
}

static void
find_places(struct places *p, const struct service *s, size_t offer,
    const struct listeners *ls)
{
	char text[ADDR_MAX_TEXT];

	*p = (struct places){ 0 };
	for (size_t i = 0; i < ls->n; i++) {
		const struct addr *a = &ls->at[i].addr;
		bool secure = ls->at[i].secure;

		if (ls->at[i].offer != offer)
			continue;
		if (a->sa.sa_family == AF_UNIX)
			add_place(p, s, secure, addr_text(a, text), false);
		else if (is_any(a))
			add_own(p, s, secure, a);
		else if (addr_is_loopback(a))
			add_local(p, s, secure, addr_port(a));
		else
			add_place(p, s, secure, addr_text(a, text), true);
	}
}

static void
add_row(struct buf *b, const char *label, const char *text, bool colour)
{
	buf_addf(b, "  %s%-*s%s", colour ? "\033[2m" : "", LABEL_WIDTH, label,
	    colour ? "\033[0m" : "");
	/* A folder's name, or what comes of options: no control bytes. */
	escape_log(b, slice_of(text));
	buf_addc(b, '\n');
}

static void
add_service(
    struct buf *b, const struct service *s, const struct places *p, bool colour)
{
	for (size_t i = 0; i < p->n; i++)
		add_row(b,
		    i > 0                ? "" :
			s->title != NULL ? s->title :
					   s->name,
		    p->text[i], colour);
}

static void
draw(struct buf *b, const struct server *s, const struct listeners *ls)
{
	bool colour = terminal_has_colour(STDERR_FILENO);
	static char distant[PLACE_MAX];

	buf_addf(b, "\n  %s%s%s\n\n", colour ? "\033[1m" : "", s->program,
	    colour ? "\033[0m" : "");
	if (s->folder != NULL)
		add_row(b, "Folder", s->folder, colour);
	for (size_t i = 0; i < s->offer_count; i++) {
		const struct service *service = s->offers[i].service;
		static struct places p; /* large */

		find_places(&p, service, i, ls);
		add_service(b, service, &p, colour);
		if (p.distant != NULL && service->scheme != NULL &&
		    distant[0] == '\0')
			strcpy(distant, p.distant);
	}
	add_row(b, "Stop", "Ctrl-C", colour);
	buf_addc(b, '\n');
	if (distant[0] != '\0' && terminal_is_utf8() &&
	    card_code(b, distant, colour))
		buf_addf(b, "  %s\n\n", distant);
}

/* In a process that is over after this. */
static void
draw_and_leave(int to, const struct server *s, const struct listeners *ls)
{
	struct buf b;

	buf_init(&b, CARD_MAX);
	draw(&b, s, ls);
	_exit(b.failed || io_write_all(to, b.p, b.n) < 0 ? 1 : 0);
}

void
card_make(const struct server *s, const struct listeners *ls)
{
	int ends[2], status = 1;
	ssize_t n = 1;
	pid_t pid;

	if (s->options.quiet > 0 || !isatty(STDERR_FILENO) ||
	    pipe2(ends, O_CLOEXEC) < 0)
		return;
	pid = fork();
	if (pid == 0)
		draw_and_leave(ends[1], s, ls);
	close(ends[1]);
	buf_init(&card, CARD_MAX);
	while (pid > 0 && n != 0) {
		char *room = buf_room(&card, 4096);

		n = room == NULL ? 0 : read(ends[0], room, 4096);
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			buf_grew(&card, (size_t)n);
	}
	close(ends[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0)
		buf_free(&card);
}

void
card_show(void)
{
	if (card.n > 0)
		io_write_all(STDERR_FILENO, card.p, card.n);
	buf_free(&card);
}

/*
 * host.c - between the names and the addresses of hosts.
 *
 *	the way of today	getaddrinfo(3), getnameinfo(3)
 *	the classic way		gethostbyname(3), gethostbyaddr(3)
 */
#include "lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>

#include "system/log.h"
#include "system/narrate.h"

#define MOST_ADDRESSES 32

/* What one way of asking had to say about a host. */
struct answer {
	char name[NI_MAXHOST];
	char address[MOST_ADDRESSES][INET6_ADDRSTRLEN];
	int n;
	const char *fault; /* why there is nothing, or NULL */
	int code;          /* and the exit code for that */
};

static void
add_address(struct answer *a, int family, const void *address)
{
	if (a->n == MOST_ADDRESSES)
		return;
	inet_ntop(family, address, a->address[a->n], INET6_ADDRSTRLEN);
	a->n++;
}

/*
 * The way of today: both families, in the order in which they should be tried
 * (RFC 6724), and a list that belongs to us until freeaddrinfo(3).
 */
static void
ask_modern(const char *host, struct answer *a)
{
	/* Without a socket type, each address would come once for each. */
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_CANONNAME };
	struct addrinfo *list, *ai;
	int code;

	code = getaddrinfo(host, NULL, &hints, &list);
	narrate_words(code == 0 ? "0, a list of addresses" : gai_strerror(code),
	    "getaddrinfo(\"%s\", NULL)", host);
	if (code != 0) {
		a->fault = gai_strerror(code);
		a->code = code == EAI_AGAIN ? EXIT_LATER : EXIT_UNKNOWN;
		return;
	}
	if (list->ai_canonname != NULL)
		snprintf(a->name, sizeof(a->name), "%s", list->ai_canonname);
	for (ai = list; ai != NULL; ai = ai->ai_next) {
		if (ai->ai_family == AF_INET)
			add_address(a, AF_INET,
			    &((struct sockaddr_in *)ai->ai_addr)->sin_addr);
		else if (ai->ai_family == AF_INET6)
			add_address(a, AF_INET6,
			    &((struct sockaddr_in6 *)ai->ai_addr)->sin6_addr);
	}
	freeaddrinfo(list);
}

/*
 * The way of 1983: one static struct hostent for the whole process, one
 * family, and errors in h_errno instead of errno.
 */
static void
ask_classic(const char *host, struct answer *a)
{
	struct hostent *found;
	char **address;

	found = gethostbyname(host);
	narrate_words(found == NULL ? "NULL" : found->h_name,
	    "gethostbyname(\"%s\")", host);
	if (found == NULL) {
		a->fault = hstrerror(h_errno);
		a->code = h_errno == TRY_AGAIN ? EXIT_LATER : EXIT_UNKNOWN;
		return;
	}
	snprintf(a->name, sizeof(a->name), "%s", found->h_name);
	for (address = found->h_addr_list; *address != NULL; address++)
		add_address(a, found->h_addrtype, *address);
}

/* Fill in the socket address of a host written in numbers; 0 if it is not. */
static socklen_t
read_address(const char *host, struct sockaddr_storage *to)
{
	struct sockaddr_in *in = (struct sockaddr_in *)to;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;

	*to = (struct sockaddr_storage){ 0 };
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		return sizeof(*in);
	}
	if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		return sizeof(*in6);
	}
	return 0;
}

/* From the number back to the name. */
static void
ask_name(const struct sockaddr_storage *from, socklen_t n, struct answer *a)
{
	int code;

	code = getnameinfo((const struct sockaddr *)from, n, a->name,
	    sizeof(a->name), NULL, 0, NI_NAMEREQD);
	narrate_words(code == 0 ? a->name : gai_strerror(code),
	    "getnameinfo(an address of %s)", narrate_family(from->ss_family));
	if (code != 0) {
		a->fault = gai_strerror(code);
		a->code = code == EAI_AGAIN ? EXIT_LATER : EXIT_UNKNOWN;
	}
}

static void
ask_name_classic(const struct sockaddr_storage *from, struct answer *a)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)from;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;
	struct hostent *found;

	if (from->ss_family == AF_INET)
		found =
		    gethostbyaddr(&in->sin_addr, sizeof(in->sin_addr), AF_INET);
	else
		found = gethostbyaddr(
		    &in6->sin6_addr, sizeof(in6->sin6_addr), AF_INET6);
	narrate_words(found == NULL ? "NULL" : found->h_name,
	    "gethostbyaddr(an address of %s)", narrate_family(from->ss_family));
	if (found != NULL)
		snprintf(a->name, sizeof(a->name), "%s", found->h_name);
	else
		a->fault = hstrerror(h_errno);
}

/* A row of the table: the new way and, if it is asked for, the old one. */
static void
row(bool classic, const char *what, const char *new, const char *old)
{
	if (classic)
		printf("%-15s %-39s %s\n", what, new, old);
	else
		printf("%-15s %s\n", what, new);
}

int
lookup_host(const char *name, bool classic)
{
	static struct answer new, old; /* zero, and too big for the stack */
	struct sockaddr_storage number;
	socklen_t n;
	int i;

	n = read_address(name, &number);
	if (n > 0)
		ask_name(&number, n, &new);
	else
		ask_modern(name, &new);
	if (classic && n > 0)
		ask_name_classic(&number, &old);
	else if (classic)
		ask_classic(name, &old);
	if (new.fault != NULL && (!classic || old.fault != NULL))
		die(new.code, "host %s: %s", name, new.fault);
	if (classic)
		row(classic, "", n > 0 ? "getnameinfo" : "getaddrinfo",
		    n > 0 ? "gethostbyaddr" : "gethostbyname");
	row(classic, n > 0 ? "name" : "canonical name",
	    new.fault ? new.fault : new.name, old.fault ? old.fault : old.name);
	for (i = 0; i < new.n || i < old.n; i++)
		row(classic, "address", i < new.n ? new.address[i] : "-",
		    i < old.n ? old.address[i] : "-");
	return new.code;
}

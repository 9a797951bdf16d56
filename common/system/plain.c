/*
 * plain.c - what a plain image (whole.h) has in place of what the C library
 * does with libraries that it loads.
 *
 * The linker puts these in place of the real ones (--wrap), and in plain
 * images alone.  Users are those in /etc/passwd; who is not is the whole
 * image's business, and so are names of hosts and modules.
 */
#include <errno.h>
#include <netdb.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define USERS "/etc/passwd"

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
extern const char plain_image;
const char plain_image = 1;

void *__wrap_dlopen(const char *, int);
void *__wrap_dlsym(void *, const char *);
char *__wrap_dlerror(void);
int __wrap_getaddrinfo(
    const char *, const char *, const struct addrinfo *, struct addrinfo **);
void __wrap_freeaddrinfo(struct addrinfo *);
struct passwd *__wrap_getpwnam(const char *);
struct passwd *__wrap_getpwuid(uid_t);

void *
__wrap_dlopen(const char *name, int flags)
{
	(void)name;
	(void)flags;
	return NULL;
}

void *
__wrap_dlsym(void *library, const char *name)
{
	(void)library;
	(void)name;
	return NULL;
}

char *
__wrap_dlerror(void)
{
	static char why[] = "this image cannot load anything";

	return why;
}

int
__wrap_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **list)
{
	(void)host;
	(void)service;
	(void)hints;
	*list = NULL;
	return EAI_FAIL;
}

void
__wrap_freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}

/* By name, or without one by number.  The answer lives until the next. */
static struct passwd *
find_user(const char *name, uid_t uid)
{
	FILE *f = fopen(USERS, "re");
	struct passwd *p = NULL;

	if (f == NULL)
		return NULL;
	do
		p = fgetpwent(f);
	while (p != NULL &&
	    (name != NULL ? strcmp(p->pw_name, name) != 0 : p->pw_uid != uid));
	fclose(f);
	return p;
}

struct passwd *
__wrap_getpwnam(const char *name)
{
	return find_user(name, 0);
}

struct passwd *
__wrap_getpwuid(uid_t uid)
{
	return find_user(NULL, uid);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

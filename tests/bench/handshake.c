/*
 * handshake.c - a client that does little else than handshakes of TLS 1.3.
 *
 * For tests/bench/tls: each connection is a new one, asks for one file, and is
 * read to its end; the next one begins then.  "full" forgets every session,
 * "resumed" offers the last one, as a browser does.
 *
 * usage: handshake PORT TARGET full|resumed SECONDS WORKERS
 *
 * Prints: FIGURES connections microseconds p50 p99 resumed errors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_WORKERS 64
#define MOST_TIMES   100000 /* of one worker */

struct tally {
	uint32_t count, resumed, errors;
	uint32_t us[MOST_TIMES];
};

static SSL_SESSION *last; /* of this worker */
static bool resume;

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int
keep(SSL *ssl, SSL_SESSION *session)
{
	(void)ssl;
	SSL_SESSION_free(last);
	last = session;
	return 1; /* it is ours now */
}

static SSL_CTX *
new_context(void)
{
	SSL_CTX *c = SSL_CTX_new(TLS_client_method());

	if (c == NULL)
		exit(EXIT_FAILURE);
	SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION);
	SSL_CTX_set_session_cache_mode(
	    c, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(c, keep);
	return c;
}

static int
dial(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Returns whether a whole answer with the status 200 came. */
static bool
converse(SSL *ssl, const char *request)
{
	char piece[16384];
	bool first = true, good = false;
	int n;

	if (SSL_connect(ssl) != 1 ||
	    SSL_write(ssl, request, (int)strlen(request)) <= 0)
		return false;
	while ((n = SSL_read(ssl, piece, sizeof(piece))) > 0) {
		if (first)
			good = n > 12 && memcmp(piece + 8, " 200", 4) == 0;
		first = false;
	}
	SSL_shutdown(ssl);
	return good;
}

/* A copy: OpenSSL spoils one that was offered, and a server may give no new one
 * to who had one. */
static void
offer_last(SSL *ssl)
{
	SSL_SESSION *copy =
	    resume && last != NULL ? SSL_SESSION_dup(last) : NULL;

	if (copy != NULL)
		SSL_set_session(ssl, copy);
	SSL_SESSION_free(copy);
}

static void
connect_once(
    struct tally *t, SSL_CTX *context, uint16_t port, const char *request)
{
	int64_t began = now_us();
	int fd = dial(port);
	SSL *ssl = fd < 0 ? NULL : SSL_new(context);
	bool good = false;

	if (ssl != NULL) {
		SSL_set_fd(ssl, fd);
		offer_last(ssl);
		good = converse(ssl, request);
		t->resumed += (uint32_t)SSL_session_reused(ssl);
		SSL_free(ssl);
	}
	if (fd >= 0)
		close(fd);
	t->errors += !good;
	if (t->count < MOST_TIMES)
		t->us[t->count++] = (uint32_t)(now_us() - began);
}

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
print(const struct tally *t, size_t workers, int64_t us)
{
	uint32_t *all = malloc(workers * sizeof(t->us));
	uint32_t n = 0, resumed = 0, errors = 0;

	if (all == NULL)
		exit(EXIT_FAILURE);
	for (size_t i = 0; i < workers; i++) {
		memcpy(all + n, t[i].us, t[i].count * sizeof(*all));
		n += t[i].count;
		resumed += t[i].resumed;
		errors += t[i].errors;
	}
	qsort(all, n, sizeof(*all), by_size);
	printf("FIGURES %u %lld %u %u %u %u\n", n, (long long)us,
	    n == 0 ? 0 : all[n / 2], n == 0 ? 0 : all[n - 1 - n / 100], resumed,
	    errors);
	free(all);
}

int
main(int argc, char **argv)
{
	size_t workers = argc == 6 ? (size_t)atoi(argv[5]) : 0;
	int64_t began = now_us(), end;
	struct tally *t;
	char request[256];

	if (workers == 0 || workers > MOST_WORKERS) {
		fprintf(stderr,
		    "usage: handshake PORT TARGET full|resumed "
		    "SECONDS WORKERS\n");
		return 64;
	}
	resume = strcmp(argv[3], "resumed") == 0;
	end = began + (int64_t)atoi(argv[4]) * 1000000;
	snprintf(request, sizeof(request),
	    "GET %.128s HTTP/1.1\r\nHost: localhost\r\n"
	    "Connection: close\r\n\r\n",
	    argv[2]);
	t = mmap(NULL, workers * sizeof(*t), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t == MAP_FAILED)
		return EXIT_FAILURE;
	for (size_t i = 0; i < workers; i++) {
		SSL_CTX *context;

		if (fork() != 0)
			continue;
		context = new_context();
		while (now_us() < end)
			connect_once(
			    &t[i], context, (uint16_t)atoi(argv[1]), request);
		_exit(0);
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	print(t, workers, now_us() - began);
	return 0;
}

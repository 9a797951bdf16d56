/*
 * tls.c - a TLS server whose key the fuzzer has: a client of OpenSSL in the
 * same process, with somebody in between who changes what it says.
 *
 * Input: a byte that chooses how the client speaks, a byte that says how many
 * changes there are, four bytes for each (which record, what, where, how), and
 * what the client says when the handshake is over.  With RAW all of it is said
 * as it is, by no client at all.
 *
 * Properties: nobody waits for ever; what the server hears is the beginning of
 * what the client has said, whatever was done in between; an untouched
 * conversation arrives whole and comes back whole; the key keeper is asked
 * nothing that it refuses, so for one signature at most; a client that speaks
 * plain HTTP has its bytes back.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn/conn.h"
#include "fuzzrig/between.h"
#include "fuzzrig/chance.h"
#include "fuzzrig/identity.h"
#include "fuzzrig/must.h"
#include "fuzzrig/quiet.h"
#include "fuzzrig/still.h"
#include "keeper/keeper.h"
#include "tls/ask.h"
#include "tls/session.h"

#define INPUT_MAX  4096
#define STREAM_MAX 131072 /* bytes that one side may say at once */
#define TURNS_MAX  200

enum how { OLD = 1, NAMED = 2, H2 = 4, AGAIN = 8, RAW = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* ---- the key keeper, in this process ---- */

static struct keeper_line line;

void
tls_ask_line(int fd)
{
	(void)fd;
	line = (struct keeper_line){ .fd = -1 };
}

ssize_t
tls_ask(const struct keeper_ask *ask, uint8_t data[KEEPER_DATA])
{
	struct keeper_answer answer = { .n = 0 };

	must(keeper_line_answer(&line, ask, &answer, 1000));
	memcpy(data, answer.data, answer.n);
	return answer.n == 0 ? -1 : answer.n;
}

bool
tls_ask_tell(const struct keeper_ask *ask)
{
	struct keeper_answer answer = { .n = 0 };

	must(ask->kind == KEEPER_KEEP);
	return keeper_line_answer(&line, ask, &answer, 1000);
}

/* ---- both sides ---- */

static SSL_CTX *client_context;
static SSL_SESSION *last;

static int
keep_last(SSL *ssl, SSL_SESSION *session)
{
	(void)ssl;
	SSL_SESSION_free(last);
	last = session;
	return 1;
}

static void
prepare(void)
{
	char why[SECURE_WHY_MAX], path[64];
	int fd = memfd_create("certificate", MFD_CLOEXEC);
	FILE *f = fdopen(fd, "w");
	EVP_PKEY *key;

	must(f != NULL);
	key = identity_make(f);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(tls_server_add(path, why) == 0);
	fclose(f);
	keeper_key_set(0, key); /* the keeper's now */
	client_context = SSL_CTX_new(TLS_client_method());
	must(client_context != NULL);
	SSL_CTX_set_session_cache_mode(
	    client_context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(client_context, keep_last);
}

/* ---- a conversation ---- */

static struct {
	struct conn server;
	SSL *client;
	BIO *from_client, *to_client;
	int end; /* of the wire, where the client is */
	struct between between;
	bool shaken; /* for the server */
	bool over;   /* for the server */
	int status;  /* of its handshake */
	char heard[INPUT_MAX];
	size_t heard_n;
} talk;

static void
hear_as_server(void)
{
	char why[SECURE_WHY_MAX] = "", piece[512];
	struct conn *c = &talk.server;
	ssize_t n;

	if (!talk.shaken && !talk.over) {
		talk.status = tls_shake(c, why);
		talk.shaken = talk.status == SECURE_DONE;
		talk.over = !talk.shaken &&
		    !(talk.status == SECURE_FAILED && errno == EAGAIN);
		must(!talk.over || why[0] != '\0');
	}
	while (talk.shaken && !talk.over) {
		struct iovec iov = { piece, 0 };

		n = c->transport->receive(c, piece, sizeof(piece), false);
		talk.over = n == 0 || (n < 0 && errno != EAGAIN);
		if (n <= 0)
			return;
		must(talk.heard_n + (size_t)n <= sizeof(talk.heard));
		memcpy(talk.heard + talk.heard_n, piece, (size_t)n);
		talk.heard_n += (size_t)n;
		iov.iov_len = (size_t)n;
		must(c->transport->send(c, &iov, 1, false) == n);
	}
}

static void
put(const uint8_t *bytes, size_t n)
{
	if (n > 0 && send(talk.end, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		must(errno == EPIPE || errno == ECONNRESET);
}

/* What the client has said goes over the wire, record by record. */
static size_t
carry_there(void)
{
	static uint8_t said[STREAM_MAX];
	int got = BIO_read(talk.from_client, said, sizeof(said));
	size_t n = got > 0 ? (size_t)got : 0, at = 0;

	while (n - at >= 5) {
		size_t size = 5 + ((size_t)said[at + 3] << 8 | said[at + 4]);

		must(size <= n - at); /* OpenSSL writes whole ones */
		between_pass(&talk.between, said + at, size);
		at += size;
	}
	must(at == n);
	return n;
}

static size_t
carry_back(void)
{
	static uint8_t said[STREAM_MAX];
	ssize_t n = recv(talk.end, said, sizeof(said), MSG_DONTWAIT);

	if (n <= 0)
		return 0;
	must(BIO_write(talk.to_client, said, (int)n) == n);
	return (size_t)n;
}

static void
begin(unsigned how)
{
	static const unsigned char h2[] = "\2h2";
	char why[SECURE_WHY_MAX];
	int ends[2];

	memset(&talk, 0, sizeof(talk));
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	talk.end = ends[1];
	talk.between.put = put;
	talk.between.pause = hear_as_server;
	conn_init(&talk.server, ends[0], SOCK_STREAM, NULL, 0);
	conn_deadline(&talk.server, 1000);
	must(tls_server_begin(&talk.server, -1,
		 how & H2 ? (struct slice)SLICE("\2h2") :
			    (struct slice){ NULL, 0 },
		 why) == 0);
	talk.client = SSL_new(client_context);
	talk.from_client = BIO_new(BIO_s_mem());
	talk.to_client = BIO_new(BIO_s_mem());
	must(talk.client != NULL && talk.from_client != NULL &&
	    talk.to_client != NULL);
	BIO_set_mem_eof_return(talk.to_client, -1);
	SSL_set_bio(talk.client, talk.to_client, talk.from_client);
	SSL_set_connect_state(talk.client);
	if (how & OLD)
		SSL_set_max_proto_version(talk.client, TLS1_2_VERSION);
	if (how & NAMED)
		must(SSL_set_tlsext_host_name(talk.client, "localhost") == 1);
	if (how & H2)
		must(SSL_set_alpn_protos(talk.client, h2, 3) == 0);
	if ((how & AGAIN) != 0 && last != NULL)
		SSL_set_session(talk.client, last);
}

static void
end(void)
{
	close(talk.end);
	SSL_free(talk.client);
	conn_end(&talk.server);
	ERR_clear_error();
}

/* Turn by turn, until both have nothing more to say. */
static void
shake_hands(void)
{
	size_t turns = 0, moved;

	do {
		SSL_do_handshake(talk.client);
		moved = carry_there();
		hear_as_server();
		moved += carry_back();
		must(turns++ < TURNS_MAX);
	} while (moved > 0);
	ERR_clear_error();
}

static void
say(const uint8_t *words, size_t n)
{
	char back[INPUT_MAX];
	size_t at = 0;

	/* Records of several sizes. */
	for (size_t piece = 1; at < n; piece = piece * 3 + 1) {
		size_t part = piece < n - at ? piece : n - at;

		if (SSL_write(talk.client, words + at, (int)part) <= 0)
			break;
		at += part;
		carry_there();
		hear_as_server();
		carry_back();
	}
	must(
	    talk.heard_n <= at && memcmp(talk.heard, words, talk.heard_n) == 0);
	if (talk.between.harmed)
		return;
	must(at == n && talk.heard_n == n);
	for (at = 0; at < n;) {
		int got = SSL_read(talk.client, back, (int)sizeof(back));

		must(got > 0 && (size_t)got <= n - at &&
		    memcmp(back, words + at, (size_t)got) == 0);
		at += (size_t)got;
	}
}

static void
speak_raw(const uint8_t *bytes, size_t n)
{
	struct slice first;

	put(bytes, n);
	shutdown(talk.end, SHUT_WR);
	for (int i = 0; i < 8 && !talk.over; i++)
		hear_as_server();
	must(talk.over && !talk.shaken);
	if (talk.status != SECURE_PLAIN)
		return;
	first = tls_undo(&talk.server);
	must(first.n <= n && memcmp(first.p, bytes, first.n) == 0 &&
	    bytes[0] >= 'A' && bytes[0] <= 'Z');
	close(talk.server.fd);
	talk.server.fd = -1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t changes;

	if (client_context == NULL)
		prepare();
	if (size < 2 || size > INPUT_MAX)
		return 0;
	chance_begin(size);
	still_begin();
	quiet_begin();
	begin(data[0]);
	if ((data[0] & RAW) != 0) {
		speak_raw(data + 1, size - 1);
	} else {
		changes = data[1] % BETWEEN_MAX;
		if (changes > (size - 2) / BETWEEN_CHANGE)
			changes = (size - 2) / BETWEEN_CHANGE;
		talk.between.change = data + 2;
		talk.between.changes = changes;
		shake_hands();
		must(talk.between.harmed || (talk.shaken && !talk.over));
		if (SSL_is_init_finished(talk.client))
			say(data + 2 + changes * BETWEEN_CHANGE,
			    size - 2 - changes * BETWEEN_CHANGE);
	}
	end();
	return 0;
}

/*
 * inbox_socket.c - what happens, over a WebSocket, as Mailpit tells it.
 */
#include <signal.h>

#include "hog_start.h"
#include "system/clock.h"

#define HANDSHAKE_AT(target)                                        \
	"GET " target " HTTP/1.1\r\nHost: localhost\r\n"            \
	"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n" \
	"Sec-WebSocket-Version: 13\r\n"

#define HANDSHAKE HANDSHAKE_AT("/api/events")

#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static int
shake_by(const char *request)
{
	int fd = rig_open(inbox_rig, "inbox");
	struct rig_reply r;

	cr_assert(rig_send(fd, request));
	cr_assert(rig_reply(fd, &r, true));
	cr_assert_eq(r.status, 101);
	cr_expect(slice_iis(rig_header(&r, "Upgrade"), "websocket"));
	cr_expect(slice_iis(rig_header(&r, "Connection"), "Upgrade"));
	cr_expect(slice_is(rig_header(&r, "Sec-WebSocket-Accept"),
	    "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
	cr_expect_null(rig_header(&r, "Content-Length").p);
	rig_reply_free(&r);
	return fd;
}

static int
shake(void)
{
	return shake_by(HANDSHAKE KEY "\r\n");
}

/* The next frame's opcode; its payload is in b. */
static int
frame(int fd, struct buf *b)
{
	unsigned char head[4];
	size_t n;

	buf_init(b, RIG_BUF_MAX);
	cr_assert(rig_read(fd, b, 2));
	memcpy(head, b->p, 2);
	cr_assert_eq(head[0] & 0x80, 0x80, "in one piece");
	cr_assert_eq(head[1] & 0x80, 0, "not masked");
	n = head[1];
	if (n == 126) {
		cr_assert(rig_read(fd, b, 2));
		n = (size_t)((unsigned char)b->p[2] << 8) +
		    (unsigned char)b->p[3];
	}
	buf_clear(b);
	cr_assert(rig_read(fd, b, n));
	return head[0] & 0x0f;
}

/* Wait for an event of this type. */
static json_t *
event(int fd, const char *type)
{
	for (;;) {
		struct buf b;
		json_t *value;

		cr_assert_eq(frame(fd, &b), 1, "a text");
		value = json_loadb(b.p, b.n, 0, NULL);
		cr_assert_not_null(value);
		buf_free(&b);
		if (strcmp(json_string_value(json_object_get(value, "Type")),
			type) == 0)
			return value;
		json_decref(value);
	}
}

Test(inbox_socket, events)
{
	json_t *e;
	int fd, status;

	start_inbox(NULL);
	fd = shake();
	e = event(fd, "stats");
	expect_number(e, "Data.Total", 0);
	cr_expect(json_is_string(at(e, "Data.Version")));
	json_decref(e);
	put_received(
	    "1700000000.M000001P1Q1", "Subject: Hello\r\n\r\ntext\r\n");
	e = event(fd, "new");
	expect_text(e, "Data.ID", "1700000000.M000001P1Q1");
	expect_text(e, "Data.Subject", "Hello");
	json_decref(e);
	e = event(fd, "stats");
	expect_number(e, "Data.Total", 1);
	expect_number(e, "Data.Unread", 1);
	json_decref(e);
	json_decref(ask_json("PUT", "/api/v1/messages",
	    "{\"Read\":true,\"IDs\":[\"1700000000.M000001P1Q1\"]}", &status));
	cr_expect_eq(status, 200);
	e = event(fd, "update");
	expect_text(e, "Data.ID", "1700000000.M000001P1Q1");
	cr_expect(json_is_true(at(e, "Data.Read")));
	json_decref(e);
	put_received("1700000001.M000001P1Q1", "Subject: Two\r\n\r\ntext\r\n");
	json_decref(event(fd, "new"));
	cr_expect_eq(
	    unlink(rig_in(mail, "new/1700000001.M000001P1Q1.host")), 0);
	e = event(fd, "delete");
	expect_text(e, "Data.ID", "1700000001.M000001P1Q1");
	json_decref(e);
	json_decref(ask_json("DELETE", "/api/v1/messages", "", &status));
	e = event(fd, "truncate");
	cr_expect(json_is_null(at(e, "Data")));
	json_decref(e);
	close(fd);
}

/* What comes elsewhere is not told; the mailbox need not be there before. */
Test(inbox_socket, events_of_a_mailbox)
{
	json_t *e;
	int fd;

	start_inbox(NULL);
	fd = shake_by(HANDSHAKE_AT("/api/events?mailbox=ann") KEY "\r\n");
	json_decref(event(fd, "stats"));
	put_mail("1700000000.M000001P1Q1.host", "Subject: Hello\r\n\r\n");
	rig_file(mail, ".ann/tmp/x", "Subject: Ann\r\n\r\n");
	cr_assert_eq(mkdir(rig_in(mail, ".ann/new"), 0777), 0);
	cr_assert_eq(mkdir(rig_in(mail, ".ann/cur"), 0777), 0);
	/* Whole at once, as mail comes. */
	cr_assert_eq(
	    rename(rig_in(mail, ".ann/tmp/x"),
		rig_in(mail, ".ann/cur/1700000001.M000001P1Q1.host:2,")),
	    0);
	e = event(fd, "new");
	expect_text(e, "Data.Subject", "Ann");
	json_decref(e);
	e = event(fd, "stats");
	expect_number(e, "Data.Total", 1);
	json_decref(e);
	close(fd);
}

/* It answers a ping, byte by byte too, and a close, and then it goes. */
Test(inbox_socket, talk)
{
	struct buf b;
	int fd;

	start_inbox(NULL);
	fd = shake();
	json_decref(event(fd, "stats"));
	cr_assert(rig_send_bytes(fd, "\x89\x82\1\2\3\4ik", 8));
	cr_expect_eq(frame(fd, &b), 10);
	cr_expect(slice_is(buf_slice(&b), "hi"));
	/* a text, to which nobody listens, and a ping in pieces */
	cr_assert(rig_send_bytes(fd, "\x81\x81\0\0\0\0x\x89\x81\0\0", 11));
	cr_assert(rig_send_bytes(fd, "\0\0y", 3));
	cr_expect_eq(frame(fd, &b), 10);
	cr_expect(slice_is(buf_slice(&b), "y"));
	cr_assert(rig_send_bytes(fd, "\x88\x82\0\0\0\0\x03\xe9", 8));
	cr_expect_eq(frame(fd, &b), 8);
	cr_expect(slice_is(buf_slice(&b), "\x03\xe9"));
	cr_expect(rig_expect_end(fd));
}

/* Who said good-bye first waits for the end, and is not kept waiting: RFC 6455
 * 7.1.1.  What our own good-bye gives the other side is 2 s.  The fastest of
 * three counts: the machine may be busy. */
Test(inbox_socket, a_good_bye_ends_it_at_once)
{
	int64_t fastest = INT64_MAX;
	struct buf b;

	start_inbox(NULL);
	for (int i = 0; i < 3; i++) {
		int fd = shake();
		int64_t began, took;

		json_decref(event(fd, "stats"));
		began = clock_ms();
		cr_assert(rig_send_bytes(fd, "\x88\x82\0\0\0\0\x03\xe8", 8));
		cr_expect_eq(frame(fd, &b), 8);
		cr_expect(rig_expect_end(fd));
		took = clock_ms() - began;
		fastest = took < fastest ? took : fastest;
		close(fd);
	}
	cr_expect_lt(fastest, 2000);
}

Test(inbox_socket, rude_clients)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *why;
	} all[] = {
		{ "\x81\x02hi", 4, "\x03\xea" }, /* not masked: 1002 */
		{ "\xf1\x80\0\0\0\0", 6, "\x03\xea" },
		{ "\x81\xff\0\0\0\0\0\x10\0\0", 10, "\x03\xf1" }, /* 1009 */
		/* 1007: Latin-1 as text; a character that is not ended */
		{ "\x81\x84\0\0\0\0caf\xe9", 10, "\x03\xef" },
		{ "\x01\x81\0\0\0\0\xc3\x80\x80\0\0\0\0", 13, "\x03\xef" },
		{ "\x88\x83\0\0\0\0\x03\xe8\xff", 9, "\x03\xef" },
		/* 1002: a ping in two, one too long, a reason that is none */
		{ "\x09\x80\0\0\0\0", 6, "\x03\xea" },
		{ "\x89\xfe\0\x7e\0\0\0\0", 8, "\x03\xea" },
		{ "\x88\x82\0\0\0\0\x03\xed", 8, "\x03\xea" },
	};

	start_inbox(NULL);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct buf b;
		int fd = shake();

		json_decref(event(fd, "stats"));
		cr_assert(rig_send_bytes(fd, all[i].bytes, all[i].n));
		cr_expect_eq(frame(fd, &b), 8);
		cr_expect(slice_is(buf_slice(&b), all[i].why), "%zu", i);
		close(fd);
	}
}

/* What is no handshake is told so; other sites' pages are kept out. */
Test(inbox_socket, handshakes)
{
	static const struct {
		const char *request;
		int status;
	} all[] = {
		{ HANDSHAKE "\r\n", 400 },
		{ HANDSHAKE "Sec-WebSocket-Key: x\r\n\r\n", 400 },
		{ HANDSHAKE KEY "Origin: http://evil.example\r\n\r\n", 403 },
		{ HANDSHAKE KEY "Content-Length: 1\r\n\r\nx", 400 },
		{ HANDSHAKE KEY KEY "\r\n", 400 },
		{ HANDSHAKE "Sec-WebSocket-Version: 13\r\n" KEY "\r\n", 400 },
		{ HANDSHAKE "Sec-WebSocket-Version: 8\r\n" KEY "\r\n", 400 },
		{ "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n", 426 },
		{ "GET /api/events HTTP/1.1\r\nHost: localhost\r\n"
		  "Connection: Upgrade\r\nUpgrade: websocket\r\n" KEY
		  "Sec-WebSocket-Version: 8\r\n\r\n",
		    426 },
		{ "GET /api/events HTTP/1.0\r\nHost: localhost\r\n"
		  "Connection: Upgrade\r\nUpgrade: websocket\r\n" KEY
		  "Sec-WebSocket-Version: 13\r\n\r\n",
		    400 },
	};

	start_inbox(NULL);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct rig_reply r;

		cr_assert(rig_ask(
		    rig_address(inbox_rig, "inbox"), all[i].request, &r));
		cr_expect_eq(r.status, all[i].status, "%zu: %d", i, r.status);
		rig_reply_free(&r);
	}
}

/* When the server is to go it says so, and does not wait for clients. */
Test(inbox_socket, goes_away)
{
	struct buf b;
	int fd;

	start_inbox(NULL);
	fd = shake();
	json_decref(event(fd, "stats"));
	rig_signal(inbox_rig, SIGTERM);
	cr_expect_eq(frame(fd, &b), 8);
	cr_expect(slice_is(buf_slice(&b), "\x03\xe9"));
	close(fd);
	cr_expect_eq(rig_wait(inbox_rig), 0);
}

/*
 * clients_http_redirect.c - berth-http sent from one URL to the next.
 */
#include "clients_http.h"

Test(clients_http_redirect, redirects)
{
	struct rig_script *s =
	    serve(ANSWERS("HTTP/1.1 302 Found\r\nLocation: ../c?d#e\r\n"
			  "Content-Length: 4\r\n\r\nbody",
		      OK(4, "here")),
		false);

	expect("berth-http -L $U/a/b", 0, "here", "");
	cr_expect_not_null(strstr(s->heard, "GET /c?d HTTP/1.1\r\n"));
	/* Not without -L. */
	serve(ANSWERS("HTTP/1.1 302 Found\r\nLocation: /\r\n"
		      "Content-Length: 4\r\n\r\nbody"),
	    true);
	expect("berth-http $U/a/b", 0, "body", "");
	expect("berth-http -L $U/a/b", 47, "", "more than 20 redirects");
	expect("berth-http -L --max-redirects 3 $U/", 47, "",
	    "more than 3 redirects");
	serve(ANSWERS("HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1:1/\r\n"
		      "Content-Length: 0\r\n\r\n"),
	    true);
	expect("berth-http -L $U/", 7, "", "connect to 127.0.0.1:1:");
	serve(ANSWERS("HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\n"
		      "Content-Length: 0\r\n\r\n"),
	    true);
	expect("berth-http -L $U/ >/dev/null 2>&1 || echo no", 0, "no\n", "");
	serve(ANSWERS("HTTP/1.1 301 Moved\r\nLocation: http://\r\n"
		      "Content-Length: 0\r\n\r\n"),
	    true);
	expect("berth-http -L $U/", 3, "", "redirected to");
}

Test(clients_http_redirect, methods_after_a_redirect)
{
	static const struct {
		const char *status, *line, *first, *second;
	} case_[] = {
		{ "301", "berth-http -L -d x $U/", "POST / ", "GET /n " },
		{ "302", "berth-http -L -d x $U/", "POST / ", "GET /n " },
		{ "303", "berth-http -L -d x $U/", "POST / ", "GET /n " },
		{ "303", "berth-http -L -I $U/ >&-; true", "HEAD / ",
		    "HEAD /n " },
		{ "307", "berth-http -L -d x $U/", "POST / ", "POST /n " },
		{ "308", "berth-http -L -X PUT -d x $U/", "PUT / ", "PUT /n " },
	};
	char moved[200];

	for (size_t i = 0; i < sizeof(case_) / sizeof(case_[0]); i++) {
		struct rig_script *s;

		snprintf(moved, sizeof(moved),
		    "HTTP/1.1 %s Moved\r\nLocation: /n\r\n"
		    "Content-Length: 0\r\n\r\n",
		    case_[i].status);
		s = serve(ANSWERS(moved, OK(0, "")), false);
		rig_sh(port, case_[i].line, 0, NULL, NULL);
		cr_expect(
		    strstr(s->heard, case_[i].first) == s->heard, "%zu", i);
		cr_expect_not_null(strstr(s->heard, case_[i].second), "%zu", i);
		/* A body goes with it exactly if the method is the same. */
		cr_expect((strstr(strstr(s->heard, case_[i].second) + 1,
			       "Content-Length: 1\r\n") != NULL) ==
			(case_[i].second[0] == 'P'),
		    "%zu: %s", i, s->heard);
	}
}

Test(clients_http_redirect, secrets_go_to_no_other_origin)
{
	struct rig_script *s;
	char moved[200];

	serve(ANSWERS("HTTP/1.1 302 Found\r\nLocation: /next\r\n"
		      "Content-Length: 0\r\n\r\n",
		  OK(0, "")),
	    false);
	s = serve(ANSWERS("HTTP/1.1 302 Found\r\nLocation: /next\r\n"
			  "Content-Length: 0\r\n\r\n",
		      OK(0, "")),
	    false);
	expect(
	    "berth-http -L -H 'Cookie: c' http://a:b@127.0.0.1:$P/", 0, "", "");
	cr_expect_not_null(strstr(
	    strstr(s->heard, "GET /next"), "Authorization: Basic YTpi\r\n"));
	cr_expect_not_null(strstr(strstr(s->heard, "GET /next"), "Cookie: c"));

	s = serve(ANSWERS(moved, OK(0, "")), true);
	snprintf(moved, sizeof(moved),
	    "HTTP/1.1 302 Found\r\nLocation: http://localhost:%u/next\r\n"
	    "Content-Length: 0\r\n\r\n",
	    port);
	expect(
	    "berth-http -L -H 'Cookie: c' -H 'X: y' http://a:b@127.0.0.1:$P/",
	    0, "", "");
	cr_expect_not_null(strstr(s->heard, "Authorization: Basic"));
	cr_expect_not_null(strstr(strstr(s->heard, "GET /next"), "X: y"));
	cr_expect_null(strstr(strstr(s->heard, "GET /next"), "Authorization"));
	cr_expect_null(strstr(strstr(s->heard, "GET /next"), "Cookie"));
}

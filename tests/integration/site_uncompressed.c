/*
 * site_uncompressed.c - what is not compressed while it is asked for:
 * --no-compress, and pages of --live.
 */
#include <criterion/criterion.h>

#include "site_script.h"

Test(site_uncompressed, no_compress)
{
	struct rig_reply *r;

	start_with("--no-compress");
	r = ask("/app.js", "Accept-Encoding: gzip, br, zstd\r\n");
	cr_expect(rig_header(r, "Content-Encoding").p == NULL);
	expect_whole(r, SIZE);
	rig_file(dir, "app.js.gz", "\x1f\x8b\x08 as somebody made it");
	r = ask("/app.js", "Accept-Encoding: gzip\r\n");
	cr_expect(slice_is(rig_header(r, "Content-Encoding"), "gzip"));
	cr_expect(slice_is(r->body, "\x1f\x8b\x08 as somebody made it"));
}

/* Nor is such a page compressed, for it is another one each time. */
Test(site_uncompressed, a_page_of_live_has_its_script_in_it)
{
	struct rig_reply *r;

	start_with("--live");
	r = ask("/page.html",
	    "Accept-Encoding: gzip\r\nSec-Fetch-Dest: document\r\n");
	cr_expect(rig_header(r, "Content-Encoding").p == NULL);
	cr_expect(has(r->body, "/.berth/live.js"));
	/* What a script fetches is the file, and that is. */
	r = ask(
	    "/page.html", "Accept-Encoding: gzip\r\nSec-Fetch-Dest: empty\r\n");
	cr_expect(slice_is(rig_header(r, "Content-Encoding"), "gzip"));
}

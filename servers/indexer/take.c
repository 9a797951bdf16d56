/*
 * take.c - one message into the index.
 */
#include "indexer/take.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "indexer/read.h"
#include "mail/record.h"
#include "system/log.h"

#define COMPLAINTS_MAX 20 /* about files; then no more */

static void
complain(const struct maildir_file *f, const char *why)
{
	static int count;

	if (++count <= COMPLAINTS_MAX)
		log_warn("%s%s%s/%s: %s; it is left out%s", f->folder,
		    f->folder[0] == '\0' ? "" : "/",
		    f->part == MAILDIR_NEW ? "new" : "cur", f->name, why,
		    count == COMPLAINTS_MAX ? " (and more like it)" : "");
}

/* Most names have no keywords, and need no look into the file. */
static void
keywords(const struct indexer *ix, const struct maildir_file *f,
    struct maildir_keywords *k)
{
	struct slice flags = maildir_flags(f->name);

	for (size_t i = 0; i < flags.n; i++) {
		if (flags.p[i] >= 'a' && flags.p[i] <= 'z') {
			maildir_keywords(ix->m, f->folder, k);
			return;
		}
	}
	memset(k, 0, sizeof(*k));
}

int
take_move(struct indexer *ix, int64_t n, const struct maildir_file *f)
{
	struct maildir_keywords k;

	keywords(ix, f, &k);
	return index_moved(ix->w, n, f, &k);
}

/* A lease on reading is not given while somebody has it open for writing. */
static bool
is_being_written(int fd)
{
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
		fcntl(fd, F_SETLEASE, F_UNLCK);
		return false;
	}
	return errno == EAGAIN;
}

static int64_t
written_us(const struct stat *st)
{
	return st->st_mtim.tv_sec * 1000000LL + st->st_mtim.tv_nsec / 1000;
}

static int
add(struct indexer *ix, const struct maildir_file *f, int fd,
    const struct stat *st)
{
	int64_t made = maildir_name_us(maildir_base(f->name));
	struct maildir_keywords k;
	struct index_new new = {
		.file = f,
		.keywords = &k,
		.created = made >= 0 ? made : written_us(st),
		.size = st->st_size,
		.written = written_us(st),
	};
	struct buf json;
	int status;

	keywords(ix, f, &k);
	buf_init(&json, RECORD_MAX);
	if (read_message(ix->reader, fd, f->name, &json) < 0) {
		complain(f, strerror(errno));
		buf_free(&json);
		return 0;
	}
	new.document = buf_slice(&json);
	status = index_add(ix->w, &new);
	if (status == 1) { /* what the reader said is no good */
		buf_clear(&json);
		if (read_raw(fd, "what was made of it is no good", &json) ==
		    0) {
			new.document = buf_slice(&json);
			status = index_add(ix->w, &new);
		}
	}
	if (status == 1)
		complain(f, "it cannot be read");
	buf_free(&json);
	return status < 0 ? status : 0;
}

/* Open it and put it in, instead of what is known of it if that differs. */
static int
put(struct indexer *ix, struct maildir_file *f, bool fresh)
{
	struct index_known known;
	struct stat st;
	int fd = maildir_open_message(ix->m, f, &st), status;

	if (fd < 0) {
		if (errno != ENOENT && errno != ELOOP && errno != EINVAL)
			complain(f, strerror(errno));
		return 0;
	}
	if (fresh && is_being_written(fd)) {
		close(fd);
		return 0;
	}
	status = index_knows(ix->w, f, &known);
	if (status == 1 && known.size == st.st_size &&
	    known.written == written_us(&st)) {
		status = known.same ? 0 : take_move(ix, known.n, f);
	} else {
		if (status == 1)
			status = index_remove(ix->w, known.n);
		if (status == 0)
			status = add(ix, f, fd, &st);
	}
	close(fd);
	return status;
}

int
take_file(struct indexer *ix, struct maildir_file *f)
{
	return put(ix, f, !ix->o->once);
}

static bool
is_there(const struct indexer *ix, const struct maildir_file *f)
{
	int dir = maildir_open_part(ix->m, f->folder, f->part);
	struct stat st;
	bool there =
	    dir >= 0 && fstatat(dir, f->name, &st, AT_SYMLINK_NOFOLLOW) == 0;

	if (dir >= 0)
		close(dir);
	return there;
}

int
take_news(struct indexer *ix, const struct news_item *i)
{
	struct maildir_file f = i->file;
	struct index_known known;
	int status = index_knows(ix->w, &f, &known);

	if (status < 0)
		return status;
	if (!i->there) /* unless it is where we think it is */
		return status == 0 || is_there(ix, &known.file) ?
		    0 :
		    index_remove(ix->w, known.n);
	if (status == 0 || i->written)
		return put(ix, &f, i->fresh);
	return known.same ? 0 : take_move(ix, known.n, &f);
}

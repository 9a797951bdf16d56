/*
 * upload_folder.h - the folder of --upload: found and tried before the first
 * fork, and asked for its paths afterwards.
 */
#ifndef UPLOAD_FOLDER_H
#define UPLOAD_FOLDER_H

#include <stdbool.h>

#include "bytes/slice.h"
#include "service/service.h"

/*
 * Before the first fork: find the folder, which the children (service.user)
 * must be able to write to, and add it to the paths that the sandbox leaves
 * open.  What killed processes left there long ago is removed.  A fault ends
 * the program.  Who follows another that had it does not try, and lives on
 * without it, or with one that cannot be written to yet.
 */
void upload_folder_prepare(struct service *);

/*
 * In the master.  The name by which the folder is looked for.  Has it been
 * replaced, or come back?  Then the paths have the new one.
 */
const char *upload_folder_path(void);
bool upload_folder_moved(struct service *);

/*
 * Does a decoded path ("/in/x") lie in it?  So does its own, "/in/".
 */
bool upload_folder_holds(struct slice path);

#endif

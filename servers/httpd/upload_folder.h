/*
 * upload_folder.h - the folder of --upload: found and tried before the first
 * fork, and asked for its paths afterwards.
 */
#ifndef UPLOAD_FOLDER_H
#define UPLOAD_FOLDER_H

#include <stdbool.h>

#include "bytes/slice.h"
#include "service/service.h"

struct privdrop;

/*
 * Before the first fork: find the folder, which the children (user; NULL: we)
 * must be able to write to, and name it as a path that the sandbox leaves
 * open.  What killed processes left there long ago is removed.  A fault ends
 * the program.
 */
void upload_folder_prepare(
    const struct privdrop *user, struct sandbox_path *path);

/*
 * Does a decoded path ("/in/x") lie in it?  So does its own, "/in/".
 */
bool upload_folder_holds(struct slice path);

#endif

/*
 * upload_form.h - the form on a folder's listing, and what it sends.
 *
 * It works without its script, which only shows how far each file is and takes
 * what is dropped on the page.
 */
#ifndef UPLOAD_FORM_H
#define UPLOAD_FORM_H

#include "web/web.h"

#define UPLOAD_SCRIPT "/.berth/upload.js"

/*
 * The form, for the listing of the folder with this path: "/", "/in/".
 * Nothing is added where nothing can be put.
 */
void upload_form(struct buf *, struct slice path);

/*
 * Answer with its script.
 */
int upload_form_script(struct exchange *);

#endif

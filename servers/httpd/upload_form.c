/*
 * upload_form.c - the form on a folder's listing.
 */
#include "httpd/upload_form.h"

#include <inttypes.h>

#include "httpd/site.h"
#include "httpd/upload_folder.h"

static const char style[] =
    "<style>\n"
    "#upload{margin:1rem 0;padding:.8rem 1rem;background:var(--card);"
    "border:1px dashed var(--line);border-radius:.4rem}\n"
    "#upload p{display:flex;flex-wrap:wrap;gap:.5rem 1rem;"
    "align-items:center;margin:0}\n"
    "#upload input{flex:1 1 14rem;min-width:0;border:0;padding:0}\n"
    "#upload input::file-selector-button{font:inherit;color:inherit;"
    "background:var(--paper);border:1px solid var(--line);"
    "border-radius:.4rem;padding:.3rem .6rem;margin-right:.7rem}\n"
    "#upload.over{border-color:var(--link);border-style:solid}\n"
    "@media(hover:none){#drop{display:none}}\n"
    "#upload ul{list-style:none;margin:.6rem 0 0;padding:0}\n"
    "#upload ul:empty{display:none}\n"
    "#upload li{display:flex;flex-wrap:wrap;gap:0 1rem;"
    "overflow-wrap:anywhere}\n"
    "#upload li progress{flex:1 1 8rem;accent-color:var(--link)}\n"
    "#upload li b{font-weight:600}\n"
    "</style>\n";

static const char script[] =
    "// Added by berth-httpd --upload: send files to this folder.\n"
    "(function () {\n"
    "  'use strict';\n"
    "  var form = document.getElementById('upload');\n"
    "  var list = form.appendChild(document.createElement('ul'));\n"
    "  var most = Number(form.dataset.max);\n"
    "  var busy = false;\n"
    "  list.setAttribute('aria-live', 'polite');\n"
    "\n"
    "  function words(status) {\n"
    "    return status === 409 ? 'there is one already' :\n"
    "           status === 413 ? 'it is too large' :\n"
    "           status === 403 ? 'it may not be put here' :\n"
    "           status === 507 ? 'there is no room left' :\n"
    "           status === 0 ? 'the server cannot be reached' :\n"
    "           'the server says ' + status;\n"
    "  }\n"
    "\n"
    "  // Resolves to a status; 0: there was no answer.\n"
    "  function send(file, bar) {\n"
    "    return new Promise(function (done) {\n"
    "      var x = new XMLHttpRequest();\n"
    "      if (file.size > most) return done(413);\n"
    "      x.upload.onprogress = function (e) {\n"
    "        if (e.lengthComputable) bar.value = e.loaded / e.total;\n"
    "      };\n"
    "      x.onloadend = function () { done(x.status); };\n"
    "      x.open('PUT', './' + encodeURIComponent(file.name));\n"
    "      x.send(file);\n"
    "    });\n"
    "  }\n"
    "\n"
    "  async function all(files) {\n"
    "    var failed = false;\n"
    "    if (busy || files.length === 0) return;\n"
    "    busy = true;\n"
    "    list.textContent = '';\n"
    "    for (var file of Array.from(files)) {\n"
    "      var row = list.appendChild(document.createElement('li'));\n"
    "      var bar = document.createElement('progress');\n"
    "      var name = document.createElement('span');\n"
    "      name.textContent = file.name;\n"
    "      bar.setAttribute('aria-label', file.name);\n"
    "      bar.value = 0;\n"
    "      row.append(name, bar);\n"
    "      var status = await send(file, bar);\n"
    "      var fine = status >= 200 && status < 300;\n"
    "      var told = document.createElement('b');\n"
    "      told.textContent = fine ? 'uploaded' : words(status);\n"
    "      bar.replaceWith(told);\n"
    "      failed = failed || !fine;\n"
    "    }\n"
    "    busy = false;\n"
    "    if (!failed) location.reload();\n"
    "  }\n"
    "\n"
    "  form.addEventListener('submit', function (e) {\n"
    "    e.preventDefault();\n"
    "    all(form.file.files);\n"
    "  });\n"
    "  document.addEventListener('dragover', function (e) {\n"
    "    if (!e.dataTransfer.types.includes('Files')) return;\n"
    "    e.preventDefault();\n"
    "    form.classList.add('over');\n"
    "  });\n"
    "  document.addEventListener('dragleave', function (e) {\n"
    "    if (e.relatedTarget === null) form.classList.remove('over');\n"
    "  });\n"
    "  document.addEventListener('drop', function (e) {\n"
    "    if (!e.dataTransfer.types.includes('Files')) return;\n"
    "    e.preventDefault();\n"
    "    form.classList.remove('over');\n"
    "    all(e.dataTransfer.files);\n"
    "  });\n"
    "  document.getElementById('drop').hidden = false;\n"
    "}());\n";

void
upload_form(struct buf *b, struct slice path)
{
	if (site.upload == NULL || !upload_folder_holds(path))
		return;
	buf_addz(b, style);
	buf_addf(b,
	    "<form id=\"upload\" method=\"post\" action=\"./\" "
	    "enctype=\"multipart/form-data\" data-max=\"%" PRIu64 "\">"
	    "<p><input type=\"file\" name=\"file\" multiple required "
	    "aria-label=\"Files for this folder\"> "
	    "<button>Upload</button> "
	    "<span id=\"drop\" hidden>or drop files on this page</span></p>"
	    "</form>\n"
	    "<script src=\"" UPLOAD_SCRIPT "\"></script>\n",
	    site.upload_max);
}

int
upload_form_script(struct exchange *x)
{
	web_bytes(x, 200, "text/javascript; charset=utf-8", slice_of(script));
	web_fieldz(x, "Cache-Control", "no-cache");
	return 0;
}

/*
 * attached.js - what is attached: what it says it is, and what it is.
 */
import { part } from "./api.js";
import { beginning, make } from "./dom.js";
import { bytes, straight } from "./format.js";

const PICTURES = /^image\/(?:png|jpeg|gif|webp|avif|bmp)$/;
const PICTURE_MAX = 5000000;	/* a larger one is not shown as a thumbnail */
const FIRST = 100;		/* cards that are shown at first */
const ALIASES = {
	"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "text/xml": "application/xml",
	"application/x-gzip": "application/gzip", "application/x-zip-compressed": "application/zip",
	"audio/x-wav": "audio/wav", "audio/mp3": "audio/mpeg", "application/x-pdf": "application/pdf",
	"image/x-icon": "image/vnd.microsoft.icon", "application/x-javascript": "text/javascript",
};
/* Formats that are text, or a zip file, underneath: the library may say so. */
const TEXTUAL = /^text\/|[/+](?:json|xml|yaml|csv|javascript|x-sh|sql|pgp-signature|pgp-keys|ics|x-ndjson)$|^message\//;
const ZIPPED = /\+zip$|openxmlformats|opendocument|epub|java-archive|vnd\.android/;

/* Is the declared type a lie?  "Nothing in particular" never is one. */
export function mismatch(declared, detected) {
	const plain = (type) => {
		const name = (type || "").toLowerCase().split(";")[0].trim();
		return ALIASES[name] || name;
	};
	const said = plain(declared);
	const is = plain(detected);
	const vague = ["", "application/octet-stream", "inode/x-empty", "application/x-empty"];
	if (said === is || vague.includes(said) || vague.includes(is))
		return false;
	if (TEXTUAL.test(said) && TEXTUAL.test(is))
		return false;
	return !(ZIPPED.test(said) && is === "application/zip");
}

function card(message, one, detected, inline) {
	const lie = mismatch(one.ContentType, detected);
	const name = straight(one.FileName || `Part ${one.PartID}`);
	const path = `part/${encodeURIComponent(one.PartID)}`;
	const picture = PICTURES.test(detected || one.ContentType) && !lie && one.Size < PICTURE_MAX
	    ? make("img", { src: part(message.ID, path), alt: "", loading: "lazy", class: "thumb" })
	    : make("span", { class: "thumb", "aria-hidden": "true" },
		(/\.([a-z0-9]{1,4})$/i.exec(name)?.[1] || "file").toLowerCase());
	return make("li", { class: lie ? "attachment lie" : "attachment" }, picture,
	    make("div", {},
		make("a", { href: part(message.ID, path, { dl: 1 }), download: name, title: name }, name),
		make("p", { class: "soft" }, `${bytes(one.Size)} · ${one.ContentType || "no type"}${inline ? " · inline" : ""}`),
		...(lie ? [make("p", { class: "flag" }, `is really ${detected}`)]
		    : detected && detected !== one.ContentType
		    ? [make("p", { class: "soft" }, `found: ${detected}`)] : [])));
}

/* A list of cards, or nothing when nothing is attached. */
export function attachments(message) {
	const found = new Map((message.Parts || []).map(({ PartID, Detected }) => [PartID, Detected]));
	const all = [...(message.Attachments || []).map((one) => [one, false]),
		...(message.Inline || []).map((one) => [one, true])];
	return all.length === 0 ? ""
	    : make("ul", { class: "attachments", "aria-label": "Attachments" },
		...beginning(all, FIRST, ([one, inline]) =>
		    card(message, one, found.get(one.PartID) || "", inline),
		(more) => make("li", {}, more)));
}

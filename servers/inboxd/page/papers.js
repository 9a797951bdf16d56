/*
 * papers.js - a message's other sides: text, headers, source, links, and how
 * it came: its envelope and the dialogue of its session.
 */
import * as api from "./api.js";
import { beginning, button, copyButton, leads, make, outLink } from "./dom.js";
import { bytes, exact } from "./format.js";

const LINKED_MAX = 200000;	/* a longer text is shown without links */
const SOURCE_FIRST = 262144;	/* bytes of the source that are shown at first */
const SOURCE_MORE = 16;		/* times as many, when asked: the rest is for a file */
const FIRST = 300;		/* fields, links, recipients that are shown at first */
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g;

function linked(text) {
	if (text.length > LINKED_MAX)
		return [text];
	const parts = [];
	let at = 0;
	for (const found of text.matchAll(LINK)) {
		parts.push(text.slice(at, found.index), outLink(found[0]));
		at = found.index + found[0].length;
	}
	return [...parts, text.slice(at)];
}

export function fillText(panel, { Text }) {
	panel.append(make("pre", { class: "text", tabindex: "0", "aria-label": "Text of the message" },
	    ...linked(Text)));
}

function pairs(list, attributes = {}) {
	return make("dl", { class: "pairs", ...attributes },
	    ...beginning(list, FIRST, ([name, ...value]) =>
		make("div", {}, make("dt", {}, name), make("dd", {}, ...value)),
	    (more) => make("div", {}, make("dt", {}, more))));
}

export async function fillHeaders(panel, message) {
	let list = message.Headers;
	if (list === undefined) {
		try {
			list = Object.entries(await api.headers(message.ID))
			    .flatMap(([name, values]) => values.map((value) => [name, value]));
		} catch (error) {
			panel.append(make("p", { class: "fault" }, error.message));
			return;
		}
	}
	if (list.length === 0)
		panel.append(make("p", { class: "soft" }, "This message has no header fields."));
	else
		panel.append(pairs(list, { class: "pairs fields" }));
}

export async function fillSource(panel, message, max = SOURCE_FIRST) {
	const raw = api.part(message.ID, "raw");
	const bar = make("div", { class: "panel-bar" },
	    make("a", { href: api.part(message.ID, "raw", { dl: 1 }), download: `${message.ID}.eml` }, "Download as .eml"),
	    make("a", { href: api.part(message.ID, "sent"), download: `${message.ID}.sent.eml` }, "Only what was sent"),
	    outLink(raw, "Open alone"));
	panel.replaceChildren(bar, make("p", { class: "soft" }, "Loading…"));
	try {
		const { text, whole } = await api.beginning(message.ID, "raw", max);
		const pre = make("pre", { class: "source", tabindex: "0", "aria-label": "Source of the message" }, text);
		panel.replaceChildren(bar, pre);
		if (!whole)
			pre.before(make("p", { class: "note-line" },
			    `The first ${bytes(max)} of ${bytes(message.Size)}. `,
			    max > SOURCE_FIRST ? "" : button("Show more",
				() => fillSource(panel, message, max * SOURCE_MORE))));
		else
			bar.append(copyButton(text, "the source"));
	} catch (error) {
		panel.replaceChildren(bar, make("p", { class: "fault" }, error.message));
	}
}

function linkRow(href) {
	return make("li", {}, leads(href) ? outLink(href) : make("code", {}, href),
	    copyButton(href, "this link"));
}

export function fillLinks(panel, { Links }) {
	panel.append(make("ul", { class: "links" }, ...beginning(Links, FIRST, linkRow,
	    (more) => make("li", {}, more))));
}

/* At is in milliseconds since the session began. */
function line({ At, From, Text }) {
	return make("li", { class: From === "C" ? "client" : "server" },
	    make("span", { class: "at" }, `+${(At / 1000).toFixed(3)}`),
	    make("b", { "aria-label": From === "C" ? "Client" : "Server" }, From),
	    make("span", {}, Text));
}

export function dialogue(session) {
	return make("ol", { class: "dialogue", tabindex: "0", "aria-label": "SMTP dialogue" },
	    ...(session.Lines || []).map(line));
}

function envelopePairs({ From, To, Helo, Address, Name, With, User, Params, Date: when }) {
	return pairs([
		["MAIL FROM", From === undefined ? "not known" : `<${From}>`],
		["RCPT TO", ...beginning(To || [], FIRST, (one) => make("p", {}, `<${one}>`))],
		["Client", [Name, Address].filter(Boolean).join(" ") || "not known"],
		["Greeted with", Helo], ["By", With], ["Logged in as", User],
		["Parameters", Params], ["Received", when ? exact(when) : ""],
	].filter(([, ...value]) => value.some(Boolean)));
}

export async function fillEnvelope(panel, message) {
	const talk = make("div", {}, make("p", { class: "soft" }, "Loading…"));
	panel.append(make("h3", {}, "Envelope"),
	    message.Envelope ? envelopePairs(message.Envelope)
		: make("p", { class: "soft" }, "This message did not come by SMTP: it was put into the Maildir."),
	    make("h3", {}, "Session"), talk);
	try {
		const { sessions } = await api.sessions(message.ID);
		if (sessions.length === 0)
			talk.replaceChildren(make("p", { class: "soft" }, "No dialogue was kept for this message."));
		else
			talk.replaceChildren(...sessions.flatMap((session) => [
				make("p", { class: "soft" }, `${session.Client}, ${session.Outcome}, ${exact(session.Started)}`),
				dialogue(session)]));
	} catch (error) {
		talk.replaceChildren(make("p", { class: "soft" }, error.status === 404
		    ? "No dialogue was kept for this message." : error.message));
	}
}

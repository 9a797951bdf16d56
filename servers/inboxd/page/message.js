/*
 * message.js - the reading pane: one message, or why there is none.
 */
import * as api from "./api.js";
import { attachments } from "./attached.js";
import { $, button, make } from "./dom.js";
import { ago, bytes, exact, person, recipients, some } from "./format.js";
import { fillHtml } from "./frame.js";
import { fillEnvelope, fillHeaders, fillLinks, fillSource, fillText } from "./papers.js";
import { known, releaseButton } from "./release.js";
import { tabs } from "./tabs.js";
import { tagEditor } from "./tags.js";

const PEOPLE_MAX = 50;		/* of a field; the headers have the rest */
const SUBJECT_MAX = 500;	/* characters; the headers have the rest */

const pane = $("message");
let current = null;		/* { id, message, panels } */
let wanted = "";		/* the tab that was chosen by hand */
let request = null;
let actions = {};

/* actions: back(), remove(id), unread(id), next(by), tab(name). */
export function setUp(given) {
	actions = given;
}

export const shownId = () => current?.id ?? null;

function bar(id, ...more) {
	return make("div", { class: "message-bar" },
	    button("Back", () => actions.back(), { class: "back", id: "back" }),
	    make("span", { class: "grow" }),
	    button("↑", () => actions.next(-1), { title: "Newer (k)", "aria-label": "Newer message" }),
	    button("↓", () => actions.next(1), { title: "Older (j)", "aria-label": "Older message" }),
	    ...more,
	    button("Unread", () => actions.unread(id), { title: "Mark unread (e)" }),
	    button("Delete", () => actions.remove(id), { title: "Delete (#)", id: "message-delete" }));
}

/* Who else got it: those of the envelope that the fields do not name. */
function peopleRows(message) {
	const named = new Set(["To", "Cc", "Bcc"].flatMap((field) => message[field] || [])
	    .map(({ Address }) => Address?.toLowerCase()));
	const hidden = recipients(message).filter((one) => !named.has(one.toLowerCase()));
	const people = (list) => some((list || []).map(person), PEOPLE_MAX);
	const rows = [
		["From", message.From ? person(message.From) : "No sender"],
		["To", people(message.To)], ["Cc", people(message.Cc)],
		["Bcc", people(message.Bcc)], ["Reply to", people(message.ReplyTo)],
		["Sent to", message.Envelope ? some(hidden, PEOPLE_MAX) : ""],
	].filter(([, value]) => value);
	return make("dl", { class: "people" }, ...rows.map(([name, value]) =>
	    make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}

function head(message) {
	const when = message.Date || message.Created;
	return make("header", { class: "message-head" },
	    make("h2", { id: "subject", class: message.Subject ? "" : "soft" }, (message.Subject || "No subject").slice(0, SUBJECT_MAX)),
	    peopleRows(message),
	    make("p", { class: "soft when" },
		make("time", { datetime: when, title: exact(when) }, `${exact(when)} (${ago(when)})`),
		` · ${bytes(message.Size)}`),
	    tagEditor(message),
	    attachments(message));
}

/* The sides that this message has, and the one to begin with. */
function sides(message) {
	const list = [];
	if (message.HTML)
		list.push({ name: "html", title: "HTML", fill: (panel) => fillHtml(panel, message) });
	if (message.Text)
		list.push({ name: "text", title: "Text", fill: (panel) => fillText(panel, message) });
	list.push({ name: "headers", title: "Headers", fill: (panel) => fillHeaders(panel, message) },
	    { name: "source", title: "Source", fill: (panel) => fillSource(panel, message) },
	    { name: "envelope", title: "Envelope & session", fill: (panel) => fillEnvelope(panel, message) });
	if (message.Links?.length > 0)
		list.push({ name: "links", title: "Links", count: message.Links.length,
			fill: (panel) => fillLinks(panel, message) });
	return list;
}

function firstSide(message, list) {
	if (list.some(({ name }) => name === wanted))
		return wanted;
	if (message.Error && !message.HTML && !message.Text)
		return "source";
	return message.HTML || message.Text ? list[0].name : "source";
}

/* Put this into the pane; the focus stays on the same button, or on the pane. */
function fill(...children) {
	const focus = document.activeElement;
	const inside = focus !== pane && pane.contains(focus);
	pane.replaceChildren(...children);
	if (inside)
		([...pane.querySelectorAll(".message-bar button")]
		    .find(({ title }) => title && title === focus.title) || pane)
		    .focus({ preventScroll: true });
}

function render(message) {
	const list = sides(message);
	let byHand = false;
	const panels = tabs("Sides of the message", list, (name) => {
		pane.dataset.side = name;
		if (byHand) {
			wanted = name;
			actions.tab(name);
		}
	});
	const why = message.Error ? [make("p", { class: "strip bad", role: "note" },
	    make("b", {}, "Not all of this could be read: "), message.Error,
	    message.HTML || message.Text ? "." : ". It is shown as it came.")] : [];
	fill(bar(message.ID, releaseButton(message)), ...why, head(message), panels.head, panels.body);
	panels.choose(firstSide(message, list));
	byHand = true;
	current = { id: message.ID, message, panels };
}

function fault(id, error, retry) {
	const gone = error.status === 404;
	fill(bar(id), make("div", { class: "lost" },
	    make("img", { src: "quay.svg", alt: "", width: "300", height: "200" }),
	    make("h2", { id: "subject" }, gone ? "This message is gone" : "It could not be fetched"),
	    make("p", { class: "soft" }, gone
		? "It was deleted, here or by somebody else." : error.message),
	    gone ? "" : button("Try again", retry, { class: "button" })));
	current = { id, message: null, panels: null };
}

/* Show a message; side: the tab to begin with.  Resolves when it is there. */
export async function show(id, side = "") {
	request?.abort();
	request = new AbortController();
	if (side)
		wanted = side;
	current = { id, message: null, panels: null };
	pane.hidden = false;
	pane.setAttribute("aria-busy", "true");
	try {
		const [message] = await Promise.all([api.message(id, request.signal), known()]);
		render({ ...message, ID: message.ID || id });
		pane.scrollTop = 0;
	} catch (error) {
		if (error.name === "AbortError")
			return;
		fault(id, error, () => show(id, side));
	}
	pane.removeAttribute("aria-busy");
}

export function hide() {
	request?.abort();
	current = null;
	pane.hidden = true;
	pane.replaceChildren();
}

/* It was deleted while it is read: what is on the page stays readable. */
export function deletedMeanwhile(id) {
	if (current?.id !== id || !current.message || pane.querySelector(".meanwhile"))
		return;
	pane.querySelector(".message-bar").after(make("p", { class: "strip bad meanwhile", role: "alert" },
	    "This message was deleted meanwhile. What you see is what was loaded."));
	$("message-delete").disabled = true;
}

/* Choose the nth tab, from 1. */
export function side(n) {
	const name = current?.panels?.names[n - 1];
	if (name)
		current.panels.choose(name);
}

/* The focus goes to the message, which is then read out. */
export function focusPane() {
	pane.focus({ preventScroll: true });
}

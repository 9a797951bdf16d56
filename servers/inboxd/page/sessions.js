/*
 * sessions.js - the dialog with the SMTP sessions, the refused ones too.
 */
import * as api from "./api.js";
import { $, make } from "./dom.js";
import { ago, count, exact } from "./format.js";
import { dialogue } from "./papers.js";

const SHOWN_MAX = 200;		/* the newest; the API has the others */

function entry(session) {
	const good = session.Messages?.length > 0;
	const box = make("details", { class: good ? "session" : "session refused", toggle: () => {
		if (box.open && box.children.length === 1)
			box.append(dialogue(session));
	} }, make("summary", {},
	    make("b", {}, session.Outcome || "ended"), ` ${session.Client}`,
	    make("span", { class: "soft" }, ` ${session.Helo || ""} · `),
	    make("time", { class: "soft", datetime: session.Started, title: exact(session.Started) }, ago(session.Started)),
	    make("span", { class: "soft" }, good ? ` · ${count(session.Messages.length, "message")}` : "")));
	return box;
}

export async function showSessions() {
	const list = $("sessions-list");
	list.replaceChildren(make("p", { class: "soft" }, "Loading…"));
	$("sessions").showModal();
	try {
		const { sessions } = await api.sessions(null, SHOWN_MAX);
		list.replaceChildren(...(sessions.length === 0
		    ? [make("p", { class: "soft" }, "No session is kept.")]
		    : sessions.slice(0, SHOWN_MAX).map(entry)));
	} catch (error) {
		list.replaceChildren(make("p", { class: "fault" }, error.status === 404
		    ? "This server keeps no sessions." : error.message));
	}
}

/*
 * walk.js - going from place to place: a search, a mailbox, a message, back.
 *
 * The address says where we are (route.js); here the list, the message and the
 * search are made to show it.
 */
import * as choice from "./choice.js";
import { $, say } from "./dom.js";
import * as list from "./list.js";
import * as message from "./message.js";
import * as route from "./route.js";
import * as rows from "./rows.js";
import * as search from "./search.js";

const { rows: known } = rows;

export let place = route.read();
let pushed = false;		/* Back leads to our list */
let arrived = () => {};

export function go(to, replace) {
	pushed &&= to.id !== null;
	route.write(to, replace);
	arrive();
}

/* Show what the address says. */
async function arrive() {
	const now = route.read();
	const moved = now.query !== known.scope.query || now.mailbox !== known.scope.mailbox;
	const closed = place.id !== null && now.id === null;
	place = now;
	$("main").dataset.open = String(now.id !== null);
	list.open(now.id);
	if (moved) {
		choice.none();
		list.toTop();
		search.shown({ query: now.query, mailbox: now.mailbox });
		rows.show({ query: now.query, mailbox: now.mailbox });
	}
	if (now.id === null)
		message.hide();
	else if (message.shownId() !== now.id)
		message.show(now.id, now.tab);
	arrived();
	if (closed && !$("search").contains(document.activeElement))
		$("list").focus({ preventScroll: true });
}

export function open(index, focus = false) {
	const row = known.all[index];
	if (!row)
		return;
	list.go(index);
	const first = place.id === null;
	pushed = pushed || first;
	go({ ...place, id: row.ID, tab: "" }, !first);
	if (!row.Read)
		rows.patch([row.ID], { Read: true });
	if (focus || getComputedStyle($("box")).visibility === "hidden")
		message.focusPane();
}

export function back() {
	if (place.id === null)
		return false;
	if (pushed) {
		pushed = false;
		history.back();
	} else {
		go({ ...place, id: null, tab: "" }, true);
	}
	return true;
}

export function step(by) {
	const from = list.at();
	if (place.id === null) {
		list.go(from + by);
		return;
	}
	const to = from + by;
	if (to >= 0 && to < known.all.length)
		open(to);
	else
		say(by < 0 ? "This is the newest message" : "This is the oldest message");
}

/* Deleting what is open leads to the next. */
export function removeOpen(id) {
	const at = rows.indexOf(id);
	choice.removeOne(id);
	const next = known.all.findIndex((row, i) => i > at && row && !choice.isGoing(row.ID));
	if (place.id !== id)
		list.go(next < 0 ? at : next);
	else if (next >= 0)
		open(next);
	else
		back();
}

export function remove() {
	if (choice.size() > 0)
		return choice.remove();
	const id = place.id ?? list.cursorId();
	return id === null ? false : removeOpen(id);
}

/* Another side of the message was chosen: the address says so. */
export function side(tab) {
	place.tab = tab;
	route.write(place, true);
}

/* Begin where the address says; call() after each arrival. */
export function start(call) {
	arrived = call;
	addEventListener("popstate", () => {
		pushed = false;
		arrive();
	});
	known.scope = { query: place.query, mailbox: place.mailbox };
	search.shown(known.scope);
	rows.show(known.scope);
	arrive();
}

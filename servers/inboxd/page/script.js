/*
 * script.js - the inbox's page: what belongs together is joined here.
 *
 * rows.js knows the messages, list.js draws them, message.js shows one,
 * choice.js chooses and deletes, search.js says what the list is of, stream.js
 * tells the news, route.js keeps the address.  None of them knows this file.
 */
import * as choice from "./choice.js";
import { $, make, say } from "./dom.js";
import { hideFirst, showFirst } from "./first.js";
import { count, number } from "./format.js";
import * as keys from "./keys.js";
import * as list from "./list.js";
import * as message from "./message.js";
import * as route from "./route.js";
import * as rows from "./rows.js";
import * as search from "./search.js";
import { showSessions } from "./sessions.js";
import * as stream from "./stream.js";

const SIDE_MS = 1000;		/* tags and mailboxes are asked for at most so often */

const { rows: known } = rows;
let place = route.read();
let pushed = false;		/* Back leads to our list */
let sideTimer = 0;
let told = null;		/* the fault that was last told */
let news = 0;
let newsTimer = 0;

/* What is told about the whole list. */

function drawHead() {
	const n = choice.size();
	const some = n > 0;
	$("box-count").textContent = known.loaded || known.all.length > 0 ? list.summary() : "";
	$("chosen").textContent = some ? `${number(n)} selected` : "";
	$("all").checked = some && n === known.all.length;
	$("all").indeterminate = some && n < known.all.length;
	$("do-read").textContent = some ? "Read" : "Mark all read";
	$("do-read").disabled = !some && known.here === 0;
	$("do-unread").hidden = !some;
	$("do-delete").textContent = some && !choice.isAll() ? "Delete" : "Delete all…";
	$("do-delete").classList.toggle("plain", !some);
	$("do-read").classList.toggle("plain", !some);
	$("do-delete").disabled = known.all.length === 0;
	document.title = (known.unread > 0 ? `(${number(known.unread)}) ` : "") + "Inbox · Berth";
}

/* What stands where the list has no rows. */
function drawNothing() {
	const { scope, fault } = known;
	const none = known.loaded && known.all.length === 0;
	const whole = none && !scope.query && scope.mailbox === null && !fault;
	const nothing = $("nothing");
	nothing.hidden = !(none || (fault && known.all.length === 0)) || whole;
	if (!nothing.hidden)
		nothing.replaceChildren(make("p", {}, fault ? fault.message
		    : scope.query ? "No message matches." : "This mailbox is empty."));
	$("main").dataset.first = String(whole && place.id === null);
	if (whole && place.id === null)
		showFirst();
	else
		hideFirst();
	$("rest").hidden = place.id !== null || whole;
}

function drawAll(moved = 0) {
	list.moved(moved);
	drawHead();
	drawNothing();
	search.fault(known.fault?.status === 400 ? known.fault.message : known.wrong);
	if (known.fault !== told && known.fault?.status > 400 && known.all.length > 0)
		choice.toast(known.fault.message);
	told = known.fault;
}

/* Tags and mailboxes change with the mail; they may be a second late. */
function loadSide() {
	if (sideTimer === 0 && !document.hidden)
		sideTimer = setTimeout(() => {
			sideTimer = 0;
			search.load();
		}, SIDE_MS);
}

/* Going places. */

function go(to, replace) {
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
	drawNothing();
	if (closed && !$("search").contains(document.activeElement))
		$("list").focus({ preventScroll: true });
}

function open(index, focus = false) {
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

function back() {
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

function step(by) {
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
function removeOpen(id) {
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

function remove() {
	if (choice.size() > 0)
		return choice.remove();
	const id = place.id ?? list.cursorId();
	return id === null ? false : removeOpen(id);
}

async function removeChosen() {
	if (await choice.remove() && place.id !== null && choice.isGoing(place.id))
		back();
}

/* News from the server. */

function announce() {
	news++;
	clearTimeout(newsTimer);
	newsTimer = setTimeout(() => {
		say(`${count(news, "new message")}`);
		news = 0;
	}, 500);
}

function take(kind, data) {
	if (kind === "delete") {
		choice.forget(data?.ID);
		message.deletedMeanwhile(data?.ID);
	}
	/* A tab that comes into view asks for all again: let it sleep till then. */
	if (document.hidden && kind !== "stats" && !rows.whole())
		return;
	rows.take(kind, data);
	if (kind === "new")
		announce();
	if (kind !== "stats")
		loadSide();
}

function turned(up) {
	$("live").dataset.up = String(up);
	$("live").firstElementChild.textContent = up ? "Live" : "Offline";
	$("gone").hidden = up;
	$("gone-words").textContent = "The server does not answer. What you see may be old; the page tries again by itself.";
	if (up)
		say("The server is back");
}

/* The pointer. */

function clicked(event) {
	const index = list.rowOf(event.target);
	if (index < 0)
		return;
	if (event.target.closest(".tick") === null && !event.shiftKey) {
		open(index);
		return;
	}
	event.preventDefault();		/* the box is ticked when the row is chosen */
	list.go(index);
	event.shiftKey ? choice.extend(index) : choice.toggle(index);
	$("list").focus({ preventScroll: true });
}

const inList = (keyNames, run) => ({ keys: keyNames, list: true, run });

keys.setUp([
	{ keys: ["j"], shown: "j k", words: "next and previous message", run: () => step(1) },
	{ keys: ["k"], run: () => step(-1) },
	{ keys: ["o"], shown: "Enter o", words: "open", run: () => open(list.at(), true) },
	{ keys: ["u"], shown: "u Esc", words: "back to the list", run: back },
	{ keys: ["Escape"], always: true, run: escape },
	{ keys: ["x"], shown: "x Space", words: "select", run: () => choice.toggle(list.at()) },
	{ keys: ["X"], shown: "X", words: "select up to here", run: () => choice.extend(list.at()) },
	{ keys: ["a"], shown: "a", words: "select all", run: () => choice.everything() },
	{ keys: ["#", "Delete"], shown: "# Del", words: "delete", run: remove },
	{ keys: ["z"], shown: "z", words: "undo the delete", run: choice.undo },
	{ keys: ["e"], shown: "e", words: "mark read or unread", run: () => choice.flip(place.id ?? list.cursorId()) },
	{ keys: ["/"], shown: "/", words: "search", run: () => $("query").select() },
	{ keys: [..."123456"], shown: "1 … 6", words: "HTML, text, headers …", run: ({ key }) => message.side(Number(key)) },
	{ keys: ["?"], shown: "?", words: "these keys", run: keys.showKeys },
	inList(["ArrowDown"], () => step(1)),
	inList(["ArrowUp"], () => step(-1)),
	inList(["PageDown"], () => list.go(list.at() + list.page())),
	inList(["PageUp"], () => list.go(list.at() - list.page())),
	inList(["Home"], () => list.go(0)),
	inList(["End"], () => list.go(known.all.length - 1)),
	inList(["Enter"], () => open(list.at(), true)),
	inList([" "], () => choice.toggle(list.at())),
]);

/* One thing a press: the search, the selection, the message. */
function escape(event) {
	if (event.target === $("query")) {
		if ($("query").value === "")
			$("list").focus();
		else
			return false;	/* the field empties itself */
		return true;
	}
	if (choice.size() > 0)
		return choice.none();
	return back();
}

list.setUp({ chosen: choice.has, going: choice.isGoing });
message.setUp({
	back,
	remove: removeOpen,
	unread: (id) => choice.setRead(false, [id]),
	next: step,
	tab: (tab) => {
		place.tab = tab;
		route.write(place, true);
	},
});
rows.onChange(({ moved }) => drawAll(moved));
choice.onChange(() => {
	list.refresh();
	drawHead();
});
search.setUp((scope) => go({ ...scope, id: null, tab: "" }, known.scope.query !== "" && scope.query !== ""));

$("list").addEventListener("click", clicked);
$("all").addEventListener("change", () => $("all").checked ? choice.everything() : choice.none());
$("do-read").addEventListener("click", () => choice.setRead(true));
$("do-unread").addEventListener("click", () => choice.setRead(false));
$("do-delete").addEventListener("click", removeChosen);
$("toast-undo").addEventListener("click", choice.undo);
$("gone-retry").addEventListener("click", stream.retry);
$("sessions-button").addEventListener("click", showSessions);
$("skip").addEventListener("click", (event) => {
	event.preventDefault();
	$("list").focus();
});
addEventListener("popstate", () => {
	pushed = false;
	arrive();
});
addEventListener("pagehide", () => choice.flush(true));

known.scope = { query: place.query, mailbox: place.mailbox };
search.shown(known.scope);
rows.show(known.scope);
arrive();
search.load();
stream.listen(take, turned);

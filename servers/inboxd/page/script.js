/*
 * script.js - the inbox's page: what belongs together is joined here.
 *
 * rows.js knows the messages, list.js draws them, message.js shows one,
 * choice.js chooses and deletes, search.js says what the list is of, stream.js
 * tells the news, walk.js goes from place to place.  None of them knows this
 * file.
 */
import * as choice from "./choice.js";
import { $, make, say } from "./dom.js";
import { hideFirst, showFirst } from "./first.js";
import { count, number } from "./format.js";
import * as keys from "./keys.js";
import * as list from "./list.js";
import * as message from "./message.js";
import * as release from "./release.js";
import * as rows from "./rows.js";
import * as search from "./search.js";
import { showSessions } from "./sessions.js";
import * as stream from "./stream.js";
import * as walk from "./walk.js";

const AGAIN_MS = 3000;
const SIDE_MS = 1000;		/* tags and mailboxes are asked for at most so often */

const { rows: known } = rows;
let sideTimer = 0;
let told = null;		/* the fault that was last told */
let news = 0;
let newsTimer = 0;
let againTimer = 0;

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
	$("main").dataset.first = String(whole && walk.place.id === null);
	if (whole && walk.place.id === null)
		showFirst();
	else
		hideFirst();
	$("rest").hidden = walk.place.id !== null || whole;
}

/* Mail that has come and cannot be shown. */
function drawBehind() {
	const words = known.behind ? `This list is not up to date (${known.behind}). New mail is kept and will show when the server can list it.` : "";
	if ($("behind").textContent !== words)
		$("behind").textContent = words;
	$("behind").hidden = words === "";
}

function drawAll(moved = 0) {
	list.moved(moved);
	drawHead();
	drawNothing();
	drawBehind();
	search.fault(known.fault?.status === 400 ? known.fault.message : known.wrong);
	if (known.fault !== told && known.fault?.status > 400 && known.all.length > 0)
		choice.toast(known.fault.message);
	told = known.fault;
	if (known.fault && known.fault.status !== 400)
		again();
	if (known.loaded && known.all.length === 0 && rows.whole() && walk.place.id !== null)
		message.deletedMeanwhile(walk.place.id);
}

/* The server was gone, or full, or could not: it is asked once more. */
function again() {
	clearTimeout(againTimer);
	againTimer = setTimeout(() => document.hidden || rows.resync(), AGAIN_MS);
}

/* Tags and mailboxes change with the mail; they may be a second late. */
function loadSide() {
	if (sideTimer === 0 && !document.hidden)
		sideTimer = setTimeout(() => {
			sideTimer = 0;
			search.load();
		}, SIDE_MS);
}

async function removeChosen() {
	if (await choice.remove() && walk.place.id !== null
	    && (choice.isGoing(walk.place.id) || rows.indexOf(walk.place.id) < 0))
		walk.back();
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
	if (document.hidden && kind !== "stats" && kind !== "behind" && !rows.whole())
		return;
	rows.take(kind, data);
	if (kind === "new")
		announce();
	if (kind !== "stats" && kind !== "behind")
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
		walk.open(index);
		return;
	}
	event.preventDefault();		/* the box is ticked when the row is chosen */
	list.go(index);
	event.shiftKey ? choice.extend(index) : choice.toggle(index);
	$("list").focus({ preventScroll: true });
}

const inList = (keyNames, run) => ({ keys: keyNames, list: true, run });

keys.setUp([
	{ keys: ["j"], shown: "j k", words: "next and previous message", run: () => walk.step(1) },
	{ keys: ["k"], run: () => walk.step(-1) },
	{ keys: ["o"], shown: "Enter o", words: "open", run: () => walk.open(list.at(), true) },
	{ keys: ["u"], shown: "u Esc", words: "back to the list", run: walk.back },
	{ keys: ["Escape"], always: true, run: escape },
	{ keys: ["x"], shown: "x Space", words: "select", run: () => choice.toggle(list.at()) },
	{ keys: ["X"], shown: "X", words: "select up to here", run: () => choice.extend(list.at()) },
	{ keys: ["a"], shown: "a", words: "select all", run: () => choice.everything() },
	{ keys: ["#", "Delete"], shown: "# Del", words: "delete", run: walk.remove },
	{ keys: ["z"], shown: "z", words: "undo the delete", run: choice.undo },
	{ keys: ["e"], shown: "e", words: "mark read or unread", run: () => choice.flip(walk.place.id ?? list.cursorId()) },
	{ keys: ["/"], shown: "/", words: "search", run: () => $("query").select() },
	{ keys: [..."123456"], shown: "1 … 6", words: "HTML, text, headers …", run: ({ key }) => message.side(Number(key)) },
	{ keys: ["?"], shown: "?", words: "these keys", run: keys.showKeys },
	inList(["ArrowDown"], () => walk.step(1)),
	inList(["ArrowUp"], () => walk.step(-1)),
	inList(["PageDown"], () => list.go(list.at() + list.page())),
	inList(["PageUp"], () => list.go(list.at() - list.page())),
	inList(["Home"], () => list.go(0)),
	inList(["End"], () => list.go(known.all.length - 1)),
	inList(["Enter"], () => walk.open(list.at(), true)),
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
	return walk.back();
}

list.setUp({ chosen: choice.has, going: choice.isGoing });
message.setUp({
	back: walk.back,
	remove: walk.removeOpen,
	unread: (id) => choice.setRead(false, [id]),
	next: walk.step,
	tab: walk.side,
});
release.setUp(choice.toast);
rows.onChange(({ moved }) => drawAll(moved));
choice.onChange(() => {
	list.refresh();
	drawHead();
});
search.setUp((scope) => walk.go({ ...scope, id: null, tab: "" }, known.scope.query !== "" && scope.query !== ""));

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
addEventListener("pagehide", () => choice.flush(true));

walk.start(drawNothing);
search.load();
stream.listen(take, turned);

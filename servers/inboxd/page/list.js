/*
 * list.js - the list, of which only what is in view exists.
 *
 * A row has a fixed height, so a row's place is a multiplication.  Some thirty
 * elements are moved and refilled as the list scrolls; they stay in the order
 * of the rows, for a screen reader reads them in that order.  The focus stays
 * on the list; the row at the cursor is its active descendant.
 */
import { $, make } from "./dom.js";
import { ago, bytes, count, exact, number, recipients, who } from "./format.js";
import { rows, need, indexOf } from "./rows.js";

const OVER = 6;			/* rows drawn beyond each edge */
const TALLEST_PX = 15000000;	/* browsers lose pixels beyond some 17 million */
const MINUTE_MS = 60000;
const WORDS_MAX = 300;		/* characters of a row that can be seen at all */

const list = $("list");
const bed = $("rows");
const shape = $("row-shape").content.firstElementChild;

let pool = [];			/* elements in the order of their rows */
let height = 0;			/* of a row, in pixels */
let drawn = 0;			/* a frame is asked for */
let stamp = 0;			/* what was filled before it is stale */
let cursor = { index: 0, id: null };
let openId = null;
let chosen = () => false;
let going = () => false;

/* Questions the list asks of its page: chosen(id), going(id). */
export function setUp(answers) {
	({ chosen, going } = answers);
	new ResizeObserver(measure).observe(list);
	new ResizeObserver(measure).observe($("ruler"));
	list.addEventListener("scroll", ask, { passive: true });
	list.addEventListener("mouseover", explain, { passive: true });
	setInterval(() => document.hidden || refresh(), MINUTE_MS);
	measure();
}

export const at = () => cursor.index;
export const cursorId = () => rows.all[cursor.index]?.ID ?? null;
export const opened = () => openId;

function newRow() {
	const row = shape.cloneNode(true);
	const one = (name) => row.querySelector("." + name);
	row.parts = {
		tick: row.querySelector("input"), from: one("from"), time: row.querySelector("time"),
		subject: one("subject"), tags: one("row-tags"), to: one("to"),
		snippet: one("snippet"), clip: one("clip"), size: one("size"), dot: one("dot"),
		words: one("words"),
	};
	return row;
}

function fillWords(parts, row) {
	const to = recipients(row);
	parts.from.textContent = (who(row.From) || row.Envelope?.From || "No sender").slice(0, WORDS_MAX);
	parts.time.textContent = ago(row.Created);
	parts.time.dateTime = row.Created;
	parts.subject.textContent = (row.Subject || "No subject").slice(0, WORDS_MAX);
	parts.subject.classList.toggle("soft", !row.Subject);
	parts.tags.replaceChildren(...(row.Tags || []).slice(0, 3)
	    .map((tag) => make("span", { class: "tag" }, tag)));
	parts.to.textContent = to.length === 0 ? "" :
	    "to " + to[0] + (to.length > 1 ? ` +${to.length - 1}` : "");
	parts.snippet.textContent = row.Snippet || "";
	parts.clip.textContent = row.Attachments || "";
	parts.clip.hidden = !row.Attachments;
	parts.clip.setAttribute("aria-label", count(row.Attachments, "attachment"));
	parts.size.textContent = bytes(row.Size);
}

/* The words under the pointer are made when it comes: dates are dear. */
function explain(event) {
	const row = rows.all[rowOf(event.target)];
	if (!row)
		return;
	const { from, time, to, clip } = event.target.closest(".row").parts;
	from.title = row.From?.Address || "";
	time.title = exact(row.Created);
	to.title = recipients(row).slice(0, 50).join(", ");
	clip.title = row.Attachments ? count(row.Attachments, "attachment") : "";
}

function mark(element, row, index) {
	const id = row?.ID;
	element.classList.toggle("here", index === cursor.index);
	element.classList.toggle("unread", row !== null && !row.Read);
	element.parts.dot.hidden = row === null || row.Read;
	element.classList.toggle("waiting", row === null);
	element.classList.toggle("going", row !== null && going(id));
	element.setAttribute("aria-selected", String(row !== null && chosen(id)));
	element.parts.tick.checked = row !== null && chosen(id);
	if (row !== null && id === openId)
		element.setAttribute("aria-current", "true");
	else
		element.removeAttribute("aria-current");
}

function fill(element, index) {
	const row = rows.all[index];
	if (element.filled === row && element.index === index && element.stamp === stamp)
		return;
	element.index = index;
	element.id = "row-" + index;
	element.parts.words.id = "words-" + index;
	element.setAttribute("aria-labelledby", element.parts.words.id);
	element.setAttribute("aria-rowindex", index + 1);
	if (row !== null)
		fillWords(element.parts, row);
	else
		for (const name of ["from", "subject", "snippet", "to", "time", "size", "clip", "tags"])
			element.parts[name].textContent = "";
	mark(element, row, index);
	element.filled = row;
	element.stamp = stamp;
}

/* Have enough elements, and turn them so that the first is row first. */
function turnTo(first, wanted) {
	while (pool.length < wanted) {
		const row = newRow();
		pool.push(row);
		bed.append(row);
	}
	while (pool.length > wanted)
		pool.pop().remove();
	const by = pool.length > 0 && pool[0].index !== undefined ? first - pool[0].index : 0;
	if (by > 0 && by < wanted) {
		const moved = pool.splice(0, by);
		bed.append(...moved);
		pool.push(...moved);
	} else if (by < 0 && -by < wanted) {
		const moved = pool.splice(by);
		bed.prepend(...moved);
		pool.unshift(...moved);
	}
}

/* How many rows there is room for: all of them, short of 178,000. */
const shownMax = () => Math.min(rows.all.length, Math.floor(TALLEST_PX / height));

function draw() {
	drawn = 0;
	const n = shownMax();
	const from = Math.min(n, Math.max(0, Math.floor(list.scrollTop / height)));
	const to = Math.min(n, Math.ceil((list.scrollTop + list.clientHeight) / height));
	const first = Math.max(0, from - OVER);
	turnTo(first, Math.min(n, to + OVER) - first);
	bed.style.height = n * height + "px";
	bed.style.paddingTop = first * height + "px";
	pool.forEach((element, i) => fill(element, first + i));
	list.setAttribute("aria-rowcount", n);
	const here = pool.find(({ index }) => index === cursor.index);
	if (here)
		list.setAttribute("aria-activedescendant", here.id);
	else
		list.removeAttribute("aria-activedescendant");
	if (to > from)
		need(from, to);
}

function ask() {
	if (drawn === 0)
		drawn = requestAnimationFrame(draw);
}

/* Rows have changed: fill all that are in view anew. */
export function refresh() {
	stamp++;
	ask();
}

function measure() {
	const now = $("ruler").offsetHeight;
	if (now !== height && height > 0)
		list.scrollTop *= now / height;
	height = now || 84;
	refresh();
}

/* The rows moved by so many places (new mail above): what is read stays put. */
export function moved(by) {
	if (cursor.id === null && openId !== null && indexOf(openId) >= 0) {
		go(indexOf(openId));	/* the address told which is open */
		return;
	}
	if (cursor.id !== null) {
		const near = [cursor.index + by, cursor.index]
		    .find((index) => rows.all[index]?.ID === cursor.id);
		const now = near ?? indexOf(cursor.id);
		cursor.index = now >= 0 ? now
		    : Math.max(0, Math.min(cursor.index, shownMax() - 1));
	}
	if (by !== 0 && list.scrollTop > height / 2) {
		bed.style.height = shownMax() * height + "px";
		list.scrollTop += by * height;
	}
	refresh();
}

function intoView(index) {
	const top = index * height;
	if (top < list.scrollTop)
		list.scrollTop = top;
	else if (top + height > list.scrollTop + list.clientHeight)
		list.scrollTop = top + height - list.clientHeight;
}

/* Put the cursor on a row, and bring the row into view. */
export function go(index) {
	if (rows.all.length === 0)
		return;
	cursor.index = Math.max(0, Math.min(index, shownMax() - 1));
	cursor.id = rows.all[cursor.index]?.ID ?? null;
	intoView(cursor.index);
	refresh();
}

/* As many rows as a page key moves. */
export const page = () => Math.max(1, Math.floor(list.clientHeight / height) - 1);

export function open(id) {
	openId = id;
	const index = id === null ? -1 : indexOf(id);
	if (index >= 0)
		go(index);
	refresh();
}

export function toTop() {
	cursor = { index: 0, id: null };
	list.scrollTop = 0;
	refresh();
}

/* The row of an event's target: its index, or -1. */
export function rowOf(target) {
	return target.closest?.(".row")?.index ?? -1;
}

/* In words: "10,000 messages, 12 unread". */
export function summary() {
	const n = count(rows.all.length, rows.scope.query ? "match" : "message",
	    rows.scope.query ? "matches" : "messages");
	const cut = shownMax() < rows.all.length ? ` (the newest ${number(shownMax())} listed)` : "";
	return rows.here > 0 ? `${n}, ${number(rows.here)} unread${cut}` : n + cut;
}

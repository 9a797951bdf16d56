/*
 * choice.js - which messages are chosen, and what is done to them.
 *
 * Chosen are either some IDs, or all of the scope but some.  A delete waits a
 * few seconds in which it can be taken back; what cannot be counted by hand
 * (all of a search, the whole inbox) is asked for first, and then is final.
 */
import * as api from "./api.js";
import { $, say } from "./dom.js";
import { count, number } from "./format.js";
import { rows, find, ids, patch, resync } from "./rows.js";

const UNDO_MS = 7000;
const TOAST_MS = 5000;
const KEPT_MAX = 1500;		/* IDs in a request that outlives the page (64 KiB) */

let some = new Set();		/* the chosen, or the ones left out when all is true */
let all = false;
let going = new Set();		/* to be deleted when the time to undo is over */
let sent = new Set();		/* the server was told, and has not answered by event yet */
let goTimer = 0;
let toastTimer = 0;
let anchor = -1;		/* the row where a shift-click begins */
let changed = () => {};

export function onChange(call) {
	changed = call;
}

export const has = (id) => all !== some.has(id);
export const isGoing = (id) => going.has(id) || sent.has(id);
export const size = () => all ? rows.all.length - some.size : some.size;
export const isAll = () => all && some.size === 0;

export function none() {
	some = new Set();
	all = false;
	anchor = -1;
	changed();
}

export function everything() {
	some = new Set();
	all = rows.all.length > 0;
	changed();
	say(`${count(rows.all.length, "message")} selected`);
}

export function toggle(index) {
	const id = rows.all[index]?.ID;
	if (id === undefined)
		return;
	if (!some.delete(id))
		some.add(id);
	anchor = index;
	changed();
	say(`${number(size())} selected`);
}

/* From where the last one was chosen to here; fetches what it must. */
export async function extend(index) {
	if (anchor < 0) {
		toggle(index);
		return;
	}
	const from = Math.min(anchor, index);
	try {
		for (const id of await ids(from, Math.max(anchor, index) + 1))
			all ? some.delete(id) : some.add(id);
	} catch (error) {
		toast(error.message);
	}
	changed();
	say(`${number(size())} selected`);
}

/* A message is gone: it is no longer chosen. */
export function forget(id) {
	going.delete(id);
	sent.delete(id);
	if (!all)
		some.delete(id);
}

async function chosenIds() {
	return all ? (await ids(0, rows.all.length)).filter(has) : [...some];
}

export function toast(words, undo = null) {
	clearTimeout(toastTimer);
	$("toast-words").textContent = words;
	$("toast-undo").hidden = undo === null;
	$("toast").hidden = false;
	toastTimer = setTimeout(hideToast, undo === null ? TOAST_MS : UNDO_MS);
}

function hideToast() {
	const toast = $("toast");
	if (toast.contains(document.activeElement))
		$("list").focus();
	toast.hidden = true;
}

/* Do it; a failure is told, and the list made true again. */
async function attempt(call) {
	try {
		await call();
		return true;
	} catch (error) {
		toast(error.message);
		resync();
		return false;
	}
}

/* What waits for its end is deleted now. */
export async function flush(keepalive = false) {
	clearTimeout(goTimer);
	const now = [...going];
	if (now.length === 0)
		return;
	going = new Set();
	now.forEach((id) => sent.add(id));
	if (!await attempt(() => api.remove(now, keepalive && now.length < KEPT_MAX)))
		now.forEach((id) => sent.delete(id));
	changed();
}

export function undo() {
	if (going.size === 0)
		return;
	clearTimeout(goTimer);
	const n = going.size;
	going = new Set();
	changed();
	toast(`${count(n, "message")} kept`);
}

function removeSome(IDs) {
	for (const id of IDs) {
		going.add(id);
		if (!all)
			some.delete(id);
	}
	clearTimeout(goTimer);
	goTimer = setTimeout(flush, UNDO_MS);
	changed();
	toast(`${count(going.size, "message")} deleted`, undo);
}

/* A question with two answers; resolves to whether it was yes. */
function sure(title, words, yes) {
	const dialog = $("sure");
	$("sure-title").textContent = title;
	$("sure-words").textContent = words;
	$("sure-yes").textContent = yes;
	dialog.returnValue = "no";
	dialog.showModal();
	return new Promise((resolve) => dialog.addEventListener("close",
	    () => resolve(dialog.returnValue === "yes"), { once: true }));
}

/* All of the scope: of a search, a mailbox, or the whole inbox. */
export async function removeScope() {
	const { query, mailbox } = rows.scope;
	const n = count(rows.all.length, "message");
	const which = query ? `that match “${query}”`
	    : mailbox !== null ? `of the mailbox ${mailbox || "Inbox"}` : "of the inbox";
	const yes = await sure(`Delete ${n}?`,
	    `All ${n} ${which} will be removed from the Maildir. This cannot be taken back.`,
	    `Delete ${n}`);
	if (!yes)
		return false;
	none();
	if (await attempt(() => api.removeAll(rows.scope)))
		toast(`${n} deleted`);
	resync();
	return true;
}

/* Delete the chosen; returns whether anything will go. */
export async function remove() {
	if (isAll() || size() === 0)
		return removeScope();
	const IDs = await chosenIds();
	none();
	removeSome(IDs);
	return true;
}

export function removeOne(id) {
	removeSome([id]);
}

export async function setRead(read, IDs = null) {
	if (IDs === null && (isAll() || size() === 0)) {
		if (await attempt(() => api.setAllRead(read, rows.scope)))
			say(read ? "All marked read" : "All marked unread");
		none();
		resync();
		return;
	}
	const which = IDs || await chosenIds();
	patch(which, { Read: read });
	await attempt(() => api.setRead(read, which));
	say(`Marked ${read ? "read" : "unread"}`);
}

/* Read or unread, whichever is not so yet, for one or for the chosen. */
export function flip(id) {
	if (size() > 0)
		return setRead([...some].some((one) => find(one) && !find(one).Read) || all, null);
	const row = find(id);
	return row ? setRead(!row.Read, [id]) : null;
}

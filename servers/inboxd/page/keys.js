/*
 * keys.js - the keyboard: single keys, and the dialog that shows them.
 *
 * Single keys act unless something is typed into, and can be turned off
 * (WCAG 2.1.4), for they are in the way of who speaks to the browser.
 */
import { $, make } from "./dom.js";

const STORED = "berth-inbox-keys";

let table = [];
let on = true;

function typing(target) {
	return target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function press(event) {
	if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
		return;
	if (document.querySelector("dialog[open], :popover-open"))
		return;
	const inList = event.target === $("list") || event.target === document.body;
	const found = table.find(({ keys, list, always }) => keys.includes(event.key)
	    && (list ? inList : true) && (always || list || (on && !typing(event.target))));
	if (found === undefined || (found.run(event) === false))
		return;
	event.preventDefault();
}

/*
 * Each entry is { keys, shown, words, run }; list: only where the list has the
 * focus; always: also while typing.  run may answer false: not for me.
 */
export function setUp(entries) {
	table = entries;
	try {
		on = localStorage.getItem(STORED) !== "off";
	} catch {
		on = true;		/* storage is forbidden: as if never chosen */
	}
	$("keys-on").checked = on;
	$("keys-on").addEventListener("change", () => {
		on = $("keys-on").checked;
		try {
			localStorage.setItem(STORED, on ? "on" : "off");
		} catch {
			/* it holds for this page only */
		}
	});
	$("keys-list").append(...table.filter(({ words }) => words).map(({ shown, words }) =>
	    make("div", {}, make("dt", {}, ...shown.split(" ").flatMap((key) =>
		[make("kbd", {}, key), " "])), make("dd", {}, words))));
	$("keys-button").addEventListener("click", showKeys);
	document.addEventListener("keydown", press);
}

export function showKeys() {
	$("keys").showModal();
}

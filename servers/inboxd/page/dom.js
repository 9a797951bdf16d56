/*
 * dom.js - make elements, find them, say things.
 *
 * The one place that makes elements: what a message holds goes through
 * textContent and setAttribute, never through a parser of HTML.
 */

export const $ = (id) => document.getElementById(id);

/* An element with attributes; children are elements or plain text. */
export function make(tag, attributes = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === "function")
			element.addEventListener(name, value);
		else if (value === true)
			element.setAttribute(name, "");
		else if (value !== false && value !== null && value !== undefined)
			element.setAttribute(name, value);
	}
	element.append(...children);
	return element;
}

export function button(text, click, attributes = {}) {
	return make("button", { type: "button", click, ...attributes }, text);
}

/* A link that leaves this page: it takes neither our address nor a handle. */
export function outLink(href, text = href) {
	return make("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
}

/* Only what a mail may sensibly lead to; not javascript:, not data:. */
export const leads = (href) => /^(?:https?|mailto):/i.test(href);

/*
 * The beginning of a long list of elements, and a button for the rest: a mail
 * may have ten thousand of anything.  draw(item) makes an element.
 */
export function beginning(list, max, draw, wrap = (child) => child) {
	const elements = list.slice(0, max).map(draw);
	if (list.length > max) {
		const rest = wrap(button(`Show all ${list.length}`,
		    () => rest.replaceWith(...list.slice(max).map(draw))));
		elements.push(rest);
	}
	return elements;
}

let spoken;

/* Tell it to a screen reader; the last word of a burst counts. */
export function say(text) {
	clearTimeout(spoken);
	spoken = setTimeout(() => { $("said").textContent = text; }, 150);
}

/* The clipboard is there on https and on localhost, not on a plain address. */
export function copyButton(text, label) {
	if (!navigator.clipboard)
		return "";
	const copy = button("Copy", async () => {
		try {
			await navigator.clipboard.writeText(text);
			copy.textContent = "Copied";
			say("Copied");
		} catch {
			copy.textContent = "Not allowed";
		}
		setTimeout(() => { copy.textContent = "Copy"; }, 2000);
	}, { class: "copy", "aria-label": `Copy ${label}` });
	return copy;
}

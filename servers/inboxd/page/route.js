/*
 * route.js - where we are, in the address: #q=SEARCH&box=MAILBOX&id=MESSAGE&tab=TAB.
 *
 * So a message can be linked to, a reload shows the same, and Back leads from
 * the message to the list.
 */

export function read() {
	const words = new URLSearchParams(location.hash.slice(1));
	return {
		query: words.get("q") || "",
		mailbox: words.get("box"),
		id: words.get("id") || null,
		tab: words.get("tab") || "",
	};
}

/* Go there.  Back will lead to where we were, unless it is replaced. */
export function write({ query, mailbox, id, tab }, replace) {
	const words = new URLSearchParams();
	if (query)
		words.set("q", query);
	if (mailbox !== null)
		words.set("box", mailbox);
	if (id !== null)
		words.set("id", id);
	if (id !== null && tab)
		words.set("tab", tab);
	const hash = words.size > 0 ? "#" + words : location.pathname + location.search;
	history[replace ? "replaceState" : "pushState"]({ ours: true }, "", hash);
}

/*
 * search.js - what the list is of: the search, the mailbox, the tags.
 */
import * as api from "./api.js";
import { $, button, make } from "./dom.js";
import { know } from "./tags.js";

const TYPING_MS = 200;
const CHIPS_MAX = 30;
const SYNTAX = [
	["from:alice", "the sender"],
	["to:bob", "a recipient"],
	["addressed:bob", "anybody: From, To, Cc, Bcc, Reply-To"],
	["subject:\"your order\"", "the subject, as a phrase"],
	["\"exactly this\"", "a phrase anywhere"],
	["-word", "not this word; works before all of these"],
	["is:unread", "or is:read"],
	["has:attachment", "something is attached"],
	["tag:ci", "messages with this tag"],
	["after:2026-11-01", "received on that day or later"],
	["before:2026-12-01", "received before that day"],
	["larger:1M", "or smaller:200k"],
];

let go = () => {};
let scope = { query: "", mailbox: null };
let timer = 0;

function changeQuery(query, now) {
	clearTimeout(timer);
	timer = setTimeout(() => {
		if (query !== scope.query)
			go({ ...scope, query });
	}, now ? 0 : TYPING_MS);
}

function syntaxHelp() {
	$("syntax-list").append(...SYNTAX.map(([example, words]) => make("div", {},
	    make("dt", {}, button(example, () => {
		const field = $("query");
		field.value = (field.value.trim() + " " + example).trim();
		$("syntax").hidePopover();
		field.focus();
		changeQuery(field.value.trim(), true);
	    })), make("dd", {}, words))));
}

/* go(scope) is called when another scope is chosen. */
export function setUp(call) {
	const field = $("query");
	go = call;
	field.addEventListener("input", () => changeQuery(field.value.trim(), field.value === ""));
	$("search").addEventListener("submit", (event) => {
		event.preventDefault();
		changeQuery(field.value.trim(), true);
		$("list").focus();
	});
	$("mailbox").addEventListener("change", () => go({ ...scope,
		mailbox: $("mailbox").value === "*" ? null : $("mailbox").value.slice(1) }));
	syntaxHelp();
}

/* Another scope is shown: have the fields say so. */
export function shown(now) {
	scope = now;
	if ($("query").value.trim() !== scope.query)
		$("query").value = scope.query;
	$("mailbox").value = scope.mailbox === null ? "*" : "=" + scope.mailbox;
	$("box-title").textContent = scope.query ? "Search"
	    : scope.mailbox ? scope.mailbox : "Inbox";
	markTags();
}

/* The server did not understand the search. */
export function fault(words) {
	$("query-fault").textContent = words;
	$("query-fault").hidden = words === "";
	$("query").setAttribute("aria-invalid", String(words !== ""));
}

const tagWord = (tag) => /\s/.test(tag) ? `tag:"${tag}"` : `tag:${tag}`;

function markTags() {
	for (const chip of $("tags").children)
		chip.setAttribute("aria-pressed", String(scope.query === tagWord(chip.textContent)));
}

async function loadTags() {
	const tags = await api.tags();
	know(tags);
	$("tags").replaceChildren(...tags.slice(0, CHIPS_MAX).map((tag) => button(tag, () =>
	    go({ ...scope, query: scope.query === tagWord(tag) ? "" : tagWord(tag) }))));
	$("tags").hidden = tags.length === 0;
	markTags();
}

async function loadMailboxes() {
	const { mailboxes } = await api.mailboxes();
	const pick = $("mailbox");
	const option = (value, name, unread) => make("option", { value },
	    unread > 0 ? `${name} (${unread})` : name);
	pick.replaceChildren(option("*", "All mailboxes", 0), ...mailboxes.map(({ Name, Unread }) =>
	    option("=" + Name, Name || "Inbox", Unread)));
	pick.value = scope.mailbox === null ? "*" : "=" + scope.mailbox;
	pick.hidden = mailboxes.length < 2 && scope.mailbox === null;
}

/* Tags and mailboxes as they are now; the page works without them. */
export async function load() {
	await Promise.allSettled([loadTags(), loadMailboxes()]);
}

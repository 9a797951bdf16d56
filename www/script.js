/*
 * Three small comforts; the page is complete without them: tabs over the
 * commands, a copy button on each, and a look at the connection that
 * brought the page.
 */
"use strict";

function make(tag, text, attributes = {}) {
	const element = document.createElement(tag);
	element.textContent = text;
	for (const [name, value] of Object.entries(attributes))
		element.setAttribute(name, value);
	return element;
}

/* The sections of a box become tabs (WAI-ARIA: one tab stop, arrow keys). */
function tabs(box) {
	const panels = [...box.children];
	const list = make("div", "", {
		role: "tablist", class: "tablist", "aria-label": box.dataset.tabs,
	});
	const buttons = panels.map((panel) => {
		const title = panel.querySelector("h3");
		title.hidden = true;
		panel.setAttribute("role", "tabpanel");
		panel.setAttribute("aria-labelledby", panel.id + "-tab");
		return list.appendChild(make("button", title.textContent, {
			type: "button", role: "tab", id: panel.id + "-tab",
			"aria-controls": panel.id,
		}));
	});

	function choose(chosen) {
		buttons.forEach((button, i) => {
			button.setAttribute("aria-selected", String(i === chosen));
			button.tabIndex = i === chosen ? 0 : -1;
			panels[i].hidden = i !== chosen;
		});
	}

	list.addEventListener("click", (event) => {
		const i = buttons.indexOf(event.target);
		if (i >= 0)
			choose(i);
	});
	list.addEventListener("keydown", (event) => {
		const now = buttons.indexOf(document.activeElement);
		const last = buttons.length - 1;
		const to = {
			ArrowRight: now < last ? now + 1 : 0,
			ArrowLeft: now > 0 ? now - 1 : last,
			Home: 0,
			End: last,
		}[event.key];
		if (to === undefined)
			return;
		event.preventDefault();
		choose(to);
		buttons[to].focus();
	});
	box.prepend(list);
	choose(0);
}

/* The clipboard is there on https and on localhost, not on a plain address. */
function copyButton(pre) {
	const frame = make("div", "", { class: "command" });
	const button = make("button", "Copy", {
		type: "button", class: "copy", "aria-live": "polite",
	});
	button.addEventListener("click", async () => {
		try {
			await navigator.clipboard.writeText(pre.textContent);
			button.textContent = "Copied";
		} catch {
			button.textContent = "Not allowed";
		}
		setTimeout(() => { button.textContent = "Copy"; }, 2000);
	});
	pre.replaceWith(frame);
	frame.append(pre, button);
}

function bytes(n) {
	return n < 1000 ? n + " B" : (n / 1000).toFixed(1) + " kB";
}

function ms(time) {
	return (time < 10 ? time.toFixed(1) : Math.round(time)) + " ms";
}

/* A file that needed no connect came over a connection that stood already. */
function howItCame(entry) {
	if (entry.responseStart === 0 || entry.transferSize === 0)
		return "cache";
	return entry.connectEnd > entry.connectStart ? "new" : "kept";
}

/*
 * How many connections the page took: those opened for one of its files, and
 * the one that stood ready when the first was asked for.
 */
function berths(entries) {
	const came = entries.map(howItCame);
	const n = came.filter((how) => how === "new").length
	    + (came[0] === "kept" ? 1 : 0);
	return n === 0
	    ? "Nothing was fetched: your browser had it all."
	    : n === 1
	    ? "One connection, so one process served all of it. It leaves when the connection closes."
	    : `${n} connections, so ${n} processes served this page. Each leaves when its connection closes.`;
}

function showLoaded() {
	const entries = [
		...performance.getEntriesByType("navigation"),
		...performance.getEntriesByType("resource"),
	].filter((entry) => entry.initiatorType !== "fetch"
	    && new URL(entry.name).origin === location.origin);
	const rows = entries.map((entry) => {
		const row = document.createElement("tr");
		row.append(
			make("th", new URL(entry.name).pathname, { scope: "row" }),
			make("td", howItCame(entry)),
			make("td", bytes(entry.encodedBodySize)),
			make("td", ms(Math.max(0, entry.responseStart - entry.requestStart))));
		return row;
	});
	document.getElementById("loaded").replaceChildren(...rows);
	document.getElementById("berths").textContent = berths(entries);
}

/* What can be asked; the sentence says what a good answer means. */
const questions = [
	{ title: "Head", method: "HEAD", path: "./",
		why: "The head of this page, without its body." },
	{ title: "Changed?", method: "GET", path: "./", etag: true,
		why: "304 means: what you have is still right, no body sent." },
	{ title: "First 100 bytes", method: "GET", path: "harbour.svg",
		headers: { Range: "bytes=0-99" },
		why: "206 means: the part you asked for, and no more." },
	{ title: "Missing file", method: "GET", path: "no-such-ship",
		why: "404 means: no such file, told with a page of its own." },
	{ title: "Delete it", method: "DELETE", path: "./",
		why: "405 means: this server hands files out and never takes any away." },
];
let etag = "";

async function ask(question) {
	const headers = { ...question.headers };
	if (question.etag && etag)
		headers["If-None-Match"] = etag;
	const started = performance.now();
	const reply = await fetch(question.path,
	    { method: question.method, headers, cache: "no-store" });
	await reply.arrayBuffer();
	const took = performance.now() - started;
	if (question.method === "HEAD")
		etag = reply.headers.get("ETag") || "";
	return { reply, took, headers };
}

function transcript({ reply, headers }, question) {
	const pretty = (name) => name.replace(/(^|-)[a-z]/g, (s) => s.toUpperCase())
	    .replace(/^Etag$/, "ETag");
	return [
		`${question.method} ${new URL(reply.url).pathname}`,
		...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
		"",
		`${reply.status} ${reply.statusText}`,
		...[...reply.headers].map(([name, value]) => `${pretty(name)}: ${value}`),
	].join("\n");
}

async function show(question, button) {
	const verdict = document.getElementById("verdict");
	const answer = document.getElementById("answer");
	for (const other of button.parentElement.children)
		other.setAttribute("aria-pressed", String(other === button));
	try {
		const got = await ask(question);
		verdict.textContent = `${got.reply.status} after ${ms(got.took)}. ${question.why}`;
		answer.textContent = transcript(got, question);
		return got;
	} catch {
		verdict.textContent = "No answer. Is the server still running?";
		answer.textContent = "";
		return null;
	}
}

async function live() {
	const buttons = questions.map((question) => {
		const button = make("button", question.title,
		    { type: "button", "aria-pressed": "false" });
		button.addEventListener("click", () => show(question, button));
		return button;
	});
	document.getElementById("asks").append(...buttons);
	document.getElementById("live-panel").hidden = false;
	showLoaded();

	const first = await show(questions[0], buttons[0]);
	if (first === null)
		return;
	const served = document.getElementById("served");
	served.replaceChildren(
		"Just asked again: ",
		make("strong", first.reply.headers.get("Server") || location.host),
		" answered ",
		make("strong", `${first.reply.status} ${first.reply.statusText}`.trim()),
		" in ",
		make("strong", ms(first.took)), ".");
	served.hidden = false;
}

document.querySelectorAll("[data-tabs]").forEach(tabs);
if (navigator.clipboard)
	document.querySelectorAll(".tabs pre").forEach(copyButton);
if (location.protocol.startsWith("http"))
	addEventListener("load", live);

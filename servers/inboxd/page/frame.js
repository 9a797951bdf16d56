/*
 * frame.js - the HTML of a message, in a frame that can do nothing.
 *
 * The frame runs no script and has an origin of its own; the server's policy
 * for the document keeps it from the network.  A link opens in a new window.
 * What is remote is loaded when asked, for this message and this once.
 *
 * Keys that are pressed in the frame stay in it, for no script of ours runs
 * there; and they are to: who has marked a text copies it.  So it is said, with
 * a way back.
 */
import { view } from "./api.js";
import { button, make } from "./dom.js";

const WIDTHS = [
	{ name: "Phone", px: 390 },
	{ name: "Tablet", px: 768 },
	{ name: "Desktop", px: 1280 },
];
/* Is anything fetched from elsewhere?  All counts are bounded: a mail may try. */
const REMOTE = /(?:src|srcset|background|poster|data)\s{0,9}=\s{0,9}["']?\s{0,9}(?:https?:)?\/\/|url\(\s{0,9}["']?\s{0,9}(?:https?:)?\/\/|@import|<link\s|<image\s/i;

let chosen = "Fit";

/* A narrow pane shows a wide mail smaller, not cut off. */
function fit(stage, frame, px) {
	const room = stage.clientWidth;
	const scale = px === 0 ? 1 : Math.min(1, room / px);
	const wide = px === 0 ? room : px;
	frame.style.width = wide + "px";
	frame.style.height = stage.clientHeight / scale + "px";
	frame.style.transform = `scale(${scale})`;
	frame.style.left = Math.max(0, (room - wide * scale) / 2) + "px";
}

function widthButtons(apply) {
	const group = make("div", { class: "widths", role: "group", "aria-label": "Width of the frame" });
	const choose = (name) => {
		chosen = name;
		for (const one of group.children)
			one.setAttribute("aria-pressed", String(one.dataset.name === name));
		apply(WIDTHS.find((width) => width.name === name)?.px || 0);
	};
	group.append(...[{ name: "Fit", px: 0 }, ...WIDTHS].map(({ name, px }) =>
	    button(name, () => choose(name), { "data-name": name,
		title: px ? `${px} pixels` : "As wide as this pane" })));
	return { group, choose };
}

/* Shown while the frame has the keys. */
function backButton(frame) {
	const back = button("Keys are in the mail: back", () => {
		frame.blur();
		back.hidden = true;
	}, { class: "keys-back", title: "Tab leads out of it, too" });
	const look = () => {
		if (!frame.isConnected) {
			window.removeEventListener("blur", later);
			window.removeEventListener("focus", look);
			return;
		}
		back.hidden = document.activeElement !== frame;
	};
	const later = () => setTimeout(look);	/* the focus is on its way */
	back.hidden = true;
	window.addEventListener("blur", later);
	window.addEventListener("focus", look);
	return back;
}

export function fillHtml(panel, message) {
	const frame = make("iframe", { title: "The message as HTML", class: "frame",
		sandbox: "allow-popups allow-popups-to-escape-sandbox", referrerpolicy: "no-referrer" });
	const stage = make("div", { class: "stage" }, frame);
	let px = 0;
	let loads = 0;
	const { group, choose } = widthButtons((now) => {
		px = now;
		fit(stage, frame, px);
	});
	const show = (remote) => {
		loads = 0;
		frame.src = view(message.ID, remote);
	};
	const bar = make("div", { class: "panel-bar" }, group, backButton(frame));
	if (REMOTE.test(message.HTML)) {
		const note = make("span", { class: "remote" }, "Remote content is off. ",
		    button("Load it once", () => {
			note.replaceChildren("Remote content was loaded.");
			show(true);
		}));
		bar.append(note);
	}
	/* A link that opened in the frame leads nowhere: bring the mail back. */
	frame.addEventListener("load", () => {
		if (++loads === 2)
			frame.src = view(message.ID, false);
	});
	panel.append(bar, stage);
	new ResizeObserver(() => fit(stage, frame, px)).observe(stage);
	choose(chosen);
	show(false);
}

/*
 * stream.js - the server's events, by one stream for the whole browser.
 *
 * A connection costs the server a process, and HTTP/1.1 gives a browser six
 * of them: so of all tabs the one that holds a lock keeps the stream, and
 * tells the others over a channel.  When it goes, the next tab gets the lock.
 * Where there are no locks (plain HTTP from another machine) each tab that is
 * in view keeps a stream of its own.
 *
 * Whatever may have been missed (a lost connection, a new leader, a tab that
 * was asleep) is told as a "resync".
 */
const FIRST_MS = 250;		/* a child that reached its deadline: no cause for alarm */
const LAST_MS = 15000;
const STEADY_MS = 5000;		/* a stream that held so long was a good one */
const NUDGE_MS = 5000;
const KINDS = ["new", "update", "delete", "stats", "reset", "behind"];

let source = null;
let timer = 0;
let fails = 0;
let leads = false;
let up = true;
let channel = null;
let told = () => {};
let turned = () => {};

function tell(kind, data) {
	channel?.postMessage({ kind, data });
	told(kind, data);
}

function turn(now) {
	channel?.postMessage({ kind: "state", data: now });
	if (now !== up) {
		up = now;
		turned(up);
	}
}

function close() {
	clearTimeout(timer);
	source?.close();
	source = null;
}

function connect() {
	let opened = 0;
	close();
	source = new EventSource(new URL("api/v1/events/stream", document.baseURI));
	source.onopen = () => {
		opened = Date.now();
		turn(true);
		tell("resync", null);
	};
	source.onerror = () => {
		close();
		if (opened > 0 && Date.now() - opened > STEADY_MS)
			fails = 0;
		const wait = Math.min(LAST_MS, FIRST_MS * 2 ** fails++);
		if (opened === 0 && fails > 1)
			turn(false);
		timer = setTimeout(connect, wait * (.75 + Math.random() / 2));
	};
	for (const kind of KINDS) {
		source.addEventListener(kind, (event) => {
			let data = null;
			try {
				data = JSON.parse(event.data);
			} catch {
				return;		/* not ours to mend; the next resync will */
			}
			tell(kind, data);
		});
	}
}

/* Try at once, if we lead and are not trying already. */
function nudge() {
	if (leads && source === null)
		connect();
}

function hear({ data: { kind, data } }) {
	if (kind === "hello") {
		if (leads)
			channel.postMessage({ kind: "state", data: up });
	} else if (kind === "nudge") {
		nudge();
	} else if (kind === "state") {
		if (data !== up) {
			up = data;
			turned(up);
		}
	} else {
		told(kind, data);
	}
}

function seen() {
	if (document.hidden) {
		if (!navigator.locks)
			close();
		return;
	}
	if (!navigator.locks && source === null)
		connect();
	told("resync", null);
	retry();
}

/* Somebody wants to know now. */
export function retry() {
	nudge();
	channel?.postMessage({ kind: "nudge", data: null });
}

/*
 * Call event(kind, data) for each event and state(up) when the stream is lost
 * or found again.  Called once, at the start.
 */
export function listen(event, state) {
	told = event;
	turned = state;
	if (navigator.locks) {
		channel = new BroadcastChannel("berth-inbox");
		channel.onmessage = hear;
		channel.postMessage({ kind: "hello", data: null });
		navigator.locks.request("berth-inbox-stream", () => {
			leads = true;
			connect();
			return new Promise(() => {});	/* until this tab ends */
		});
	} else {
		leads = true;
		if (!document.hidden)
			connect();
	}
	document.addEventListener("visibilitychange", seen);
	addEventListener("pageshow", (shown) => shown.persisted && seen());
	addEventListener("online", retry);
	setInterval(() => !up && !document.hidden && retry(), NUDGE_MS);
}

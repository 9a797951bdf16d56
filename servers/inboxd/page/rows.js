/*
 * rows.js - the messages of a scope, as far as they are known.
 *
 * Holds one place for each message of the scope, newest first; those that
 * were never in view are null.  Fetches what comes into view, takes the
 * stream's events, and brings itself up to date when it may have missed some.
 * Knows nothing of the document.
 */
import * as api from "./api.js";

const PAGE = 100;		/* messages a request */
const MARGIN = 40;		/* kept around the view when all is fetched anew */
const AHEAD = 25;		/* rows beyond the view that are fetched, too */
const AT_ONCE = 3;		/* requests under way */
const PAUSE_MS = 60;		/* between looks at a list that is scrolled */

export const rows = {
	scope: { query: "", mailbox: null },
	all: [],		/* summary or null, newest first */
	total: 0,		/* of the whole store */
	unread: 0,
	here: 0,		/* unread ones of this scope */
	loaded: false,		/* the scope was answered for */
	fault: null,		/* an ApiError, when it was not */
	wrong: "",		/* what of the search says nothing */
	behind: "",		/* why there is newer mail than the server can tell of */
};

let changed = () => {};
let view = { from: 0, to: PAGE };
let byId = new Map();
let turn = 0;			/* answers to an older turn are dropped */
let inFlight = new Set();	/* pages asked for */
let pause = 0;
let resyncing = null;
let again = false;

/* changed({ from }) is called after each change; anchor: the view may move. */
export function onChange(call) {
	changed = call;
}

export const whole = () => !rows.scope.query && rows.scope.mailbox === null;

export const find = (id) => byId.get(id);

export const indexOf = (id) => byId.has(id)
    ? rows.all.findIndex((row) => row?.ID === id) : -1;

function put(start, messages) {
	messages.forEach((message, i) => {
		if (start + i < rows.all.length) {
			rows.all[start + i] = message;
			byId.set(message.ID, message);
		}
	});
}

function totals(answer) {
	rows.total = answer.total;
	rows.unread = answer.unread;
	rows.wrong = answer.Wrong || "";
	rows.behind = answer.Behind || "";
	rows.here = answer.messages_unread ?? answer.unread;
}

/* Make everything new from one answer around the view. */
async function fetchAnew() {
	const mine = ++turn;
	const start = Math.max(0, view.from - MARGIN);
	const limit = Math.max(PAGE, view.to - start + MARGIN);
	let answer;
	inFlight.clear();
	try {
		answer = await api.messages(rows.scope, start, limit);
	} catch (error) {
		if (mine === turn) {
			rows.fault = error;
			changed({});
		}
		return;
	}
	if (mine !== turn)
		return;
	const anchor = rows.all[view.from]?.ID;
	const was = view.from;
	rows.all = new Array(answer.messages_count).fill(null);
	byId = new Map();
	rows.fault = null;
	rows.loaded = true;
	totals(answer);
	put(start, answer.messages);
	const now = anchor ? answer.messages.findIndex(({ ID }) => ID === anchor) : -1;
	changed({ moved: now < 0 ? 0 : start + now - was });
}

/*
 * Bring the list up to date.  One request at a time: what comes meanwhile
 * makes one more.
 */
export async function resync() {
	if (resyncing) {
		again = true;
		return resyncing;
	}
	resyncing = (async () => {
		do {
			again = false;
			await fetchAnew();
		} while (again);
		resyncing = null;
	})();
	return resyncing;
}

/* Show another scope; the old rows stay until the new ones are there. */
export function show(scope) {
	rows.scope = scope;
	rows.loaded = false;
	view = { from: 0, to: PAGE };
	turn++;
	return resync();
}

async function fetchPage(page) {
	const mine = turn;
	inFlight.add(page);
	try {
		const answer = await api.messages(rows.scope, page * PAGE, PAGE);
		if (mine !== turn)
			return;
		if (answer.messages_count !== rows.all.length)
			resync();	/* the places have moved */
		else
			put(page * PAGE, answer.messages);
	} catch (error) {
		if (mine !== turn)
			return;
		rows.fault = error;
	} finally {
		if (mine === turn)
			inFlight.delete(page);
	}
	changed({});
}

function fetchView() {
	pause = 0;
	if (rows.fault)
		return;		/* all is asked for anew when the server is well */
	const from = Math.max(0, view.from - AHEAD);
	const last = Math.min(rows.all.length, view.to + AHEAD) - 1;
	for (let page = Math.floor(from / PAGE); page * PAGE <= last; page++) {
		const lacking = rows.all.slice(page * PAGE, (page + 1) * PAGE).includes(null);
		if (lacking && !inFlight.has(page) && inFlight.size < AT_ONCE)
			fetchPage(page);
	}
}

/* The rows from..to-1 are in view: have them fetched.  Called at each frame. */
export function need(from, to) {
	view = { from, to };
	if (pause === 0)
		pause = setTimeout(fetchView, PAUSE_MS);
}

/* The IDs of the rows from..to-1, fetched where they are not known. */
export async function ids(from, to) {
	for (let at = from; at < to; at++) {
		if (rows.all[at])
			continue;
		const answer = await api.messages(rows.scope, at, Math.min(1000, to - at));
		if (answer.messages.length === 0)
			break;
		put(at, answer.messages);
	}
	return rows.all.slice(from, to).filter(Boolean).map(({ ID }) => ID);
}

/* Local news, before the server tells it: Read or Tags of messages. */
export function patch(IDs, change) {
	for (const id of IDs) {
		const row = byId.get(id);
		if (row === undefined)
			continue;
		if ("Read" in change && change.Read !== row.Read)
			rows.here += change.Read ? -1 : 1;
		Object.assign(row, change);
	}
	changed({});
}

/* What is on its way to us may be older than the news: ask once more. */
function doubt() {
	if (resyncing || inFlight.size > 0)
		resync();
}

function arrived(summary) {
	if (!whole() || !rows.loaded) {
		resync();	/* only the server knows whether it belongs here */
		return;
	}
	if (byId.has(summary.ID))
		return;
	if (Date.parse(rows.all[0]?.Created) > Date.parse(summary.Created)) {
		resync();	/* an old one, put there by hand: not at the top */
		return;
	}
	doubt();
	rows.all.unshift(summary);
	byId.set(summary.ID, summary);
	rows.total++;
	if (!summary.Read) {
		rows.unread++;
		rows.here++;
	}
	changed({ moved: 1 });
}

function left(id) {
	const at = indexOf(id);
	if (at < 0) {
		resync();
		return;
	}
	if (!rows.all[at].Read)
		rows.here--;
	rows.all.splice(at, 1);
	byId.delete(id);
	changed({ moved: at < view.from ? -1 : 0 });
	doubt();
}

/* An event of the stream. */
export function take(kind, data) {
	if (kind === "new" && data?.ID)
		arrived(data);
	else if (kind === "delete" && data?.ID)
		left(data.ID);
	else if (kind === "update" && data?.ID) {
		patch([data.ID], Object.fromEntries(["Read", "Tags"]
		    .filter((name) => name in data && data[name] !== null)
		    .map((name) => [name, data[name]])));
		doubt();
	} else if (kind === "stats" && data) {
		rows.total = data.Total;
		rows.unread = data.Unread;
		if (whole())
			rows.here = data.Unread;
		changed({});
	} else if (kind === "behind" && data) {
		rows.behind = data.Why;
		changed({});
	} else if (kind === "reset" || kind === "resync" || data === null) {
		resync();
	}
}

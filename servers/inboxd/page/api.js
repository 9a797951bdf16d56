/*
 * api.js - what the page asks of the server.
 *
 * Every call answers with a value or throws an ApiError: status 0 when the
 * server did not answer at all, else what HTTP said and the server's words.
 */

const LIST_MS = 30000;

export class ApiError extends Error {
	constructor(status, words) {
		super(words);
		this.status = status;
	}
}

function address(path, query = {}) {
	const url = new URL("api/v1/" + path, document.baseURI);
	for (const [name, value] of Object.entries(query)) {
		if (value !== undefined && value !== null)
			url.searchParams.set(name, value);
	}
	return url;
}

async function ask(method, path, { query, body, ...more } = {}) {
	const options = { method, cache: "no-store", ...more };
	if (body !== undefined) {
		options.body = JSON.stringify(body);
		options.headers = { "Content-Type": "application/json" };
	}
	let reply;
	try {
		reply = await fetch(address(path, query), options);
	} catch (error) {
		if (error.name === "AbortError")
			throw error;
		throw new ApiError(0, "The server does not answer.");
	}
	if (!reply.ok) {
		const words = (await reply.text().catch(() => "")).slice(0, 500);
		throw new ApiError(reply.status,
		    words.replace(/^Error: /, "") || `The server answered ${reply.status}.`);
	}
	return reply;
}

const json = async (...request) => (await ask(...request)).json();

/* A scope is { query, mailbox }: what the list shows. */
const within = ({ query, mailbox }) =>
	({ query: query || undefined, mailbox: mailbox ?? undefined });

/* A list that does not come is asked for anew rather than waited for.  Behind
 * says why the server cannot tell of newer messages. */
export async function messages(scope, start, limit) {
	const reply = await ask("GET", scope.query ? "search" : "messages", {
		query: { ...within(scope), start, limit },
		signal: AbortSignal.timeout(LIST_MS),
	});
	return { ...await reply.json(), Behind: reply.headers.get("Berth-Behind") };
}

export const message = (id, signal) => json("GET", `message/${encodeURIComponent(id)}`, { signal });
export const headers = (id) => json("GET", `message/${encodeURIComponent(id)}/headers`);
export const mailboxes = () => json("GET", "mailboxes");
export const tags = () => json("GET", "tags");
export const webui = () => json("GET", "webui");
export const info = () => json("GET", "info");
export const sessions = (id, limit) => json("GET", "sessions", { query: { message: id, limit } });
export const setTags = (Tags, IDs) => ask("PUT", "tags", { body: { Tags, IDs } });
export const setRead = (Read, IDs) => ask("PUT", "messages", { body: { Read, IDs } });
export const remove = (IDs, keepalive = false) =>
	ask("DELETE", "messages", { body: { IDs }, keepalive });

/* Why not is told as JSON here. */
export async function release(id, To) {
	try {
		await ask("POST", `message/${encodeURIComponent(id)}/release`, { body: { To } });
	} catch (error) {
		const why = error.message.match(/^\{"Error":(".*")\}$/s);
		throw why ? new ApiError(error.status, JSON.parse(why[1])) : error;
	}
}

/* An empty list of IDs would mean all: so "all" has calls of its own. */
export function setAllRead(Read, scope) {
	return ask("PUT", "messages", {
		query: { mailbox: within(scope).mailbox },
		body: scope.query ? { Read, Search: scope.query } : { Read },
	});
}

export function removeAll(scope) {
	return ask("DELETE", scope.query ? "search" : "messages", { query: within(scope) });
}

export function part(id, what, query) {
	return address(`message/${encodeURIComponent(id)}/${what}`, query).href;
}

export function view(id, remote) {
	const url = new URL(`view/${encodeURIComponent(id)}.html`, document.baseURI);
	url.searchParams.set("embed", "1");
	if (remote)
		url.searchParams.set("remote", "1");
	return url.href;
}

/*
 * The beginning of a text: at most max bytes are read, then the connection is
 * given up, for a message may be larger than a page can hold.
 */
export async function beginning(id, what, max, signal) {
	const reply = await ask("GET", `message/${encodeURIComponent(id)}/${what}`, { signal });
	const reader = reply.body.getReader();
	const decoder = new TextDecoder();
	let text = "";
	let got = 0;
	for (;;) {
		const { done, value } = await reader.read();
		if (done)
			return { text: text + decoder.decode(), whole: true };
		text += decoder.decode(value.subarray(0, max - got), { stream: true });
		got += value.length;
		if (got > max) {
			reader.cancel().catch(() => {});
			return { text, whole: false };
		}
	}
}

// upstream_client.js ORIGIN - what Node's own clients get through the proxy.
// Prints "ok WHAT" or "FAILED WHAT", a line for each.
"use strict";
const { WebSocket } = require("ws");
const origin = process.argv[2];
const say = (what, holds) => console.log(`${holds ? "ok" : "FAILED"} ${what}`);

async function socket() {
	const large = Buffer.alloc(3 << 20);
	for (let i = 0; i < large.length; i++)
		large[i] = (i * 7 + (i >> 11)) & 255;
	const ws = new WebSocket(origin.replace("http", "ws") + "/api/socket");
	const next = () => new Promise((then, fail) => {
		ws.once("message", (data, binary) => then({ data, binary }));
		ws.once("error", fail);
	});

	await new Promise((then, fail) => {
		ws.once("open", then);
		ws.once("error", fail);
	});
	say("permessage-deflate is agreed on",
	    ws.extensions.includes("permessage-deflate"));
	ws.send("hello");
	const hello = await next();
	say("a text comes back", String(hello.data) === "hello" &&
	    !hello.binary);
	ws.send(large);
	const back = await next();
	say("three megabytes come back", back.binary &&
	    large.equals(back.data));
	const closed = new Promise((then) => ws.once("close", then));
	ws.close(4001, "enough");
	say("the close is answered", await closed === 4001);
}

async function events() {
	const stop = new AbortController();
	const reply = await fetch(origin + "/api/events",
	    { signal: stop.signal });
	let text = "";

	for await (const piece of reply.body) {
		text += Buffer.from(piece).toString();
		if (text.includes("data: event 3\n\n"))
			break;
	}
	stop.abort();
	say("events come one by one",
	    text.startsWith("data: event 0\n\ndata: event 1\n\n"));
}

socket().then(events).catch((error) => say(String(error), false));

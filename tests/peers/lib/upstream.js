// upstream.js - a small API as people write it with Node and ws, to stand
// behind --proxy.  Says its port on standard output once it listens, and then
// what becomes of its streams.
"use strict";
const http = require("http");
const { WebSocketServer } = require("ws");

const server = http.createServer((asked, reply) => {
	const { pathname } = new URL(asked.url, "http://x");

	if (pathname === "/api/echo") {
		reply.setHeader("Content-Type", asked.headers["content-type"] ||
		    "application/octet-stream");
		asked.pipe(reply);
	} else if (pathname === "/api/events") {
		let n = 0;
		reply.writeHead(200, { "Content-Type": "text/event-stream",
			"Cache-Control": "no-cache" });
		const timer = setInterval(
		    () => reply.write(`data: event ${n++}\n\n`), 50);
		reply.on("close", () => {
			clearInterval(timer);
			console.log("events closed");
		});
	} else if (pathname === "/api/large") {
		const piece = Buffer.alloc(1 << 20, "x");
		let left = 64;
		const more = () => {
			while (left > 0) {
				left--;
				if (!reply.write(piece)) {
					reply.once("drain", more);
					return;
				}
			}
			reply.end();
		};
		more();
	} else {
		reply.setHeader("Content-Type", "application/json");
		reply.end(JSON.stringify({ method: asked.method,
			url: asked.url, headers: asked.headers }));
	}
});

const sockets = new WebSocketServer({ server, path: "/api/socket",
	perMessageDeflate: true });
sockets.on("connection", (socket) => {
	socket.on("message", (data, binary) => socket.send(data, { binary }));
	socket.on("close", (code) => console.log(`socket closed ${code}`));
});

server.listen(0, "localhost", () => console.log(server.address().port));

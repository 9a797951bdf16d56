/*
 * first.js - the empty inbox: how to send the first mail to it.
 */
import * as api from "./api.js";
import { $, copyButton, make } from "./dom.js";

const EVERYWHERE = ["", "*", "0.0.0.0", "::"];

/* Where mail is taken: from the server's word, seen from this browser. */
function whereTo(smtp) {
	const found = /^(?:(.*):)?(\d+)$/.exec(String(smtp ?? ""));
	const port = found ? Number(found[2]) : 1025;
	const told = (found?.[1] || "").replace(/^\[|\]$/g, "");
	const loopback = /^(?:127\.|::1$|localhost$)/.test(told);
	const here = location.hostname.replace(/^\[|\]$/g, "") || "localhost";
	const host = EVERYWHERE.includes(told) ? here : loopback ? "localhost" : told;
	return { host, port };
}

/* One line for each; [language, what it is for, the line]. */
function lines({ host, port }) {
	const at = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
	return [
		["Shell", "", `echo 'It works' | berth-smtp -s Hello ${at} me@example.org you@example.org`],
		["PHP", "Symfony: .env", `MAILER_DSN=smtp://${at}`],
		["PHP", "Laravel: shell", `MAIL_MAILER=smtp MAIL_HOST=${host} MAIL_PORT=${port} php artisan serve`],
		["Node", "Nodemailer", `require("nodemailer").createTransport({ host: "${host}", port: ${port} }).sendMail({ from: "me@example.org", to: "you@example.org", subject: "Hello", text: "It works" })`],
		["Python", "smtplib", `import smtplib; smtplib.SMTP("${host}", ${port}).sendmail("me@example.org", ["you@example.org"], "Subject: Hello\\n\\nIt works")`],
		["Rails", "config/environments", `config.action_mailer.smtp_settings = { address: "${host}", port: ${port} }`],
		["Go", "net/smtp", `smtp.SendMail("${at}", nil, "me@example.org", []string{"you@example.org"}, []byte("Subject: Hello\\r\\n\\r\\nIt works"))`],
		["Java", "Jakarta Mail", `properties.putAll(Map.of("mail.smtp.host", "${host}", "mail.smtp.port", "${port}"));`],
		["Java", "Spring Boot: shell", `java -Dspring.mail.host=${host} -Dspring.mail.port=${port} -jar app.jar`],
	];
}

function draw(where) {
	const { host, port } = where;
	$("first").replaceChildren(
	    make("img", { src: "quay.svg", alt: "", width: "300", height: "200" }),
	    make("div", { class: "first-words" },
		make("p", { class: "over" }, "Nothing has come in yet"),
		make("h2", { id: "first-title" }, "Send the first mail"),
		make("p", { class: "soft" }, "Point your program at this address. It needs neither a password nor TLS. Whatever it sends appears here at once, and nothing goes out into the world."),
		make("p", { class: "where" }, "Host ", make("code", {}, host), " port ", make("code", {}, String(port)))),
	    make("ul", { class: "lines" }, ...lines(where).map(([language, what, line]) =>
		make("li", {}, make("p", {}, make("b", {}, language), " ", make("span", { class: "soft" }, what)),
		    make("div", { class: "command" }, make("pre", {}, make("code", {}, line)),
			copyButton(line, `the line for ${language} ${what}`))))));
}

let drawn = false;

export async function showFirst() {
	$("first").hidden = false;
	if (drawn)
		return;
	drawn = true;
	draw(whereTo(null));
	try {
		draw(whereTo((await api.info()).SMTP));
	} catch {
		drawn = false;		/* the usual port stands there; ask again next time */
	}
}

export function hideFirst() {
	$("first").hidden = true;
}

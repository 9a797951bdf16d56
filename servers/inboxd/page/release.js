/*
 * release.js - the dialog that sends a message on to a real mail server, where
 * the inbox has one (--relay).
 */
import * as api from "./api.js";
import { $, button } from "./dom.js";
import { recipients } from "./format.js";

let relay = null;		/* what is known of that server */
let asked = null;
let current = null;		/* the message of the dialog */
let told = () => {};

/* Resolves when it is known whether there is one; without an answer there is
 * none. */
export function known() {
	asked ??= api.webui().then((about) => { relay = about.MessageRelay; }, () => { asked = null; });
	return asked;
}

function fault(words) {
	$("release-fault").hidden = words === "";
	$("release-fault").textContent = words;
}

function open(message) {
	const allowed = relay.AllowedRecipients;
	current = message.ID;
	$("release-words").textContent = `It goes to ${relay.SMTPServer} as it came, from the sender that it had` +
	    (allowed ? `, and to nobody but ${allowed}.` : ".");
	$("release-to").value = recipients(message).join(", ");
	fault("");
	$("release").showModal();
	$("release-to").select();
}

async function send(event) {
	const to = $("release-to").value.split(/[\s,;]+/).filter((one) => one !== "");
	const id = current;
	event.preventDefault();
	fault("");
	$("release-yes").disabled = true;
	try {
		await api.release(id, to);
		if (id === current)
			$("release").close();
		told(`Sent on to ${to.join(", ")}`);
	} catch (error) {
		if (id === current)
			fault(error.message);
	}
	$("release-yes").disabled = false;
	if ($("release").open)
		$("release-to").focus();
}

/* For the bar of a message; nothing where mail stays. */
export function releaseButton(message) {
	return relay?.Enabled
	    ? button("Release…", () => open(message), { title: "Send it on to a real mail server", id: "message-release" }) : "";
}

/* tell(words) says what has been done. */
export function setUp(tell) {
	told = tell;
	$("release").addEventListener("close", () => { current = null; });
	$("release-form").addEventListener("submit", send);
	$("release-no").addEventListener("click", () => $("release").close());
}

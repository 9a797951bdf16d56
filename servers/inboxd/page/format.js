/*
 * format.js - people, sizes, dates and counts as words.  Pure.
 */
const WHOLE = new Intl.NumberFormat();
const AGO = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const DATE = new Intl.DateTimeFormat("en-GB",
    { day: "numeric", month: "short", year: "numeric" });
const EXACT = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

export const number = (n) => WHOLE.format(n);

export const count = (n, one, many = one + "s") => `${number(n)} ${n === 1 ? one : many}`;

export function bytes(n) {
	const units = ["B", "kB", "MB", "GB"];
	let i = 0;
	while (n >= 1000 && i < units.length - 1) {
		n /= 1000;
		i++;
	}
	return `${i === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[i]}`;
}

export function ago(when, now = Date.now()) {
	const time = Date.parse(when);
	const minutes = (now - time) / 60000;
	if (Number.isNaN(time))
		return "";
	if (minutes < 1)
		return "now";
	if (minutes < 60)
		return `${Math.floor(minutes)} min ago`;
	if (minutes < 24 * 60)
		return `${Math.floor(minutes / 60)} h ago`;
	if (minutes < 7 * 24 * 60)
		return AGO.format(-Math.floor(minutes / 60 / 24), "day");
	const date = new Date(time);
	return date.getFullYear() === new Date(now).getFullYear()
	    ? DAY.format(date) : DATE.format(date);
}

export function exact(when) {
	const time = Date.parse(when);
	return Number.isNaN(time) ? String(when || "") : EXACT.format(time);
}

/*
 * Without what turns the order of letters round: "bill\u202efdp.exe" would look
 * like a .pdf, and a name could make another address of the one behind it.
 */
export const straight = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd");

/* Someone, as briefly as a list wants it. */
export const who = (person) => person?.Name || person?.Address || "";

/* Someone in full: Name <address>. */
export function person({ Name, Address } = {}) {
	return straight(Name ? `${Name} <${Address}>` : Address || "");
}

/* A list in a sentence, and how many more there are. */
export const some = (list, max) => list.length <= max ? list.join(", ")
    : `${list.slice(0, max).join(", ")} and ${number(list.length - max)} more`;

/* Those the message was handed over for; what the fields say comes second. */
export function recipients(message) {
	const envelope = message.Envelope?.To || [];
	return envelope.length > 0 ? envelope
	    : ["To", "Cc", "Bcc"].flatMap((field) => message[field] || [])
		.map((one) => one.Address || one.Name);
}

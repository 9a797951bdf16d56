/*
 * tags.js - a message's tags: shown, set, taken away.
 */
import * as api from "./api.js";
import { button, make, say } from "./dom.js";
import { patch } from "./rows.js";
import { toast } from "./choice.js";

let known = [];

export function know(tags) {
	known = tags;
}

/* Chips with a way to take each off, and a field to put one on. */
export function tagEditor(message) {
	const box = make("div", { class: "chips editor", role: "group", "aria-label": "Tags of this message" });
	const names = make("datalist", { id: "known-tags" });

	async function set(tags) {
		try {
			await api.setTags(tags, [message.ID]);
			message.Tags = tags;
			patch([message.ID], { Tags: tags });
			say(tags.length ? `Tags: ${tags.join(", ")}` : "No tags");
		} catch (error) {
			toast(error.message);
		}
		draw();
		box.querySelector("input").focus();
	}

	function draw() {
		const field = make("input", { "aria-label": "Add a tag", placeholder: "Add a tag", list: "known-tags", maxlength: "100", autocomplete: "off",
			keydown: (event) => {
				const tag = field.value.trim();
				if (event.key !== "Enter" || tag === "")
					return;
				event.preventDefault();
				if (!message.Tags.includes(tag))
					set([...message.Tags, tag]);
				field.value = "";
			} });
		names.replaceChildren(...known.map((tag) => make("option", { value: tag })));
		box.replaceChildren(...(message.Tags || []).map((tag) =>
		    make("span", { class: "tag" }, tag,
			button("×", () => set(message.Tags.filter((one) => one !== tag)),
			    { "aria-label": `Take the tag ${tag} off` }))), field, names);
	}
	message.Tags ||= [];
	draw();
	return box;
}

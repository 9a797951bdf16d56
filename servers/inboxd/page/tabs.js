/*
 * tabs.js - a row of tabs over one panel (WAI-ARIA: one tab stop, arrow keys).
 *
 * Each tab is { name, title, count, fill(panel) }; a panel is filled when its
 * tab is first chosen.
 */
import { make } from "./dom.js";

/* Builds { head, body, choose(name) }; chosen(name) is told of a choice. */
export function tabs(label, list, chosen) {
	const panels = new Map();
	const body = make("div", { class: "panels" });
	const head = make("div", { class: "tablist", role: "tablist", "aria-label": label,
		click: (event) => {
			const tab = event.target.closest("[role=tab]");
			if (tab)
				choose(tab.dataset.name);
		},
		keydown: move });
	const buttons = list.map(({ name, title, count }, i) => make("button", {
		type: "button", role: "tab", id: "tab-" + name, "data-name": name,
		"aria-controls": "panel-" + name, "data-key": i + 1,
		"aria-label": count === undefined ? undefined : `${title}, ${count}`,
	}, title, ...(count === undefined ? [] : [make("span", { class: "count" }, String(count))])));
	head.append(...buttons);
	for (const { name } of list) {
		const panel = make("div", { class: "panel", role: "tabpanel", id: "panel-" + name,
			"aria-labelledby": "tab-" + name, hidden: true });
		panels.set(name, panel);
		body.append(panel);
	}

	function choose(name) {
		const tab = list.find((one) => one.name === name) || list[0];
		for (const button of buttons) {
			const is = button.dataset.name === tab.name;
			button.setAttribute("aria-selected", String(is));
			button.tabIndex = is ? 0 : -1;
			panels.get(button.dataset.name).hidden = !is;
		}
		const panel = panels.get(tab.name);
		if (!panel.filled) {
			panel.filled = true;
			tab.fill(panel);
		}
		chosen(tab.name);
	}

	function move(event) {
		const now = buttons.indexOf(document.activeElement);
		const last = buttons.length - 1;
		const to = {
			ArrowRight: now < last ? now + 1 : 0,
			ArrowLeft: now > 0 ? now - 1 : last,
			Home: 0,
			End: last,
		}[event.key];
		if (now < 0 || to === undefined)
			return;
		event.preventDefault();
		event.stopPropagation();
		buttons[to].focus();
		choose(buttons[to].dataset.name);
	}

	return { head, body, choose, names: list.map(({ name }) => name) };
}

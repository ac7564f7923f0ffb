// One control for every kind of select: a field that filters a list, with one or several choices.

import { containerOf, named, post } from "./acts.js";
import { place } from "./menus.js";
import { markDirty } from "./morph.js";

const pickers = new WeakMap();
const TYPING_MS = 180;
let count = 0;

export function pickerOf(element) {
  if (!pickers.has(element)) pickers.set(element, new Picker(element));
  return pickers.get(element);
}

class Picker {
  constructor(element) {
    this.element = element;
    this.input = element.querySelector("input");
    this.chips = element.querySelector(".picker-chips");
    this.clear = element.querySelector(".picker-clear");
    this.multi = element.hasAttribute("data-multi");
    this.placeholder = this.input.placeholder;
    this.options = [];
    this.active = -1;
    this.serial = 0;
    this.makeList();
    this.reset();
    this.listen();
  }

  get value() {
    const values = this.chosen.map((each) => each.raw ?? each.value);
    return this.multi ? values : values[0] ?? "";
  }

  get isOpen() {
    return this.list.matches(":popover-open");
  }

  makeList() {
    this.list = document.createElement("div");
    Object.assign(this.list, { className: "menu picker-list", id: `list-${++count}`, popover: "manual" });
    this.list.setAttribute("role", "listbox");
    if (this.multi) this.list.setAttribute("aria-multiselectable", "true");
    this.input.setAttribute("aria-controls", this.list.id);
    this.element.append(this.list);
  }

  reset() {
    this.chosen = JSON.parse(this.element.dataset.initial);
    this.draw();
  }

  listen() {
    this.element.addEventListener("reset-value", () => this.reset());
    this.element.addEventListener("mousedown", (event) => {
      if (event.target === this.element || event.target === this.chips) {
        event.preventDefault();
        this.input.focus();
        this.open();
      }
    });
    this.input.addEventListener("click", () => this.open());
    this.input.addEventListener("input", (event) => {
      event.stopPropagation();
      this.open({ typed: true });
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.clear.addEventListener("click", () => this.set([]));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) this.choose(this.options[Number(row.dataset.index)]);
    });
    this.chips.addEventListener("click", (event) => {
      const chip = event.target.closest("button");
      if (chip) this.set(this.chosen.filter((each) => each.value !== chip.value));
    });
  }

  draw() {
    const single = this.multi ? null : this.chosen[0];
    this.input.value = single?.text ?? "";
    this.input.placeholder = this.multi && this.chosen.length ? "" : this.placeholder;
    this.clear.hidden = !single;
    this.chips.replaceChildren(...(this.multi ? this.chosen : []).map(({ value, text }) => {
      const chip = Object.assign(document.createElement("button"), { type: "button", className: "chip", value, textContent: text });
      chip.setAttribute("aria-label", `Remove ${text}`);
      return chip;
    }));
  }

  async open({ typed = false } = {}) {
    if (!typed && !this.multi) this.input.select();
    const query = typed || this.multi ? this.input.value.trim() : "";
    this.input.setAttribute("aria-expanded", "true");
    const serial = ++this.serial;
    if (this.element.dataset.options) return this.show(JSON.parse(this.element.dataset.options), query);
    if (this.isExternal && query.length < Number(this.element.dataset.minQuery)) {
      return this.say(`Type at least ${this.element.dataset.minQuery} letter${this.element.dataset.minQuery === "1" ? "" : "s"}`);
    }
    if (!this.isOpen) this.say("Looking…");
    if (typed) await new Promise((done) => setTimeout(done, TYPING_MS));
    if (serial !== this.serial) return undefined;
    const answer = await this.fetch(query);
    if (serial !== this.serial) return undefined;
    return answer.ok ? this.show(grouped(answer.options), "") : this.say(answer.error);
  }

  get isExternal() {
    return this.element.dataset.act.endsWith("external_select");
  }

  fetch(query) {
    const filter = this.element.dataset.filter ? JSON.parse(this.element.dataset.filter) : null;
    return post("options", { ...containerOf(this.element)?.target, ...named(this.element), query, filter });
  }

  show(groups, query) {
    const words = query.toLowerCase();
    const rows = [];
    this.options = [];
    for (const { label, options } of groups) {
      const found = options.filter((each) => each.text.toLowerCase().includes(words) && !this.isTaken(each));
      if (label && found.length) rows.push(this.heading(label));
      for (const each of found) rows.push(this.row(each, this.options.push(each) - 1));
    }
    if (!rows.length) return this.say("Nothing found");
    this.list.replaceChildren(...rows);
    this.activate(this.options.length ? Math.max(0, this.options.findIndex((each) => each.value === this.chosen[0]?.value)) : -1);
    return this.float();
  }

  isTaken({ value }) {
    return this.multi && this.chosen.some((each) => each.value === value);
  }

  heading(label) {
    return Object.assign(document.createElement("p"), { className: "menu-heading", textContent: label });
  }

  row({ text, description, value }, index) {
    const row = document.createElement("div");
    row.id = `${this.list.id}-${index}`;
    row.dataset.index = index;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(this.chosen.some((each) => each.value === value)));
    row.append(text);
    if (description) row.append(Object.assign(document.createElement("small"), { textContent: description }));
    return row;
  }

  say(words) {
    this.options = [];
    this.active = -1;
    this.list.replaceChildren(Object.assign(document.createElement("p"), { className: "empty", textContent: words }));
    this.float();
  }

  float() {
    if (!this.isOpen) this.list.showPopover();
    this.list.style.minWidth = `${this.element.offsetWidth}px`;
    place(this.list, this.element);
  }

  close() {
    this.serial += 1;
    if (this.isOpen) this.list.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.draw();
  }

  activate(index) {
    this.list.children.length && [...this.list.querySelectorAll(".active")].forEach((row) => row.classList.remove("active"));
    this.active = index;
    const row = this.list.querySelector(`[data-index="${index}"]`);
    if (!row) return this.input.removeAttribute("aria-activedescendant");
    row.classList.add("active");
    row.scrollIntoView({ block: "nearest" });
    return this.input.setAttribute("aria-activedescendant", row.id);
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!this.isOpen) this.open();
      else if (this.options.length) this.activate((this.active + step + this.options.length) % this.options.length);
    } else if (event.key === "Enter" && this.isOpen) {
      event.preventDefault();
      if (this.options[this.active]) this.choose(this.options[this.active]);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && this.multi && !this.input.value && this.chosen.length) {
      this.set(this.chosen.slice(0, -1));
    }
  }

  choose(option) {
    if (!this.multi) {
      this.close();
      return this.set([option]);
    }
    const max = Number(this.element.dataset.max ?? Infinity);
    if (this.chosen.length >= max) return this.say(`You can choose ${max} at most`);
    this.set([...this.chosen, option]);
    this.input.value = "";
    return this.open();
  }

  set(chosen) {
    this.chosen = chosen;
    this.draw();
    markDirty(this.element);
    this.element.dispatchEvent(new CustomEvent("picked", { bubbles: true }));
  }
}

function grouped(options) {
  const groups = new Map();
  for (const each of options) {
    if (!groups.has(each.group)) groups.set(each.group, []);
    groups.get(each.group).push(each);
  }
  return [...groups].map(([label, found]) => ({ label, options: found }));
}

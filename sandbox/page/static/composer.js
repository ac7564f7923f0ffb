// Where one writes: sending, completion of commands, people, channels and emoji, drafts, attached files.

import { post } from "./acts.js";
import { place } from "./menus.js";

const composers = new WeakMap();
const SHOWN = 8;
const MARKS = [
  { pattern: /^(\/[\w-]*)$/, list: "commands" },
  { pattern: /(?:^|\s)(@[^@\n]{0,30})$/, list: "people" },
  { pattern: /(?:^|\s)(#[\w-]*)$/, list: "channels" },
  { pattern: /(?:^|\s)(:[\w+-]{2,})$/, list: "emoji" },
];

export const lists = () => JSON.parse(document.getElementById("lists").textContent);

export function composerOf(form) {
  if (!composers.has(form)) composers.set(form, new Composer(form));
  return composers.get(form);
}

class Composer {
  constructor(form) {
    this.form = form;
    this.area = form.querySelector("textarea");
    this.notice = form.querySelector(".notice");
    this.attached = form.querySelector(".attached");
    this.fileInput = form.querySelector("input[type=file]");
    this.files = [];
    this.found = [];
    this.active = 0;
    this.makeList();
    this.area.value = sessionStorage.getItem(this.draftKey) ?? "";
    this.listen();
    this.fit();
  }

  get draftKey() {
    return `draft ${document.body.dataset.base} ${this.form.dataset.composer} ${this.form.dataset.thread}`;
  }

  makeList() {
    this.list = document.createElement("div");
    Object.assign(this.list, { className: "menu completions", popover: "manual", id: `complete-${this.form.dataset.thread || "channel"}` });
    this.list.dataset.keep = "";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    this.area.setAttribute("aria-controls", this.list.id);
    this.form.append(this.list);
  }

  listen() {
    this.area.addEventListener("input", () => this.typed());
    this.area.addEventListener("keydown", (event) => this.key(event));
    this.area.addEventListener("blur", () => this.hide());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const row = event.target.closest("[role=option]");
      if (row) this.complete(this.found[Number(row.dataset.index)]);
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.fileInput.addEventListener("change", () => this.attach([...this.fileInput.files]));
    this.attached.addEventListener("click", (event) => {
      const index = event.target.closest("button")?.value;
      if (index !== undefined) this.attach([], Number(index));
    });
  }

  typed() {
    sessionStorage.setItem(this.draftKey, this.area.value);
    this.fit();
    this.suggest();
  }

  fit() {
    this.area.style.height = "auto";
    this.area.style.height = `${Math.min(this.area.scrollHeight, innerHeight * 0.4)}px`;
    this.form.classList.toggle("ready", Boolean(this.area.value.trim() || this.files.length));
  }

  insert(text) {
    this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    this.area.focus();
    this.typed();
  }

  attach(added, removed = -1) {
    this.files = this.files.filter((_, index) => index !== removed).concat(added);
    this.fileInput.value = "";
    this.attached.hidden = !this.files.length;
    this.attached.replaceChildren(...this.files.map((file, index) => {
      const chip = Object.assign(document.createElement("button"), { type: "button", className: "chip", value: index, textContent: file.name });
      chip.setAttribute("aria-label", `Remove ${file.name}`);
      return chip;
    }));
    this.fit();
  }

  suggest() {
    const before = this.area.value.slice(0, this.area.selectionStart);
    for (const { pattern, list } of MARKS) {
      const match = before.match(pattern);
      if (match) return this.offer(list, match[1]);
    }
    return this.hide();
  }

  offer(list, typed) {
    const words = typed.toLowerCase();
    const holds = list === "emoji" ? ({ hint }) => hint.startsWith(words) : ({ insert, also = "" }) => begins(insert.toLowerCase(), words) || also.startsWith(words);
    this.typedPart = typed;
    this.found = lists()[list].filter(holds).slice(0, SHOWN);
    if (!this.found.length) return this.hide();
    this.list.replaceChildren(...this.found.map((each, index) => row(each, index, this.list.id)));
    if (!this.isOpen) this.list.showPopover();
    this.list.style.minWidth = `${Math.min(this.area.offsetWidth, 420)}px`;
    place(this.list, this.form.querySelector(".composer-box"), { above: true });
    return this.activate(0);
  }

  get isOpen() {
    return this.list.matches(":popover-open");
  }

  hide() {
    if (this.isOpen) this.list.hidePopover();
    this.area.removeAttribute("aria-activedescendant");
  }

  activate(index) {
    this.active = (index + this.found.length) % this.found.length;
    for (const each of this.list.children) each.setAttribute("aria-selected", String(Number(each.dataset.index) === this.active));
    this.area.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
    this.list.children[this.active].scrollIntoView({ block: "nearest" });
  }

  complete({ insert }) {
    const end = this.area.selectionStart;
    this.area.setRangeText(`${insert} `, end - this.typedPart.length, end, "end");
    this.hide();
    this.area.focus();
    sessionStorage.setItem(this.draftKey, this.area.value);
    this.fit();
  }

  key(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (this.isOpen && step) {
      event.preventDefault();
      this.activate(this.active + step);
    } else if (this.isOpen && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.hide();
    } else if (this.isOpen && (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) && !this.isWhole) {
      event.preventDefault();
      this.complete(this.found[this.active]);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  // What is typed is already all of the suggestion, so Enter sends it.
  get isWhole() {
    return this.found[this.active].insert.toLowerCase() === this.typedPart.toLowerCase();
  }

  async send() {
    const text = this.area.value;
    const files = this.files;
    if (!text.trim() && !files.length) return;
    this.hide();
    this.say("");
    this.put("");
    this.attach([]);
    this.files = [];
    this.attach([]);
    const answer = await post("act/say", this.request(text, files));
    if (answer.ok) {
      document.dispatchEvent(new CustomEvent("said", { detail: { ...answer, thread: this.form.dataset.thread } }));
      return;
    }
    // Nothing that was typed is lost.
    if (!this.area.value) this.put(text);
    if (!this.files.length) this.attach(files);
    this.say(answer.error);
  }

  request(text, files) {
    const asked = { text, channel: this.form.dataset.channel, thread_ts: this.form.dataset.thread };
    if (!files.length) return asked;
    const form = new FormData();
    form.append("asked", JSON.stringify(asked));
    for (const file of files) form.append("file", file, file.name);
    return form;
  }

  put(text) {
    this.area.value = text;
    sessionStorage.setItem(this.draftKey, text);
    this.fit();
  }

  say(words) {
    this.notice.textContent = words;
    this.notice.hidden = !words;
  }
}

// "@iv" finds "@Ivo Marin" and "@mar" finds it too.
function begins(insert, words) {
  return insert.startsWith(words) || insert.slice(1).split(/[\s-]/).some((part) => part && part.startsWith(words.slice(1)));
}

function row({ insert, usage, hint }, index, listId) {
  const option = document.createElement("div");
  option.id = `${listId}-${index}`;
  option.dataset.index = index;
  option.setAttribute("role", "option");
  option.append(Object.assign(document.createElement("b"), { textContent: insert }));
  if (usage) option.append(` ${usage}`);
  if (hint) option.append(Object.assign(document.createElement("small"), { textContent: hint }));
  return option;
}

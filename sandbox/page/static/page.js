// The page's script: live parts, moving about without loading anew, and everything one can press.

import { act, containerOf, fieldsOf, named, post, toast, valueOf } from "./acts.js";
import { composerOf, lists } from "./composer.js";
import { ask, chooseEmoji, closeMenu, isInOpenMenu, menuIsOpen, menuKey, movesMenu, toggleMenu } from "./menus.js";
import { markDirty, morph } from "./morph.js";
import { pickerOf } from "./picker.js";
import { startClock } from "./time.js";

const data = () => document.body.dataset;
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const TYPING_MS = 300;

// --- Parts of the page that follow the workspace ---

const serials = new WeakMap();

async function refresh(part) {
  const serial = (serials.get(part) ?? 0) + 1;
  serials.set(part, serial);
  const { place, tab, thread, limit, new: first } = data();
  const words = document.querySelector("[data-log-filter]").value;
  const query = new URLSearchParams({ place, tab, thread, limit, new: first, words });
  const response = await fetch(`${data().base}/part/${part.dataset.fragment}?${query}`).catch(() => null);
  if (!response || serials.get(part) !== serial) return;
  if (!response.ok) return void (location.href = data().base); // the place is not open to this person any more
  const fresh = part.cloneNode(false);
  fresh.innerHTML = await response.text();
  if (serials.get(part) !== serial || !part.isConnected) return;
  const follow = "stick" in part.dataset && part.scrollHeight - part.scrollTop - part.clientHeight < 60;
  morph(part, fresh);
  if (follow) part.scrollTop = part.scrollHeight;
  enhance();
}

function refreshParts(names) {
  const wanted = new Set(names);
  const parts = all("[data-fragment]").filter((part) => part.dataset.on.split(" ").some((name) => wanted.has(name)));
  const shown = parts.filter((part) => !part.closest("[hidden]"));
  if (shown.some((part) => part.dataset.fragment === "messages")) markRead();
  return Promise.all(shown.map(refresh));
}

const refreshAll = () => Promise.all(all("[data-fragment]").filter((part) => !part.closest("[hidden]")).map(refresh));

function listen() {
  const source = new EventSource(`${data().base}/live`);
  source.addEventListener("message", (event) => {
    const names = JSON.parse(event.data);
    if (names.includes("all")) refreshAll();
    else refreshParts(names);
  });
}

async function markRead() {
  const { channel, tab } = data();
  if (!channel || tab === "home" || document.visibilityState !== "visible" || !document.hasFocus()) return;
  const { fresh } = await post("read", { channel });
  if (fresh) refreshParts(["sidebar"]);
}

// What the server drew becomes alive.
function enhance() {
  all(".picker").forEach(pickerOf);
  all("form.composer").forEach(composerOf);
  all(".block.input").forEach(describe);
  all("input[type=date], input[type=time], input[type=datetime-local]").forEach(markUnset);
  showModals();
}

// A browser shows "mm/dd/yyyy" in an empty field, by its own language; the placeholder reads better.
function markUnset(field) {
  field.classList.toggle("unset", !field.value);
}

// Screen readers hear a field's error and hint with the field.
function describe(block) {
  const field = block.querySelector("input, textarea, .choices");
  if (!field) return;
  field.setAttribute("aria-invalid", String(block.classList.contains("has-error")));
  field.setAttribute("aria-describedby", all(".field-error:not([hidden]), .hint", block).map(({ id }) => id).join(" "));
}

// What was wrong with a field is not said of what is written there now.
function forgive(field) {
  const block = field.closest(".block.has-error");
  if (!block) return;
  block.classList.remove("has-error");
  block.querySelector(".field-error").hidden = true;
  describe(block);
}

function showModals() {
  for (const dialog of all("#modals > dialog")) {
    if (!dialog.hasAttribute("data-top")) dialog.open && dialog.close();
    else if (!dialog.open) dialog.showModal();
  }
  const top = document.querySelector("#modals > dialog[data-top]");
  const focused = document.activeElement;
  if (top && !focused.closest?.(".modal-body, footer")) focusFirst(top);
}

function focusFirst(dialog) {
  const fields = "input, textarea, select, button";
  const first = dialog.querySelector(".modal-body [autofocus]") ?? dialog.querySelector(`.modal-body :is(${fields}):not([tabindex="-1"])`);
  (first ?? dialog.querySelector("footer button:last-child"))?.focus();
}

// --- Moving about ---

async function visit(href, { push = true } = {}) {
  const response = await fetch(href).catch(() => null);
  if (!response?.ok) return void (location.href = href);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const { place, tab, thread } = data();
  if (push) history.pushState(null, "", response.url + new URL(href, location).hash);
  morph(document.body, fresh.body);
  document.title = fresh.title;
  const moved = place !== data().place || tab !== data().tab;
  settle({ moved, openedThread: data().thread && data().thread !== thread });
}

function settle({ moved, openedThread }) {
  const narrow = matchMedia("(max-width: 760px)").matches;
  enhance();
  if (narrow || openedThread) foldTour();
  if (moved) toEnd("messages");
  if (moved || openedThread) toEnd("thread");
  showTarget();
  const form = document.querySelector(openedThread ? ".pane form.composer" : ".composing form.composer");
  if ((moved || openedThread) && form && !narrow && !document.querySelector("dialog[open]")) form.querySelector("textarea").focus();
  if (moved) lookAtApp();
}

function toEnd(id) {
  const scroll = document.getElementById(id);
  if (scroll && "stick" in scroll.dataset) scroll.scrollTop = scroll.scrollHeight;
}

function showTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target?.classList.contains("message")) return;
  target.scrollIntoView({ block: "center" });
  target.classList.add("flash");
  setTimeout(() => target.classList.remove("flash"), 2500);
}

async function lookAtApp() {
  const { app, tab, channel } = data();
  if (!app) return;
  const answer = await act("open_app", { app, tab });
  if (answer.ok && answer.channel && !channel) visit(location.href, { push: false });
}

// --- What one can press ---

const messageOf = (element) => element.closest("[data-message]").dataset.message;

const PRESSED = {
  "[data-menu]": (button) => toggleMenu(button),
  "[data-react]": (button) => act("react", { message: messageOf(button), name: button.dataset.react }),
  "[data-emoji]": async (button) => {
    const message = messageOf(button);
    const name = await chooseEmoji(button, lists().emoji);
    if (name) act("react", { message, name });
  },
  "[data-emoji-insert]": async (button) => {
    const form = button.closest("form");
    const name = await chooseEmoji(button, lists().emoji);
    if (name) composerOf(form).insert(`:${name}: `);
  },
  "[data-insert]": (button) => composerOf(button.closest("form")).insert(button.dataset.insert),
  "[data-shortcut]": (button) =>
    act("shortcut", { callback_id: button.dataset.shortcut, message: button.closest("[data-message]")?.dataset.message }),
  "[data-copy]": async (button) => {
    await navigator.clipboard?.writeText(location.origin + button.dataset.copy).catch(() => null);
    toast("The link is copied.");
  },
  "[data-edit]": async (button) => {
    const { message, text: field } = button.closest("[data-message]").dataset;
    const text = await ask({ title: "Edit message", confirm: "Save", field });
    if (text) act("edit", { message, text });
  },
  "[data-delete]": async (button) => {
    const message = messageOf(button);
    const text = "It goes for everyone, and does not come back.";
    if (await ask({ title: "Delete this message?", text, confirm: "Delete", style: "danger" })) act("delete", { message });
  },
  "[data-join]": async () => (await act("join", { channel: data().channel })).ok && visit(location.href, { push: false }),
  "[data-leave]": async () => (await act("leave", { channel: data().channel })).ok && visit(data().base),
  "[data-invite]": (button) => act("invite", { channel: data().channel, user: button.dataset.invite }),
  "[data-clock-to]": (button) => act("clock", { to: button.dataset.clockTo }),
  "[data-clock-advance]": (button) => act("clock", { advance_seconds: Number(button.dataset.clockAdvance) }),
  "[data-clock-runs]": (button) => act("clock", { runs: button.dataset.clockRuns === "true" }),
  "[data-close]": (button) => closeView(button.closest("[data-view]")),
  "[data-close-all]": (button) => closeView(button.closest("[data-view]"), true),
  "[data-log]": () => toggleLog(),
  "[data-drawer]": () => drawer(!document.body.classList.contains("drawer-open")),
  "[data-drawer-close]": () => drawer(false),
  "[data-dismiss-tour]": () => putTourAway(true),
  "[data-show-tour]": () => putTourAway(false),
  "[data-act=overflow] [role=menuitem]": (item) => interact(item.closest("[data-act]"), item.dataset.value),
  "[data-act=button], [data-act=icon_button], [data-act=feedback_buttons]": (button) => interact(button, button.dataset.value ?? null),
};

function pressed(event) {
  if (menuIsOpen() && !isInOpenMenu(event.target)) closeMenu();
  closePopover(event.target);
  const link = event.target.closest("a[data-nav]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    closeMenu();
    return void visit(link.href);
  }
  for (const [selector, run] of Object.entries(PRESSED)) {
    const found = event.target.closest(selector);
    if (!found || found.disabled) continue;
    if (selector !== "[data-menu]") closeMenu();
    return void run(found);
  }
}

// The list of members; true where there was one to close.
function closePopover(clicked = null) {
  const open = all(".popover[open]").filter((each) => !each.contains(clicked));
  open.forEach((each) => (each.open = false));
  return open.length > 0;
}

async function interact(element, value) {
  const confirm = element.dataset.confirm && JSON.parse(element.dataset.confirm);
  if (confirm && !(await ask(confirm))) return resetTo(element);
  const container = containerOf(element);
  element.classList.add("busy");
  const body = { ...container.target, ...named(element), value, values: fieldsOf(container.holder) };
  const answer = await post("act/interact", body);
  element.classList.remove("busy");
  element.classList.toggle("failed", !answer.ok);
  element.title = answer.ok ? "" : answer.error;
  if (!answer.ok) toast(answer.error);
}

// A choice that was not confirmed goes back to what it was.
function resetTo(element) {
  if (element.classList.contains("picker")) pickerOf(element).reset();
  else if (element.classList.contains("choices")) {
    const values = JSON.parse(element.dataset.initial);
    all("input", element).forEach((box) => (box.checked = values.includes(box.value)));
  } else if ("initial" in element.dataset) element.value = element.dataset.initial;
}

async function closeView(dialog, everything = false) {
  await act("close", { view: dialog.dataset.view, all: everything });
  refreshParts(["modal"]);
}

const saving = new WeakSet(); // forms on their way

async function submitted(event) {
  const form = event.target;
  const dialog = form.closest("dialog[data-view]");
  if (!dialog) return;
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  if (!button || button.disabled || button.classList.contains("busy")) return;
  button.classList.add("busy");
  saving.add(form);
  const answer = await post("act/submit", { view: dialog.dataset.view, values: fieldsOf(dialog) });
  button.classList.remove("busy");
  await refreshParts(["modal"]);
  saving.delete(form);
  if (!answer.ok && !dialog.querySelector(".banner")) toast(answer.error);
  dialog.querySelector(".has-error :is(input, textarea)")?.focus();
}

// --- Fields that tell the app as they change ---

const timers = new WeakMap();

function changed(event) {
  const field = event.target.closest("[data-value-holder]");
  if (!field) return;
  markDirty(field);
  forgive(field);
  if (field.matches("input[placeholder]:not([type=text])")) markUnset(field);
  const kinds = field.dataset.dispatch?.split(" ");
  const isLine = field.dataset.act.endsWith("_input");
  if (!kinds || (isLine && !kinds.includes("on_character_entered"))) return;
  if (isLine !== (event.type === "input")) return;
  if (field.classList.contains("picker") && event.type !== "picked") return;
  clearTimeout(timers.get(field));
  // Its modal may have been saved meanwhile, or be on its way with what stands in the field.
  const tell = () => field.isConnected && !saving.has(field.closest("form")) && interact(field, valueOf(field));
  timers.set(field, setTimeout(tell, isLine ? TYPING_MS : 0));
}

function typedKey(event) {
  if (menuKey(event)) return;
  const field = event.target.closest?.("[data-value-holder]");
  const line = field?.dataset.act.endsWith("_input");
  if (line && event.key === "Enter" && field.dataset.dispatch?.includes("on_enter_pressed") && !event.shiftKey) {
    event.preventDefault();
    interact(field, field.value);
  } else if (line && event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
    field.closest("form")?.requestSubmit();
  } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    if (closePopover()) return;
    if (document.body.classList.contains("drawer-open")) drawer(false);
    else document.querySelector("[data-close-pane]")?.click();
  }
}

// --- Drawer, log, tour ---

function drawer(open) {
  document.body.classList.toggle("drawer-open", open);
  document.querySelector("[data-drawer]").setAttribute("aria-expanded", String(open));
  if (open) document.querySelector(".sidebar a")?.focus();
}

function toggleLog() {
  const pane = document.querySelector(".pane.log");
  pane.hidden = !pane.hidden;
  document.body.classList.toggle("with-log", !pane.hidden);
  document.cookie = `log_open=${pane.hidden ? "no" : "yes"}; path=/; samesite=lax`;
  document.querySelector(".topbar [data-log]").setAttribute("aria-pressed", String(!pane.hidden));
  if (!pane.hidden) refreshParts(["log"]);
}

async function showExchange(event) {
  const line = event.target;
  const body = line.querySelector?.(".exchange-body");
  if (!line.open || !body || body.childElementCount) return;
  const response = await fetch(`${data().base}/log/${line.dataset.exchange}`);
  if (response.ok) body.innerHTML = await response.text();
}

function foldTour() {
  const list = document.querySelector(".tour details");
  if (list) list.open = false;
}

async function putTourAway(dismissed) {
  await post("tour", { dismissed });
  visit(location.href, { push: false });
}

// --- Beginning ---

document.addEventListener("click", pressed);
document.addEventListener("submit", submitted);
document.addEventListener("keydown", typedKey);
for (const kind of ["input", "change", "picked"]) document.addEventListener(kind, changed);
document.addEventListener("toggle", showExchange, true);
document.addEventListener("cancel", (event) => {
  const dialog = event.target;
  if (!dialog.matches?.("dialog[data-view]")) return;
  event.preventDefault();
  if (!menuIsOpen()) closeView(dialog);
}, true);
document.addEventListener("parts", (event) => refreshParts(event.detail));
document.addEventListener("said", async (event) => {
  const { channel, thread } = event.detail;
  if (channel !== data().channel) return visit(location.href, { push: false });
  await refreshParts([`channel:${channel}`, thread ? `thread:${thread}` : ""]);
  return toEnd(thread ? "thread" : "messages");
});
document.addEventListener("input", (event) => event.target.matches("[data-log-filter]") && refreshParts(["log"]));
document.addEventListener("mousedown", (event) => event.target.matches("dialog[open]:not([data-view])") && event.target.close("no"));
addEventListener("popstate", () => visit(location.href, { push: false }));
addEventListener("focus", markRead);
addEventListener("scroll", (event) => movesMenu(event.target) && closeMenu(), true);

listen();
startClock();
settle({ moved: true, openedThread: Boolean(data().thread) });

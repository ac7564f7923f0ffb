// Makes what is on the page like what the server drew, without touching what a person is doing:
// focus, typed text, scroll, open menus and open details stay.

const OWN = new Set(["value", "checked", "open"]); // attributes that a person changes, not the server
const dirty = new WeakSet(); // fields changed by hand since their values were last sent

export const markDirty = (field) => dirty.add(field);
export const markClean = (field) => dirty.delete(field);

export function morph(from, to) {
  if (from.hasAttribute("data-keep")) return;
  const initialChanged = from.getAttribute("data-initial") !== to.getAttribute("data-initial");
  syncAttributes(from, to);
  if (from.classList.contains("picker")) {
    if (initialChanged && !dirty.has(from)) from.dispatchEvent(new CustomEvent("reset-value"));
    return;
  }
  if (from.tagName === "TEXTAREA" || from.tagName === "INPUT") {
    if (initialChanged && !dirty.has(from) && from !== document.activeElement) from.value = to.dataset.initial;
    return;
  }
  const choices = from.classList.contains("choices") && initialChanged && !dirty.has(from);
  morphChildren(from, to);
  if (choices) setChoices(from, JSON.parse(to.dataset.initial));
}

function setChoices(group, values) {
  for (const box of group.querySelectorAll("input")) box.checked = values.includes(box.value);
}

function syncAttributes(from, to) {
  const mine = (name) => OWN.has(name) || (name === "aria-expanded" && from.hasAttribute("data-menu"));
  for (const { name, value } of to.attributes) {
    if (!mine(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (!mine(name) && name !== "style" && !to.hasAttribute(name)) from.removeAttribute(name);
  }
}

const keyOf = (node) => (node.nodeType === 1 ? node.id || node.dataset.key : "");

function morphChildren(from, to) {
  const wantedKeys = new Set([...to.children].map(keyOf).filter(Boolean));
  const present = new Map([...from.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let cursor = from.firstChild;
  const next = () => {
    // What will not be there any more goes first, so that what stays is not moved and keeps its focus.
    while (cursor && keyOf(cursor) && !wantedKeys.has(keyOf(cursor))) {
      const gone = cursor;
      cursor = cursor.nextSibling;
      gone.remove();
    }
  };
  for (const wanted of [...to.childNodes]) {
    next();
    const key = keyOf(wanted);
    const match = key ? present.get(key) : alike(cursor, wanted) ? cursor : null;
    if (!match || match.nodeName !== wanted.nodeName) {
      from.insertBefore(wanted, cursor);
      continue;
    }
    if (match === cursor) cursor = cursor.nextSibling;
    else from.insertBefore(match, cursor);
    if (match.nodeType === 1) morph(match, wanted);
    else if (match.nodeValue !== wanted.nodeValue) match.nodeValue = wanted.nodeValue;
  }
  while (cursor) {
    const gone = cursor;
    cursor = cursor.nextSibling;
    if (!(gone.nodeType === 1 && gone.hasAttribute("data-keep"))) gone.remove();
  }
}

const alike = (node, wanted) => node && !keyOf(node) && node.nodeName === wanted.nodeName;

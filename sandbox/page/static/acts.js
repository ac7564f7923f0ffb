// Talking to the server: acts, values of inputs, and words for the person.

import { markClean } from "./morph.js";
import { pickerOf } from "./picker.js";

export const base = () => document.body.dataset.base;

export async function post(path, body) {
  const options = { method: "POST" };
  if (body instanceof FormData) options.body = body;
  else Object.assign(options, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  try {
    const response = await fetch(`${base()}/${path}`, options);
    if (!response.ok) return { ok: false, error: "That did not work. Load the page again and try once more." };
    if (response.headers.get("X-Tour")) document.dispatchEvent(new CustomEvent("parts", { detail: ["tour"] }));
    return await response.json();
  } catch {
    return { ok: false, error: "The workspace does not answer. Is it still running?" };
  }
}

// An act whose failure is told in a small message at the bottom.
export async function act(name, body) {
  const answer = await post(`act/${name}`, body);
  if (!answer.ok) toast(answer.error);
  return answer;
}

let toastTimer;
export function toast(words) {
  const box = document.getElementById("toast");
  box.textContent = words;
  box.hidden = false;
  // A modal lies on top of everything else, so the message has to join it there.
  if (box.isConnected && box.showPopover) {
    box.popover = "manual";
    if (box.matches(":popover-open")) box.hidePopover();
    box.showPopover();
  }
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    if (box.matches(":popover-open")) box.hidePopover();
    box.hidden = true;
  }, 6000);
}

// Where an element stands: in a message, or in a modal or home.
export function containerOf(element) {
  const holder = element.closest("[data-view], [data-message]");
  if (!holder) return null;
  const { view, message } = holder.dataset;
  return { holder, target: view ? { view } : { message } };
}

export function fieldsOf(holder) {
  const fields = [...holder.querySelectorAll("[data-value-holder]")];
  fields.forEach(markClean);
  return fields.map((field) => ({ ...named(field), value: valueOf(field) }));
}

export const named = ({ dataset }) => ({ block: dataset.block, action: dataset.action, type: dataset.act });

export function valueOf(field) {
  if (field.classList.contains("picker")) return pickerOf(field).value;
  if (!field.classList.contains("choices")) return field.value;
  const chosen = [...field.querySelectorAll("input:checked")].map((box) => box.value);
  return field.dataset.act === "radio_buttons" ? chosen[0] ?? "" : chosen;
}

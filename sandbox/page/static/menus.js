// Menus, dialogs and lists that float above the page.

export function place(floating, anchor, { above = false, alignEnd = false } = {}) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = floating;
  const below = box.bottom + 4 + height <= innerHeight && !above;
  const top = below || box.top - 4 - height < 0 ? box.bottom + 4 : box.top - 4 - height;
  const left = alignEnd || box.left + width > innerWidth - 8 ? box.right - width : box.left;
  floating.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
  floating.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
}

let open = null; // {button, menu}

export function toggleMenu(button) {
  const menu = button.parentElement.querySelector(".menu");
  const again = open?.menu === menu;
  closeMenu();
  if (again) return;
  open = { button, menu };
  button.setAttribute("aria-expanded", "true");
  menu.showPopover();
  place(menu, button, { alignEnd: button.matches(".tools .tool, .acting") });
  items(menu)[0]?.focus({ preventScroll: true });
}

export function closeMenu({ refocus = false } = {}) {
  if (!open) return false;
  const { button, menu } = open;
  open = null;
  button.setAttribute("aria-expanded", "false");
  if (menu.matches(":popover-open")) menu.hidePopover();
  if (refocus) button.focus();
  return true;
}

const items = (menu) => [...menu.querySelectorAll("[role=menuitem]")];

export function menuKey(event) {
  if (!open) return false;
  if (event.key === "Escape") {
    event.preventDefault();
    return closeMenu({ refocus: true });
  }
  if (event.key === "Tab") return closeMenu() && false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return false;
  event.preventDefault();
  const all = items(open.menu);
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
  return true;
}

export const menuIsOpen = () => open !== null;
// Whether what scrolls takes the button of the open menu along; what goes on elsewhere on the page closes nothing.
export const movesMenu = (scroller) => open !== null && scroller.contains(open.button);
export const isInOpenMenu = (node) => open !== null && (open.menu.contains(node) || open.button.contains(node));

// Asks a question in a small dialog; resolves to true, or to the text where there is a field to write in.
export function ask({ title, text = "", confirm = "Yes", deny = "Cancel", style = "primary", field = null }) {
  const dialog = document.createElement("dialog");
  dialog.className = "modal confirm";
  dialog.dataset.keep = "";
  dialog.setAttribute("aria-label", title);
  const form = Object.assign(document.createElement("form"), { method: "dialog" });
  const heading = Object.assign(document.createElement("h2"), { textContent: title });
  const words = Object.assign(document.createElement("p"), { textContent: text });
  const area = field === null ? null : Object.assign(document.createElement("textarea"), { className: "field", rows: 4, value: field });
  area?.setAttribute("aria-label", title);
  const no = Object.assign(document.createElement("button"), { className: "btn", value: "no", textContent: deny });
  const yes = Object.assign(document.createElement("button"), { className: `btn btn-${style || "primary"}`, value: "yes", textContent: confirm });
  const body = document.createElement("div");
  body.className = "modal-body";
  body.append(...[text && words, area].filter(Boolean));
  const foot = document.createElement("footer");
  foot.append(no, yes);
  const head = document.createElement("header");
  head.append(heading);
  form.append(head, body, foot);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  (area ?? yes).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes" ? area?.value ?? true : null);
      dialog.remove();
    });
  });
}

// A small grid of emoji; resolves to the chosen one's name, or null.
export function chooseEmoji(anchor, table) {
  const sheet = document.createElement("div");
  Object.assign(sheet, { className: "menu emoji-sheet", popover: "auto" });
  sheet.dataset.keep = "";
  sheet.setAttribute("role", "dialog");
  sheet.setAttribute("aria-label", "Emoji");
  const search = Object.assign(document.createElement("input"), { className: "field", placeholder: "Find an emoji", type: "search" });
  search.setAttribute("aria-label", "Find an emoji");
  const grid = document.createElement("div");
  grid.className = "emoji-grid";
  sheet.append(search, grid);
  (anchor.closest("dialog") ?? document.body).append(sheet);
  const draw = () => {
    const found = table.filter(({ hint }) => hint.includes(search.value.toLowerCase())).slice(0, 64);
    grid.replaceChildren(...found.map(({ insert, hint }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: insert, title: hint, value: hint.slice(1, -1) });
      button.setAttribute("aria-label", hint.slice(1, -1));
      return button;
    }));
  };
  draw();
  sheet.showPopover();
  place(sheet, anchor, { alignEnd: true });
  search.focus();
  return new Promise((resolve) => {
    const end = (name) => {
      resolve(name);
      sheet.remove();
    };
    search.addEventListener("input", draw);
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") end(grid.querySelector("button")?.value ?? null);
    });
    grid.addEventListener("click", (event) => event.target.value && end(event.target.value));
    sheet.addEventListener("toggle", (event) => event.newState === "closed" && end(null));
  });
}

// What pages do beyond HTML and htmx: menus, shortcuts, saving by itself, no double clicks.
"use strict";

(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  document.documentElement.classList.add("js");

  // The navigation of a phone.
  const toggle = document.querySelector("[data-nav-toggle]");
  const nav = document.getElementById("navigation");
  const showNav = (open) => {
    nav.classList.toggle("open", open);
    toggle.setAttribute("aria-expanded", String(open));
  };
  if (toggle && nav) {
    toggle.addEventListener("click", () => showNav(!nav.classList.contains("open")));
  }

  // Parts of a long page open by their address, and on paper all of them are open.
  const openPart = () => {
    const part = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const fold = part && part.closest("details.fold");
    if (fold && !fold.open) {
      fold.open = true;
      part.scrollIntoView();
    }
  };
  openPart();
  window.addEventListener("hashchange", openPart);
  window.addEventListener("beforeprint", () => all("details.fold").forEach((fold) => (fold.open = true)));

  // Menus made of <details> close with Esc, and when something else is clicked.
  const closeMenus = (except) => all("details.menu[open]").forEach((menu) => menu !== except && menu.removeAttribute("open"));
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

  // Shortcuts: links and buttons name their keys in data-key, such as "g r".
  const dialog = document.getElementById("shortcuts");
  const targets = () => new Map(all("[data-key]").map((element) => [element.dataset.key, element]));
  const typing = (element) => element.closest("input, select, textarea, [contenteditable]");
  let started = "";
  let timer = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      closeMenus(null);
      if (menu) menu.querySelector("summary").focus();
      if (nav && nav.classList.contains("open")) {
        showNav(false);
        toggle.focus();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || (dialog && dialog.open)) return;
    if (event.key === "?" && dialog) {
      event.preventDefault();
      dialog.showModal();
      return;
    }
    const keys = started ? `${started} ${event.key}` : event.key;
    clearTimeout(timer);
    started = "";
    const target = targets().get(keys);
    if (target) {
      event.preventDefault();
      if (typing(target) || "keyFocus" in target.dataset) target.focus();
      else target.click();
    } else if (event.key === "g") {
      started = "g";
      timer = setTimeout(() => (started = ""), 1500);
    }
  });
  all("[data-open-shortcuts]").forEach((button) => button.addEventListener("click", () => dialog.showModal()));

  // A form is sent once; a draft that is being saved is waited for, so that its version is the newest.
  const saving = new WeakSet();
  const waiting = new WeakSet();
  const busy = (form, on) => {
    all("button[type=submit], button:not([type])", form).forEach((button) => button.classList.toggle("busy", on));
    if (on) form.setAttribute("aria-busy", "true");
    else form.removeAttribute("aria-busy");
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.hasAttribute("aria-busy")) {
      event.preventDefault();
      return;
    }
    if (saving.has(form)) {
      event.preventDefault();
      const submitter = event.submitter;
      if (!waiting.has(form)) {
        waiting.add(form);
        form.addEventListener("draft:saved", () => { waiting.delete(form); form.requestSubmit(submitter); }, { once: true });
      }
      return;
    }
    busy(form, true);
  });
  window.addEventListener("pageshow", () => all("form[aria-busy]").forEach((form) => busy(form, false)));

  const draft = (event) => (event.detail.elt && event.detail.elt.matches("form[data-draft]") ? event.detail.elt : null);
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = draft(event);
    if (!form) return;
    if (form.hasAttribute("aria-busy")) event.preventDefault();
    else saving.add(form);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = draft(event);
    if (!form) return;
    saving.delete(form);
    form.dispatchEvent(new CustomEvent("draft:saved"));
    const status = form.querySelector("[data-draft-status]");
    if (status && !event.detail.successful && !event.detail.xhr.status) status.textContent = status.dataset.offline;
  });

  // What was typed outlives a lost session: this tab keeps it until the same reader is back at the form.
  const KEPT = "typed";
  const frame = document.querySelector(".frame");
  const keep = () => {
    const form = document.querySelector("form[data-draft]");
    if (!form || !frame) return;
    const typed = Object.fromEntries(Array.from(new FormData(form)).filter(([name]) => name !== "csrf_token"));
    const address = location.pathname + location.search;
    sessionStorage.setItem(KEPT, JSON.stringify({ reader: frame.dataset.reader, address, typed }));
  };
  document.addEventListener("htmx:beforeOnLoad", (event) => event.detail.xhr.status === 401 && keep());
  document.addEventListener("submit", (event) => event.target.matches("form[data-draft]") && keep());
  const bringBack = ({ reader, address, typed, lost }) => {
    if (!lost || reader !== frame.dataset.reader) sessionStorage.removeItem(KEPT);
    else if (location.pathname + location.search !== address) location.replace(address);
    else {
      sessionStorage.removeItem(KEPT);
      htmx.ajax("POST", "/requests/form", { source: document.body, target: "#request-form", swap: "outerHTML", values: typed }).then(() => {
        const form = document.getElementById("request-form");
        form.querySelector("[data-draft-status]").textContent = form.dataset.back;
      });
    }
  };
  const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
  if (kept && frame) bringBack(kept);
  else if (kept) sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, lost: true }));

  // A row that was added is where the typing goes on; after one was taken away, the way back is the button.
  document.addEventListener("htmx:afterSwap", (event) => {
    const { elt, requestConfig } = event.detail;
    const step = (requestConfig && requestConfig.parameters && requestConfig.parameters.step) || "";
    const [verb, part] = String(step).split("-");
    if (!elt || elt.id !== "request-form" || !part) return;
    const add = elt.querySelector(`button[name=step][value="add-${part}"]`);
    const rows = all(`[name^="${part}-"]`, elt).map((field) => Number(field.name.split("-")[1]));
    const last = elt.querySelector(`[name^="${part}-${Math.max(...rows)}-"]`);
    const target = verb === "add" ? last : add;
    if (!target) return;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "center", behavior: "instant" });
  });

  // What went wrong is read first.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  // The chosen row of a long list is in sight.
  const chosen = document.querySelector(".pane-list .list-row[aria-current]");
  if (chosen) {
    const pane = chosen.closest(".pane-list");
    pane.scrollTop += chosen.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-print]")) window.print();
    if (button.matches("[data-copy]")) {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      navigator.clipboard.writeText(field.value).then(() => (button.querySelector("[data-copied]").hidden = false));
    }
  });
})();

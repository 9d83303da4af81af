// What the pages do beyond forms and links: keys, live refresh, theme, menus, drafts. No build, no dependency but htmx.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const store = {
    get(name) { try { return localStorage.getItem(name); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(name, value); } catch { /* kept for this page only */ } },
  };

  // Theme: "auto" follows the system. theme.js has applied the stored one before the first paint.
  function showTheme(theme) {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    for (const button of all("[data-theme-choice]"))
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  }

  // Single keys: off for whoever turned them off in this browser (WCAG 2.1.4).
  let keysOn = store.get("portevoix-keys") !== "off";
  function showKeys() {
    document.documentElement.dataset.keys = keysOn ? "on" : "off";
    for (const box of all("[data-keys-switch]")) box.checked = keysOn;
  }

  const typing = (element) => element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

  function move(step) {
    const rows = all("[data-row]").filter((row) => row.checkVisibility());
    if (!rows.length) return;
    let at = rows.indexOf(document.activeElement);
    if (at < 0) at = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1);
    rows[next].focus();
    rows[next].closest("li, tr")?.scrollIntoView({ block: "nearest" });
  }

  function use(key) {
    const target = all("[data-key]").find((each) => each.dataset.key === key && (each.tagName === "DIALOG" || each.checkVisibility()));
    if (!target) return false;
    if (target.tagName === "DIALOG") target.showModal();
    else if (typing(target)) target.focus();
    else target.click();
    return true;
  }

  function press(event) {
    if (event.key === "Escape") return escape(event);
    if (!keysOn || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
    else if (event.key === "o") { if (document.activeElement.matches("[data-row]")) document.activeElement.click(); }
    else if (!use(event.key)) return;
    event.preventDefault();
  }

  function escape(event) {
    const menu = event.target.closest("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    else if (typing(event.target)) event.target.blur();
  }

  function click(event) {
    for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    const theme = event.target.closest("[data-theme-choice]")?.dataset.themeChoice;
    if (theme) { store.set("portevoix-theme", theme); showTheme(theme); }
    const given = event.target.closest("[data-put]")?.dataset.put;
    if (given) put(document.getElementById(given));
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) { event.preventDefault(); dialog.showModal(); }
  }

  // An answer that was given before goes to the end of what is being written, which stays: there without greeting and
  // signature, and never with a colleague's.
  function put(answer) {
    const field = document.getElementById("reply-text");
    if (!field || !answer) return;
    const written = field.value.trimEnd(), given = answer.cloneNode(true);
    for (const edge of all(written ? "[data-edge]" : "[data-edge=foreign]", given)) edge.remove();
    const text = given.textContent.trim(), first = String.fromCodePoint(text.codePointAt(0) ?? 32);
    field.value = written ? `${written}\n\n${first.toLocaleUpperCase()}${text.slice(first.length)}` : text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (!field.checkVisibility()) location.hash = "main"; // a phone shows one pane at a time
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  function tell(place, template) {
    document.getElementById(place)?.replaceChildren(document.getElementById(template).content.cloneNode(true));
  }

  // Live refresh: the server says that something changed, the parts of the page that care ask for themselves again.
  function listen(url) {
    let wait = 2000, lost = false, timer;
    // "12,13" of "changed" is portevoix:changed-12 and -13 at once, nobody knows which: portevoix:changed-any. Then, for
    // all of them together, portevoix:changed: within a while that is the longer the more pages are open, and not before
    // somebody looks at this one; and once a minute anyway, since times in words grow old.
    const say = (name, detail) => document.body.dispatchEvent(new CustomEvent(`portevoix:${name}`, { detail }));
    let spread = 0, soon, old;
    const seen = () => {
      clearTimeout(old);
      if (document.hidden) return addEventListener("visibilitychange", seen, { once: true });
      old = setTimeout(seen, 60000);
      say("changed");
    };
    old = setTimeout(seen, 60000);
    const later = () => soon ??= setTimeout(() => { soon = undefined; seen(); }, Math.random() * spread * 1000);
    const pass = (name, data) => {
      if (name === "changed") later();
      for (const id of data ? data.split(",") : ["any"]) say(`${name}-${id}`, data);
    };
    const changed = (data) => pass("changed", data);
    const connect = () => {
      const source = new EventSource(url, { withCredentials: true });
      source.addEventListener("spread", (event) => { spread = Number(event.data); });
      for (const name of ["changed", "presence"]) source.addEventListener(name, (event) => pass(name, event.data));
      source.onopen = () => {
        clearTimeout(timer);
        timer = undefined;
        wait = 2000;
        if (!lost) return;
        lost = false;
        document.getElementById("live-told")?.replaceChildren();
        changed(""); // what was missed meanwhile
      };
      source.onerror = () => {
        timer ??= setTimeout(() => { lost = true; tell("live-told", "live-lost"); }, 8000);
        if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
        setTimeout(connect, wait);
        wait = Math.min(wait * 2, 60000);
      };
      addEventListener("pagehide", () => source.close(), { once: true });
    };
    connect();
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  // Drafts: a form that was typed in and not sent asks before it is left.
  const written = new Set();
  const draft = (event) => event.target.closest?.("form[data-draft]");
  addEventListener("input", (event) => { const form = draft(event); if (form) written.add(form); });
  addEventListener("submit", (event) => { if (!event.target.hasAttribute("hx-post")) written.delete(event.target); });
  addEventListener("beforeunload", (event) => {
    if ([...written].some((form) => form.isConnected)) event.preventDefault();
  });

  document.addEventListener("keydown", press);
  document.addEventListener("click", click);
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-switch]")) return;
    keysOn = event.target.checked;
    store.set("portevoix-keys", keysOn ? "on" : "off");
    showKeys();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) written.delete(draft(event));
    else if (event.detail.xhr?.status && !event.detail.xhr.getResponseHeader("HX-Retarget")) tell("told", "request-failed");
  });
  // What was typed and not sent would go with the conversation: then the browser asks, as it does for a page.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.boosted || ![...written].some((form) => form.isConnected)) return;
    event.preventDefault();
    location.assign(event.detail.elt.href);
  });
  // A request that gave way to a newer one of the same form was not lost.
  for (const lost of ["htmx:sendError", "htmx:timeout"])
    document.addEventListener(lost, () => tell("told", "request-lost"));
  // An error that the server put into words goes where it says; every other one leaves the page as it is.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
  });

  // The open conversation's row is marked in the list beside it, which may have come before it was opened.
  function markCurrent() {
    for (const row of all(".pane [data-row]")) {
      if (row.pathname === location.pathname) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }
  // It is shown within its list once; the page itself stays at its top.
  function showCurrent() {
    const row = document.querySelector("[data-row][aria-current]")?.closest("li, tr"), pane = row?.closest(".pane");
    if (!pane || pane.scrollHeight <= pane.clientHeight) return;
    const { top, bottom } = row.getBoundingClientRect(), frame = pane.getBoundingClientRect();
    if (bottom > frame.bottom) pane.scrollTop += Math.min(bottom - frame.bottom, top - frame.top) + frame.height / 4;
  }
  let shown = false;
  document.addEventListener("htmx:afterSettle", (event) => {
    markCurrent();
    if (!shown && (shown = Boolean(document.querySelector(".pane [data-row]")))) showCurrent();
    // A conversation that was chosen in the list is where one reads on.
    if (event.detail.requestConfig?.boosted) document.getElementById("conversation-title")?.focus();
  });

  const stored = store.get("portevoix-theme");
  showTheme(stored === "light" || stored === "dark" ? stored : "auto");
  showKeys();
  if (document.body.dataset.liveUrl) listen(document.body.dataset.liveUrl);
})();

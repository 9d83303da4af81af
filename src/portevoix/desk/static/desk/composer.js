// Around the composer: what stays as it is, where the focus goes, and what is said when a draft could not be kept.
"use strict";
(() => {
  const here = (name) => document.getElementById(name);
  const words = (element) => element.textContent.replace(/\s+/g, " ").trim();

  // What says the same is not put there again: it would be read out again. What moves under a finger or a mouse that
  // is pressed waits until it is let go, or the click would be lost.
  let pressed = false;
  const waiting = new Map();
  function put(target, fragment) {
    if (words(target) !== words(fragment)) target.replaceChildren(...fragment.childNodes);
    openFew();
  }
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (!target.closest("[data-steady]")) return;
    event.detail.shouldSwap = false;
    if (pressed) waiting.set(target, fragment);
    else put(target, fragment);
  });
  document.addEventListener("pointerdown", (event) => { pressed = Boolean(event.target.closest("[data-steady]")); });
  const letGo = () => setTimeout(() => { // after the click
    pressed = false;
    for (const [target, fragment] of waiting) put(target, fragment);
    waiting.clear();
  });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, letGo);

  // A few hints are open, many are closed; what somebody chose stays.
  document.addEventListener("click", (event) => {
    const summary = event.target.closest("#tone-summary");
    if (summary) summary.parentElement.dataset.chosen = "";
  });
  function openFew() {
    const hints = here("tone-hints");
    if (!hints || "chosen" in hints.dataset || hints.contains(document.activeElement)) return;
    const number = hints.querySelectorAll("li").length;
    hints.open = number > 0 && number < 4;
  }

  // Nothing was kept: then nothing says that it was.
  for (const failed of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
    document.addEventListener(failed, (event) => {
      const lost = here("reply-text")?.dataset.lost, place = here("draft-kept");
      if (place && lost && event.detail.requestConfig?.path.endsWith("/draft/")) place.textContent = lost;
    });

  // What was typed beside the form that was sent is put back: the page is drawn anew, and would be without it.
  const hidden = /^(hidden|file|submit)$/;
  const given = (field) => field.type === "select-one"
    ? field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected))
    : /^(radio|checkbox)$/.test(field.type) ? field.checked && !field.defaultChecked : field.value !== field.defaultValue;
  let typed = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    const asked = event.detail.requestConfig;
    if (asked?.verb !== "post" || event.detail.target?.id !== "main") return;
    const sent = asked.elt.closest("form");
    const forms = [...document.querySelectorAll("#main form[action], #context form[action]")].filter((form) => form !== sent);
    typed = forms.flatMap((form) => [...form.elements]
      .filter((field) => field.name && !hidden.test(field.type) && given(field))
      .map(({ name, type, value }) => ({ action: form.getAttribute("action"), name, type, value })));
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.target?.id !== "main") return;
    for (const { action, name, type, value } of typed.splice(0)) {
      const form = document.querySelector(`form[action="${CSS.escape(action)}"]`);
      const field = [...form?.elements ?? []].find((one) => one.name === name && (type !== "radio" || one.value === value));
      if (!field) continue;
      if (type === "radio" || type === "checkbox") field.checked = true;
      else if (field.value !== value) field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  // What was done by keyboard is where one goes on: at what is wrong, or at its heading, when its button is gone.
  document.addEventListener("htmx:afterSettle", (event) => {
    const asked = event.detail.requestConfig;
    if (asked?.verb !== "post" || asked.target?.id !== "main" || document.activeElement !== document.body) return;
    const name = asked.elt.closest("section[aria-labelledby]")?.getAttribute("aria-labelledby");
    const wrong = document.querySelector("#main [aria-invalid='true'], #context [aria-invalid='true']");
    const place = here("problem") ?? wrong ?? here(name) ?? here("conversation-title");
    if (!place) return;
    if (place.tabIndex < 0) place.tabIndex = -1;
    place.focus();
  });
})();

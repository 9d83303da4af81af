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

  // What was done by keyboard is where one goes on: at its heading, when its button is gone.
  document.addEventListener("htmx:afterSettle", (event) => {
    const asked = event.detail.requestConfig;
    if (asked?.verb !== "post" || asked.target?.id !== "main" || document.activeElement !== document.body) return;
    const name = asked.elt.closest("section[aria-labelledby]")?.getAttribute("aria-labelledby");
    const place = here("problem") ?? here(name) ?? here("conversation-title");
    if (!place) return;
    if (place.tabIndex < 0) place.tabIndex = -1;
    place.focus();
  });
})();

// The puzzle against robots: which worker solves it, and what happens when it cannot be solved.
const here = document.querySelector("script[data-pbkdf2]");
globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(here.dataset.pbkdf2));

// A browser in which the puzzle fails must not keep its citizen out: the message then goes without proof, and is held.
document.querySelector("altcha-widget")?.addEventListener("statechange", (event) => {
  if (event.detail.state !== "error") return;
  event.target.remove();
  document.getElementById("unproven").hidden = false;
});

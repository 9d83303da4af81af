// The puzzle against robots: which worker solves it, and what the form does meanwhile.
const here = document.querySelector("script[data-pbkdf2]");
globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(here.dataset.pbkdf2));

const form = document.getElementById("citizen");
const widget = form.querySelector("altcha-widget");
let wanted = false; // somebody has pressed "send" before the puzzle was solved

form.addEventListener("submit", (event) => {
  if (!widget.isConnected || widget.getState() === "verified") return;
  event.preventDefault();
  wanted = true;
  if (widget.getState() !== "verifying") widget.verify();
});

widget.addEventListener("statechange", (event) => {
  const { state } = event.detail;
  if (state === "verified" && wanted) {
    setTimeout(() => form.requestSubmit()); // once the widget has written its answer into the form
  } else if (state === "error") {
    // A browser in which it fails must not keep its citizen out: the message then goes without, and is held.
    widget.remove();
    document.getElementById("unproven").hidden = false;
  }
  if (state !== "verifying") wanted = false;
});

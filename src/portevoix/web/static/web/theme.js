// Runs before the first paint, so that a chosen theme never flashes. Everything else is in portevoix.js.
"use strict";
document.documentElement.dataset.js = "";
try {
  const theme = localStorage.getItem("portevoix-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing follows the system's theme.
}

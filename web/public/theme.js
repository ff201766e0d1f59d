// Runs before the first paint, so that a dark page never flashes light. The page's policy allows
// no inline script, hence a file of its own.
(() => {
  const chosen = localStorage.getItem("vitrine.theme");
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = chosen ?? (dark ? "dark" : "light");
})();

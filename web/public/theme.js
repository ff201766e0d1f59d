// Runs before the first paint, so that a dark page never flashes light. The page's policy allows
// no inline script, hence a file of its own.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const chosen = localStorage.getItem("vitrine.theme");
    document.documentElement.dataset.theme = chosen ?? (system.matches ? "dark" : "light");
  };
  show();
  system.addEventListener("change", show); // who chose neither follows the system at once
})();

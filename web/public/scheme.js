// Runs before the first paint, so that nobody who chose dark is flashed with light; a file of its own because the
// content security policy allows no inline script.
(() => {
  let scheme = null;
  try {
    scheme = localStorage.getItem("percorso.scheme");
  } catch {
    // A browser that keeps nothing gets the system's scheme.
  }
  if (scheme !== "light" && scheme !== "dark") {
    scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();

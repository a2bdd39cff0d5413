// Light, dark, or as the device says: chosen in the footer, kept in this browser alone.
// It stands before the page is drawn, so that a dark page never flashes white.
(() => {
  const KEY = "styrdokument-theme";
  const root = document.documentElement;
  const use = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  const kept = () => {
    try {
      return localStorage.getItem(KEY) ?? "auto";
    } catch {
      return "auto"; // storage may be forbidden
    }
  };
  use(kept());
  document.addEventListener("DOMContentLoaded", () => {
    const chooser = document.querySelector("#theme");
    if (!chooser) return;
    chooser.value = kept();
    chooser.closest("[hidden]").hidden = false;
    chooser.addEventListener("change", () => {
      use(chooser.value);
      try {
        localStorage.setItem(KEY, chooser.value);
      } catch {
        // it holds for this page, then
      }
    });
  });
})();

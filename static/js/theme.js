/* Theme: [data-theme-set=light|dark|auto] buttons. The choice is a cookie, so the server renders it and nothing flashes. */
const YEAR = 60 * 60 * 24 * 365;
const root = document.documentElement;

function mark() {
  const current = root.dataset.bsTheme || "auto";
  for (const button of document.querySelectorAll("[data-theme-set]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === current));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-set]");
  if (!button) return;
  const theme = button.dataset.themeSet;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  if (theme === "auto") {
    delete root.dataset.bsTheme;
    document.cookie = `theme=; Path=/; Max-Age=0; SameSite=Lax${secure}`;
  } else {
    root.dataset.bsTheme = theme;
    document.cookie = `theme=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  }
  mark();
});

for (const group of document.querySelectorAll("[data-theme-switch]")) group.hidden = false;
mark();

// Where the console keeps what the person chose there: Mantine's name.
const CHOSEN = "mantine-color-scheme-value";

/** The page is dark where the console is: as the person chose there, else as the system is. */
export function followColorScheme(): void {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    const chosen = localStorage.getItem(CHOSEN);
    const isDark = chosen === "dark" || (chosen !== "light" && system.matches);
    document.documentElement.classList.toggle("dark-mode", isDark);
  };
  system.addEventListener("change", follow);
  window.addEventListener("storage", follow);
  follow();
}

import { expect, test } from "vitest";
import { followColorScheme } from "../../../src/docs/color-scheme";

const isDark = () => document.documentElement.classList.contains("dark-mode");

test("the page is dark where the person chose so in the console, and follows a change in another tab", () => {
  localStorage.setItem("mantine-color-scheme-value", "dark");
  followColorScheme();
  expect(isDark()).toBe(true);

  localStorage.setItem("mantine-color-scheme-value", "light");
  window.dispatchEvent(new Event("storage"));
  expect(isDark()).toBe(false);
});

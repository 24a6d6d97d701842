import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, inject, test } from "vitest";
import { open, visit } from "./page";

const read = (file: string) => readFileSync(resolve(import.meta.dirname, file), "utf8");
const PAGE = read("../../../docs/tracker.md");
const ROWS = [...PAGE.matchAll(/^\|([^|]*)\|([^|]*)\|([^|]*)\|[^|]*\|$/gm)]
  .slice(2)
  .map(([, ...cells]) => cells);
const column = (index: number) => ROWS.flatMap((cells) => /`([\w-]+)/.exec(cells[index] ?? "")?.[1] ?? []);

test("the page's table has every option of init(), and no other", () => {
  const declared = /interface Options \{(.*?)\n\}/s.exec(read("../src/types.ts"))?.[1] ?? "";
  const options = [...declared.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
  expect(options.length).toBeGreaterThan(10);
  expect(column(2).sort()).toEqual(options.sort());
});

test.each(column(0))("the part %s of a script's name does what its attribute does", (name) => {
  const attribute = ROWS.find((cells) => cells[0]?.includes(name))?.[1] ?? "";
  const wanted = /`([\w-]+)`/.exec(attribute)?.[1] ?? "";
  const body = '<a id="out" href="https://other.example/">x</a><a id="file" href="/a.pdf">y</a><form></form>';
  const before = "performance.getEntriesByType = () => [{ responseStatus: 404 }]";
  const url = name === "local" ? "http://localhost/#a" : "https://shop.example/#a";
  const told = [
    visit({ body, before, url, src: `https://p09.example/js/script.${name}.js` }),
    visit({ body, before, url, attributes: { [wanted]: "" } }),
    visit({ body, before, url }),
  ].map((page) => {
    for (const id of ["#out", "#file"]) page.click(id);
    const form = page.window.document.querySelector("form");
    form.dispatchEvent(new page.window.Event("submit", { bubbles: true, cancelable: true }));
    return JSON.stringify(page.sent.map(({ event }) => ({ ...event, id: undefined })));
  });
  expect(told[0]).toBe(told[1]);
  expect(told[0]).not.toBe(told[2]);
});

test("the page's first snippet counts a page, its second one with init()'s properties", () => {
  const [first, second] = [...PAGE.matchAll(/```html\n(.*?)```/gs)].map(([, html]) => html ?? "");
  const count = (html = "") => {
    const inline = /<script>(.*?)<\/script>/s.exec(html)?.[1];
    const page = open({ url: "https://example.com/", ...(inline && { before: inline }) });
    page.load(/src="(.*?)"/.exec(html)?.[1], { "data-domain": /data-domain="(.*?)"/.exec(html)?.[1] ?? "" });
    return page.sent.map(({ event }) => [event.n, event.d, event.p]);
  };
  expect(count(first)).toEqual([["pageview", "example.com", {}]]);
  expect(count(second)).toEqual([["pageview", "example.com", { author: "Ada" }]]);
});

test("the script is as small as the page says", () => {
  const [, said] = /at most ([\d.]+) kB gzipped/.exec(PAGE) ?? [];
  expect(gzipSync(inject("trackerScript"), { level: 9 }).length).toBeLessThanOrEqual(Number(said) * 1000);
});

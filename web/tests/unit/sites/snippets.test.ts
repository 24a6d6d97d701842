import { expect, test } from "vitest";
import { curlExample, scriptTag } from "../../../src/features/sites/snippets";
import { SHOP } from "../../support/fake-analytics";

const ORIGIN = "https://p09.example";

test("the script tag names the site's domain and loads the tracker from here", () => {
  expect(scriptTag(SHOP, ORIGIN)).toBe(
    '<script defer data-domain="shop.example" src="https://p09.example/js/script.js"></script>',
  );
});

test("the curl command sends a batch that the API takes", () => {
  const command = curlExample(SHOP, ORIGIN, "p09w_secret");
  expect(command).toContain("curl https://p09.example/v1/events");
  expect(command).toContain("Authorization: Bearer p09w_secret");
  const body = JSON.parse(/-d '(.*)'/.exec(command)?.[1] ?? "");
  expect(body.events).toEqual([{ name: "pageview", url: "https://shop.example/", visitor_id: "visitor-1" }]);
});

test("without a key the curl command says where it goes", () => {
  expect(curlExample(SHOP, ORIGIN, null)).toContain("Bearer YOUR_WRITE_KEY");
});

import type { Component, Plugin } from "swagger-ui-dist/swagger-ui-es-bundle";

/** Mends what axe finds in the renderer's own components. Its React is another than the console's: it is handed in. */
export const accessible: Plugin = ({ React: { createElement } }) => {
  // A link inside the button that opens the operation: the address follows the button as well.
  const plainText: Component = ({ text }) => createElement("span", null, text);

  return {
    components: { DeepLink: plainText },
    wrapComponents: {
      // biome-ignore lint/correctness/noComponentHookFactories: the renderer wraps each component once, when it starts
      InfoContainer: (info) => (props) =>
        createElement("section", { "aria-label": "About the API" }, createElement(info, props)),
      // The title is a heading of level 1, the groups of operations are of level 3.
      operations: (operations) => (props) =>
        createElement(
          "div",
          null,
          createElement("h2", { className: "requests" }, "Requests"),
          createElement(operations, props),
        ),
      // Each table of responses calls itself a region, and all have the same name: none.
      responses: (responses) => (props) =>
        createElement("div", { ref: withoutRole }, createElement(responses, props)),
    },
  };
};

function withoutRole(place: HTMLElement | null): void {
  place?.querySelector(".responses-table")?.removeAttribute("role");
}

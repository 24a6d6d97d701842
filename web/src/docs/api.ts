import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle";
import { accessible } from "./accessible";
import { withoutPatterns } from "./without-patterns";

/** Shows every operation of the API that serves the page, or says that the description did not come. */
export async function showApi(place: HTMLElement): Promise<void> {
  place.replaceChildren();
  const answer = await fetch("/openapi.json").catch(() => null);
  if (answer?.ok) draw(place, (await answer.json()) as object);
  else place.append(failure(answer, () => void showApi(place)));
}

function draw(domNode: HTMLElement, description: object): void {
  SwaggerUI({
    domNode,
    spec: withoutPatterns(description),
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1, // each operation shows the models of its request and its responses
    syntaxHighlight: { theme: "obsidian" },
    validatorUrl: null,
    plugins: [accessible],
  });
}

function failure(answer: Response | null, onRetry: () => void): HTMLElement {
  const text = document.createElement("p");
  text.role = "alert";
  text.textContent = `The description of the API could not be loaded (${answer === null ? "no answer" : answer.status}).`;
  const retry = document.createElement("button");
  retry.textContent = "Try again";
  retry.addEventListener("click", onRetry);
  const main = document.createElement("main");
  main.append(text, retry);
  return main;
}

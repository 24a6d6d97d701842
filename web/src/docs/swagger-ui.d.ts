declare module "swagger-ui-dist/swagger-ui-es-bundle" {
  import type { ComponentType, createElement } from "react";

  // biome-ignore lint/suspicious/noExplicitAny: the renderer publishes no types of its components' properties
  export type Component = ComponentType<any>;

  export type Plugin = (system: { React: { createElement: typeof createElement } }) => {
    components: Record<string, Component>;
    wrapComponents: Record<string, (original: Component) => Component>;
  };

  /** The options that the page sets: https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/ lists all. */
  interface Options {
    domNode: HTMLElement;
    spec: object;
    deepLinking: boolean;
    docExpansion: "list";
    defaultModelsExpandDepth: number;
    syntaxHighlight: { theme: string };
    validatorUrl: null;
    plugins: Plugin[];
  }

  export default function SwaggerUI(options: Options): unknown;
}

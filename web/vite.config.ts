import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `make run` serves the built app; `npm run dev` serves the sources and hands everything else to that local system.
const LOCAL_SYSTEM = process.env.P09_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  build: {
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1600, // kB: the renderer of /docs, which no other page loads
    // What changes with each release is small; the libraries stay in the browser's cache.
    rolldownOptions: {
      input: { index: "index.html", docs: "docs/index.html" },
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules\/(react|react-dom|react-router|scheduler|@tanstack)\// },
            { name: "mantine", test: /node_modules\/(@mantine\/(core|hooks)|@floating-ui)\// },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/api", "/health", "/config.json", "/demo", "/js", "/openapi.json"].map((path) => [
        path,
        LOCAL_SYSTEM,
      ]),
    ),
  },
  test: {
    environment: "jsdom",
    isolate: false,
    globalSetup: ["tracker/tests/build.ts"],
    setupFiles: ["tests/setup.ts"],
    css: false,
    testTimeout: 20_000,
  },
});

import { resolve } from "node:path";
import { defineConfig } from "vite";

const HERE = import.meta.dirname;

// `--mode script` and `--mode light` build what a page's tag loads, beside the console; `--mode index` builds the module.
export default defineConfig(({ mode }) => ({
  root: HERE,
  logLevel: "warn",
  build: {
    target: "es2022",
    minify: true,
    emptyOutDir: false,
    outDir: resolve(HERE, mode === "index" ? "dist" : "../dist/js"),
    lib: {
      entry: resolve(HERE, "src", `${mode}.ts`),
      formats: [mode === "index" ? "es" : "iife"],
      name: "p09",
      fileName: () => `${mode}.js`,
    },
  },
}));

import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  // Works in any folder of any server.
  base: "./",
  build: {
    target: "es2022",
    // It would ask for modules with `fetch`, which the page's policy forbids.
    modulePreload: { polyfill: false },
    // Most of it is the dictionary and the tables of the standard; 160 kB as servers send it.
    chunkSizeWarningLimit: 1000,
  },
  // In this repository @dsail/* are their sources. In a project of one's own this line goes.
  resolve: { conditions: ["@dsail/source", ...defaultClientConditions] },
});

import { defineProject } from "vitest/config";
import { patience, resolveSources } from "../../vitest.shared.ts";

export default defineProject({
  ...resolveSources,
  test: {
    ...patience,
    // One environment for all files: nothing has state in a module, and a new one costs each file a second.
    isolate: false,
    name: "tfjs-wasm-train",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
  },
});

import { defineProject } from "vitest/config";
import { patience, resolveSources } from "../vitest.shared.ts";

// One project for all examples: each is run as its `npm start` runs it, by its own test.
export default defineProject({
  ...resolveSources,
  test: { ...patience, name: "examples", include: ["*/test/*.test.ts"] },
});

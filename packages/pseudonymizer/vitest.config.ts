import { defineProject } from "vitest/config";
import { resolveSources } from "../../vitest.shared.ts";

export default defineProject({
  ...resolveSources,
  test: {
    name: "pseudonymizer",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
  },
});

import { defineProject } from "vitest/config";
import { resolveSources } from "../vitest.shared.ts";

export default defineProject({
  ...resolveSources,
  test: { name: "scripts", include: ["*.test.ts"] },
});

import { defineProject } from "vitest/config";
import { patience, resolveSources } from "../vitest.shared.ts";

export default defineProject({
  ...resolveSources,
  test: { ...patience, name: "scripts", include: ["*.test.ts"] },
});

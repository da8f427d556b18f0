import { defineProject } from "vitest/config";
import { resolveSources } from "../../vitest.shared.ts";

export default defineProject({
  ...resolveSources,
  test: {
    name: "dicom-core",
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
  },
});

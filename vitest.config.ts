import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { projects } from "./vitest.workspace.ts";

export default defineConfig({
  test: {
    projects,
    // Tests wait for other processes a part of their time: on two cores, two workers take two thirds of the time of one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    coverage: { include: ["packages/*/src/**"], exclude: ["**/generated/**", "**/*.test.ts"] },
  },
});

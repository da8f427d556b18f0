/**
 * The vitest projects: one per package that has tests, one for all examples. vitest 4 reads this list only because
 * `vitest.config.ts` passes it to `test.projects`.
 *
 * @module
 */
export const projects: string[] = [
  "packages/*/vitest.config.ts",
  "examples/vitest.config.ts",
  "scripts/vitest.config.ts",
];

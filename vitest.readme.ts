/**
 * Runs the examples of a README as they stand there: what a reader copies has to work.
 *
 * @module
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";

/**
 * Makes a test of each `ts` block of `../README.md`. It has to end without an error, and to have printed something.
 *
 * @param test - `import.meta.url` of the test, beside which the examples are put, so that their imports resolve as those of
 * a user would
 */
export function testReadme(test: string): void {
  const readme = readFileSync(new URL("../README.md", test), "utf8");
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => match[1] ?? "");
  const folder = fileURLToPath(new URL(`.readme-${process.pid}/`, test));

  describe("the README", () => {
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it("has examples", () => {
      expect(blocks.length).toBeGreaterThan(0);
    });

    it.each(blocks.map((block, i) => [i + 1, block] as const))(
      "example %i runs",
      async (i, block) => {
        mkdirSync(folder, { recursive: true });
        const path = `${folder}example-${i}.ts`;
        writeFileSync(path, block);
        const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
        try {
          await import(/* @vite-ignore */ path);
          expect(log).toHaveBeenCalled();
        } finally {
          log.mockRestore();
        }
      },
    );
  });
}

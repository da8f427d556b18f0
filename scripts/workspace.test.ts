/**
 * What must hold of the workspace as a whole, and no tool checks.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

type Target = string | Record<string, string>;

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly engines?: Record<string, string>;
  readonly exports?: Record<string, Target>;
  readonly publishConfig?: { readonly exports?: Record<string, Target> };
}

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

const packages = readdirSync(join(root, "packages")).map((folder) => ({
  folder: `packages/${folder}`,
  manifest: JSON.parse(read(`packages/${folder}/package.json`)) as Manifest,
}));
const published = packages.filter(({ manifest }) => manifest.private !== true);

/** The `exports` that a stranger should see: without the condition that leads to sources. */
function withoutSources(exports: Record<string, Target>) {
  return Object.fromEntries(
    Object.entries(exports).map(([subpath, target]) => {
      if (typeof target === "string") return [subpath, target];
      const { "@dsail/source": _, ...rest } = target;
      return [subpath, rest];
    }),
  );
}

describe.each(packages)("$folder", ({ folder, manifest }) => {
  it("is named by its folder and introduces itself", () => {
    expect(manifest.name).toBe(`@dsail/${folder.slice("packages/".length)}`);
    expect(existsSync(join(root, folder, "README.md"))).toBe(true);
  });

  it("has a row in the table of layers", () => {
    const name = folder.slice("packages/".length);
    expect(read(".dependency-cruiser.cjs")).toMatch(new RegExp(`^  "?${name}"?: \\[`, "m"));
  });
});

describe.each(published)("$folder, published", ({ folder, manifest }) => {
  it("offers strangers the same subpaths as the workspace", () => {
    expect(manifest.publishConfig?.exports).toEqual(withoutSources(manifest.exports ?? {}));
  });

  it("finds the source of every subpath", () => {
    for (const target of Object.values(manifest.exports ?? {})) {
      const source = typeof target === "string" ? target : target["@dsail/source"];
      expect(existsSync(join(root, folder, source ?? "?")), source).toBe(true);
    }
  });

  it("names the oldest Node it runs on", () => {
    expect(manifest.engines).toEqual({ node: ">=20.19" });
  });

  it("is a project of vitest", () => {
    expect(existsSync(join(root, folder, "vitest.config.ts"))).toBe(true);
  });
});

it("locks what is installed, not where it was fetched from", () => {
  expect(read("pnpm-lock.yaml")).not.toMatch(/https?:\/\//);
});

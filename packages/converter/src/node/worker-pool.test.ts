import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stateOf, temporaryFolder, writeFiles } from "../../../../vitest.temporary-folder.js";
import { smallImage, TEXT_FILE, truncatedImage } from "../../test/small-files.js";
import { createFileTask } from "./file-task.js";
import type { FileOutcome, FolderJob } from "./folder-job.js";
import { hasWorkers, runInWorkers } from "./worker-pool.js";

// In the package, so that the codecs resolve.
const FOLDER = new URL(`../../node_modules/.cache/convert-worker-${process.pid}/`, import.meta.url);
const WORKER = new URL("worker.js", FOLDER);
const MORTAL_WORKER = new URL("mortal-worker.js", FOLDER);
const DEAD_WORKER = new URL("dead-worker.js", FOLDER);

/** Ends its thread at a file of this name, as too little memory does. */
const MORTAL = `
  import "./convert-worker.ts";
  import { parentPort } from "node:worker_threads";
  parentPort.on("message", (path) => { if (path.startsWith("deadly")) process.exit(1); });
`;

/** For packages that are CommonJS. */
const REQUIRE = `import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);`;

async function bundle(outfile: URL, contents: string): Promise<void> {
  await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("..", import.meta.url)), loader: "ts" },
    outfile: fileURLToPath(outfile),
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["@dsail/source"],
    // The package says that importing has no effect; of a worker it has.
    ignoreAnnotations: true,
    external: ["@cornerstonejs/*", "jpeg-lossless-decoder-js"],
    banner: { js: REQUIRE },
    logLevel: "silent",
  });
}

beforeAll(async () => {
  await bundle(WORKER, 'import "./convert-worker.ts";');
  await bundle(MORTAL_WORKER, MORTAL);
  await bundle(DEAD_WORKER, 'throw new Error("no start");');
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

function jobOf(files: Readonly<Record<string, Uint8Array | string>>): FolderJob {
  const folder = temporaryFolder();
  writeFiles(join(folder, "in"), files);
  return {
    work: { kind: "decompose", options: {} },
    ...{ input: join(folder, "in"), output: join(folder, "out"), overwrite: false, dryRun: false },
  };
}

const queueOf = (paths: readonly string[]) => {
  const queue = [...paths];
  return () => queue.shift();
};
const byPath = (a: FileOutcome, b: FileOutcome) => (a.path < b.path ? -1 : 1);

/** Without times. */
const contentOf = (folder: string) => stateOf(folder).map(([path, content]) => [path, content]);

async function inWorkers(job: FolderJob, paths: readonly string[], count: number, module: URL) {
  const outcomes: FileOutcome[] = [];
  await runInWorkers(job, queueOf(paths), count, (outcome) => outcomes.push(outcome), module);
  return outcomes.sort(byPath);
}

const files = {
  ...{ "a.dcm": smallImage(), "b/c": smallImage({ frames: 3 }), "cut.dcm": truncatedImage() },
  ...{ "d.dcm": smallImage(), "e.txt": TEXT_FILE, f: "" },
};
const paths = Object.keys(files);

// Threads take their time to start, and here many do.
describe("runInWorkers", () => {
  it("has the outcomes and files that there are without workers", async () => {
    const [there, here] = [jobOf(files), jobOf(files)];
    const outcomes = await inWorkers(there, paths, 3, WORKER);
    const task = createFileTask(here);
    const expected: FileOutcome[] = [];
    for (const path of paths) expected.push(await task.run(path));
    await task.close();
    expect(outcomes).toEqual(expected.sort(byPath));
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      ...["done", "done", "failed", "done", "skipped", "skipped"],
    ]);
    expect(contentOf(there.output)).toEqual(contentOf(here.output));
  });

  it.each([1, 2])(
    "fails the file of a worker that dies, and no other: %d worker(s)",
    async (count) => {
      const deadly = { deadly1: "", deadly2: "", deadly3: "" };
      const job = jobOf({ ...files, ...deadly });
      const all = ["a.dcm", ...Object.keys(deadly), ...paths.slice(1)];
      const outcomes = await inWorkers(job, all, count, MORTAL_WORKER);
      const died = outcomes.filter(
        (outcome) => outcome.kind === "failed" && outcome.code === "WORKER_DIED",
      );
      expect(died.map(({ path }) => path)).toEqual(Object.keys(deadly));
      expect(outcomes).toHaveLength(all.length);
      expect(outcomes.filter(({ kind }) => kind === "done")).toHaveLength(3);
    },
  );

  it("ends where no worker starts", async () => {
    const outcomes = await inWorkers(jobOf(files), paths, 2, DEAD_WORKER);
    expect(outcomes.map((outcome) => outcome.kind === "failed" && outcome.code)).toEqual(
      paths.map(() => "WORKER_DIED"),
    );
  });

  it("begins no file after the caller's function threw, and leaves none half done", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`${i}.dcm`, smallImage()]),
    );
    const job = jobOf(many);
    const left = Object.keys(many);
    let calls = 0;
    const run = runInWorkers(
      job,
      () => left.shift(),
      2,
      () => {
        calls++;
        throw new Error("mine");
      },
      WORKER,
    );
    await expect(run).rejects.toThrow("mine");
    expect(calls).toBe(1);
    expect(left.length).toBeGreaterThanOrEqual(17);
    const names = contentOf(job.output).map(([path]) => path);
    expect(names.every((name) => /^\d+\.(json|png)$/.test(name ?? ""))).toBe(true);
    expect(names.length % 2).toBe(0);
  });
});

it("there are no workers where sources are run", () => {
  expect(hasWorkers()).toBe(false);
});

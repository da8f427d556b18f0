import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createInMemoryTransport } from "@dsail/fl-protocol";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../vitest.temporary-folder.js";
import { ask, openHub } from "../../test/round-loop.js";
import { createTrainer, initialParameters } from "../../test/softmax-trainer.js";
import { createClient } from "../client.js";
import { openSitePolicy } from "./site-policy-file.js";

const POLICY = {
  version: 1,
  servers: [{ address: "memory", transport: "memory" }],
  tensors: [{ name: "weight" }, { name: "bias" }],
  metrics: [{ name: "accuracy" }],
  maxRounds: 3,
};

function writePolicy(change: object = {}): string {
  const path = join(temporaryFolder(), "site.json");
  writeFileSync(path, JSON.stringify({ ...POLICY, ...change }));
  return path;
}

/** Fits in one process' life, as many as are asked for; what became of each. */
async function live(path: string, fits: number): Promise<readonly string[]> {
  const { server, client } = createInMemoryTransport();
  const hub = await openHub(server);
  const site = openSitePolicy(path);
  const trainer = createTrainer({ seed: 1, examples: 100 });
  const end = createClient({ transport: client("a"), trainer, ...site }).run();
  const [connection] = await hub.clients(1);
  const outcomes: string[] = [];
  for (let i = 0; i < fits; i++) {
    const parameters = initialParameters();
    const reply = await ask(connection!, { kind: "fit", id: `${i}`, parameters, config: {} });
    outcomes.push(reply.kind === "failure" ? reply.message : reply.kind);
  }
  await hub.release();
  await end;
  site.counts.close();
  return outcomes;
}

describe("openSitePolicy", () => {
  it("counts rounds over restarts", async () => {
    const path = writePolicy();
    const refused = "the site's policy refuses: maxRounds";
    expect(await live(path, 2)).toEqual(["fit", "fit"]);
    expect(await live(path, 2)).toEqual(["fit", refused]);
    expect(await live(path, 1)).toEqual([refused]);
    // Positive control: without its memory it begins anew.
    expect(await live(writePolicy(), 1)).toEqual(["fit"]);
  });

  it("keeps its count beside the policy, or where that says", () => {
    const path = writePolicy();
    openSitePolicy(relative(process.cwd(), path)).counts.close();
    expect(existsSync(`${path}.releases.jsonl`)).toBe(true);
    const other = writePolicy({ stateFile: "state/count" });
    mkdirSync(join(other, "..", "state"));
    openSitePolicy(other).counts.close();
    expect(existsSync(join(other, "../state/count"))).toBe(true);
  });

  it("refuses what is no policy", () => {
    const path = writePolicy({ maxRound: 3 });
    expect(() => openSitePolicy(path)).toThrow("/maxRound: is not known");
    writeFileSync(path, new Uint8Array([0x7b, 0xff, 0x7d]));
    expect(() => openSitePolicy(path)).toThrow("the policy is not in UTF-8");
    expect(existsSync(`${path}.releases.jsonl`)).toBe(false);
  });
});

/**
 * How long a folder of CT images takes, as whole processes in one run: `dsail-pseudonymize`, `cp -r`, and gdcmanon where
 * it is installed. The bin has to be built.
 *
 *   pnpm bench [--files 2000] [--rounds 3] [--folder DIR] [--json] [--smoke]
 *
 * @module
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { syntheticCt } from "../../dicom-core/bench/synthetic-ct.js";

const { values: flags } = parseArgs({
  options: {
    files: { type: "string", default: "2000" },
    rounds: { type: "string", default: "3" },
    folder: { type: "string", default: tmpdir() },
    json: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
  },
});
const files = flags.smoke ? 20 : Number(flags.files);
const rounds = flags.smoke ? 1 : Number(flags.rounds);

const bin = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
if (!existsSync(bin)) throw new Error("build first: pnpm build");

const work = mkdtempSync(join(flags.folder, "dsail-bench-"));
const input = join(work, "input");
const output = join(work, "output");
const keyFile = join(work, "key");
const certificate = join(work, "certificate.pem");

interface Competitor {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

try {
  const megabytes = writeInput();
  const competitors: Competitor[] = [
    { name: "cp -r", command: "cp", args: ["-r", input, output] },
    {
      name: "dsail-pseudonymize",
      command: process.execPath,
      args: [bin, input, output, "--key-file", keyFile],
    },
  ];
  if (hasGdcmanon()) {
    const args = ["-e", "-c", certificate, "-r", "-i", input, "-o", output];
    competitors.push({ name: "gdcmanon", command: "gdcmanon", args });
  }
  const seconds = new Map<string, number[]>(competitors.map(({ name }) => [name, []]));
  // By turns, so that a slow minute of the machine hits all of them.
  for (let round = 0; round < rounds; round++) {
    for (const competitor of competitors) seconds.get(competitor.name)?.push(time(competitor));
  }
  report(megabytes, seconds);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function writeInput(): number {
  mkdirSync(input);
  let bytes = 0;
  for (let i = 0; i < files; i++) {
    const file = syntheticCt(i);
    bytes += file.length;
    writeFileSync(join(input, `${i}.dcm`), file);
  }
  execFileSync(process.execPath, [bin, "keygen", keyFile]);
  return bytes / 1e6;
}

/** With a certificate of our own, which it needs to encrypt what it takes out. */
function hasGdcmanon(): boolean {
  const made = spawnSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=bench"].concat([
      "-keyout",
      join(work, "private.pem"),
      "-out",
      certificate,
    ]),
  );
  return made.status === 0 && spawnSync("gdcmanon", ["--version"]).status === 0;
}

function time({ name, command, args }: Competitor): number {
  rmSync(output, { recursive: true, force: true });
  if (name === "gdcmanon") mkdirSync(output);
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  const elapsed = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${name} failed: ${String(stderr).slice(0, 400)}`);
  return elapsed;
}

function report(megabytes: number, seconds: ReadonlyMap<string, readonly number[]>): void {
  const best = (name: string) => Math.min(...(seconds.get(name) ?? [Number.NaN]));
  const machine = `${cpus()[0]?.model ?? "?"} x ${cpus().length}, ${platform()} ${arch()}, Node ${process.version}`;
  const rows = [...seconds.keys()].map((name) => ({
    name,
    seconds: best(name),
    all: seconds.get(name),
    filesPerSecond: files / best(name),
    mbPerSecond: megabytes / best(name),
    timesOfCp: best(name) / best("cp -r"),
  }));
  if (flags.json) {
    console.log(JSON.stringify({ machine, files, megabytes, rounds, rows }, undefined, 2));
    return;
  }
  console.log(`${machine}; ${files} files, ${megabytes.toFixed(0)} MB, best of ${rounds}`);
  for (const row of rows) {
    console.log(
      `${row.name.padEnd(20)} ${row.seconds.toFixed(2).padStart(7)} s ` +
        `${row.filesPerSecond.toFixed(0).padStart(6)} files/s ${row.mbPerSecond.toFixed(0).padStart(6)} MB/s ` +
        `${row.timesOfCp.toFixed(2).padStart(6)} x cp -r`,
    );
  }
}

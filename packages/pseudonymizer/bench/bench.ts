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
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { syntheticCt } from "../../dicom-core/bench/synthetic-ct.js";
import {
  type Competitor,
  reportTimes,
  timeByTurns,
} from "../../dicom-core/bench/whole-processes.js";

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
    competitors.push({ name: "gdcmanon", command: "gdcmanon", args, needsOutput: true });
  }
  const seconds = timeByTurns(competitors, rounds, output);
  reportTimes(seconds, { files, megabytes, rounds, json: flags.json });
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

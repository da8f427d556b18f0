/**
 * Compares npy and npz with numpy's, and safetensors with the original where it is installed: what they write is read
 * here, and what is written here they read, bit by bit; numbers of 16 bits are rounded alike. The exit code is 1 if
 * anything differs.
 *
 *     tsx --conditions=@dsail/source test/oracle/against-numpy.ts PYTHON
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isFlError } from "../../src/errors.js";
import { decodeFloat16, encodeFloat16 } from "../../src/half.js";
import { decodeNpy, encodeNpy } from "../../src/npy.js";
import { readNpz, writeNpz } from "../../src/npz.js";
import { readSafetensors, writeSafetensors } from "../../src/safetensors.js";
import type { Dtype, ModelParameters, NamedTensor } from "../../src/tensor.js";
import { bytesOfTensor } from "../../src/tensor-bytes.js";
import { everyTensor, tensorOf } from "../../src/testing/sample-messages.js";

/** A tensor as both sides tell it. */
interface Told {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}

/** A file, and what is in it; null if it has to be refused. */
interface Listed {
  readonly file: string;
  readonly tensors: readonly Told[] | null;
}

const told = (tensor: NamedTensor): Told => ({
  name: tensor.name,
  dtype: tensor.dtype,
  shape: tensor.shape,
  sha256: createHash("sha256").update(bytesOfTensor(tensor)).digest("hex"),
});

const utf8 = (text: string) => Buffer.from(text, "utf8");

function readAny(file: string, bytes: Uint8Array): ModelParameters {
  if (file.endsWith(".npy")) return [decodeNpy(bytes)];
  if (file.endsWith(".npz")) return readNpz(bytes);
  return readSafetensors(bytes).parameters;
}

function report(isOk: boolean, text: string): void {
  console.log(`${isOk ? "ok  " : "FAIL"} ${text}`);
  if (!isOk) process.exitCode = 1;
}

const [python] = process.argv.slice(2);
if (python === undefined) throw new Error("usage: against-numpy.ts PYTHON");
const script = fileURLToPath(new URL("numpy_files.py", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dsail-numpy-"));

function runPython(command: "write" | "read"): string {
  const { stdout, stderr, status } = spawnSync(python!, [script, command, folder], {
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`numpy_files.py failed: ${stderr}`);
  return String(stdout);
}

/** What they write. */
function readTheirs(): void {
  runPython("write");
  const listed = JSON.parse(readFileSync(join(folder, "theirs.json"), "utf8")) as Listed[];
  const kinds = [".npy", ".npz", ".safetensors"];
  for (const kind of kinds) {
    const own = listed.filter(({ file }) => file.endsWith(kind));
    if (own.length === 0) {
      console.log(`skipped: their ${kind}, which this Python doesn't have`);
      continue;
    }
    const different = own.filter(({ file, tensors }) => {
      try {
        const read = readAny(file, new Uint8Array(readFileSync(join(folder, file)))).map(told);
        // The original sorts the tensors of a file, and tells nobody how.
        if (kind === ".safetensors")
          read.sort((a, b) => Buffer.compare(utf8(a.name), utf8(b.name)));
        return JSON.stringify(read) !== JSON.stringify(tensors);
      } catch (error) {
        return !(tensors === null && isFlError(error) && error.code === "BAD_TENSOR");
      }
    });
    const refused = own.filter(({ tensors }) => tensors === null).length;
    report(
      different.length === 0,
      `their ${kind}: ${own.length - refused} files read, ${refused} refused; wrong ${different
        .slice(0, 5)
        .map(({ file }) => file)
        .join(", ")}`,
    );
  }
}

/** What is written here. */
function writeOurs(): void {
  const npyDtypes =
    "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32 float64 complex64 complex128".split(
      " ",
    ) as Dtype[];
  const listed: Listed[] = [];
  const add = (file: string, bytes: Uint8Array, parameters: ModelParameters) => {
    writeFileSync(join(folder, file), bytes);
    listed.push({ file, tensors: parameters.map(told) });
  };
  const shapes = [[], [0], [3], [2, 3, 5], [2, 0, 3], [1, 1], [129, 1, 65]];
  for (const dtype of npyDtypes) {
    for (const shape of shapes) {
      const tensor = tensorOf({ name: "", dtype, shape });
      add(`ours-${dtype}-${shape.join("x")}.npy`, encodeNpy(tensor), [tensor]);
    }
  }
  const odd = ["", "größe 漢字 🫁", "a/b/../c", "/etc/x", "10", "2", "__proto__"];
  const models: readonly (readonly [string, ModelParameters])[] = [
    ["every", everyTensor(npyDtypes)],
    ["none", []],
    ["odd", odd.map((name, i) => tensorOf({ name, dtype: "float32", shape: [i, 2] }, i))],
    ["large", [tensorOf({ name: "w", dtype: "float32", shape: [1000, 2000] })]],
  ];
  for (const [name, model] of models) {
    add(`ours-${name}.npz`, writeNpz(model), model);
    add(`ours-${name}-compressed.npz`, writeNpz(model, { isCompressed: true }), model);
    const known = model.filter(({ dtype }) => dtype !== "complex128");
    add(`ours-${name}.safetensors`, writeSafetensors(known, { größe: "漢字" }), known);
  }
  // More than 16 bits count.
  const many = Array.from({ length: 66_000 }, (_, i) =>
    tensorOf({ name: `${i}`, dtype: "int8", shape: [] }, i),
  );
  add("ours-many.npz", writeNpz(many), many);
  writeFileSync(join(folder, "ours.json"), JSON.stringify(listed));
  const { counts, failed, numpy } = JSON.parse(runPython("read")) as {
    readonly counts: { readonly files: number; readonly tensors: number; readonly same: number };
    readonly failed: readonly { readonly file: string }[];
    readonly numpy: string;
  };
  report(
    failed.length === 0,
    `ours, read by numpy ${numpy}: ${counts.files} files, ${counts.tensors} tensors; wrong ${failed
      .slice(0, 5)
      .map(({ file }) => file)
      .join(", ")}`,
  );
  console.log(`     ${counts.same} of these are byte for byte what numpy writes`);
}

function roundAlike(): void {
  const load = (file: string) => decodeNpy(new Uint8Array(readFileSync(join(folder, file)))).data;
  const bits = load("float32.npy") as Uint32Array;
  const theirs = load("float16.npy") as Uint16Array;
  const floats = new Float32Array(bits.buffer, bits.byteOffset, bits.length);
  const ours = encodeFloat16(floats);
  const isNotANumber = (half: number) => (half & 0x7fff) > 0x7c00;
  const different = ours.filter(
    (half, i) => half !== theirs[i] && !(isNotANumber(half) && isNotANumber(theirs[i]!)),
  );
  const finite = decodeFloat16(theirs).filter(Number.isFinite).length;
  report(
    different.length === 0 && finite > bits.length / 4,
    `float16 rounded as numpy does: ${bits.length} numbers, ${finite} finite, ${different.length} different`,
  );
}

try {
  readTheirs();
  writeOurs();
  roundAlike();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

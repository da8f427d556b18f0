/**
 * Clients in a process of their own, to be killed: one line on stdout for each fit that begins, and for each end.
 *
 *     node --import tsx --conditions=@dsail/source test/process-client.ts JSON
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Instruction, isFlError, type ModelParameters, type Reply } from "@dsail/fl-protocol";
import { flowerClientTransport } from "@dsail/fl-protocol/flower";
import { nativeClientTransport } from "@dsail/fl-protocol/native";

/** What the argument says. */
export interface ProcessClientOptions {
  readonly wire: "flower" | "native";
  readonly address: string;
  /** Each a client, that moves the model in a way of its own. */
  readonly names: readonly string[];
  /** Of an authority: its certificates are shown. */
  readonly authority?: string;
  /** The fit, counted from 1, that is answered only when something comes on stdin. */
  readonly holdIn?: number;
}

const options = JSON.parse(process.argv[2]!) as ProcessClientOptions;
const go = new Promise<void>((resolve) => process.stdin.once("data", () => resolve()));
const fits = new Map<string, number>();
const tell = (text: string) => process.stdout.write(`${text}\n`);

await Promise.all(options.names.map(live));
process.exit();

/** Joins, and joins again when the server was gone. */
async function live(name: string): Promise<void> {
  for (;;) {
    try {
      await transportOf(name).run((instruction) => answer(name, instruction));
      tell(`${name} completed`);
      return;
    } catch (error) {
      const code = isFlError(error) ? error.code : "unknown";
      tell(`${name} ${code}`);
      if (code !== "DISCONNECTED") return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function transportOf(name: string) {
  const { wire, address, authority } = options;
  if (wire === "flower") return flowerClientTransport({ address, insecure: true, clientId: name });
  if (authority === undefined) {
    return nativeClientTransport({ address, insecure: true, clientId: name });
  }
  const [rootCertificates, cert, key] = ["ca.crt", `issued/${name}.crt`, `issued/${name}.key`].map(
    (file) => readFileSync(join(authority, file)),
  ) as [Buffer, Buffer, Buffer];
  return nativeClientTransport({ address, tls: { rootCertificates, cert, key } });
}

async function answer(name: string, instruction: Instruction): Promise<Reply<ModelParameters>> {
  const numExamples = 3 + name.charCodeAt(0);
  if (!("parameters" in instruction)) {
    return { kind: "failure", code: "NOT_IMPLEMENTED", message: "not here" };
  }
  const [tensor] = instruction.parameters;
  const values = Float32Array.from(tensor!.data as Float32Array);
  if (instruction.kind === "evaluate") {
    return { kind: "evaluate", loss: Math.hypot(...values), numExamples, metrics: {} };
  }
  const fit = (fits.get(name) ?? 0) + 1;
  fits.set(name, fit);
  tell(`${name} fit ${fit}`);
  if (fit === options.holdIn) await go;
  const data = values.map((value, i) => value * 0.9 + Math.sin(numExamples * (i + 1)));
  return {
    kind: "fit",
    parameters: [{ name: tensor!.name, dtype: "float32", shape: tensor!.shape, data }],
    numExamples,
    metrics: {},
  };
}

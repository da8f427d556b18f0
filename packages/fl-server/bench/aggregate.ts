/**
 * Aggregation from encoded replies.
 *
 * @module
 */
import { checkedSource, limitsOf, type ModelParameters, specsOf } from "@dsail/fl-protocol";
import {
  decodeClientMessage,
  encodeClientMessage,
} from "../../fl-protocol/src/flower/client-message.js";
import { sourceOfFiles } from "../../fl-protocol/src/flower/tensor-files.js";
import { layoutOf } from "../src/aggregate/layout.js";
import { createScratch, type Scratch } from "../src/aggregate/scratch.js";
import { createSpool, type Spool } from "../src/aggregate/spool.js";
import { createWeightedSum } from "../src/aggregate/weighted-sum.js";

/** What it took. */
export interface Aggregated {
  readonly seconds: number;
  /** Most memory of the process, MB. */
  readonly megabytes: number;
  /** The first number of the result. */
  readonly first: number;
}

/** Tensors of a model of so many float32, in 60 parts: a few large ones and many small ones. */
function modelOf(elements: number): ModelParameters {
  const sizes = Array.from({ length: 60 }, (_, i) =>
    Math.floor((elements * (i % 3 === 0 ? 2.9 : 0.05)) / 60),
  );
  sizes[0]! += elements - sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size, i) => {
    const data = new Float32Array(size);
    for (let k = 0; k < size; k++) data[k] = Math.sin(i + k);
    return { name: String(i), dtype: "float32", shape: [size], data };
  });
}

/** A server has more than one round; and what else a machine does disturbs short ones more. */
const roundsFor = (clients: number) => Math.max(2, Math.round(60 / clients));

/** From the bytes of each reply to the mean of all, the best of some rounds; to make the bytes is not counted. */
export async function aggregate(clients: number, elements: number): Promise<Aggregated> {
  const model = modelOf(elements);
  const spool = createSpool();
  const scratch = createScratch();
  const rounds: Omit<Aggregated, "megabytes">[] = [];
  for (let i = 0; i < roundsFor(clients); i++) {
    rounds.push(await round(model, clients, spool, scratch));
  }
  return {
    seconds: Math.min(...rounds.map(({ seconds }) => seconds)),
    megabytes: process.resourceUsage().maxRSS / 1024,
    first: rounds[0]!.first,
  };
}

function write(target: Uint8Array, pieces: readonly Uint8Array[]): number {
  let at = 0;
  for (const piece of pieces) {
    target.set(piece, at);
    at += piece.length;
  }
  return at;
}

async function round(
  model: ModelParameters,
  clients: number,
  spool: Spool,
  scratch: Scratch,
): Promise<Omit<Aggregated, "megabytes">> {
  const limits = limitsOf({});
  const elements = model.reduce((sum, { data }) => sum + data.length, 0);
  const arriving = new Uint8Array(4 * elements + 2 ** 20);
  let seconds = 0;
  let begun = performance.now();
  const pause = () => {
    seconds += (performance.now() - begun) / 1000;
  };
  const layout = layoutOf(specsOf(model));
  const sum = createWeightedSum(layout, scratch.zeros);
  for (let client = 0; client < clients; client++) {
    pause();
    const message = {
      kind: "fit",
      parameters: model,
      numExamples: 10 + client,
      metrics: {},
    } as const;
    const { pieces } = encodeClientMessage(message, "fit", "flwr.proto", limits)!;
    // Into the same memory each time: to free a message is the transport's work.
    const bytes = arriving.subarray(0, write(arriving, pieces));
    begun = performance.now();
    const reply = decodeClientMessage(bytes, "flwr.proto", limits);
    if (reply.kind !== "fit") throw new Error("expected a reply to fit");
    const source = checkedSource(sourceOfFiles(reply.parameters, limits), layout);
    const update = await spool.receive(source, layout);
    await sum.add(update, reply.numExamples);
    update.release();
  }
  const [first] = sum.mean();
  scratch.takeBack();
  pause();
  return { seconds, first: Number(first!.data[1]) };
}

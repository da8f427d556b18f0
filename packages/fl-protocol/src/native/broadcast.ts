/**
 * Parameters that the server sends to many clients: hashed once, and neither copied nor kept longer than somebody needs
 * them.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { ModelParameters } from "../tensor.js";
import { type Body, bodyOf, chunkOf } from "./body.js";
import { compressed } from "./compress.js";
import { chunkCountOf } from "./wire.js";

/** A chunk as it is sent. */
export interface SentChunk {
  readonly isCompressed: boolean;
  readonly slices: readonly Uint8Array[];
  readonly byteLength: number;
}

/** Parameters as they are sent. */
export interface Broadcast {
  /** SHA-256 of the manifest. */
  readonly id: string;
  /** JSON: how many bytes there are, and the SHA-256 of each chunk. */
  readonly manifest: Buffer;
  readonly body: Body;
  readonly chunk: (index: number) => Promise<SentChunk>;
}

/** A broadcast, and somebody's part in it. */
export interface BroadcastUse {
  readonly broadcast: Broadcast;
  /** Says, once, that it isn't needed any more. */
  readonly release: () => void;
}

/** What is being sent at present. */
export interface Broadcasts {
  /** @throws as {@link bodyOf} */
  readonly use: (parameters: ModelParameters) => Promise<BroadcastUse>;
}

/** Compressed chunks that are kept, since clients ask for the same ones at about the same time. */
const KEPT_CHUNKS = 8;

export function createBroadcasts(): Broadcasts {
  // Only while somebody uses them: afterwards the owner of the tensors may change them, and they had another hash.
  const all = new Map<ModelParameters, { users: number; readonly made: Promise<Broadcast> }>();
  return {
    use: async (parameters) => {
      const entry = all.get(parameters) ?? { users: 0, made: broadcastOf(bodyOf(parameters)) };
      all.set(parameters, entry);
      entry.users += 1;
      let isUsed = true;
      const release = () => {
        if (!isUsed) return;
        isUsed = false;
        entry.users -= 1;
        if (entry.users === 0) all.delete(parameters);
      };
      try {
        return { broadcast: await entry.made, release };
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

/** The hash of some bytes, hexadecimal. */
export function sha256(slices: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const slice of slices) hash.update(slice);
  return hash.digest("hex");
}

/** What has to be hashed for the id of parameters. */
export async function manifestOf(body: Body): Promise<Buffer> {
  const chunks: string[] = [];
  for (let i = 0; i < chunkCountOf(body.byteLength); i++) {
    chunks.push(sha256(chunkOf(body, i)));
    // Other clients have their turn.
    if (i % 4 === 3) await setImmediate();
  }
  return Buffer.from(JSON.stringify({ byteLength: body.byteLength, chunks }));
}

async function broadcastOf(body: Body): Promise<Broadcast> {
  const manifest = await manifestOf(body);
  const kept = new Map<number, Promise<SentChunk>>();
  return {
    id: sha256([manifest]),
    manifest,
    body,
    chunk: (index) => {
      const known = kept.get(index);
      if (known !== undefined) return known;
      const made = sentChunk(body, index);
      kept.set(index, made);
      if (kept.size > KEPT_CHUNKS) kept.delete(kept.keys().next().value as number);
      return made;
    },
  };
}

/** A chunk of any parameters, as it is sent. */
export async function sentChunk(body: Body, index: number): Promise<SentChunk> {
  const slices = chunkOf(body, index);
  const smaller = await compressed(slices);
  if (smaller !== undefined) {
    return { isCompressed: true, slices: [smaller], byteLength: smaller.length };
  }
  return {
    isCompressed: false,
    slices,
    byteLength: slices.reduce((sum, { length }) => sum + length, 0),
  };
}

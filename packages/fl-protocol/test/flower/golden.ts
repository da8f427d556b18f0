/**
 * Bytes of Python's protobuf and ours.
 *
 * @module
 */
import assert from "node:assert/strict";
import { decodeClientMessage } from "../../src/flower/client-message.js";
import { bytesOfPieces } from "../../src/flower/pieces.js";
import { decodeServerMessage, encodeServerMessage } from "../../src/flower/server-message.js";
import { limitsOf } from "../../src/resolve-limits.js";
import { GOLDEN } from "./golden-messages.js";
import { type Peer, python } from "./python-process.js";

/** Whether Python writes what it wrote when the unit tests were, and we read and write the same. */
export async function check(peer: Peer): Promise<string> {
  const { lines, exited } = python(peer, "golden.py", []);
  const limits = limitsOf();
  let count = 0;
  for await (const line of lines) {
    const { name, side, hex } = line as { name: string; side: "server" | "client"; hex: string };
    assert.equal(hex, GOLDEN[name], name);
    count += 1;
    const bytes = Buffer.from(hex, "hex");
    if (side === "client") decodeClientMessage(bytes, "flwr.proto", limits);
    else {
      const message = decodeServerMessage(bytes, "flwr.proto", limits);
      if ("parameters" in message) continue;
      const pieces = encodeServerMessage(message, "flwr.proto", limits);
      assert.equal(bytesOfPieces(pieces!).toString("hex"), hex, name);
    }
  }
  const { status, log } = await exited;
  assert.equal(status, 0, log);
  return `${count} messages`;
}

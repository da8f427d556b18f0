/**
 * Flower's own clients in our server, our clients in Flower's server, and what passes between them.
 *
 *     tsx --conditions=@dsail/source test/oracle/against-flower.ts PYTHON [--large] [WORD…]
 *
 * PYTHON has numpy and flwr, 1.x or 0.16 (which runs in a Python of today with protobuf 3.20.3, if pip is told
 * `--no-deps`). `--large` adds models of 600 MB (minutes, 16 GB of memory); words choose among the checks.
 *
 * @module
 */
import * as golden from "../flower/golden.js";
import * as clients from "../flower/python-clients.js";
import { type Peer, peerOf } from "../flower/python-process.js";
import * as servers from "../flower/python-servers.js";

const KB = 1000;
const MB = 1000 * KB;

/** Whether Flower has to be 1.x, what is checked, and a note on what came of it. */
type Check = readonly ["1.x" | "any", string, (peer: Peer) => Promise<string | undefined>];

const CHECKS: readonly Check[] = [
  ["1.x", "messages are those of Python's protobuf", golden.check],
  ["any", "Python clients: scalars, tensors, TLS", clients.everything],
  ["any", "Python clients that fail", clients.failures],
  ["any", "Python clients: 1 kB", (peer) => clients.rounds(peer, KB)],
  ["any", "Python clients: 45 MB", (peer) => clients.rounds(peer, 45 * MB)],
  ["any", "Python server: 1 kB", (peer) => servers.rounds(peer, KB)],
  ["1.x", "Python server: 1 kB, TLS", (peer) => servers.rounds(peer, KB, true)],
  ["any", "Python server: 45 MB", (peer) => servers.rounds(peer, 45 * MB)],
  ["1.x", "Python server: 45 MB, TLS", (peer) => servers.rounds(peer, 45 * MB, true)],
  ["any", "Python server that dies, and clients that fail", servers.failures],
  ["1.x", "large, Python clients: 600 MB", (peer) => clients.rounds(peer, 600 * MB, 1)],
  ["1.x", "large, Python server: 600 MB", (peer) => servers.rounds(peer, 600 * MB)],
];

const [interpreter, ...rest] = process.argv.slice(2);
if (interpreter === undefined) throw new Error("which Python?");
const words = rest.filter((word) => word !== "--large");
const isLarge = rest.includes("--large");
const peer = peerOf(interpreter);
console.log(`flwr ${peer.version}, ${peer.dialect}`);

let failed = 0;
for (const [which, name, check] of CHECKS) {
  if (which === "1.x" && peer.dialect !== "flwr.proto") continue;
  if (name.startsWith("large") && !isLarge) continue;
  if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
  try {
    const note = await check(peer);
    console.log(`ok      ${name}${note === undefined ? "" : `: ${note}`}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}`);
    console.log(error);
  }
}
process.exit(failed === 0 ? 0 : 1);

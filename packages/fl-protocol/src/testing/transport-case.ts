/**
 * One case of a contract.
 *
 * @module
 */
import type { MakeTransportPair } from "./stage.js";

/** One thing that a transport must do. */
export interface TransportCase {
  /** A sentence, without its subject: the transport. */
  readonly name: string;
  /** Rejects if it doesn't. Waits up to 4 s where something hangs. */
  readonly run: (make: MakeTransportPair) => Promise<void>;
}

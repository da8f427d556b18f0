/**
 * An update that has arrived as a whole.
 *
 * @module
 */
import type { Layout } from "./layout.js";

/** The parameters of a reply, kept by the server until they are released. They were checked: structure, and numbers. */
export interface ReceivedUpdate {
  readonly layout: Layout;
  /**
   * The bytes of a segment, valid until the next is read. As often as needed; a promise where they are on the disk.
   *
   * @throws {@link FlError} `FAILED` if the disk can't be read
   */
  readonly segment: (index: number) => Uint8Array | Promise<Uint8Array>;
  /** Gives up memory and disk. Nothing can be read afterwards. */
  readonly release: () => void;
}

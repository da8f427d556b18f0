/**
 * How much memory chunks that nobody reads yet may take, of all clients together.
 *
 * @module
 */

/** Memory that is shared. */
export interface Room {
  /** Takes so many bytes, if there are. */
  readonly take: (bytes: number) => boolean;
  readonly give: (bytes: number) => void;
  /** Calls back, until it is told otherwise, when bytes were given. */
  readonly watch: (onGiven: () => void) => () => void;
}

export function createRoom(maxBytes: number): Room {
  let taken = 0;
  const watchers = new Set<() => void>();
  return {
    take: (bytes) => {
      if (taken + bytes > maxBytes) return false;
      taken += bytes;
      return true;
    },
    give: (bytes) => {
      taken -= bytes;
      for (const onGiven of watchers) onGiven();
    },
    watch: (onGiven) => {
      watchers.add(onGiven);
      return () => watchers.delete(onGiven);
    },
  };
}

/**
 * How far the training of a round is, for a person who watches.
 *
 * @module
 */
import { SingleBar } from "cli-progress";

/** A bar, where there is a terminal. */
export interface Progress {
  /** @param share - 0 to 1 */
  readonly show: (share: number, note: string) => void;
  /** Makes room for a line of text. */
  readonly pause: () => void;
  readonly end: () => void;
}

/** @param isWanted - false, or no terminal: nothing is shown */
export function createProgress(
  stream: { write(text: string): unknown; readonly isTTY?: boolean },
  isWanted: boolean,
): Progress {
  if (!isWanted || stream.isTTY !== true) {
    return { show: () => {}, pause: () => {}, end: () => {} };
  }
  let bar: SingleBar | undefined;
  const pause = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    show: (share, note) => {
      if (bar === undefined) {
        bar = new SingleBar({
          stream: stream as NodeJS.WriteStream,
          format: "{bar} {percentage} %, {note}, {eta_formatted} left",
          clearOnComplete: true,
          hideCursor: true,
        });
        bar.start(1000, 0, { note });
      }
      bar.update(Math.round(share * 1000), { note });
    },
    pause,
    end: pause,
  };
}

/**
 * A progress bar, on a terminal only: logs stay clean.
 *
 * @module
 */
/** What a run tells of its progress. */
export interface Progress {
  readonly start: (files: number) => void;
  readonly step: () => void;
  readonly stop: () => void;
}

/** A bar on `stream`, or nothing if that is no terminal. */
export async function createProgress(
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean },
): Promise<Progress> {
  if (stream.isTTY !== true) {
    return { start: () => undefined, step: () => undefined, stop: () => undefined };
  }
  const { default: cliProgress } = await import("cli-progress");
  const bar = new cliProgress.SingleBar(
    {
      stream,
      hideCursor: true,
      etaBuffer: 200,
      format: "{bar} {value}/{total} files, {eta_formatted} left",
    },
    cliProgress.Presets.shades_classic,
  );
  return {
    start: (files) => bar.start(files, 0),
    step: () => bar.increment(),
    stop: () => bar.stop(),
  };
}

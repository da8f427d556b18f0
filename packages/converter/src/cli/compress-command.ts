/**
 * `compress`: what JPEG 2000 leaves of images.
 *
 * @module
 */
import type { Command } from "commander";
import type { CompressionReport } from "../node/folder-job.js";
import { assertRatio, given, INPUT, OUTPUT, type Perform, parseNumber } from "./command-action.js";
import { type DoneOutcome, type RunFlags, tellRun, withRunOptions } from "./folder-run.js";
import { quoted } from "./printable.js";
import { filesOf } from "./report.js";

/** Share of the ratio that was asked for: headers, and codecs that count otherwise, are no failure. */
const REACHED = 0.9;

export function addCompress(program: Command, perform: Perform): void {
  const command = program
    .command("compress")
    .summary("what JPEG 2000 leaves of images")
    .description(
      "Compresses each PNG or BMP by JPEG 2000, writes what is left of it as PNG, and says what it cost.",
    )
    .argument("<input>", INPUT)
    .argument("<output>", OUTPUT)
    .option("--ratio <n>", "how many times smaller, more than 1 (default: no loss)", parseNumber)
    .option("--keep-codestream", "write the codestream too, as x.j2c", false);
  withRunOptions(command, "compress images compressed --ratio 10").action(
    (
      input: string,
      output: string,
      flags: RunFlags & { readonly ratio?: number; readonly keepCodestream: boolean },
    ) =>
      perform(async (report, signal) => {
        assertRatio(flags.ratio);
        const { keepCodestream, ratio } = flags;
        const done: DoneOutcome[] = [];
        const { compressFolder } = await import("../node/convert-folder.js");
        const onDone = (outcome: DoneOutcome) => done.push(outcome);
        const telling = { done: "compressed", flags, report, signal, onDone };
        const ended = await tellRun(telling, (run) =>
          compressFolder(input, output, { keepCodestream, ...given("ratio", ratio), ...run }),
        );
        return { ...ended, lines: [...compressionLines(done, ratio), ...ended.lines] };
      }),
  );
}

function compressionLines(
  done: readonly DoneOutcome[],
  asked: number | undefined,
): readonly string[] {
  const all = done
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap(({ path, compression }) => (compression === undefined ? [] : { path, compression }));
  if (all.length === 0) return [];
  const sum = (field: keyof CompressionReport) =>
    all.reduce((total, { compression }) => total + compression[field], 0);
  const psnr = Math.min(...all.map(({ compression }) => compression.psnr));
  const total: CompressionReport = {
    originalBytes: sum("originalBytes"),
    compressedBytes: sum("compressedBytes"),
    pngBytes: sum("pngBytes"),
    psnr,
  };
  const short = all.filter(({ compression }) => ratioOf(compression) < REACHED * (asked ?? 0));
  return [
    ...all.map(({ path, compression }) => `${quoted(path)}: ${formatCompression(compression)}`),
    `all: ${formatCompression(total)}${Number.isFinite(psnr) ? " at the worst" : ""}`,
    ...(short.length === 0
      ? []
      : [`note: ratio ${asked} was not reached in ${filesOf(short.length)}`]),
  ];
}

function ratioOf({ originalBytes, compressedBytes }: CompressionReport): number {
  return originalBytes / compressedBytes;
}

/** `65536 bytes of samples, 6500 of JPEG 2000 (ratio 10.1), 20000 of PNG, PSNR 41.2 dB`. */
function formatCompression(report: CompressionReport): string {
  const { originalBytes, compressedBytes, pngBytes, psnr } = report;
  const ratio = ratioOf(report).toFixed(1);
  const loss = Number.isFinite(psnr) ? `PSNR ${psnr.toFixed(1)} dB` : "no loss";
  return `${originalBytes} bytes of samples, ${compressedBytes} of JPEG 2000 (ratio ${ratio}), ${pngBytes} of PNG, ${loss}`;
}

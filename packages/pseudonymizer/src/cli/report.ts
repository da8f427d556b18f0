/**
 * Tells of a run over files: a bar while it runs, then what failed, a line of summary, and notes.
 *
 * @module
 */
import type { PlanFindingCode } from "../decision.js";
import { formatFailure } from "../failure.js";
import type { FolderOptions, FolderSummary } from "../node/pseudonymize-folder.js";
import { quoted } from "../printable.js";
import { EXIT_FAILED, EXIT_OK, EXIT_STOPPED } from "./exit-code.js";
import { createProgress } from "./progress.js";
import type { Streams } from "./streams.js";

/** Does the files, and tells of each. */
type Run = (
  callbacks: Required<Pick<FolderOptions, "onStart" | "onFile">>,
) => Promise<FolderSummary>;

/**
 * Runs, and tells of it.
 *
 * @param skippedFor - why files are skipped
 * @returns the exit code
 */
export async function reportRun(
  { out, error }: Streams,
  skippedFor: string,
  run: Run,
): Promise<number> {
  const progress = await createProgress(error);
  const failures: string[] = [];
  const filesWith = new Map<PlanFindingCode, number>();
  let summary: FolderSummary;
  try {
    summary = await run({
      onStart: progress.start,
      onFile: (outcome) => {
        progress.step();
        if (outcome.kind === "done") {
          const codes = new Set(outcome.findings.map(({ code }) => code));
          for (const code of codes) filesWith.set(code, (filesWith.get(code) ?? 0) + 1);
        }
        if (outcome.kind !== "failed") return;
        // Quoted, so that no name can move the cursor or forge a line.
        failures.push(`${quoted(outcome.path)}: ${formatFailure(outcome.failure)}`);
      },
    });
  } finally {
    progress.stop();
  }
  for (const failure of failures) error.write(`${failure}\n`);
  const { done, skipped, failed, left } = summary;
  const stopped = left > 0 ? `, ${left} not begun` : "";
  out.write(
    `${done} pseudonymized, ${skipped} skipped (${skippedFor}), ${failed} failed${stopped}\n`,
  );
  for (const [code, files] of [...filesWith].sort()) {
    out.write(`note: ${FINDINGS[code]} (${files} ${files === 1 ? "file" : "files"})\n`);
  }
  if (left > 0) return EXIT_STOPPED;
  return failed === 0 ? EXIT_OK : EXIT_FAILED;
}

/** What a finding means to who runs the command. */
const FINDINGS: { readonly [code in PlanFindingCode]: string } = {
  UNKNOWN_ATTRIBUTE_KEPT:
    "attributes that no dictionary knows were kept; --unlisted remove drops them",
  UNKNOWN_SOP_CLASS:
    "the SOP class is unknown: attributes were treated as if all of them were required",
  BAD_DATE_REMOVED: "values that are no dates could not be moved, and went",
};

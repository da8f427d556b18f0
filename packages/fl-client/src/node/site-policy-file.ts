/**
 * The policy of a site from its file, with the count it goes by.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { FlError } from "@dsail/fl-protocol";
import { parseSitePolicy } from "../policy/parse-site-policy.js";
import type { SitePolicy } from "../policy/site-policy.js";
import { openReleaseCounts, type ReleaseCountsFile } from "./release-counts-file.js";

/** What {@link ClientOptions} takes of a site: `createClient({ ...site, … })`. */
export interface SitePolicyInForce {
  readonly policy: SitePolicy;
  readonly counts: ReleaseCountsFile;
}

/**
 * Reads a policy's file (JSON, by `site-policy.schema.json`), and opens the count of what has left under it. Changes to the
 * file hold from the next start; the count goes on.
 *
 * @throws {@link FlError} `BAD_CONFIG` for a policy that is none; `BAD_CHECKPOINT` for a count that is broken; errors of the
 *   file system
 */
export function openSitePolicy(path: string): SitePolicyInForce {
  const bytes = readFileSync(path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FlError("BAD_CONFIG", "the policy is not in UTF-8");
  }
  const policy = parseSitePolicy(text);
  const { stateFile = `${basename(path)}.releases.jsonl` } = policy;
  return { policy, counts: openReleaseCounts(resolve(dirname(path), stateFile)) };
}

/**
 * Actions as a command line and a JSON file have them.
 *
 * @module
 */
import { PseudonymizerError } from "../errors.js";
import type { DsailActions } from "./action.js";
import { generateActions } from "./generate-actions.js";

/**
 * Actions of JSON: `{ "(0x0010, 0x0010)": "replace", "(0008,1030)": { "action": "regexp", "find": "…", "replace": "…" } }`.
 *
 * @throws {@link PseudonymizerError} `BAD_RULE` if it is anything else
 */
export function parseActions(json: string): DsailActions {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.replace(/^\uFEFF/, ""));
  } catch {
    throw new PseudonymizerError("BAD_RULE", "dictionary: expected JSON");
  }
  if (!isRecord(parsed)) throw new PseudonymizerError("BAD_RULE", "dictionary: expected an object");
  return merged(
    Object.entries(parsed).map(([tag, value]) => {
      if (typeof value === "string") return generateActions([tag], value);
      const { action, find, replace, ...more } = isRecord(value) ? value : {};
      if (typeof action === "string" && Object.keys(more).length === 0) {
        if (find === undefined && replace === undefined) return generateActions([tag], action);
        if (typeof find === "string" && typeof replace === "string") {
          return generateActions([tag], action, { find, replace });
        }
      }
      throw new PseudonymizerError(
        "BAD_RULE",
        "dictionary: expected an action, or an object with action, find and replace",
      );
    }),
  );
}

/**
 * Actions of a command line: a tag and an action by turns, and behind `regexp` what to find and what to put there.
 *
 * @throws {@link PseudonymizerError} `BAD_RULE` if it is anything else
 */
export function parseActionArguments(words: readonly string[]): DsailActions {
  const made: DsailActions[] = [];
  for (let i = 0; i < words.length; ) {
    const [tag = "", action, find, replace] = words.slice(i, i + 4);
    if (action === undefined) throw new PseudonymizerError("BAD_RULE", "-t: expected TAG ACTION");
    const isRegexp = action.toLowerCase() === "regexp";
    if (isRegexp && (find === undefined || replace === undefined)) {
      throw new PseudonymizerError("BAD_RULE", "-t: expected TAG regexp FIND REPLACE");
    }
    const options = isRegexp ? { find: find ?? "", replace: replace ?? "" } : undefined;
    made.push(generateActions([tag], action, options));
    i += isRegexp ? 4 : 2;
  }
  return merged(made);
}

/** All of them; of two for one tag the later one. */
export function merged(actions: readonly DsailActions[]): DsailActions {
  return new Map(actions.flatMap((actionOfTag) => [...actionOfTag]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A policy from its text.
 *
 * @module
 */
import { FlError } from "@dsail/fl-protocol";
import { findDuplicateName } from "./duplicate-names.js";
import { assertSchema } from "./json-schema.js";
import { completePolicy, type SitePolicy } from "./site-policy.js";
import { SITE_POLICY_SCHEMA } from "./site-policy-schema.js";

/**
 * Reads a policy, and nothing into it: a field that is not known, or there twice, is an error.
 *
 * @returns the policy with its defaults, frozen
 * @throws {@link FlError} `BAD_CONFIG` with the place (a JSON pointer)
 */
export function parseSitePolicy(text: string): SitePolicy {
  let value: unknown;
  try {
    // Windows' editors begin UTF-8 with a byte order mark.
    value = JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch {
    // What the parser says quotes the text.
    throw new FlError("BAD_CONFIG", "the policy is no JSON");
  }
  const twice = findDuplicateName(text);
  if (twice !== undefined) {
    throw new FlError("BAD_CONFIG", `the policy has ${JSON.stringify(twice.slice(0, 80))} twice`);
  }
  assertSchema(value, SITE_POLICY_SCHEMA);
  const { $schema: _editor, ...policy } = value as SitePolicy & { readonly $schema?: string };
  for (const field of ["config", "metrics", "properties"] as const) {
    policy[field]?.forEach(({ minimum = -Infinity, maximum = Infinity }, i) => {
      if (minimum <= maximum) return;
      throw new FlError("BAD_CONFIG", `/${field}/${i}: minimum is more than maximum`);
    });
  }
  return completePolicy(policy);
}

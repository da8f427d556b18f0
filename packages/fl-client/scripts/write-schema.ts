/**
 * Writes `site-policy.schema.json`: `pnpm --filter @dsail/fl-client schema`.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { SITE_POLICY_SCHEMA } from "../src/policy/site-policy-schema.js";

writeFileSync(
  new URL("../site-policy.schema.json", import.meta.url),
  `${JSON.stringify(SITE_POLICY_SCHEMA, null, 2)}\n`,
);

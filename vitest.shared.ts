/**
 * What the vitest projects of all packages have in common.
 *
 * @module
 */
import { defaultServerConditions, type UserConfig } from "vite";

/** The condition under which workspace packages resolve to their TypeScript sources. */
const conditions = ["@dsail/source", ...defaultServerConditions];

/** Resolves `@dsail/*` to sources, so that no test needs a build. */
export const resolveSources: Pick<UserConfig, "resolve" | "ssr"> = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
};

/** Nothing here is a test of time: a slow machine passes as well. Only what hangs is stopped. */
export const patience = {
  testTimeout: 120_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 30_000 } },
} as const;

/**
 * What needs Node: the policy's file and its count, and virtual clients on worker threads: `@dsail/fl-client/node`.
 *
 * @module
 */
export { openReleaseCounts, type ReleaseCountsFile } from "./node/release-counts-file.js";
export { openSitePolicy, type SitePolicyInForce } from "./node/site-policy-file.js";
export type { TrainerModule } from "./node/trainer-host.js";
export {
  runVirtualClients,
  type VirtualClientResult,
  type VirtualClientsOptions,
} from "./node/virtual-clients.js";

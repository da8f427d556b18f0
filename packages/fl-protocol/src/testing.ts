/**
 * What tests of transports need.
 *
 * @module
 */
export type { MakeTransportPair, TransportPair } from "./testing/stage.js";
export type { TransportCase } from "./testing/transport-case.js";
export { transportContract } from "./testing/transport-contract.js";
export type { WireAbilities } from "./testing/wire-abilities.js";

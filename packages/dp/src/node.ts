/**
 * Ledgers on disk, for Node: `@dsail/dp/node`.
 *
 * @module
 */
export { type LedgerFile, type OpenLedgerOptions, openLedger } from "./node/ledger-file.js";

/**
 * Flower's legacy bidirectional wire: Python's `start_client` joins our server, and our client joins Python's
 * `start_server`.
 *
 * @module
 */
export type { Insecure, Pem } from "./address.js";
export type { ClientIdOf, FlowerPeer } from "./flower/client-id.js";
export { type FlowerClientOptions, flowerClientTransport } from "./flower/client-transport.js";
export type { FlowerDialect } from "./flower/dialect.js";
export type { FlowerClientTls, FlowerServerTls } from "./flower/security.js";
export { type FlowerServerOptions, flowerServerTransport } from "./flower/server-transport.js";

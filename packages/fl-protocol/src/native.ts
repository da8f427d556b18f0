/**
 * Between our own programs: HTTP/2 with certificates on both sides, large models in chunks, and sessions that outlive their
 * connections.
 *
 * @module
 */
export type { Insecure, Pem } from "./address.js";
export { type NativeClientOptions, nativeClientTransport } from "./native/client-transport.js";
export type { NativeClientTls, NativeServerTls } from "./native/security.js";
export { type NativeServerOptions, nativeServerTransport } from "./native/server-transport.js";

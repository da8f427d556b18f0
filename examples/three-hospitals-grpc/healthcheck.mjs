/**
 * Whether somebody listens there, or where a client's server is:
 *
 *     node healthcheck.mjs [HOST:PORT]
 */
import { connect } from "node:net";

const address = process.argv[2] ?? process.env["DSAIL_FL_SERVER"] ?? "";
const [, host = "", port = "0"] = /^(.+):(\d+)$/.exec(address) ?? [];
const socket = connect({ host, port: Number(port), timeout: 3000 });
const end = (/** @type {0 | 1} */ code) => {
  socket.destroy();
  process.exitCode = code;
};
socket.once("connect", () => end(0));
socket.once("error", () => end(1));
socket.once("timeout", () => end(1));

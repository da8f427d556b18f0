/**
 * Why the server's certificate is not trusted.
 *
 * @module
 */
import { connect as connectHttp2 } from "node:http2";
import { TLSSocket } from "node:tls";
import { formatAddress, type HostAndPort } from "../address.js";
import { FlError } from "../errors.js";
import { type Clocks, isAboutTime, reasonOfCode, refusalText, validityOf } from "./refusal.js";

const PATIENCE_MS = 3000;

/** What the client's side says of a server it did not connect to; undefined if it isn't about certificates. */
export async function explainRefusedServer(
  error: unknown,
  address: HostAndPort,
): Promise<FlError | undefined> {
  const { code } = error as NodeJS.ErrnoException;
  const what = "the server is not trusted";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const text = `${what}: its certificate is for other names than the address that was given`;
    return new FlError("UNAUTHORIZED", text, { cause: error });
  }
  const reason = code?.startsWith("ERR_") === true ? undefined : reasonOfCode(code);
  if (reason === undefined) return undefined;
  const clocks = isAboutTime(reason) ? await clocksAt(address) : undefined;
  return new FlError("UNAUTHORIZED", `${what}: ${refusalText(reason, clocks)}`, { cause: error });
}

/**
 * When the certificate of a server is valid, and what time it is there: for the text alone. Nothing is shown to that server,
 * and what it says is not trusted.
 */
function clocksAt(address: HostAndPort): Promise<Clocks> {
  return new Promise((resolve) => {
    const session = connectHttp2(`https://${formatAddress(address)}`, {
      rejectUnauthorized: false,
    });
    let clocks: Clocks = {
      client: new Date().toISOString(),
      server: undefined,
      validity: undefined,
    };
    const timer = setTimeout(() => session.destroy(), PATIENCE_MS);
    session.on("error", () => {});
    session.once("close", () => {
      clearTimeout(timer);
      resolve(clocks);
    });
    session.once("connect", (_, socket) => {
      const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
      if (certificate !== undefined) clocks = { ...clocks, validity: validityOf(certificate) };
      const stream = session.request({ ":path": "/v1/session" });
      stream.on("error", () => {});
      stream.once("close", () => session.destroy());
      stream.once("response", ({ date }) => {
        const server = new Date(date ?? "");
        if (!Number.isNaN(server.getTime())) clocks = { ...clocks, server: server.toISOString() };
        session.destroy();
      });
    });
  });
}

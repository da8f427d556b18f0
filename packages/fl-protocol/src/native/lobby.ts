/**
 * Who may join, and which session a request is of.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import { isClientId } from "../client-id.js";
import { FlError } from "../errors.js";
import type { Limits } from "../limits.js";
import type { ServerTransportEvents } from "../transport.js";
import { createBroadcasts, sha256 } from "./broadcast.js";
import { badMessage, fieldsOf, parseJson } from "./frame.js";
import { readBody } from "./http-stream.js";
import { type Admission, type Peer, type Refusal, refusalOf } from "./peer.js";
import { refusalText } from "./refusal.js";
import { refuse, respondJson } from "./respond.js";
import { createRoom } from "./room.js";
import { createServerSession, type ServerSession } from "./server-session.js";
import { PROTOCOL_VERSION } from "./wire.js";

/** What a lobby needs of the options. */
export interface LobbyOptions extends Admission {
  readonly limits: Required<Limits>;
  readonly maxClients: number;
  readonly graceMs: number;
  readonly maxBufferedBytes?: number;
}

/** A request of somebody. */
interface Visit {
  readonly connection: ServerHttp2Session;
  readonly peer: Peer;
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

/** Who is in. */
export interface Lobby {
  /**
   * The session a request is of; undefined if it is answered, since it was hello, or its client is refused.
   *
   * @throws {@link FlError} that the client is to be told
   */
  readonly enter: (visit: Visit) => Promise<ServerSession | undefined>;
  /** Lets all go. Ends when all that wait were told. */
  readonly releaseAll: () => Promise<void>;
}

/** A session, and what its requests have to show. */
interface Member {
  readonly session: ServerSession;
  readonly clientId: string;
  readonly fingerprint: string;
  readonly connections: Set<ServerHttp2Session>;
}

const TOKEN_BYTES = 32;
const MAX_HELLO_BYTES = 4096;
const HELLO_IDLE_MS = 10_000;
const DEFAULT_BUFFERED_BYTES = 256 * 2 ** 20;

export function createLobby(
  options: LobbyOptions,
  { onConnect, onProblem }: ServerTransportEvents,
): Lobby {
  const { limits, maxClients, graceMs, maxBufferedBytes = DEFAULT_BUFFERED_BYTES } = options;
  const broadcasts = createBroadcasts();
  const room = createRoom(maxBufferedBytes);
  /** By the hash of their token: how long a search takes tells nothing of it. */
  const members = new Map<string, Member>();
  const byClientId = new Map<string, Member>();
  /** Of refused connections each is told once. */
  const told = new WeakSet<ServerHttp2Session>();
  let isClosing = false;

  function turnAway({ stream, connection, peer }: Visit, { reason, clocks }: Refusal): void {
    refuse(stream, 401, "UNAUTHORIZED", { reason, clocks });
    if (told.has(connection)) return;
    told.add(connection);
    const who = peer.clientId === undefined ? "somebody" : `client ${peer.clientId}`;
    onProblem?.({ code: "UNAUTHORIZED", message: `${who}: ${refusalText(reason, clocks)}` });
    // The connection is of no use: it ends when it knows why.
    connection.close();
  }

  async function welcome(visit: Visit): Promise<void> {
    const { stream, peer, connection } = visit;
    if (peer.refusal !== undefined) return turnAway(visit, peer.refusal);
    const body = await readBody(stream, { maxBytes: MAX_HELLO_BYTES, idleMs: HELLO_IDLE_MS });
    const { version, clientId: claimed } = fieldsOf(parseJson(body));
    const clientId = peer.clientId ?? claimed;
    if (typeof clientId !== "string" || !isClientId(clientId)) {
      throw badMessage("a hello without a client id");
    }
    const refusal = refusalOf(peer, clientId, options);
    if (refusal !== undefined) return turnAway(visit, refusal);
    if (version !== PROTOCOL_VERSION) {
      throw new FlError("BAD_MESSAGE", "a client that speaks another version", { clientId });
    }
    const before = byClientId.get(clientId);
    if (isClosing) return refuse(stream, 503, "DISCONNECTED");
    if (before !== undefined && before.connections.size > 0 && !before.session.isEnded()) {
      onProblem?.({ code: "DISCONNECTED", message: `a second client ${clientId} is turned away` });
      return refuse(stream, 409, "DISCONNECTED", { reason: "CONNECTED" });
    }
    // Its process came back, and doesn't know of the session it had.
    before?.session.end("it came back with a new session");
    if (byClientId.size >= maxClients) {
      onProblem?.({ code: "LIMIT_EXCEEDED", message: "more clients than may be connected" });
      return refuse(stream, 503, "DISCONNECTED");
    }
    if (stream.destroyed) return;
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const session = open(clientId, token, peer, connection);
    respondJson(stream, 200, { version: PROTOCOL_VERSION, token, clientId, graceMs });
    onConnect(session.connection);
  }

  function open(
    clientId: string,
    token: string,
    { fingerprint }: Peer,
    connection: ServerHttp2Session,
  ): ServerSession {
    const key = keyOf(token);
    const onEnd = () => {
      if (byClientId.get(clientId) === member) byClientId.delete(clientId);
      // What it is still to be told waits as long as it might come back for it.
      const forget = () => members.delete(key);
      const timer = setTimeout(forget, graceMs).unref();
      void session.told.then(() => {
        clearTimeout(timer);
        forget();
      });
    };
    const session = createServerSession({ clientId, limits, broadcasts, room, graceMs, onEnd });
    const member: Member = { session, clientId, fingerprint, connections: new Set() };
    members.set(key, member);
    byClientId.set(clientId, member);
    join(member, connection);
    return session;
  }

  function join({ connections }: Member, connection: ServerHttp2Session): void {
    if (connections.has(connection)) return;
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  }

  return {
    enter: async (visit) => {
      const { headers, stream, peer, connection } = visit;
      const { [":method"]: method, [":path"]: path, authorization } = headers;
      if (peer.refusal !== undefined) {
        turnAway(visit, peer.refusal);
        return undefined;
      }
      if (method === "POST" && path === "/v1/session") {
        await welcome(visit);
        return undefined;
      }
      const [, token] = /^Bearer ([\w-]{43})$/.exec(authorization ?? "") ?? [];
      const member = token === undefined ? undefined : members.get(keyOf(token));
      if (member === undefined) {
        refuse(stream, 410, "DISCONNECTED");
        return undefined;
      }
      const { session, clientId, fingerprint } = member;
      if (fingerprint !== peer.fingerprint) {
        turnAway(visit, { reason: "NO_SESSION", clocks: undefined });
        return undefined;
      }
      const refusal = refusalOf(peer, clientId, options);
      if (refusal !== undefined) {
        turnAway(visit, refusal);
        session.end("it may not join any more");
        return undefined;
      }
      join(member, connection);
      return session;
    },
    releaseAll: async () => {
      isClosing = true;
      const all = [...members.values()];
      await Promise.all(all.map(({ session }) => session.connection.release()));
      // Those who are away are not waited for.
      const away = ({ connections }: Member) => Promise.all([...connections].map(closed));
      await Promise.all(all.map((member) => Promise.race([member.session.told, away(member)])));
    },
  };
}

function closed(connection: ServerHttp2Session): Promise<void> {
  return new Promise((resolve) => {
    if (connection.destroyed) resolve();
    else connection.once("close", () => resolve());
  });
}

function keyOf(token: string): string {
  return sha256([Buffer.from(token)]);
}

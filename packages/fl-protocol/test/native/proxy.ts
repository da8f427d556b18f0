/**
 * A line between client and server that can break.
 *
 * @module
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A line, and what went over it. */
export interface BreakableLine {
  /** Where to connect instead. */
  readonly address: string;
  /** Bytes to the server, and to the client. */
  readonly counted: { up: number; down: number };
  /** Breaks all connections when so many bytes more have passed. */
  readonly cutAfter: (direction: "up" | "down", bytes: number) => void;
  readonly cut: () => void;
  /** Breaks all connections, and takes none until it is repaired. */
  readonly interrupt: () => void;
  readonly repair: () => void;
  /** How many connections there were. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

export async function breakableLine(target: string): Promise<BreakableLine> {
  const [host, port] = [target.slice(0, target.lastIndexOf(":")), target.split(":").at(-1)];
  const counted = { up: 0, down: 0 };
  const cuts: { direction: "up" | "down"; at: number }[] = [];
  const sockets = new Set<Socket>();
  let isInterrupted = false;
  let connections = 0;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const forward = (from: Socket, to: Socket, direction: "up" | "down") => {
    sockets.add(from);
    from.on("error", () => {});
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
    from.on("data", (bytes: Buffer) => {
      const next = cuts.find((cut) => cut.direction === direction);
      const left = next === undefined ? Infinity : next.at - counted[direction];
      const passing = bytes.subarray(0, Math.max(0, left));
      counted[direction] += passing.length;
      if (!to.write(passing)) {
        from.pause();
        to.once("drain", () => from.resume());
      }
      if (passing.length === bytes.length) return;
      cuts.splice(cuts.indexOf(next!), 1);
      cut();
    });
  };
  const server = createServer((near) => {
    connections += 1;
    if (isInterrupted) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), host);
    forward(near, far, "up");
    forward(far, near, "down");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    counted,
    cutAfter: (direction, bytes) => cuts.push({ direction, at: counted[direction] + bytes }),
    cut,
    interrupt: () => {
      isInterrupted = true;
      cut();
    },
    repair: () => {
      isInterrupted = false;
    },
    connections: () => connections,
    close: async () => {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

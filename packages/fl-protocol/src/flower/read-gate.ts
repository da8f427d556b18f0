/**
 * Reading from a stream of grpc-js one message at a time, each when somebody waits for it. grpc-js itself reads up to 16
 * messages ahead, whatever their size; a message that is not read stays with its sender, since HTTP/2's flow control lets no
 * more than a window pass (64 KiB to a server of grpc-js).
 *
 * @module
 */
import {
  InterceptingCall,
  type Interceptor,
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  status,
} from "@grpc/grpc-js";

/** What lets messages pass. */
export interface ReadGate {
  /** Lets one pass, now or when it comes. */
  readonly permit: () => void;
}

/** The gate of a stream of the server, and what it alone sees. */
export interface ServerReadGate extends ReadGate {
  /** Whether grpc-js ended the stream since a message was announced that is larger than allowed. */
  readonly hasRefusedMessage: () => boolean;
}

/** Gates for all streams of a server, to be found by the metadata of their calls. */
export interface ServerReadGates {
  readonly interceptor: ServerInterceptor;
  readonly gateOf: (metadata: Metadata) => ServerReadGate;
}

/** As many calls of `startRead` pass as were permitted. */
function createGate(startRead: () => void) {
  let [permitted, asked] = [0, 0];
  const pass = () => {
    while (permitted > 0 && asked > 0) {
      permitted -= 1;
      asked -= 1;
      startRead();
    }
  };
  return {
    permit: () => {
      permitted += 1;
      pass();
    },
    ask: () => {
      asked += 1;
      pass();
    },
  };
}

/** Gates for a server. */
export function createServerReadGates(): ServerReadGates {
  const gates = new WeakMap<Metadata, ServerReadGate>();
  return {
    interceptor: (_method, call) => {
      let isTooLarge = false;
      const sendStatus = call.sendStatus.bind(call);
      // What grpc-js itself ends a stream with is told to nobody. Without this it would look like a client that left.
      call.sendStatus = (end) => {
        if (end.code === status.RESOURCE_EXHAUSTED) isTooLarge = true;
        sendStatus(end);
      };
      const { permit, ask } = createGate(() => call.startRead());
      const gated = new ServerInterceptingCall(call, {
        start: (next) =>
          next({
            onReceiveMetadata: (metadata, nextMetadata) => {
              gates.set(metadata, { permit, hasRefusedMessage: () => isTooLarge });
              nextMetadata(metadata);
            },
            onReceiveMessage: (message, nextMessage) => nextMessage(message),
            onReceiveHalfClose: (nextHalfClose) => nextHalfClose(),
            onCancel: () => undefined,
          }),
      });
      gated.startRead = ask;
      return gated;
    },
    gateOf: (metadata) => {
      const gate = gates.get(metadata);
      if (gate === undefined) throw new Error("a call that did not pass the interceptor");
      return gate;
    },
  };
}

/** A gate for the one call of a client. */
export function createClientReadGate(): ReadGate & { readonly interceptor: Interceptor } {
  let startRead = (): void => undefined;
  const { permit, ask } = createGate(() => startRead());
  return {
    permit,
    interceptor: (options, nextCall) => {
      const inner = nextCall(options);
      startRead = () => inner.startRead();
      const gated = new InterceptingCall(inner);
      gated.startRead = ask;
      return gated;
    },
  };
}

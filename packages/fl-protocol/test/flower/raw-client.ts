/**
 * A client that says what it likes.
 *
 * @module
 */
import { Client, type ClientDuplexStream, credentials, Metadata } from "@grpc/grpc-js";
import type { FlowerDialect } from "../../src/flower/dialect.js";
import { serviceOf } from "../../src/flower/grpc-service.js";

export interface RawClient {
  readonly call: ClientDuplexStream<Buffer, Buffer>;
  /** How the stream ended. */
  readonly ended: Promise<{ readonly code: number; readonly details: string }>;
  readonly close: () => void;
}

export function rawClient(
  address: string,
  headers: Readonly<Record<string, string>> = {},
  dialect: FlowerDialect = "flwr.proto",
): RawClient {
  const client = new Client(address, credentials.createInsecure(), {
    "grpc.max_send_message_length": -1,
  });
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
  const { path, requestSerialize, responseDeserialize } = serviceOf(dialect)["Join"]!;
  const call = client.makeBidiStreamRequest<Buffer, Buffer>(
    path,
    requestSerialize,
    responseDeserialize,
    metadata,
  );
  const ended = new Promise<{ code: number; details: string }>((resolve) => {
    call.on("status", ({ code, details }) => resolve({ code, details }));
  });
  call.on("error", () => {});
  return {
    call,
    ended,
    close: () => {
      call.cancel();
      client.close();
    },
  };
}

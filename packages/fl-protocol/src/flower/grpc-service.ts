/**
 * The service of both dialects to grpc-js, which passes messages through as bytes: what it threw while decoding one would
 * end as a status without a reason.
 *
 * @module
 */
import type { ServiceDefinition } from "@grpc/grpc-js";
import { DIALECTS, type FlowerDialect } from "./dialect.js";

const same = (bytes: Buffer): Buffer => bytes;

/** The one method of Flower's legacy service. */
export function serviceOf(dialect: FlowerDialect): ServiceDefinition {
  return {
    Join: {
      path: DIALECTS[dialect].path,
      requestStream: true,
      responseStream: true,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  };
}

/** Metadata by which our client tells the name it wants. */
export const CLIENT_ID_KEY = "dsail-client-id";

/** Options of both sides. */
export function channelOptions(maxMessageBytes: number): Record<string, number> {
  return {
    "grpc.max_receive_message_length": maxMessageBytes,
    // Messages that are sent are measured before they are put together.
    "grpc.max_send_message_length": -1,
    // What may be on its way at a time: with 64 KiB, the default, 50 ms of distance allow 1.3 MB/s. grpc-js follows it in
    // clients only; what its server receives stays that slow.
    "grpc-node.flow_control_window": 4 * 2 ** 20,
  };
}

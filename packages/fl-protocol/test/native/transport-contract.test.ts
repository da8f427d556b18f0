import { beforeAll, describe, it } from "vitest";
import { nativeClientTransport, nativeServerTransport } from "../../src/native.js";
import { type MakeTransportPair, transportContract } from "../../src/testing.js";
import { type KeyPair, type TestAuthority, testAuthority } from "../certificates.js";

const address = "127.0.0.1:0";

const overPlainText: MakeTransportPair = async ({ limits }) => ({
  server: nativeServerTransport({ address, limits, insecure: true }),
  client: (clientId, to) =>
    nativeClientTransport({ address: to, limits, insecure: true, clientId }),
  close: async () => {},
});

describe("the native transport without TLS, as every transport,", () => {
  for (const { name, run } of transportContract()) it(name, () => run(overPlainText));
});

describe("the native transport with certificates on both sides, as every transport,", () => {
  let authority: TestAuthority;
  let server: KeyPair;
  const clients = new Map<string, KeyPair>();
  const names = ["a", "b", "c", ...Array.from({ length: 8 }, (_, i) => `client-${i}`)];

  beforeAll(async () => {
    authority = await testAuthority();
    server = await authority.issue({ name: "server", kind: "server" });
    for (const name of names) clients.set(name, await authority.issue({ name, kind: "client" }));
  });

  const overTls: MakeTransportPair = async ({ limits }) => ({
    server: nativeServerTransport({ address, limits, tls: { ...server, ca: authority.cert } }),
    client: (clientId, to) => {
      const { cert, key } = clients.get(clientId)!;
      const tls = { rootCertificates: authority.cert, cert, key };
      return nativeClientTransport({ address: to, limits, tls });
    },
    close: async () => {},
  });

  for (const { name, run } of transportContract()) it(name, () => run(overTls));
});

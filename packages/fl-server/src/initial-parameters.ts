/**
 * What the first round begins with, if nothing is given.
 *
 * @module
 */
import {
  assertFinite,
  assertWithinLimits,
  collectParameters,
  FlError,
  isFlError,
  type Limits,
  limitsOf,
  type ModelParameters,
} from "@dsail/fl-protocol";
import { type AskOptions, request } from "./ask-clients.js";
import { assertNotAborted } from "./clients.js";
import { giveUp, watchedSource } from "./watched-source.js";

/** Parameters, and whose. */
export interface InitialParameters {
  readonly clientId: string;
  readonly parameters: ModelParameters;
}

/**
 * Asks one client: the first by id; if it fails the next.
 *
 * @throws {@link FlError} `TOO_FEW_RESULTS` if none has them; `ABORTED`
 */
export async function askForParameters(
  runId: string,
  options: AskOptions & { readonly limits: Limits | undefined },
): Promise<InitialParameters> {
  const { registry, tell, signal } = options;
  for (const clientId of registry.ids()) {
    try {
      const parameters = await parametersOf(
        clientId,
        `${runId}/0/1/getParameters/${clientId}`,
        options,
      );
      tell({ kind: "replyReceived", asked: "getParameters", round: 0, clientId });
      return { clientId, parameters };
    } catch (error) {
      assertNotAborted(signal);
      if (!isFlError(error)) throw error;
      const { code, message } = error;
      tell({ kind: "replyRefused", asked: "getParameters", round: 0, clientId, code, message });
    }
  }
  throw new FlError("TOO_FEW_RESULTS", "no client has parameters to begin with");
}

async function parametersOf(
  clientId: string,
  id: string,
  options: AskOptions & { readonly limits: Limits | undefined },
): Promise<ModelParameters> {
  const connection = options.registry.get(clientId);
  if (connection === undefined) throw new FlError("DISCONNECTED", "the client is not there");
  const instruction = { id, round: 0, kind: "getParameters", config: {} } as const;
  const { parameters: source } = await request(connection, instruction, options);
  try {
    assertWithinLimits(source.specs, limitsOf(options.limits));
    if (source.specs.length === 0) throw new FlError("BAD_MESSAGE", "parameters without a tensor");
  } catch (error) {
    void giveUp(source);
    throw error;
  }
  const parameters = await collectParameters(watchedSource(source, options), options.limits);
  assertFinite(parameters, { clientId });
  return parameters;
}

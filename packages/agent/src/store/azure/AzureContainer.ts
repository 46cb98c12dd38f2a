import { randomUUID } from "node:crypto";
import {
  AnonymousCredential,
  type BlockBlobClient,
  ContainerClient,
  newPipeline,
  type StoragePipelineOptions,
  StorageRetryPolicyType,
} from "@azure/storage-blob";
import { patientAgent } from "../patientAgent.js";
import { ObjectExistsError } from "../Store.js";
import type { AzureCredential } from "./azureCredential.js";
import { errorCodeOf, isUnclear } from "./azureErrors.js";
import { azureProblem } from "./azureProblem.js";

/** Tries of one request, with growing pauses: up to half a minute, enough for a server that restarts. */
const TRIES = 8;
const LOOK_MILLISECONDS = 15_000;

/** Metadata that says which write made an object; a name of a C# variable, as Azure demands. */
const WRITE_NAME = "pgkeepwrite";

/** What says that a name is taken: a condition that is not met, a signature that may only create, a policy that keeps what is there. */
const TAKEN = ["BlobAlreadyExists", "ConditionNotMet", "TargetConditionNotMet", "UnauthorizedBlobOverwrite", "BlobImmutableDueToPolicy"];

/** The part of a container that a store is in, and how an object comes to be in it. */
export class AzureContainer {
  readonly client: ContainerClient;
  readonly #agent: ReturnType<typeof patientAgent>;

  constructor(
    /** Address of the Blob service, the account in it. */
    endpoint: string,
    readonly name: string,
    /** Empty, or ending in a slash. */
    readonly prefix: string,
    { credential, signature }: AzureCredential,
    tries = TRIES,
  ) {
    const url = `${endpoint.replace(/\/+$/, "")}/${name}${signature === undefined ? "" : `?${signature}`}`;
    this.#agent = patientAgent(new URL(url).protocol);
    const options: StoragePipelineOptions & { agent: ReturnType<typeof patientAgent> } = {
      agent: this.#agent,
      retryOptions: {
        maxTries: tries,
        retryDelayInMs: 200,
        maxRetryDelayInMs: 10_000,
        retryPolicyType: StorageRetryPolicyType.EXPONENTIAL,
      },
    };
    this.client = new ContainerClient(url, newPipeline(credential ?? new AnonymousCredential(), options));
  }

  url(key: string): string {
    return `azblob://${this.name}/${this.prefix}${key}`;
  }

  nameOf(key: string): string {
    return `${this.prefix}${key}`;
  }

  blob(key: string): BlockBlobClient {
    return this.client.getBlockBlobClient(this.nameOf(key));
  }

  /** A mark for one write, to be sent with it. */
  newMark(): Record<string, string> {
    return { [WRITE_NAME]: randomUUID() };
  }

  /**
   * Sends the create-only request that makes an object appear. An answer may be lost after the request took effect, and the next try is
   * then refused: so whatever does not say for sure that nothing was written is looked at, and an object with our own mark and size is success.
   */
  async appear(key: string, mark: Record<string, string>, bytes: number, send: () => Promise<unknown>): Promise<void> {
    try {
      await send();
    } catch (error) {
      const code = errorCodeOf(error) ?? "";
      const isTaken = TAKEN.includes(code);
      // Where another writer's blocks were committed ours are dropped.
      const isDropped = code === "InvalidBlockList";
      const found = isTaken || isDropped || isUnclear(error) ? await this.#look(key) : undefined;
      if (found && found.bytes === bytes && found.mark === mark[WRITE_NAME]) return;
      if (isTaken || (isDropped && found)) throw new ObjectExistsError(key);
      throw azureProblem(error, this.url(key));
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #look(key: string): Promise<{ bytes: number | undefined; mark: string | undefined } | undefined> {
    try {
      const { contentLength, metadata } = await this.blob(key).getProperties({ abortSignal: AbortSignal.timeout(LOOK_MILLISECONDS) });
      return { bytes: contentLength, mark: metadata?.[WRITE_NAME] };
    } catch {
      // Not there, not allowed to look, or away: then the first error stands.
      return undefined;
    }
  }
}

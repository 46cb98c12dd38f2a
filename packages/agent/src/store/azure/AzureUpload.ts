import { createHash, randomBytes } from "node:crypto";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { PartPlan } from "../partPlan.js";
import type { AzureContainer } from "./AzureContainer.js";
import { azureProblem } from "./azureProblem.js";

/**
 * An upload in blocks: each is staged, several at a time, and the object appears when the list of them is committed. Blocks that are not
 * committed are in no listing; Azure drops them after a week, or when the name is written.
 */
export class AzureUpload {
  readonly #container: AzureContainer;
  readonly #key: string;
  readonly #plan: PartPlan;
  readonly #mark: Record<string, string>;
  readonly #onFailure: (error: Error) => void;
  /** Other writers of the name have other blocks. All names of blocks have one length, as Azure demands. */
  readonly #run = randomBytes(6).toString("hex");
  readonly #stop = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #spare: Buffer[] = [];
  #sentBlocks = 0;
  #sentBytes = 0;
  #failure: Error | undefined;

  /** `onFailure` hears at once of a block that failed, though nobody may be waiting for it. */
  constructor(container: AzureContainer, key: string, plan: PartPlan, onFailure: (error: Error) => void) {
    this.#container = container;
    this.#key = key;
    this.#plan = plan;
    this.#mark = container.newMark();
    this.#onFailure = onFailure;
  }

  get hasBegun(): boolean {
    return this.#sentBlocks > 0;
  }

  /** A buffer to fill for the next block. */
  nextBuffer(): Buffer {
    const block = this.#sentBlocks + 1;
    if (block > this.#plan.maximumParts) throw this.#outgrown();
    const bytes = this.#plan.bytesOf(block);
    const spare = this.#spare.pop();
    return spare?.length === bytes ? spare : Buffer.allocUnsafeSlow(bytes);
  }

  /** Stages the first `used` bytes of a buffer, once there is room for one more block in flight. The buffer is not the caller's any more. */
  async send(buffer: Buffer, used: number): Promise<void> {
    this.#sentBlocks += 1;
    this.#sentBytes += used;
    const block = this.#sentBlocks;
    while (this.#inFlight.size >= this.#plan.inFlight(block)) await Promise.race(this.#inFlight);
    if (this.#failure) throw this.#failure;
    const sending = this.#stage(block, buffer.subarray(0, used)).then(
      () => {
        this.#inFlight.delete(sending);
        this.#spare.push(buffer);
      },
      (error: unknown) => {
        this.#inFlight.delete(sending);
        this.#fail(error, block);
      },
    );
    this.#inFlight.add(sending);
  }

  /** Waits for all blocks, then makes the object appear. Create-only. */
  async complete(): Promise<void> {
    await Promise.all(this.#inFlight);
    if (this.#failure) throw this.#failure;
    const names = Array.from({ length: this.#sentBlocks }, (_, index) => this.#nameOf(index + 1));
    await this.#container.appear(this.#key, this.#mark, this.#sentBytes, () =>
      this.#container.blob(this.#key).commitBlockList(names, {
        conditions: { ifNoneMatch: "*" },
        metadata: this.#mark,
        blobHTTPHeaders: { blobContentType: "application/octet-stream" },
      }),
    );
  }

  /** Stops what is in flight. */
  async abort(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#inFlight);
  }

  async #stage(block: number, bytes: Buffer): Promise<void> {
    await this.#container.blob(this.#key).stageBlock(this.#nameOf(block), bytes, bytes.length, {
      transactionalContentMD5: createHash("md5").update(bytes).digest(),
      abortSignal: this.#stop.signal,
    });
  }

  #nameOf(block: number): string {
    return Buffer.from(`${this.#run}-${String(block).padStart(5, "0")}`).toString("base64");
  }

  #fail(error: unknown, block: number): void {
    if (this.#failure || this.#stop.signal.aborted) return;
    this.#failure = azureProblem(error, `${this.#container.url(this.#key)} (block ${block})`);
    this.#onFailure(this.#failure);
  }

  #outgrown(): ProblemError {
    return new ProblemError(ExitCode.InputOutput, {
      where: this.#container.url(this.#key),
      reason: `the object is larger than the ${this.#plan.capacity} bytes that ${this.#plan.maximumParts} blocks can hold; their sizes were chosen from the size of the database, and the dump outgrew that`,
      next: "please report it as a defect of pgkeep, with the sizes of the database and of its dump",
    });
  }
}

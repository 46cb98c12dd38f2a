import { hostname } from "node:os";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { z } from "zod";
import { recordText } from "../records/recordText.js";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";
import { putOnce } from "./putOnce.js";
import type { SchedulePace } from "./SchedulePace.js";
import type { ScheduleKeys } from "./scheduleKeys.js";

/** A lock that this scheduler holds. */
export interface HeldLock {
  /** The number of the token it was taken with; later holders have larger ones. */
  fence: number;
  /** Aborts when the lock is no longer held for certain: whatever runs under it must stop. */
  lost: AbortSignal;
  /** Lets go. Never throws: a lock that cannot be let go expires. */
  release(): Promise<void>;
}

const tokenSchema = z.object({ holder: z.string(), state: z.enum(["held", "released"]), expiresAt: z.coerce.date() });
type Token = z.infer<typeof tokenSchema>;

/**
 * A lock over all schedulers on one store: create-only tokens with consecutive numbers, of which the last decides. It is held until it is released
 * or expires by the store's own clock; whoever writes the next number has it, and of two that try, the store lets one. A holder
 * renews it by further numbers, so that one who was taken for dead learns it from a number that is taken. Nothing is overwritten or removed.
 */
export class JobLock {
  /** The last token that was seen. Tokens behind it are asked for one by one, which costs one request where there is none. */
  #last: { number: number; token: Token | undefined } | undefined;

  constructor(
    private readonly store: Store,
    private readonly keys: Pick<ScheduleKeys, "lock" | "token">,
    /** Names this scheduler; no other bears the name. */
    private readonly holder: string,
    readonly pace: Pick<SchedulePace, "lockLifetime" | "lockRenewal">,
    readonly reporter: Reporter,
  ) {}

  /** Takes the lock, or tells by undefined that another scheduler holds it. */
  async tryAcquire(purpose: string): Promise<HeldLock | undefined> {
    const { token } = await this.#readLast();
    if (token?.state === "held" && token.holder !== this.holder && (await this.store.clock(this.keys.lock)) < token.expiresAt) {
      return undefined;
    }
    const lease = new Lease(this, purpose);
    return (await lease.renew()) ? lease : undefined;
  }

  /** Writes the next token and returns its number; undefined where another scheduler has written it. */
  async write(state: Token["state"], purpose: string): Promise<number | undefined> {
    for (;;) {
      const number = (this.#last?.number ?? 0) + 1;
      const now = await this.store.clock(this.keys.lock);
      const expiresAt = new Date(now.getTime() + (state === "held" ? this.pace.lockLifetime : 0));
      const token = { holder: this.holder, state, expiresAt };
      const about = { purpose, at: now, host: hostname(), processId: process.pid };
      const isOurs = await putOnce(this.store, this.keys.token(number), recordText({ ...token, ...about }));
      this.#last = { number, token: isOurs ? token : await this.#readToken(number) };
      if (isOurs) return number;
      // One of our own is an earlier try whose answer was lost.
      if (this.#last.token?.holder !== this.holder) return undefined;
    }
  }

  async #readLast(): Promise<{ token: Token | undefined }> {
    if (!this.#last) {
      let number = 0;
      for await (const { key } of this.store.list(this.keys.lock)) number = Number(/(\d+)\.json$/.exec(key)?.[1] ?? number);
      this.#last = { number, token: number === 0 ? undefined : await this.#readToken(number) };
    }
    let last = this.#last;
    for (;;) {
      const number = last.number + 1;
      const token = await this.#readToken(number);
      if (!token) return last;
      last = { number, token };
      this.#last = last;
    }
  }

  async #readToken(number: number): Promise<Token | undefined> {
    const text = await this.store.readDocument(this.keys.token(number));
    if (text === undefined) return undefined;
    try {
      return tokenSchema.parse(JSON.parse(text));
    } catch (error) {
      const where = `${this.store.description} ${this.keys.token(number)}`;
      throw new ProblemError(
        ExitCode.DataWrong,
        { where, reason: "this token of a lock cannot be read", next: "remove it" },
        { cause: error },
      );
    }
  }
}

/** What is told to work that must stop. */
function lostLock(reason: string): ProblemError {
  return new ProblemError(ExitCode.TryAgain, { where: "the lock of this job", reason, next: "nothing: the next slot runs" });
}

class Lease implements HeldLock {
  readonly #lost = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<unknown> = Promise.resolve();
  #fence = 0;
  /** By this machine's monotonic clock, the moment until which nobody else can have taken the lock. */
  #certainUntil = 0;
  #isReleased = false;

  constructor(
    private readonly lock: JobLock,
    private readonly purpose: string,
  ) {}

  get fence(): number {
    return this.#fence;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Writes the next token of this holder. False where the lock has gone to another. */
  async renew(): Promise<boolean> {
    const began = performance.now();
    const number = await this.lock.write("held", this.purpose);
    if (number === undefined) return false;
    this.#fence ||= number;
    this.#certainUntil = began + this.lock.pace.lockLifetime;
    this.#renewIn(this.lock.pace.lockRenewal);
    return true;
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    clearTimeout(this.#timer);
    await this.#renewing;
    if (this.lost.aborted) return;
    try {
      await this.lock.write("released", this.purpose);
    } catch (error) {
      this.lock.reporter.warning(`the lock could not be let go, so it expires by itself: ${(error as Error).message}`);
    }
  }

  #renewIn(milliseconds: number): void {
    if (this.#isReleased) return;
    this.#timer = setTimeout(() => {
      this.#renewing = this.#renewOrLose();
    }, milliseconds);
  }

  async #renewOrLose(): Promise<void> {
    try {
      if (await this.renew()) return;
      this.#lost.abort(lostLock("another scheduler took it, because this one gave no sign of life in time"));
    } catch (error) {
      const soon = this.lock.pace.lockRenewal / 4;
      if (performance.now() + soon < this.#certainUntil) {
        this.lock.reporter.warning(`the lock was not renewed, and is tried again: ${(error as Error).message}`);
        this.#renewIn(soon);
      } else {
        this.#lost.abort(lostLock(`it could not be renewed before it expired: ${(error as Error).message}`));
      }
    }
  }
}

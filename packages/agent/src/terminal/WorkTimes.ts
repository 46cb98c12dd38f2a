const INTERVAL_MILLISECONDS = 10_000;

/** What may be told about a piece of work now. */
export interface Telling {
  /** `going` at most every ten seconds, `done` once, `nothing` in between: enough to see that work goes on, too little to fill a log. */
  what: "nothing" | "going" | "done";
  millisecondsSinceBeginning: number;
}

/** When each piece of work began and was last told about. */
export class WorkTimes {
  private readonly works = new Map<string, { beganAt: number; toldAt: number }>();

  note(work: string, done: number, total: number | undefined, now: number): Telling {
    const known = this.works.get(work);
    const millisecondsSinceBeginning = known === undefined ? 0 : now - known.beganAt;
    if (done === total) {
      this.works.delete(work);
      return { what: "done", millisecondsSinceBeginning };
    }
    // The first time is only noted: short work needs no line before its last.
    if (known === undefined) this.works.set(work, { beganAt: now, toldAt: now });
    else if (now - known.toldAt >= INTERVAL_MILLISECONDS) {
      known.toldAt = now;
      return { what: "going", millisecondsSinceBeginning };
    }
    return { what: "nothing", millisecondsSinceBeginning };
  }
}

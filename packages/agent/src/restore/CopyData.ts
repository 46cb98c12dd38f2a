import { BACKSLASH, CR, DOT, LF } from "./sqlCharacters.js";

const END = Buffer.from("\n\\.");

/** Skips the rows behind `COPY … FROM stdin;`, up to the line `\.` that ends them. */
export class CopyData {
  /** 0 inside a line, 1 at its beginning, 2 after a backslash there, 3 after `\.`, 4 after `\.` and a carriage return. */
  #matched = 1;

  /** Whether the line that ends them was there, and only its line break is missing. */
  get endsHere(): boolean {
    return this.#matched >= 3;
  }

  /**
   * Runs to the end of the rows or of the chunk. A row that begins with `\.` cannot occur, because COPY writes a backslash twice; so the
   * ending can be looked for without looking at rows.
   */
  skip(chunk: Buffer, start: number): { to: number; ended: boolean } {
    let i = start;
    while (i < chunk.length) {
      const byte = chunk[i] ?? 0;
      if (this.#matched === 0) {
        const next = byte === LF ? i : chunk.indexOf(LF, i);
        if (next < 0) return { to: chunk.length, ended: false };
        const ending = chunk.indexOf(END, next);
        // Without an ending in this chunk only what follows its last line break can be the beginning of one.
        i = (ending < 0 ? chunk.lastIndexOf(LF) : ending) + 1;
        this.#matched = 1;
        continue;
      }
      i++;
      if (byte === LF && this.endsHere) return { to: i, ended: true };
      if (byte === LF) this.#matched = 1;
      else if (this.#matched === 1 && byte === BACKSLASH) this.#matched = 2;
      else if (this.#matched === 2 && byte === DOT) this.#matched = 3;
      else if (this.#matched === 3 && byte === CR) this.#matched = 4;
      else this.#matched = 0;
    }
    return { to: i, ended: false };
  }
}

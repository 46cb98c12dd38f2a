import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArchiveError } from "../../../packages/agent/src/archive/ArchiveError.js";
import { ArchiveReader, type ArchiveSummary } from "../../../packages/agent/src/archive/ArchiveReader.js";

/** Of the processor, not of the clock: one archive must be refused or read in this time however it was damaged, and however busy the machine. */
const LONGEST_MILLISECONDS = 500;
/** Well above what reading takes; a length field that was believed would ask for gigabytes. */
const MOST_MEMORY_BYTES = 300 * 1024 * 1024;

function read(...parts: Uint8Array[]): ArchiveSummary {
  const reader = new ArchiveReader();
  for (const part of parts) reader.write(part);
  return reader.end();
}

/** The summary or the ArchiveError; anything else that is thrown fails the test. No `expect` here: it takes longer than the reading. */
function outcome(...parts: Uint8Array[]): ArchiveSummary | ArchiveError {
  const began = process.cpuUsage();
  const result = summaryOrError(parts);
  const took = process.cpuUsage(began).user / 1000;
  if (took > LONGEST_MILLISECONDS) throw new Error(`reading took ${took} ms`);
  return result;
}

function summaryOrError(parts: Uint8Array[]): ArchiveSummary | ArchiveError {
  try {
    return read(...parts);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return error;
  }
}

const file = (name: string) => readFileSync(new URL(`./${name}`, import.meta.url));

/** What is the same after a damage: nothing noticed it. */
const unnoticed = (archive: Buffer, damages: Iterable<[at: number, damaged: Buffer]>) => {
  const same = JSON.stringify(read(archive));
  const places = new Set<number>();
  for (const [at, damaged] of damages) {
    const result = outcome(damaged);
    if (!(result instanceof ArchiveError) && JSON.stringify(result) === same) places.add(at);
  }
  return [...places];
};

/** The archive with one bit flipped, for each of the given bytes and bits. */
function* flips(archive: Buffer, first: number, step: number, bits: (at: number) => number[]): Generator<[number, Buffer]> {
  for (let at = first; at < archive.length; at += step) {
    for (const bit of bits(at)) {
      const flipped = Buffer.from(archive);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at);
      yield [at, flipped];
    }
  }
}

describe.for([15, 16, 18])("a small archive of pg_dump %s", (major) => {
  const archive = file(`${major}-small.dump`);
  const { entries } = read(archive);

  it("cut anywhere is refused", { timeout: 60_000 }, () => {
    for (let length = 0; length < archive.length; length += 1) {
      const result = outcome(archive.subarray(0, length));
      const cut =
        result instanceof ArchiveError && result.position === length && result.message.includes("the archive is cut: it ends inside ");
      if (!cut) throw new Error(`cut at ${length}: ${result}`);
    }
  });

  it("with any bit flipped is refused or reads differently, but for bytes that mean nothing", { timeout: 120_000 }, () => {
    const places = unnoticed(
      archive,
      flips(archive, 0, 1, () => [0, 1, 2, 3, 4, 5, 6, 7]),
    );
    // The eight bytes of each entry's offset, which pg_restore does not look at either where the byte before says that it is not set,
    // and the flag for daylight saving.
    expect(places).toHaveLength(8 * entries.length + 1);
  });

  it("with an absurd integer anywhere takes no memory for it", { timeout: 120_000 }, () => {
    const before = process.memoryUsage().rss;
    let most = 0;
    const absurd = [
      [0, 0xff, 0xff, 0xff, 0x7f],
      [1, 0xff, 0xff, 0xff, 0x7f],
      [0, 0xff, 0xff, 0xff, 0xff],
      [0, 0, 0, 0, 4],
    ];
    for (let at = 0; at + 5 <= archive.length; at += 1) {
      for (const bytes of absurd) {
        const damaged = Buffer.from(archive);
        damaged.set(bytes, at);
        outcome(damaged);
      }
      if (at % 64 === 0) most = Math.max(most, process.memoryUsage().rss);
    }
    expect(most - before).toBeLessThan(MOST_MEMORY_BYTES);
  });
});

describe.for([15, 16, 18].map((major, index) => [major, index] as const))("the archive of pg_dump %s", ([major, index]) => {
  const archive = file(`${major}-pipe.dump`);
  const truth = read(archive);
  const same = JSON.stringify(truth);
  const withNotedOffsets = file(`${major}-file.dump`);

  it("with bytes behind its end is refused", () => {
    for (const more of [[0], [1], [3, 0, 0, 0, 0], [...archive]]) {
      for (const parts of [[archive, Buffer.from(more)], [Buffer.concat([archive, Buffer.from(more)])]]) {
        expect(() => read(...parts)).toThrow(`archive, byte ${archive.length}: bytes follow the archive's end`);
      }
    }
  });

  it("with a bit of every third byte flipped is refused or reads differently", { timeout: 60_000 }, () => {
    const places = unnoticed(
      archive,
      flips(archive, index, 3, (at) => [at % 8]),
    );
    expect(places.length).toBeLessThanOrEqual(3 * truth.entries.length + 1);
  });

  it("cut at every third byte is refused", { timeout: 60_000 }, () => {
    for (let length = index; length < archive.length; length += 3)
      expect(outcome(archive.subarray(0, length)) instanceof ArchiveError).toBe(true);
  });

  it("with offsets noted: every one is checked", () => {
    const { entries } = read(withNotedOffsets);
    expect(read(withNotedOffsets)).toEqual({ ...truth, bytes: withNotedOffsets.length, header: expect.anything() });
    expect(entries).toEqual(truth.entries);
    let noticed = 0;
    for (let at = 0; at < archive.length; at += 1) {
      // Where the two differ by more than the time of the dump, the file has an offset.
      if (archive[at] === withNotedOffsets[at] || at < 100) continue;
      const flipped = Buffer.from(withNotedOffsets);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 4, at);
      expect(outcome(flipped)).toBeInstanceOf(ArchiveError);
      noticed += 1;
    }
    expect(noticed).toBeGreaterThanOrEqual(2 * truth.tables.length);
  });

  it("in any parts gives the same", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: archive.length }), { maxLength: 40 }), (cuts) => {
        const borders = [0, ...cuts.toSorted((a, b) => a - b), archive.length];
        const parts = borders.slice(1).map((end, index) => archive.subarray(borders[index], end));
        expect(JSON.stringify(read(...parts))).toBe(same);
      }),
      { numRuns: 200 },
    );
  });

  it("with any stretch replaced, repeated, moved or filled never does anything but these", { timeout: 120_000 }, () => {
    const place = fc.nat({ max: archive.length });
    fc.assert(
      fc.property(place, fc.nat({ max: 300 }), fc.uint8Array({ maxLength: 300 }), place, (from, length, bytes, to) => {
        const end = Math.min(from + length, archive.length);
        const stretch = archive.subarray(from, end);
        const rest = Buffer.concat([archive.subarray(0, from), archive.subarray(end)]);
        outcome(archive.subarray(0, from), bytes, archive.subarray(end));
        outcome(archive.subarray(0, end), stretch, archive.subarray(end));
        outcome(rest.subarray(0, Math.min(to, rest.length)), stretch, rest.subarray(Math.min(to, rest.length)));
      }),
      { numRuns: 300 },
    );
  });
});

it("random bytes behind a good beginning never do anything but fail", () => {
  const beginning = readFileSync(new URL("./18-pipe.dump", import.meta.url)).subarray(0, 90);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => void expect(outcome(beginning, bytes)).toBeInstanceOf(ArchiveError)),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void expect(outcome(bytes)).toBeInstanceOf(ArchiveError)));
});

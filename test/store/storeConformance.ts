import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ExitCode } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertCreateOnly } from "../../packages/agent/src/store/assertCreateOnly.js";
import { ObjectExistsError, type Store } from "../../packages/agent/src/store/Store.js";
import { problemOf } from "../support/problemOf.js";
import { hiddenKeysOf, keysOf, listed, opened } from "./reading.js";
import type { StoreUnderTest } from "./storeUnderTest.js";
import { dyingAfter, fingerprintOf, MIB, someBytes, stallingAfter } from "./streams.js";

/** What every store promises, whatever it is made of. */
export function storeConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let under: StoreUnderTest;
    let store: Store;
    beforeAll(async () => {
      under = await open();
      store = under.store;
    });
    afterAll(() => under?.close());

    it("is empty at first", async () => {
      expect(await keysOf(store, "")).toEqual([]);
      expect(await keysOf(store, "nobody/was/here")).toEqual([]);
      expect(await store.read("nobody/was/here")).toBeUndefined();
      expect(await store.readDocument("nobody/was/here.json")).toBeUndefined();
    });

    it.each([0, 1, 65_537, 8 * MIB, 8 * MIB + 1, 16 * MIB, 37 * MIB + 11])("gives back a stream of %d bytes", async (bytes) => {
      const key = `sizes/${bytes}.bin`;
      await store.put(key, someBytes(bytes), { expectedBytes: bytes });
      const expected = await fingerprintOf(someBytes(bytes));
      expect(await fingerprintOf(await opened(store, key))).toEqual(expected);
      expect((await listed(store, key)).map(({ bytes }) => bytes)).toEqual([bytes]);
      expect(await under.unfinished()).toEqual([]);
    });

    it("gives back a document, and refuses one that is too large or no text", async () => {
      const text = JSON.stringify({ name: "Grüße – 数据", lines: "a\nb" });
      await store.putDocument("documents/one.json", text);
      expect(await store.readDocument("documents/one.json")).toBe(text);
      expect((await problemOf(store.readDocument("documents/one.json", 10))).message).toMatch(/larger than the 10 bytes/);
      await store.put("documents/binary", Readable.from([Buffer.from([0xff, 0xfe, 0x00])]));
      const problem = await problemOf(store.readDocument("documents/binary"));
      expect(problem.exitCode).toBe(ExitCode.DataWrong);
      expect(problem.message).toMatch(/documents\/binary.*not UTF-8/s);
    });

    it("overwrites nothing, by document or stream, short or long, not even with the same bytes", async () => {
      await store.putDocument("taken/document", "first");
      await store.put("taken/stream", someBytes(9 * MIB, "first"));
      for (const key of ["taken/document", "taken/stream"]) {
        for (const text of ["first", "second"]) await expect(store.putDocument(key, text)).rejects.toThrow(ObjectExistsError);
        for (const bytes of [5, 9 * MIB]) {
          const body = someBytes(bytes, "second");
          await expect(store.put(key, body)).rejects.toThrow(ObjectExistsError);
          expect(body.destroyed).toBe(true);
        }
      }
      expect(await store.readDocument("taken/document")).toBe("first");
      expect(await fingerprintOf(await opened(store, "taken/stream"))).toEqual(await fingerprintOf(someBytes(9 * MIB, "first")));
      expect(await under.unfinished()).toEqual([]);
    });

    it("lists in the order of keys, folders within folders", async () => {
      const keys = ["z", "a/b", "a-b/c", "a.b", "a/b-c/d", "a/b/c", "a/b.json", "aa/x/y/z", "A", "a0"]
        .filter((key) => key !== "a/b")
        .map((key) => `order/${key}`);
      for (const key of keys) await store.putDocument(key, key);
      expect(await keysOf(store, "order/")).toEqual(keys.toSorted());
      expect(await keysOf(store, "order")).toEqual(keys.toSorted());
      expect(await keysOf(store, "order/a/")).toEqual(["order/a/b-c/d", "order/a/b.json", "order/a/b/c"]);
      expect(await keysOf(store, "order/a")).toEqual(keys.filter((key) => key.startsWith("order/a")).toSorted());
      expect(await keysOf(store, "order/a/b.")).toEqual(["order/a/b.json"]);
      expect(await keysOf(store, "order/b")).toEqual([]);
    });

    it("tells when an object was written, by its own clock", async () => {
      const before = Date.now();
      await store.putDocument("clock/now", "x");
      const [written] = await listed(store, "clock/now");
      const clock = await store.clock("clock/");
      for (const time of [clock, written?.modifiedAt]) {
        expect(time?.getTime()).toBeGreaterThan(before - 5_000);
        expect(time?.getTime()).toBeLessThan(Date.now() + 5_000);
      }
      expect(await keysOf(store, "clock/")).toEqual(["clock/now"]);
    });

    it.each([
      "",
      "/",
      "/etc/passwd",
      "../out",
      "a/../../out",
      "a/./b",
      "a//b",
      "a/",
      ".hidden",
      "a/.pgkeep-x.partial",
      "a\\b",
      "a b",
      "a\nb",
      "é",
      "x".repeat(256),
      "\0",
    ])("refuses the key %j everywhere", async (key) => {
      const body = someBytes(10);
      for (const work of [store.put(key, body), store.putDocument(key, ""), store.read(key), store.readDocument(key)]) {
        expect((await problemOf(work)).exitCode).toBe(ExitCode.DataWrong);
      }
      expect(body.destroyed).toBe(true);
    });

    it.each(["../", "a/../b", "/", "a//", ".x"])("refuses to list %j", async (prefix) => {
      expect((await problemOf(keysOf(store, prefix))).exitCode).toBe(ExitCode.DataWrong);
    });

    it.each([0, 100, 30 * MIB])("a producer that dies after %d bytes leaves nothing", async (bytes) => {
      const key = `dying/${bytes}`;
      await expect(store.put(key, dyingAfter(bytes))).rejects.toThrow("the producer died");
      expect(await store.read(key)).toBeUndefined();
      expect(await keysOf(store, "dying/")).toEqual([]);
      expect(await under.unfinished()).toEqual([]);
      await store.putDocument(key.replace("dying", "alive"), "the name is free");
    });

    it.each([0, 30 * MIB])("a signal ends a write that waits after %d bytes, and says why", async (bytes) => {
      const controller = new AbortController();
      const body = stallingAfter(bytes);
      const writing = store.put("aborted/object", body, { signal: controller.signal });
      setTimeout(() => controller.abort(new Error("the user pressed Ctrl-C")), 700);
      await expect(writing).rejects.toThrow("the user pressed Ctrl-C");
      expect(body.destroyed).toBe(true);
      expect(await keysOf(store, "aborted/")).toEqual([]);
      expect(await under.unfinished()).toEqual([]);
      await expect(store.put("aborted/object", someBytes(5), { signal: controller.signal })).rejects.toThrow("the user pressed Ctrl-C");
    });

    it.each([10, 9 * MIB])("of writers racing for a name exactly one wins, whole: %d bytes", async (bytes) => {
      const key = `race/${bytes}`;
      const outcomes = await Promise.allSettled(
        Array.from({ length: 6 }, (_, writer) => under.atomic.put(key, someBytes(bytes, `writer ${writer}`))),
      );
      const winners = outcomes.flatMap(({ status }, writer) => (status === "fulfilled" ? [writer] : []));
      expect(winners).toHaveLength(1);
      for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(ObjectExistsError);
      expect(await fingerprintOf(await opened(store, key))).toEqual(await fingerprintOf(someBytes(bytes, `writer ${winners[0]}`)));
      expect(await under.unfinished()).toEqual([]);
    });

    it("of writers of one document exactly one wins, though all write the same", async () => {
      const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => under.atomic.putDocument("race/lock.json", "same")));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    it("proves that it does not overwrite", async () => {
      await store.putDocument("begin.json", "begun");
      await assertCreateOnly(store, "begin.json");
      expect(await store.readDocument("begin.json")).toBe("begun");
      await assertCreateOnly(store, "probe/create-only.json");
      await assertCreateOnly(store, "probe/create-only.json");
      expect(await keysOf(store, "probe/")).toEqual(["probe/create-only.json"]);
    });

    it("removes an object for good and nothing beside it, and takes the name again", async () => {
      for (const key of ["gone/one.json", "gone/one.json.bak", "gone/one.jsonl/x"]) await store.putDocument(key, key);
      await store.put("gone/large", someBytes(9 * MIB));
      expect(await store.remove("gone/one.json")).toEqual({ kind: "removed" });
      expect(await store.remove("gone/large")).toEqual({ kind: "removed" });
      expect(await store.remove("gone/one.json")).toEqual({ kind: "absent" });
      expect(await store.remove("gone/nobody.json")).toEqual({ kind: "absent" });
      expect((await problemOf(store.remove("../gone"))).exitCode).toBe(ExitCode.DataWrong);
      expect(await keysOf(store, "gone/")).toEqual(["gone/one.json.bak", "gone/one.jsonl/x"]);
      expect(await store.read("gone/large")).toBeUndefined();
      expect(await hiddenKeysOf(store, "gone/")).toEqual([]);
      expect(await store.removeUnfinished("gone/", new Date())).toBe(0);
      await store.putDocument("gone/one.json", "again");
      expect(await store.readDocument("gone/one.json")).toBe("again");
    });

    it("lets go of a read that is given up", async () => {
      await store.put("given-up", someBytes(20 * MIB));
      for (let n = 0; n < 20; n += 1) (await opened(store, "given-up")).destroy();
      for await (const chunk of await opened(store, "given-up")) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect((await buffer(await opened(store, "given-up"))).length).toBe(20 * MIB);
    });
  });
}

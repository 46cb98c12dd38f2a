import { ExitCode } from "@pgkeep/core";
import { describe, expect, it, test } from "vitest";
import { parseYaml } from "./parseYaml.js";

const FILE = "/etc/pgkeep/pgkeep.yaml";

describe("YAML", () => {
  const { value, locate } = parseYaml("a:\n  b: text\n  list:\n    - x\n    - y: 1\n# comment\n'quoted key': yes\n", FILE);
  it("is read as YAML 1.2 has it: yes is a text", () => {
    expect(value).toEqual({ a: { b: "text", list: ["x", { y: 1 }] }, "quoted key": "yes" });
  });
  test.each([
    [["a"], 1],
    [["a", "b"], 2],
    [["a", "list"], 3],
    [["a", "list", 0], 4],
    [["a", "list", 1, "y"], 5],
    [["quoted key"], 7],
  ])("has %j in line %i", (path, line) => expect(locate(path)).toBe(`pgkeep.yaml:${line}`));
  test.each([[["b"]], [["a", "list", 2]], [["a", "b", "c"]], [[]]])("has no %j", (path) => expect(locate(path)).toBeUndefined());

  it("may be JSON", () => expect(parseYaml('{"a": [1, true, null]}', FILE).value).toEqual({ a: [1, true, null] }));
  it("may be empty", () => expect(parseYaml("# nothing\n", FILE).value).toBeNull());
  it("may repeat a little by alias", () => expect(parseYaml("a: &x [1]\nb: *x\n", FILE).value).toEqual({ a: [1], b: [1] }));
  it("keeps a key named __proto__ a key", () =>
    expect(Object.keys(parseYaml("__proto__: 1\n", FILE).value as object)).toEqual(["__proto__"]));
});

describe("YAML is refused, with the line and without what stands in it,", () => {
  test.each([
    ["for a key that stands twice", "a: hunter2\nb: 1\na: hunter2\n", "pgkeep.yaml:3:1", "a second time"],
    ["for a key that stands twice deep inside", "a:\n  b: 1\n  b: 2\n", "pgkeep.yaml:3:3", "a second time"],
    ["for a tab", "a:\n\tb: hunter2\n", "pgkeep.yaml:2:1", "a tab"],
    ["for a second document", "a: 1\n---\nb: hunter2\n", "pgkeep.yaml:2:1", "second YAML document"],
    ["for a tag", "a: !secret hunter2\n", "pgkeep.yaml:1:4", "tags"],
    ["for a quote that is not closed", 'a: "hunter2\nb: 1\n', "pgkeep.yaml", "not YAML"],
    ["for a list in a key", "? [a]\n: hunter2\n", "pgkeep.yaml:1", "must be a text"],
    ["for an alias of nothing", "a: *nothing\n", "pgkeep.yaml", "one that leads nowhere"],
    ["for a colon in a plain text", "a: b: hunter2\n", "pgkeep.yaml:1", "not YAML"],
  ])("%s", (_name, text, where, reason) => {
    let error: unknown;
    try {
      parseYaml(text, FILE);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ exitCode: ExitCode.Configuration, problems: expect.any(Array) });
    const [first] = (error as { problems: { where: string; reason: string }[] }).problems;
    expect(first?.where).toContain(where);
    expect(first?.reason).toContain(reason);
    expect((error as Error).message).not.toContain("hunter2");
  });

  it("for aliases that would grow to gigabytes, in no time", () => {
    const level = (name: string, below: string) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${below}`).join(",")}]\n`;
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${level("b", "a")}${level("c", "b")}${level("d", "c")}${level("e", "d")}${level("f", "e")}${level("g", "f")}${level("h", "g")}`;
    expect(() => parseYaml(bomb, FILE)).toThrow(
      expect.objectContaining({ exitCode: ExitCode.Configuration, message: expect.stringContaining("aliases") }),
    );
  });
});

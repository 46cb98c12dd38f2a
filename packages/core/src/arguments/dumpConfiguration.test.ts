import { describe, expect, it } from "vitest";
import { ExitCode } from "../exitCode.js";
import { ProblemError } from "../problem.js";
import { knownDumpConfiguration, problemsOfArguments, type SettingArguments } from "./dumpConfiguration.js";

const later = { apply: () => undefined };
const storeOf = (known: object | undefined) => ({ url: "s3://placeholder", ...known });

describe("what of a configuration is known before a deployment", () => {
  it("has something harmless where nothing is known, and all that was given", () => {
    const tree = {
      cluster: later,
      databases: ["core", later],
      connection: { host: later, user: "backup" },
      store: { url: later, region: "r" },
    };
    expect(knownDumpConfiguration(tree, storeOf)).toEqual({
      cluster: "placeholder",
      databases: ["core"],
      connection: { host: "placeholder.example.org", user: "backup" },
      store: { url: "s3://placeholder", region: "r" },
    });
  });

  it("keeps an empty list that was given, and no list of which no entry is known", () => {
    const encrypted = (recipients: unknown) => knownDumpConfiguration({ databases: [], encryption: { recipients } }, storeOf);
    expect(encrypted([])).toMatchObject({ databases: [], encryption: { recipients: [] } });
    expect(encrypted([later])).not.toHaveProperty("encryption");
  });

  it("judges retention whole or not at all", () => {
    const retained = (retention: object) => knownDumpConfiguration({ version: 1, retention }, storeOf);
    expect(retained({})).toHaveProperty("retention", {});
    expect(retained({ keepLast: 3 })).toHaveProperty("retention", { keepLast: 3 });
    expect(retained({ keepLast: 3, keepDaily: later })).not.toHaveProperty("retention");
  });
});

describe("problems of a configuration", () => {
  const names: SettingArguments = [
    ["connection.user", "server.username"],
    ["connection", "server"],
  ];

  it.each([
    ["connection.user", "server.username"],
    ["connection.username", "server.username"],
    ["connection.port", "server.port"],
    ["databases[1]", "databases[1]"],
  ])("at %s are told at %s, also in what to do next", (where, argument) => {
    const problem = { where, reason: "wrong", next: `mend ${where}` };
    const judge = () => {
      throw new ProblemError(ExitCode.Configuration, problem);
    };
    expect(problemsOfArguments(names, judge)).toEqual([{ where: argument, reason: "wrong", next: `mend ${argument}` }]);
  });

  it("are those that were found, and a defect stays one", () => {
    const found = [{ where: "store.url", reason: "a folder" }];
    expect(problemsOfArguments(names, () => found)).toBe(found);
    const judge = () => {
      throw new TypeError("ours");
    };
    expect(() => problemsOfArguments(names, judge)).toThrow(TypeError);
  });
});

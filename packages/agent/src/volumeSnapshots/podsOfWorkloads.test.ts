import { describe, expect, test } from "vitest";
import { selects } from "./podsOfWorkloads.js";

const expression = (key: string, operator: "In" | "NotIn" | "Exists" | "DoesNotExist", values?: string[]) => ({
  matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
});

describe("a selector of Pods", () => {
  test.each([
    [{ matchLabels: { app: "db" } }, true],
    [{ matchLabels: { app: "db", tier: "data" } }, true],
    [{ matchLabels: { app: "db", tier: "web" } }, false],
    [expression("app", "In", ["api", "db"]), true],
    [expression("app", "In", ["api"]), false],
    [expression("absent", "In", ["api"]), false],
    [expression("app", "NotIn", ["db"]), false],
    [expression("absent", "NotIn", ["db"]), true],
    [expression("tier", "Exists"), true],
    [expression("absent", "Exists"), false],
    [expression("absent", "DoesNotExist"), true],
    [expression("tier", "DoesNotExist"), false],
    [{ matchLabels: { app: "db" }, ...expression("tier", "In", ["web"]) }, false],
  ])("%j", (selector, expected) => expect(selects(selector, { app: "db", tier: "data" })).toBe(expected));
});

import { expect, it } from "vitest";
import { SqlScanner } from "./SqlScanner.js";
import { applyScriptRules } from "./scriptRules.js";

function translate(script: string, serverMajor: number): string {
  const scanner = new SqlScanner({ statement: applyScriptRules(serverMajor) });
  const out = scanner.push(Buffer.from(script));
  return Buffer.concat([...out, ...scanner.end().rest]).toString();
}

const script = `SET lock_timeout = 0;
SET transaction_timeout = 0;
SET transaction_timeout = 10;
COPY t FROM stdin;
SET transaction_timeout = 0;
\\.
CREATE SUBSCRIPTION s CONNECTION 'password=, run_as_owner = true' PUBLICATION "a WITH (connect = false, run_as_owner = true)" WITH (connect = false, slot_name = NONE, run_as_owner = true);
CREATE TABLE subscription (", run_as_owner = true" int);
`;

it("changes nothing for a server that knows all", () => {
  expect(translate(script, 17)).toBe(script);
  expect(translate(script, 18)).toBe(script);
});

it("leaves out the one line that servers before 17 do not know", () => {
  expect(translate(script, 16)).toBe(script.replace("\nSET transaction_timeout = 0;\n", "\n\n"));
});

it("and before 16 the option that names the only way subscriptions worked there", () => {
  expect(translate(script, 15)).toBe(
    script.replace("\nSET transaction_timeout = 0;\n", "\n\n").replace("NONE, run_as_owner = true);", "NONE);"),
  );
});

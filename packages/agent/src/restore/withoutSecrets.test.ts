import { expect, it } from "vitest";
import { withoutSecrets } from "./withoutSecrets.js";

it.each([
  [
    "CREATE USER MAPPING FOR app SERVER s OPTIONS (\n    password 'hun''ter2',\n    \"user\" 'remote'\n);",
    "CREATE USER MAPPING FOR app SERVER s OPTIONS (\n    password '***',\n    \"user\" 'remote'\n);",
  ],
  [
    "CREATE SUBSCRIPTION s CONNECTION 'host=db password=hunter2 user=x' PUBLICATION p",
    "CREATE SUBSCRIPTION s CONNECTION 'host=db password=*** user=x' PUBLICATION p",
  ],
  ["CREATE ROLE app PASSWORD 'SCRAM-SHA-256$4096:x'", "CREATE ROLE app PASSWORD '***'"],
  ["CONNECTION 'postgresql://app:hunter2@db/x'", "CONNECTION 'postgresql://app:***@db/x'"],
  ['ERROR:  relation "passwords" does not exist', 'ERROR:  relation "passwords" does not exist'],
  ["password 'cut in the mid", "password '***'"],
])("%j", (text, expected) => {
  expect(withoutSecrets(text)).toBe(expected);
});

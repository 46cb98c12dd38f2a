import { expect, it } from "vitest";
import { sequenceValue } from "./sequenceValue.js";

it.for([
  ["SELECT pg_catalog.setval('public.s', 42, true);\n", "42", true],
  ["SELECT pg_catalog.setval('public.s', 1, false);\n", "1", false],
  ["SELECT pg_catalog.setval('\"Weird\".\"down'', 1, true);\"', -9223372036854775808, true);\n", "-9223372036854775808", true],
] as const)("reads %j", ([definition, value, isCalled]) => expect(sequenceValue(definition)).toEqual({ value, isCalled }));

it.for([
  "",
  "SELECT pg_catalog.setval('public.s', 42, true)",
  "SELECT pg_catalog.setval('public.s', 4 2, true);\n",
  "SELECT pg_catalog.setval('public.s', 42, trve);\n",
  "SELECT something_else('public.s', 42, true);\n",
])("does not guess at %j", (definition) => expect(sequenceValue(definition)).toBeUndefined());

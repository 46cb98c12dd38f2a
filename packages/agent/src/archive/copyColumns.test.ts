import { expect, it } from "vitest";
import { copyColumns } from "./copyColumns.js";

it.for([
  ["COPY public.t (a, b_2) FROM stdin;\n", ["a", "b_2"]],
  ["COPY public.without_columns  FROM stdin;\n", []],
  [
    'COPY "my (schema), x"."ta""ble.(x) FROM stdin;" ("a,b", "q""uote", "naïve Ö", plain) FROM stdin;\n',
    ["a,b", 'q"uote', "naïve Ö", "plain"],
  ],
  ['COPY public.t ("""", ") FROM stdin;") FROM stdin;\n', ['"', ") FROM stdin;"]],
  ['COPY public."select" ("select") FROM stdin;\n', ["select"]],
  ["COPY t (a) FROM stdin;\n", ["a"]],
] as const)("reads %s", ([statement, columns]) => expect(copyColumns(statement)).toEqual(columns));

it.for([
  "",
  "COPY ",
  "COPY public.t",
  "COPY public.t (a FROM stdin;",
  "COPY public.t (a,b) FROM stdin;",
  "COPY public.t () FROM stdin;",
  'COPY public.t ("a) FROM stdin;',
  'COPY public."t""',
  "COPY public. (a) FROM stdin;",
  "COPY public.Ünquoted (a) FROM stdin;",
  "INSERT INTO public.t VALUES (1);",
])("does not guess at %j", (statement) => expect(copyColumns(statement)).toBeUndefined());

it("reads the longest that there can be", () => {
  const columns = Array.from({ length: 1600 }, (_, index) => `${String(index).padStart(4, "0")}${'"'.repeat(59)}`);
  const quoted = columns.map((column) => `"${column.replaceAll('"', '""')}"`);
  expect(copyColumns(`COPY public.t (${quoted.join(", ")}) FROM stdin;\n`)).toEqual(columns);
});

it("takes a damaged statement of many megabytes in its stride", () => {
  const began = performance.now();
  expect(copyColumns(`COPY public.t (${'""'.repeat(10_000_000)}`)).toBeUndefined();
  expect(copyColumns(`COPY public.t (${'""'.repeat(400_000)}`)).toBeUndefined();
  expect(copyColumns(`COPY public.${"a".repeat(900_000)}`)).toBeUndefined();
  expect(performance.now() - began).toBeLessThan(1000);
});

import { expect, it } from "vitest";
import { renderTable } from "./renderTable.js";

it("lines up text to the left and numbers to the right, wide characters as two columns", () => {
  const table = renderTable(
    ["table", "rows", "bytes", "state"],
    [
      ["public.payment", "1,204", "12.3 MB", "equal"],
      ["public.花子", "0", "0 B", ""],
      ["Größe & Maß.Zähler 🐘", "85,516", "999 kB", "differs"],
    ],
  );
  expect(table).toBe(
    [
      "table                    rows    bytes  state",
      "─────────────────────  ──────  ───────  ───────",
      "public.payment          1,204  12.3 MB  equal",
      "public.花子                 0      0 B",
      "Größe & Maß.Zähler 🐘  85,516   999 kB  differs",
    ].join("\n"),
  );
});

it("keeps a row on one line, whatever its cells hold", () => {
  const table = renderTable(["name"], [["two\nlines"], ["\u001b[2Jgone"], ["tab\there"]]);
  expect(table.split("\n").slice(2)).toEqual(["two\\nlines", "\\u001b[2Jgone", "tab\\there"]);
});

it("pads before it decorates, and decorates cells only", () => {
  const table = renderTable(
    ["verdict", "n"],
    [
      ["PASS", "1"],
      ["FAIL", "22"],
    ],
    (cell, column) => (column === 0 ? `<${cell}>` : cell),
  );
  expect(table.split("\n")).toEqual(["verdict   n", "───────  ──", "<PASS>      1", "<FAIL>     22"]);
});

it("leaves a column without numbers alone, and a table without rows is its heading", () => {
  expect(
    renderTable(
      ["id", "at"],
      [
        ["7", "x"],
        ["", "2026"],
      ],
    ),
  ).toContain(" 7  x");
  expect(renderTable(["id", "at"], [])).toBe("id  at\n──  ──");
});

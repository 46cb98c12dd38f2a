import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import typescript from "typescript";

/**
 * Classes, interfaces and enums of one name, exported by two files of the packages: the schema merges two such interfaces without a word, and
 * of two classes it keeps one.
 * @param packages the folder `packages`
 * @returns `Name: one/file.ts, other/file.ts`, for each name
 */
export function duplicateExports(packages: string): string[] {
  const files = new Map<string, string[]>();
  for (const file of sources(packages)) {
    for (const name of exportedNames(file)) files.set(name, [...(files.get(name) ?? []), relative(packages, file)]);
  }
  return [...files].filter(([, places]) => places.length > 1).map(([name, places]) => `${name}: ${places.join(", ")}`);
}

function sources(packages: string): string[] {
  const folders = readdirSync(packages, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }) =>
    readdirSync(join(packages, name, "src"), { recursive: true, encoding: "utf8" })
      .filter((path) => /\.m?ts$/.test(path) && !/\.(test|fixture|d)\.ts$/.test(path))
      .map((path) => join(packages, name, "src", path)),
  );
}

function exportedNames(file: string): string[] {
  const source = typescript.createSourceFile(file, readFileSync(file, "utf8"), typescript.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    const named =
      typescript.isClassDeclaration(statement) || typescript.isInterfaceDeclaration(statement) || typescript.isEnumDeclaration(statement);
    const exported = named && statement.modifiers?.some(({ kind }) => kind === typescript.SyntaxKind.ExportKeyword) === true;
    return exported && statement.name !== undefined ? [statement.name.text] : [];
  });
}

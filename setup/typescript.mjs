import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import typescript from "typescript";

/*
 * Lets Node run the TypeScript of programs that are neither packages nor tests, like the demo: `node --import ./setup/typescript.mjs main.ts`.
 * Node's own type stripping knows neither parameter properties nor enums, and an import names, here as everywhere, the compiled file
 * (`./x.js`), which does not exist: this looks for the source beside it.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    try {
      return nextResolve(specifier, context);
    } catch (error) {
      if (!specifier.startsWith(".") || !specifier.endsWith(".js")) throw error;
      return nextResolve(specifier.replace(/\.js$/, ".ts"), context);
    }
  },
  load(url, context, nextLoad) {
    if (!url.startsWith("file:") || !/\.m?ts$/.test(url)) return nextLoad(url, context);
    const file = fileURLToPath(url);
    const { outputText } = typescript.transpileModule(readFileSync(file, "utf8"), {
      fileName: file,
      compilerOptions: {
        target: typescript.ScriptTarget.ES2024,
        module: typescript.ModuleKind.ESNext,
        inlineSourceMap: true,
        inlineSources: true,
      },
    });
    return { format: "module", source: outputText, shortCircuit: true };
  },
});

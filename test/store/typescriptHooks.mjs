import { registerHooks } from "node:module";

// Lets a child process run the repository's TypeScript by Node's own means. Not setup/typescript.mjs: that loads the compiler, whose 60 MB
// would hide what a test of memory measures and make every collection slow. `./x.js` is looked for as `./x.ts`, and every .ts is a module.
const core = new URL("../../packages/core/src/index.ts", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === "@pgkeep/core") return { url: core, shortCircuit: true };
    const isOurs = specifier.startsWith(".") && context.parentURL?.endsWith("ts") && specifier.endsWith(".js");
    return next(isOurs ? specifier.replace(/\.js$/, ".ts") : specifier, context);
  },
  load: (url, context, next) => next(url, /\.m?ts$/.test(url) ? { ...context, format: "module-typescript" } : context),
});

import { registerHooks } from "node:module";

// Lets a child process run the repository's TypeScript as it is, without a build: `./x.js` is looked for as `./x.ts`, and every .ts is a
// module, also that of core, whose build is CommonJS.
const core = new URL("../../packages/core/src/index.ts", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === "@pgkeep/core") return { url: core, shortCircuit: true };
    const isOurs = specifier.startsWith(".") && context.parentURL?.endsWith("ts") && specifier.endsWith(".js");
    return next(isOurs ? specifier.replace(/\.js$/, ".ts") : specifier, context);
  },
  load: (url, context, next) => next(url, /\.m?ts$/.test(url) ? { ...context, format: "module-typescript" } : context),
});

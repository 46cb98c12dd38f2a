import { registerHooks } from "node:module";

/*
 * Lets Node run the TypeScript of test/ as it is, types stripped: for programs like the demo that are not tests. There, as everywhere, an
 * import names the compiled file (`./x.js`), which does not exist; this looks for the source beside it.
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
});

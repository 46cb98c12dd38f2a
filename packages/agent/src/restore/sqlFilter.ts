import { Transform } from "node:stream";
import { SqlScanner, type SqlVisitor } from "./SqlScanner.js";

/** Passes an SQL script on, less what the visitor leaves out. */
export function sqlFilter(visitor: SqlVisitor): Transform {
  const scanner = new SqlScanner(visitor);
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      try {
        const out = scanner.push(chunk);
        callback(null, out.length === 1 ? out[0] : Buffer.concat(out));
      } catch (error) {
        callback(error as Error);
      }
    },
    flush(callback) {
      const { rest } = scanner.end();
      callback(null, Buffer.concat(rest));
    },
  });
}

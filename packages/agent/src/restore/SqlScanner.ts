import { CopyData } from "./CopyData.js";
import {
  BACKSLASH,
  CLOSE,
  CR,
  createsRoutine,
  DASH,
  DOLLAR,
  DOUBLE_QUOTE,
  isBlank,
  isDigit,
  isJunk,
  isWordByte,
  LF,
  OPEN,
  QUOTE,
  SEMICOLON,
  SLASH,
  STAR,
  takesDollar,
} from "./sqlCharacters.js";

/** What a scanner tells while it reads a script, and what it asks. */
export interface SqlVisitor {
  /**
   * A statement of the top level, up to and including its semicolon; only the beginning of a very long one, which always passes. Return
   * false to leave it out, or a text to put in its place.
   */
  statement?(statement: SqlStatement): boolean | string;
  /** A backslash command of psql, up to the end of its line. Return false to leave it out. */
  metaCommand?(line: string): boolean;
  /** A `--` comment between statements, without the dashes. */
  comment?(text: string): void;
}

export interface SqlStatement {
  /** Whole when it ends in a semicolon or with the script; else the first bytes of a long statement. */
  text: string;
  /** The first unquoted words, in lower case. */
  words: readonly string[];
  copiesFromStdin: boolean;
}

/** In what a script ended. Anything but `statements` means that it was cut. */
export type SqlEnding = "statements" | "unfinished statement" | "string" | "quoted name" | "comment" | "COPY data";

/** The script is nothing that psql would read as its writer meant it. */
export class SqlScanError extends Error {
  override readonly name = "SqlScanError";
}

/** Statements that a visitor may leave out are short; of longer ones it sees this much. */
const HELD_BYTES = 16 * 1024;
const WORDS_KEPT = 8;
const WORD_LENGTH = 63;
const COMMENT_KEPT = 200;

type State =
  | "normal"
  | "line comment"
  | "block comment"
  | "string"
  | "escape string"
  | "quoted name"
  | "dollar tag"
  | "dollar body"
  | "meta-command"
  | "rest of COPY line"
  | "COPY data";

/**
 * Reads an SQL script in pieces as psql's own lexer does (https://github.com/postgres/postgres/blob/master/src/fe_utils/psqlscan.l):
 * quotes, dollar quotes, nested comments, COPY data, backslash commands. What it is fed it gives back, less what its visitor leaves out.
 * Memory is bounded whatever it reads. A backslash in a plain string is one, until the script sets standard_conforming_strings to off.
 */
export class SqlScanner {
  #state: State = "normal";
  /** Bytes since the beginning of the statement, comment or command under way that came in earlier chunks. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Whether a statement is under way, and whether its visitor has already seen its beginning. */
  #inStatement = false;
  #announced = false;
  #words: string[] = [];
  #word = "";
  #previousWord = "";
  #copiesFromStdin = false;
  #parentheses = 0;
  /** Depth of BEGIN ATOMIC … END, inside which semicolons do not end the statement. */
  #begins = 0;
  #comments = 0;
  /** The beginning of the line comment under way. */
  #comment = "";
  #previous = 0;
  /** After an escape string: a string that follows on a new line continues it. 0 no, 1 directly behind, 2 after blanks, 3 after a line break. */
  #escapeContinues = 0;
  #escaped = false;
  #standardStrings = true;
  #tag = "";
  #tagMatched = 0;
  #copyData = new CopyData();

  constructor(private readonly visitor: SqlVisitor) {}

  /** Takes the next piece, returns what is to be passed on of all pieces so far and has not been returned yet. */
  push(chunk: Buffer): Buffer[] {
    const out: Buffer[] = [];
    let from = 0;
    let i = 0;
    const flush = (to: number) => {
      out.push(...this.#held, chunk.subarray(from, to));
      this.#drop();
      from = to;
    };
    const discard = (to: number) => {
      this.#drop();
      from = to;
    };
    const pending = (to: number) => Buffer.concat([...this.#held, chunk.subarray(from, to)]);

    while (i < chunk.length) {
      switch (this.#state) {
        case "normal": {
          const byte = chunk[i] ?? 0;
          if (isWordByte(byte) && !(byte === DOLLAR && !takesDollar(this.#word))) {
            this.#begin(() => flush(i));
            if (this.#word.length <= WORD_LENGTH) this.#word += String.fromCharCode(byte);
            this.#previous = byte;
            this.#escapeContinues = 0;
            i++;
            break;
          }
          const word = this.#word;
          if (byte === DOLLAR && isJunk(word))
            throw new SqlScanError(`a dollar sign follows ${word}, which is neither a number nor a name`);
          if (word !== "") this.#endOfWord();
          if (byte === LF || byte === CR) this.#escapeContinues = this.#escapeContinues ? 3 : 0;
          else if (isBlank(byte)) this.#escapeContinues = this.#escapeContinues === 1 ? 2 : this.#escapeContinues;
          if (isBlank(byte)) {
            this.#previous = byte;
            i++;
            break;
          }
          if (byte === DASH && this.#previous === DASH) {
            this.#state = "line comment";
            this.#comment = "";
          } else if (byte === STAR && this.#previous === SLASH) {
            this.#state = "block comment";
            this.#comments = 1;
            this.#escapeContinues = 0;
          } else if (byte === BACKSLASH) {
            if (!this.#inStatement) flush(i);
            this.#state = "meta-command";
          } else if (byte === DASH || byte === SLASH) {
            // Perhaps the first half of a comment: whether a statement begins here, the next byte tells.
          } else {
            this.#begin(() => flush(i));
            const continues = this.#escapeContinues === 1 || this.#escapeContinues === 3;
            if (byte === QUOTE)
              this.#state = /^e$/i.test(word) || (continues && word === "") || !this.#standardStrings ? "escape string" : "string";
            else if (byte === DOUBLE_QUOTE) this.#state = "quoted name";
            else if (byte === DOLLAR) [this.#state, this.#tag] = ["dollar tag", ""];
            else if (byte === OPEN) this.#parentheses++;
            else if (byte === CLOSE) this.#parentheses = Math.max(0, this.#parentheses - 1);
            else if (byte === SEMICOLON && this.#parentheses === 0 && this.#begins === 0) {
              const copies = this.#copiesFromStdin;
              const keep = this.#endOfStatement(() => pending(i + 1));
              if (keep === true) flush(i + 1);
              else discard(i + 1);
              if (typeof keep === "string") out.push(Buffer.from(keep));
              if (copies) this.#state = "rest of COPY line";
            }
            this.#previousWord = "";
            this.#escapeContinues = 0;
          }
          this.#previous = this.#state === "normal" ? byte : 0;
          i++;
          break;
        }
        case "line comment": {
          const end = chunk.indexOf(LF, i);
          if (this.#comment.length < COMMENT_KEPT) this.#comment += chunk.toString("utf8", i, end < 0 ? chunk.length : end);
          i = end < 0 ? chunk.length : end;
          if (end < 0) break;
          this.#state = "normal";
          if (!this.#inStatement) this.visitor.comment?.(this.#comment);
          break;
        }
        case "block comment": {
          const byte = chunk[i++] ?? 0;
          if (byte === STAR && this.#previous === SLASH) this.#comments++;
          else if (byte === SLASH && this.#previous === STAR) this.#comments--;
          else {
            this.#previous = byte;
            break;
          }
          this.#previous = 0;
          if (this.#comments === 0) this.#state = "normal";
          break;
        }
        case "string":
        case "quoted name": {
          const end = chunk.indexOf(this.#state === "string" ? QUOTE : DOUBLE_QUOTE, i);
          if (end >= 0) this.#state = "normal";
          i = end < 0 ? chunk.length : end + 1;
          break;
        }
        case "escape string": {
          const byte = chunk[i++];
          if (this.#escaped) this.#escaped = false;
          else if (byte === BACKSLASH) this.#escaped = true;
          else if (byte === QUOTE) [this.#state, this.#escapeContinues] = ["normal", 1];
          break;
        }
        case "dollar tag": {
          const byte = chunk[i] ?? 0;
          if (byte === DOLLAR) {
            this.#state = "dollar body";
            this.#tagMatched = 0;
            this.#tag = `$${this.#tag}$`;
            i++;
          } else if (isWordByte(byte) && !(this.#tag === "" && isDigit(byte)) && this.#tag.length < 256) {
            this.#tag += String.fromCharCode(byte);
            i++;
          } else {
            // A parameter such as $1, or a lone dollar sign: the byte is looked at again as ordinary text.
            this.#state = "normal";
            this.#word = this.#tag;
          }
          break;
        }
        case "dollar body": {
          if (this.#tagMatched === 0) {
            const next = chunk.indexOf(DOLLAR, i);
            i = next < 0 ? chunk.length : next;
            if (next < 0) break;
          }
          const byte = chunk[i++] ?? 0;
          // The tag holds no dollar sign inside, so after a mismatch only a dollar sign can begin the next match.
          if (byte === this.#tag.charCodeAt(this.#tagMatched)) this.#tagMatched++;
          else this.#tagMatched = byte === DOLLAR ? 1 : 0;
          if (this.#tagMatched === this.#tag.length) this.#state = "normal";
          break;
        }
        case "meta-command": {
          const end = chunk.indexOf(LF, i);
          i = end < 0 ? chunk.length : end;
          if (end < 0) break;
          this.#state = "normal";
          const keep = this.#metaCommand(pending(end));
          if (this.#inStatement || keep) break;
          i = end + 1;
          discard(i);
          break;
        }
        case "rest of COPY line": {
          const byte = chunk[i++] ?? 0;
          if (byte === LF) [this.#state, this.#copyData] = ["COPY data", new CopyData()];
          else if (!isBlank(byte))
            throw new SqlScanError("something follows COPY … FROM stdin; on its own line, where its data should begin");
          break;
        }
        case "COPY data": {
          const { to, ended } = this.#copyData.skip(chunk, i);
          if (ended) [this.#state, this.#previous] = ["normal", LF];
          i = to;
          break;
        }
      }
      // Nothing outside statements, comments between them and commands is ever left out.
      if (this.#heldBytes + i - from > HELD_BYTES && !(this.#inStatement && !this.#announced)) flush(i);
      else if (this.#heldBytes + i - from > HELD_BYTES) {
        this.#announced = true;
        this.visitor.statement?.(this.#describe(pending(i)));
        flush(i);
      }
    }
    const rest = chunk.subarray(from);
    if (rest.length > 0) {
      // A copy, for whoever fed the chunk may use its memory again.
      this.#held.push(Buffer.from(rest));
      this.#heldBytes += rest.length;
    }
    return out;
  }

  /** The script is at its end: returns what is left to pass on, and in what it ended. A last statement may lack its semicolon. */
  end(): { rest: Buffer[]; ending: SqlEnding } {
    if (this.#state === "dollar tag") this.#state = "normal";
    if (this.#word !== "") this.#endOfWord();
    let rest = this.#held;
    if (this.#state === "meta-command") {
      if (!this.#metaCommand(Buffer.concat(rest)) && !this.#inStatement) rest = [];
    } else if (this.#state === "line comment" && !this.#inStatement) {
      this.visitor.comment?.(this.#comment);
    } else if ((this.#state === "normal" || this.#state === "line comment") && this.#inStatement) {
      const whole = Buffer.concat(rest);
      const keep = this.#endOfStatement(() => whole);
      if (keep !== true) rest = typeof keep === "string" ? [Buffer.from(keep)] : [];
      this.#drop();
      return { rest, ending: "unfinished statement" };
    }
    const lastLine = this.#state === "COPY data" && this.#copyData.endsHere;
    this.#drop();
    return { rest, ending: lastLine ? "statements" : endings[this.#state] };
  }

  #drop(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }

  #begin(flushBefore: () => void): void {
    if (this.#inStatement) return;
    flushBefore();
    this.#inStatement = true;
    this.#announced = false;
    this.#words = [];
    this.#previousWord = "";
    this.#copiesFromStdin = false;
    this.#parentheses = 0;
    this.#begins = 0;
  }

  #endOfWord(): void {
    const word = this.#word.toLowerCase();
    this.#word = "";
    if (this.#words.length < WORDS_KEPT) this.#words.push(word);
    if (this.#parentheses > 0) return;
    if (this.#words[0] === "copy" && this.#previousWord === "from" && word === "stdin") this.#copiesFromStdin = true;
    this.#previousWord = word;
    if (!createsRoutine(this.#words)) return;
    if (word === "begin" || (word === "case" && this.#begins > 0)) this.#begins++;
    else if (word === "end" && this.#begins > 0) this.#begins--;
  }

  #describe(bytes: Buffer): SqlStatement {
    return { text: bytes.toString("utf8"), words: this.#words, copiesFromStdin: this.#copiesFromStdin };
  }

  #endOfStatement(bytes: () => Buffer): boolean | string {
    const keep = this.#announced || this.visitor.statement === undefined || this.visitor.statement(this.#describe(bytes()));
    this.#inStatement = false;
    const [first, second, ...rest] = this.#words;
    if (first === "set" && second === "standard_conforming_strings") this.#standardStrings = rest.at(-1) !== "off";
    return keep;
  }

  #metaCommand(bytes: Buffer): boolean {
    const text = bytes.toString("utf8");
    return this.visitor.metaCommand?.(this.#inStatement ? text.slice(text.lastIndexOf("\n") + 1) : text) ?? true;
  }
}

const endings: Record<State, SqlEnding> = {
  normal: "statements",
  "line comment": "statements",
  "block comment": "comment",
  string: "string",
  "escape string": "string",
  "quoted name": "quoted name",
  "dollar tag": "statements",
  "dollar body": "string",
  "meta-command": "statements",
  "rest of COPY line": "COPY data",
  "COPY data": "COPY data",
};

/** One entry of the table of contents of a custom-format archive. A string that is NULL in the archive is empty here. */
export interface ArchiveEntry {
  dumpId: number;
  /** Whether a data block of this entry follows the table of contents. */
  hadData: boolean;
  /** Object class and object in the source's catalogue, `0` where there is none. */
  tableOid: string;
  oid: string;
  /** Name, for functions with its arguments. */
  tag: string;
  /** Kind in pg_dump's words, for example `TABLE`, `TABLE DATA`, `ACL`, `SEQUENCE SET`. */
  description: string;
  /** 1 none, 2 pre-data, 3 data, 4 post-data. */
  section: number;
  definition: string;
  dropStatement: string;
  /** Empty for anything but table data, and for table data dumped with `--inserts`. */
  copyStatement: string;
  namespace: string;
  tablespace: string;
  accessMethod: string;
  /** `relkind` of what can have an access method, for example `r` or `p`. Empty for the rest and before archive version 1.16. */
  relationKind: string;
  owner: string;
  /** Dump ids, some of entries that were not dumped. */
  dependencies: number[];
}

export interface ArchiveHeader {
  /** For example `1.14`, `1.15`, `1.16`. */
  version: string;
  compression: "none" | "gzip" | "lz4" | "zstd";
  /** When the dump began by the clock and time zone of the machine that ran pg_dump, for example `2026-11-21T05:03:29`. */
  createdAt: string;
  database: string;
  serverVersion: string;
  dumpVersion: string;
}

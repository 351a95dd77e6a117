/** The module's API beyond the vectors; runs in Node and in browsers. */
import { accountCases } from "./account-cases.ts";
import type { Module } from "./judge-vector.ts";
import { refusal, same } from "./same.ts";

const EMPTY = "99aa06d3014798d86001c324468d497f";
const MIB_256 = 268435456n;

/** Each one throws where the module does not do what its name says. */
export const cases: Record<string, (api: Module) => void> = {
  "errors are Error objects with name, code and place"(api) {
    const file = (path: string) => ({ path, hash: EMPTY, size: 0n, mtime: 0n });
    const error = refusal(() => api.Manifest.createV1([file("a"), file("b"), file("b/../c")]));
    same("name", error.name, "ValidationError");
    same("class", error instanceof api.ValidationError && error instanceof api.AttachmentError, true);
    same("code", error.code, "path-dot-name");
    same("place", error.location, { list: "paths", index: 2, field: "path" });
    same("words", error.message.startsWith("paths[2].path: "), true);
    const twice = refusal(() => api.Manifest.createV1([file("b"), file("a"), file("b")]));
    same(
      "twin",
      [twice.code, twice.location],
      ["path-duplicate", { list: "paths", index: 2, field: "path" }],
    );
    const text =
      '{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[{"hash":"a","mtime":1,"path":"a","size":-1}],"totalSize":1}';
    same("decoded", refusal(() => api.Manifest.decode(text)).location, {
      list: "paths",
      index: 0,
      field: "size",
    });
    same("whole", refusal(() => api.Manifest.decode("[")).location, undefined);
  },

  "half a surrogate pair is refused wherever text goes in, and never repaired"(api) {
    const half = "a\uD800";
    const codes = [
      () => api.Manifest.decode(half),
      () => api.createManifestPath(half, EMPTY, 0n, 0n),
      () => api.createManifestPath("a", half, 0n, 0n),
      () => api.createSymlinkPath("a", half),
      () => api.createDirectoryPath(half),
      () => api.Manifest.createV2Snapshot([{ name: half }], []),
      () => api.Manifest.createV2Diff([], [], half),
      () => api.casKey(half),
    ].map((work) => refusal(work).code);
    same("codes", new Set(codes).size === 1 && codes[0], "text-not-unicode");
    same("no key", api.parseCasKey(half), null);
    // The stand-in itself is a character like any other.
    same("U+FFFD", api.createDirectoryPath("\uFFFD").name, "\uFFFD");
    same("a pair", api.createDirectoryPath("😀").name, "😀");
  },

  "values of another kind are refused, not converted"(api) {
    const any = (value: unknown) => value as never;
    const wrong: [() => unknown, unknown][] = [
      [() => api.createManifestPath("a", EMPTY, any(5), 0n), { field: "size" }],
      [() => api.createManifestPath("a", EMPTY, -1n, 0n), { field: "size" }],
      [() => api.createManifestPath("a", EMPTY, 2n ** 64n, 0n), { field: "size" }],
      [() => api.createManifestPath("a", EMPTY, 0n, 2n ** 63n), { field: "mtime" }],
      [() => api.createManifestPath(any(undefined), EMPTY, 0n, 0n), { field: "path" }],
      [() => api.createManifestFilePath("a", EMPTY, 0n, 0n, any("yes")), { field: "runnable" }],
      [() => api.createChunkedFilePath("a", any("no list"), MIB_256, 0n), { field: "chunkhashes" }],
      [() => api.Manifest.createV1(any(null)), { field: "paths" }],
      [() => api.Manifest.createV1([any(null)]), { list: "paths", index: 0 }],
      [() => api.Manifest.createV1([any({ path: "a" })]), { list: "paths", index: 0, field: "hash" }],
      [() => api.Manifest.createV2Snapshot(any({}), []), { field: "dirs" }],
      [
        () => api.Manifest.createV2Snapshot([], [any({ name: "a", hash: 7 })]),
        { list: "files", index: 0, field: "hash" },
      ],
      [() => api.Manifest.decode(any(7)), { field: "json" }],
      [() => api.hashBytes(any("text")), { field: "bytes" }],
      [() => api.hashBytes(any(new ArrayBuffer(3))), { field: "bytes" }],
      [() => api.hashBytes(any(new Uint16Array(3))), { field: "bytes" }],
      [() => new api.Xxh3Hasher().update(any([1, 2])), { field: "bytes" }],
      [() => api.needsChunking(any(7)), { field: "size" }],
      [() => api.expectedChunkCount(-1n), { field: "size" }],
      [() => api.calculateChunks(any("7")), { field: "size" }],
    ];
    for (const [work, location] of wrong) {
      const error = refusal(work);
      same(`${work}`, [error.code, error.location], ["argument-invalid", location]);
    }
  },

  "sizes and times are exact over their whole range"(api) {
    const size = 2n ** 64n - 1n;
    const mtime = -(2n ** 63n);
    const entry = api.createManifestPath("a", EMPTY, size, mtime);
    same("entry", entry, { path: "a", hash: EMPTY, size, mtime });
    const manifest = api.Manifest.decode(api.Manifest.createV1([entry]).encode());
    same("total", manifest.totalSize, size);
    same("again", manifest.getPaths(), [entry]);
  },

  "entries have the fields of the design and no others"(api) {
    same("file", api.createManifestFilePath("a", EMPTY, 1n, 2n), {
      name: "a",
      hash: EMPTY,
      size: 1n,
      mtime: 2n,
    });
    same("runnable", api.createManifestFilePath("a", EMPTY, 1n, 2n, true).runnable, true);
    const chunkhashes = [EMPTY, EMPTY];
    const chunked = api.createChunkedFilePath("a", chunkhashes, MIB_256 + 1n, 2n);
    same("chunked", { ...chunked }, { name: "a", chunkhashes, size: MIB_256 + 1n, mtime: 2n });
    same("symlink", api.createSymlinkPath("a", "b/c"), { name: "a", symlink_target: "b/c" });
    same("deleted", api.createDeletedFilePath("a"), { name: "a", delete: true });
    same("directory", api.createDirectoryPath("a"), { name: "a" });
    same("deleted directory", api.createDeletedDirectoryPath("a"), { name: "a", delete: true });
    same(
      "too small",
      refusal(() => api.createChunkedFilePath("a", [EMPTY], MIB_256, 2n)).code,
      "manifest-chunked-too-small",
    );
  },

  "a manifest tells what it is"(api) {
    const one = api.Manifest.createV1([api.createManifestPath("a", EMPTY, 1n, 2n)]);
    same(
      "v1",
      [one.version, one.hashAlg, one.manifestType, one.directoryCount, one.fileCount, one.totalSize],
      ["v2023-03-03", "xxh128", "SNAPSHOT", 0, 1, 1n],
    );
    same("no parent", one.parentManifestHash, undefined);
    same("getFiles", refusal(() => one.getFiles()).code, "manifest-other-version");
    same("getDirectories", refusal(() => one.getDirectories()).code, "manifest-other-version");
    const files = [
      api.createDeletedFilePath("d/gone"),
      api.createChunkedFilePath("d/big", ["aa", "bb"], MIB_256 + 1n, 0n),
      api.createManifestFilePath("d/small", "bb", 1n, 0n),
    ];
    const two = api.Manifest.createV2Diff([api.createDirectoryPath("d")], files, EMPTY);
    same("v2", [two.version, two.manifestType, two.parentManifestHash], ["v2025-12-04-beta", "DIFF", EMPTY]);
    same("counts", [two.fileCount, two.directoryCount, two.totalSize], [3, 1, MIB_256 + 2n]);
    same("hashes", two.getAllHashes(), ["aa", "bb"]);
    same("getPaths", refusal(() => two.getPaths()).code, "manifest-other-version");
    const lies = api.Manifest.decode(one.encode().replace('"totalSize":1', '"totalSize":2'));
    same("validate", refusal(() => lies.validate()).code, "manifest-total-mismatch");
    one.validate();
  },

  "full keys are those of a queue"(api) {
    const location = api.createS3Location("bucket", "Deadline/Cloud");
    same("location", location, {
      bucket: "bucket",
      rootPrefix: "Deadline/Cloud",
      casPrefix: "Data",
      manifestPrefix: "Manifests",
    });
    same("content", api.fullCasKey(location, EMPTY), `Deadline/Cloud/Data/${EMPTY}.xxh128`);
    const other = api.createS3Location("bucket", "DC", "Contents", "Lists");
    same("other folder", api.fullCasKey(other, EMPTY), `DC/Contents/${EMPTY}.xxh128`);
    const queue = {
      bucket: "bucket",
      rootPrefix: "DC",
      farmId: "farm-0123456789abcdef0123456789abcdef",
      queueId: "queue-fedcba9876543210fedcba9876543210",
    };
    const guid = "11111111-1111-1111-1111-111111111111";
    const name = api.manifestNameHash("");
    same("name", name, EMPTY);
    const path = `${queue.farmId}/${queue.queueId}/Inputs/${guid.replaceAll("-", "")}/${name}_input`;
    same("path", api.inputManifestPath(queue, guid, name), path);
    same("key", api.manifestKey(queue, guid, name), `DC/Manifests/${path}`);
    same("other", api.manifestKey({ ...queue, manifestPrefix: "L" }, guid, name), `DC/L/${path}`);
    const refused: [() => unknown, string][] = [
      [() => api.createS3Location("B", "DC"), "bucket-malformed"],
      [() => api.createS3Location("bucket", ""), "root-prefix-malformed"],
      [() => api.createS3Location("bucket", "DC", "a b"), "prefix-malformed"],
      [() => api.createS3Location("bucket", 7 as never), "argument-invalid"],
      [() => api.fullCasKey(location, "x"), "hash-invalid"],
      [() => api.fullCasKey(undefined as never, EMPTY), "argument-invalid"],
      [() => api.manifestKey({ ...queue, farmId: "farm-1" }, guid, name), "farm-id-malformed"],
      [() => api.manifestKey({ ...queue, queueId: "queue-1" }, guid, name), "queue-id-malformed"],
      [() => api.manifestKey(queue, "1", name), "guid-invalid"],
      [() => api.manifestKey(queue, guid, "/p"), "hash-invalid"],
    ];
    for (const [work, code] of refused) same(`${work}`, refusal(work).code, code);
  },

  "job attachments are judged both ways"(api) {
    const root = { rootPath: "/p", rootPathFormat: "posix" } as const;
    const attachments = {
      manifests: [{ ...root, inputManifestPath: "a/b_input", inputManifestHash: EMPTY }],
      fileSystem: "COPIED",
    } as const;
    same("again", api.parseAttachments(api.encodeAttachments(attachments)), attachments);
    same("default", api.parseAttachments(api.encodeAttachments({ manifests: [root] })).fileSystem, "COPIED");
    const half = refusal(() => api.encodeAttachments({ manifests: [{ ...root, inputManifestHash: EMPTY }] }));
    same(
      "half",
      [half.code, half.message.startsWith("manifests[0].inputManifestPath")],
      ["attachments-invalid", true],
    );
    same("none", refusal(() => api.encodeAttachments(undefined as never)).code, "argument-invalid");
    same("no JSON", refusal(() => api.parseAttachments("[")).code, "attachments-invalid");
  },

  "keys and chunks"(api) {
    same("key", api.casKey(EMPTY), `${EMPTY}.xxh128`);
    same("with its algorithm", api.casKey(EMPTY, "xxh128"), `${EMPTY}.xxh128`);
    same("other algorithm", refusal(() => api.casKey(EMPTY, "md5" as never)).code, "hash-algorithm-unknown");
    same("upper case", refusal(() => api.casKey(EMPTY.toUpperCase())).code, "hash-invalid");
    same("parsed", api.parseCasKey(`${EMPTY}.xxh128`), { hash: EMPTY, algorithm: "xxh128" });
    for (const key of [EMPTY, `${EMPTY}.xxh64`, `Data/${EMPTY}.xxh128`, "", 7, null]) {
      same(`no key: ${key}`, api.parseCasKey(key as never), null);
    }
    same("constant", api.CHUNK_SIZE_V2, MIB_256);
    same("needs", [MIB_256, MIB_256 + 1n].map(api.needsChunking), [false, true]);
    same("count", [0n, MIB_256 + 1n, 2n ** 64n - 1n].map(api.expectedChunkCount), [1, 2, 2 ** 36]);
    same("chunks", api.calculateChunks(MIB_256 + 1n), [
      { index: 0, offset: 0n, length: MIB_256 },
      { index: 1, offset: MIB_256, length: 1n },
    ]);
    same("too large", refusal(() => api.calculateChunks(2n ** 64n - 1n)).code, "file-too-large");
  },

  "bytes are hashed wherever they lie"(api) {
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
    const whole = api.hashBytes(bytes);
    same("a part of a buffer", api.hashBytes(new Uint8Array(bytes.buffer, 0, bytes.length)), whole);
    const hasher = new api.Xxh3Hasher();
    hasher.update(bytes.subarray(0, 1));
    hasher.update(bytes.subarray(1));
    same("in pieces", hasher.finishHex(), whole);
    hasher.reset();
    same("reset", hasher.finishHex(), EMPTY);
  },

  "an object that was freed says so, and the module goes on"(api) {
    const manifest = api.Manifest.createV1([api.createManifestPath("a", EMPTY, 1n, 2n)]);
    manifest.free();
    for (const work of [() => manifest.encode(), () => manifest.totalSize, () => manifest.free()]) {
      const error = refusal(work);
      same("code", [error.name, error.code], ["AttachmentError", "object-freed"]);
    }
    const hasher = new api.Xxh3Hasher();
    hasher.free();
    same("hasher", refusal(() => hasher.finishHex()).code, "object-freed");
    same("goes on", api.hashBytes(new Uint8Array()), EMPTY);
  },

  "an entry that throws when it is read ends in its own error, and the module goes on"(api) {
    const entry = {
      get path(): string {
        throw new RangeError("mine");
      },
    };
    same("error", refusal(() => api.Manifest.createV1([entry as never])).message, "mine");
    same("goes on", api.hashBytes(new Uint8Array()), EMPTY);
  },

  ...accountCases,
};

/** Breaks the module, so it must be the last: a trap must not leave a module that is trusted. */
export function trapEndsTheModule(api: Module): void {
  const survivor = new api.Xxh3Hasher();
  const wild = Object.assign(Object.create(api.Manifest.prototype), { __wbg_ptr: 0xffff_fff0 });
  const trap = refusal(() => wild.encode());
  same("the trap", [trap.name, trap.code], ["AttachmentError", "module-broken"]);
  same("its cause", trap.cause instanceof WebAssembly.RuntimeError, true);
  for (const work of [
    () => survivor.finishHex(),
    () => api.hashBytes(new Uint8Array()),
    () => api.Manifest.decode("{}"),
  ]) {
    same("afterwards", refusal(work).code, "module-broken");
  }
  survivor.free();
}

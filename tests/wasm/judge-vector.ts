/** Compares what the module does with what other implementations did; runs in Node and in browsers. */
import type * as Api from "rusty-attachments-wasm";
import type { ManifestFilePath } from "rusty-attachments-wasm";
import { refusal, same } from "./same.ts";

export type Module = typeof Api;

/** Judges one vector, given by its path below the vectors' folder and its text. Throws where ours differs. */
export function judgeVector(api: Module, path: string, text: string): void {
  const [name = ""] = path.split("/").slice(-1);
  const folder = path.slice(0, -name.length - 1);
  const judge = JUDGES[folder === "" ? name : folder];
  if (!judge) throw new Error(`nobody judges the vectors in ${folder}`);
  judge(api, JSON.parse(text) as never, name);
}

type Judge = (api: Module, vector: never, name: string) => void;

const JUDGES: Record<string, Judge> = {
  "hashes.json": hashes,
  "manifest-names.json": manifestNames,
  "v2023-03-03": canonical,
  "v2023-03-03/lone-surrogate": loneSurrogate,
  "v2023-03-03/invalid": invalid,
  "v2023-03-03/lenient": lenient,
  "v2025-12-04-beta": beta,
  "v2025-12-04-beta/invalid": betaInvalid,
  "beta-2025-12": draft,
  "beta-2025-12/invalid": draftInvalid,
  "s3-upload": upload,
};

const utf8 = new TextEncoder();

interface Hashes {
  vectors: { length: number; xxh128: string }[];
  strings: { utf8: string; xxh128: string }[];
}

function hashes(api: Module, { vectors, strings }: Hashes): void {
  for (const { length, xxh128 } of vectors) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 131 + 7) % 256);
    same(`${length} bytes`, api.hashBytes(bytes), xxh128);
    const hasher = new api.Xxh3Hasher();
    for (let start = 0; start < length; start += 1000) hasher.update(bytes.subarray(start, start + 1000));
    same(`${length} bytes in pieces`, hasher.finishHex(), xxh128);
    hasher.free();
  }
  for (const { utf8: text, xxh128 } of strings) same(text, api.hashBytes(utf8.encode(text)), xxh128);
}

interface Names {
  vectors: {
    rootPath: string;
    fileSystemLocationName: string | null;
    inputManifestName: string;
    outputManifestName: string;
  }[];
}

function manifestNames(api: Module, { vectors }: Names): void {
  for (const { rootPath, fileSystemLocationName, inputManifestName, outputManifestName } of vectors) {
    const hash = (text: string): string => api.hashBytes(utf8.encode(text));
    same("input", `${hash(rootPath)}_input`, inputManifestName);
    same("output", `${hash(`${fileSystemLocationName ?? ""}${rootPath}`)}_output`, outputManifestName);
  }
}

interface Canonical {
  input: { paths: { path: string; hash: string; size: string; mtime: string }[] };
  encoded: string;
  encodedXxh128: string;
  decodableByPython: boolean;
  passesStrictPathRules: boolean;
}

function canonical(api: Module, vector: Canonical): void {
  const make = (): Api.Manifest =>
    api.Manifest.createV1(
      vector.input.paths.map(({ path, hash, size, mtime }) =>
        api.createManifestPath(path, hash, BigInt(size), BigInt(mtime)),
      ),
    );
  if (!vector.passesStrictPathRules) {
    refusal(make);
    refusal(() => api.Manifest.decode(vector.encoded));
    return;
  }
  const made = make();
  same("made", made.encode(), vector.encoded);
  same("hash", api.hashBytes(utf8.encode(made.encode())), vector.encodedXxh128);
  if (!vector.decodableByPython) {
    refusal(() => api.Manifest.decode(vector.encoded));
    return;
  }
  const decoded = api.Manifest.decode(vector.encoded);
  same("version", [decoded.version, decoded.isV1(), decoded.isV2()], ["v2023-03-03", true, false]);
  same("paths", decoded.getPaths(), made.getPaths());
  same("count", decoded.fileCount, vector.input.paths.length);
  same("made of what was decoded", api.Manifest.createV1(decoded.getPaths()).encode(), vector.encoded);
}

function loneSurrogate(api: Module, { encoded }: { encoded: string }): void {
  same("code", refusal(() => api.Manifest.decode(encoded)).code, "manifest-malformed");
}

function invalid(api: Module, { document }: { document: string }, name: string): void {
  // The official decoder does not know this version; section 5 of the spec reads it.
  if (name === "version-2025-12-04-beta.json") same("read", api.Manifest.decode(document).isV2(), true);
  else refusal(() => api.Manifest.decode(document));
}

interface Lenient {
  document: string;
  pythonReencoded: string;
  advice: string;
}

function lenient(api: Module, { document, pythonReencoded, advice }: Lenient): void {
  if (advice === "reject") {
    refusal(() => api.Manifest.decode(document));
    return;
  }
  let decoded: Api.Manifest;
  try {
    decoded = api.Manifest.decode(document);
  } catch (error) {
    if (advice.includes("or reject")) return;
    throw error;
  }
  same("encoded again", decoded.encode(), pythonReencoded);
  if (advice.includes("refuse to upload")) refusal(() => api.casKey(decoded.getAllHashes()[0] ?? ""));
}

type BetaFile = Omit<ManifestFilePath, "size" | "mtime"> & { size?: string; mtime?: string };

interface BetaInput {
  kind: "snapshot" | "diff";
  dirs: { name: string; delete?: boolean }[];
  files: BetaFile[];
  parentManifestHash?: string;
}

interface Beta {
  input: BetaInput;
  totalSize: string;
  encoded: string;
  encodedXxh128: string;
  encodedRaw: string;
}

function makeBeta(api: Module, { kind, dirs, files, parentManifestHash }: BetaInput): Api.Manifest {
  const entries = files.map(({ size, mtime, ...rest }) => ({
    ...rest,
    ...(size !== undefined && { size: BigInt(size) }),
    ...(mtime !== undefined && { mtime: BigInt(mtime) }),
  }));
  if (kind === "snapshot") return api.Manifest.createV2Snapshot(dirs, entries);
  return api.Manifest.createV2Diff(dirs, entries, parentManifestHash ?? "");
}

function beta(api: Module, vector: Beta, name: string): void {
  if (name === "snapshot-symlink-dotdot.json") {
    // Decision D11.
    same("made", refusal(() => makeBeta(api, vector.input)).code, "symlink-outside");
    same("decoded", refusal(() => api.Manifest.decode(vector.encoded)).code, "symlink-outside");
    return;
  }
  const made = makeBeta(api, vector.input);
  same("made", made.encode(), vector.encoded);
  same("hash", api.hashBytes(utf8.encode(made.encode())), vector.encodedXxh128);
  same("total", made.totalSize, BigInt(vector.totalSize));
  for (const text of [vector.encoded, vector.encodedRaw]) {
    const decoded = api.Manifest.decode(text);
    decoded.validate();
    same("version", [decoded.version, decoded.isV1(), decoded.isV2()], ["v2025-12-04-beta", false, true]);
    same("type", decoded.manifestType, vector.input.kind === "diff" ? "DIFF" : "SNAPSHOT");
    same("parent", decoded.parentManifestHash, vector.input.parentManifestHash);
    same("files", decoded.getFiles(), made.getFiles());
    same("directories", decoded.getDirectories(), made.getDirectories());
    const { kind, parentManifestHash } = vector.input;
    const again =
      kind === "diff"
        ? api.Manifest.createV2Diff(decoded.getDirectories(), decoded.getFiles(), parentManifestHash ?? "")
        : api.Manifest.createV2Snapshot(decoded.getDirectories(), decoded.getFiles());
    same("made of what was decoded", again.encode(), vector.encoded);
  }
}

type BetaInvalid = { kind: "input"; input: BetaInput } | { kind: "document"; document: string };

function betaInvalid(api: Module, vector: BetaInvalid, name: string): void {
  if (vector.kind === "input") refusal(() => makeBeta(api, vector.input));
  // Decision D12: an explicit false is read, and never written.
  else if (name === "doc-runnable-false.json") {
    same("written", api.Manifest.decode(vector.document).encode().includes("runnable"), false);
  } else refusal(() => api.Manifest.decode(vector.document));
}

function draft(api: Module, { encoded, encodedRaw }: { encoded: string; encodedRaw: string }): void {
  for (const text of [encoded, encodedRaw]) {
    const error = refusal(() => api.Manifest.decode(text));
    same("code", error.code, "manifest-draft-version");
    same("names the version", error.message.includes("-beta-2025-12"), true);
  }
}

function draftInvalid(api: Module, { document }: { document: string }, name: string): void {
  // A draft's decoder does not know this version; section 5 of the spec reads it.
  if (name === "doc-old-beta.json") same("read", api.Manifest.decode(document).isV2(), true);
  else refusal(() => api.Manifest.decode(document));
}

interface Upload {
  objects: { key: string; xxh128: string; bodyText?: string }[];
}

/** The engine's part of these is in `transfer/tests`; here the objects that the official client left. */
function upload(api: Module, { objects }: Upload): void {
  for (const { key, xxh128, bodyText } of objects) {
    const [name = ""] = key.split("/").slice(-1);
    if (key.includes("/Data/")) {
      same(key, api.parseCasKey(name), { hash: xxh128, algorithm: "xxh128" });
      same(key, api.casKey(xxh128), name);
    } else if (bodyText !== undefined) {
      same(key, api.hashBytes(utf8.encode(bodyText)), xxh128);
      const manifest = api.Manifest.decode(bodyText);
      manifest.validate();
      same(key, manifest.encode(), bodyText);
    }
  }
}

/** What every project does with the package; the same everywhere. */

/** @param {typeof import("deadlinejs/common")} common @param {typeof import("deadlinejs/hash")} hash */
export async function job(common, hash) {
  const files = [
    new File(["hello"], "b.txt", { lastModified: 1000 }),
    { file: new Blob(["x".repeat(3_000_000)]), relativePath: "a/large", lastModified: 2000 },
  ];
  const executor = hash.createHashExecutor();
  const phases = new Set();
  const hashed = await executor.hashFiles(files, { onProgress: ({ phase }) => void phases.add(phase) });
  executor.dispose();
  const main = new hash.MainThreadExecutor();
  const again = await main.hashFile(files[1].file);
  let refusal;
  try {
    common.casKey("no hash");
  } catch (error) {
    refusal = { isValidationError: error instanceof common.ValidationError, code: error.code };
  }
  const entries = hashed.map(({ relativePath: path, hash, size, mtime }) => ({ path, hash, size, mtime }));
  return {
    executor: executor instanceof hash.PooledWorkerExecutor ? "pool" : "main",
    hashes: hashed.map(({ hash }) => hash),
    again: again.hash,
    key: common.casKey(hashed[0].hash),
    manifest: common.Manifest.createV1(entries).encode(),
    phases: [...phases],
    refusal,
  };
}

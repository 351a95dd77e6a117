/**
 * The whole API as text, in deadlinejs/api/: a change to it is seen in review. After a wanted one:
 * `npx vitest run --project packaging api-surface -u`.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const KEPT = join(ROOT, "deadlinejs/api");
// What was packed. Unpacked below node_modules it would be taken for somebody else's.
const PACKAGE = join(ROOT, "target/deadlinejs/package");

it.each([
  ["deadlinejs", "dist/index.d.ts"],
  ["common", "dist/common/index.d.ts"],
  ["hash", "dist/hash/index.d.ts"],
  ["journal", "dist/journal/index.d.ts"],
  ["storage", "dist/storage/index.d.ts"],
])("the API of %s is the one that was reviewed", async (name, entry) => {
  const reports = join(ROOT, "target/packaging/api-surface");
  await mkdir(reports, { recursive: true });
  const none = { default: { logLevel: ExtractorLogLevel.None } };
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(PACKAGE, "package.json"),
    configObjectFullPath: join(PACKAGE, "api-extractor.json"),
    configObject: {
      projectFolder: PACKAGE,
      mainEntryPointFilePath: join(PACKAGE, entry),
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: reports,
        reportTempFolder: join(reports, "temp"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      compiler: {
        overrideTsconfig: {
          compilerOptions: { target: "ES2022", module: "ESNext", moduleResolution: "bundler", types: [] },
          files: [entry],
        },
      },
      messages: {
        compilerMessageReporting: none,
        extractorMessageReporting: none,
        tsdocMessageReporting: none,
      },
    },
  });
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = true;
    },
  });
  const report = await readFile(join(reports, `${name}.api.md`), "utf8");
  await expect(report).toMatchFileSnapshot(join(KEPT, `${name}.api.md`));
});

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as api from "rusty-attachments-wasm";
import { describe, it } from "vitest";
import { cases, trapEndsTheModule } from "./cases.ts";
import { judgeVector } from "./judge-vector.ts";
import { VECTORS, vectorFiles } from "./vector-files.ts";

const module = readFileSync(createRequire(import.meta.url).resolve("rusty-attachments-wasm/module.wasm"));
api.initSync({ module });

describe("in Node", () => {
  it.each(vectorFiles)("%s", (path) => judgeVector(api, path, readFileSync(join(VECTORS, path), "utf8")));
  it.each(Object.entries(cases))("%s", (_, work) => work(api));
  it("a trap ends the module's work", () => trapEndsTheModule(api));
});

/** What runs in the browser: the module and its judges. Bundled by `in-browsers.test.ts`. */
import * as api from "rusty-attachments-wasm";
import { cases, trapEndsTheModule } from "./cases.ts";
import { judgeVector } from "./judge-vector.ts";

const page = {
  load: async (base64: string) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    await api.default({ module_or_path: bytes });
  },
  judge: (path: string, text: string) => judgeVector(api, path, text),
  run: (name: string) => cases[name]?.(api),
  trap: () => trapEndsTheModule(api),
};
export type WasmTestPage = typeof page;
Object.assign(globalThis, { page });

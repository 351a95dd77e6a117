/** What runs in the browser: stores and cases. Bundled by `tests/e2e/object-stores.test.ts`. */
import { init } from "deadlinejs/common";
import type { Store } from "../s3.ts";
import { type Adapter, type Around, benchOf } from "./benches.ts";
import { foreignCases, multipartCases, objectCases } from "./cases.ts";

const page = {
  load: (url: string) => init(url),
  run: (name: string, adapter: Adapter, store: Store, around: Around) =>
    ({ ...objectCases, ...multipartCases, ...foreignCases })[name]?.(benchOf(adapter, store, around)),
};
export type StorePage = typeof page;
Object.assign(globalThis, { page });

/**
 * Stands between the generated glue and the compiled module (`cargo xtask build` puts it there).
 *
 * A trap (a panic, no more memory, a stack that is full, an exception that flew through Rust) leaves
 * the module's memory in a state that nobody has thought through: from then on it refuses every call
 * instead of working with it. Calls on objects that are freed or busy change nothing; they only get
 * words that a person understands.
 */
import { AttachmentError } from "./errors.js";

/** What Rust says before it has touched anything, and what is said instead. */
const HARMLESS = new Map([
  [
    "null pointer passed to rust",
    ["object-freed", "This object was freed, or never made by this module. Make a new one."],
  ],
  [
    "recursive use of an object detected which would lead to unsafe aliasing in rust",
    ["object-busy", "This object is at work for another call. Call it again after that one has returned."],
  ],
  [
    "attempted to take ownership of Rust value while it was borrowed",
    ["object-busy", "This object is at work for another call. Free it after that one has returned."],
  ],
]);

/** Stands for the module's exports until it is loaded. */
export const notLoaded = new Proxy(
  {},
  {
    get() {
      throw new AttachmentError(
        "The WASM module is not loaded. Call init() and wait for it first.",
        "module-not-loaded",
      );
    },
  },
);

/** The module's exports, each function watched. */
export function guarded(exports) {
  let broken;
  const watch =
    (name, call) =>
    (...values) => {
      if (broken !== undefined) {
        // The garbage collector frees objects on its own; there is nobody to tell.
        if (name.endsWith("_free")) return undefined;
        throw new AttachmentError(
          "The WASM module failed earlier and works no longer. Load the page or worker again.",
          "module-broken",
          { cause: broken },
        );
      }
      try {
        return call(...values);
      } catch (error) {
        const known = HARMLESS.get(error?.message);
        if (known !== undefined) {
          const [code, message] = known;
          throw new AttachmentError(message, code);
        }
        broken = error;
        throw new AttachmentError(
          "The WASM module failed: this is a fault in it, please report it.",
          "module-broken",
          { cause: error },
        );
      }
    };
  return Object.fromEntries(
    Object.entries(exports).map(([name, value]) => [
      name,
      typeof value === "function" ? watch(name, value) : value,
    ]),
  );
}

/**
 * Messages out of their declarations: such as the declaration takes, and such as it cannot take, each made of a good one by
 * one change. What a declaration says is read from the schema itself, so a new message is tried as soon as it is declared.
 */
import * as v from "valibot";

/** What valibot keeps in a schema, as far as it is read here. */
interface Schema {
  type: string;
  entries?: Record<string, Schema>;
  wrapped?: Schema;
  item?: Schema;
  key?: Schema;
  value?: Schema;
  options?: (Schema | string | number)[];
  literal?: unknown;
  pipe?: (Schema & { requirement?: unknown })[];
}

/** Random numbers that come again with the same seed (Marsaglia's xorshift). */
export class Random {
  constructor(private state: number) {}

  /** From 0 to below `limit`. */
  below(limit: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % limit;
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }
}

/** Texts that are something to one of the declarations, or that have broken other programs. */
const TEXTS = [
  "",
  "a",
  "first",
  "shot_010",
  "us-west-2",
  "https://127.0.0.1:8333",
  "https://example.com/*",
  "__proto__",
  "../../etc/passwd",
  "C:\\Windows\\CON",
  "<img src=x onerror=alert(1)>",
  "javascript:alert(1)",
  "\u202egnp.exe",
  "\u0000",
  "\ud800",
  "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11",
  "123456789012",
];

/** A message that the declaration takes; throws where it cannot be made, so that the new kind of schema is added here. */
export function goodMessage(schema: v.GenericSchema, random: Random): Record<string, unknown> {
  for (let tries = 0; tries < 50; tries += 1) {
    const message = valueFor(schema as unknown as Schema, random);
    if (v.safeParse(schema, message).success) return message as Record<string, unknown>;
  }
  throw new Error("random-messages.ts makes nothing that this schema takes: it needs to learn it.");
}

function valueFor(schema: Schema, random: Random): unknown {
  if (schema.type === "string") return textFor(schema, random);
  if (schema.type === "number") return numberFor(schema, random);
  const { entries, wrapped, item, key, value, options = [] } = schema;
  switch (schema.type) {
    case "strict_object":
    case "object": {
      const fields = Object.entries(entries ?? {}).filter(
        ([, one]) => !isOptional(one) || random.below(2) === 0,
      );
      return Object.fromEntries(fields.map(([name, one]) => [name, valueFor(one, random)]));
    }
    case "literal":
      return schema.literal;
    case "boolean":
      return random.below(2) === 0;
    case "bigint":
      return BigInt(random.below(1e9));
    case "picklist":
      return random.one(options);
    case "variant":
    case "union":
      return valueFor(random.one(options) as Schema, random);
    case "exact_optional":
    case "optional":
    case "nullable":
    case "nullish":
      return valueFor(wrapped as Schema, random);
    case "array":
      return Array.from({ length: random.below(3) }, () => valueFor(item as Schema, random));
    case "record": {
      const pairs = Array.from({ length: random.below(3) }, () => [
        valueFor(key as Schema, random),
        valueFor(value as Schema, random),
      ]);
      return Object.fromEntries(pairs.filter(([name]) => name !== "__proto__"));
    }
    case "file":
    case "blob":
      return new File([random.one(TEXTS)], "a.exr");
    case "null":
      return null;
    case "unknown":
    case "any":
      return random.one(TEXTS);
    default:
      // A handle of the browser, for example: nobody can make one, and where there is a choice none is needed.
      return undefined;
  }
}

function textFor({ pipe = [] }: Schema, random: Random): string {
  if (pipe.some(({ type }) => type === "uuid")) return TEXTS[15] as string;
  const pattern = pipe.find(({ type }) => type === "regex")?.requirement;
  const fitting = pattern instanceof RegExp ? TEXTS.filter((text) => pattern.test(text)) : TEXTS;
  const shortest = Number(requirement(pipe, "min_length") ?? 0);
  const long = fitting.filter(({ length }) => length >= shortest);
  return long.length === 0 ? "x".repeat(shortest) : random.one(long);
}

function numberFor({ pipe = [] }: Schema, random: Random): number {
  const least = Number(requirement(pipe, "min_value") ?? 0);
  const most = Number(requirement(pipe, "max_value") ?? 1e6);
  return least + random.below(Math.min(most - least + 1, 1e6));
}

function requirement(pipe: NonNullable<Schema["pipe"]>, type: string): unknown {
  return pipe.find((action) => action.type === type)?.requirement;
}

const isOptional = ({ type }: Schema) => /optional|nullish/.test(type);

/** A good message with one change that no declaration may let through. */
export function badMessage(schema: v.GenericSchema, random: Random): unknown {
  const message = goodMessage(schema, random);
  const entries = (schema as unknown as Schema).entries ?? {};
  const change = random.one([drop, add, retype, overrun, deform, rename, bury]);
  return change(message, entries, random);
}

type Change = (message: Record<string, unknown>, entries: Record<string, Schema>, random: Random) => unknown;

/** Leaves out a field that must be there. */
const drop: Change = (message, entries, random) => {
  const needed = Object.keys(entries).filter((name) => !isOptional(entries[name] as Schema));
  const dropped = random.one(needed);
  return Object.fromEntries(Object.entries(message).filter(([name]) => name !== dropped));
};

/** Adds a field: among them names that every object has, which JSON can make a field of its own. */
const add: Change = (message, _, random) => {
  const name = random.one([
    "also",
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "id",
    "sender",
    "ok",
  ]);
  const value = random.one([1, "x", null, { isLocked: true }, { polluted: true }, []]);
  return Object.defineProperty({ ...message }, name, { value, enumerable: true });
};

/** Gives a field a value of another kind. */
const retype: Change = (message, entries, random) => {
  const name = random.one(Object.keys(entries));
  const kinds: unknown[] = [
    null,
    undefined,
    [[]],
    Number.NaN,
    Symbol.iterator,
    () => "x",
    new Date(0),
    new Map(),
    7n,
  ];
  return { ...message, [name]: random.one(kinds) };
};

/** Makes a text longer, or a number larger, than the declaration lets it be; else a type that is huge. */
const overrun: Change = (message, entries, random) => {
  const limited = Object.entries(entries).filter(([, { pipe = [] }]) =>
    pipe.some(({ type }) => type === "max_length" || type === "max_value"),
  );
  if (limited.length === 0) return { ...message, type: "x".repeat(100_000) };
  const [name, { type, pipe = [] }] = random.one(limited);
  if (type === "number") return { ...message, [name]: Number(requirement(pipe, "max_value")) + 1 };
  return { ...message, [name]: "x".repeat(Number(requirement(pipe, "max_length")) + 1) };
};

/** Breaks the form of an id; else of the type. */
const deform: Change = (message, entries, random) => {
  const formed = Object.entries(entries).filter(([, schema]) =>
    (unwrapped(schema).pipe ?? []).some(({ type }) => type === "uuid" || type === "regex"),
  );
  if (formed.length === 0) return { ...message, type: { toString: () => message.type } };
  const [name] = random.one(formed);
  return {
    ...message,
    [name]: random.one(["../credentials", "a\u0000", "Ä", "", "x".repeat(100)]),
  };
};

/** A type that is none, although it looks like one. */
const rename: Change = (message, _, random) => {
  const { type } = message;
  const others = [`${type} `, `${type}`.toUpperCase(), [type], { 0: type }, `__proto__.${type}`, "__proto__"];
  return {
    ...message,
    type: random.one([...others, "constructor", "toString", "hasOwnProperty", "", 0, null, true]),
  };
};

/** Puts it into something else, deep or shallow. */
const bury: Change = (message, _, random) => {
  let buried: unknown = message;
  const depth = random.one([1, 2, 1000]);
  for (let level = 0; level < depth; level += 1)
    buried = random.below(2) === 0 ? [buried] : { message: buried };
  return buried;
};

const unwrapped = (schema: Schema): Schema => schema.wrapped ?? schema;

/** Anything that a program could send, with the names of declared types among it. */
export function noise(types: readonly string[], random: Random, depth = 3): unknown {
  const kind = random.below(depth > 0 ? 9 : 6);
  if (kind === 0) return random.one(TEXTS);
  if (kind === 1) return random.one(types);
  if (kind === 2) return random.one([0, -1, 1.5, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN]);
  if (kind === 3) return random.one([true, false, null, undefined]);
  if (kind === 4) return random.one(TEXTS).repeat(random.below(100));
  if (kind === 5) return random.one([{}, [], new Date(0), new Map([["type", "status.get"]]), 1n]);
  const count = random.below(4);
  if (kind === 6) return Array.from({ length: count }, () => noise(types, random, depth - 1));
  // Not the type of a message as it should be: such an object would be one.
  const names = ["type", "uploadId", "profileId", "profile", "token", "source", "to", "constructor"];
  const fields = Array.from({ length: count }, () => [random.one(names), noise(types, random, depth - 1)]);
  const made = Object.fromEntries(fields);
  return depth === 3 && "type" in made ? [made] : made;
}

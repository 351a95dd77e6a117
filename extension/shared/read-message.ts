/** Decides whether a message is taken at all: it must be declared in messages.ts and well-formed. */
import * as v from "valibot";

type Declarations = Record<string, { schema: v.GenericSchema }>;

/** The message, if it is one of these declarations and has the declared form. */
export function readMessage<D extends Declarations>(
  declarations: D,
  message: unknown,
): v.InferOutput<D[keyof D]["schema"]> | undefined {
  if (typeof message !== "object" || message === null || !("type" in message)) return undefined;
  if (typeof message.type !== "string" || !Object.hasOwn(declarations, message.type)) return undefined;
  const schema = declarations[message.type]?.schema;
  if (!schema) return undefined;
  const read = v.safeParse(schema, message);
  return read.success ? (read.output as v.InferOutput<D[keyof D]["schema"]>) : undefined;
}

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Bucket, storeFromEnvironment } from "../s3.ts";
import { StrictGateway } from "./client.ts";

const store = storeFromEnvironment();
let gateway: StrictGateway;
/** The SDK of others, through the gateway. */
let bucket: Bucket;
const direct = new Bucket(store);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

beforeAll(async () => {
  gateway = await StrictGateway.open(store);
  bucket = new Bucket({ ...store, endpoint: gateway.origin });
});
beforeEach(() => gateway.reset());
afterAll(() => gateway.close());

test("requests that the AWS SDK signed are verified and carried out", async () => {
  await bucket.put("client/a b+c", bytes("hello"));
  expect(new TextDecoder().decode(await bucket.get("client/a b+c"))).toBe("hello");
  expect(await direct.list("client/")).toEqual(new Map([["client/a b+c", 5]]));
  const wrong = new Bucket({ ...store, endpoint: gateway.origin, secretKey: "wrong" });
  await expect(wrong.put("client/x", bytes("x"))).rejects.toThrow(/signature/i);
});

test("faults, log and counters are reached from TypeScript", async () => {
  const down = { kind: "answer", status: 503, code: "SlowDown" } as const;
  await gateway.inject({ when: { operation: "PutObject", key: "slow" }, fault: down });
  await bucket.put("client/slow", bytes("retried by the SDK"));
  expect(await gateway.fired()).toEqual([1]);
  const log = await gateway.log();
  expect(log.map((entry) => [entry.operation, entry.status, entry.fault])).toEqual([
    ["PutObject", 503, "answer"],
    ["PutObject", 200, null],
  ]);
  expect(JSON.stringify(log)).not.toContain("AWS4-HMAC");
  expect((await gateway.counters()).requestsTotal).toBe(2);
});

test("a stall lasts until it is released, and a clock that is off is verified against", async () => {
  await gateway.inject({ when: { operation: "PutObject" }, fault: { kind: "stall" } });
  let done = false;
  const put = bucket.put("client/stalled", bytes("x")).then(() => {
    done = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(done).toBe(false);
  await gateway.release();
  await put;

  // The SDK learns the clock's difference from the refusal and signs anew: the gateway's Date was right.
  await gateway.set({ skewMinutes: 20 });
  await bucket.put("client/skewed", bytes("x"));
  expect((await gateway.log()).map((entry) => entry.error)).toContain("RequestTimeTooSkewed");
});

test("a page of the allowed origin may read what the gateway itself answers, but no login page", async () => {
  const page = "http://page.test";
  const other = await StrictGateway.open(store, "--allow-origin", page);
  const allowed = async (origin: string) => {
    const headers = { origin, "x-amz-expected-bucket-owner": "210987654321" };
    const reply = await fetch(`${other.origin}/${store.bucket}/k`, { headers });
    expect([reply.status, await reply.text()]).toEqual([403, expect.stringContaining("STRICTGATEWAY")]);
    return reply.headers.get("access-control-allow-origin");
  };
  expect([await allowed(page), await allowed("http://other.test")]).toEqual([page, null]);
  await other.inject({ fault: { kind: "answer", body: "<html>" } });
  const login = await fetch(other.origin, { headers: { origin: page } });
  expect(login.headers.get("access-control-allow-origin")).toBeNull();
  await other.close();
});

test("a misspelt rule is refused", async () => {
  const misspelt = { kind: "vanish" } as unknown as { kind: "delay"; ms: number };
  await expect(gateway.inject({ fault: misspelt })).rejects.toThrow("vanish");
});

test("the gateway ends when asked, and its address is free", async () => {
  const other = await StrictGateway.open(store, "--like", "plain");
  await other.close();
  await expect(fetch(other.origin)).rejects.toThrow();
});

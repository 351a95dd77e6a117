import { expect, it } from "vitest";
import { readWish, writeWish } from "./options-wish.ts";

it.each([
  { id: "pasted" },
  { id: "expectedBucketOwner", profileId: "managed-1" },
  { id: "region", value: "us-west-2", profileId: "5c0b2e9c-5f0a-4b53-9f0b-3f6f2f0a7a11" },
  { id: "region", value: "a=b&profile=other#%20", profileId: "first" },
])("reads what it writes: $id", (wish) => {
  expect(readWish(`#${writeWish(wish)}`)).toEqual(wish);
});

it("takes a link to a section for no wish", () => {
  expect(readWish("#profile-title")).toBeUndefined();
  expect(readWish("")).toBeUndefined();
});

import { describe, expect, it, vi } from "vitest";
import { goodProfile } from "../background/fake-storage.ts";
import { journalPlace } from "./journal-place.ts";

// Which hosts a profile has is Rust's to say, and tested there.
vi.mock("deadlinejs/common", () => ({
  checkProfile: ({ bucket }: { bucket: string }) => ({
    originPatterns: [`https://${bucket}.s3.us-west-2.amazonaws.com/*`, "https://another.example/*"],
  }),
}));

describe("journalPlace", () => {
  const place = journalPlace(goodProfile);

  it("names the store by the profile's own host, bucket and root prefix", () => {
    expect(place.store.split("\n")).toEqual([
      "https://job-attachments.s3.us-west-2.amazonaws.com",
      "job-attachments",
      "DeadlineCloud",
    ]);
  });

  it("is another one for another store or root, and the same for other limits", () => {
    expect(journalPlace({ ...goodProfile, bandwidthLimit: 7, spreadHosts: true })).toEqual(place);
    expect(journalPlace({ ...goodProfile, rootPrefix: "Other" }).store).not.toBe(place.store);
    for (const other of [{ assetRoot: "/films" }, { name: "Other" }]) {
      const elsewhere = journalPlace({ ...goodProfile, ...other });
      expect(elsewhere.store).toBe(place.store);
      expect(elsewhere.root).not.toBe(place.root);
    }
  });
});

import { describe, expect, it } from "vitest";
import { goodProfile } from "../background/fake-storage.ts";
import { speak } from "../shared/fake-i18n.ts";
import type { ProfileFields } from "../shared/messages.ts";
import { type ReadProfiles, readProfiles, writeProfiles } from "./profile-documents.ts";

// The rules themselves are Rust's, and tested there.
const check = ({ bucket }: ProfileFields) => ({
  errors:
    bucket === "Bad" ? [{ field: "bucket" as const, code: "bucket-malformed", message: "not a name" }] : [],
  originPatterns: [],
});
const documentOf = (...profiles: unknown[]) =>
  JSON.stringify({ format: "deadline-cloud-attachments-profiles", version: 1, profiles });

describe("documents of profiles", () => {
  it("are read as they were written", () => {
    const profiles = [goodProfile, { ...goodProfile, name: "Other", outputDirectories: ["renders"] }];
    expect(readProfiles(writeProfiles(profiles), check, [])).toEqual({ taken: profiles, refused: [] });
  });

  it("may leave out what has a usual value", () => {
    const { region, farmId, queueId, bucket, rootPrefix, assetRoot, name } = goodProfile;
    const least = { region, farmId, queueId, bucket, rootPrefix, assetRoot, name };
    expect(readProfiles(documentOf(least), check, [])).toEqual({ taken: [goodProfile], refused: [] });
  });

  it("give what can be taken and name what cannot, and why", () => {
    const secret = { ...goodProfile, name: "Secret", secretAccessKey: "s" };
    const bad = { ...goodProfile, name: "Bad", bucket: "Bad" };
    const read = readProfiles(documentOf(bad, goodProfile, secret, goodProfile, 7), check, ["Old"]);
    expect(read).toMatchObject({
      taken: [goodProfile],
      refused: [
        {
          name: "Bad",
          reason: "Bucket: a bucket name has 3 to 63 lower-case letters, digits, dots and dashes.",
        },
        { name: "Secret", reason: expect.stringContaining("secretAccessKey") },
        { name: "Farm", reason: "Another profile has the name Farm." },
        { name: "Profile 5 of the file" },
      ],
    });
    expect(readProfiles(documentOf(goodProfile), check, ["Farm"])).toMatchObject({ taken: [] });
  });

  it("say it in the browser's language", () => {
    speak("de");
    const { bucket: _, ...without } = goodProfile;
    const odd = documentOf({ ...goodProfile, extra: 1 }, without, { ...goodProfile, region: 7 }, 7);
    const read = readProfiles(odd, check, []) as ReadProfiles;
    speak("en");
    expect(read.refused.map(({ reason }) => reason)).toEqual([
      "Profile haben kein Feld extra.",
      "Das Feld bucket fehlt.",
      "Das Feld region enthält etwas von der falschen Art.",
      "Das ist kein Profil.",
    ]);
  });

  it.each([
    ["no JSON", "{", "This file holds no profiles that were exported here. Nothing was imported."],
    [
      "another document",
      '{"profiles":[]}',
      "This file holds no profiles that were exported here. Nothing was imported.",
    ],
    [
      "a later version",
      '{"format":"deadline-cloud-attachments-profiles","version":2,"profiles":[]}',
      expect.stringMatching(/^This file has version 2,/),
    ],
  ])("are refused as a whole where it is %s", (_what, document, reason) => {
    expect(readProfiles(document, check, [])).toEqual(reason);
  });
});

import { byId, make } from "../shared/dom.ts";
import { farmPath } from "../shared/farm-path.ts";
import type { ProfileFields } from "../shared/messages.ts";
import { pathElement } from "../shared/path-element.ts";
import { text, textParts } from "../shared/text.ts";
import { visibleText } from "../shared/visible-text.ts";

/** Shows where a drop goes: profile, queue, bucket, and the path that a dropped file gets on the farm. */
export function showDestination(profile: ProfileFields): void {
  set("to-profile", visibleText(profile.name));
  set("to-store", pathElement(`${profile.bucket}/${profile.rootPrefix}`));
  set("to-region", profile.endpoint === "" ? make("bdi", {}, profile.region) : pathElement(profile.endpoint));
  byId("to-region-name", HTMLElement).textContent = text(
    profile.endpoint === "" ? "workspaceRegion" : "workspaceServer",
  );
  set("to-asset-root", pathElement(profile.assetRoot));
  set("to-farm", pathElement(profile.farmId));
  set("to-queue", pathElement(profile.queueId));
  const example = "shot_010/scene.blend";
  set(
    "mapping",
    ...textParts("sharedArrivesAs", pathElement(example), pathElement(farmPath(profile, example))),
  );
}

function set(id: string, ...content: (Node | string)[]): void {
  byId(id, HTMLElement).replaceChildren(...content);
}

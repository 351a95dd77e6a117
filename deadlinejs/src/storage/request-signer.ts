import type { Problem, SignedRequest, UnsignedRequest } from "../common/index.ts";

/** Signs requests at the moment they leave, so that the secrets can be kept in another place. */
export interface RequestSigner {
  /** @throws {@link SigningRefused} when there is something that the person has to know. */
  sign(request: UnsignedRequest): Promise<SignedRequest>;
}

/** A request was not signed, for this reason. */
export class SigningRefused extends Error {
  override readonly name = "SigningRefused";

  constructor(readonly problem: Problem) {
    super(problem.what);
  }
}

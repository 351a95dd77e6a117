/**
 * What every part of deadlinejs shares: the WASM module and the types that cross its border.
 */
export type {
  EngineAction,
  EngineEvent,
  FieldError,
  NotTaken,
  PhaseProgress,
  Problem,
  ProfileCheck,
  ProfileFields,
  ReadFailure,
  RequestBody,
  SignedRequest,
  UnsignedRequest,
  UploadOutcome,
  UploadProgress,
  UploadResult,
  UploadSettings,
} from "rusty-attachments-wasm";
export { checkProfile, hashBytes, SigV4Signer, UploadEngine, Xxh3Hasher } from "rusty-attachments-wasm";
export { loadWasm } from "./load-wasm.ts";

/**
 * An upload that was begun and has not ended: it is running, or the browser was. One that is held and was never told
 * to begin is none: nobody has wanted it yet.
 */
export interface UnfinishedUpload {
  /** Whatever the program calls it. */
  uploadId: string;
  /** What was dropped, for people: the folder's name, or "3 items". */
  label: string;
  /** The profile that it was begun with. */
  profileName: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  /**
   * What was dropped, to be read again once the user has allowed it; empty where the browser gives no
   * handles (Firefox): the user then drops it again.
   */
  roots: (FileSystemDirectoryHandle | FileSystemFileHandle)[];
  /** Which files belong to it, as for `UploadDriver.select`; left out where all do. */
  patterns?: {
    /** Only what fits one of these; all, if there is none. */
    include: string[];
    /** And nothing that fits one of these. */
    exclude: string[];
  };
}

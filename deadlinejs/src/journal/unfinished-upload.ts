/** An upload that was begun and has not ended: it is running, or the browser was. */
export interface UnfinishedUpload {
  uploadId: string;
  /** What was dropped, for people: the folder's name, or "3 items". */
  label: string;
  profileName: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  /**
   * What was dropped, to be read again once the user has allowed it; empty where the browser gives no
   * handles (Firefox): the user then drops it again.
   */
  roots: (FileSystemDirectoryHandle | FileSystemFileHandle)[];
}

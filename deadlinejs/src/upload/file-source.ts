/** Where fresh looks at files are to be had: a browser never reads a file that has changed since it gave it out. */
export interface FileSource {
  /**
   * The file as it is now; nothing if it cannot be had any more, or not from here.
   *
   * @param path below the asset root, as the file was added
   */
  getFile(path: string): Promise<File | undefined>;
}

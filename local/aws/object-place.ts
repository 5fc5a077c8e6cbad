export interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string;
}

/** Objects of one bucket, wherever they are. */
export interface ObjectPlace {
  read(key: string): StoredObject | undefined;
  write(key: string, object: StoredObject): void;
  remove(key: string): void;
  /** Sorted, as S3 lists them. */
  keys(): string[];
}

/** A picture, document, recording or film that a call carries or points to. Plain text is none, however it is wrapped. */
export interface Media {
  /** What its bytes are, else what it is said to be; `file` where it may be any of the others. */
  readonly kind: 'image' | 'document' | 'audio' | 'video' | 'file';
  /** Its bytes as they stand in the body; absent when the provider fetches it. */
  readonly base64?: string;
  /** How closely the provider shall look at a picture, in OpenAI's words: `low`, `high`, `original`, `auto`. */
  readonly detail?: string;
  /** An address in a bucket, as the caller wrote it: whoever reads it there needs somebody's permission. */
  readonly location?: string;
}

import { entryOf } from '../../platform/table';

const BY_ENDING: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  pdf: 'application/pdf',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  txt: 'text/plain',
  html: 'text/html',
  csv: 'text/csv',
  md: 'text/markdown',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  flv: 'video/x-flv',
  mpeg: 'video/mpeg',
  mpg: 'video/mpeg',
  wmv: 'video/x-ms-wmv',
  '3gp': 'video/3gpp',
  avi: 'video/avi',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  flac: 'audio/flac',
  aac: 'audio/aac',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  aiff: 'audio/aiff',
};

/** Types in the words of their registry, which hosts compare by: callers write them in capitals, and some have a name of their own. */
export function mediaTypeSaid(type: string): string {
  const said = type.toLowerCase();
  return said === 'image/jpg' ? 'image/jpeg' : said;
}

/** What a file is by the end of its name or address; undefined for an end that says nothing. */
export function mediaTypeOfName(name: string): string | undefined {
  const ending = /\.([a-z0-9]{2,5})(?:[?#]|$)/i.exec(name);
  return ending === null ? undefined : entryOf(BY_ENDING, (ending[1] ?? '').toLowerCase());
}

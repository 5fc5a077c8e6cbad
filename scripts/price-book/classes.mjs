/** Classes of tokens as the price book names them, in its order. */
export const CLASSES = [
  'input',
  'cacheRead',
  'audioCacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'audioInput',
  'imageInput',
  'output',
  'reasoning',
  'audioOutput',
  'imageOutput',
];

export { type Masking, Masks } from './masks';
export { MaskRestorer } from './restorer';

export { type ScriptedProvider, type SeenCall, startScriptedProvider } from './server';
export type { Script, ScriptedToolCall, Turn } from './turn';

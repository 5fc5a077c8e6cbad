export { type ListedWords, WordList } from './word-list';

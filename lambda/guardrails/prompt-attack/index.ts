export { type PromptAttack, promptAttackScore } from './score';

import { levelCommand } from './admin/level-command';

export const command = levelCommand('projects', { ofTeam: true, needsTeam: true });

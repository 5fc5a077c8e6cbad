import { levelCommand } from './admin/level-command';

export const command = levelCommand('teams', { ofTeam: false });

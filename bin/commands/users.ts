import { levelCommand } from './admin/level-command';

export const command = levelCommand('users', { ofTeam: true });

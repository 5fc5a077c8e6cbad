/** Rules for what runs in CI: no code of others that can change under its name, no rights that are not asked for. */

/**
 * @param {string} text a GitHub Actions workflow
 * @returns {string[]} what is wrong, one sentence each
 */
export function workflowBreaches(text) {
  const breaches = [];
  if (/\bpull_request_target\b/.test(text))
    breaches.push('pull_request_target runs the code of strangers with the rights of the repository');
  if (/\bworkflow_run\b/.test(text))
    breaches.push('workflow_run starts with the rights of the repository after the code of strangers has run');
  if (!/^permissions:/m.test(text)) breaches.push('the workflow declares no permissions, so it gets those of the repository');
  if (/permissions:\s*write-all/.test(text)) breaches.push('write-all gives every right');
  for (const [, action] of text.matchAll(/^\s*(?:-\s*)?uses:\s*["']?([^\s"'#]+)/gm)) {
    if (!action.startsWith('./') && !/@[0-9a-f]{40}$/.test(action)) breaches.push(`${action} is not pinned to a commit`);
  }
  if (/npm publish/.test(text) && /^\s*cache:/m.test(text)) breaches.push('a release must not restore a cache that other runs can write');
  if (/(?:^|[\s"'])npm (?:install|i|add|update)\b/m.test(text)) breaches.push('npm ci installs what the lock file says; nothing else does');
  return breaches;
}

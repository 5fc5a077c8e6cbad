/** Pages of which a part is made by a script: it stands between `<!-- NAME -->` and `<!-- /NAME -->`. */

/** The page with its parts exchanged. @param blocks lines by name */
export function withBlocks(page, blocks) {
  return Object.entries(blocks).reduce((text, [name, lines]) => {
    const [before, after] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(before), text.indexOf(after)];
    if (from < 0 || to < from) throw new Error(`the page has no place for ${name}`);
    return `${text.slice(0, from + before.length)}${lines.join('\n')}\n${text.slice(to)}`;
  }, page);
}

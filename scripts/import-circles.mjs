/** Files that reach each other, of values or of types: each circle once, as one way around it. */
export function circlesOf(arrows) {
  const circles = [];
  const done = new Set();
  for (const start of arrows.keys()) {
    const path = [];
    const onPath = new Set();
    const visit = (file) => {
      if (onPath.has(file)) {
        circles.push([...path.slice(path.indexOf(file)), file]);
        return;
      }
      if (done.has(file)) return;
      done.add(file);
      path.push(file);
      onPath.add(file);
      for (const target of arrows.get(file) ?? []) visit(target);
      path.pop();
      onPath.delete(file);
    };
    visit(start);
  }
  return circles;
}

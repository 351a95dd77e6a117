/** The page that shows all pictures; `taken`: names of pictures by what they show. */
export function page(taken: ReadonlyMap<string, readonly string[]>): string {
  const parts = [...taken].map(([state, names]) => {
    const rows = names.map((name) => `| ${shown(name, "light")} | ${shown(name, "dark")} |`);
    return `## ${state[0]?.toUpperCase()}${state.slice(1)}\n\n| Light | Dark |\n|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Every surface in every state\n\nMade by \`cargo xtask screenshots\`.\n\n${parts.join("\n")}`;
}

const shown = (name: string, scheme: string): string => `![${name}, ${scheme}](${name}-${scheme}.webp)`;

/** How colour words look, for the dot beside them. A word not listed gets none. */
const PAINTS: Readonly<Record<string, string>> = {
  black: "#1d1d1f",
  white: "#ffffff",
  cream: "#f3ead6",
  ivory: "#f6f0df",
  beige: "#dcc9a8",
  tan: "#c79f6e",
  camel: "#bd8f57",
  brown: "#6f4a32",
  grey: "#8e8e90",
  gray: "#8e8e90",
  charcoal: "#43454a",
  silver: "linear-gradient(135deg, #f2f2f3, #a9abb0)",
  gold: "linear-gradient(135deg, #f0d98c, #b48a2c)",
  red: "#c5262f",
  burgundy: "#6d1830",
  rust: "#a9482a",
  orange: "#e27a2c",
  yellow: "#f0c93a",
  mustard: "#cf9a25",
  green: "#33804a",
  olive: "#6d6f35",
  khaki: "#9a9166",
  mint: "#a9dcc2",
  teal: "#1f7077",
  turquoise: "#3bb5b0",
  blue: "#2f62b8",
  navy: "#1c2b52",
  denim: "#48658e",
  purple: "#6a3d8f",
  lilac: "#b9a3d6",
  lavender: "#c5b8e6",
  pink: "#e79ab5",
  coral: "#ee7f6b",
  multicolour: "conic-gradient(#c5262f, #f0c93a, #33804a, #2f62b8, #6a3d8f, #c5262f)",
};

/** A CSS background for a colour word: `light blue` looks like blue. */
export function paintOf(word: string): string | undefined {
  const words = word.toLowerCase().split(/[\s_-]+/);
  return PAINTS[words.join("")] ?? PAINTS[words.at(-1) ?? ""];
}

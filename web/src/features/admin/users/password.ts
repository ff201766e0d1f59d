/** A password that nobody has to think of: words are easier to read out, but these are short. */
export function madeUp(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789";
  const picks = crypto.getRandomValues(new Uint32Array(20));
  const text = [...picks].map((pick) => letters[pick % letters.length]).join("");
  return text.replace(/(.{5})(?=.)/g, "$1-");
}

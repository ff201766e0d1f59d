/** Words that machines write, as people read them. */

/** `images_without_bytes` as "images without bytes". */
export function spaced(name: string): string {
  return name.replaceAll("_", " ").trim();
}

/** `long_sleeved` as "Long sleeved". */
export function readable(word: string): string {
  const text = spaced(word);
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** Whether there is a text of that name among `names`. */
export function isNamed<Names extends object>(
  names: Names,
  name: string,
): name is keyof Names & string {
  return Object.hasOwn(names, name);
}
